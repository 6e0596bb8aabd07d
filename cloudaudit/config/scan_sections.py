"""``[scan.aws]``, ``[scan.gcs]`` and ``[scan.m365]``: what the scan of one provider is told, without any secret."""

from typing import Annotated, Literal

from pydantic import Field

from cloudaudit.config.fields import FilePath, Section, Setting
from cloudaudit.model import Theme

Names = tuple[str, ...]

Themes = Annotated[
    tuple[Theme, ...] | None,
    Setting("only checks of these themes", "対象テーマ", ["sharing", "mfa"], "themes"),
]
AwsChecks = Annotated[
    Names | None,
    Setting("only these checks", "対象チェック", ["aws-s3-bucket-public-access"], "checks"),
]
GcsChecks = Annotated[
    Names | None,
    Setting("only these checks", "対象チェック", ["gcs-bucket-public-access"], "checks"),
]
M365Checks = Annotated[
    Names | None,
    Setting("only these checks", "対象チェック", ["m365-drive-anonymous-link"], "checks"),
]
Rate = Annotated[
    float | None,
    Field(gt=0),
    Setting("requests a second at most", "1 秒あたりの最大リクエスト数", 20, "max_rps"),
]
Concurrency = Annotated[
    int | None,
    Field(ge=1, le=512),
    Setting("requests in flight at most", "同時リクエスト数の上限", 16, "concurrency"),
]
Regions = Annotated[
    Names | None,
    Setting("only these regions", "対象リージョン", ["ap-northeast-1"], "regions"),
]
Buckets = Annotated[Names | None, Setting("only these buckets", "対象バケット", ["invoices"], "buckets")]


ObjectsHow = Annotated[
    Literal["off", "auto", "inventory", "list", "estimate"] | None,
    Setting("look at the objects too", "オブジェクト単位の確認方法", "auto", "objects"),
]
ObjectsLimit = Annotated[
    int | None,
    Field(ge=0),
    Setting("look at all objects of a bucket with so many", "全件確認の上限", 1_000, "objects_limit"),
]
ObjectsSample = Annotated[
    int | None,
    Field(ge=1),
    Setting("objects drawn from a larger bucket", "無作為に抽出するオブジェクト数", 300, "objects_sample"),
]
ObjectsBudget = Annotated[
    int | None,
    Field(ge=1),
    Setting(
        "requests about objects at most", "オブジェクト確認のリクエスト数の上限", 100_000, "objects_budget"
    ),
]
ObjectsSettings = Annotated[
    FilePath | None,
    Setting("file with [objects.engine]", "エンジンの設定ファイル", "engine.toml", "objects_settings"),
]


class ScanAws(Section):
    """``[scan.aws]``."""

    profile: Annotated[
        str | None,
        Setting("profile of the AWS configuration", "AWS 設定のプロファイル名", "audit", "profile"),
    ] = None
    role_arn: Annotated[
        str | None,
        Setting(
            "role to assume",
            "引き受けるロールの ARN",
            "arn:aws:iam::111122223333:role/cloudaudit",
            "role_arn",
        ),
    ] = None
    external_id: Annotated[
        str | None, Setting("external id for that role", "ロールの外部 ID", "example", "external_id")
    ] = None
    regions: Regions = None
    buckets: Buckets = None
    objects: ObjectsHow = None
    objects_limit: ObjectsLimit = None
    objects_sample: ObjectsSample = None
    objects_budget: ObjectsBudget = None
    objects_engine: Annotated[
        Literal["local", "spark", "athena"] | None,
        Setting("what evaluates inventories", "インベントリを集計するエンジン", "local", "objects_engine"),
    ] = None
    objects_settings: ObjectsSettings = None
    themes: Themes = None
    checks: AwsChecks = None
    max_rps: Rate = None
    concurrency: Concurrency = None


class ScanGcs(Section):
    """``[scan.gcs]``."""

    projects: Annotated[
        Names | None, Setting("projects to scan", "対象プロジェクト", ["my-project"], "projects")
    ] = None
    organization: Annotated[
        str | None,
        Setting("all projects of this organisation", "組織の番号", "123456789012", "organization"),
    ] = None
    folder: Annotated[
        str | None,
        Setting("all projects below this folder", "フォルダの番号", "123456789012", "folder"),
    ] = None
    workspace_customer: Annotated[
        str | None,
        Setting("Workspace customer whose users are read", "Workspace の顧客 ID", "C0123abcd", "customer"),
    ] = None
    workspace_admin: Annotated[
        str | None,
        Setting(
            "administrator on whose behalf users are read",
            "代行する管理者",
            "admin@example.com",
            "workspace_admin",
        ),
    ] = None
    credentials: Annotated[
        FilePath | None,
        Setting("file of a workload identity", "認証情報ファイル", "gcp-identity.json", "credentials"),
    ] = None
    impersonate: Annotated[
        str | None,
        Setting(
            "service account to act as",
            "権限を借用するサービスアカウント",
            "audit@my-project.iam.gserviceaccount.com",
            "impersonate",
        ),
    ] = None
    endpoint: Annotated[
        str | None,
        Setting(
            "where to ask instead of Google",
            "Google の代わりの接続先",
            "http://localhost:4443",
            "endpoint",
        ),
    ] = None
    bulk: Annotated[
        bool | None,
        Setting(
            "ask Cloud Asset Inventory first",
            "Cloud Asset Inventory から一括で読み取る",
            example=True,
            option="bulk",
        ),
    ] = None
    regions: Regions = None
    buckets: Buckets = None
    objects: ObjectsHow = None
    objects_limit: ObjectsLimit = None
    objects_sample: ObjectsSample = None
    objects_budget: ObjectsBudget = None
    objects_engine: Annotated[
        Literal["local", "spark", "bigquery"] | None,
        Setting("what evaluates inventories", "インベントリを集計するエンジン", "local", "objects_engine"),
    ] = None
    objects_settings: ObjectsSettings = None
    themes: Themes = None
    checks: GcsChecks = None
    max_rps: Rate = None
    concurrency: Concurrency = None


class ScanM365(Section):
    """``[scan.m365]``."""

    tenant: Annotated[
        str | None,
        Setting(
            "tenant id, or one of its domains",
            "テナント ID またはドメイン",
            "contoso.onmicrosoft.com",
            "tenant",
        ),
    ] = None
    client_id: Annotated[
        str | None,
        Setting(
            "application that reads",
            "読み取りに使うアプリケーションの ID",
            "00000000-0000-0000-0000-000000000000",
            "client_id",
        ),
    ] = None
    certificate: Annotated[
        FilePath | None,
        Setting("certificate with private key", "秘密鍵付き証明書のファイル", "cert.pem", "certificate"),
    ] = None
    device_code: Annotated[
        bool | None,
        Setting(
            "sign in as a person",
            "ユーザーとしてサインイン",
            example=True,
            option="device_code",
        ),
    ] = None
    cloud: Annotated[
        Literal["global", "usgov", "usgovdod", "china"] | None,
        Setting("national cloud", "ナショナルクラウド", "global", "cloud"),
    ] = None
    endpoint: Annotated[
        str | None,
        Setting(
            "stand-in for Graph on this machine",
            "Graph の代替サーバー",
            "http://localhost:4444",
            "endpoint",
        ),
    ] = None
    previous: Annotated[
        FilePath | None,
        Setting(
            "snapshot to go on from",
            "差分の起点とするスナップショット",
            "last/snapshot.jsonl",
            "previous",
        ),
    ] = None
    full_pass: Annotated[
        bool | None,
        Setting("go over every item", "全アイテムを確認", example=True, option="full_pass"),
    ] = None
    sharing_changes: Annotated[
        bool | None,
        Setting(
            "let Graph tell every change of sharing",
            "共有の変更をすべて Graph から取得",
            example=True,
            option="sharing_changes",
        ),
    ] = None
    themes: Themes = None
    checks: M365Checks = None
    max_rps: Rate = None
    concurrency: Concurrency = None


class Scan(Section):
    """``[scan]``: holds one section a provider."""

    aws: ScanAws = ScanAws()
    gcs: ScanGcs = ScanGcs()
    m365: ScanM365 = ScanM365()
