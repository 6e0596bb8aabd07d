"""The worksheet for a suspected leak: it tells what is known, asks what is not, and decides nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.facts import Cause
from cloudaudit.forms import Document, Fields, Table
from cloudaudit.incident.dates import deadlines
from cloudaudit.incident.exposure import exposing_checks, exposure
from cloudaudit.incident.worksheet import worksheet
from cloudaudit.model import Finding, Status, Theme
from cloudaudit.text import Language, Text

PUBLIC = f"{1:032x}"
LANGUAGES: tuple[Language, ...] = ("ja", "en")


def sheet(assessment: Assessment, entered: date | None = None, language: Language = "ja") -> Document:
    return worksheet(assessment, exposure(assessment, PUBLIC), entered, language)


def blocks(document: Document) -> list[Any]:
    return list(document.forms[0].blocks)


def fields(document: Document) -> dict[str, Any]:
    return {
        one.label: one.value
        for block in blocks(document)
        if isinstance(block, Fields)
        for one in block.fields
    }


def table(document: Document, title: str) -> Table:
    found: Table = next(
        block for block in blocks(document) if isinstance(block, Table) and block.title.startswith(title)
    )
    return found


def with_findings(saved: Assessment, *more: Finding) -> Assessment:
    every = [*saved.findings(), *more]
    return replace(saved, findings=lambda: iter(every))


def log(saved: Assessment, status: Status, evidence: dict[str, object], **place: str) -> Finding:
    first = next(iter(saved.findings()))
    resource = msgspec.structs.replace(
        first.resource, **{"kind": "aws-region", "id": "r", "name": "r", **place}
    )
    said = Text(en="Logs.", ja="ログです。")
    return msgspec.structs.replace(
        first,
        id="e" * 32,
        check="own-log",
        theme=Theme.LOGGING,
        status=status,
        resource=resource,
        reason=said,
        evidence=evidence,
    )


def test_it_tells_what_is_reachable_how_and_by_whom(saved: Assessment) -> None:
    document = sheet(saved)
    said = fields(document)
    assert said["資源"] == "acme-invoices"
    assert "ステートメント2が全員に s3:GetObject を許可" in said["到達できる経路"]
    assert table(document, "この資源の共有先").rows[0][0] == "すべての人(*)"
    assert table(document, "証跡").rows == (("statement", "2"),)


def test_since_when_comes_from_logs_or_is_unknown(saved: Assessment) -> None:
    since = "2026-10-01T00:00:00Z"
    dated = tuple(msgspec.structs.replace(share, since=since) for share in saved.sharing)
    undated = tuple(msgspec.structs.replace(share, since="", first_seen="") for share in saved.sharing)
    label = "公開の開始(ログ・設定による)"
    assert fields(sheet(replace(saved, shares=lambda: dated)))[label] == "2026-10-01 09:00:00 JST (+09:00)"
    assert fields(sheet(replace(saved, shares=lambda: undated)))[label] == "不明"


def test_changes_in_the_event_history_are_told(saved: Assessment) -> None:
    first = next(iter(saved.findings()))
    events = [
        {"bucket": "acme-invoices", "event": "PutBucketPolicy", "at": "2026-11-01T00:00:00Z"},
        {"bucket": "other"},
        7,
    ]
    seen = msgspec.structs.replace(
        first,
        check="aws-s3-exposure-history",
        theme=Theme.LOGGING,
        status=Status.PASS,
        evidence={"newest": events},
    )
    document = sheet(with_findings(saved, seen))
    assert fields(document)["変更履歴"] == ("2026-11-01 09:00:00 JST (+09:00) PutBucketPolicy",)
    assert table(document, "調査に使えるログ").rows[0][4] == "90 日前まで"


@pytest.mark.parametrize(
    ("status", "evidence", "said"),
    [
        (Status.PASS, {"days": 29}, "29 日前まで"),
        (Status.FAIL, {"days": {"audit": 180, "sign_in": 30}}, "30–180 日前まで"),
        (Status.PASS, {}, "不明"),
        (Status.NOT_ASSESSED, {"days": 29}, "判定不能"),
    ],
)
def test_how_far_logs_reach_is_told_or_unknown(
    saved: Assessment, status: Status, evidence: dict[str, object], said: str
) -> None:
    rows = table(sheet(with_findings(saved, log(saved, status, evidence))), "調査に使えるログ").rows
    assert [row[4] for row in rows] == [said]


def test_logs_of_other_places_are_not_told_and_no_log_is_not_assessed(saved: Assessment) -> None:
    other = with_findings(
        saved, log(saved, Status.PASS, {}, region="eu-west-1"), log(saved, Status.PASS, {}, account="9")
    )
    logs = table(sheet(other), "調査に使えるログ")
    assert logs.rows == ()
    assert "判定不能" in logs.nothing


def test_the_four_cases_are_questions_with_empty_boxes(saved: Assessment) -> None:
    rows = table(sheet(saved), "報告対象事態").rows
    assert [row[0] for row in rows] == ["1号", "2号", "3号", "4号"]
    for row in rows:
        assert row[2] == ("□該当する", "□おそれがある", "□該当しない", "□確認中")
        assert row[3] is None


def test_deadlines_are_a_guide_from_the_day_entered(saved: Assessment) -> None:
    rows = table(sheet(saved, date(2026, 11, 27)), "報告期限").rows
    assert [row[2] for row in rows] == ["2026-11-29 – 2026-12-01", "2026-12-26", "2027-01-25"]
    without = table(sheet(saved), "報告期限")
    assert [row[2] for row in without.rows] == [None, None, None]
    assert "--entered" in without.more


def test_the_day_itself_counts_as_the_first() -> None:
    found = deadlines(date(2026, 1, 1))
    assert (found.first_from, found.first_until, found.full) == (
        date(2026, 1, 3),
        date(2026, 1, 5),
        date(2026, 1, 30),
    )


def test_the_nine_items_are_filled_in_only_where_the_tool_knows(saved: Assessment) -> None:
    rows = table(sheet(saved), "報告事項").rows
    assert [row[0] for row in rows] == list("一二三四五六七八九")
    assert {row[0] for row in rows if row[2] != "—"} == {"一", "四", "八"}
    assert all(row[3] is None for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_neither_calls_a_report_needless_nor_guesses_how_many_people(
    saved: Assessment, language: Language
) -> None:
    for entered in (None, date(2026, 11, 27)):
        said = msgspec.json.encode(sheet(saved, entered, language)).decode()
        for never in (
            "報告不要",
            "報告は不要",
            "報告の必要はありません",
            "no report is needed",
            "need not be reported",
        ):
            assert never not in said.lower(), never
    rows = table(sheet(saved, language=language), "報告事項" if language == "ja" else "The nine items").rows
    assert rows[2][2:] == ("—", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sources_are_links_with_their_day(saved: Assessment, language: Language) -> None:
    rows = table(sheet(saved, language=language), "根拠" if language == "ja" else "Sources").rows
    assert len(rows) == 3
    assert all(str(row[2]).startswith("https://") and row[3] == "2026-11-21" for row in rows)


def test_english_labels_are_english(saved: Assessment) -> None:
    said = fields(sheet(saved, language="en"))
    assert said["Resource"] == "acme-invoices"
    assert said["How it is reachable"].startswith("Public because statement 2")


def test_evidence_in_two_languages_is_shown_in_one(saved: Assessment) -> None:
    findings = [
        msgspec.structs.replace(
            next(iter(saved.findings())), evidence={"path": [{"en": "a", "ja": "あ"}], "none": []}
        )
    ]
    document = sheet(replace(saved, findings=lambda: iter(findings)))
    assert table(document, "証跡").rows == (("path", '["あ"]'),)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("0" * 32, "has no finding"),
        (f"{8:032x}", "tells of no exposure"),
        (f"{4:032x}", "tells of no exposure"),
    ],
)
def test_what_is_no_exposure_is_refused(saved: Assessment, wanted: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        exposure(saved, wanted)


def test_what_was_not_assessed_is_refused_and_not_called_closed(saved: Assessment) -> None:
    first = next(iter(saved.findings()))

    def unread() -> Iterator[Finding]:
        yield msgspec.structs.replace(first, status=Status.NOT_ASSESSED, cause=Cause.DENIED)

    with pytest.raises(UsageError, match="was not assessed, so what is reachable is unknown"):
        exposure(replace(saved, findings=unread), PUBLIC)


def test_the_exposing_checks_come_from_the_law() -> None:
    assert "aws-s3-bucket-public-access" in exposing_checks()
