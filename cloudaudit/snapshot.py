"""A snapshot on disk: JSON Lines, appended as facts arrive, read at random.

The first line is the header. Then come listings and gaps, then one record a resource, and an end record last. A later
record of the same resource replaces an earlier one, so a resumed run appends: first a mark that it was resumed, then
every listing anew. A last line without its newline, or a missing end record, is an interrupted run; damage before that
is an error.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Struct

from cloudaudit.clock import parse_judging_time
from cloudaudit.errors import SnapshotError
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Resource
from cloudaudit.text import Text
from cloudaudit.visible import encoded

SCHEMA = 1
CACHED_KIND_SIZE = 2_000
"""Kinds with at most this many resources are kept decoded; larger ones are read from disk each time."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoder raises on a damaged line: not the shape, not UTF-8, nested too deeply."""

R = TypeVar("R", bound=Resource)


class Selection(Struct, frozen=True, kw_only=True):
    """What the user narrowed the run to; empty tuples mean everything."""

    regions: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything was left out on purpose."""
        return bool(self.regions or self.themes or self.checks or self.buckets)


class Header(Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="kind", omit_defaults=True):
    """Who was scanned, when, and what was asked for.

    Attributes:
        account: the account that was scanned, or what stands for all of them where the target ``spans`` several.
        spans: whether its resources may belong to other accounts, as those of an organisation's projects do.
        identity: the principal that read, in the provider's own words.
        taken_at: UTC time at which ages are judged.
        kinds: names of the kinds that were to be collected.
        policy_digest: of the audit policy at the time of the scan.
        objects: how the objects in buckets were to be looked at; empty where they were not.
    """

    schema: int
    provider: str
    account: str
    partition: str
    identity: str
    taken_at: str
    tool_version: str
    selection: Selection
    kinds: tuple[str, ...]
    policy_digest: str
    spans: bool = False
    objects: str = ""


class Listed(Struct, frozen=True, array_like=True):
    """One line of a listing; ``account`` is empty for the target's own."""

    id: str
    name: str
    region: str
    account: str = ""


class Listing(Struct, frozen=True, kw_only=True, tag="listing", tag_field="kind"):
    """A part of the listing of one kind.

    Attributes:
        complete: set on the last part; a kind without one was interrupted.
        narrowed: whether the user asked for only some of this kind.
    """

    of: str
    items: tuple[Listed, ...] = ()
    complete: bool = False
    narrowed: bool = False


class End(Struct, frozen=True, kw_only=True, tag="end", tag_field="kind"):
    """The run came to its end; ``stopped`` names why it did so early (``expired``, ``interrupted``), else empty."""

    at: str
    calls: int = 0
    stopped: str = ""


class Resumed(Struct, frozen=True, kw_only=True, tag="resumed", tag_field="kind"):
    """An interrupted run goes on from here. All listings are made again, so earlier gaps and marks no longer hold."""

    at: str


class _Peek(Struct, frozen=True):
    kind: str
    id: str = ""
    account: str | None = None


class SnapshotWriter:
    """Appends records; each is written whole, so a killed run leaves at most one torn line. Safe for threads."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._encoder = msgspec.json.Encoder()

    def write(self, record: Header | Listing | Gap | Resource | Resumed | End) -> None:
        """Append one record."""
        self.write_lines(self.encode(record))

    def encode(self, record: Header | Listing | Gap | Resource | Resumed | End) -> bytes:
        """Return a record as one line; text that is not valid Unicode has its faults made visible."""
        return encoded(self._encoder, record) + b"\n"

    def write_lines(self, lines: bytes) -> None:
        """Append lines that were encoded elsewhere."""
        with self._lock:
            self._file.write(lines)
            self._file.flush()


class Snapshot:
    """A snapshot opened for reading. Resources stay on disk; only their places are held.

    Raises:
        SnapshotError: the file is no snapshot, is of a newer schema, or is damaged before its last line.
    """

    def __init__(self, file: BinaryIO, kinds: Sequence[type[Resource]], name: str) -> None:
        self._file = file
        self._kinds = {kind.of_kind(): kind for kind in kinds}
        self._name = name
        self._decoders = {tag: msgspec.json.Decoder(kind) for tag, kind in self._kinds.items()}
        self._places: dict[str, dict[str, int]] = {tag: {} for tag in self._kinds}
        self._listed: dict[str, dict[str, Listed]] = {tag: {} for tag in self._kinds}
        self._listed_earlier: dict[str, dict[str, Listed]] = {tag: {} for tag in self._kinds}
        self._complete: set[str] = set()
        self._narrowed: set[str] = set()
        self._cache: dict[str, dict[str, Resource]] = {}
        self._gaps: list[Gap] = []
        self.end: End | None = None
        self.header = read_header(file, name)
        if not self._kinds.keys() >= set(self.header.kinds):
            raise _damaged(name, 1)
        self._index()

    def _index(self) -> None:
        peek = msgspec.json.Decoder(_Peek)
        place = self._file.tell()
        number = 1
        for line in self._file:
            number += 1
            if not line.endswith(b"\n"):
                self.end = None
                return
            try:
                self._take(peek.decode(line), line, place)
            except UNREADABLE as error:
                raise _damaged(self._name, number) from error
            place += len(line)

    def _take(self, peek: _Peek, line: bytes, place: int) -> None:
        if peek.kind in self._places:
            if not self.header.spans and peek.account not in {None, self.header.account}:
                message = f"a record of account {peek.account!r}"
                raise msgspec.ValidationError(message)
            self._places[peek.kind][peek.id] = place
        elif peek.kind == "listing":
            self._take_listing(msgspec.json.decode(line, type=Listing))
        elif peek.kind == "gap":
            self._gaps.append(msgspec.json.decode(line, type=Gap))
        elif peek.kind == "resumed":
            msgspec.json.decode(line, type=Resumed)
            self._resume()
        elif peek.kind == "end":
            self.end = msgspec.json.decode(line, type=End)
        else:
            message = f"unknown record {peek.kind!r}"
            raise msgspec.ValidationError(message)

    def _take_listing(self, listing: Listing) -> None:
        if listing.of not in self._listed:
            message = f"unknown kind {listing.of!r}"
            raise msgspec.ValidationError(message)
        self._listed[listing.of].update((item.id, item) for item in listing.items)
        if listing.complete:
            self._complete.add(listing.of)
        if listing.narrowed:
            self._narrowed.add(listing.of)

    def _resume(self) -> None:
        """Forget how the earlier run ended; names that it listed hold until their kind is listed to the end again."""
        for tag, lines in self._listed.items():
            self._listed_earlier[tag].update(lines)
            lines.clear()
        self._gaps.clear()
        self._complete.clear()
        self._narrowed.clear()
        self.end = None

    def _names(self, tag: str) -> Mapping[str, Listed]:
        if tag in self._complete:
            return self._listed[tag]
        return {**self._listed_earlier[tag], **self._listed[tag]}

    @property
    def kinds(self) -> tuple[type[Resource], ...]:
        """The kinds that were to be collected, in the provider's order."""
        return tuple(kind for tag, kind in self._kinds.items() if tag in self.header.kinds)

    @property
    def complete(self) -> bool:
        """Whether the run came to its proper end."""
        return self.end is not None and not self.end.stopped

    @property
    def missing_cause(self) -> Cause:
        """Why something that was to be read has no record."""
        expired = self.end is not None and self.end.stopped == "expired"
        return Cause.EXPIRED if expired else Cause.INTERRUPTED

    def gaps(self, kind: type[Resource]) -> tuple[Gap, ...]:
        """Return what could not be listed of a kind, ordered by account and region, which may have several reasons."""
        tag = kind.of_kind()
        found = {
            (gap.account, gap.region, gap.operation, str(gap.detail)): gap
            for gap in self._gaps
            if gap.of == tag
        }
        unfinished = not self.complete and tag not in self._complete and tag in self.header.kinds
        if unfinished and not any(region == "global" for _, region, _, _ in found):
            found["", "global", "", ""] = _unfinished(tag, self.missing_cause)
        return tuple(found[key] for key in sorted(found))

    def narrowed(self, kind: type[Resource]) -> bool:
        """Whether the user asked for only some resources of this kind."""
        return kind.of_kind() in self._narrowed

    def ids(self, kind: type[Resource]) -> list[str]:
        """Return the ids of a kind, listed or recorded, in order."""
        tag = kind.of_kind()
        return sorted(self._places[tag].keys() | self._names(tag).keys())

    def listed(self, kind: type[Resource], resource_id: str) -> Listed | None:
        """Return the line of the listing that names a resource."""
        return self._names(kind.of_kind()).get(resource_id)

    def get(self, kind: type[R], resource_id: str) -> R | None:
        """Return a recorded resource, or None when it has no record."""
        tag = kind.of_kind()
        place = self._places[tag].get(resource_id)
        if place is None:
            return None
        small = len(self._places[tag]) <= CACHED_KIND_SIZE
        cache = self._cache.setdefault(tag, {})
        if small and resource_id in cache:
            resource = cache[resource_id]
        else:
            resource = self._read(tag, place)
            if small:
                cache[resource_id] = resource
        if not isinstance(resource, kind):
            raise _damaged(self._name, self._line_of(place))
        return resource

    def _read(self, tag: str, place: int) -> Resource:
        self._file.seek(place)
        line = self._file.readline()
        try:
            return self._decoders[tag].decode(line)
        except UNREADABLE as error:
            number = self._line_of(place)
            raise SnapshotError(
                Text(
                    en=f"{self._name} has a {tag} record at line {number} that cannot be read ({error}); "
                    "scan again, or restore the file from a copy.",
                    ja=f"{self._name} の {number} 行目({tag} の記録)を読み取れません({error})。"
                    "再スキャンするか、控えから復元してください。",
                )
            ) from error

    def _line_of(self, place: int) -> int:
        self._file.seek(0)
        return 1 + self._file.read(place).count(b"\n")

    def resources(self, kind: type[R]) -> Iterator[R]:
        """Yield the recorded resources of a kind, ordered by id."""
        for resource_id in sorted(self._places[kind.of_kind()]):
            resource = self.get(kind, resource_id)
            if resource is not None:
                yield resource


def read_header(file: BinaryIO, name: str) -> Header:
    """Return the header of a snapshot, leaving the file at the second line.

    Raises:
        SnapshotError: the first line is no header, or is of a newer schema, or its time cannot be judged at.
    """
    file.seek(0)
    line = file.readline()
    try:
        schema = msgspec.json.decode(line, type=_Schema)
        if schema.kind != "snapshot":
            message = f"the first record is {schema.kind!r}"
            raise msgspec.ValidationError(message)
        if not line.endswith(b"\n"):
            message = "the first record is torn"
            raise msgspec.ValidationError(message)
    except UNREADABLE as error:
        raise SnapshotError(
            Text(
                en=f"{name} is not a cloudaudit snapshot; give the snapshot.jsonl that a scan wrote.",
                ja=f"{name} は cloudaudit のスナップショットではありません。"
                "スキャンが出力した snapshot.jsonl を指定してください。",
            )
        ) from error
    if schema.schema > SCHEMA:
        raise SnapshotError(
            Text(
                en=f"{name} was written by a newer version of cloudaudit (schema {schema.schema}); update cloudaudit.",
                ja=f"{name} は新しいバージョンの cloudaudit で作成されています(スキーマ {schema.schema})。"
                "cloudaudit を更新してください。",
            )
        )
    if schema.schema < 1:
        raise _damaged(name, 1)
    try:
        header = msgspec.json.decode(line, type=Header)
        parse_judging_time(header.taken_at)
    except (*UNREADABLE, ValueError) as error:
        raise _damaged(name, 1) from error
    return header


class _Schema(Struct, frozen=True):
    kind: str
    schema: int


def _damaged(name: str, line: int) -> SnapshotError:
    return SnapshotError(
        Text(
            en=f"{name} is damaged at line {line}; scan again, or restore the file from a copy.",
            ja=f"{name} の {line} 行目が破損しています。再スキャンするか、控えから復元してください。",
        )
    )


def _unfinished(tag: str, cause: Cause) -> Gap:
    return Gap(of=tag, region="global", cause=cause, operation="")
