"""Where a client's things lie, and the word of warning before its audit."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import click

from cloudaudit.cli.output import ROOT
from cloudaudit.client import warning
from cloudaudit.client_file import FILE_NAME, load_client
from cloudaudit.errors import UsageError
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

CLIENTS = Path("clients")
OUT = "out"
MASK_KEY = "mask.key"
SIGNING_KEY = "signing.key"
HISTORY = "history.sqlite"
_OTHERS = 0o077


def client_folder(given: Path) -> Path:
    """Return the folder of a client, given by its name within ``clients/`` or by its path.

    Raises:
        UsageError: there is none, or a link stands in its place.
    """
    named = CLIENTS / given
    plain = len(given.parts) == 1 and given.name == str(given)
    folder = named if plain and not given.is_absolute() and named.exists() else given
    if not (folder / FILE_NAME).is_file():
        raise UsageError(
            Text(
                en=f"There is no client {given} (no {named / FILE_NAME}); `cloudaudit client list` shows them, "
                "`cloudaudit client new` makes one.",
                ja=f"顧客 {given} がありません({named / FILE_NAME} なし)。cloudaudit client list で確認するか、"
                "cloudaudit client new で作成してください。",
            )
        )
    refuse_links(folder)
    return folder


def is_link(path: Path) -> bool:
    """Return whether a link, or a junction of Windows, stands in a place; what is not there is none."""
    try:
        found = path.lstat()
    except OSError:
        return False
    junction: int | None = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    tag: int | None = getattr(found, "st_reparse_tag", None)
    return stat.S_ISLNK(found.st_mode) or (junction is not None and tag == junction)


def refuse_links(folder: Path) -> None:
    """Refuse a client's folder that leads elsewhere: another client's things might lie there.

    Raises:
        UsageError: it is a link, or what this client's runs read and write in it is.
    """
    names = (FILE_NAME, OUT, MASK_KEY, SIGNING_KEY, HISTORY)
    linked = next((path for path in (folder, *(folder / name for name in names)) if is_link(path)), None)
    if linked is not None:
        raise UsageError(
            Text(
                en=f"{linked} is a link, and might lead to what is another client's; put the real one there, "
                "or give the real path with --client.",
                ja=f"{linked} はリンクのため、他の顧客の情報を指すおそれがあります。実体を置くか、"
                "実際のパスを --client で指定してください。",
            )
        )


def refuse_strange_place(place: Path | None, client: Path | None) -> None:
    """Refuse to write the results of a client into the folder of another.

    Args:
        place: the folder that was named with ``--out``; None for none.
        client: name or folder of the client; None for none.

    Raises:
        UsageError: the place lies in the folder of another client.
    """
    if place is None or client is None:
        return
    own = client_folder(client).resolve()
    there = place.resolve()
    owner = next((one for one in (there, *there.parents) if _is_clients(one)), None)
    if owner is not None and owner != own:
        raise UsageError(
            Text(
                en=f"{place} lies in the folder of another client ({owner}); leave out --out, or name another folder.",
                ja=f"{place} は別の顧客のフォルダー({owner})にあります。--out を外すか、別のフォルダーを指定してください。",
            )
        )


def _is_clients(folder: Path) -> bool:
    return (folder / FILE_NAME).is_file() and (folder / MASK_KEY).is_file()


def output_root(client: Path | None) -> Path:
    """Return the folder below which runs get theirs: the client's own, or the default one.

    Raises:
        UsageError: there is no such client.
    """
    return ROOT if client is None else client_folder(client) / OUT


def key_of(client: Path | None, named: Path | None) -> Path | None:
    """Return the file with the key of the pseudonyms: the one named, or the client's, or None for the default.

    Raises:
        UsageError: there is no such client.
    """
    return named if named is not None or client is None else client_folder(client) / MASK_KEY


def warn_of_authorisation(client: Path | None, taken_at: str, language: Language, *, quiet: bool) -> None:
    """Say on standard error that nobody is known to have allowed this audit, or that others can read the folder.

    Raises:
        UsageError: there is no such client, or its file has faults.
    """
    if client is None:
        return
    folder = client_folder(client)
    told = (warning(load_client(folder), taken_at), open_to_others(folder))
    for text in () if quiet else filter(None, told):
        with suppress(OSError):
            click.echo(visible(text.in_(language)), err=True)


def open_to_others(folder: Path) -> Text | None:
    """Return what to say of a folder that other users of this machine can read; on Windows its ACL is not looked at."""
    if os.name == "nt" or not folder.stat().st_mode & _OTHERS:
        return None
    return Text(
        en=f"Others on this machine can read {folder}; close it with: chmod 700 {folder}",
        ja=f"{folder} は他のユーザーからも読み取れます。chmod 700 {folder} で閉じてください。",
    )
