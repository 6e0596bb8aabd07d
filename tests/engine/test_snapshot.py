import io
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from cloudaudit import discovery
from cloudaudit import snapshot as snapshots
from cloudaudit.errors import Exit, SnapshotError
from cloudaudit.facts import Cause
from cloudaudit.model import Gap, Resource
from cloudaudit.providers.aws.model import Account, Bucket, User, Versioning
from cloudaudit.snapshot import (
    CACHED_KIND_SIZE,
    End,
    Listed,
    Listing,
    Resumed,
    Selection,
    Snapshot,
    SnapshotWriter,
    read_header,
)
from cloudaudit.testing import TAKEN_AT, build, snapshot_of
from cloudaudit.text import Text

KINDS = discovery.provider("aws").kinds
END = End(at=TAKEN_AT)
Make = Callable[..., Snapshot]


def opened(content: bytes) -> Snapshot:
    return Snapshot(io.BytesIO(content), KINDS, "test.jsonl")


def line(record: Any) -> bytes:
    return SnapshotWriter(io.BytesIO()).encode(record)


def content_of(snapshot: Snapshot) -> bytes:
    """Return the file behind a snapshot."""
    file: io.BytesIO = snapshot._file  # type: ignore[assignment]  # the tests open snapshots of memory files
    return file.getvalue()


@pytest.fixture
def good() -> bytes:
    return content_of(snapshot_of(build(Bucket, id="a"), build(Bucket, id="b")))


def test_what_was_written_is_read_back(good: bytes) -> None:
    snapshot = opened(good)
    assert [resource.id for resource in snapshot.resources(Bucket)] == ["a", "b"]
    assert snapshot.get(Bucket, "a") == build(Bucket, id="a")
    assert snapshot.get(Bucket, "c") is None
    assert snapshot.complete
    assert snapshot.header.taken_at == TAKEN_AT


def test_a_last_line_that_was_torn_is_an_interrupted_run(good: bytes) -> None:
    lines = good.splitlines(keepends=True)
    for cut in range(1, len(lines[-1])):
        snapshot = opened(good[:-cut])
        assert snapshot.end is None
        assert not snapshot.complete
        assert len(list(snapshot.resources(Bucket))) == 2


def test_a_record_that_was_torn_is_not_a_record(good: bytes) -> None:
    lines = good.splitlines(keepends=True)
    snapshot = opened(b"".join(lines[:-1])[:-1])
    assert [resource.id for resource in snapshot.resources(Bucket)] == ["a"]


def test_a_torn_end_does_not_leave_an_earlier_end_in_force(good: bytes) -> None:
    snapshot = opened(good + b'{"kind":"aws-s3-buck')
    assert snapshot.end is None


def test_a_missing_end_record_is_an_interrupted_run(good: bytes) -> None:
    snapshot = opened(b"".join(good.splitlines(keepends=True)[:-1]))
    assert not snapshot.complete
    assert snapshot.missing_cause is Cause.INTERRUPTED


@pytest.mark.parametrize(
    "damage",
    [
        b"not json\n",
        b"\n",
        b"[]\n",
        b"{}\n",
        b'{"kind":"nonsense"}\n',
        b'{"kind":"listing"}\n',
        b'{"kind":"listing","of":"nonsense"}\n',
        b'{"kind":"gap","of":"aws-s3-bucket","region":"r","cause":"nonsense","operation":"o"}\n',
        b'{"kind":"end"}\n',
        b'{"kind":"resumed"}\n',
        b'{"kind":"aws-s3-bucket","id":"\xff"}\n',
        b'{"kind":"aws-s3-bucket","id":7}\n',
        b'{"kind":"aws-s3-bucket","id":"a","x":' + b"[" * 100_000 + b"\n",
        b'{"kind":"aws-s3-bucket","id":"\\ud800"}\n',
        b'{"kind":"aws-s3-bucket","id":"a"\n',
    ],
)
def test_damage_before_the_last_line_names_the_line(good: bytes, damage: bytes) -> None:
    first, *rest = good.splitlines(keepends=True)
    with pytest.raises(SnapshotError) as caught:
        opened(first + rest[0] + damage + b"".join(rest[1:]))
    assert "line 3" in caught.value.text.en
    assert "3 行目" in caught.value.text.ja
    assert caught.value.exit is Exit.USAGE


@pytest.mark.parametrize(
    "damage",
    [
        b'{"kind":"aws-s3-bucket","id":"z"}\n',
        b'{"kind":"aws-s3-bucket"}\n',
        b'{"kind":"aws-s3-bucket","id":"z","name":"\xff"}\n',
    ],
)
def test_a_record_that_is_no_resource_names_its_line_when_it_is_read(good: bytes, damage: bytes) -> None:
    first, *rest = good.splitlines(keepends=True)
    snapshot = opened(first + rest[0] + damage + b"".join(rest[1:]))
    with pytest.raises(SnapshotError) as caught:
        list(snapshot.resources(Bucket))
    assert "line 3" in caught.value.text.en
    assert "3 行目" in caught.value.text.ja


def test_a_newer_schema_asks_for_an_update(good: bytes) -> None:
    newer = good.replace(b'"schema":1', b'"schema":2,"new":[]')
    with pytest.raises(SnapshotError, match="newer version") as caught:
        opened(newer)
    assert "更新" in caught.value.text.ja


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x89PNG\r\n",
        b"hello\n",
        b"[]\n",
        b'{"kind":"end","schema":1}\n',
        b'{"schema":1}\n',
        b'{"kind":"snapshot"}\n',
        '{"kind":"snapshot","schema":1}\n'.encode("utf-16"),
    ],
)
def test_what_is_no_snapshot_is_told_so(content: bytes) -> None:
    with pytest.raises(SnapshotError, match="not a cloudaudit snapshot"):
        opened(content)


def test_a_header_that_lacks_something_is_damage_at_line_1() -> None:
    with pytest.raises(SnapshotError, match="line 1"):
        opened(b'{"kind":"snapshot","schema":1}\n')


@pytest.mark.parametrize(
    "damage",
    [
        b"yesterday",
        b"2026-13-45T00:00:00Z",
        b"\xff",
        b"",
        b"2026-W47",
        b"2026-11-21",
        b"0001-01-01T00:00:00+09:00",
        b"9999-12-31T23:59:59-09:00",
        b"9999-12-31T00:00:00Z",
        b"0099-01-01T00:00:00Z",
    ],
)
def test_a_header_with_an_impossible_time_is_damage_at_line_1(good: bytes, damage: bytes) -> None:
    first, *rest = good.splitlines(keepends=True)
    with pytest.raises(SnapshotError, match=r"line 1|not a cloudaudit snapshot"):
        opened(first.replace(TAKEN_AT.encode(), damage) + b"".join(rest))


@pytest.mark.parametrize(
    ("true", "false"),
    [
        (b'"schema":1', b'"schema":0'),
        (b'"schema":1', b'"schema":-1'),
        (b'"kinds":["', b'"kinds":["aws-moon","'),
    ],
)
def test_a_header_that_no_version_wrote_is_damage_at_line_1(good: bytes, true: bytes, false: bytes) -> None:
    assert true in good
    with pytest.raises(SnapshotError, match="damaged at line 1"):
        opened(good.replace(true, false))


def test_a_record_of_another_account_is_damage_at_its_line(good: bytes) -> None:
    first, second, *rest = good.splitlines(keepends=True)
    foreign = line(build(Bucket, id="c", account="999988887777"))
    with pytest.raises(SnapshotError, match="damaged at line 3"):
        opened(first + second + foreign + b"".join(rest))


def test_a_target_that_spans_accounts_holds_records_of_several() -> None:
    snapshot = snapshot_of(build(Bucket, name="a", account="1001"), build(Bucket, name="b", account="1002"))
    assert snapshot.header.spans
    assert {bucket.account for bucket in snapshot.resources(Bucket)} == {"1001", "1002"}


def test_a_header_that_was_torn_is_no_snapshot(good: bytes) -> None:
    whole = good.splitlines(keepends=True)[0]
    assert read_header(io.BytesIO(whole), "x").provider == "aws"
    with pytest.raises(SnapshotError):
        read_header(io.BytesIO(whole[:-1]), "x")


def test_a_later_record_of_a_resource_wins(snapshot_from: Make) -> None:
    old = build(Bucket, id="a", versioning=Versioning(status=""))
    new = build(Bucket, id="a", versioning=Versioning(status="Enabled"))
    snapshot = snapshot_from(old, build(Bucket, id="b"), new)
    assert snapshot.ids(Bucket) == ["a", "b"]
    assert snapshot.get(Bucket, "a") == new


def test_text_that_is_not_unicode_is_made_visible(snapshot_from: Make) -> None:
    hostile = build(Bucket, id="arn:\ud800", name="\udcff", policy="{\ud800}", created_at="x")
    (resource,) = snapshot_from(hostile).resources(Bucket)
    assert resource.id == "arn:\\ud800"
    assert resource.name == "\\udcff"


@pytest.mark.parametrize(
    "name", ["x" * 1_000, "\x1b[31m[bold]", "\u202emoc.live", "a\nb\u2028c\r", "", "名前" * 500]
)
def test_hostile_names_survive_as_they_are(snapshot_from: Make, name: str) -> None:
    listing = Listing(of=Bucket.of_kind(), items=(Listed(name, name, name),), complete=True)
    snapshot = snapshot_from(listing, build(Bucket, id=name, name=name))
    assert [resource.name for resource in snapshot.resources(Bucket)] == [name]
    assert snapshot.listed(Bucket, name) == Listed(name, name, name)


# --------------------------------------------------------------------------- the cache


class CountingFile(io.BytesIO):
    """Counts how often a single line was read."""

    reads = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().readline(size)


def counted(size: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Snapshot, CountingFile]:
    monkeypatch.setattr(snapshots, "CACHED_KIND_SIZE", 3)
    content = content_of(snapshot_of(*(build(Bucket, id=str(number)) for number in range(size))))
    file = CountingFile(content)
    snapshot = Snapshot(file, KINDS, "test.jsonl")
    file.reads = 0
    return snapshot, file


def test_a_small_kind_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, file = counted(3, monkeypatch)
    assert snapshot.get(Bucket, "0") is snapshot.get(Bucket, "0")
    list(snapshot.resources(Bucket))
    list(snapshot.resources(Bucket))
    assert file.reads == 3


def test_a_large_kind_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, file = counted(4, monkeypatch)
    first, again = snapshot.get(Bucket, "0"), snapshot.get(Bucket, "0")
    assert first == again
    assert first is not again
    assert len(list(snapshot.resources(Bucket))) == 4
    assert file.reads == 6


def test_the_limit_of_the_cache_holds_an_ordinary_account() -> None:
    assert CACHED_KIND_SIZE >= 1_000


def test_a_large_kind_can_be_read_while_it_is_iterated(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, _ = counted(5, monkeypatch)
    pairs = [
        (resource.id, other.id)
        for resource in snapshot.resources(Bucket)
        if (other := snapshot.get(Bucket, "4")) is not None
    ]
    assert pairs == [(str(number), "4") for number in range(5)]


# --------------------------------------------------------------------------- gaps


def bucket_gap(region: str = "global", operation: str = "s3:ListBuckets") -> Gap:
    return Gap(of=Bucket.of_kind(), region=region, cause=Cause.DENIED, operation=operation)


def test_gaps_of_one_call_are_told_apart_by_what_they_say(snapshot_from: Make) -> None:
    said = [Text(en="no bucket b", ja="b なし"), "code", Text(en="no bucket a", ja="a なし")]
    gaps = [msgspec.structs.replace(bucket_gap(), detail=detail) for detail in said]
    found = snapshot_from(*gaps, *gaps).gaps(Bucket)
    assert [gap.detail for gap in found] == [said[2], said[0], said[1]]


def test_gaps_are_ordered_and_kept_by_region_and_operation(snapshot_from: Make) -> None:
    gaps = [bucket_gap("b"), bucket_gap("a", "y"), bucket_gap("a", "x"), bucket_gap("b")]
    snapshot = snapshot_from(*gaps)
    assert [(gap.region, gap.operation) for gap in snapshot.gaps(Bucket)] == [
        ("a", "x"),
        ("a", "y"),
        ("b", "s3:ListBuckets"),
    ]
    assert snapshot.gaps(User) == ()


@pytest.mark.parametrize(
    ("stopped", "cause"),
    [(None, Cause.INTERRUPTED), ("interrupted", Cause.INTERRUPTED), ("expired", Cause.EXPIRED)],
)
def test_a_kind_that_was_not_listed_to_the_end_has_a_gap(
    snapshot_from: Make, stopped: str | None, cause: Cause
) -> None:
    end = None if stopped is None else End(at=TAKEN_AT, stopped=stopped)
    listed = Listing(of=User.of_kind(), complete=True)
    snapshot = snapshot_from(listed, kinds=[Bucket, User], end=end)
    assert [gap.cause for gap in snapshot.gaps(Bucket)] == [cause]
    assert snapshot.gaps(User) == ()
    assert snapshot.gaps(Account) == ()  # nobody asked for it
    assert snapshot.kinds == (Bucket, User)


def test_a_gap_that_was_told_is_not_told_twice(snapshot_from: Make) -> None:
    assert snapshot_from(bucket_gap(), end=None).gaps(Bucket) == (bucket_gap(),)


def test_a_proper_end_means_that_every_kind_was_listed(snapshot_from: Make) -> None:
    assert snapshot_from().gaps(Bucket) == ()


# --------------------------------------------------------------------------- resumed runs


def buckets(*ids: str, complete: bool = True, narrowed: bool = False) -> Listing:
    return Listing(
        of=Bucket.of_kind(),
        items=tuple(Listed(each, each, "r") for each in ids),
        complete=complete,
        narrowed=narrowed,
    )


def test_a_resumed_run_makes_its_listings_anew(snapshot_from: Make) -> None:
    before: Sequence[Any] = [buckets("a", "b", narrowed=True), bucket_gap(), build(Bucket, id="a")]
    stop = End(at=TAKEN_AT, stopped="expired")
    snapshot = snapshot_from(*before, stop, Resumed(at=TAKEN_AT), kinds=[Bucket], end=None)
    assert snapshot.end is None
    assert not snapshot.narrowed(Bucket)
    assert [gap.cause for gap in snapshot.gaps(Bucket)] == [Cause.INTERRUPTED]
    assert snapshot.ids(Bucket) == ["a", "b"]
    assert snapshot.listed(Bucket, "b") is not None

    snapshot = snapshot_from(
        *before, stop, Resumed(at=TAKEN_AT), buckets("a", "c"), build(Bucket, id="c"), kinds=[Bucket]
    )
    assert snapshot.complete
    assert snapshot.gaps(Bucket) == ()
    assert snapshot.ids(Bucket) == ["a", "c"]  # b was deleted meanwhile
    assert snapshot.listed(Bucket, "b") is None


def test_a_run_resumed_twice_still_names_what_the_first_listed(snapshot_from: Make) -> None:
    again = Resumed(at=TAKEN_AT)
    snapshot = snapshot_from(
        buckets("a"), again, buckets("b", complete=False), again, kinds=[Bucket], end=None
    )
    assert snapshot.ids(Bucket) == ["a", "b"]
    assert snapshot.get(Bucket, "b") is None


def test_a_denial_in_the_resumed_run_counts(snapshot_from: Make) -> None:
    snapshot = snapshot_from(buckets("a"), Resumed(at=TAKEN_AT), bucket_gap(), buckets(), kinds=[Bucket])
    assert snapshot.gaps(Bucket) == (bucket_gap(),)


# --------------------------------------------------------------------------- the writer


def test_every_record_is_one_line(good: bytes) -> None:
    for each in good.splitlines(keepends=True):
        msgspec.json.decode(each)
        assert each.endswith(b"\n")
    records: list[Listing | Gap | Resource | Resumed | End] = [
        buckets("a\nb"),
        bucket_gap(),
        build(Bucket, name="x\n"),
        Resumed(at=TAKEN_AT),
        END,
    ]
    for record in records:
        assert line(record).count(b"\n") == 1


def test_lines_encoded_elsewhere_are_kept_as_they_are(good: bytes) -> None:
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    writer.write_lines(good)
    assert [resource.id for resource in opened(file.getvalue()).resources(Bucket)] == ["a", "b"]


@pytest.mark.parametrize(
    ("selection", "narrowed"),
    [
        (Selection(), False),
        (Selection(regions=("r",)), True),
        (Selection(themes=("mfa",)), True),
        (Selection(checks=("c",)), True),
        (Selection(buckets=("b",)), True),
    ],
)
def test_any_selection_narrows(selection: Selection, *, narrowed: bool) -> None:
    assert selection.narrowed is narrowed
