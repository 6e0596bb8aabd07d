"""From what single objects said to what is known of a bucket's objects. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.model import (
    EncryptionCount,
    EncryptionState,
    Mode,
    Objects,
    Offender,
    PublicCount,
    Tally,
)
from cloudaudit.providers.aws.collectors.object_heads import NULL_VERSION, Looked
from cloudaudit.text import Text

K = TypeVar("K")

NAMED = 20
"""How many objects are named of each sort."""
NAMED_OF_KEY = 3
NO_ACLS = Text(
    en="not asked: public ACLs of objects are without effect here",
    ja="オブジェクトの公開 ACL が無効なバケットのため、確認していません",
)
NOT_COUNTED = Text(
    en="not counted: the request budget ended before the listing did",
    ja="リクエスト予算の上限に達し、一覧の取得を完了していないため、件数は不明です",
)
LISTING_HAS_NO_AGES = Text(
    en="not told apart: the listing ended early", ja="一覧の取得を完了していないため、集計していません"
)


class Listed(Struct, frozen=True, kw_only=True):
    """How a bucket was listed, and which of its objects were looked at.

    Attributes:
        mode: listing, sample or indicative.
        why: why this way.
        source: how, for the report.
        at: UTC time at which the listing ended.
        whole: all objects that were listed; None where the listing ended early.
        versions: whether old versions are among them.
        acls: whether ACLs were asked for.
    """

    mode: Mode
    why: Text
    source: str
    at: str
    whole: Tally | None
    versions: bool
    acls: bool


def summary(listed: Listed, looked: Sequence[Looked], label: str) -> Fact[Objects]:
    """Return what is known of a bucket's objects.

    Args:
        listed: how they were listed.
        looked: what those that were looked at said.
        label: the operation that tells of their encryption.
    """
    source = Source(label, listed.at)
    there = [each for each in looked if not each.gone]
    gone = len(looked) - len(there)
    answered = [each for each in there if not isinstance(each.state, Unread)]
    unanswered = [each.state for each in there if isinstance(each.state, Unread)]
    encryption = _encryption(answered, unanswered, source)
    return Read(
        Objects(
            # Who answered is no uniform sample of those who were asked.
            mode=Mode.INDICATIVE if unanswered else listed.mode,
            why=_why(listed.why, gone, len(looked)),
            source=listed.source,
            as_of=listed.at,
            total=_total(listed, looked, gone, source),
            examined=len(answered),
            versions=listed.versions,
            encryption=encryption,
            public=_public(there, source) if listed.acls else _not_asked(source),
            ages=Unread(Cause.UNSUPPORTED, source, detail=LISTING_HAS_NO_AGES),
            unencrypted=_named(
                (each, str(EncryptionState.NONE)) for each in answered if each.state is EncryptionState.NONE
            ),
            exposed=_named(
                (each, f"{audience} {right}")
                for each in there
                if isinstance(each.public, tuple)
                for audience, right in each.public
            ),
            vanished=gone,
            by_key=_by_key(answered),
        ),
        source,
    )


def _total(listed: Listed, looked: Sequence[Looked], gone: int, source: Source) -> Fact[Tally]:
    if listed.whole is None:
        return Unread(Cause.TOO_SMALL, source, detail=NOT_COUNTED)
    if listed.mode is not Mode.LISTING:
        return Read(listed.whole, source)
    lost = sum(each.entry.size for each in looked if each.gone)
    left = None if listed.whole.bytes is None else listed.whole.bytes - lost
    return Read(Tally(objects=listed.whole.objects - gone, bytes=left), source)


def _encryption(
    answered: Sequence[Looked], unanswered: Sequence[Unread], source: Source
) -> Fact[tuple[EncryptionCount, ...]]:
    # What was found is a failure whatever the others say; that nothing was found tells nothing then.
    if unanswered and not any(each.state is EncryptionState.NONE for each in answered):
        return unanswered[0]
    tallies = _Tallies[tuple[EncryptionState, str, bool]]()
    for each in answered:
        if isinstance(each.state, EncryptionState):
            tallies.add((each.state, each.key, not each.entry.latest), each)
    return Read(
        tuple(
            EncryptionCount(state=state, tally=tally, key=key, key_told=True, old=old)
            for (state, key, old), tally in tallies.sorted()
        ),
        source,
    )


def _public(there: Iterable[Looked], source: Source) -> Fact[tuple[PublicCount, ...]]:
    tallies = _Tallies[tuple[str, str, bool]]()
    unread: list[Unread] = []
    for each in there:
        if isinstance(each.public, Unread):
            unread.append(each.public)
        for audience, right in each.public if isinstance(each.public, tuple) else ():
            tallies.add((audience, right, not each.entry.latest), each)
    counts = tuple(
        PublicCount(audience=audience, right=right, tally=tally, old=old)
        for (audience, right, old), tally in tallies.sorted()
    )
    return unread[0] if unread and not counts else Read(counts, source)


class _Tallies(Generic[K]):
    """Counts objects and their bytes by a key."""

    def __init__(self) -> None:
        self._objects: Counter[K] = Counter()
        self._bytes: Counter[K] = Counter()

    def add(self, key: K, looked: Looked) -> None:
        self._objects[key] += 1
        self._bytes[key] += looked.entry.size

    def sorted(self) -> list[tuple[K, Tally]]:
        keys = sorted(self._objects, key=str)
        return [(key, Tally(objects=self._objects[key], bytes=self._bytes[key])) for key in keys]


def _not_asked(source: Source) -> Unread:
    return Unread(Cause.UNSUPPORTED, source, detail=NO_ACLS)


def _named(bad: Iterable[tuple[Looked, str]], most: int = NAMED) -> tuple[Offender, ...]:
    ordered = sorted(bad, key=lambda pair: (pair[0].entry.name, pair[0].entry.version, pair[1]))
    return tuple(
        Offender(
            key=each.entry.key,
            what=what,
            version="" if each.entry.version == NULL_VERSION else each.entry.version,
            client_encrypted=each.client_encrypted,
        )
        for each, what in ordered[:most]
    )


def _by_key(answered: Iterable[Looked]) -> tuple[Offender, ...]:
    """Name the first few objects of each key."""
    found: dict[str, list[tuple[Looked, str]]] = {}
    for each in answered:
        if each.key:
            what = f"{each.state} {each.key}"
            found.setdefault(what, []).append((each, what))
    return tuple(offender for what in sorted(found) for offender in _named(found[what], NAMED_OF_KEY))


def _why(why: Text, gone: int, asked: int) -> Text:
    if not gone:
        return why
    return Text(
        en=f"{why.en}; {gone:,} of the {asked:,} objects that were asked for had been deleted meanwhile",
        ja=f"{why.ja}(確認対象{asked:,}件のうち{gone:,}件は、一覧の取得後に削除されていました)",
    )
