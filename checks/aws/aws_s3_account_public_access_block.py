"""One switch in the account that no bucket can undo."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Account
from cloudaudit.providers.aws.protection import switches


@check(
    "aws-s3-account-public-access-block",
    title=Text(
        en="The account blocks public access to all of its buckets",
        ja="アカウント全体で S3 のパブリックアクセスがブロックされている",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=Account,
    rationale=Text(
        en="With all four account-level settings on, a mistake in one bucket's policy or ACL cannot open it "
        "to everyone.",
        ja="アカウント単位の4つの設定がすべて有効であれば、個々のバケットポリシーや ACL の設定を誤っても"
        "全世界に公開されることはありません。",
    ),
    remediation=Text(
        en="Turn on all four settings for the account. First move what must be public to an account of its "
        "own.",
        ja="アカウント単位の4つの設定をすべて有効にしてください。公開が必要なデータがある場合は、"
        "事前に専用のアカウントへ移してください。",
    ),
    command="aws s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration "
    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html",
    ),
)
def account_public_access_block(account: Account, _audit: Audit) -> Verdict:
    """Judge the account's effective block; S3 counts what the organisation enforces into it."""
    block = value(account.public_access_block)
    evidence = {"public_access_block": switches(block)}
    if block is None:
        return failed(
            Text(
                en="No account-level public access block is set.",
                ja="アカウント単位のパブリックアクセスブロックが設定されていません。",
            ),
            evidence,
        )
    if block.all_on:
        return passed(
            Text(
                en="All four account-level settings are on.", ja="アカウント単位の4つの設定がすべて有効です。"
            ),
            evidence,
        )
    off = ", ".join(name for name, on in (switches(block) or {}).items() if not on)
    return failed(
        Text(en=f"Account-level settings that are off: {off}.", ja=f"無効になっている設定があります: {off}"),
        evidence,
    )
