"""Who may register a second factor need not use it; a policy must demand it."""

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
from cloudaudit.providers.m365.model import AccessPolicy, Directory, Tenant
from cloudaudit.providers.m365.policy_access import Coverage, mfa_coverage, names
from cloudaudit.providers.m365.policy_demands import demands_mfa, enforced, mentions_mfa, narrowed_by
from cloudaudit.providers.m365.settings import NOBODY


@check(
    "m365-mfa-enforced",
    title=Text(
        en="MFA is demanded from everyone",
        ja="全ユーザーに MFA が必須とされている",
    ),
    theme=Theme.MFA,
    severity=Severity.CRITICAL,
    on=Tenant,
    uses=(Directory,),
    rationale=Text(
        en="One account from which no second factor is demanded is enough for a stolen password to open the tenant. "
        "Report-only policies, exclusions and conditions let people through; they are counted here.",
        ja="MFA を求められないアカウントが1つでもあれば、盗まれたパスワードで侵入されるおそれがあります。"
        "レポート専用のポリシー、対象外の設定、条件による抜け道も含めて判定します。",
    ),
    remediation=Text(
        en="Make one conditional access policy: all users, all resources, no conditions, grant 'Require multifactor "
        "authentication', state On. Name emergency accounts in emergency_accounts and watch them.",
        ja="全ユーザー・全リソースを対象に、条件なしで「多要素認証を要求する」条件付きアクセスポリシーを1つ作成し、"
        "「オン」にしてください。緊急用アカウントは emergency_accounts に登録し、利用を監視してください。",
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-mfa-strength",
        "https://learn.microsoft.com/entra/fundamentals/security-defaults",
    ),
    settings=("emergency_accounts",),
)
def mfa_enforced(tenant: Tenant, audit: Audit) -> Verdict:
    """Security defaults are enough; else everyone must be reached by a policy that nothing narrows."""
    directory = audit.only(Directory)
    people = value(directory.people)
    if not any(person.enabled for person in people):
        not_read(NOBODY)
    defaults = tenant.security_defaults
    if isinstance(defaults, Read) and defaults.value:
        return passed(_DEFAULTS, {"security_defaults": True, "people": len(people)})
    policies = value(tenant.access_policies)
    found = mfa_coverage(policies, tenant, directory, people, audit.policy.emergency_accounts)
    evidence = {
        **found.evidence(),
        "security_defaults": False,
        "not_counted": [
            _why_not(each) for each in policies if mentions_mfa(each) and not _counts(each, found)
        ],
    }
    if found.escapes:
        value(defaults)
        return failed(_escaping(found), evidence)
    if found.doubtful or not found.people:
        not_read(*(found.unread or (NOBODY,)))
    return passed(
        Text(
            en=f"MFA is demanded from all {found.people} people by {', '.join(found.policies)}.",
            ja=f"対象{found.people}名の全員に MFA が必須とされています({'、'.join(found.policies)})。",
        ),
        evidence,
    )


def _counts(policy: AccessPolicy, found: Coverage) -> bool:
    return enforced(policy) and policy.name in found.policies


def _why_not(policy: AccessPolicy) -> dict[str, object]:
    return {
        "name": policy.name,
        "state": policy.state,
        "demands_mfa": demands_mfa(policy),
        "narrowed_by": list(narrowed_by(policy)),
        "client_apps": list(policy.client_apps),
    }


def _escaping(found: Coverage) -> Text:
    who = names(found.escapes)
    count = len(found.escapes)
    if not found.policies:
        return Text(
            en=f"No policy in force demands MFA without conditions; all {found.people} people escape: {who.en}.",
            ja=f"条件なしで MFA を必須とする有効なポリシーがなく、{found.people}名全員が対象外です({who.ja})。",
        )
    return Text(
        en=f"{count} of {found.people} people escape: {who.en}.",
        ja=f"対象{found.people}名のうち{count}名が MFA の適用を受けません({who.ja})。",
    )


_DEFAULTS = Text(
    en="Security defaults are on: everyone must register, and MFA is demanded by Microsoft's own rules.",
    ja="セキュリティの既定値群が有効で、全員に MFA の登録が義務付けられ、Microsoft の基準で要求されます。",
)
