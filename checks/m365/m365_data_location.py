"""Where the data lies is not where the company sits."""

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
from cloudaudit.providers.m365.geography import countries_of
from cloudaudit.providers.m365.model import Tenant


@check(
    "m365-data-location",
    title=Text(en="The data lies in allowed countries", ja="データの保存場所が許可した国に限られている"),
    theme=Theme.RESIDENCY,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="Personal data kept abroad is under that country's law, which must be known and told. Graph tells the place "
        "only in multi-geo tenants; the tenant's country is its address and not the place of its data.",
        ja="個人データを外国で取り扱う場合は、その国の制度等(外的環境)を把握する必要があります。"
        "保存場所を取得できるのは複数地域(Multi-Geo)のテナントのみで、テナントの国は会社の住所であり保存場所ではありません。",
    ),
    remediation=Text(
        en="Look in the Microsoft 365 admin center, under Settings > Org settings > Data location; move users with a "
        "preferred data location.",
        ja="Microsoft 365 管理センターの「組織設定」>「データの場所」で確認し、必要に応じて"
        "優先データの場所を設定してユーザーを移動してください。",
    ),
    references=(
        "https://learn.microsoft.com/microsoft-365/enterprise/microsoft-365-multi-geo",
        "https://learn.microsoft.com/graph/api/resources/sitecollection",
    ),
    settings=("allowed_countries",),
)
def data_location(tenant: Tenant, audit: Audit) -> Verdict:
    """Compare the countries of each geography with the policy's list."""
    told = value(tenant.data_locations)
    codes = sorted(set(told))
    allowed = audit.policy.allowed_countries
    places = {code: countries_of(code) for code in codes}
    evidence = {
        "data_locations": codes,
        "countries": {code: list(found) for code, found in places.items()},
        "allowed_countries": list(allowed),
    }
    if not allowed:
        return not_applicable(
            Text(
                en="The policy names no allowed countries; see the evidence for what Graph tells.",
                ja="監査ポリシーに許可する国の指定がありません。取得できた所在地は証跡に記載しています。",
            ),
            evidence,
        )
    if not codes:
        not_read(Unread(Cause.UNSUPPORTED, tenant.data_locations.source, detail=_SINGLE))
    abroad = [code for code, found in places.items() if found and not set(found) & set(allowed)]
    if abroad:
        return failed(
            Text(
                en=f"Data lies outside the allowed countries: {', '.join(abroad)}.",
                ja=f"許可していない国にデータがあります({'、'.join(abroad)})。",
            ),
            evidence,
        )
    unclear = [code for code, found in places.items() if not found or set(found) - set(allowed)]
    if unclear:
        detail = Text(
            en=f"which country of {', '.join(unclear)} cannot be told",
            ja=f"{'、'.join(unclear)} のうちどの国かを特定できません",
        )
        not_read(Unread(Cause.UNSUPPORTED, tenant.data_locations.source, detail=detail))
    return passed(
        Text(en=f"The data lies in {', '.join(codes)}.", ja=f"データの保存場所は {'、'.join(codes)} です。"),
        evidence,
    )


_SINGLE = Text(
    en="Graph tells the place of the data only in multi-geo tenants",
    ja="保存場所を取得できるのは複数地域(Multi-Geo)のテナントのみです",
)
