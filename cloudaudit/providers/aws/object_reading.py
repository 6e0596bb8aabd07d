"""Reads the objects of a run's buckets as jobs: by an inventory, a full listing, or a sample, within one budget."""

import random
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from msgspec import Struct

from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.cost import Look
from cloudaudit.inventory.model import Mode, Objects, Tally
from cloudaudit.inventory.plan import Choice, Known, Looking, ObjectsWish, Way, choose, not_looked_at
from cloudaudit.inventory.sampling import Reservoir
from cloudaudit.providers.aws.collectors.inventories import ACL_FIELD, ENCRYPTION_FIELD, best_report
from cloudaudit.providers.aws.collectors.object_heads import Looked, look
from cloudaudit.providers.aws.collectors.object_pages import Entry, ObjectPage, object_pages
from cloudaudit.providers.aws.model import Account, Bucket, PublicAccessBlock
from cloudaudit.providers.aws.object_summary import Listed, summary
from cloudaudit.providers.aws.operations import (
    HEAD_OBJECT,
    HEAD_OBJECT_VERSION,
    LIST_OBJECT_VERSIONS,
    LIST_OBJECTS,
)
from cloudaudit.providers.aws.policy_blocks import Level, object_acls_count
from cloudaudit.providers.aws.reader import CallFailed, Reader, at
from cloudaudit.providers.aws.worth_asking import ABOVE, NO_ACCOUNT_BLOCK, OWN
from cloudaudit.snapshot import Snapshot
from cloudaudit.text import Text

HEADS_A_JOB = 25
"""Objects that one job asks for in turn; jobs of one bucket run beside each other."""

Job = Callable[[], Iterable[Any]]
Finished = Callable[[Fact[Objects]], None]
InventoryReader = Callable[["Target", Choice], Fact[Objects]]

BUDGET_SPENT = Text(
    en="the request budget was spent on other buckets; raise --objects-budget",
    ja="リクエスト予算を他のバケットで使い切りました。--objects-budget を増やしてください",
)


class Target(Struct, frozen=True, kw_only=True):
    """A bucket whose objects are to be read.

    Attributes:
        bucket: its settings.
        acls: whether ACLs of its objects may open them to the public.
    """

    bucket: Bucket
    acls: bool

    @property
    def versions(self) -> bool:
        """Whether it may hold old versions; where nobody knows, they are listed too."""
        versioning = self.bucket.versioning
        return isinstance(versioning, Unread) or bool(versioning.value.status)


class Requests:
    """Requests that may still be sent. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._lock = threading.Lock()

    @property
    def left(self) -> int:
        """How many are left."""
        return self._left

    def take(self, wanted: int) -> int:
        """Take so many, or as many as are left; return how many."""
        with self._lock:
            granted = min(wanted, self._left)
            self._left -= granted
            return granted


@dataclass(kw_only=True)
class _Look:
    """One bucket while it is being listed."""

    target: Target
    why: Text
    finished: Finished
    requests: Requests
    pages: Iterator[ObjectPage]
    seed: str
    drawn: Reservoir[Entry]
    kept: list[Entry] = field(default_factory=list[Entry])
    objects: int = 0
    bytes: int = 0
    whole: bool = False
    at: str = ""


@dataclass(kw_only=True)
class _Heads:
    """What the jobs of one bucket found so far; the last one finishes it."""

    jobs: int
    looked: list[Looked] = field(default_factory=list[Looked])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def last(self, found: Sequence[Looked]) -> bool:
        with self.lock:
            self.looked.extend(found)
            self.jobs -= 1
            return self.jobs == 0


class ObjectReading:
    """Reads objects for one run.

    Small buckets are finished as they come. Those with more objects than the limit wait until all others are done, and
    share in equal parts what is left of the budget, so that one huge bucket does not use up all of it.
    """

    def __init__(
        self, reader: Reader, wish: ObjectsWish, requests: Requests, inventory: InventoryReader
    ) -> None:
        self._reader = reader
        self._wish = wish
        self._inventory = inventory
        self._requests = requests
        self._large: list[_Look] = []
        self._lock = threading.Lock()

    @property
    def wanted(self) -> bool:
        """Whether anything is read at all."""
        return self._wish.reads

    def jobs(self, target: Target, finished: Finished) -> Iterable[Job]:
        """Return the jobs that read a bucket's objects; ``finished`` is called once, by the last of them."""
        if not self._wish.reads:
            finished(not_looked_at(LIST_OBJECTS.label, at()))
            return ()
        return (self._guarded(finished, lambda: self._start(target, finished)),)

    def large_jobs(self) -> Iterable[Job]:
        """Return the jobs for the buckets that wait, once all others are done."""
        waiting = sorted(self._large, key=lambda look_: look_.target.bucket.id)
        share = self._requests.left // max(len(waiting), 1)
        for each in waiting:
            each.requests = Requests(self._requests.take(share))
            yield self._guarded(each.finished, partial(self._go_on, each))

    def _guarded(self, finished: Finished, job: Job) -> Job:
        def guarded() -> Iterable[Job]:
            try:
                return job()
            except CallFailed as failure:
                finished(failure.unread)
            except OSError:
                # A snapshot that cannot be written makes everything else pointless.
                raise
            except Exception as error:  # noqa: BLE001 - a bug here must not cost the bucket's other facts
                finished(_crashed(error))
            return ()

        return guarded

    # ----------------------------------------------------------------- one bucket

    def _start(self, target: Target, finished: Finished) -> Iterable[Job]:
        choice = choose(self._wish, known(target.bucket, acls=target.acls))
        if choice.way is Way.NONE:
            finished(Unread(Cause.UNSUPPORTED, target.bucket.inventories.source, detail=choice.why))
            return ()
        why = choice.why
        if choice.way in {Way.INVENTORY, Way.TABLE}:
            found = self._inventory(target, choice)
            if isinstance(found, Read) or self._wish.looking is not Looking.AUTO:
                finished(found)
                return ()
            why = _unusable(found)
        return self._list(target, why, finished)

    def _list(self, target: Target, why: Text, finished: Finished) -> Iterable[Job]:
        seed = secrets.token_hex(8)
        bucket = target.bucket
        each = _Look(
            target=target,
            why=why,
            finished=finished,
            requests=self._requests,
            pages=object_pages(self._reader, bucket.region, bucket.name, versions=target.versions),
            seed=seed,
            # Seeded so that the draw can be repeated; nobody who names objects can know the seed beforehand.
            drawn=Reservoir(self._wish.sample, random.Random(seed)),  # noqa: S311 - a sample, no secret
        )
        self._read_pages(each, until=self._wish.limit, reserve=0)
        if not each.whole and each.objects > self._wish.limit:
            with self._lock:
                self._large.append(each)
            return ()
        return self._heads(each)

    def _go_on(self, each: _Look) -> Iterable[Job]:
        self._read_pages(each, until=None, reserve=self._wish.sample * _calls_each(each.target))
        return self._heads(each)

    def _read_pages(self, each: _Look, *, until: int | None, reserve: int) -> None:
        """Read pages to the end, or until there are more objects than ``until``, or the budget is down to a reserve."""
        while (until is None or each.objects <= until) and not each.whole:
            if each.requests.left <= reserve or not each.requests.take(1):
                break
            page = next(each.pages)
            for entry in page.entries:
                each.drawn.offer(entry)
                each.objects += 1
                each.bytes += entry.size
            if each.objects <= self._wish.limit:
                each.kept.extend(page.entries)
            else:
                each.kept.clear()
            each.whole = page.last
        each.at = at()

    def _heads(self, each: _Look) -> Iterable[Job]:
        calls = _calls_each(each.target)
        if each.whole and not each.objects:
            return self._finish(each, Mode.LISTING, ())
        every = each.whole and each.objects <= self._wish.limit
        wanted = each.objects if every else min(self._wish.sample, each.objects)
        granted = each.requests.take(wanted * calls) // calls
        if every and granted == wanted:
            return self._ask(each, Mode.LISTING, each.kept)
        count = min(granted, len(each.drawn.items))
        if not count:
            each.finished(Unread(Cause.TOO_SMALL, Source(LIST_OBJECTS.label, each.at), detail=BUDGET_SPENT))
            return ()
        # A part of a reservoir by place is no uniform sample, a part drawn from it is.
        chosen = random.Random(f"{each.seed}/{count}").sample(each.drawn.items, count)  # noqa: S311 - as above
        return self._ask(each, Mode.SAMPLE if each.whole else Mode.INDICATIVE, chosen)

    def _ask(self, each: _Look, mode: Mode, entries: Sequence[Entry]) -> Iterable[Job]:
        parts = [entries[start : start + HEADS_A_JOB] for start in range(0, len(entries), HEADS_A_JOB)]
        heads = _Heads(jobs=len(parts))
        bucket = each.target.bucket

        def job(part: Sequence[Entry]) -> Iterable[Job]:
            try:
                found = [
                    look(self._reader, bucket.region, bucket.name, entry, acl=each.target.acls)
                    for entry in part
                ]
            except Exception as error:  # noqa: BLE001 - the last job must still come to its end
                unread = _crashed(error)
                found = [Looked(entry=entry, state=unread, public=unread) for entry in part]
            return self._finish(each, mode, heads.looked) if heads.last(found) else ()

        return [self._guarded(each.finished, partial(job, part)) for part in parts]

    def _finish(self, each: _Look, mode: Mode, looked: Sequence[Looked]) -> Iterable[Job]:
        target = each.target
        listing = LIST_OBJECT_VERSIONS if target.versions else LIST_OBJECTS
        head = HEAD_OBJECT_VERSION if target.versions else HEAD_OBJECT
        listed = Listed(
            mode=mode,
            why=self._reason(each, mode, len(looked)),
            source=_source(listing.label, each, mode, len(looked)),
            at=each.at,
            whole=Tally(objects=each.objects, bytes=each.bytes) if each.whole else None,
            versions=target.versions,
            acls=target.acls,
        )
        each.finished(summary(listed, looked, head.label))
        return ()

    def _reason(self, each: _Look, mode: Mode, count: int) -> Text:
        if mode is Mode.LISTING:
            en, ja = f"{each.objects:,} objects, all looked at", f"全{each.objects:,}件を確認"
        elif mode is Mode.SAMPLE:
            en = f"{each.objects:,} objects, {count:,} of them drawn at random"
            ja = f"{each.objects:,}件から無作為に{count:,}件を抽出"
        else:
            en = f"more than {each.objects:,} objects and no requests left to list them all; {count:,} looked at"
            ja = f"{each.objects:,}件を超えるオブジェクトがあり、リクエスト予算では全件の一覧を取得できず、{count:,}件のみ確認"
        return Text(en=f"{each.why.en}; {en}", ja=f"{each.why.ja}({ja})")


def _calls_each(target: Target) -> int:
    """Return how many requests one object takes."""
    return 2 if target.acls else 1


def _source(label: str, each: _Look, mode: Mode, count: int) -> str:
    drawn = "" if mode is Mode.LISTING else f"; {count} drawn with seed {each.seed}"
    return f"{label}, s3:HeadObject{', s3:GetObjectAcl' if each.target.acls else ''}{drawn}"


def _crashed(error: Exception) -> Unread:
    return Unread(Cause.CRASH, Source(LIST_OBJECTS.label, at()), detail=type(error).__name__)


def _unusable(unread: Unread) -> Text:
    detail = unread.detail
    told = detail if isinstance(detail, Text) else Text(en=detail or unread.cause, ja=detail or unread.cause)
    return Text(
        en=f"its inventory could not be used ({told.en}), so it is listed",
        ja=f"インベントリを利用できず({told.ja})、一覧を取得",
    )


def known(bucket: Bucket, *, acls: bool) -> Known:
    """Return what is known of a bucket before any of its objects is looked at.

    Args:
        bucket: its settings.
        acls: whether an inventory has to tell ACLs as well.
    """
    wanted = (ENCRYPTION_FIELD, *((ACL_FIELD,) if acls else ()))
    table = bucket.metadata_table
    report = best_report(bucket.inventories)
    newest = report.newest.value if report is not None and isinstance(report.newest, Read) else None
    return Known(
        inventory=report is not None,
        age_days=None if newest is None else age_days(newest, parse(at())),
        lacking=() if report is None else tuple(name for name in wanted if name not in report.fields),
        table=isinstance(table, Read) and table.value == "ACTIVE",
    )


def looks(snapshot: Snapshot, wish: ObjectsWish) -> Iterator[Look]:
    """Yield how the objects of each bucket of a snapshot would be looked at; nothing is called."""
    account = next(snapshot.resources(Account), None)
    for bucket in snapshot.resources(Bucket):
        block = NO_ACCOUNT_BLOCK if account is None else account.public_access_block
        target = target_of(bucket, block)
        choice = choose(wish, known(bucket, acls=target.acls))
        yield Look(bucket=bucket.name, region=bucket.region, choice=choice, each=_calls_each(target))


def target_of(bucket: Bucket, account_block: Fact[PublicAccessBlock | None]) -> Target:
    """Return a bucket with whether ACLs of its objects may open them."""
    levels = (Level(OWN, bucket.public_access_block), Level(ABOVE, account_block))
    return Target(bucket=bucket, acls=object_acls_count(bucket.ownership, levels))
