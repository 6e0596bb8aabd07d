"""The work of ``cloudaudit keys``."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from cloudaudit.cli import sealing
from cloudaudit.cli.sealing import (
    PASSPHRASE,
    key_named,
    open_sealer,
    passphrase_for,
    refuse_missing_library,
)
from cloudaudit.evidence.settings import SealSettings
from cloudaudit.text import Text


def default_key() -> Path:
    """Return where a key is made unless ``--out`` names another file: the user's own configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("cloudaudit", appauthor=False) / "signing.key"


def signing_settings(key: str | None) -> SealSettings:
    """Return the settings for a command that needs a key: the one that was named, or the default file.

    Raises:
        UsageError: it is the address of a key and lacks a part.
    """
    return SealSettings().model_copy(update=key_named(key or str(default_key())))


def new_key(out: Path | None, name: str) -> Text:
    """Make a key, and return what to tell about it.

    Raises:
        UsageError: there is a file already, or name or passphrase cannot be used.
        OutputError: it cannot be written.
    """
    refuse_missing_library()
    place = out or default_key()
    key_id = make_key(place, name, _chosen(place))
    windows_en = (
        " On Windows it has the rights of its folder: keep it where only you can read."
        if os.name == "nt"
        else ""
    )
    windows_ja = (
        "Windows ではフォルダーの権限に従うため、本人のみが読めるフォルダーに置いてください。"
        if os.name == "nt"
        else ""
    )
    return Text(
        en=f"The key was made: {place} ({key_id}). Give the output of `cloudaudit keys show --key {place}` to those who "
        f"verify, by another way than the evidence; set CLOUDAUDIT_KEY={place} to seal every run.{windows_en}",
        ja=f"鍵を作成しました: {place}({key_id})。検証する人には、cloudaudit keys show --key {place} の出力を"
        f"証跡とは別の経路で渡してください。CLOUDAUDIT_KEY={place} を設定すると毎回封印します。{windows_ja}",
    )


def passphrase_for_new(place: Path) -> str | None:
    """Return the passphrase for a key that is about to be made, or None where there is to be none.

    It comes from the environment, or from a person at the terminal, who may leave it out.

    Raises:
        UsageError: a passphrase was given and cannot be used.
    """
    given = os.environ.get(PASSPHRASE)
    if given is None:
        if not sealing.at_terminal() or not _can_sign():
            return None
        given = click.prompt(
            f"Passphrase of a signing key, empty for none / 署名鍵のパスフレーズ(作成しない場合は空) ({place})",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
            err=True,
        )
    if not given or not _can_sign():
        return None
    from cloudaudit.evidence.keyfile import refuse_short

    refuse_short(given.encode())
    return given


def make_key(place: Path, name: str, passphrase: str) -> str:
    """Make a key and return its id.

    Raises:
        UsageError: there is a file already, or name or passphrase cannot be used.
        OutputError: it cannot be written.
    """
    from cloudaudit.evidence.keyfile import make, open_key

    make(place, name, passphrase.encode(), datetime.now(UTC))
    return open_key(place, passphrase.encode()).key.id


def _can_sign() -> bool:
    from importlib.util import find_spec

    return find_spec("cryptography") is not None


def _chosen(place: Path) -> str:
    if PASSPHRASE in os.environ or not sealing.at_terminal():
        return passphrase_for(place)
    typed: str = click.prompt(
        f"New passphrase / 新しいパスフレーズ ({place})", hide_input=True, confirmation_prompt=True, err=True
    )
    return typed


def shown_key(key: str | None) -> tuple[bytes, Text]:
    """Return the public half of a key as PEM, and its fingerprint in a sentence; a file needs no passphrase for it.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    refuse_missing_library()
    from cloudaudit.evidence.keyfile import public_part
    from cloudaudit.evidence.trust import load_pem

    settings = signing_settings(key)
    if settings.pkcs11 is not None or settings.aws_kms is not None:
        signer = open_sealer(settings).signer
        pem = signer.key.pem if signer else b""
    else:
        pem = public_part(settings.key or default_key())
    ids = ", ".join(one.id for one in load_pem(pem, Path(key or default_key())).keys)
    return pem, Text(
        en=f"{ids}: tell this fingerprint to those who verify by telephone or on paper.",
        ja=f"{ids}(検証する人に、電話や書面でこのフィンガープリントを伝えてください)",
    )
