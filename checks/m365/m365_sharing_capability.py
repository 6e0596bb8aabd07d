"""A link that serves anyone needs no account, so nobody knows who used it."""

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
    not_read,
    passed,
)
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.settings import told

_WIDTH = (
    "disabled",
    "existingExternalUserSharingOnly",
    "externalUserSharingOnly",
    "externalUserAndGuestSharing",
)


@check(
    "m365-sharing-capability",
    title=Text(
        en="The tenant does not allow sharing wider than the policy does",
        ja="SharePoint・OneDrive の外部共有の範囲がポリシーの許可範囲に収まっている",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=Tenant,
    rationale=Text(
        en="Where links for anyone are allowed, every member can publish a file with one click, and nobody can "
        "tell afterwards who opened it.",
        ja="「リンクを知っている全員」への共有を許可していると、利用者の操作ひとつでファイルが公開され、"
        "誰が閲覧したかを後から特定できません。",
    ),
    remediation=Text(
        en="In the SharePoint admin center, under Policies > Sharing, choose 'New and existing guests' or less.",
        ja="SharePoint 管理センターの「ポリシー」>「共有」で、「新規および既存のゲスト」以下に設定してください。",
    ),
    command="Set-SPOTenant -SharingCapability ExternalUserSharingOnly",
    references=(
        "https://learn.microsoft.com/graph/api/resources/sharepointsettings",
        "https://learn.microsoft.com/sharepoint/turn-external-sharing-on-or-off",
    ),
    settings=("allowed_sharing_capability",),
)
def sharing_capability(tenant: Tenant, audit: Audit) -> Verdict:
    """Compare the tenant's switch with the widest one that the policy allows."""
    capability = told(tenant.sharepoint, lambda found: found.sharing_capability, "sharingCapability")
    allowed = audit.policy.allowed_sharing_capability
    if capability not in _WIDTH:
        not_read(Unread(Cause.MALFORMED, tenant.sharepoint.source, detail=f"sharingCapability {capability}"))
    evidence = {"sharing_capability": capability, "allowed": allowed}
    says = _SAYS[capability]
    if _WIDTH.index(capability) <= _WIDTH.index(allowed):
        return passed(
            Text(en=f"The tenant allows {says.en}.", ja=f"外部共有の設定は「{says.ja}」です。"), evidence
        )
    return failed(
        Text(
            en=f"The tenant allows {says.en}; the policy allows at most {_SAYS[allowed].en}.",
            ja=f"外部共有の設定が「{says.ja}」で、ポリシーの上限「{_SAYS[allowed].ja}」を超えています。",
        ),
        evidence,
    )


_SAYS = {
    "disabled": Text(en="no outside sharing", ja="組織内のユーザーのみ"),
    "existingExternalUserSharingOnly": Text(en="sharing with existing guests only", ja="既存のゲストのみ"),
    "externalUserSharingOnly": Text(en="sharing with guests who sign in", ja="新規および既存のゲスト"),
    "externalUserAndGuestSharing": Text(en="links for anyone", ja="リンクを知っている全員"),
}
