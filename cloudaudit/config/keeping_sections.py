"""``[history]``, ``[ledger]`` and ``[seal]``: what is kept of a run, compared with, and proven."""

from typing import Annotated

from cloudaudit.config.fields import JUDGING, FilePath, Section, Setting


class History(Section):
    """``[history]``."""

    path: Annotated[
        FilePath | None, Setting("database of past runs", "過去の結果のデータベース", "history.sqlite")
    ] = None


class Ledger(Section):
    """``[ledger]``: the company's register of personal data (個人情報管理台帳)."""

    file: Annotated[
        FilePath | None, Setting("CSV or XLSX file", "個人情報管理台帳(CSV・XLSX)", "ledger.xlsx")
    ] = None
    columns: Annotated[
        dict[str, str] | None,
        Setting("which column says what", "列の対応付け", {"store": "保管場所", "name": "台帳番号"}),
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
