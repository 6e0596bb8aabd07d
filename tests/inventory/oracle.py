"""What a delivery amounts to, worked out row by row in plain Python: no engine, no expression, no SQL."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from cloudaudit.facts import value
from cloudaudit.inventory.acl import EVERY_ACCOUNT, EVERYONE
from cloudaudit.inventory.model import Objects
from fakes.inventories import EVERY_ACCOUNT_FULL, PUBLIC_READ, Listed

STATES = {
    "NOT-SSE": "none",
    "SSE-S3": "sse-s3",
    "SSE-KMS": "sse-kms",
    "DSSE-KMS": "dsse-kms",
    "SSE-C": "sse-c",
    "SSE-FSX": "sse-fsx",
}
EDGES = (30, 90, 365, 1095, 1417)
OPENED = {
    PUBLIC_READ: [(EVERYONE, "read")],
    EVERY_ACCOUNT_FULL: [(EVERY_ACCOUNT, "administer"), (EVERY_ACCOUNT, "read")],
}


def expected(rows: Sequence[Listed], first: int) -> dict[str, Any]:
    """Return the same shape as ``told``."""
    held = [row for row in rows if not row.marker]
    by_state: defaultdict[tuple[str, bool], Counter[str]] = defaultdict(Counter)
    by_audience: defaultdict[tuple[str, str, bool], Counter[str]] = defaultdict(Counter)
    by_age: defaultdict[tuple[int, bool], Counter[str]] = defaultdict(Counter)
    for row in held:
        size = {"objects": 1, "bytes": row.size or 0}
        by_state[STATES.get(row.encryption, "other"), not row.latest].update(size)
        by_age[max((edge for edge in EDGES if row.days >= edge), default=0), not row.latest].update(size)
        for audience, right in OPENED.get(row.acl, []):
            by_audience[audience, right, not row.latest].update(size)
    return {
        "markers": len(rows) - len(held),
        "total": (len(held), sum(row.size or 0 for row in held)),
        "encryption": {kind: (found["objects"], found["bytes"]) for kind, found in by_state.items()},
        "public": {kind: (found["objects"], found["bytes"]) for kind, found in by_audience.items()},
        "ages": {kind: (found["objects"], found["bytes"]) for kind, found in by_age.items()},
        "unencrypted": _names([row for row in held if row.encryption == "NOT-SSE"])[:first],
        "exposed": _names([row for row in held if row.acl in OPENED])[:first],
    }


def told(objects: Objects) -> dict[str, Any]:
    """Return an answer as plain data, bucket keys added up."""
    by_state: defaultdict[tuple[str, bool | None], list[int]] = defaultdict(lambda: [0, 0])
    for kind in value(objects.encryption):
        by_state[kind.state.value, kind.old][0] += kind.tally.objects
        by_state[kind.state.value, kind.old][1] += kind.tally.bytes or 0
    total = value(objects.total)
    return {
        "markers": objects.delete_markers,
        "total": (total.objects, total.bytes),
        "encryption": {kind: (count, size) for kind, (count, size) in by_state.items()},
        "public": {
            (found.audience, found.right, found.old): (found.tally.objects, found.tally.bytes)
            for found in value(objects.public)
        },
        "ages": {
            (found.days_from, found.old): (found.tally.objects, found.tally.bytes)
            for found in value(objects.ages)
        },
        "unencrypted": [(found.key, found.version) for found in objects.unencrypted],
        "exposed": [(found.key, found.version) for found in objects.exposed],
    }


def _names(rows: Sequence[Listed]) -> list[tuple[str, str]]:
    ordered = sorted(rows, key=lambda row: (row.key, row.version))
    return [
        (row.key.decode("utf-8", "backslashreplace"), "" if row.latest else row.version) for row in ordered
    ]
