"""Whom a member can invite is best decided once, for all."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.settings import told


@check(
    "m365-sharing-domains",
    title=Text(
        en="Outside sharing is limited to listed domains",
        ja="外部共有の相手先が許可したドメインに限定されている",
    ),
    theme=Theme.SHARING,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="Without a list a member can share with any address in the world, a private mailbox too.",
        ja="許可ドメインの指定がないと、個人のメールアドレスを含むあらゆる相手に共有できてしまいます。",
    ),
    remediation=Text(
        en="Under Policies > Sharing > More external sharing settings, allow only the domains of the companies "
        "you work with.",
        ja="「ポリシー」>「共有」>「その他の外部共有の設定」で、取引先のドメインだけを許可してください。",
    ),
    command="Set-SPOTenant -SharingDomainRestrictionMode AllowList -SharingAllowedDomainList 'partner.example'",
    references=("https://learn.microsoft.com/sharepoint/restricted-domains-sharing",),
)
def sharing_domains(tenant: Tenant, _audit: Audit) -> Verdict:
    """Pass where there is an allow-list, or nothing to limit."""
    settings = value(tenant.sharepoint)
    capability = told(tenant.sharepoint, lambda found: found.sharing_capability, "sharingCapability")
    evidence = {
        "sharing_capability": capability,
        "mode": settings.domain_mode,
        "allowed_domains": list(settings.allowed_domains),
        "blocked_domains": list(settings.blocked_domains),
    }
    if capability == "disabled":
        return passed(
            Text(en="Outside sharing is off.", ja="外部共有が無効のため、相手先はありません。"), evidence
        )
    mode = told(tenant.sharepoint, lambda found: found.domain_mode, "sharingDomainRestrictionMode")
    if mode == "allowList":
        count = len(settings.allowed_domains)
        return passed(
            Text(
                en=f"Only {count} listed domain(s) can be shared with.",
                ja=f"共有できる相手は、許可した{count}件のドメインに限定されています。",
            ),
            evidence,
        )
    if mode == "blockList":
        return failed(
            Text(
                en="Only some domains are blocked; every other one can be shared with.",
                ja="一部のドメインを拒否しているだけで、それ以外のあらゆるドメインに共有できます。",
            ),
            evidence,
        )
    return failed(
        Text(en="Every domain can be shared with.", ja="あらゆるドメインの相手に共有できます。"), evidence
    )
