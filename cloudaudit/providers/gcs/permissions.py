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
    """Return the IAM permissions that the operations need, each once, sorted.

    Raises:
        ValueError: one is not a read of settings; no such thing may reach the role.
    """
    found = sorted({permission for operation in operations for permission in operation.permissions} | _ALSO)
    for permission in found:
        reads = permission in _ALSO or _READ.fullmatch(permission) is not None
        if not reads or _NOT_A_READ.fullmatch(permission):
            message = f"{permission} is not a read of settings"
            raise ValueError(message)
    return tuple(found)


def scopes_for(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return the Workspace scopes that the operations need, each once, sorted."""
    return tuple(sorted({operation.scope for operation in operations} - {CLOUD_SCOPE}))


def render(operations: Sequence[Operation], format: Format, level: Level) -> str:  # noqa: A002 - the word users type
    """Return the role that an audit needs, ready to be used, and below it how Workspace is granted.

    ``yaml`` is what ``gcloud iam roles create --file`` takes, ``terraform`` a module that also grants the role.

    Raises:
        ValueError: a permission is not a read.
    """
    needed = permissions_for(operations)
    held = [each for each in needed if level == "organization" or not ABOVE_PROJECTS.fullmatch(each)]
    left_out = [each for each in needed if each not in held]
    notes = [_HEADER.en, _HEADER.ja]
    if left_out:
        notes += ["", _LEFT_OUT.en, _LEFT_OUT.ja, *(f"  {each}" for each in left_out)]
    scopes = [f"  {scope}" for scope in scopes_for(operations)]
    workspace = [] if not scopes else ["", _WORKSPACE.en, _WORKSPACE.ja, *scopes, _ADMIN.en, _ADMIN.ja]
    comment = "".join(f"# {line}".rstrip() + "\n" for line in (*notes, *workspace))
    match format:
        case "yaml":
            return comment + _yaml(held)
        case "terraform":
            return comment + "\n" + _terraform(held, level)
        case _:
            assert_never(format)


def _yaml(held: Sequence[str]) -> str:
    # Strings are written as JSON, which YAML contains, so none can be taken for another type.
    lines = [f"title: {json.dumps(TITLE)}", f"description: {json.dumps(DESCRIPTION)}", "stage: GA"]
    lines += ["includedPermissions:", *(f"- {json.dumps(each)}" for each in held)]
    return "\n".join(lines) + "\n"


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
