"""A user with every right is one stolen password away from losing the account."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, not_read, passed
from cloudaudit.providers.aws.identity_policy import is_administrator, joined
from cloudaudit.providers.aws.model import User
from cloudaudit.providers.aws.policy import Answer


@check(
    "aws-iam-admin-policy",
    title=Text(en="User holds no unlimited rights", ja="ユーザーに無制限の権限が付与されていない"),
    theme=Theme.ACCESS,
    severity=Severity.HIGH,
    on=User,
    rationale=Text(
        en="Users have passwords and keys that live for years; every right on every resource belongs to "
        "roles that"
        " are assumed for an hour.",
        ja="ユーザーのパスワードやキーは長期間有効です。無制限の権限は、一時的に引き受けるロールに限定すべ"
        "きです。",
    ),
    remediation=Text(
        en="Replace the policy by what the user needs, and give administration to a role that demands MFA.",
        ja="必要最小限のポリシーに置き換え、管理作業は MFA を必須とするロールで行ってください。",
    ),
    references=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",),
)
def admin_policy(user: User, _audit: Audit) -> Verdict:
    """Judge the effective rights: own and group policies, less Deny and boundary."""
    found = is_administrator(user)
    evidence = {"administrator": str(found.answer), "policies": [each.en for each in found.policies]}
    if found.answer is Answer.UNKNOWN:
        not_read(*found.unread)
    if found.answer is Answer.NO:
        return passed(
            Text(en="No policy gives every right.", ja="すべての権限を与えるポリシーはありません。"), evidence
        )
    names = joined(found.policies)
    return failed(
        Text(
            en=f"Every right, or the right to take it, is given by {names.en}.",
            ja=f"{names.ja}により、すべての権限(またはそれを自ら付与できる権限)が与えられています。",
        ),
        evidence,
    )
