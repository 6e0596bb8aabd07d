"""The key of the pseudonyms: a file that stays with the owner, made on first use, readable by nobody else."""

import os
import secrets
from pathlib import Path

from cloudaudit.errors import OutputError, UsageError
from cloudaudit.mask import LEAST_KEY, Masker
from cloudaudit.text import Text

_BYTES = 32
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700


def default_path() -> Path:
    """Return where the key lies unless ``--mask-key`` names another file: the user's own configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("cloudaudit", appauthor=False) / "mask.key"


def open_masker(path: Path | None) -> tuple[Masker, Path | None]:
    """Return a masker with the key of a file, and the file's path if it was made just now.

    Args:
        path: what the user named; None for the default.

    Raises:
        UsageError: the file cannot be read, or holds no key.
        OutputError: it cannot be made.
    """
    place = path or default_path()
    made = _make(place)
    try:
        key = place.read_bytes().strip()
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The mask key {place} cannot be read ({error.strerror}); check the path given with --mask-key.",
                ja=f"仮名化の鍵 {place} を読み込めません({error.strerror})。--mask-key の指定を確認してください。",
            )
        ) from error
    if len(key) < LEAST_KEY:
        raise UsageError(
            Text(
                en=f"The mask key {place} is shorter than {LEAST_KEY} bytes; name another file with --mask-key, "
                "which is made when it is not there.",
                ja=f"仮名化の鍵 {place} が {LEAST_KEY} バイト未満です。"
                "--mask-key で別のファイルを指定してください(存在しない場合は新規に作成します)。",
            )
        )
    return Masker(key), place if made else None


def _make(place: Path) -> bool:
    """Make the key if it is not there; return whether it was made."""
    try:
        place.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        # Only one of two runs that start together makes it, and nobody else can read it at any time.
        # On Windows a file that is not opened as binary has its line ends rewritten.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(place, flags, _PRIVATE_FILE)
    except FileExistsError:
        return False
    except OSError as error:
        if place.exists():
            return False
        raise _not_made(place, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_BYTES).encode() + b"\n")
    except OSError as error:
        place.unlink(missing_ok=True)
        raise _not_made(place, error) from error
    return True


def _not_made(place: Path, error: OSError) -> OutputError:
    return OutputError(
        Text(
            en=f"The mask key {place} cannot be made ({error.strerror}); name another file with --mask-key.",
            ja=f"仮名化の鍵 {place} を作成できません({error.strerror})。"
            "--mask-key で別のファイルを指定してください。",
        )
    )


def where_the_key_is(place: Path) -> Text:
    """Return what to tell about a key that was made just now."""
    return Text(
        en=f"The key of the pseudonyms was made: {place}. Keep it, and keep it apart from the reports; "
        "the same key gives the same pseudonyms.",
        ja=f"仮名化の鍵を作成しました: {place}。レポートとは別に保管してください"
        "(同じ鍵を使うと同じ仮名になります)。",
    )
