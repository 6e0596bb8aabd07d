"""The company's ledger of personal data (個人情報管理台帳) against the stores that were found, both ways. Pure.

Nothing is called missing that was only not looked at: a row whose store lies elsewhere, or whose listing has a gap, is
not decided. Nor is anything called listed on a mere resemblance: a row names a store by its name, its id or its address.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice

from msgspec import Struct

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.explain import CAUSES
from cloudaudit.model import Gap, ResourceRef
from cloudaudit.stores import KeepsData, Stores, normalised
from cloudaudit.text import Text

NAMED_STORES = 20
"""Stores that are named for one row; a row that names a whole site may have hundreds."""


class Column(StrEnum):
    """A column of the ledger that is read."""

    NAME = "name"
    LOCATION = "location"
    OWNER = "owner"
    CONTRACTOR = "contractor"


COLUMNS: dict[Column, Text] = {
    Column.NAME: Text(en="Personal data", ja="個人情報の名称"),
    Column.LOCATION: Text(en="Where it is kept", ja="保管場所"),
    Column.OWNER: Text(en="Owner", ja="管理部署・管理者"),
    Column.CONTRACTOR: Text(en="Contractor", ja="委託先"),
}


class Row(Struct, frozen=True, kw_only=True):
    """A row of the ledger, as it stands there.

    Attributes:
        row: its number in the file.
        contractor: the 委託先.
    """

    row: int
    name: str
    location: str
    owner: str = ""
    contractor: str = ""


class Ledger(Struct, frozen=True, kw_only=True):
    """A ledger that was read.

    Attributes:
        file: its name, without the folder.
        sheet: of a workbook; else empty.
        sha256: of its bytes.
    """

    file: str
    sheet: str
    sha256: str
    rows: tuple[Row, ...]


class Standing(StrEnum):
    """How a row of the ledger and the stores fit together; in the order in which a reader wants to know.

    ``UNKNOWN`` is 判定不能: the store may be there or not. ``ELSEWHERE`` is 対象外: kept where this run did not look.
    """

    NOT_FOUND = "not-found"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "not-assessed"
    ELSEWHERE = "out-of-scope"
    FOUND = "found"


STANDINGS: dict[Standing, Text] = {
    Standing.NOT_FOUND: Text(en="store not found", ja="保管先が見つからない"),
    Standing.AMBIGUOUS: Text(en="several stores fit", ja="該当する保管先が複数"),
    Standing.UNKNOWN: Text(en="not assessed", ja="判定不能"),
    Standing.ELSEWHERE: Text(en="out of scope", ja="対象外"),
    Standing.FOUND: Text(en="found", ja="一致"),
}


class Entry(Struct, frozen=True, kw_only=True):
    """What became of a row.

    Attributes:
        stores: those that it names, at most ``NAMED_STORES``.
        more: how many it names beyond those.
    """

    row: Row
    standing: Standing
    reason: Text
    stores: tuple[ResourceRef, ...] = ()
    more: int = 0


class LedgerCheck(Struct, frozen=True, kw_only=True):
    """The ledger and what was found, compared.

    Attributes:
        stores: how many stores were found.
        unlisted: stores that no row names.
        incomplete: why there may be more stores that no row names; None where all were listed.
    """

    file: str
    sheet: str
    sha256: str
    stores: int
    entries: tuple[Entry, ...]
    unlisted: tuple[ResourceRef, ...]
    incomplete: Text | None = None

    @property
    def counts(self) -> Mapping[Standing, int]:
        """Rows by standing; each standing is in it."""
        tally = Counter(entry.standing for entry in self.entries)
        return {standing: tally[standing] for standing in Standing}

    @property
    def differences(self) -> tuple[Entry, ...]:
        """The rows of which not everything is well, what matters most first."""
        order = list(Standing)
        unclear = (entry for entry in self.entries if entry.standing is not Standing.FOUND)
        return tuple(sorted(unclear, key=lambda entry: (order.index(entry.standing), entry.row.row)))


TITLE = Text(en="Ledger of personal data, compared", ja="個人情報管理台帳との突合")
UNLISTED = Text(en="Stores that are not in the ledger", ja="台帳に記載のない保管先")
UNMATCHED = Text(en="Rows of the ledger that do not fit", ja="保管先と一致しない台帳の記載")
WHAT_TO_DO = Text(
    en="Find out whether these hold personal data; where they do, add them to the ledger and look at their risks, "
    "where not, keep a record of that.",
    ja="個人情報の有無を確認し、取り扱いがある場合は台帳への記載とリスク分析を、ない場合はその確認結果の記録を行ってください。",
)
ALL_LISTED = Text(
    en="Every store that was found is in the ledger.", ja="確認できた保管先は、すべて台帳に記載されています。"
)
ALL_FIT = Text(
    en="Every row names a store that was found.", ja="台帳の記載は、すべて実際の保管先と一致しています。"
)
_FOUND = Text(en="names a store that was found", ja="記載どおりの保管先を確認しました。")
_BLANK = Text(en="the row says no place", ja="保管場所の記載がありません。")
_NO_STORES = Text(
    en="this provider does not tell what its stores are", ja="このプロバイダーでは保管先を特定できません。"
)
_NARROWED = Text(
    en="the run was narrowed, and the store may lie outside of it",
    ja="範囲を限定した点検のため、範囲外にある可能性があります。",
)
_ELSEWHERE = Text(
    en="kept with another provider, which this run did not look at",
    ja="今回の点検対象ではないサービスに保管されています。",
)
_UNCLEAR = Text(
    en="what the row says does not tell which store of this cloud it means, if any",
    ja="記載内容からは、今回点検したクラウドの保管先かどうかを判別できません。",
)
_NO_ADDRESSES = Text(
    en="a web address can be looked up only with --ledger given to scan or judge",
    ja="URL による突合は、scan または judge で --ledger を指定した場合にのみ行えます。",
)
_SEPARATORS = re.compile(r"[\s,、,;;|・「」『』()()\[\]【】<>\"'“”:]+")
_BUCKET_LIKE = re.compile(r"(?=.*[a-z])[a-z0-9](?:[a-z0-9._-]{1,220})[a-z0-9]", re.ASCII)
_NAME_LIKE = re.compile(r"(?![a-z]{2,9}(?:-[a-z]+)+-?\d$)(?=.*[a-z])[a-z0-9]+(?:[._-]+[a-z0-9]+)+", re.ASCII)
"""What can only be the name of a store, and is no region."""
_PLAIN_WORD = re.compile(r"[a-z]+", re.ASCII)
_TOKENS = 64
_SPAN = 8


def parse_columns(given: str) -> dict[Column, str]:
    """Return the headings that a user typed as ``name=…,location=…``.

    Raises:
        UsageError: it is written otherwise, or names no column of ours.
    """
    columns: dict[Column, str] = {}
    for pair in filter(None, (part.strip() for part in given.split(","))):
        name, equals, heading = (part.strip() for part in pair.partition("="))
        if not equals or not heading or name not in set(Column):
            raise UsageError(
                Text(
                    en=f"{pair} is no column of the ledger; write --ledger-columns name=HEADING,location=HEADING "
                    f"with {', '.join(Column)}.",
                    ja=f"{pair} は台帳の列の指定ではありません。--ledger-columns name=見出し,location=見出し の形式で、"
                    f"{'、'.join(Column)} を指定してください。",
                )
            )
        columns[Column(name)] = heading
    return columns


def reconcile(ledger: Ledger, assessment: Assessment) -> LedgerCheck:
    """Compare a ledger with the stores of an assessment, which must not be masked."""
    provider = discovery.provider(assessment.target.provider)
    if not isinstance(provider, KeepsData):
        entries = tuple(Entry(row=row, standing=Standing.UNKNOWN, reason=_NO_STORES) for row in ledger.rows)
        return _check(ledger, 0, entries, (), _NO_STORES)
    stores = provider.stores
    kinds = {kind.of_kind() for kind in stores.kinds}
    index = _Index(assessment, stores, kinds)
    others = tuple(_others(assessment.target.provider))
    hidden = _hidden(assessment, kinds)
    entries = tuple(_Rows(index, others, hidden, assessment).entry(row) for row in ledger.rows)
    return _check(ledger, len(index.stores), entries, tuple(index.unnamed()), hidden)


def _check(
    ledger: Ledger,
    stores: int,
    entries: tuple[Entry, ...],
    unlisted: tuple[ResourceRef, ...],
    why: Text | None,
) -> LedgerCheck:
    return LedgerCheck(
        file=ledger.file,
        sheet=ledger.sheet,
        sha256=ledger.sha256,
        stores=stores,
        entries=entries,
        unlisted=unlisted,
        incomplete=why,
    )


def _others(own: str) -> Iterator[Stores]:
    for name in discovery.provider_names():
        provider = discovery.provider(name) if name != own else None
        if isinstance(provider, KeepsData):
            yield provider.stores


def _hidden(assessment: Assessment, kinds: Iterable[str]) -> Text | None:
    """Return why there may be stores that were not listed; None where all were."""
    if assessment.scope.narrowed:
        return _NARROWED
    gap: Gap | None = next((gap for gap in assessment.gaps if gap.of in kinds), None)
    if gap is None:
        return None
    cause = CAUSES[gap.cause]
    return Text(
        en=f"the stores could not be listed in full ({gap.of} in {gap.region}: {cause.en})",
        ja=f"保管先の一覧をすべて取得できていないため、判定できません({gap.of}、{gap.region}: {cause.ja})。",
    )


class _Index:
    """The stores by every way in which a person may write them down."""

    def __init__(self, assessment: Assessment, stores: Stores, kinds: set[str]) -> None:
        self.says = stores
        self.stores = [one for one in assessment.resources() if one.kind in kinds]
        self._by_name: dict[str, list[int]] = {}
        self._named: set[int] = set()
        places: dict[str, int] = {}
        for place, store in enumerate(self.stores):
            places[store.id] = place
            for name in {normalised(store.name), normalised(store.id)}:
                self._by_name.setdefault(name, []).append(place)
        self.has_addresses = assessment.addresses is not None
        # An address stands for all that lies below it, and for what it lies in: sorted, those are neighbours.
        self._addresses = sorted(
            (address, places[store])
            for store, address in (assessment.addresses() if assessment.addresses else ())
            if store in places
        )

    def lookup(self, name: str) -> list[int]:
        """Return the stores of a name, an id or a web address."""
        if name in self._by_name:
            return self._by_name[name]
        return [place for address, place in self._addresses if _within(name, address)]

    def name(self, places: Iterable[int]) -> None:
        """Note that a row names these."""
        self._named.update(places)

    def unnamed(self) -> Iterator[ResourceRef]:
        """Yield the stores that no row names."""
        return (store for place, store in enumerate(self.stores) if place not in self._named)


def _within(name: str, address: str) -> bool:
    return "://" in name and (f"{name}/".startswith(f"{address}/") or f"{address}/".startswith(f"{name}/"))


class _Rows:
    """Finds out what rows name."""

    def __init__(
        self, index: _Index, others: Sequence[Stores], hidden: Text | None, assessment: Assessment
    ) -> None:
        self._index = index
        self._others = others
        self._hidden = hidden
        self._assessment = assessment

    def entry(self, row: Row) -> Entry:
        """Return what became of a row."""
        text = normalised(row.location)
        if not text:
            return Entry(row=row, standing=Standing.UNKNOWN, reason=_BLANK)
        named = list(dict.fromkeys(self._index.says.addressed(text)))
        groups = [self._index.lookup(name) for name in named] if named else self._by_words(text)
        lost = [] if named else self._lost(text)
        named += lost
        groups += ([] for _ in lost)
        places = list(dict.fromkeys(place for group in groups for place in group))
        self._index.name(places)
        stores = tuple(self._index.stores[place] for place in places)
        shown, more = stores[:NAMED_STORES], max(len(stores) - NAMED_STORES, 0)
        if stores and all(groups):
            # Below one address all that lies there is meant; of one name only one.
            several = [group for group in groups if len(group) > 1]
            if several and not any("://" in name for name in named):
                reason = _several(len(several[0]))
                return Entry(row=row, standing=Standing.AMBIGUOUS, reason=reason, stores=shown, more=more)
            return Entry(row=row, standing=Standing.FOUND, reason=_FOUND, stores=shown, more=more)
        standing, reason = self._absent(text, named, groups)
        return Entry(row=row, standing=standing, reason=reason, stores=shown, more=more)

    def _by_words(self, text: str) -> list[list[int]]:
        """Return the stores whose names stand in a text, the longest names first, none within another."""
        whole = self._index.lookup(text)
        if whole:
            return [whole]
        words = [word for word in _SEPARATORS.split(text) if word][:_TOKENS]
        groups: list[list[int]] = []
        place = 0
        while place < len(words):
            width = next(
                (
                    width
                    for width in range(min(_SPAN, len(words) - place), 0, -1)
                    if self._telling(" ".join(words[place : place + width]), text)
                ),
                0,
            )
            if width:
                groups.append(self._index.lookup(" ".join(words[place : place + width])))
            place += width or 1
        return groups

    def _lost(self, text: str) -> list[str]:
        """Return the words that can only be names of stores, where this cloud is spoken of, and are none."""
        if self._index.lookup(text) or not self._index.says.speaks_of(text):
            return []
        return [
            word
            for word in _SEPARATORS.split(text)
            if _NAME_LIKE.fullmatch(word) and not self._index.lookup(word)
        ]

    def _telling(self, name: str, text: str) -> bool:
        """Return whether a name is one of a store; a plain word is only where the cloud is spoken of."""
        if not self._index.lookup(name):
            return False
        return _PLAIN_WORD.fullmatch(name) is None or self._index.says.speaks_of(text)

    def _absent(
        self, text: str, named: Sequence[str], groups: Sequence[Sequence[int]]
    ) -> tuple[Standing, Text]:
        own = bool(named) or self._index.says.speaks_of(text)
        if not own and any(other.speaks_of(text) for other in self._others):
            return Standing.ELSEWHERE, _ELSEWHERE
        if not own and not _BUCKET_LIKE.fullmatch(text):
            return Standing.UNKNOWN, _UNCLEAR
        if not self._index.has_addresses and any("://" in name for name in named):
            return Standing.UNKNOWN, _NO_ADDRESSES
        if not named and (not _BUCKET_LIKE.fullmatch(text) or _PLAIN_WORD.fullmatch(text)):
            return Standing.UNKNOWN, _UNCLEAR
        if self._hidden is not None:
            return Standing.UNKNOWN, self._hidden
        found = sum(1 for group in groups if group)
        return Standing.NOT_FOUND, self._not_found(len(groups) - found, len(groups))

    def _not_found(self, missing: int, named: int) -> Text:
        target = f"{self._assessment.target.provider.upper()} {self._assessment.target.account}"
        part_en = f"{missing} of its {named} stores are" if named > 1 else "it is"
        part_ja = f"{named} 件中 {missing} 件が" if named > 1 else "記載の保管先が"
        return Text(en=f"{part_en} not in {target}", ja=f"{part_ja} {target} に見つかりません。")


def _several(count: int) -> Text:
    return Text(
        en=f"{count} stores have this name; write its id or its address",
        ja=f"同名の保管先が {count} 件あります。ID または URL で記載してください。",
    )


def shown_stores(entry: Entry) -> list[str]:
    """Return the names of the stores of a row, and how many more there are; not yet made visible."""
    names = [store.name for store in islice(entry.stores, NAMED_STORES)]
    return [*names, *([f"+{entry.more}"] if entry.more else [])]


def summary(check: LedgerCheck) -> Text:
    """Return the figures in one line."""
    counts = check.counts
    rest = counts[Standing.AMBIGUOUS] + counts[Standing.UNKNOWN]
    return Text(
        en=f"stores not in the ledger: {len(check.unlisted)} of {check.stores}; rows whose store was not found: "
        f"{counts[Standing.NOT_FOUND]} of {len(check.entries)}; not decided: {rest}; "
        f"out of scope: {counts[Standing.ELSEWHERE]}",
        ja=f"台帳に記載のない保管先 {len(check.unlisted)} 件(全 {check.stores} 件)、保管先が見つからない記載 "
        f"{counts[Standing.NOT_FOUND]} 件(全 {len(check.entries)} 件)、判定不能・複数該当 {rest} 件、"
        f"対象外 {counts[Standing.ELSEWHERE]} 件",
    )
