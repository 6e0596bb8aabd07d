"""Length is what makes a password hard to guess."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Account

AWS_DEFAULT_LENGTH = 8
"""What IAM demands where an account sets no password policy of its own (IAM User Guide)."""


@check(
    "aws-iam-password-policy-length",
    title=Text(
        en="The password policy demands long passwords",
        ja="パスワードポリシーで十分な文字数が必須となっている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=Account,
    rationale=Text(
        en="Length protects a password better than rules on its characters or frequent changes.",
        ja="文字種の組み合わせや定期変更よりも、文字数を長くすることがパスワードの強度に大きく寄与します。",
    ),
    remediation=Text(
        en="Set the minimum length in the account's password policy. The command replaces the whole "
        "policy: repeat the other settings that you want to keep.",
        ja="アカウントのパスワードポリシーで最小文字数を設定してください。"
        "コマンドを実行するとポリシー全体が置き換わるため、残したい設定もあわせて指定してください。",
    ),
    command="aws iam update-account-password-policy --minimum-password-length LENGTH",
    references=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
        "https://pages.nist.gov/800-63-4/sp800-63b.html",
    ),
    settings=("password_min_length",),
)
def password_policy_length(account: Account, audit: Audit) -> Verdict:
    policy = value(account.password_policy)
    required = audit.policy.password_min_length
    length = AWS_DEFAULT_LENGTH if policy is None else policy.minimum_length
    evidence = {"policy_set": policy is not None, "minimum_length": length, "required": required}
    if length >= required:
        return passed(
            Text(
                en=f"Passwords must have at least {length} characters.",
                ja=f"パスワードは{length}文字以上が必須です。",
            ),
            evidence,
        )
    if policy is None:
        return failed(
            Text(
                en=f"No password policy is set, so the AWS default of {length} characters applies; "
                f"{required} are required.",
                ja=f"パスワードポリシーが未設定のため、AWS 既定の{length}文字が適用されています"
                f"(基準は{required}文字以上)。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"Passwords may have {length} characters; {required} are required.",
            ja=f"パスワードの最小文字数が{length}文字に設定されています(基準は{required}文字以上)。",
        ),
        evidence,
    )
