"""One administrator is too few when he is ill; ten are too many to watch."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, not_read, passed, value
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.roles import GLOBAL_ADMINISTRATOR
from cloudaudit.providers.m365.settings import NOBODY


@check(
    "m365-admin-count",
    title=Text(
        en="The number of global administrators is within the policy",
        ja="全体管理者の人数が適正な範囲に収まっている",
    ),
    theme=Theme.ACCESS,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="A single global administrator can be locked out; each further one is one more account whose loss is the "
        "loss of everything. Eligible ones count, for they can activate the role at any time.",
        ja="全体管理者が1人だけでは不在時に復旧できず、多すぎると乗っ取りの対象が増えます。"
        "いつでも有効化できる「資格のある」割り当ても数に含めます。",
    ),
    remediation=Text(
        en="Keep two to four, one of them for emergencies; give everyone else a narrower role.",
        ja="緊急用を含めて2〜4人に絞り、それ以外の担当者にはより限定的なロールを割り当ててください。",
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
        "https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments",
    ),
    settings=("global_admins_max", "global_admins_min"),
)
def admin_count(tenant: Tenant, audit: Audit) -> Verdict:
    """Count people and applications; too many in force is enough to fail, the rest needs the eligible ones."""
    least, most = audit.policy.global_admins_min, audit.policy.global_admins_max
    roles = value(tenant.roles)
    if not roles:
        not_read(NOBODY)
    active = {
        grant.principal: grant.principal_name or grant.principal
        for grant in roles
        if grant.role.casefold() == GLOBAL_ADMINISTRATOR and grant.principal_kind != "group"
    }
    if len(active) > most:
        return _verdict(active, {}, least, most)
    eligible = {
        grant.principal: grant.principal_name or grant.principal
        for grant in value(tenant.eligible_roles)
        if grant.role.casefold() == GLOBAL_ADMINISTRATOR
        and grant.principal_kind != "group"
        and grant.principal not in active
    }
    return _verdict(active, eligible, least, most)


def _verdict(active: dict[str, str], eligible: dict[str, str], least: int, most: int) -> Verdict:
    count = len(active) + len(eligible)
    evidence = {
        "active": sorted(active.values()),
        "eligible": sorted(eligible.values()),
        "at_least": least,
        "at_most": most,
    }
    if least <= count <= most:
        return passed(
            Text(en=f"There are {count} global administrators.", ja=f"全体管理者は{count}人です。"), evidence
        )
    return failed(
        Text(
            en=f"There are {count} global administrators; the policy wants {least} to {most}.",
            ja=f"全体管理者が{count}人います(基準は{least}人以上{most}人以下)。",
        ),
        evidence,
    )
