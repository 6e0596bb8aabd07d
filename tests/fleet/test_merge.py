import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from cloudaudit.fleet.folder import Manifest, append_row, read_rows, write_manifest
from cloudaudit.fleet.plan import shard_of
from cloudaudit.fleet.rows import Row, State

NAMES = [f"account-{number}" for number in range(8)]
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make the folder of a shard as a run leaves it."""

    def shard(number: int, *, count: int = 4, done: int | None = None, place: str = "", **about: Any) -> Path:
        folder = tmp_path / (place or f"shard-{number}")
        folder.mkdir()
        names = [name for name in NAMES if shard_of(name, count) == number]
        told: dict[str, Any] = {
            "version": "0.1.0",
            "taken_at": "2026-11-27T00:00:00Z",
            "digest": "d",
            "run": "7",
            **about,
        }
        write_manifest(folder, Manifest(shard=number, shards=count, names=tuple(names), **told))
        for name in names[:done]:
            content = f"result of {name}".encode()
            (folder / name / "masked").mkdir(parents=True)
            (folder / name / "result.json").write_bytes(content)
            (folder / name / "masked" / "note.md").write_bytes(b"note")
            digest = hashlib.sha256(content).hexdigest()
            append_row(
                folder,
                Row(
                    name=name,
                    title=name,
                    provider="aws",
                    state=State.SCANNED,
                    code=0,
                    digest=digest,
                    files=("result.json",),
                ),
            )
        return folder

    return shard


def merge(out: Path, *folders: Path) -> Result:
    return CliRunner().invoke(cli, ["merge", *map(str, folders), "--out", str(out), "--lang", "en"])


def overview(out: Path) -> Any:
    return json.loads((out / "overview.json").read_bytes())


def test_all_shards_make_a_whole_fleet(make: Make, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = merge(out, *(make(number) for number in range(1, 5)))
    assert done.exit_code == 0, done.output
    told = overview(out)
    assert sorted(row["name"] for row in told["targets"]) == NAMES
    assert (told["missing_shards"], told["shard"], told["run"]) == ([], "", "7")
    assert (out / "account-0" / "result.json").read_bytes() == b"result of account-0"
    assert (out / "account-0" / "masked" / "note.md").is_file()
    assert set(read_rows(out)) == set(NAMES)


def test_shards_that_are_missing_are_told_loudly(make: Make, tmp_path: Path) -> None:
    done = merge(tmp_path / "out", make(1), make(3))
    assert done.exit_code == 3
    assert "shards are missing, and with them all their targets: 2/4, 4/4" in done.output
    assert overview(tmp_path / "out")["missing_shards"] == ["2/4", "4/4"]


def test_targets_that_a_shard_did_not_come_to_are_told(make: Make, tmp_path: Path) -> None:
    done = merge(tmp_path / "out", make(1, done=1), make(2), make(3), make(4))
    assert done.exit_code == 3
    missing = [row["name"] for row in overview(tmp_path / "out")["targets"] if row["state"] == "missing"]
    assert missing == [name for name in NAMES if shard_of(name, 4) == 1][1:]


def test_a_shard_twice_counts_once_and_different_ones_are_refused(make: Make, tmp_path: Path) -> None:
    one, two = make(1), make(1, place="again")
    assert merge(tmp_path / "out", one, two).exit_code == 3
    row = next(iter(read_rows(two).values()))
    append_row(two, msgspec.structs.replace(row, code=1))
    done = merge(tmp_path / "other", one, two)
    assert done.exit_code == 2
    assert "with different results" in done.stderr


@pytest.mark.parametrize(
    "about",
    [{"digest": "other"}, {"run": "8"}, {"count": 3}, {"run": "", "taken_at": "2026-11-28T01:00:00Z"}],
)
def test_shards_of_several_runs_are_refused(make: Make, tmp_path: Path, about: dict[str, Any]) -> None:
    first = make(1, **({"run": ""} if about.get("run") == "" else {}))
    done = merge(tmp_path / "out", first, make(2, **about))
    assert done.exit_code == 2
    assert "not shards of one run" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_result_that_was_changed_since_is_refused(make: Make, tmp_path: Path) -> None:
    folder = make(3)
    name = next(name for name in NAMES if shard_of(name, 4) == 3)
    (folder / name / "result.json").write_bytes(b"edited")
    done = merge(tmp_path / "out", folder)
    assert (done.exit_code, "not the file that the run wrote" in done.stderr) == (2, True)
    shutil.rmtree(folder / name)
    assert merge(tmp_path / "other", folder).exit_code == 2


def test_links_that_lead_elsewhere_are_not_followed(make: Make, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_bytes(b"of another client")
    folder = make(3)
    name = next(name for name in NAMES if shard_of(name, 4) == 3)
    try:
        (folder / name / "link").symlink_to(secret, target_is_directory=True)
        (folder / name / "file").symlink_to(secret / "key")
    except OSError:
        pytest.skip("this system lets nobody make symbolic links")
    assert merge(tmp_path / "out", folder).exit_code == 3
    assert sorted(path.name for path in (tmp_path / "out" / name).iterdir()) == ["masked", "result.json"]


def test_wrong_folders_are_one_sentence(make: Make, tmp_path: Path) -> None:
    done = merge(tmp_path / "out", tmp_path)
    assert (done.exit_code, "holds no fleet" in done.stderr) == (2, True)
    folder = make(1)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    assert (merge(tmp_path / "full", folder).exit_code, (tmp_path / "full" / "x").exists()) == (2, True)
    (folder / "fleet.json").write_bytes(b"{")
    assert merge(tmp_path / "out", folder).exit_code == 2


def test_a_row_that_was_cut_off_is_as_if_it_were_not_there(make: Make) -> None:
    folder = make(3)
    with (folder / "rows.jsonl").open("ab") as file:
        file.write(b'{"name": "account-2", "ti')
    assert set(read_rows(folder)) == {name for name in NAMES if shard_of(name, 4) == 3}


def test_a_target_whose_folder_or_result_is_a_link_is_refused(make: Make, tmp_path: Path) -> None:
    folder = make(3)
    name = next(name for name in NAMES if shard_of(name, 4) == 3)
    (folder / name).rename(tmp_path / "elsewhere")
    try:
        (folder / name).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make symbolic links")
    done = merge(tmp_path / "out", folder)
    assert (done.exit_code, "not the file that the run wrote" in done.stderr) == (2, True)
    (folder / name).unlink()
    (folder / name).mkdir()
    (folder / name / "result.json").symlink_to(tmp_path / "elsewhere" / "result.json")
    assert merge(tmp_path / "other", folder).exit_code == 2


@pytest.mark.parametrize("name", ["../../out", "/etc", "a/b", "..", "", "C:x"])
def test_a_manifest_whose_targets_would_lie_elsewhere_is_refused(
    make: Make, tmp_path: Path, name: str
) -> None:
    folder = make(3)
    manifest = json.loads((folder / "fleet.json").read_bytes())
    (folder / "fleet.json").write_text(json.dumps({**manifest, "names": [name]}), encoding="utf-8")
    done = merge(tmp_path / "out", folder)
    assert (done.exit_code, "damaged" in done.stderr) == (2, True)
    assert not (tmp_path / "out").exists()
