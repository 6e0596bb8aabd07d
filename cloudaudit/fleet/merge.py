"""The shards of one run put together: nothing is taken for there that is not, and nothing mixed that does not belong together."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cloudaudit.assessment import ExitReason
from cloudaudit.clock import parse
from cloudaudit.errors import Exit, UsageError
from cloudaudit.fleet.folder import RESULT, Manifest, append_row, read_manifest, read_rows, write_manifest
from cloudaudit.fleet.rows import Overview, Row, State, overview
from cloudaudit.text import Text

TOGETHER_HOURS = 24
"""Shards that have no run's id are of one run only within this time."""

_NOT_THERE = Text(
    en="its shard ended without a result for it; run that shard again with --resume",
    ja="シャード内で結果が得られていません。該当のシャードを --resume を付けて再実行してください",
)


class Part(NamedTuple):
    """The folder of one shard."""

    folder: Path
    manifest: Manifest
    rows: dict[str, Row]


def read_parts(folders: Iterable[Path]) -> tuple[Part, ...]:
    """Read the shards.

    Raises:
        UsageError: a folder holds no fleet, or they are not of one run.
    """
    parts = tuple(Part(folder, read_manifest(folder), read_rows(folder)) for folder in folders)
    first = parts[0]
    for part in parts[1:]:
        _refuse_mixed(first, part)
    return parts


def merged(parts: Sequence[Part], out: Path, version: str) -> Overview:
    """Copy the targets' folders together and return the overview of all.

    Args:
        parts: of one run, at least one.
        out: an empty folder.
        version: of cloudaudit.

    Raises:
        UsageError: a target is there twice and not the same, or was changed since its row was written.
        OSError: a file cannot be read or written.
    """
    owners = _owners(parts)
    first = parts[0].manifest
    names = sorted({name for part in parts for name in part.manifest.names})
    here = {part.manifest.shard for part in parts}
    count = first.shards
    absent = tuple(f"{number}/{count}" for number in range(1, count + 1) if number not in here)
    whole = Manifest(
        version=version,
        taken_at=min(part.manifest.taken_at for part in parts),
        digest=first.digest,
        run=first.run,
        names=tuple(names),
        client=first.client,
    )
    write_manifest(out, whole)
    rows: list[Row] = []
    for name in names:
        owner = owners.get(name)
        row = owner.rows[name] if owner else _missing(name)
        if owner is not None and (owner.folder / name).is_dir() and not (owner.folder / name).is_symlink():
            _copy(owner.folder / name, out / name)
        append_row(out, row)
        rows.append(row)
    return overview(
        rows,
        version=version,
        taken_at=whole.taken_at,
        run=first.run,
        missing_shards=absent,
        client=first.client,
    )


def _refuse_mixed(first: Part, other: Part) -> None:
    one, two = first.manifest, other.manifest
    hours = abs((parse(one.taken_at) - parse(two.taken_at)).total_seconds()) / 3600
    same = (one.digest, one.run, one.shards) == (two.digest, two.run, two.shards)
    if not same or (not one.run and hours >= TOGETHER_HOURS):
        raise UsageError(
            Text(
                en=f"{first.folder} and {other.folder} are not shards of one run: their targets, options, number of "
                "shards, run id or day differ; name the folders of one run.",
                ja=f"{first.folder} と {other.folder} は同じ実行のシャードではありません(対象・オプション・シャード数・実行 ID・"
                "日付のいずれかが異なります)。同じ実行のフォルダーを指定してください。",
            )
        )


def _owners(parts: Sequence[Part]) -> dict[str, Part]:
    owners: dict[str, Part] = {}
    for part in parts:
        for name, row in part.rows.items():
            if name not in part.manifest.names:
                continue
            _refuse_changed(part, row)
            known = owners.setdefault(name, part)
            if known is not part and known.rows[name] != row:
                raise UsageError(
                    Text(
                        en=f"The target {name} is in {known.folder} and in {part.folder}, with different results; "
                        "leave one of the folders out.",
                        ja=f"対象 {name} が {known.folder} と {part.folder} の両方にあり、結果が異なります。"
                        "どちらかのフォルダーを外してください。",
                    )
                )
    return owners


def _refuse_changed(part: Part, row: Row) -> None:
    if not row.digest:
        return
    folder = part.folder / row.name
    path = folder / (next((name for name in row.files if name.endswith(RESULT)), RESULT))
    linked = folder.is_symlink() or path.is_symlink()
    try:
        with path.open("rb") as file:
            intact = hashlib.file_digest(file, "sha256").hexdigest() == row.digest and not linked
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        intact = False
    if not intact:
        raise UsageError(
            Text(
                en=f"{path} is not the file that the run wrote; take the folder as the run left it.",
                ja=f"{path} は実行時に出力されたファイルと一致しません。実行時のフォルダーをそのまま指定してください。",
            )
        )


def _missing(name: str) -> Row:
    return Row(
        name=name,
        title=name,
        provider="",
        state=State.MISSING,
        code=Exit.INCOMPLETE,
        reasons=(ExitReason(code=Exit.INCOMPLETE, reason=_NOT_THERE),),
    )


def _copy(source: Path, target: Path) -> None:
    """Copy the plain files of a target's folder; links, which could lead anywhere, are left out."""
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(source.resolve()):
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
