import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit import discovery
from cloudaudit.assessment import Counts, ExitReason
from cloudaudit.errors import Exit
from cloudaudit.fleet.rows import Row, State, exit_reasons, overview
from cloudaudit.reporting import ReportOptions
from cloudaudit.scoring import Measure
from cloudaudit.text import Language, Text

HOSTILE = "=cmd|'/c calc'!A1 [bold]<script>alert(1)</script>\x1b[31m\u202egnp.exe\ud800\nnext"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "overview.schema.json").read_bytes())
NO = Text(en="no", ja="否")


def row(name: str, code: int = 0, state: State = State.SCANNED, **more: Any) -> Row:
    reasons = (ExitReason(code=code, reason=NO),) if code else ()
    fields: dict[str, Any] = {"title": name, "provider": "aws", "reasons": reasons, **more}
    return Row(name=name, state=state, code=code, **fields)


def whole(*rows: Row, **more: Any) -> Any:
    return overview(rows, version="0.1.0", taken_at="2026-11-27T00:00:00Z", **more)


def rendered(name: str, of: Any, languages: tuple[Language, ...] = ("ja", "en")) -> bytes:
    out = io.BytesIO()
    discovery.overview_report(name).render(of, ReportOptions(languages=languages), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "missing", "codes"),
    [
        ([row("a")], (), []),
        ([row("a", 1), row("b")], (), [1]),
        ([row("a", 1), row("b", 3)], (), [3, 1]),
        ([row("a", 1), row("b", 2, State.FAILED)], (), [3, 1]),
        ([row("a", 2, State.FAILED), row("b", 2, State.FAILED)], (), [2, 2]),
        ([row("a", 2, State.FAILED), row("b", 3, State.FAILED)], (), [3, 3]),
        ([row("a", 2, State.FAILED), row("b", 0, State.NOT_SCANNED)], (), [2, 2]),
        ([row("a", 0, State.NOT_SCANNED)], (), [3]),
        ([], (), [3]),
        ([row("a")], ("2/4",), [3]),
        ([], ("1/1",), [3, 3]),
        ([row("a", 130), row("b", 130, State.MISSING), row("c", 1)], (), [130, 130, 1]),
        ([row("a"), row("b", 3, State.MISSING)], (), [3]),
        ([row("a", 4), row("b", 3), row("c", 130, State.FAILED)], (), [130, 4, 3]),
    ],
)
def test_the_exit_code_is_the_worst_and_every_reason_is_told(
    rows: Sequence[Row], missing: tuple[str, ...], codes: list[int]
) -> None:
    assert [reason.code for reason in exit_reasons(rows, missing)] == codes


ROWS = st.lists(
    st.tuples(st.sampled_from(list(State)), st.sampled_from([0, 1, 2, 3, 4, 130])).map(
        lambda pair: row("x", *_possible(*pair))
    )
)


def _possible(state: State, code: int) -> tuple[int, State]:
    if state is State.NOT_SCANNED:
        return 0, state
    if state is State.MISSING:
        return (Exit.INTERRUPTED if code == Exit.INTERRUPTED else Exit.INCOMPLETE), state
    if state is State.FAILED:
        return code or Exit.USAGE, state
    return (Exit.INCOMPLETE if code == Exit.USAGE else code), state


@given(ROWS)
def test_a_fleet_is_clean_only_where_a_target_was_scanned_and_none_is_not(rows: list[Row]) -> None:
    reasons = exit_reasons(rows)
    clean = any(one.state is State.SCANNED for one in rows) and all(
        (one.state is State.SCANNED and one.code == 0) or one.state is State.NOT_SCANNED for one in rows
    )
    assert (not reasons) == clean
    order = [130, 4, 3, 2, 1]
    assert [order.index(one.code) for one in reasons] == sorted(order.index(one.code) for one in reasons)


@given(ROWS, ROWS)
def test_more_targets_never_make_a_fleet_better(some: list[Row], more: list[Row]) -> None:
    if not any(one.state is State.SCANNED for one in some):
        return
    before, after = (exit_reasons(rows) for rows in (some, [*some, *more]))
    assert not before or (after and after[0].code >= before[0].code)


SAMPLE = (
    row(
        "org-1",
        3,
        title=HOSTILE,
        account="111122223333",
        reasons=(ExitReason(code=3, reason=Text(en=f"en {HOSTILE}", ja=f"日 {HOSTILE}")),),
        overall=Measure(guaranteed=62.0, best=88.5, coverage=81.4, grade="D"),
        counts=Counts(pass_=1, fail=3, by_severity={"critical": 2, "low": 1}),
        changes={"new": 2, "fixed": 1},
        since="2026-11-26T00:00:00Z",
        digest="a" * 64,
        files=("report.html", "result.json", "summary.md"),
        narrowed=True,
    ),
    row("none", overall=Measure(), counts=Counts()),
    row("dead", 2, State.FAILED),
    row("gone", 0, State.NOT_SCANNED),
    row("away", 3, State.MISSING),
)


def test_json_is_of_its_schema_and_the_same_bytes() -> None:
    of = whole(*SAMPLE, run="7", missing_shards=("2/3",))
    told = rendered("json", of)
    assert told == rendered("json", whole(*reversed(SAMPLE), run="7", missing_shards=("2/3",)))
    read = json.loads(told)
    jsonschema.validate(read, SCHEMA)
    assert [target["name"] for target in read["targets"]] == ["dead", "away", "none", "org-1", "gone"]


@pytest.mark.parametrize("name", ["html", "xlsx"])
def test_the_same_overview_is_the_same_bytes(name: str) -> None:
    assert rendered(name, whole(*SAMPLE)) == rendered(name, whole(*SAMPLE))


def test_hostile_names_break_nothing() -> None:
    page = rendered("html", whole(*SAMPLE)).decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    with ZipFile(io.BytesIO(rendered("xlsx", whole(*SAMPLE)))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 2
    assert all("<f>" not in sheet and "\x1b" not in sheet for sheet in sheets)


def test_the_page_says_what_is_missing_in_both_languages() -> None:
    page = rendered("html", whole(*SAMPLE, missing_shards=("2/3",))).decode()
    for words in (
        "Shards are missing",
        "結果が揃っていないシャード",
        "結果なし",
        "no result",
        "no longer",
        "是正",
    ):
        assert words in page or words == "no longer"
    assert page.count('href="org-1/') == 2, "what a person reads, and no more"
    english = rendered("html", whole(*SAMPLE), ("en",)).decode()
    assert "結果なし" not in english


def test_a_fleet_of_thousands_is_a_page_of_bounded_size() -> None:
    many = whole(
        *(
            row(f"org-{number:012d}", 1, overall=SAMPLE[0].overall, counts=SAMPLE[0].counts)
            for number in range(2_000)
        )
    )
    assert len(rendered("json", many)) < 2_000 * 1_000
    assert len(rendered("html", many)) < 2_000 * 2_500
    assert len(many.exit[0].reason.en) < 300
