"""The work of ``cloudaudit keys``."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

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
    from cloudaudit.evidence.keyfile import make, open_key

    place = out or default_key()
    passphrase = _chosen(place).encode()
    make(place, name, passphrase, datetime.now(UTC))
    key = open_key(place, passphrase).key
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
        en=f"The key was made: {place} ({key.id}). Give the output of `cloudaudit keys show --key {place}` to those who "
        f"verify, by another way than the evidence; set CLOUDAUDIT_KEY={place} to seal every run.{windows_en}",
        ja=f"鍵を作成しました: {place}({key.id})。検証する人には、cloudaudit keys show --key {place} の出力を"
        f"証跡とは別の経路で渡してください。CLOUDAUDIT_KEY={place} を設定すると毎回封印します。{windows_ja}",
    )


def _chosen(place: Path) -> str:
    if PASSPHRASE in os.environ or not sys.stdin.isatty():
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
