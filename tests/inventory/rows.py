"""Rows of inventories for several tests: every kind of object, named by strangers."""

import random

from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.reading import InventoryError
from fakes.inventories import EVERY_ACCOUNT_FULL, PRIVATE, PUBLIC_READ, Listed

HOSTILE = (
    b"line\nbreak",
    b"nul\0byte",
    b"x" * 1024,
    b"not utf-8 \xff\xfe",
    b"plus+percent%41 and space",
    b'quote" comma, \\ backslash',
    b"\r\n",
    b"=cmd|' /C calc'!A0",
    "日本語/顧客名簿.xlsx".encode(),
    "\U0001f600".encode(),
    "\u202egnp.exe".encode(),
    b"<script>alert(1)</script>",
    b"'; DROP TABLE inventory; --",
    b"$(id)",
    b"true",
    b"NULL",
    b" ",
)
WORDS = ("SSE-S3", "SSE-KMS", "DSSE-KMS", "SSE-C", "SSE-FSX", "NOT-SSE", "NOT-SSE", "ROT13")
FORMATS = ("Parquet", "ORC", "CSV")


def some(count: int) -> list[Listed]:
    """Return versions of every kind, the hostile keys among them."""
    dice = random.Random(20261122)  # noqa: S311 - the same data every time
    rows = [
        Listed(
            key=HOSTILE[place] if place < len(HOSTILE) else f"data/{dice.randrange(10**6)}-{place}".encode(),
            size=dice.randrange(10**12),
            days=dice.choice((0, 1, 29.5, 30.5, 100, 364, 366, 1094, 1100, 1416, 1418, 5000)),
            encryption="NOT-SSE" if place < len(HOSTILE) else dice.choice(WORDS),
            acl=PUBLIC_READ if place % 5 == 0 else EVERY_ACCOUNT_FULL if place % 7 == 0 else PRIVATE,
            version=f"v{place}",
            latest=dice.random() < 0.7,
            marker=place >= len(HOSTILE) and dice.random() < 0.1,
        )
        for place in range(count)
    ]
    dice.shuffle(rows)
    return rows


def known(answer: Objects | InventoryError) -> Objects:
    """Return an answer that is one."""
    assert isinstance(answer, Objects), answer
    return answer
