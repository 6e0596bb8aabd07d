"""The folder of a fleet: what was asked, one row a target as it ends, and beside them each target's own folder."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from cloudaudit.client import Client
from cloudaudit.errors import UsageError
from cloudaudit.fleet.rows import Row
from cloudaudit.folder_names import folder_name_fault
from cloudaudit.text import Text

MANIFEST = "fleet.json"
JOURNAL = "rows.jsonl"
RESULT = "result.json"
SCHEMA = 1


class Manifest(Struct, frozen=True, kw_only=True):
    """What a fleet was asked to do.

    Attributes:
        digest: SHA-256 over the targets and the options, shards left out: those of one run have the same.
        run: what the shards of one run share besides, such as the id of the CI run; empty for none.
        client: whose targets these are; None where no client was named.
        names: every target of this fleet, or of its shard.
    """

    schema: int = SCHEMA
    version: str
    taken_at: str
    digest: str
    run: str = ""
    shard: int = 1
    shards: int = 1
    names: tuple[str, ...]
    client: Client | None = None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write down what the fleet was asked, before anything is done.

    Raises:
        OSError: it cannot be written.
    """
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read what a fleet was asked.

    Raises:
        UsageError: there is no fleet in the folder, or one of a newer version.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        refuse_strange_names(manifest.names)
    except (OSError, ValueError) as error:
        raise UsageError(
            Text(
                en=f"{folder} holds no fleet of cloudaudit ({MANIFEST} is not there or damaged); "
                "name a folder that `cloudaudit fleet` wrote.",
                ja=f"{folder} は cloudaudit fleet の出力フォルダーではありません({MANIFEST} がないか破損しています)。"
                "cloudaudit fleet が出力したフォルダーを指定してください。",
            )
        ) from error
    if manifest.schema != SCHEMA:
        raise UsageError(
            Text(
                en=f"{folder} was written by a newer cloudaudit; update this one.",
                ja=f"{folder} は新しいバージョンの cloudaudit の出力です。cloudaudit を更新してください。",
            )
        )
    return manifest


def refuse_strange_names(names: Iterable[str]) -> None:
    """Refuse names that are no plain folder's: a manifest comes from elsewhere, and its targets' folders are written.

    Raises:
        ValueError: there is one.
    """
    strange = next((name for name in names if folder_name_fault(name)), None)
    if strange is not None:
        raise ValueError(strange)


def append_row(folder: Path, row: Row) -> None:
    """Write down what came of a target, as soon as it is known.

    Raises:
        OSError: it cannot be written.
    """
    with (folder / JOURNAL).open("ab") as file:
        file.write(msgspec.json.encode(row) + b"\n")


def read_rows(folder: Path) -> dict[str, Row]:
    """Return the last row of each target; a line that was cut off is as if it were not there.

    Raises:
        OSError: the journal is there and cannot be read.
    """
    path = folder / JOURNAL
    if not path.exists():
        return {}
    found: dict[str, Row] = {}
    with path.open("rb") as file:
        for line in file:
            try:
                row = msgspec.json.decode(line, type=Row)
            except msgspec.DecodeError:
                continue
            found[row.name] = row
    return found


def still_there(folder: Path, rows: Iterable[Row]) -> set[str]:
    """Return the names of the targets whose files are all there as their rows say."""
    return {
        row.name
        for row in rows
        if all((folder / row.name / name).is_file() for name in (*row.files, *_result(row)))
    }


def _result(row: Row) -> tuple[str, ...]:
    return () if not row.digest or row.masked else (RESULT,)
