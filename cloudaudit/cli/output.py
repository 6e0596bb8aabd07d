"""Where files go: a folder of their own, never overwritten; each file is whole or not there."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO

from cloudaudit.errors import OutputError, UsageError
from cloudaudit.text import Text

ROOT = Path("cloudaudit-out")
SNAPSHOT = "snapshot.jsonl"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_RESULTS = ("snapshot.jsonl", "result.json")


def new_folder(out: Path | None, target: str, taken_at: str, root: Path = ROOT) -> Path:
    """Make and return the folder of a new run.

    Args:
        out: what the user named; None for the default.
        target: name of the target.
        taken_at: UTC time of the run; the default folder bears it, with a number where there is one already.
        root: the folder that holds the default ones.

    Raises:
        UsageError: the folder that the user named holds a run already.
        OutputError: it cannot be made.
    """
    if out is not None:
        if any((out / name).exists() for name in _RESULTS):
            raise UsageError(
                Text(
                    en=f"The folder {out} holds a result already, which is never overwritten; "
                    "name another with --out.",
                    ja=f"フォルダー {out} には結果がすでにあり、上書きしません。"
                    "--out で別のフォルダーを指定してください。",
                )
            )
        make_folder(out)
        return out
    parent = root / safe(target)
    _guarded(parent, lambda: parent.mkdir(parents=True, exist_ok=True))
    return _first_free(parent, safe(taken_at.replace("-", "").replace(":", "")))


def make_folder(folder: Path) -> None:
    """Make a folder where there is none, and see to it that it can be written before any work is done.

    Raises:
        OutputError: it cannot.
    """
    _guarded(folder, lambda: folder.mkdir(parents=True, exist_ok=True))
    _guarded(folder, lambda: _probe(folder))


def safe(name: str) -> str:
    """Return a name that leads nowhere else and that every file system takes; a stranger may have chosen it."""
    return _UNSAFE.sub("_", name).strip(".") or "_"


def _first_free(parent: Path, name: str) -> Path:
    for candidate in chain((name,), (f"{name}-{number}" for number in count(2))):
        folder = parent / candidate
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise _not_written(folder, error) from error
        return folder
    raise AssertionError  # count() does not end


def folder_to_resume(out: Path | None, target: str, root: Path = ROOT) -> Path:
    """Return the folder of the run that ``--resume`` goes on with: the one named, else the target's newest.

    Raises:
        UsageError: there is none.
    """
    folders = [out] if out is not None else sorted((root / safe(target)).glob("*"), reverse=True)
    for folder in folders:
        if (folder / SNAPSHOT).is_file():
            return folder
    place = out or root / safe(target)
    raise UsageError(
        Text(
            en=f"There is no scan to resume in {place}; leave out --resume to start a new one.",
            ja=f"{place} に再開できるスキャンがありません。--resume を外して新たに開始してください。",
        )
    )


def earlier_snapshots(target: str, but_not: Path | None = None, root: Path = ROOT) -> tuple[Path, ...]:
    """Return the snapshots of a target in the default place, the newest first.

    Args:
        target: name of the target.
        but_not: a folder to leave out, such as that of the run that is being resumed.
        root: the folder that holds the default ones.
    """
    folders = sorted((root / safe(target)).glob("*"), reverse=True)
    return tuple(
        folder / SNAPSHOT for folder in folders if folder != but_not and (folder / SNAPSHOT).is_file()
    )


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file under another name and rename it, so that it is never seen half written.

    Raises:
        OutputError: the folder cannot be written or the disk is full; what was there before is untouched.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        # Also where what writes gives up for a reason of its own; a file that has its name is no longer here.
        with suppress(OSError):
            partial.unlink()


def _guarded(place: Path, act: Callable[[], object]) -> None:
    try:
        act()
    except OSError as error:
        raise _not_written(place, error) from error


def _probe(folder: Path) -> None:
    probe = folder / ".cloudaudit.partial"
    probe.write_bytes(b"")
    probe.unlink()


def _not_written(place: Path, error: OSError) -> OutputError:
    return OutputError(
        Text(
            en=f"{place} cannot be written ({error.strerror}); free space or name another folder with --out.",
            ja=f"{place} に書き込めません({error.strerror})。"
            "空き容量を確保するか、--out で別のフォルダーを指定してください。",
        )
    )


def snapshot_not_written(path: Path, error: OSError) -> OutputError:
    """Return the error for a scan that could not go on writing its snapshot."""
    return OutputError(
        Text(
            en=f"{path} cannot be written ({error.strerror}); what was read so far is in it: "
            "free space, then run again with --resume.",
            ja=f"{path} に書き込めません({error.strerror})。それまでの内容は保存されています。"
            "空き容量を確保し、--resume を付けて再実行してください。",
        )
    )
