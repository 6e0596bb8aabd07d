"""An application that may read every file is a member who never sleeps."""

import re

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.model import AppPermission, ServicePrincipal

# https://learn.microsoft.com/graph/permissions-reference
_OF_THE_APPLICATION = frozenset(
    {
        "files.read.all",
        "files.readwrite.all",
        "sites.read.all",
        "sites.readwrite.all",
        "sites.manage.all",
        "sites.fullcontrol.all",
        "directory.readwrite.all",
        "rolemanagement.readwrite.directory",
        "approleassignment.readwrite.all",
        "application.readwrite.all",
        "full_access_as_app",
    }
)
_FOR_EVERY_USER = frozenset(
    {
        "files.readwrite.all",
        "sites.readwrite.all",
        "sites.manage.all",
        "sites.fullcontrol.all",
        "allsites.manage",
        "allsites.fullcontrol",
        "directory.accessasuser.all",
        "directory.readwrite.all",
    }
)
_AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@check(
    "m365-app-permission",
    title=Text(
        en="No unapproved third-party application has wide rights on files",
        ja="未承認の外部アプリが全ファイルに及ぶ権限を持っていない",
    ),
    theme=Theme.ACCESS,
    severity=Severity.HIGH,
    on=ServicePrincipal,
    rationale=Text(
        en="With such a permission another company's application reads or changes every file, without a user and "
        "without MFA; when that company is broken into, so are you.",
        ja="この種の権限を持つ外部アプリは、利用者の操作も MFA もなしに全ファイルを読み書きできます。"
        "提供元が侵害されれば、自社のデータも被害を受けます。",
    ),
    remediation=Text(
        en="Ask for Sites.Selected instead, revoke what is not needed, and name what the company approved in "
        "approved_applications.",
        ja="Sites.Selected など限定的な権限への変更を依頼し、不要な権限は取り消してください。"
        "承認したアプリは approved_applications に登録してください。",
    ),
    references=(
        "https://learn.microsoft.com/graph/permissions-reference",
        "https://learn.microsoft.com/entra/identity/enterprise-apps/manage-application-permissions",
    ),
    settings=("approved_applications",),
)
def app_permission(app: ServicePrincipal, audit: Audit) -> Verdict:
    """Own applications and managed identities are not third parties."""
    if app.type == "ManagedIdentity" or (app.owner_tenant and app.owner_tenant == app.account):
        return not_applicable(
            Text(
                en="The application is the tenant's own.", ja="自社テナントで登録したアプリのため対象外です。"
            ),
            {"owner_tenant": app.owner_tenant, "type": app.type},
        )
    held = value(app.permissions)
    wide = sorted({f"{each.name} ({each.kind})" for each in held if _is_wide(each)})
    evidence = {
        "app_id": app.app_id,
        "owner_tenant": app.owner_tenant or None,
        "publisher": app.publisher or None,
        "wide": wide,
        "permissions": len(held),
    }
    approved = {each.casefold() for each in audit.policy.approved_applications}
    if wide and app.app_id.casefold() in approved:
        return passed(
            Text(
                en=f"The policy approves its {', '.join(wide)}.",
                ja=f"承認済みのアプリです(権限: {'、'.join(wide)})。",
            ),
            evidence,
        )
    if wide:
        if not value(app.enabled):
            return passed(
                Text(
                    en="It has wide rights and is disabled.",
                    ja="広範な権限を持ちますが、サインインは無効です。",
                ),
                evidence,
            )
        return failed(
            Text(
                en=f"Another company's application holds {', '.join(wide)}.",
                ja=f"外部アプリが広範な権限を持っています({'、'.join(wide)})。",
            ),
            evidence,
        )
    if any(_AN_ID.fullmatch(each.name) for each in held):
        not_read(Unread(Cause.MALFORMED, app.permissions.source, detail=_NAMELESS))
    return passed(
        Text(en="It has no wide right on files.", ja="全ファイルに及ぶ権限は持っていません。"), evidence
    )


def _is_wide(permission: AppPermission) -> bool:
    name = permission.name.casefold()
    if permission.kind == "application":
        return name in _OF_THE_APPLICATION
    return permission.everyone and name in _FOR_EVERY_USER


_NAMELESS = Text(en="a permission is known by its id only", ja="名称を特定できない権限があります")
