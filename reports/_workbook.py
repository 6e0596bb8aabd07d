"""The workbook: corrective actions, what is shared, what was looked at, and how the audit was made."""

from collections.abc import Sequence
from typing import BinaryIO

from xlsxwriter import Workbook

from cloudaudit import clock
from cloudaudit.assessment import Assessment
from cloudaudit.frameworks.loading import chosen
from cloudaudit.frameworks.results import shown as frameworks_shown
from cloudaudit.reporting import who
from cloudaudit.text import Language
from cloudaudit.visible import visible

from ._sheet_actions import corrective_actions
from ._sheet_controls import controls
from ._sheet_ledger import ledger_sheet
from ._sheet_lists import overview, resources, sharing, waivers
from ._sheets import Book, looks
from ._words import TITLE

SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write(assessment: Assessment, language: Language, out: BinaryIO, frameworks: Sequence[str] = ()) -> None:
    """Write the workbook; rows are streamed through temporary files."""
    with Workbook(out, SAFE) as book:
        _fill(book, assessment, language, frameworks)


def _fill(book: Book, assessment: Assessment, language: Language, frameworks: Sequence[str]) -> None:
    book.set_properties(
        {
            "title": TITLE.in_(language),
            "subject": visible(who(assessment.target)),
            "author": "cloudaudit",
            # The time of the snapshot and not of writing: equal input gives equal bytes.
            "created": clock.parse(assessment.taken_at).replace(tzinfo=None),
        }
    )
    styles = looks(book, language)
    corrective_actions(book, assessment, chosen(frameworks, (language,)), language, styles)
    sharing(book, assessment, language, styles)
    if assessment.ledger is not None:
        ledger_sheet(book, assessment, assessment.ledger, language, styles)
    resources(book, assessment, language, styles)
    overview(book, assessment, language, styles)
    controls(book, assessment, frameworks_shown(assessment, frameworks, (language,)), language, styles)
    if assessment.waivers:
        waivers(book, assessment, language, styles)
