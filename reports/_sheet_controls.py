"""項番別の証跡: for each control of the chosen frameworks what was found, worst first, then those for a person."""

from collections.abc import Iterator, Sequence

from cloudaudit.assessment import Assessment
from cloudaudit.frameworks.model import STRENGTHS, Strength
from cloudaudit.frameworks.results import HEADS, LEAD, OUTCOMES, STATUS_ORDER, TITLE, FrameworkResult, Outcome
from cloudaudit.text import Language, Text

from ._sheet_lists import numbered
from ._sheets import Book, Heading, Looks, Sheet

_A3 = 8
_WIDTHS = (16, 48, 10, *(10 for _ in STATUS_ORDER), 24)


def controls(
    book: Book, assessment: Assessment, results: Sequence[FrameworkResult], language: Language, looks: Looks
) -> None:
    """Write the sheet."""
    sheet = Sheet(book, TITLE.in_(language), language, looks)
    sheet.head(TITLE, assessment, (LEAD, *(_about(result) for result in results)))
    top = sheet.row
    heads = [
        Heading("No.", 6),
        Heading(sheet.say(Text(en="Framework", ja="フレームワーク")), 24),
        *(Heading(sheet.say(head), width) for head, width in zip(HEADS, _WIDTHS, strict=True)),
        Heading(sheet.say(Text(en="Remarks", ja="備考")), 56),
        Heading(sheet.say(Text(en="Checks", ja="チェック ID")), 44),
        Heading(sheet.say(Text(en="Source", ja="出典")), 44),
    ]
    sheet.columns(heads)
    numbered(sheet, _rows(results, language))
    sheet.finish(top, len(heads) - 1, paper=_A3, frozen_columns=3)


def _about(result: FrameworkResult) -> Text:
    name, about = result.framework.name, result.about
    return Text(en=f"{name.en}: {about.en}", ja=f"{name.ja} {about.ja}")


def _rows(results: Sequence[FrameworkResult], language: Language) -> Iterator[list[str | int]]:
    for result in results:
        framework = result.framework
        for one in result.results:
            control = one.control
            yield [
                framework.short.in_(language),
                *one.cells(language)[:3],
                *(one.counts[status] for status in STATUS_ORDER),
                one.said.in_(language),
                control.note.in_(language) if control.note else "",
                ", ".join(one.checks),
                control.source or framework.source,
            ]
        for control in result.manual:
            yield [
                framework.short.in_(language),
                control.shown(language),
                control.title.in_(language),
                STRENGTHS[Strength.NONE].in_(language),
                *("" for _ in STATUS_ORDER),
                OUTCOMES[Outcome.MANUAL].in_(language),
                control.note.in_(language) if control.note else "",
                "",
                control.source or framework.source,
            ]
