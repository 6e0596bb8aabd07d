"""A password that leaked once must not come back."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Account


@check(
    "aws-iam-password-policy-reuse",
    title=Text(
        en="The password policy prevents the reuse of old passwords",
        ja="パスワードポリシーで過去のパスワードの再利用が禁止されている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.LOW,
    on=Account,
    rationale=Text(
        en="Who is made to change a leaked password and may set the same one again has changed nothing.",
        ja="漏えい後に変更を求めても、同じパスワードを再設定できてしまうと対策になりません。",
    ),
    remediation=Text(
        en="Set reuse prevention in the account's password policy. The command replaces the whole policy: "
        "repeat the other settings that you want to keep.",
        ja="アカウントのパスワードポリシーで再利用の禁止を設定してください。"
        "コマンドを実行するとポリシー全体が置き換わるため、残したい設定もあわせて指定してください。",
    ),
    command="aws iam update-account-password-policy --password-reuse-prevention COUNT",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
        "https://www.ppc.go.jp/all_faq_index/faq1-q10-19/",
    ),
    settings=("password_reuse_prevention",),
)
def password_policy_reuse(account: Account, audit: Audit) -> Verdict:
    policy = value(account.password_policy)
    required = audit.policy.password_reuse_prevention
    remembered = (policy.reuse_prevention or 0) if policy is not None else 0
    evidence = {"policy_set": policy is not None, "remembered": remembered, "required": required}
    if remembered >= required:
        return passed(
            Text(
                en=f"The last {remembered} passwords cannot be used again.",
                ja=f"過去{remembered}回分のパスワードは再利用できません。",
            ),
            evidence,
        )
    if policy is None:
        return failed(
            Text(
                en="No password policy is set, so old passwords can be used again.",
                ja="パスワードポリシーが未設定のため、過去のパスワードを再利用できます。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"The password policy remembers {remembered} passwords; {required} are required.",
            ja=f"再利用を禁止している世代数は{remembered}です(基準は{required}以上)。",
        ),
        evidence,
    )
