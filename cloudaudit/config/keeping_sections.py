"""``[history]``, ``[ledger]`` and ``[seal]``: what is kept of a run, compared with, and proven."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from cloudaudit.config.fields import JUDGING, WRITING, FilePath, Section, Setting, from_here
from cloudaudit.evidence.limits import KMS_ADDRESS, LONGEST_WAIT, MOST_YEARS, TOKEN_ADDRESS

LedgerColumn = Literal["name", "location", "owner", "contractor"]


class History(Section):
    """``[history]``."""

    path: Annotated[
        FilePath | None,
        Setting(
            "file with the history of runs",
            "実行履歴ファイル",
            "history.sqlite",
            option="history",
            commands=(*WRITING, "trend", "diff"),
        ),
    ] = None


class Ledger(Section):
    """``[ledger]``: the company's register of personal data (個人情報管理台帳)."""

    file: Annotated[
        FilePath | None,
        Setting(
            "CSV or XLSX file",
            "個人情報管理台帳(CSV・XLSX)",
            "ledger.xlsx",
            option="ledger",
            commands=WRITING,
        ),
    ] = None
    columns: Annotated[
        dict[LedgerColumn, str] | None,
        Setting(
            "how its columns are headed: name, location, owner, contractor",
            "列見出しの対応(name、location、owner、contractor)",
            {"name": "業務名", "location": "格納先"},
            option="ledger_columns",
            commands=WRITING,
        ),
    ] = None


def _key_from_here(named: str, info: ValidationInfo) -> str:
    return named if named.startswith((TOKEN_ADDRESS, KMS_ADDRESS)) else str(from_here(Path(named), info))


class Seal(Section):
    """``[seal]``."""

    enabled: Annotated[
        bool | None,
        Setting(
            "write sealed evidence of each run",
            "実行ごとに封印した証跡を出力",
            example=True,
            option="seal",
            commands=JUDGING,
        ),
    ] = None
    key: Annotated[
        Annotated[str, AfterValidator(_key_from_here)] | None,
        Setting(
            "signing key: a file, pkcs11:... or awskms:///...",
            "署名鍵(ファイル、pkcs11:...、awskms:///...)",
            "seal.key",
            "key",
            JUDGING,
        ),
    ] = None
    pdf_key: Annotated[
        FilePath | None,
        Setting(
            "file with the key that signs PDFs, where the other is in a token or in KMS",
            "PDF に署名する鍵ファイル(署名鍵がトークンや KMS の場合)",
            "pdf.key",
            "pdf_key",
            JUDGING,
        ),
    ] = None
    chain: Annotated[
        FilePath | None,
        Setting("folder with earlier bundles", "過去の証跡のフォルダー", "evidence", "chain", JUDGING),
    ] = None
    timestamp_url: Annotated[
        str | None,
        Setting(
            "address of a timestamp authority (RFC 3161)",
            "時刻認証局(RFC 3161)の URL",
            "https://tsa.example.com",
            "timestamp_url",
            JUDGING,
        ),
    ] = None
    timestamp_timeout_seconds: Annotated[
        Annotated[float, Field(gt=0, le=LONGEST_WAIT)] | None,
        Setting(
            "seconds to wait for the authority",
            "時刻認証局の応答を待つ秒数",
            20,
            "timestamp_timeout",
            JUDGING,
        ),
    ] = None
    keep_years: Annotated[
        Annotated[int, Field(ge=1, le=MOST_YEARS)] | None,
        Setting("years to keep the evidence", "証跡の保管年数", 3, "keep_years", JUDGING),
    ] = None
