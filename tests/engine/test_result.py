"""Reading a result back: everything of it, or one sentence that says why not."""

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.errors import Exit, ResultError
from cloudaudit.model import Finding
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"


def rendered(assessment: Assessment) -> bytes:
    out = io.BytesIO()
    discovery.report("json").render(assessment, ReportOptions(), out)
    return out.getvalue()


def refused(path: Path) -> str:
    with pytest.raises(ResultError) as caught, open_result(path):
        pass
    assert caught.value.exit is Exit.USAGE
    told = caught.value.diagnostics()
    assert "\n" not in told.en
    assert str(path) in told.ja
    return told.en


def test_a_result_comes_back_byte_for_byte() -> None:
    with open_result(GOLDEN) as assessment:
        assert rendered(assessment) == GOLDEN.read_bytes()


def test_findings_can_be_read_again_and_at_the_same_time() -> None:
    with open_result(GOLDEN) as assessment:
        one, other = assessment.findings(), assessment.findings()
        pairs = list(zip(one, other, strict=True))
        assert all(left == right for left, right in pairs)
        assert [pair[0].id for pair in pairs] == [finding.id for finding in assessment.findings()]
        assert len(pairs) == 12


def test_themes_come_in_their_own_order() -> None:
    with open_result(GOLDEN) as assessment:
        assert list(assessment.score.themes) == ["sharing", "mfa", "encryption", "backup", "residency"]


def test_it_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in refused(tmp_path / "result.json")


def test_a_fault_of_whoever_reads_it_is_not_the_files() -> None:
    with pytest.raises(BrokenPipeError), open_result(GOLDEN):
        raise BrokenPipeError


def test_it_cannot_be_read_any_more() -> None:
    with open_result(GOLDEN) as assessment:
        rest = assessment.findings()
    with pytest.raises((ResultError, ValueError)):
        list(rest)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"{}\n",
        b"[]\n",
        b'{"a": 1}\n',
        b"\x00\xff",
        b"{\n",
        b'{\n"schema": 1\n}\n',
        b'{\n"schema": "1"\n}\n',
    ],
)
def test_it_is_something_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    assert "is no result of cloudaudit, or was cut off or edited" in refused(path)


def test_it_is_newer(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(GOLDEN.read_bytes().replace(b'"schema": 1,', b'"schema": 2,'))
    assert "is of schema 2, newer than this version of cloudaudit, which reads 1; update" in refused(path)


LINES = GOLDEN.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("kept", range(0, len(LINES) - 1, 3))
def test_it_was_cut_off(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(b"".join(LINES[:kept]))
    assert f"(line {kept + 1})" in refused(path)


@pytest.mark.parametrize("gone", range(1, len(LINES)))
def test_a_line_was_taken_out(tmp_path: Path, gone: int) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(b"".join(LINES[:gone] + LINES[gone + 1 :]))
    if LINES[gone].startswith((b'{"id":"aws-', b'{"provider"', b'{"resource"')):
        return  # a resource, a share or the text of a check: nothing counts them
    if b'"waived":0' in LINES[gone]:
        return  # a waiver that covers nothing: no finding names it
    refused(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"fail":5', b'"fail":4'),
        (b'"critical":3', b'"critical":2'),
        (b'"status":"waived"', b'"status":"pass"'),
        (b'"severity":"critical","status":"fail"', b'"severity":"low","status":"fail"'),
        (b'"status":"pass"', b'"status":"good"'),
        (b'"best":88.0', b'"best":880.0'),
        (b'"sharing":{"guaranteed"', b'"sharin":{"guaranteed"'),
        (b"2026-11-21T15:04:05Z", b"yesterday"),
        (b'"masked": false', b'"masked": 1'),
        (b'"taken_at"', b'"taken_on"'),
        (b'"gaps": [', b'"gaps": [1,'),
        (b'"state":"in-force"', b'"state":"good"'),
        (b'"waived":1', b'"waived":"1"'),
        (b'"title":{"en":"B', b'"title":{"en":"", "xx":"B'),
        (b'"evidence":{"statement":2}', b'"evidence":' + b"[" * 5_000),
        (b"\n}\n", b"\n}\n\n"),
    ],
)
def test_it_was_edited(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = tmp_path / "result.json"
    assert old in GOLDEN.read_bytes()
    path.write_bytes(GOLDEN.read_bytes().replace(old, new, 1))
    refused(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(GOLDEN.read_bytes()) - 1), byte=st.integers(0, 255))
def test_a_broken_byte_is_a_sentence_or_a_result(tmp_path: Path, place: int, byte: int) -> None:
    path = tmp_path / "result.json"
    content = bytearray(GOLDEN.read_bytes())
    content[place] = byte
    path.write_bytes(content)
    with suppress(ResultError), open_result(path) as assessment:
        rendered(assessment)


def test_many_findings_are_not_held(tmp_path: Path) -> None:
    import tracemalloc

    with open_result(GOLDEN) as small:
        first = next(iter(small.findings()))
        counts = msgspec.structs.replace(
            small.counts,
            fail=20_000,
            pass_=0,
            not_assessed=0,
            not_applicable=0,
            waived=0,
            by_severity={"critical": 20_000},
        )

        def many() -> Iterator[Finding]:
            for number in range(20_000):
                yield msgspec.structs.replace(first, id=f"{number:032x}")

        from dataclasses import replace

        content: Any = rendered(replace(small, findings=many, counts=counts))
    path = tmp_path / "result.json"
    path.write_bytes(content)
    del content
    tracemalloc.start()
    try:
        with open_result(path) as assessment:
            assert sum(1 for _ in assessment.findings()) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_500_000
