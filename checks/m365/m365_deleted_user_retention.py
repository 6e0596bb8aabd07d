"""A leaver's files go when the account does, unless they are kept for a while."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.settings import told


@check(
    "m365-deleted-user-retention",
    title=Text(
        en="A leaver's OneDrive is kept as long as the policy asks",
        ja="退職者の OneDrive が所定の期間保持される",
    ),
    theme=Theme.BACKUP,
    severity=Severity.LOW,
    on=Tenant,
    rationale=Text(
        en="When a leaver's account is deleted the files are deleted after this period, needed or not.",
        ja="退職者のアカウントを削除すると、この期間の経過後に OneDrive のファイルも削除され、引き継ぎができなくなります。",
    ),
    remediation=Text(
        en="In the SharePoint admin center, under Settings > OneDrive retention, set the days that your rules ask for.",
        ja="SharePoint 管理センターの「設定」>「OneDrive の保持期間」で、社内規程の日数を設定してください。",
    ),
    command="Set-SPOTenant -OrphanedPersonalSitesRetentionPeriod 365",
    references=("https://learn.microsoft.com/sharepoint/set-retention",),
    settings=("leaver_retention_days",),
)
def deleted_user_retention(tenant: Tenant, audit: Audit) -> Verdict:
    """Compare the days with the policy's."""
    days = told(
        tenant.sharepoint,
        lambda found: found.deleted_user_days,
        "deletedUserPersonalSiteRetentionPeriodInDays",
    )
    wanted = audit.policy.leaver_retention_days
    evidence = {"days": days, "required_days": wanted}
    if days >= wanted:
        return passed(
            Text(
                en=f"A deleted user's OneDrive is kept for {days} days.",
                ja=f"削除されたユーザーの OneDrive は{days}日間保持されます。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"A deleted user's OneDrive is kept for {days} days; the policy asks for {wanted}.",
            ja=f"削除されたユーザーの OneDrive の保持期間が{days}日です(基準は{wanted}日以上)。",
        ),
        evidence,
    )
