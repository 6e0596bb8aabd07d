"""``[history]``, ``[ledger]`` and ``[seal]``: what is kept of a run, compared with, and proven."""

from typing import Annotated, Literal

from cloudaudit.config.fields import JUDGING, WRITING, FilePath, Section, Setting

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
        FilePath | None,
        Setting("file with the signing key", "署名鍵のファイル", "seal.key", "key", JUDGING),
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
