import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def snapshot(desk: Any) -> Path:
    desk.scan()
    path: Path = desk.runs[0] / "snapshot.jsonl"
    return path


def test_by_default_it_gets_a_folder_of_its_own(desk: Any, snapshot: Path) -> None:
    before = (snapshot.parent / "result.json").read_bytes()
    assert desk.run("judge", str(snapshot)).exit_code == 0
    first, second = desk.runs
    assert second.name == f"{first.name}-2"
    assert (first / "result.json").read_bytes() == before


@pytest.mark.parametrize("given", ["2027-01-01", "2027-01-01T09:00:00+09:00"])
def test_as_of_makes_another_result(desk: Any, snapshot: Path, given: str) -> None:
    desk.run("judge", str(snapshot), "--as-of", given, "--out", "later")
    assert json.loads(Path("later/result.json").read_bytes())["taken_at"] == "2027-01-01T00:00:00Z"


def test_gates_and_language_apply(desk: Any, snapshot: Path) -> None:
    done = desk.run("judge", str(snapshot), "--fail-on", "medium", "--lang", "ja", "--out", "x")
    assert done.exit_code == 1
    assert "終了コード 1" in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a cloudaudit snapshot"),
        (b'{"kind":"snapshot","schema":99}\n', "newer version"),
        (b"\xff\xfe\n", "is not a cloudaudit snapshot"),
    ],
)
def test_a_file_that_is_no_snapshot(desk: Any, content: bytes, said: str) -> None:
    Path("bad.jsonl").write_bytes(content)
    done = desk.run("judge", "bad.jsonl")
    assert done.exit_code == 2
    assert said in done.stderr
    assert not Path("cloudaudit-out").exists()


def test_a_snapshot_damaged_before_its_last_line(desk: Any, snapshot: Path) -> None:
    lines = snapshot.read_bytes().splitlines(keepends=True)
    Path("bad.jsonl").write_bytes(b"".join([lines[0], b"{oops\n", *lines[1:]]))
    done = desk.run("judge", "bad.jsonl")
    assert done.exit_code == 2
    assert "damaged at line 2" in done.stderr


def test_a_torn_last_line_is_an_interrupted_run(desk: Any, snapshot: Path) -> None:
    Path("torn.jsonl").write_bytes(snapshot.read_bytes()[:-5])
    assert desk.run("judge", "torn.jsonl").exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "soon"], "soon is no time"),
        (["--as-of", "2026-W47"], "2026-W47 is no time"),
        (["--as-of", "0001-01-01T00:00:00+09:00"], "is no time"),
        (["--as-of", "9999-12-31"], "is no time"),
        (["--report", "x"], "no report x"),
        (["--report", "terminal"], "leave out --format terminal"),
    ],
)
def test_wrong_options(desk: Any, snapshot: Path, arguments: list[str], said: str) -> None:
    done = desk.run("judge", str(snapshot), *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(desk.runs) == 1


def test_a_snapshot_chooses_no_path(desk: Any, snapshot: Path) -> None:
    hostile = snapshot.read_bytes().replace(b'"account":"123456789012"', b'"account":"../../../evil"')
    Path("evil.jsonl").write_bytes(hostile)
    desk.run("judge", "evil.jsonl")
    places = [path.parent for path in Path().rglob("result.json")]
    assert len(places) == 2
    assert all(place.parent.parent == Path("cloudaudit-out") for place in places)
