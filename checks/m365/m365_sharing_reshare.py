"""A guest who shares on decides for you who reads your files."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.settings import told


@check(
    "m365-sharing-reshare",
    title=Text(en="Guests cannot share on", ja="ゲストによる再共有が禁止されている"),
    theme=Theme.SHARING,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="A guest who may share on can let in people with whom you have no agreement.",
        ja="ゲストが再共有できると、契約や合意のない第三者にまでデータが渡るおそれがあります。",
    ),
    remediation=Text(
        en="Clear 'Allow guests to share items they don't own' under Policies > Sharing.",
        ja="「ポリシー」>「共有」で「所有していないアイテムの共有をゲストに許可する」を外してください。",
    ),
    command="Set-SPOTenant -PreventExternalUsersFromResharing $true",
    references=("https://learn.microsoft.com/graph/api/resources/sharepointsettings",),
)
def sharing_reshare(tenant: Tenant, _audit: Audit) -> Verdict:
    """Pass where guests cannot share on, or nothing is shared outside."""
    capability = told(tenant.sharepoint, lambda found: found.sharing_capability, "sharingCapability")
    if capability == "disabled":
        return passed(
            Text(en="Outside sharing is off.", ja="外部共有が無効のため、再共有はできません。"),
            {"sharing_capability": capability},
        )
    allowed = told(
        tenant.sharepoint, lambda found: found.guests_may_reshare, "isResharingByExternalUsersEnabled"
    )
    evidence = {"sharing_capability": capability, "guests_may_reshare": allowed}
    if allowed:
        return failed(
            Text(
                en="Guests can share on what they do not own.",
                ja="ゲストが自分の所有でないアイテムを再共有できます。",
            ),
            evidence,
        )
    return passed(Text(en="Guests cannot share on.", ja="ゲストによる再共有はできません。"), evidence)
