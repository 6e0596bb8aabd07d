"""An administrator who signs in from anywhere can be impersonated from anywhere."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.m365.model import AccessPolicy, NamedLocation, Tenant
from cloudaudit.providers.m365.policy_demands import blocks, enforced
from cloudaudit.providers.m365.roles import administers

# https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
_STORAGE = frozenset({"all", "office365", "00000003-0000-0ff1-ce00-000000000000"})


@check(
    "m365-named-location",
    title=Text(
        en="Named locations bound the access of administrators or to files",
        ja="管理者またはファイルへのアクセスが接続元(ネームド ロケーション)で制限されている",
    ),
    theme=Theme.NETWORK,
    severity=Severity.INFO,
    on=Tenant,
    rationale=Text(
        en="A policy that refuses sign-ins from outside the company's networks stops most stolen passwords.",
        ja="社内ネットワーク以外からのサインインを拒否するポリシーがあれば、盗まれたパスワードの大半は使えなくなります。",
    ),
    remediation=Text(
        en="Make a named location of your networks, and a conditional access policy that blocks administrators, or "
        "access to SharePoint, from everywhere else.",
        ja="自社のネットワークをネームド ロケーションに登録し、それ以外からの管理者のサインインや "
        "SharePoint へのアクセスを拒否する条件付きアクセスポリシーを作成してください。",
    ),
    references=("https://learn.microsoft.com/entra/identity/conditional-access/concept-assignment-network",),
)
def named_location(tenant: Tenant, _audit: Audit) -> Verdict:
    """Look for a policy in force that blocks every place but named ones."""
    locations = value(tenant.named_locations)
    bounding = [policy.name for policy in value(tenant.access_policies) if _bounds(policy, locations)]
    evidence = {"locations": [location.name for location in locations], "policies": bounding}
    if bounding:
        return passed(
            Text(
                en=f"Access from elsewhere is blocked by {', '.join(bounding)}.",
                ja=f"指定した場所以外からのアクセスを拒否しています({'、'.join(bounding)})。",
            ),
            evidence,
        )
    return failed(
        Text(
            en="No policy in force blocks administrators, or access to files, by place.",
            ja="接続元によって管理者やファイルへのアクセスを拒否する有効なポリシーがありません。",
        ),
        evidence,
    )


def _bounds(policy: AccessPolicy, locations: tuple[NamedLocation, ...]) -> bool:
    if not (enforced(policy) and blocks(policy)):
        return False
    everyone = "All" in policy.include.users
    files = bool({app.casefold() for app in policy.include_apps} & _STORAGE)
    if not (files and (everyone or administers(policy.include.roles))):
        return False
    known = {location.id for location in locations}
    if "All" in policy.include_locations:
        trusted = any(location.trusted for location in locations)
        return any(
            place in known or (place == "AllTrusted" and trusted) for place in policy.exclude_locations
        )
    return any(place in known for place in policy.include_locations)
