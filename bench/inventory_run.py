"""One reading of an inventory, as a process of its own: ours, or the same question as SQL written by hand.

``python -m bench.inventory_run ours|bare|spark FOLDER BUCKETS OUT`` writes its seconds and what it found to OUT as JSON.
Starting up (imports, DuckDB, Java) is told apart from reading.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cloudaudit.facts import value
from cloudaudit.inventory.libraries import load
from cloudaudit.inventory.reading import EngineSettings, InventoryFiles, engine, summarise
from cloudaudit.inventory.settings import SparkSettings
from cloudaudit.inventory.source import EngineName
from fakes.inventories import AS_OF, PUBLIC_READ

FIRST = 20
AGES = (
    (30, "2026-10-23"),
    (90, "2026-08-24"),
    (365, "2025-11-22"),
    (1095, "2023-11-23"),
    (1417, "2023-01-05"),
)


def inventory(folder: Path, buckets: int) -> InventoryFiles:
    """Return the delivery that ``fakes.inventories.bulk`` wrote."""
    return InventoryFiles(
        provider="aws",
        buckets=tuple(f"bucket-{place:05}" for place in range(buckets)),
        format="parquet",
        columns=(),
        files=tuple(str(path) for path in sorted(folder.glob("*.parquet"))),
        as_of=AS_OF,
        source="bench",
        versions=True,
    )


def ours(folder: Path, buckets: int, name: EngineName) -> dict[str, Any]:
    """Ask through the door that everyone uses."""
    started = time.perf_counter()
    settings = EngineSettings(spark=SparkSettings(master="local[2]"))
    with engine(name, settings) as reader:
        ready, used = time.perf_counter(), time.process_time()
        answers = summarise(reader, [inventory(folder, buckets)], first=FIRST)
        seconds, cpu = time.perf_counter() - ready, time.process_time() - used
    found: list[Any] = [answer for answer in answers.values() if not isinstance(answer, Exception)]
    if len(found) != buckets:
        raise RuntimeError(str(next(iter(answers.values()))))
    return {
        "start": ready - started,
        "seconds": seconds,
        "reading_cpu": cpu,
        "objects": sum(value(answer.total).objects for answer in found),
        "plain": sum(len(answer.unencrypted) for answer in found),
        "public": sum(len(answer.exposed) for answer in found),
    }


def bare(folder: Path, buckets: int) -> dict[str, Any]:
    """Ask DuckDB, with its own defaults but for memory, in the SQL that one would write for this inventory."""
    started = time.perf_counter()
    connection = load("duckdb").connect(
        config={"memory_limit": "512MB", "temp_directory": str(folder / "bare")}
    )
    ready, used = time.perf_counter(), time.process_time()
    files = ", ".join(f"'{path}'" for path in sorted(folder.glob("*.parquet")))
    source = f"read_parquet([{files}])"
    ages = " ".join(
        f"WHEN last_modified_date > '{day} 01:00:00+00' THEN {place}" for place, (_, day) in enumerate(AGES)
    )
    groups: list[tuple[Any, ...]] = connection.sql(
        "SELECT bucket, is_latest, is_delete_marker, encryption_status, bucket_key_status, object_access_control_list, "  # noqa: S608 - our own names
        f"CASE {ages} ELSE {len(AGES)} END AS age, count(*), sum(size) FROM {source} GROUP BY ALL"
    ).fetchall()
    order = (
        f"ORDER BY key, version_id LIMIT {FIRST}"
        if buckets == 1
        else f"QUALIFY row_number() OVER (PARTITION BY bucket ORDER BY key, version_id) <= {FIRST}"
    )
    counts: list[int] = []
    for condition in ("encryption_status = 'NOT-SSE'", f"object_access_control_list = '{PUBLIC_READ}'"):
        sql = f"SELECT bucket, key, version_id, is_latest FROM {source} WHERE {condition} {order}"  # noqa: S608 - our own names
        counts.append(len(connection.sql(sql).fetchall()))
    return {
        "start": ready - started,
        "seconds": time.perf_counter() - ready,
        "reading_cpu": time.process_time() - used,
        "objects": sum(group[7] for group in groups if not group[2]),
        "plain": counts[0],
        "public": counts[1],
    }


RUNS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "ours": lambda folder, buckets: ours(folder, buckets, "local"),
    "spark": lambda folder, buckets: ours(folder, buckets, "spark"),
    "bare": bare,
}


if __name__ == "__main__":
    what, where, how_many, out = sys.argv[1:]
    Path(out).write_text(json.dumps(RUNS[what](Path(where), int(how_many))), encoding="utf-8")
