"""The workbook of a fleet: one row a target."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from xlsxwriter import Workbook

from cloudaudit import clock
from cloudaudit.client import lines, warning
from cloudaudit.fleet.rows import CHANGES, Overview, Row, State
from cloudaudit.model import Severity
from cloudaudit.reporting import CLEAN, EXIT_CODE, MASKED, SEVERITIES, moment, number
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

from ._overview_words import STATES, WORDS
from ._sheets import SAFE, Book, Heading, Looks, Sheet, looks

_A3 = 8
_SHEETS: dict[Language, str] = {"ja": "全対象一覧", "en": "All targets"}


def write(overview: Overview, languages: Sequence[Language], out: BinaryIO) -> None:
    """Write the workbook; rows are streamed through temporary files."""
    with Workbook(out, SAFE) as book:
        _fill(book, overview, languages)


def _fill(book: Book, overview: Overview, languages: Sequence[Language]) -> None:
    book.set_properties(
        {
            "title": WORDS["title"].in_(languages[0]),
            "author": "cloudaudit",
            # The time of the fleet and not of writing: equal input gives equal bytes.
            "created": clock.parse(overview.taken_at).replace(tzinfo=None),
        }
    )
    for language in languages:
        _sheet(Sheet(book, _SHEETS[language], language, looks(book, language)), overview)


def _sheet(sheet: Sheet, overview: Overview) -> None:
    sheet.line(sheet.say(WORDS["title"]), sheet.looks.title, 26)
    sheet.line(" · ".join(_about(sheet, overview)), sheet.looks.subtitle)
    for hint in _hints(sheet, overview):
        sheet.line(visible(hint), sheet.looks.hint)
    sheet.line("", sheet.looks.hint, 6)
    compared = any(row.changes is not None for row in overview.targets)
    first = sheet.row
    heads = list(_heads(compared=compared))
    sheet.columns([Heading(sheet.say(text), width) for text, width in heads])
    for row in overview.targets:
        for column, cell in enumerate(_cells(sheet, row, compared=compared)):
            _write(sheet, column, cell)
        sheet.next()
    sheet.finish(first, len(heads) - 1, paper=_A3, frozen_columns=1)


def _about(sheet: Sheet, overview: Overview) -> Iterable[str]:
    counted = overview.counted()
    yield moment(overview.taken_at, sheet.language)
    for state, text in STATES.items():
        if counted[state]:
            yield f"{sheet.say(text)} {counted[state]}"
    if overview.shard:
        yield f"{sheet.say(WORDS['shard'])} {overview.shard}"


def _hints(sheet: Sheet, overview: Overview) -> Iterable[str]:
    if overview.client is not None:
        for heading, said in lines(overview.client, sheet.language):
            yield f"{heading}: {said}"
        fault = warning(overview.client, overview.taken_at)
        if fault is not None:
            yield sheet.say(fault)
    for reason in overview.exit:
        yield f"{sheet.say(EXIT_CODE)} {reason.code}: {sheet.say(reason.reason)}"
    if not overview.exit:
        yield f"{sheet.say(EXIT_CODE)} 0: {sheet.say(CLEAN)}"
    if overview.missing_shards:
        yield f"{sheet.say(WORDS['shards_missing'])}: {', '.join(overview.missing_shards)}"
    if overview.masked:
        yield sheet.say(MASKED)


def _heads(*, compared: bool) -> Iterable[tuple[Text, float]]:
    yield WORDS["target"], 36
    yield WORDS["provider"], 9
    yield WORDS["account"], 22
    yield WORDS["state"], 11
    yield WORDS["score"], 11
    yield WORDS["best"], 9
    yield WORDS["coverage"], 10
    yield WORDS["grade"], 7
    for severity in Severity:
        yield SEVERITIES[severity], 9
    if compared:
        yield WORDS["changes"], 28
    yield EXIT_CODE, 9
    yield WORDS["why"], 70
    yield WORDS["folder"], 30


def _cells(sheet: Sheet, row: Row, *, compared: bool) -> Iterable[str | float | None]:
    overall = row.overall
    yield visible(row.title)
    yield row.provider.upper()
    yield visible(row.account)
    yield sheet.say(STATES[row.state])
    yield overall.guaranteed if overall else None
    yield overall.best if overall else None
    yield overall.coverage if overall else None
    yield (overall.grade or "") if overall else ""
    for severity in Severity:
        yield float(row.by_severity.get(severity.value, 0)) if row.counts else None
    if compared:
        yield _changes(sheet, row)
    yield float(row.code) if row.state in {State.SCANNED, State.FAILED} else None
    yield "\n".join(visible(sheet.say(reason.reason)) for reason in row.reasons)
    yield visible(row.name) if row.files else ""


def _changes(sheet: Sheet, row: Row) -> str:
    if row.changes is None:
        return ""
    told = [
        f"{sheet.say(text)} {number(row.changes[change.value])}"
        for change, text in CHANGES.items()
        if row.changes.get(change.value)
    ]
    return " · ".join(told) or sheet.say(WORDS["no_change"])


def _write(sheet: Sheet, column: int, cell: str | float | None) -> None:
    style: Looks = sheet.looks
    if cell is None:
        sheet.blank(column, style.text)
    elif isinstance(cell, str):
        sheet.write(column, cell)
    else:
        sheet.sheet.write_number(sheet.row, column, cell, style.text)
