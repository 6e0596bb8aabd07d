"""IAM: users and roles from one paged call, and the credential report."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.credentials import parse_credential_report
from cloudaudit.providers.aws.model import CredentialRow, LegacyCredential, PrincipalPolicy, Role, User
from cloudaudit.providers.aws.operations import (
    GENERATE_CREDENTIAL_REPORT,
    GET_AUTHORIZATION_DETAILS,
    GET_CREDENTIAL_REPORT,
    LIST_SERVICE_CREDENTIALS,
    LIST_SSH_KEYS,
)
from cloudaudit.providers.aws.reader import CallFailed, Page, Reader, text_time
from cloudaudit.text import Text

REPORT_TRIES = 30
REPORT_PAUSE_SECONDS = 1.0
NOT_YET = frozenset({"ReportInProgress", "CredentialReportNotReadyException"})
GONE = frozenset(
    {
        "ReportExpired",
        "ReportNotPresent",
        "CredentialReportExpiredException",
        "CredentialReportNotPresentException",
    }
)
SHOWN_OF_ID = 8


class _Inline(Struct, frozen=True, rename="pascal"):
    policy_name: str
    policy_document: Any = None


class _Attached(Struct, frozen=True, rename="pascal"):
    policy_name: str
    policy_arn: str


class _Boundary(Struct, frozen=True, rename="pascal"):
    permissions_boundary_arn: str = ""


class _User(Struct, frozen=True, rename="pascal"):
    user_name: str
    arn: str
    create_date: datetime
    group_list: tuple[str, ...] = ()
    user_policy_list: tuple[_Inline, ...] = ()
    attached_managed_policies: tuple[_Attached, ...] = ()
    permissions_boundary: _Boundary = _Boundary()


class _Group(Struct, frozen=True, rename="pascal"):
    group_name: str
    group_policy_list: tuple[_Inline, ...] = ()
    attached_managed_policies: tuple[_Attached, ...] = ()


class _Role(Struct, frozen=True, rename="pascal"):
    role_name: str
    arn: str
    create_date: datetime
    path: str = "/"
    assume_role_policy_document: Any = None
    role_policy_list: tuple[_Inline, ...] = ()
    attached_managed_policies: tuple[_Attached, ...] = ()
    permissions_boundary: _Boundary = _Boundary()


class _Version(Struct, frozen=True, rename="pascal"):
    is_default_version: bool = False
    document: Any = None


class _Policy(Struct, frozen=True, rename="pascal"):
    policy_name: str
    arn: str
    policy_version_list: tuple[_Version, ...] = ()


class _Details(Struct, frozen=True, rename="pascal"):
    user_detail_list: tuple[_User, ...] = ()
    group_detail_list: tuple[_Group, ...] = ()
    role_detail_list: tuple[_Role, ...] = ()
    policies: tuple[_Policy, ...] = ()
    is_truncated: bool = False
    marker: str = ""


class Directory(Struct, frozen=True):
    """Users, roles, groups and policies as the account's authorization details tell them."""

    users: tuple[_User, ...]
    roles: tuple[_Role, ...]
    groups: Mapping[str, _Group]
    policies: Mapping[str, _Policy]
    source: Source


class _Report(Struct, frozen=True, rename="pascal"):
    content: bytes


class _Generated(Struct, frozen=True, rename="pascal"):
    state: str = ""


class _Ssh(
    Struct, frozen=True, rename={"id": "SSHPublicKeyId", "status": "Status", "uploaded": "UploadDate"}
):
    id: str
    status: str
    uploaded: datetime | None = None


class _SshKeys(Struct, frozen=True, rename={"keys": "SSHPublicKeys", "marker": "Marker"}):
    keys: tuple[_Ssh, ...] = ()
    marker: str = ""


class _ServiceCredential(
    Struct,
    frozen=True,
    rename={
        "user": "UserName",
        "id": "ServiceSpecificCredentialId",
        "status": "Status",
        "service": "ServiceName",
        "created": "CreateDate",
    },
):
    user: str
    id: str
    status: str
    service: str
    created: datetime | None = None


class _ServiceCredentials(Struct, frozen=True, rename="pascal"):
    service_specific_credentials: tuple[_ServiceCredential, ...] = ()
    marker: str = ""


def read_directory(reader: Reader) -> Directory:
    """Read all users, roles, groups and their policies, in pages.

    Raises:
        CallFailed: it was not answered.
    """
    answer = reader.pages(
        GET_AUTHORIZATION_DETAILS,
        reader.home,
        {"MaxItems": 1_000},
        _Details,
        _page_of_details,
        "Marker",
    )
    return Directory(
        users=tuple(user for page in answer.body for user in page.user_detail_list),
        roles=tuple(role for page in answer.body for role in page.role_detail_list),
        groups={group.group_name: group for page in answer.body for group in page.group_detail_list},
        policies={policy.arn: policy for page in answer.body for policy in page.policies},
        source=answer.source,
    )


def _page_of_details(body: _Details) -> Page[_Details]:
    if body.is_truncated and not body.marker:
        message = "IsTruncated without Marker"
        raise ValueError(message)
    return Page((body,), body.marker if body.is_truncated else "")


def read_credential_report(
    reader: Reader, pause: Callable[[float], None] = time.sleep
) -> Fact[Mapping[str, CredentialRow]]:
    """Generate the credential report, wait for it, and return its lines by ARN."""
    generated: Fact[str] = Read("", Source(""))
    for _ in range(REPORT_TRIES):
        generated = reader.fact(
            GENERATE_CREDENTIAL_REPORT, reader.home, {}, _Generated, lambda body: body.state
        )
        if isinstance(generated, Unread):
            return generated
        if generated.value == "COMPLETE":
            break
        pause(REPORT_PAUSE_SECONDS)
    return _fetch(reader, pause)


def _fetch(reader: Reader, pause: Callable[[float], None]) -> Fact[Mapping[str, CredentialRow]]:
    for _ in range(REPORT_TRIES):
        try:
            answer = reader.call(GET_CREDENTIAL_REPORT, reader.home, {}, _Report)
        except CallFailed as failure:
            if failure.code not in NOT_YET | GONE:
                return failure.unread
            if failure.code in GONE:
                # One that was there a moment ago has expired in between; another has to be made.
                reader.fact(GENERATE_CREDENTIAL_REPORT, reader.home, {}, _Generated, lambda body: body.state)
            pause(REPORT_PAUSE_SECONDS)
            continue
        try:
            rows = parse_credential_report(answer.body.content.decode("utf-8"))
        except ValueError as error:
            return Unread(
                Cause.MALFORMED,
                answer.source,
                permission=GET_CREDENTIAL_REPORT.permission,
                detail=str(error)[:200],
            )
        return Read({row.arn: row for row in rows}, answer.source)
    return Unread(
        Cause.UNSUPPORTED,
        Source(GET_CREDENTIAL_REPORT.label),
        permission=GET_CREDENTIAL_REPORT.permission,
        detail=Text(
            en="the credential report was not ready in time",
            ja="認証情報レポートが時間内に作成されませんでした",
        ),
    )


def read_user(
    reader: Reader,
    user: _User,
    directory: Directory,
    report: Fact[Mapping[str, CredentialRow]],
    services: Fact[Mapping[str, tuple[LegacyCredential, ...]]],
    *,
    account: str,
) -> User:
    """Make a user of the directory and the report; only its SSH keys take a call of their own."""
    where = {"UserName": user.user_name}
    return User(
        id=user.arn,
        name=user.user_name,
        account=account,
        region="global",
        created_at=text_time(user.create_date),
        policies=_policies(directory, user.user_policy_list, user.attached_managed_policies, user.group_list),
        boundary=_boundary(directory, user.permissions_boundary),
        credentials=_row(report, user.arn),
        ssh_keys=_ssh_keys(reader, where),
        service_credentials=_services_of(services, user.user_name),
    )


def read_role(role: _Role, directory: Directory, *, account: str) -> Role:
    """Make a role of the directory."""
    return Role(
        id=role.arn,
        name=role.role_name,
        account=account,
        region="global",
        created_at=text_time(role.create_date),
        policies=_policies(directory, role.role_policy_list, role.attached_managed_policies, ()),
        boundary=_boundary(directory, role.permissions_boundary),
        path=role.path,
        trust=Read(document_text(role.assume_role_policy_document), directory.source),
    )


def row_of(report: Fact[Mapping[str, CredentialRow]], arn: str) -> Fact[CredentialRow]:
    """Return one line of the report by ARN."""
    return _row(report, arn)


def _row(report: Fact[Mapping[str, CredentialRow]], arn: str) -> Fact[CredentialRow]:
    if isinstance(report, Unread):
        return report
    row = report.value.get(arn)
    if row is None:
        return Unread(
            Cause.UNSUPPORTED,
            report.source,
            permission=GET_CREDENTIAL_REPORT.permission,
            detail=Text(
                en="the credential report, which is up to four hours old, does not name this user yet",
                ja="認証情報レポート(最大4時間前の内容)にこのユーザーがまだ含まれていません",
            ),
        )
    return Read(row, report.source)


def document_text(document: Any) -> str:  # noqa: ANN401 - the SDK decodes policies to plain JSON, or leaves the text
    """Return a policy document as text; one that the SDK decoded is encoded again."""
    return (
        document
        if isinstance(document, str)
        else json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    )


def _policies(
    directory: Directory,
    inline: tuple[_Inline, ...],
    attached: tuple[_Attached, ...],
    groups: tuple[str, ...],
) -> Fact[tuple[PrincipalPolicy, ...]]:
    found: list[PrincipalPolicy] = []
    carriers = [("", inline, attached)]
    for name in groups:
        group = directory.groups.get(name)
        if group is None:
            return _missing(
                directory,
                Text(en=f"group {name} is not in the answer", ja=f"グループ {name} が応答に含まれていません"),
            )
        carriers.append((name, group.group_policy_list, group.attached_managed_policies))
    for via, own, managed in carriers:
        found.extend(
            PrincipalPolicy(
                name=policy.policy_name,
                type="inline",
                via=via,
                document=document_text(policy.policy_document),
            )
            for policy in own
        )
        for line in managed:
            text = _managed_text(directory, line.policy_arn)
            if text is None:
                return _missing(
                    directory,
                    Text(
                        en=f"policy {line.policy_name} is not in the answer",
                        ja=f"ポリシー {line.policy_name} が応答に含まれていません",
                    ),
                )
            kind = "aws" if ":iam::aws:" in line.policy_arn else "customer"
            found.append(PrincipalPolicy(name=line.policy_name, type=kind, via=via, document=text))
    return Read(tuple(found), directory.source)


def _boundary(directory: Directory, boundary: _Boundary) -> Fact[str | None]:
    if not boundary.permissions_boundary_arn:
        return Read(None, directory.source)
    text = _managed_text(directory, boundary.permissions_boundary_arn)
    if text is None:
        return _missing(
            directory,
            Text(
                en="the permissions boundary is not in the answer",
                ja="アクセス許可の境界が応答に含まれていません",
            ),
        )
    return Read(text, directory.source)


def _managed_text(directory: Directory, arn: str) -> str | None:
    policy = directory.policies.get(arn)
    if policy is None:
        return None
    for version in policy.policy_version_list:
        if version.is_default_version:
            return document_text(version.document)
    return None


def _missing(directory: Directory, detail: Text) -> Unread:
    return Unread(
        Cause.MALFORMED, directory.source, permission=GET_AUTHORIZATION_DETAILS.permission, detail=detail
    )


def _ssh_keys(reader: Reader, where: dict[str, str]) -> Fact[tuple[LegacyCredential, ...]]:
    try:
        answer = reader.pages(
            LIST_SSH_KEYS, reader.home, where, _SshKeys, lambda body: Page(body.keys, body.marker), "Marker"
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        tuple(
            LegacyCredential(
                id=shortened(key.id),
                type="ssh-key",
                active=key.status == "Active",
                created_at=text_time(key.uploaded),
            )
            for key in answer.body
        ),
        answer.source,
    )


def read_service_credentials(reader: Reader) -> Fact[Mapping[str, tuple[LegacyCredential, ...]]]:
    """Read the service-specific credentials of all users at once, by the name of the user."""
    try:
        answer = reader.pages(
            LIST_SERVICE_CREDENTIALS,
            reader.home,
            {"AllUsers": True},
            _ServiceCredentials,
            lambda body: Page(body.service_specific_credentials, body.marker),
            "Marker",
        )
    except CallFailed as failure:
        return failure.unread
    by_user: dict[str, list[LegacyCredential]] = {}
    for line in answer.body:
        by_user.setdefault(line.user, []).append(
            LegacyCredential(
                id=shortened(line.id),
                type=line.service,
                active=line.status == "Active",
                created_at=text_time(line.created),
            )
        )
    return Read({user: tuple(lines) for user, lines in by_user.items()}, answer.source)


def _services_of(
    services: Fact[Mapping[str, tuple[LegacyCredential, ...]]], user: str
) -> Fact[tuple[LegacyCredential, ...]]:
    return services if isinstance(services, Unread) else Read(services.value.get(user, ()), services.source)


def shortened(identifier: str) -> str:
    """Return an id of a credential with all but its last characters left out."""
    return f"…{identifier[-SHOWN_OF_ID:]}"
