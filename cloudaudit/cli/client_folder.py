"""Where a client's things lie, and the word of warning before its audit."""

import os
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
    return folder


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
