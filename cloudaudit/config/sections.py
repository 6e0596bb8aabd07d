"""The one list of sections. Who owns one writes its model in a module of its own and adds a line here."""

from typing import Annotated

from cloudaudit.client_file import ClientSection
from cloudaudit.config.fields import JUDGING, FilePath, Place, Section, Setting
from cloudaudit.config.gates_section import GatesSection
from cloudaudit.config.keeping_sections import History, Ledger, Seal
from cloudaudit.config.notify_section import Notify
from cloudaudit.config.reports_section import Log, Reports
from cloudaudit.config.scan_sections import Scan, ScanAws, ScanGcs, ScanM365
from cloudaudit.fleet.targets import Target
from cloudaudit.inventory.settings import EngineSettings
from cloudaudit.policy import AuditPolicy
from cloudaudit.text import Text


class Objects(Section):
    """``[objects]``: the set-up of engines for inventories; a file given with ``--objects-settings`` comes first."""

    engine: EngineSettings | None = None


class Config(Section):
    """The whole file.

    Attributes:
        objects: the table ``[objects.engine]``, as in docs/objects.md.
        policy: the audit policy; a file given with ``--policy`` takes the place of the whole section.
        target: ``[[target]]``, which ``cloudaudit fleet`` scans.
        client: ``[client]``, in the file of a client's folder.
    """

    waivers: Annotated[
        FilePath | None,
        Setting(
            "accepted failures",
            "受容した不適合のファイル",
            "waivers.toml",
            "waivers",
            (*JUDGING, "waivers lint"),
        ),
    ] = None
    checks_dir: Annotated[
        FilePath | None,
        Setting(
            "also run the checks in this folder: code that you trust",
            "フォルダー内の独自チェックも実行",
            "own-checks",
            "checks_dir",
            (*JUDGING, "checks", "checks list", "checks show", "waivers lint"),
        ),
    ] = None
    policy: AuditPolicy | None = None
    gates: GatesSection = GatesSection()
    reports: Reports = Reports()
    log: Log = Log()
    notify: Notify = Notify()
    scan: Scan = Scan()
    objects: Objects = Objects()
    seal: Seal = Seal()
    history: History = History()
    ledger: Ledger = Ledger()
    target: tuple[Target, ...] = ()
    client: ClientSection | None = None


PLACES = (
    Place("gates", GatesSection, Text(en="When a run is not good enough", ja="合否の基準(終了コード)")),
    Place("reports", Reports, Text(en="What is written", ja="出力するレポート")),
    Place("log", Log, Text(en="What is told on standard error", ja="標準エラー出力")),
    Place("notify", Notify, Text(en="Who is told of a change", ja="変化の通知")),
    Place("scan.aws", ScanAws, Text(en="Amazon Web Services", ja="Amazon Web Services")),
    Place("scan.gcs", ScanGcs, Text(en="Google Cloud and Workspace", ja="Google Cloud・Workspace")),
    Place("scan.m365", ScanM365, Text(en="Microsoft 365", ja="Microsoft 365")),
    Place("seal", Seal, Text(en="Evidence that can be verified", ja="検証可能な証跡")),
    Place("history", History, Text(en="Past runs", ja="過去の結果")),
    Place(
        "ledger", Ledger, Text(en="The company's register of personal data", ja="個人情報管理台帳との突合")
    ),
)
"""The sections with settings of their own, in the order of ``cloudaudit init``."""
