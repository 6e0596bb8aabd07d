"""A snapshot may have passed through anyone's hands: whatever its bytes, it is read or refused in a sentence."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from cloudaudit import discovery
from cloudaudit.engine import judge
from cloudaudit.errors import SnapshotError
from cloudaudit.model import Resource
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.snapshot import SCHEMA, End, Header, Listing, Selection, Snapshot, SnapshotWriter
from cloudaudit.testing import ACCOUNT, TAKEN_AT, build
from fakes.estates import estate

KINDS = discovery.provider("aws").kinds
CHECKS = [discovery.checks()[each] for each in ("aws-s3-bucket-versioning", "aws-iam-user-mfa")]
HEADER = Header(
    schema=SCHEMA,
    provider="aws",
    account=ACCOUNT,
    partition="aws",
    identity="test",
    taken_at=TAKEN_AT,
    tool_version="0",
    selection=Selection(),
    kinds=tuple(kind.of_kind() for kind in KINDS),
    policy_digest="",
)
TEXTS = st.text(st.characters(), max_size=40)
"""Any text, lone surrogates included."""


def file_of(*resources: Resource) -> bytes:
    file = io.BytesIO()
    writer = SnapshotWriter(file)
    writer.write(HEADER)
    writer.write(Listing(of=Bucket.of_kind(), complete=True))
    for resource in resources:
        writer.write(resource)
    writer.write(End(at=TAKEN_AT))
    return file.getvalue()


def opened(content: bytes) -> Snapshot:
    return Snapshot(io.BytesIO(content), KINDS, "test.jsonl")


def visible(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@given(name=TEXTS, policy=TEXTS)
def test_any_text_is_kept_with_its_faults_made_visible(name: str, policy: str) -> None:
    content = file_of(build(Bucket, id="a", name=name, policy=policy))
    (back,) = opened(content).resources(Bucket)
    assert back == build(Bucket, id="a", name=visible(name), policy=visible(policy))


@given(seed=st.integers(0, 2**32 - 1), cut=st.floats(0, 1))
def test_a_file_cut_anywhere_after_its_header_is_an_interrupted_run(seed: int, cut: float) -> None:
    content = file_of(*estate(seed, 0.1))
    body = content.index(b"\n") + 1
    place = body + int(cut * (len(content) - body))
    snapshot = opened(content[:place])
    assert snapshot.complete == (place == len(content))
    whole_lines = content[:place].count(b"\n")
    recorded = sum(1 for kind in KINDS for _ in snapshot.resources(kind))
    assert recorded <= max(whole_lines - 2, 0)


@settings(max_examples=200)
@given(seed=st.integers(0, 99), place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_damaged_byte_is_harmless_or_refused(seed: int, place: float, byte: int) -> None:
    content = bytearray(file_of(*estate(seed, 0.1)))
    content[int(place * len(content))] = byte
    try:
        snapshot = opened(bytes(content))
        for finding in judge(snapshot, CHECKS, AuditPolicy()):
            assert finding.reason.en
    except SnapshotError as refused:
        assert refused.text.ja  # noqa: PT017 - either outcome is right, and this is what the one must say


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(content: bytes) -> None:
    try:
        opened(content)
    except SnapshotError as refused:
        assert "not a cloudaudit snapshot" in refused.text.en  # noqa: PT017 - as above
    else:
        raise AssertionError
