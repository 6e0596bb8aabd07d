"""Old protocols take a password and ask for nothing more."""

from cloudaudit.check import (
    Audit,
    Read,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.model import Directory, Tenant
from cloudaudit.providers.m365.policy_access import legacy_coverage, names
from cloudaudit.providers.m365.settings import NOBODY


@check(
    "m365-legacy-auth-blocked",
    title=Text(en="Legacy authentication is blocked", ja="レガシ認証がブロックされている"),
    theme=Theme.MFA,
    severity=Severity.HIGH,
    on=Tenant,
    uses=(Directory,),
    rationale=Text(
        en="Protocols without modern authentication cannot ask for a second factor, so they go around MFA.",
        ja="先進認証に対応していないプロトコルは MFA を要求できないため、MFA の抜け道になります。",
    ),
    remediation=Text(
        en="Make a conditional access policy: all users, all resources, client apps 'Exchange ActiveSync' and 'Other "
        "clients', grant Block, state On.",
        ja="全ユーザー・全リソースを対象に、クライアントアプリ「Exchange ActiveSync クライアント」「その他のクライアント」を"
        "ブロックする条件付きアクセスポリシーを作成し、「オン」にしてください。",
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication",
    ),
    settings=("emergency_accounts",),
)
def legacy_auth_blocked(tenant: Tenant, audit: Audit) -> Verdict:
    """Security defaults block it; else a policy must refuse both kinds of old clients to everyone."""
    directory = audit.only(Directory)
    people = value(directory.people)
    if not any(person.enabled for person in people):
        not_read(NOBODY)
    defaults = tenant.security_defaults
    if isinstance(defaults, Read) and defaults.value:
        return passed(
            Text(
                en="Security defaults are on, which block it.",
                ja="セキュリティの既定値群が有効なため、ブロックされています。",
            ),
            {"security_defaults": True, "people": len(people)},
        )
    policies = value(tenant.access_policies)
    found = legacy_coverage(policies, tenant, directory, people, audit.policy.emergency_accounts)
    evidence = {**found.evidence(), "security_defaults": False}
    if found.escapes:
        value(defaults)
        who = names(found.escapes)
        return failed(
            Text(
                en=f"It is not blocked for {len(found.escapes)} of {found.people} people: {who.en}.",
                ja=f"対象{found.people}名のうち{len(found.escapes)}名についてブロックされていません({who.ja})。",
            ),
            evidence,
        )
    if found.doubtful or not found.people:
        not_read(*(found.unread or (NOBODY,)))
    return passed(
        Text(
            en=f"It is blocked for all {found.people} people by {', '.join(found.policies)}.",
            ja=f"対象{found.people}名の全員についてブロックされています({'、'.join(found.policies)})。",
        ),
        evidence,
    )
