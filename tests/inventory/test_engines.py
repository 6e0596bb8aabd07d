"""The same answer from DuckDB, from Spark, and from plain Python over the same delivery, whatever strangers named keys."""

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudaudit.inventory.model import Objects, Offender
from cloudaudit.inventory.reading import Engine, InventoryError, summarise
from fakes.inventories import EVERY_ACCOUNT_FULL, PRIVATE, PUBLIC_READ, Listed, s3_delivery
from tests.inventory.conftest import delivered
from tests.inventory.oracle import expected, told

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
    assert isinstance(answer, Objects), answer
    return answer


@pytest.mark.parametrize("file_format", FORMATS)
def test_duckdb_and_spark_and_plain_python_agree(
    file_format: str, local: Engine, spark: Engine, tmp_path: Path
) -> None:
    rows = some(200)
    inventory = delivered(s3_delivery(tmp_path, rows, file_format=file_format, versions=True, parts=2))
    here = known(summarise(local, [inventory], first=100)["acme-data"])
    there = known(summarise(spark, [inventory], first=100)["acme-data"])
    assert told(here) == expected(rows, 100)
    assert set(HOSTILE) <= {found.key.encode() for found in here.unencrypted} | {b"not utf-8 \xff\xfe"}
    assert r"not utf-8 \xff\xfe" in {found.key for found in here.unencrypted}
    plain = msgspec.json.encode(here).replace(b"inventory:local", b"inventory:spark")
    assert plain == msgspec.json.encode(there)


def test_the_first_few_are_the_same_few_on_both_engines(local: Engine, spark: Engine, tmp_path: Path) -> None:
    rows = some(200)
    inventory = delivered(s3_delivery(tmp_path, rows, versions=True))
    for reader in (local, spark):
        answer = known(summarise(reader, [inventory], first=3)["acme-data"])
        assert told(answer) == expected(rows, 3)
        assert (len(answer.unencrypted), len(answer.exposed)) == (3, 3)


LISTED = st.builds(
    Listed,
    key=st.binary(min_size=1, max_size=40) | st.sampled_from(HOSTILE),
    size=st.integers(0, 5 * 10**12),
    # Away from the edges, at which a file's milliseconds would decide.
    days=st.integers(0, 3000).map(lambda days: days + 0.25),
    encryption=st.sampled_from(WORDS),
    acl=st.sampled_from((PRIVATE, PUBLIC_READ, EVERY_ACCOUNT_FULL)),
    latest=st.booleans(),
    marker=st.booleans(),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    listed=st.lists(LISTED, min_size=1, max_size=25),
    file_format=st.sampled_from(FORMATS),
    parts=st.integers(1, 3),
)
def test_duckdb_answers_as_plain_python_does(
    listed: list[Listed], file_format: str, parts: int, local: Engine, tmp_path: Path
) -> None:
    rows = [msgspec.structs.replace(row, version=f"v{place:02}") for place, row in enumerate(listed)]
    inventory = delivered(s3_delivery(tmp_path, rows, file_format=file_format, versions=True, parts=parts))
    # All of them: which are the first few is another test's matter, since CSV has an order of its own.
    assert told(known(summarise(local, [inventory], first=50)["acme-data"])) == expected(rows, 50)


def test_what_a_csv_names_first_is_first_in_its_own_spelling(local: Engine, tmp_path: Path) -> None:
    rows = [Listed(key=key, encryption="NOT-SSE") for key in (b"b", "あ".encode(), b"a")]
    inventory = delivered(s3_delivery(tmp_path, rows, file_format="CSV"))
    answer = known(summarise(local, [inventory], first=2)["acme-data"])
    assert answer.unencrypted == (Offender(key="a", what="none"), Offender(key="あ", what="none"))


def test_buckets_of_one_table_answer_as_each_of_its_own(local: Engine, spark: Engine, tmp_path: Path) -> None:
    first, second = some(60), [msgspec.structs.replace(row, bucket="acme-more") for row in some(90)[::-1]]
    both = msgspec.structs.replace(
        delivered(s3_delivery(tmp_path, first + second, versions=True)), buckets=("acme-data", "acme-more")
    )
    for reader in (local, spark):
        answers = summarise(reader, [both], first=4)
        assert told(known(answers["acme-data"])) == expected(first, 4)
        assert told(known(answers["acme-more"])) == expected(second, 4)
