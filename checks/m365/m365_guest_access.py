"""What a guest may see and whom a guest may bring along."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.providers.m365.settings import told

# https://learn.microsoft.com/entra/identity/users/users-restrict-guest-permissions
_GUEST_ROLES = {
    "a0b1b346-4d3e-4e8b-98f8-753987be4970": "same as members",
    "10dae51f-b6af-4016-8d66-8c2a99b929b3": "limited",
    "2af84b1e-32c8-42b7-82bc-daa82404023b": "restricted to their own",
}
_BY_FEW = frozenset({"none", "adminsAndGuestInviters"})


@check(
    "m365-guest-access",
    title=Text(
        en="What guests see and who may invite them are restricted",
        ja="ゲストの閲覧権限とゲストを招待できる人が制限されている",
    ),
    theme=Theme.SHARING,
    severity=Severity.MEDIUM,
    on=Tenant,
    rationale=Text(
        en="A guest with a member's rights can list every person and group; and where everyone may invite, nobody "
        "knows who was let in, and why.",
        ja="ゲストにメンバー同等の権限があると、全社員・全グループの一覧を取得できます。"
        "誰でも招待できる設定では、招待の経緯を管理できません。",
    ),
    remediation=Text(
        en="In Entra ID, under External Identities > External collaboration settings, limit guests and let only "
        "administrators and the role Guest Inviter invite.",
        ja="Entra ID の「外部コラボレーションの設定」で、ゲストの権限を制限し、"
        "招待は管理者と「ゲスト招待元」ロールに限定してください。",
    ),
    references=(
        "https://learn.microsoft.com/graph/api/resources/authorizationpolicy",
        "https://learn.microsoft.com/entra/identity/users/users-restrict-guest-permissions",
    ),
)
def guest_access(tenant: Tenant, _audit: Audit) -> Verdict:
    """Fail on either of the two; pass needs both."""
    role = told(tenant.authorization, lambda found: found.guest_role, "guestUserRoleId").casefold()
    invites = told(tenant.authorization, lambda found: found.invites_from, "allowInvitesFrom")
    evidence = {"guest_role": _GUEST_ROLES.get(role, role), "invites_from": invites}
    wide_role = _GUEST_ROLES.get(role, "same as members") == "same as members"
    faults = [
        fault
        for wrong, fault in ((wide_role, _WIDE_ROLE), (invites not in _BY_FEW, _ANYONE_INVITES))
        if wrong
    ]
    if faults:
        return failed(
            Text(en=" ".join(each.en for each in faults), ja="".join(each.ja for each in faults)), evidence
        )
    return passed(
        Text(
            en="Guests are limited, and only administrators and guest inviters invite them.",
            ja="ゲストの権限は制限されており、招待できるのは管理者とゲスト招待元ロールのみです。",
        ),
        evidence,
    )


_WIDE_ROLE = Text(
    en="Guests see as much of the directory as members do.",
    ja="ゲストがメンバーと同じ範囲のディレクトリ情報を閲覧できます。",
)
_ANYONE_INVITES = Text(
    en="Members (or everyone) may invite guests.", ja="一般のメンバー(または全員)がゲストを招待できます。"
)
