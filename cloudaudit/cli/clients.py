"""The work of ``cloudaudit client``; apart from it so that ``--help`` need not import pydantic."""

import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cloudaudit import clock
from cloudaudit.cli.client_folder import (
    HISTORY,
    MASK_KEY,
    OUT,
    SIGNING_KEY,
    is_link,
    open_to_others,
)
from cloudaudit.cli.exporting import exported
from cloudaudit.cli.keeping import make_key, passphrase_for_new
from cloudaudit.cli.mask_key import open_masker
from cloudaudit.cli.private import make_private
from cloudaudit.client import warning
from cloudaudit.client_file import FILE_NAME, load_client, read_logo
from cloudaudit.errors import CloudauditError, OutputError, UsageError
from cloudaudit.folder_names import folder_name_fault
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

_KIB = 1024


@dataclass(frozen=True, kw_only=True)
class NewClient:
    """What was said of a client that is to get a folder."""

    name: str
    root: Path
    title: str
    contact: str
    logo: Path | None
    authorised_by: str
    scope: str
    since: date | None
    until: date | None
    document: str


def make_client(wanted: NewClient) -> list[Text]:
    """Make the folder and return what to tell.

    Raises:
        UsageError: the name cannot be a folder's, or the logo, a text, the days or the passphrase of the signing key
            cannot be used; nothing was made.
        OutputError: the folder is there already, or cannot be written.
    """
    _refuse_faults(wanted)
    if wanted.logo is not None:
        read_logo(wanted.logo)
    folder = wanted.root / wanted.name
    if is_link(folder) or folder.exists():
        raise _there_already(folder)
    passphrase = passphrase_for_new(folder / SIGNING_KEY)
    warned = make_private(folder)
    try:
        if wanted.logo is not None:
            shutil.copyfile(wanted.logo, folder / _logo_name(wanted.logo))
        (folder / FILE_NAME).write_text(_toml(wanted), encoding="utf-8", newline="\n")
        (folder / OUT).mkdir()
        # Nothing of a client belongs into anybody's repository.
        (folder / ".gitignore").write_text("*\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise _not_written(folder, error) from error
    open_masker(folder / MASK_KEY)
    client = load_client(folder)
    told = [
        Text(
            en=f"Made {visible(str(folder))}: {FILE_NAME} to fill in, {MASK_KEY} for pseudonyms, {OUT}/ for results.",
            ja=f"{visible(str(folder))} を作成しました({FILE_NAME}: 設定、{MASK_KEY}: 仮名化の鍵、{OUT}/: 結果)。",
        ),
        *filter(None, (warned, warning(client, clock.stamp(datetime.now(UTC))))),
        Text(
            en=f"Use it with: cloudaudit scan … --client {_argument(wanted.name)}",
            ja=f"スキャン時の指定: cloudaudit scan … --client {_argument(wanted.name)}",
        ),
    ]
    if passphrase:
        key_id = make_key(folder / SIGNING_KEY, wanted.name, passphrase)
        told.append(
            Text(
                en=f"Runs with --client are sealed with its own {SIGNING_KEY} ({key_id}); tell this fingerprint to those "
                "who verify.",
                ja=f"--client を指定した実行は専用の {SIGNING_KEY}({key_id})で封印します。"
                "検証する人にこのフィンガープリントを伝えてください。",
            )
        )
    else:
        command = f"cloudaudit keys new --out {_argument(str(folder / SIGNING_KEY))} --name {_argument(wanted.name)}"
        told.append(
            Text(
                en=f"A signing key of its own needs a passphrase of yours: {command}",
                ja=f"専用の署名鍵の作成(パスフレーズが必要): {command}",
            )
        )
    return told


def _there_already(folder: Path) -> OutputError:
    return OutputError(
        Text(
            en=f"The folder {visible(str(folder))} cannot be made (it is there already); choose another name, or another "
            "place with --root.",
            ja=f"フォルダー {visible(str(folder))} はすでに存在するため作成できません。別の名称にするか、"
            "--root で別の場所を指定してください。",
        )
    )


def _argument(text: str) -> str:
    """Return a word as a shell takes it; a client's name has no quotation mark."""
    return text if re.fullmatch(r"[\w./\\-]+", text) else f'"{visible(text)}"'


def _refuse_faults(wanted: NewClient) -> None:
    fault = folder_name_fault(wanted.name)
    if fault is not None:
        raise UsageError(
            Text(
                en=f"{visible(wanted.name)} cannot be a folder's name: {fault.en}; choose another, and give the name "
                "for reports with --title.",
                ja=f"{visible(wanted.name)} はフォルダー名に使用できません({fault.ja})。別の名称にし、"
                "レポート用の名称は --title で指定してください。",
            )
        )
    texts = (wanted.title, wanted.contact, wanted.authorised_by, wanted.scope, wanted.document)
    odd = next((text for text in texts if not text.isprintable()), None)
    if odd is not None:
        raise UsageError(
            Text(
                en=f"{visible(odd)} has control characters; type it anew.",
                ja=f"{visible(odd)} に制御文字が含まれています。入力し直してください。",
            )
        )
    if not wanted.authorised_by and (wanted.scope or wanted.since or wanted.until or wanted.document):
        raise UsageError(
            Text(
                en="An authorisation needs the one who gave it: add --authorised-by.",
                ja="承諾の記録には承諾者が必要です。--authorised-by を指定してください。",
            )
        )
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise UsageError(
            Text(
                en="--until is earlier than --from; correct the days.",
                ja="--until が --from より前の日付です。日付を見直してください。",
            )
        )


def _logo_name(logo: Path) -> str:
    return f"logo{logo.suffix.lower()}" if logo.suffix.lower() in {".png", ".jpg", ".jpeg"} else "logo"


def _toml(wanted: NewClient) -> str:
    """Return the file: what was said, and the rest as comments to fill in."""
    recorded = wanted.authorised_by != ""
    mark = "" if recorded else "# "

    def day(name: str, value: date | None, example: str) -> str:
        return f"{name} = {value}" if value else f"# {name} = {example}"

    lines = (
        "# Client of cloudaudit: `cloudaudit scan … --client` uses this folder.",
        "# 顧客フォルダーの設定です。スキャン時に --client で指定します。",
        "",
        "[client]",
        f"name = {_quoted(wanted.title)}",
        f"contact = {_quoted(wanted.contact)}" if wanted.contact else '# contact = "情報システム部 山田"',
        f"logo = {_quoted(_logo_name(wanted.logo))}" if wanted.logo else '# logo = "logo.png"',
        "",
        "# Who allowed what, from when to when; printed in every report. Days are days in Japan, the last one included.",
        "# 点検の承諾(承諾者・範囲・期間・文書)。すべてのレポートに記載されます。日付は日本時間で、until の当日を含みます。",
        f"{mark}[client.authorisation]",
        f"{mark}by = {_quoted(wanted.authorised_by or '代表取締役 佐藤 一郎')}",
        f"scope = {_quoted(wanted.scope)}" if wanted.scope else '# scope = "AWS アカウント 3 件"',
        day("from", wanted.since, "2026-11-01"),
        day("until", wanted.until, "2026-12-31"),
        f"document = {_quoted(wanted.document)}"
        if wanted.document
        else '# document = "業務委託契約書 第3条"',
        "",
        "# Past runs of this client.",
        "# この顧客の過去の結果。",
        "[history]",
        f'path = "{HISTORY}"',
        "",
    )
    return "\n".join(lines)


def _quoted(text: str) -> str:
    # A basic string of TOML is a string of JSON where no control character stands in it.
    return json.dumps(text, ensure_ascii=False)


# --------------------------------------------------------------------------------------------------------- the list


def listed_clients(root: Path) -> Iterator[Text]:
    """Yield a line for each client: its name, its authorisation, its newest result.

    Raises:
        UsageError: the folder cannot be read.
    """
    folders = [folder for folder in _folders(root) if (folder / FILE_NAME).is_file()]
    now = clock.stamp(datetime.now(UTC))
    for folder in folders:
        yield _line(folder, now)
        closed = open_to_others(folder)
        if closed is not None:
            yield closed
    if not folders:
        yield Text(
            en=f"There is no client in {root}; make one with `cloudaudit client new NAME`.",
            ja=f"{root} に顧客がありません。cloudaudit client new 名称 で作成してください。",
        )


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(path for path in root.iterdir() if path.is_dir()) if root.exists() else []
    except OSError as error:
        raise UsageError(
            Text(
                en=f"{root} cannot be read ({error.strerror}); check --root.",
                ja=f"{root} を読み込めません({error.strerror})。--root の指定を確認してください。",
            )
        ) from error


def _line(folder: Path, now: str) -> Text:
    try:
        client = load_client(folder)
    except CloudauditError as error:
        said = error.diagnostics()
        return Text(en=f"{folder.name}  {said.en}", ja=f"{folder.name}  {said.ja}")
    fault = warning(client, now)
    newest = max((path.parent.name for path in (folder / OUT).glob("*/*/snapshot.jsonl")), default="")
    latest = Text(en=newest or "no result yet", ja=newest or "結果なし")
    until = client.authorisation.until if client.authorisation else ""
    authorised = fault or Text(
        en=f"authorised until {until}" if until else "authorised",
        ja=f"承諾あり({until} まで)" if until else "承諾あり",
    )
    return Text(
        en=f"{folder.name}  {client.name}  {latest.en}  {authorised.en}",
        ja=f"{folder.name}  {client.name}  {latest.ja}  {authorised.ja}",
    )


# --------------------------------------------------------------------------------------------------------- hand-over


def export_client(
    name: str, root: Path, out: Path, key: str | None, timestamp_url: str | None, language: Language
) -> Path:
    """Seal a client's folder for hand-over, its secret keys left out, and return the bundle's path.

    Args:
        name: of the client.
        root: the folder that holds the clients.
        out: the folder for the bundle.
        key: that was named; None for the client's own, if it has one.
        timestamp_url: of the timestamp authority; None for none.
        language: of what is told.

    Raises:
        UsageError: there is no such client, the key cannot be used, or the bundle would lie in the folder itself.
        SealError: it cannot be sealed.
        OutputError: it cannot be written.
    """
    folder = plain_folder(name, root)
    if out.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            Text(
                en=f"{out} lies in {folder}, and the next bundle would hold this one; name a folder elsewhere with --out.",
                ja=f"{out} は {folder} の中にあり、次回の証跡に含まれてしまいます。--out で別の場所を指定してください。",
            )
        )
    own = folder / SIGNING_KEY
    bundle = exported(folder, out, key or (str(own) if own.is_file() else None), timestamp_url, language)
    with suppress(OSError):
        # It holds everything of the client; whom it is for is for its owner to say.
        bundle.chmod(stat.S_IREAD | stat.S_IWRITE)
    return bundle


# ------------------------------------------------------------------------------------------------------- forgetting


def plain_folder(name: str, root: Path) -> Path:
    """Return the folder of a client that lies in a root.

    Raises:
        UsageError: there is no such client, or a link stands in its place.
    """
    folder = root / name
    # Only a plain folder of this root: a link or a path could lead to what is not this client's.
    if folder_name_fault(name) or is_link(folder) or folder.resolve().parent != root.resolve():
        raise UsageError(
            Text(
                en=f"{visible(str(folder))} is no plain folder in {visible(str(root))}; give the client's name, and its "
                "place with --root.",
                ja=f"{visible(str(folder))} は {visible(str(root))} 直下のフォルダーではありません。"
                "顧客の名称を指定し、場所は --root で指定してください。",
            )
        )
    if not (folder / FILE_NAME).is_file():
        raise UsageError(
            Text(
                en=f"There is no client {visible(name)} in {root}; `cloudaudit client list` shows them.",
                ja=f"{root} に顧客 {visible(name)} がありません。cloudaudit client list で確認してください。",
            )
        )
    return folder


def contents_of(name: str, root: Path) -> tuple[Path, Text]:
    """Return a client's folder, and the question whether to remove it.

    Raises:
        UsageError: there is no such client, or a link stands in its place.
    """
    folder = plain_folder(name, root)
    files = [path for path in _walk(folder) if not is_link(path) and path.is_file()]
    size = sum(path.stat().st_size for path in files) // _KIB
    return folder, Text(
        en=f"Remove {folder} with {len(files)} files ({size:,} KiB) for good?",
        ja=f"{folder} の {len(files)} ファイル({size:,} KiB)を完全に消去しますか。",
    )


def forget_client(folder: Path) -> list[Text]:
    """Remove a client's folder, and return what was removed and what remains. Links are removed, never followed.

    Raises:
        OutputError: something in it cannot be removed; the rest is gone, and the same command goes on.
    """
    found = list(_walk(folder))
    elsewhere = [str(path.readlink()) for path in found if is_link(path)]
    shared = [
        path.name for path in found if not is_link(path) and path.is_file() and path.stat().st_nlink > 1
    ]
    try:
        for path in (folder, *found):
            _make_removable(path)
        # The file by which the folder is known to be a client's goes last, so that a second attempt finds it.
        for path in sorted(folder.iterdir(), key=lambda path: path.name == FILE_NAME):
            _remove(path)
        folder.rmdir()
    except OSError as error:
        raise OutputError(
            Text(
                en=f"{visible(str(error.filename or folder))} cannot be removed ({error.strerror}); close what uses it "
                "and run the same command again.",
                ja=f"{visible(str(error.filename or folder))} を消去できません({error.strerror})。"
                "使用中のプログラムを閉じてから、同じコマンドを再実行してください。",
            )
        ) from error
    told = [
        Text(
            en=f"Removed {folder}. What this cannot remove:",
            ja=f"{folder} を消去しました。次のものは残ります:",
        ),
        *_REMAINS,
    ]
    if elsewhere:
        listed = ", ".join(elsewhere)
        told.append(
            Text(
                en=f"- what links in the folder led to: {listed}",
                ja=f"- フォルダー内のリンクの参照先: {listed}",
            )
        )
    if shared:
        listed = ", ".join(sorted(shared))
        told.append(
            Text(
                en=f"- second names of files (hard links) outside the folder: {listed}",
                ja=f"- フォルダー外に別名(ハードリンク)があるファイル: {listed}",
            )
        )
    return told


_REMAINS = (
    Text(
        en="- reports and evidence that were handed over, sent or exported, with the client or anyone else",
        ja="- 顧客などに提出・送付・書き出し済みのレポートと証跡",
    ),
    Text(
        en="- what was written elsewhere: with --out, in cloudaudit-out/, in a CI's artefacts and logs",
        ja="- 別の場所への出力(--out で指定した場所、cloudaudit-out/、CI の成果物やログ)",
    ),
    Text(
        en="- backups, synchronised folders and snapshots of this disk; a deleted file can often be recovered from it",
        ja="- このディスクのバックアップ・同期フォルダー・スナップショット(消去したファイルは復元できる場合があります)",
    ),
    Text(
        en="- the role, the application and the consent in the client's cloud: have them removed there",
        ja="- 顧客のクラウドに作成したロール・アプリケーション・同意(顧客側で削除を依頼してください)",
    ),
    Text(
        en="- credentials for that cloud on this machine, and your own records of the engagement",
        ja="- 本機に保存した顧客クラウドの認証情報と、業務上の記録",
    ),
)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield everything in a folder, links and junctions themselves and never what they lead to."""
    for place, folders, files in os.walk(folder, followlinks=False):
        yield from [Path(place) / name for name in (*folders, *files)]
        folders[:] = [name for name in folders if not is_link(Path(place) / name)]


def _make_removable(path: Path) -> None:
    """Let go what is marked as read-only: of a folder on POSIX, of a file on Windows."""
    if is_link(path):
        return
    if path.is_dir():
        path.chmod(stat.S_IRWXU)
    elif os.name == "nt":
        path.chmod(stat.S_IREAD | stat.S_IWRITE)


def _remove(path: Path) -> None:
    if not is_link(path) and path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _not_written(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        Text(
            en=f"{folder} cannot be written ({error.strerror}); free space, remove it, and make it again.",
            ja=f"{folder} に書き込めません({error.strerror})。空き容量を確保し、フォルダーを削除して作成し直してください。",
        )
    )
