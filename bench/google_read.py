"""Only the reading of a scan, in a process of its own: ``python -m bench.google_read URL PROJECT CONCURRENCY``."""

import json
import sys
import tempfile
import time
from pathlib import Path

from cloudaudit import discovery, run
from cloudaudit.cli.unhurried import SWITCH_SECONDS
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.connect import GcsOptions
from cloudaudit.providers.gcs.session import open_session
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text

NOW = "2026-11-27T00:00:00Z"


class Quiet:
    """Progress that nobody sees."""

    def expect(self, resources: int) -> None:
        """Hear nothing."""

    def done(self, resources: int = 1) -> None:
        """Hear nothing."""

    def say(self, text: Text) -> None:
        """Hear nothing."""


def main() -> None:
    """Read everything into a snapshot; print how long it took and how many calls it made."""
    url, project, concurrency = sys.argv[1:]
    sys.setswitchinterval(SWITCH_SECONDS)
    provider = discovery.provider("gcs")
    session = open_session(GcsOptions(projects=(project,), endpoint=url, concurrency=int(concurrency)))
    request = run.ScanRequest(
        provider=provider,
        session=session,
        plan=run.plan(provider, discovery.checks(), Selection()),
        policy=AuditPolicy(),
        selection=Selection(),
        taken_at=NOW,
        tool_version="bench",
    )
    with tempfile.TemporaryDirectory() as folder:
        started, cpu = time.perf_counter(), time.process_time()
        outcome = run.scan(request, Path(folder) / "snapshot.jsonl", Quiet(), lambda: NOW)
        wall, used = time.perf_counter() - started, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": used, "calls": outcome.calls}))


if __name__ == "__main__":
    main()
