"""A private computer that synchronises holds a copy that nobody sees."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.settings import told


@check(
    "m365-unmanaged-sync",
    title=Text(
        en="Only devices of listed domains may synchronise files",
        ja="管理外の端末への OneDrive 同期が制限されている",
    ),
    theme=Theme.NETWORK,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="Synchronisation to a private computer copies whole libraries out of the company, beyond every log.",
        ja="私物の PC へ同期すると、ライブラリ全体が社外に複製され、ログにも残らない持ち出しになります。",
    ),
    remediation=Text(
        en="In the SharePoint admin center, under Settings > Sync, allow syncing only on computers joined to "
        "specific domains.",
        ja="SharePoint 管理センターの「設定」>「同期」で、特定のドメインに参加している端末のみ同期を許可してください。",
    ),
    command="Set-SPOTenantSyncClientRestriction -Enable -DomainGuids 'GUID'",
    references=("https://learn.microsoft.com/sharepoint/allow-syncing-only-on-specific-domains",),
)
def unmanaged_sync(tenant: Tenant, _audit: Audit) -> Verdict:
    """Look at the one switch; a conditional access policy to the same end is not evaluated."""
    restricted = told(
        tenant.sharepoint,
        lambda found: found.unmanaged_sync_restricted,
        "isUnmanagedSyncAppForTenantRestricted",
    )
    evidence = {"restricted": restricted, "domains": list(value(tenant.sharepoint).sync_domains)}
    if restricted:
        return passed(
            Text(
                en="Only devices of listed domains may synchronise.",
                ja="指定したドメインの端末だけが同期できます。",
            ),
            evidence,
        )
    return failed(
        Text(en="Any device may synchronise.", ja="どの端末からでも同期できます。"),
        evidence,
    )
