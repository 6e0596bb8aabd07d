"""台帳突合: stores that are not in the ledger of personal data, and what became of each of its rows."""

from collections.abc import Iterator

from cloudaudit.assessment import Assessment
from cloudaudit.ledger import (
    ALL_LISTED,
    COLUMNS,
    STANDINGS,
    TITLE,
    Column,
    Entry,
    LedgerCheck,
    Standing,
    shown_stores,
    summary,
)
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

from ._sheet_lists import numbered
from ._sheets import Book, Heading, Looks, Sheet

NAME = Text(en="Ledger comparison", ja="台帳突合")

_A3 = 8
_HEADS: tuple[tuple[Text, float], ...] = (
    (Text(en="No.", ja="No."), 6),
    (Text(en="Result", ja="突合結果"), 22),
    (Text(en="Row", ja="台帳の行"), 9),
    (COLUMNS[Column.NAME], 30),
    (COLUMNS[Column.LOCATION], 44),
    (COLUMNS[Column.OWNER], 22),
    (COLUMNS[Column.CONTRACTOR], 22),
    (Text(en="Stores that were found", ja="確認した保管先"), 44),
    (Text(en="Kind", ja="種別"), 18),
    (Text(en="Region", ja="リージョン"), 16),
    (Text(en="Remarks", ja="備考"), 52),
)
_ADD = Text(
    en="find out whether it holds personal data, and add it to the ledger",
    ja="個人情報の有無を確認し、取り扱いがある場合は台帳に記載",
)
_NOT_LISTED = Text(en="not in the ledger", ja="台帳に記載なし")


def ledger_sheet(
    book: Book, assessment: Assessment, check: LedgerCheck, language: Language, looks: Looks
) -> None:
    """Write the differences first, what fits last."""
    sheet = Sheet(book, NAME.in_(language), language, looks)
    file = visible(" / ".join(filter(None, (check.file, check.sheet))))
    named = Text(en=f"Ledger: {file}", ja=f"台帳: {file}")
    nothing = () if check.unlisted else (ALL_LISTED,)
    sheet.head(TITLE, assessment, (named, summary(check), *nothing, *filter(None, (check.incomplete,))))
    top = sheet.row
    sheet.columns([Heading(sheet.say(text), width) for text, width in _HEADS])
    numbered(sheet, _rows(check, language))
    sheet.finish(top, len(_HEADS) - 1, paper=_A3, frozen_columns=2)


def _rows(check: LedgerCheck, language: Language) -> Iterator[list[str]]:
    for store in check.unlisted:
        place = (visible(store.name), visible(store.kind), visible(store.region))
        yield [_NOT_LISTED.in_(language), "", "", "", "", "", *place, _ADD.in_(language)]
    fitting = (entry for entry in check.entries if entry.standing is Standing.FOUND)
    for entry in (*check.differences, *fitting):
        yield _entry(entry, language)


def _entry(entry: Entry, language: Language) -> list[str]:
    row = entry.row
    kinds = dict.fromkeys(visible(store.kind) for store in entry.stores)
    regions = dict.fromkeys(visible(store.region) for store in entry.stores)
    return [
        STANDINGS[entry.standing].in_(language),
        str(row.row),
        visible(row.name),
        visible(row.location),
        visible(row.owner),
        visible(row.contractor),
        ", ".join(map(visible, shown_stores(entry))),
        ", ".join(kinds),
        ", ".join(regions),
        visible(entry.reason.in_(language)),
    ]
