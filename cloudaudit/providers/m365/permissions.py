"""The application permissions that a scan needs, made from the list of requests that it sends."""

import json
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import quote

from cloudaudit.providers.m365.clouds import GLOBAL, Place
from cloudaudit.providers.m365.operations import LIST_SHARING_CHANGES, Operation
from cloudaudit.text import Language, Text

Format = Literal["text", "json", "manifest"]

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
ROLE_IDS: Mapping[str, str] = {
    "AccessReview.Read.All": "d07a8cc0-3d51-4b77-b3b0-32704d1f69fa",
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "BackupRestore-Configuration.Read.All": "5fbb5982-3230-4882-93c0-2167523ce0c2",
    "BackupRestore-Control.Read.All": "6fe20a79-0e15-45a1-b019-834c125993a0",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "Domain.Read.All": "dbb9058a-0e50-45d7-ae91-66909b5d4664",
    "Files.Read.All": "01d4889c-1287-42c6-ac1f-5d1e02578ef6",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "MailboxSettings.Read": "40f97065-369a-49f4-947c-6a255697ae91",
    "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    "Place.Read.All": "913b9306-0ce1-42b8-9137-6a7df690a760",
    "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
    "RoleEligibilitySchedule.Read.Directory": "ff278e11-4a33-4d0c-83d2-d01dc58929a5",
    "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    "SharePointTenantSettings.Read.All": "83d4163d-a2d8-4d3b-9695-4ae3ca98f888",
    "Sites.FullControl.All": "a82116e5-55eb-4c41-a434-62fe8a61c773",
    "Sites.Read.All": "332a536c-c7ef-4017-ab91-336970924f0d",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
}
"""Ids of Graph's application permissions in the global cloud, those that could be verified in several places.

The others are named only, for an id that is wrong would grant something else. National clouds have ids of their own.
Source: https://learn.microsoft.com/graph/permissions-reference
"""

PLAN = Text(en="needs {}", ja="{} が必要")
PARTLY = Text(en="partly needs {}", ja="一部は {} が必要")
OPT_IN = Text(
    en="opt-in by --sharing-changes; it could also change everything, although cloudaudit only reads",
    ja="--sharing-changes の指定時のみ。変更も可能な強い権限です(cloudaudit は読み取りのみ)",
)
HEADING = Text(
    en="Application permissions of Microsoft Graph for a scan (Entra ID > App registrations > API permissions)",
    ja="スキャンに必要な Microsoft Graph のアプリケーションの許可(Entra ID >「アプリの登録」>「API のアクセス許可」)",
)
CONSENT = Text(
    en="An administrator grants them all at this address, once they are listed on the registration:",
    ja="アプリの登録に追加した後、管理者が次のアドレスでまとめて同意します:",
)
UNSURE = Text(en="add by name", ja="名前で追加")


def consent_address(place: Place, tenant: str, client_id: str) -> str:
    """Return the address at which an administrator consents to what a registration lists."""
    return f"https://{place.login}/{quote(tenant, safe='{}')}/adminconsent?client_id={quote(client_id, safe='{}')}"


def needed(operations: Iterable[Operation], *, sharing_changes: bool) -> dict[str, tuple[Operation, ...]]:
    """Return each permission with the requests that need it, in the order of names."""
    found: dict[str, tuple[Operation, ...]] = {}
    for operation in operations:
        if operation.optional and not sharing_changes:
            continue
        for permission in operation.permissions:
            found[permission] = (*found.get(permission, ()), operation)
    return dict(sorted(found.items()))


def render(
    operations: Iterable[Operation],
    form: Format,
    place: Place,
    *,
    tenant: str,
    client_id: str,
    sharing_changes: bool,
    language: Language,
) -> str:
    """Return the permissions as text.

    Args:
        operations: the requests that a scan sends.
        form: ``text`` for people; ``json`` for programs; ``manifest`` for ``az ad app update --required-resource-accesses``.
        place: the cloud; ids are known for the global one alone.
        tenant: tenant of the consent address.
        client_id: application of the consent address.
        sharing_changes: whether to include what the opt-in needs.
        language: of the text.
    """
    permissions = needed(operations, sharing_changes=sharing_changes)
    ids: Mapping[str, str] = ROLE_IDS if place.name == GLOBAL else {}
    address = consent_address(place, tenant, client_id)
    if form == "manifest":
        return _manifest(permissions, ids)
    if form == "json":
        return _json(permissions, ids, address)
    return _text(permissions, ids, address, language)


def unnamed_ids(operations: Iterable[Operation], place: Place, *, sharing_changes: bool) -> tuple[str, ...]:
    """Return the permissions whose ids are not known, so that a manifest cannot hold them."""
    ids: Mapping[str, str] = ROLE_IDS if place.name == GLOBAL else {}
    return tuple(name for name in needed(operations, sharing_changes=sharing_changes) if name not in ids)


def _manifest(permissions: Mapping[str, tuple[Operation, ...]], ids: Mapping[str, str]) -> str:
    access = [{"id": ids[name], "type": "Role"} for name in permissions if name in ids]
    return json.dumps([{"resourceAppId": GRAPH_APP, "resourceAccess": access}], indent=2) + "\n"


def _json(permissions: Mapping[str, tuple[Operation, ...]], ids: Mapping[str, str], address: str) -> str:
    document = {
        "resource_app_id": GRAPH_APP,
        "permissions": [
            {
                "name": name,
                "type": "application",
                "app_role_id": ids.get(name),
                "plans": sorted({operation.plan for operation in operations if operation.plan}),
                "used_by": [operation.label for operation in operations],
            }
            for name, operations in permissions.items()
        ],
        "admin_consent": address,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _text(
    permissions: Mapping[str, tuple[Operation, ...]],
    ids: Mapping[str, str],
    address: str,
    language: Language,
) -> str:
    width = max(map(len, permissions))
    lines = [HEADING.in_(language), ""]
    for name, operations in permissions.items():
        plans = {each.plan for each in operations}
        need = PARTLY if "" in plans else PLAN
        remarks = [need.in_(language).format(plan) for plan in sorted(plans - {""})]
        if LIST_SHARING_CHANGES in operations:
            remarks.append(OPT_IN.in_(language))
        remark = f"  {'; '.join(remarks)}" if remarks else ""
        lines.append(f"  {name:<{width}}  {ids.get(name, UNSURE.in_(language)):<36}{remark}".rstrip())
    return "\n".join([*lines, "", CONSENT.in_(language), f"  {address}", ""])
