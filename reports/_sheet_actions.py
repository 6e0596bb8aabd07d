"""是正処置一覧: failures and what was not assessed, worst first, with columns for people to fill in."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from cloudaudit.actions import (
    CONFIRMATIONS,
    HEADINGS,
    PROGRESS,
    SHEET,
    Action,
    Column,
    Confirmation,
    confirmation,
)
from cloudaudit.assessment import Assessment
from cloudaudit.frameworks.mapping import controls_of
from cloudaudit.frameworks.model import Framework
from cloudaudit.model import Finding, Status
from cloudaudit.reporting import SEVERITIES, STATUSES, moment, theme_name
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

from ._sheets import Book, Heading, Looks, Sheet
from ._words import parts, remedy_of, title_of

LIMIT = 20_000
"""Rows; the rest is counted. Nobody fills in more, and each costs a spreadsheet time and memory."""

_A3 = 8
_FIRST_DAY = "2000-01-01"
_LEFT = (
    (Text(en="No.", ja="No."), 5.5),
    (Text(en="Severity", ja="重要度"), 8.0),
    (Text(en="Result", ja="判定"), 11.0),
    (Text(en="Theme", ja="テーマ"), 12.0),
    (HEADINGS[Column.RESOURCE], 25.0),
    (HEADINGS[Column.REQUIREMENT], 27.0),
    (Text(en="What was found", ja="確認した事実"), 40.0),
    (Text(en="Control", ja="該当項番"), 17.0),
    (Text(en="Recommended remediation", ja="推奨する対処"), 36.0),
)
_PEOPLE = (
    (Column.CAUSE, 20.0),
    (Column.ACTION, 26.0),
    (Column.OWNER, 11.0),
    (Column.DUE, 11.5),
    (Column.PROGRESS, 10.0),
    (Column.DONE_ON, 11.5),
    (Column.NOTE, 18.0),
)
_CONFIRMED = Text(en="Re-scan confirmation", ja="再スキャンによる確認")
_FACTS_BAND = Text(en="Audit result (written by cloudaudit)", ja="点検結果(自動出力)")
_PEOPLE_BAND = Text(en="To be filled in", ja="記入欄")
_PROOF_BAND = Text(en="Confirmation", ja="確認(自動出力)")
_FIRST = len(_LEFT)
_LAST = _FIRST + len(_PEOPLE) - 1
_PROOF = _LAST + 1
_ID = _PROOF + 1


def corrective_actions(
    book: Book,
    assessment: Assessment,
    frameworks: Sequence[Framework],
    language: Language,
    looks: Looks,
) -> None:
    """Write the sheet."""
    sheet = Sheet(book, SHEET.in_(language), language, looks)
    sheet.head(SHEET, assessment, list(_hints(assessment)))
    _bands(sheet)
    top = sheet.row
    headings = [Heading(sheet.say(text), width) for text, width in _LEFT]
    headings += [Heading(sheet.say(HEADINGS[column]), width) for column, width in _PEOPLE]
    headings += [Heading(sheet.say(_CONFIRMED), 17), Heading(sheet.say(HEADINGS[Column.FINDING]), 36)]
    sheet.columns(headings, styles=dict.fromkeys(range(_FIRST, _LAST + 1), looks.people_head))
    writer = _Rows(sheet, assessment, frameworks)
    for finding in _found(assessment):
        writer.finding(finding)
    writer.gone()
    _drop_downs(sheet, top + 1)
    sheet.finish(top, _ID, paper=_A3, frozen_columns=5, printed=_PROOF)


def _hints(assessment: Assessment) -> Iterator[Text]:
    yield Text(
        en="Fill in the yellow columns; then `cloudaudit actions import FILE` reads them, and the next report carries them.",
        ja="黄色の列をご記入ください。記入後のファイルは cloudaudit actions import で取り込み、次回の報告書に引き継げます。",
    )
    rest = assessment.counts.fail + assessment.counts.not_assessed - LIMIT
    if rest > 0:
        yield Text(
            en=f"The worst {LIMIT:,} are listed; {rest:,} more are in the CSV report and in result.json.",
            ja=f"重要度の高い {LIMIT:,} 件を掲載しています。残り {rest:,} 件は CSV レポートと result.json に記載しています。",
        )


def _bands(sheet: Sheet) -> None:
    row, looks = sheet.row, sheet.looks
    for first, last, text, style in (
        (0, _FIRST - 1, _FACTS_BAND, looks.facts_band),
        (_FIRST, _LAST, _PEOPLE_BAND, looks.people_band),
    ):
        sheet.sheet.merge_range(row, first, row, last, sheet.say(text), style)
    sheet.write(_PROOF, sheet.say(_PROOF_BAND), looks.facts_band)
    sheet.write(_ID, "", looks.facts_band)
    sheet.sheet.set_row(row, 18)
    sheet.row += 1


def _found(assessment: Assessment) -> Iterator[Finding]:
    """Yield what to mend, worst first, then what has an action and needs none any more."""
    yield from assessment.worst(LIMIT)
    if assessment.actions:
        settled = (
            finding
            for finding in assessment.findings()
            if finding.id in assessment.actions and finding.status not in {Status.FAIL, Status.NOT_ASSESSED}
        )
        yield from islice(settled, LIMIT)


class _Rows:
    """Writes the rows and remembers which actions have one."""

    def __init__(self, sheet: Sheet, assessment: Assessment, frameworks: Sequence[Framework]) -> None:
        self._sheet = sheet
        self._frameworks = frameworks
        self._controls: dict[str, str] = {}
        self._assessment = assessment
        self._left: dict[str, Action] = dict(assessment.actions)
        self._number = 0

    def finding(self, finding: Finding) -> None:
        """Write the row of a finding."""
        sheet, language = self._sheet, self._sheet.language
        action = self._left.pop(finding.id, None)
        self._counted()
        sheet.write(1, SEVERITIES[finding.severity].in_(language), sheet.looks.severities[finding.severity])
        sheet.write(2, STATUSES[finding.status].in_(language), sheet.looks.centred)
        sheet.write(3, visible(theme_name(finding.theme, language)))
        sheet.write(4, visible(finding.resource.name))
        sheet.write(5, title_of(self._assessment, finding.check, language))
        sheet.write(6, "\n".join((visible(finding.reason.in_(language)), *parts(finding, language))))
        sheet.write(7, self._controls_of(finding))
        sheet.write(8, remedy_of(self._assessment, finding, language))
        self._people(action)
        self._proof(confirmation(finding.status) if action else None)
        sheet.write(_ID, finding.id, sheet.looks.small)
        sheet.next()

    def _controls_of(self, finding: Finding) -> str:
        if finding.check not in self._controls:
            named = controls_of(self._frameworks, finding.check, finding.theme, self._sheet.language)
            self._controls[finding.check] = "\n".join(named)
        return self._controls[finding.check]

    def gone(self) -> None:
        """Write the actions whose finding is not in this result, so that none is lost."""
        for action in self._left.values():
            sheet = self._sheet
            self._counted()
            for column in (1, 2, 3, 6, 7, 8):
                sheet.write(column, "—", sheet.looks.centred)
            sheet.write(4, visible(action.resource))
            sheet.write(5, visible(action.requirement))
            self._people(action)
            self._proof(Confirmation.GONE)
            sheet.write(_ID, action.finding, sheet.looks.small)
            sheet.next()

    def _counted(self) -> None:
        self._number += 1
        self._sheet.sheet.write_number(self._sheet.row, 0, self._number, self._sheet.looks.centred)

    def _people(self, action: Action | None) -> None:
        for place, (column, _) in enumerate(_PEOPLE, start=_FIRST):
            self._cell(place, column, action)

    def _cell(self, place: int, column: Column, action: Action | None) -> None:
        sheet = self._sheet
        said = str(getattr(action, column.value) or "") if action else ""
        if column in {Column.DUE, Column.DONE_ON}:
            sheet.day(place, said)
        elif said:
            if action and action.progress and column is Column.PROGRESS:
                said = PROGRESS[action.progress].in_(sheet.language)
            sheet.write(place, "\n".join(map(visible, said.splitlines())), sheet.looks.fill_in)
        else:
            sheet.blank(place, sheet.looks.fill_in)

    def _proof(self, confirmed: Confirmation | None) -> None:
        sheet = self._sheet
        day = moment(self._assessment.taken_at, sheet.language).partition(" ")[0]
        sheet.write(_PROOF, f"{sheet.say(CONFIRMATIONS[confirmed])}\n{day}" if confirmed else "")


def _drop_downs(sheet: Sheet, first: int) -> None:
    last = max(sheet.row - 1, first)
    places: Mapping[Column, int] = {column: place for place, (column, _) in enumerate(_PEOPLE, start=_FIRST)}
    progress = places[Column.PROGRESS]
    choices = [sheet.say(text) for text in PROGRESS.values()]
    sheet.sheet.data_validation(
        first,
        progress,
        last,
        progress,
        {
            "validate": "list",
            "source": choices,
            "error_title": sheet.say(HEADINGS[Column.PROGRESS]),
            "error_message": sheet.say(Text(en="Choose from the list.", ja="一覧から選択してください。")),
        },
    )
    for column in (Column.DUE, Column.DONE_ON):
        sheet.sheet.data_validation(
            first,
            places[column],
            last,
            places[column],
            {
                "validate": "date",
                "criteria": ">=",
                "value": f"=DATE({_FIRST_DAY.replace('-', ',')})",
                "error_title": sheet.say(HEADINGS[column]),
                "error_message": sheet.say(
                    Text(en="Write a date such as 2026-12-31.", ja="日付を入力してください(例: 2026-12-31)。")
                ),
            },
        )
