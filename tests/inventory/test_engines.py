"""The same answer from DuckDB and from plain Python over the same delivery, whatever strangers named keys."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudaudit.facts import value
from cloudaudit.inventory import answer, reading
from cloudaudit.inventory.acl import EVERYONE
from cloudaudit.inventory.local import LocalEngine
from cloudaudit.inventory.model import Offender
from cloudaudit.inventory.reading import Engine, summarise
from cloudaudit.inventory.settings import LocalSettings
from fakes.inventories import EVERY_ACCOUNT_FULL, PRIVATE, PUBLIC_READ, Listed, acl, s3_delivery
from tests.inventory.conftest import delivered
from tests.inventory.oracle import expected, told
from tests.inventory.rows import FORMATS, HOSTILE, WORDS, known, some


@pytest.mark.parametrize("file_format", FORMATS)
def test_hostile_keys_are_told_as_they_are(file_format: str, local: Engine, tmp_path: Path) -> None:
    rows = some(200)
    inventory = delivered(s3_delivery(tmp_path, rows, file_format=file_format, versions=True, parts=2))
    found = known(summarise(local, [inventory], first=100)["acme-data"])
    assert told(found) == expected(rows, 100)
    assert {key.decode("utf-8", "backslashreplace") for key in HOSTILE} <= {
        each.key for each in found.unencrypted
    }


@pytest.mark.parametrize("file_format", ["Parquet", "ORC"])
def test_the_first_few_are_the_first_in_the_order_of_their_bytes(
    file_format: str, local: Engine, tmp_path: Path
) -> None:
    rows = some(200)
    inventory = delivered(s3_delivery(tmp_path, rows, file_format=file_format, versions=True))
    found = known(summarise(local, [inventory], first=3)["acme-data"])
    assert told(found) == expected(rows, 3)
    assert (len(found.unencrypted), len(found.exposed)) == (3, 3)


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


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    found = known(summarise(local, [inventory], first=2)["acme-data"])
    assert found.unencrypted == (Offender(key="a", what="none"), Offender(key="あ", what="none"))


def test_buckets_of_one_table_answer_as_each_of_its_own(local: Engine, tmp_path: Path) -> None:
    first, second = some(60), [msgspec.structs.replace(row, bucket="acme-more") for row in some(90)[::-1]]
    both = msgspec.structs.replace(
        delivered(s3_delivery(tmp_path, first + second, versions=True)), buckets=("acme-data", "acme-more")
    )
    answers = summarise(local, [both], first=4)
    assert told(known(answers["acme-data"])) == expected(first, 4)
    assert told(known(answers["acme-more"])) == expected(second, 4)


def test_duckdb_draws_no_bar_on_the_terminal() -> None:
    # It draws one when a question takes longer than two seconds, which no test's does.
    with LocalEngine(LocalSettings()) as reader:
        connection: Any = vars(reader)["_connection"]
        bar = connection.con.sql("SELECT current_setting('enable_progress_bar')").fetchall()
    assert bar == [(False,)]


def test_more_different_public_acls_than_are_remembered_are_all_counted(
    local: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "MOST_ACLS", 5)
    monkeypatch.setattr(reading, "QUERY_BYTES", 500)
    other = [f"http://acs.amazonaws.com/groups/{place}" for place in range(20)]
    rows = [
        Listed(key=b"k%02d" % place, acl=acl((uri, "READ"), (EVERYONE, "READ")))
        for place, uri in enumerate(other)
    ]
    inventory = delivered(s3_delivery(tmp_path, rows))
    told_of = known(summarise(local, [inventory])["acme-data"])
    (public,) = value(told_of.public)
    assert public.tally.objects == 20
    assert len(told_of.exposed) == 5
