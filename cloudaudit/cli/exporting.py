"""The work of ``cloudaudit evidence export``: a folder, sealed for hand-over."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloudaudit import clock
from cloudaudit.cli.output import make_folder, write_whole
from cloudaudit.cli.sealing import SealWishes, bundle_name, open_sealer, refuse_missing_library
from cloudaudit.errors import UsageError
from cloudaudit.text import Language, Text

if TYPE_CHECKING:  # cryptography is imported when something is sealed
    from cloudaudit.evidence.seal import HandOver

_PRIVATE_KEY = b"PRIVATE KEY-----"
_SECRET_NAMES = frozenset({"mask.key", "pseudonym.key", "signing.key"})


def exported(folder: Path, out: Path, key: str | None, timestamp_url: str | None, language: Language) -> Path:
    """Write the bundle of a folder, and return its path.

    Raises:
        UsageError: there is no such folder, nothing is in it, or the key cannot be used.
        SealError: it cannot be sealed.
        OutputError: it cannot be written.
    """
    refuse_missing_library()
    from cloudaudit.evidence.seal import export

    wishes = SealWishes(seal=True, key=key, timestamp_url=timestamp_url)
    sealer = open_sealer(wishes.effective)
    hand_over = _hand_over(folder, datetime.now(UTC))
    make_folder(out)
    bundle = out / bundle_name(f"export-{folder.resolve().name}", clock.stamp(hand_over.sealed_at))
    if bundle.exists():
        raise UsageError(
            Text(
                en=f"{bundle} is there already, and nothing is overwritten; wait a second, or name another folder with --out.",
                ja=f"{bundle} はすでに存在し、上書きしません。--out で別のフォルダーを指定してください。",
            )
        )
    write_whole(bundle, lambda opened: export(opened, hand_over, sealer))
    for text in _told(hand_over, signed=sealer.signer is not None):
        click.echo(text.in_(language), err=True)
    return bundle


def _told(hand_over: "HandOver", *, signed: bool) -> Iterator[Text]:
    if not signed:
        yield Text(
            en="There is no key, so the bundle is UNSIGNED; name one with --key or CLOUDAUDIT_KEY.",
            ja="鍵が指定されていないため、未署名です。--key または CLOUDAUDIT_KEY で指定してください。",
        )
    if hand_over.left_out:
        listed = ", ".join(hand_over.left_out)
        yield Text(en=f"Left out, since they are secrets: {listed}", ja=f"秘密情報のため除外: {listed}")


def _hand_over(folder: Path, now: datetime) -> "HandOver":
    """Return what is sealed of a folder: every regular file but secrets; a link leads elsewhere and is refused."""
    from cloudaudit.evidence.seal import HandOver

    files: dict[str, Path] = {}
    secrets: list[str] = []
    for path in _walked(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file():
            raise UsageError(
                Text(
                    en=f"{path} is a link or no ordinary file, and might lead out of the folder; remove it and run again.",
                    ja=f"{path} はリンクまたは通常のファイルではないため封印できません。取り除いて再実行してください。",
                )
            )
        if _secret(path):
            secrets.append(name)
        else:
            files[name] = path
    if not files:
        raise UsageError(
            Text(
                en=f"There is nothing to hand over in {folder}; check the path.",
                ja=f"{folder} に引き渡すファイルがありません。パスを確認してください。",
            )
        )
    return HandOver(name=folder.resolve().name, files=files, left_out=tuple(secrets), sealed_at=now)


def _walked(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (Path(place) / name for name in sorted((*names, *links)))


def _secret(path: Path) -> bool:
    if path.name in _SECRET_NAMES or path.suffix == ".key":
        return True
    with path.open("rb") as file:
        return _PRIVATE_KEY in file.read(1 << 16)
