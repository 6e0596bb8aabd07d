"""The least-privilege custom role that an audit needs, rendered from the list of operations. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Literal, assert_never, get_args

from cloudaudit.providers.gcs.operations import CLOUD_SCOPE, PAYING, Operation
from cloudaudit.text import Text

Format = Literal["yaml", "terraform"]
FORMATS: tuple[Format, ...] = get_args(Format)
Level = Literal["organization", "project"]
LEVELS: tuple[Level, ...] = get_args(Level)

ROLE_ID = "cloudaudit"
TITLE = "cloudaudit (read only)"
DESCRIPTION = "Read-only access for cloudaudit: settings only, never the contents of objects"

REPORTS_ROLE_ID = "cloudauditReports"
REPORTS_TITLE = "cloudaudit (inventory reports)"
REPORTS_DESCRIPTION = "Files of Storage Insights inventory reports; grant it under the condition alone"

_READ = re.compile(r"[a-z]+\.[A-Za-z.]+\.(get[A-Z]\w*|get|list\w*|search\w*)")
# It opens nothing by itself: it lets a project be named as the one that is charged for a request.
_ALSO = frozenset({PAYING})
# These have a reading verb, yet open contents or hand out secrets.
_NOT_A_READ = re.compile(
    r"storage\.objects\.get|secretmanager\..*|iam\.serviceAccounts\.get(AccessToken|OpenIdToken)"
)

ABOVE_PROJECTS = re.compile(
    r"accesscontextmanager\..*|resourcemanager\.(folders|organizations)\..*|resourcemanager\.projects\.list"
)
"""What a custom role of a project cannot hold, for it lies above; https://cloud.google.com/iam/docs/creating-custom-roles."""

_HEADER = Text(
    en="Read-only role for cloudaudit: settings only, never the contents of objects.",
    ja="cloudaudit 用の読み取り専用ロールです。設定情報のみを参照し、オブジェクトの内容は読み取りません。",
)
_LEFT_OUT = Text(
    en="Left out, since only a role of the organisation can hold them; what they tell is NOT ASSESSED without:",
    ja="次の権限は組織レベルのロールにのみ付与できるため、含まれていません(該当項目は判定不能となります):",
)
_OBJECTS = Text(
    en="Of these only looking at objects (--objects) needs the following. storage.objects.list lists names and keys, "
    "storage.objects.getIamPolicy adds ACLs; neither opens contents:",
    ja="このうち次の権限は、オブジェクト単位の確認(--objects)にのみ必要です。storage.objects.list は名前と暗号鍵、"
    "storage.objects.getIamPolicy は ACL を参照するもので、内容は読み取れません:",
)
_REPORTS = Text(
    en="Only where inventory reports are to be read (--objects inventory): a second role. storage.objects.get opens "
    "contents, so grant it on the bucket that receives the reports, under this condition and no other way:",
    ja="インベントリレポートを読み取る場合(--objects inventory)のみ、次のロールを別途作成します。storage.objects.get は"
    "内容を読み取れる権限のため、レポートの出力先バケットに限り、必ず次の条件付きで付与してください:",
)
SOMEWHERE = "gs://REPORT_BUCKET/REPORT_PATH"
"""Stands for where reports go, where that was not said."""

_PLACE = re.compile(r"gs://(?P<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])/(?P<path>[^\"\\\x00-\x1f]+)")

_WORKSPACE = Text(
    en="Workspace users are read with OAuth scopes, not with this role. In the Admin console, under Security > Access and "
    "data control > API controls > Domain-wide delegation, enter the client id of the service account with:",
    ja="Workspace のユーザー情報は、このロールではなく OAuth スコープで読み取ります。管理コンソールの「セキュリティ > "
    "アクセスとデータ管理 > API の制御 > ドメイン全体の委任」で、サービスアカウントのクライアント ID に"
    "次のスコープを許可してください:",
)
_ADMIN = Text(
    en="Then pass --workspace-admin with an administrator who may read users (an own role with Users > Read suffices).",
    ja="続いて、ユーザーの読み取り権限を持つ管理者(カスタムロール「ユーザー > 読み取り」で可)を "
    "--workspace-admin に指定してください。",
)


def permissions_for(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return the IAM permissions that the operations need, each once, sorted; those for files of reports stand apart.

    Raises:
        ValueError: one is not a read of settings; no such thing may reach the role.
    """
    wanted = (operation for operation in operations if operation.part != "reports")
    found = sorted({permission for operation in wanted for permission in operation.permissions} | _ALSO)
    for permission in found:
        reads = permission in _ALSO or _READ.fullmatch(permission) is not None
        if not reads or _NOT_A_READ.fullmatch(permission):
            message = f"{permission} is not a read of settings"
            raise ValueError(message)
    return tuple(found)


def scopes_for(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return the Workspace scopes that the operations need, each once, sorted."""
    return tuple(sorted({operation.scope for operation in operations} - {CLOUD_SCOPE}))


def condition_of(place: str) -> str | None:
    """Return the IAM condition that holds for the files below ``gs://bucket/path``; None for what is no such place.

    A bucket alone is none: every object of it would be below it.
    https://cloud.google.com/iam/docs/conditions-attribute-reference
    """
    match = (
        _PLACE.fullmatch(place)
        if place != SOMEWHERE
        else re.fullmatch("gs://(?P<bucket>[^/]+)/(?P<path>.+)", place)
    )
    path = match["path"].strip("/") if match is not None else ""
    if match is None or not path:
        return None
    return f'resource.name.startsWith("projects/_/buckets/{match["bucket"]}/objects/{path}/")'


def parts_of(operations: Iterable[Operation], objects: str) -> tuple[Operation, ...]:
    """Return the operations of a scan with this ``--objects``: ``off``, ``auto``, ``inventory`` or ``list``."""
    parts = {"settings"}
    if objects in {"auto", "list"}:
        parts.add("objects")
    if objects in {"auto", "inventory"}:
        parts.add("reports")
    return tuple(operation for operation in operations if operation.part in parts)


def settings_of(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations of a scan that does not look at objects."""
    return tuple(operation for operation in operations if operation.part == "settings")


def render(
    operations: Sequence[Operation],
    format: Format,  # noqa: A002 - the word users type
    level: Level,
    places: Sequence[str] = (),
) -> str:
    """Return the role that an audit needs, ready to be used, and below it how Workspace is granted.

    ``yaml`` is what ``gcloud iam roles create --file`` takes, ``terraform`` a module that also grants the role. Where the
    operations hold those about objects, what these need is explained, and files of reports, which are below ``places``
    (each ``gs://bucket/path``), get a role of their own.

    Raises:
        ValueError: a permission is not a read, or a place is none.
    """
    needed = permissions_for(operations)
    for_objects = [each for each in needed if each not in permissions_for(settings_of(operations))]
    held = [each for each in needed if level == "organization" or not ABOVE_PROJECTS.fullmatch(each)]
    left_out = [each for each in needed if each not in held]
    notes = [_HEADER.en, _HEADER.ja]
    if left_out:
        notes += ["", _LEFT_OUT.en, _LEFT_OUT.ja, *(f"  {each}" for each in left_out)]
    if for_objects:
        notes += ["", _OBJECTS.en, _OBJECTS.ja, *(f"  {each}" for each in for_objects)]
    scopes = [f"  {scope}" for scope in scopes_for(operations)]
    workspace = [] if not scopes else ["", _WORKSPACE.en, _WORKSPACE.ja, *scopes, _ADMIN.en, _ADMIN.ja]
    comment = _commented((*notes, *workspace))
    reports = sorted({each for one in operations if one.part == "reports" for each in one.permissions})
    match format:
        case "yaml":
            return comment + _yaml(held) + (_reports_yaml(reports, places) if reports else "")
        case "terraform":
            return comment + "\n" + _terraform(held, level) + (_reports_terraform(reports) if reports else "")
        case _:
            assert_never(format)


def _yaml(held: Sequence[str]) -> str:
    # Strings are written as JSON, which YAML contains, so none can be taken for another type.
    lines = [f"title: {json.dumps(TITLE)}", f"description: {json.dumps(DESCRIPTION)}", "stage: GA"]
    lines += ["includedPermissions:", *(f"- {json.dumps(each)}" for each in held)]
    return "\n".join(lines) + "\n"


def _commented(lines: Iterable[str]) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _reports_yaml(held: Sequence[str], places: Sequence[str]) -> str:
    """Return the second role as a comment: a file for gcloud holds one role."""
    role = [
        f"title: {json.dumps(REPORTS_TITLE)}",
        f"description: {json.dumps(REPORTS_DESCRIPTION)}",
        "stage: GA",
    ]
    role += ["includedPermissions:", *(f"- {json.dumps(each)}" for each in held)]
    conditions = [condition_of(place) for place in places or (SOMEWHERE,)]
    if None in conditions:
        message = f"{places} are not all places of reports"
        raise ValueError(message)
    return "\n" + _commented([_REPORTS.en, _REPORTS.ja, *(f"  {each}" for each in conditions), "", *role])


def _reports_terraform(held: Sequence[str]) -> str:
    listed = ", ".join(json.dumps(each) for each in held)
    return f"""
{_commented([_REPORTS.en, _REPORTS.ja])}variable "report_project" {{
  description = "Project of the bucket that receives the reports"
  type        = string
}}

variable "report_bucket" {{
  description = "Bucket that receives the reports"
  type        = string
}}

variable "report_path" {{
  description = "Folder of the reports in that bucket, with a slash at its end"
  type        = string
}}

resource "google_project_iam_custom_role" "cloudaudit_reports" {{
  project     = var.report_project
  role_id     = "{REPORTS_ROLE_ID}"
  title       = {json.dumps(REPORTS_TITLE)}
  description = {json.dumps(REPORTS_DESCRIPTION)}
  permissions = [{listed}]
}}

resource "google_storage_bucket_iam_member" "cloudaudit_reports" {{
  bucket = var.report_bucket
  role   = google_project_iam_custom_role.cloudaudit_reports.name
  member = var.member

  condition {{
    title      = "inventory reports only"
    expression = "resource.name.startsWith(\\"projects/_/buckets/${{var.report_bucket}}/objects/${{var.report_path}}\\")"
  }}
}}
"""


def _terraform(held: Sequence[str], level: Level) -> str:
    where, variable = ("organization", "org_id") if level == "organization" else ("project", "project")
    listed = "\n".join(f"    {json.dumps(each)}," for each in held)
    kind = f"google_{where}_iam_custom_role"
    wide = max(len("member"), len(variable))
    return f"""variable "{variable}" {{
  description = "{_WHERE[level]}"
  type        = string
}}

variable "member" {{
  description = "Who runs cloudaudit, e.g. serviceAccount:cloudaudit@example.iam.gserviceaccount.com"
  type        = string
}}

resource "{kind}" "cloudaudit" {{
  {variable:<11} = var.{variable}
  role_id     = "{ROLE_ID}"
  title       = {json.dumps(TITLE)}
  description = {json.dumps(DESCRIPTION)}
  permissions = [
{listed}
  ]
}}

resource "google_{where}_iam_member" "cloudaudit" {{
  {variable} = var.{variable}
  {"role":<{wide}} = {kind}.cloudaudit.name
  {"member":<{wide}} = var.member
}}
"""


_WHERE: dict[Level, str] = {
    "organization": "Number of the organisation whose projects are audited",
    "project": "Id of the project that is audited",
}
