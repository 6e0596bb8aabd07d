"""Seal what scan and judge wrote: open the key before anything is started, write the bundle when all is there."""

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.cli.output import safe, write_whole
from cloudaudit.errors import OutputError, UsageError
from cloudaudit.evidence.settings import SealSettings, named_key
from cloudaudit.gates import Gates
from cloudaudit.policy import AuditPolicy
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import settled
from cloudaudit.text import Text

if TYPE_CHECKING:  # cryptography takes a tenth of a second; a run that is not sealed need not pay for it
    from collections.abc import Generator

    from cloudaudit.evidence.keyfile import KeyFile
    from cloudaudit.evidence.seal import Sealer
    from cloudaudit.evidence.signers import Signer
    from cloudaudit.evidence.statement import Original

PASSPHRASE = "CLOUDAUDIT_KEY_PASSPHRASE"  # noqa: S105 - a variable's name
_RESULT = "json"


@dataclass(frozen=True, kw_only=True)
class SealWishes:
    """What the user asked of sealing.

    Attributes:
        seal: None to seal where a key is configured.
        key: named with ``--key`` or ``CLOUDAUDIT_KEY``, a file or an address; None for that of the settings.
        chain: None for the folder in which the runs of the target lie.
        timestamp_url: None for that of the settings.
        settings: of the configuration.
    """

    seal: bool | None = None
    key: str | None = None
    chain: Path | None = None
    timestamp_url: str | None = None
    settings: SealSettings = field(default_factory=SealSettings)

    @property
    def effective(self) -> SealSettings:
        """The settings, with what was typed in their place."""
        typed = {"chain": self.chain, "timestamp_url": self.timestamp_url}
        given: dict[str, object] = {name: value for name, value in typed.items() if value is not None}
        if self.key is not None:
            given |= {"pkcs11": None, "aws_kms": None} | key_named(self.key)
        return self.settings.model_copy(update=given)

    @property
    def wanted(self) -> bool:
        """Whether this run is sealed: where it was asked for, or where there is a key."""
        return self.effective.has_key if self.seal is None else self.seal

    def opened(self) -> "Seal | None":
        """Open the key; None where nothing is to be sealed.

        Raises:
            UsageError: the key, the chain or a library cannot be used.
        """
        if not self.wanted:
            return None
        settings = self.effective
        refuse_missing_library()
        if settings.chain is not None and not settings.chain.is_dir():
            raise UsageError(
                Text(
                    en=f"There is no folder {settings.chain}; name the folder of the earlier bundles with --chain.",
                    ja=f"フォルダー {settings.chain} がありません。過去の証跡のフォルダーを --chain で指定してください。",
                )
            )
        if settings.timestamp_url is not None and not settings.timestamp_url.startswith(
            ("https://", "http://")
        ):
            raise UsageError(
                Text(
                    en=f"{settings.timestamp_url} is no address of a timestamp authority; "
                    "write it like https://tsa.example.com/tsr.",
                    ja=f"{settings.timestamp_url} は時刻認証局の URL ではありません。"
                    "https://tsa.example.com/tsr の形式で指定してください。",
                )
            )
        return Seal(open_sealer(settings), settings.chain)


def key_named(named: str) -> dict[str, object]:
    """Return the settings that a key stands for.

    Raises:
        UsageError: it is the address of a key and lacks a part.
    """
    try:
        return named_key(named)
    except ValueError as error:
        raise UsageError(
            Text(
                en=f"{named} is no address of a key; write it like {error}.",
                ja=f"{named} は鍵の指定として正しくありません。{error} の形式で指定してください。",
            )
        ) from error


def refuse_missing_library() -> None:
    """Say what to install where evidence cannot be sealed or verified here.

    Raises:
        UsageError: a library is missing.
    """
    from importlib.util import find_spec

    missing = [
        name for name in ("cryptography", "rfc3161_client", "pyhanko", "requests") if not find_spec(name)
    ]
    if missing:
        raise UsageError(
            Text(
                en=f"Evidence needs {', '.join(missing)}; run: pip install 'cloudaudit[sign]'",
                ja=f"証跡の封印・検証には追加のライブラリが必要です({'、'.join(missing)})。"
                "pip install 'cloudaudit[sign]' を実行してください。",
            )
        )


def passphrase_for(place: object) -> str:
    """Return the passphrase of a key: from the environment, else from a person at the terminal.

    Raises:
        UsageError: there is neither.
    """
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(
            Text(
                en=f"The key {place} is encrypted; set {PASSPHRASE}, or run in a terminal to be asked.",
                ja=f"鍵 {place} は暗号化されています。環境変数 {PASSPHRASE} を設定するか、端末から実行してください。",
            )
        )
    typed: str = click.prompt(f"Passphrase / パスフレーズ ({place})", hide_input=True, err=True)
    return typed


def open_sealer(settings: SealSettings) -> "Sealer":
    """Return what seals: the key in a token or in KMS where one is named, else the file's; unsigned without any.

    Raises:
        UsageError: a key cannot be used.
    """
    from cloudaudit.evidence.pdf import PdfSigner
    from cloudaudit.evidence.seal import Sealer
    from cloudaudit.evidence.timestamp import authority

    file = _key_file(settings)
    signer = _signer(settings, file)
    stamp = None
    if settings.timestamp_url is not None:
        if signer is None:
            raise UsageError(
                Text(
                    en="A timestamp is made over a signature, and there is no key; name one with --key or CLOUDAUDIT_KEY.",
                    ja="タイムスタンプは電子署名に対して付与しますが、鍵が指定されていません。"
                    "--key または CLOUDAUDIT_KEY で指定してください。",
                )
            )
        stamp = authority(settings.timestamp_url, settings.timestamp_timeout_seconds)
    return Sealer(
        signer=signer,
        pdf=PdfSigner(file, stamp) if file is not None else None,
        timestamp=stamp,
        authority=settings.timestamp_url or "",
        keep_years=settings.keep_years,
    )


def _key_file(settings: SealSettings) -> "KeyFile | None":
    from cloudaudit.evidence.keyfile import open_key

    if settings.key is None:
        return None
    return open_key(settings.key, passphrase_for(settings.key).encode())


def _signer(settings: SealSettings, file: "KeyFile | None") -> "Signer | None":
    if settings.pkcs11 is not None:
        from cloudaudit.evidence.pkcs11 import open_token

        return open_token(settings.pkcs11, passphrase_for(settings.pkcs11.label))
    if settings.aws_kms is not None:
        from cloudaudit.evidence.kms import open_kms

        return open_kms(settings.aws_kms)
    return file


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A run that was judged, and what was written of it.

    Attributes:
        assessment: with the names.
        shown: as the reports show it: the same, or masked.
        folder: of the run; ``place`` is that of the reports.
        written: the reports.
        inputs: files that judging read besides the snapshot and the policy, by what they are.
    """

    assessment: Assessment
    shown: Assessment
    snapshot: Path
    folder: Path
    place: Path
    written: tuple[Path, ...]
    policy: AuditPolicy
    gates: Gates
    as_of: str
    inputs: Mapping[str, Path]


@dataclass(frozen=True)
class Seal:
    """What seals the runs of this process; ``chain`` is the folder of the earlier bundles, None for the default."""

    sealer: "Sealer"
    chain: Path | None

    @property
    def key_id(self) -> str:
        """The id of the key; empty where bundles are not signed."""
        return self.sealer.key_id

    def write(self, judged: Judged) -> list[Path]:
        """Sign the PDFs, write the bundle, and return its path; of a masked run also the bundle with the names.

        Raises:
            SealError: it cannot be signed, stamped or put behind the night before.
            OutputError: a file cannot be written.
        """
        self._sign_pdfs(judged.written)
        if not judged.shown.masked:
            reports = {path.name: path for path in judged.written}
            return [self._bundle(judged, judged.assessment, judged.folder, reports)]
        with _temporary() as work:
            result = work / "result.json"
            write_whole(result, partial(_render_result, judged.assessment))
            whole = self._bundle(judged, judged.assessment, judged.folder, {"result.json": result})
            original = _original(whole, judged.snapshot, result)
        reports = {path.name: path for path in judged.written}
        return [whole, self._bundle(judged, judged.shown, judged.place, reports, original)]

    def _sign_pdfs(self, written: Iterable[Path]) -> None:
        from cloudaudit.evidence.seal import pdfs

        if self.sealer.pdf is None:
            return
        for path in pdfs(written):
            content = self.sealer.pdf.signed(path)
            write_whole(path, partial(_put, content))

    def _bundle(
        self,
        judged: Judged,
        assessment: Assessment,
        folder: Path,
        reports: dict[str, Path],
        original: "Original | None" = None,
    ) -> Path:
        from cloudaudit.evidence.seal import Sealing, seal

        sealing = Sealing(
            assessment=assessment,
            snapshot=judged.snapshot,
            reports=reports,
            policy=judged.policy,
            gates=judged.gates,
            as_of=judged.as_of,
            # They hold names, and a masked result is not judged again.
            inputs={} if assessment.masked else judged.inputs,
            sealed_at=_now(),
            earlier=self._earlier(judged.folder),
            original=original,
        )
        bundle = folder / bundle_name(assessment.target.name, assessment.taken_at)
        with _temporary() as work:
            write_whole(bundle, lambda out: seal(out, work, sealing, self.sealer))
        return bundle

    def _earlier(self, folder: Path) -> tuple[Path, ...]:
        """Return the bundles behind which this one may stand."""
        from cloudaudit.evidence.chain import PATTERN

        if self.chain is not None:
            return tuple(sorted(self.chain.rglob(PATTERN)))
        return tuple(sorted(folder.resolve().parent.glob(f"*/{PATTERN}")))


def _now() -> datetime:
    return datetime.now(UTC)


def bundle_name(target: str, moment: str) -> str:
    """Return the name of a bundle: ``evidence-<target>-<time>.zip``."""
    return f"evidence-{safe(target)}-{moment.replace('-', '').replace(':', '')}.zip"


def _original(whole: Path, snapshot: Path, result: Path) -> "Original":
    from cloudaudit.evidence.container import digest_of
    from cloudaudit.evidence.statement import Original

    return Original(bundle=digest_of(whole), snapshot=digest_of(snapshot), result=digest_of(result))


def _render_result(assessment: Assessment, out: BinaryIO) -> None:
    discovery.report(_RESULT).render(settled(assessment), ReportOptions(), out)


def _put(content: bytes, out: BinaryIO) -> None:
    out.write(content)


@contextmanager
def _temporary() -> "Generator[Path]":
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    except OSError as error:
        raise OutputError(
            Text(
                en=f"The evidence cannot be written ({error.strerror}); free space, or name another temporary folder "
                "with the environment variable TMPDIR.",
                ja=f"証跡を書き込めません({error.strerror})。空き容量を確保するか、環境変数 TMPDIR で別の一時フォルダーを"
                "指定してください。",
            )
        ) from error


def with_result(reports: tuple[str, ...], *, sealed: bool) -> tuple[str, ...]:
    """Return the reports to write: evidence is never without the result itself."""
    return (*reports, _RESULT) if sealed and _RESULT not in reports else reports


def signed(assessment: Assessment, seal: Seal | None) -> Assessment:
    """Return an assessment whose reports say with which key they are sealed, or that they are not."""
    return replace(assessment, signed_with=seal.key_id if seal else "")
