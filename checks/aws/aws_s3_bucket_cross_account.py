"""What another account may do is decided by that account's administrators."""

from cloudaudit.approvals import in_evidence, of_resource
from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, not_read, passed
from cloudaudit.model import ref
from cloudaudit.policy import ApprovedShare
from cloudaudit.providers.aws.model import Account, StorageBucket
from cloudaudit.providers.aws.policy import OUTSIDE, PUBLIC, Opening
from cloudaudit.providers.aws.policy_allowances import listed
from cloudaudit.providers.aws.policy_exposure import capped
from cloudaudit.providers.aws.public_verdict import USES, exposure_in, noted, stands
from cloudaudit.providers.aws.trust import judge_trust


@check(
    "aws-s3-bucket-cross-account",
    title=Text(
        en="Only trusted accounts, organisations and services are let into the bucket",
        ja="バケットへのアクセスが信頼済みのアカウント・組織・サービスに限定されている",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=StorageBucket,
    uses=USES,
    rationale=Text(
        en="Data that another company's account can reach leaves your control and must be known and agreed.",
        ja="他社アカウントからアクセス可能なデータは自社の管理が及びません。委託・提供の範囲を把握し、合意"
        "しておく必要があります。",
    ),
    remediation=Text(
        en="Remove the statement or grant, or name the account in trusted_accounts, or this one share in approved_shares, "
        "after checking the contract.",
        ja="該当する許可を削除するか、契約を確認のうえ trusted_accounts(この共有に限る場合は "
        "approved_shares)に登録してください。",
    ),
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",),
    settings=("trusted_accounts", "trusted_networks", "trusted_organizations"),
)
def cross_account(bucket: StorageBucket, audit: Audit) -> Verdict:
    """Judge every way in for principals and networks outside the account."""
    found = exposure_in(bucket, audit)
    public, outside = found.open_to(PUBLIC), found.open_to(OUTSIDE)
    evidence = found.evidence(OUTSIDE)
    unread = tuple(dict.fromkeys((*found.unread(OUTSIDE), *found.unread(PUBLIC))))
    if public:
        stands(found, public, unread)
        reason = Text(
            en=f"The bucket is open to everyone, so to untrusted accounts too. {public[0].sentence.en}",
            ja=f"誰でもアクセスできるため、信頼済みでないアカウントにも開かれています。{public[0].sentence.ja}",
        )
        return failed(noted(reason, found), {"untrusted": ["*"], **evidence})
    rules = {each: _approval(bucket, each, audit) for each in outside}
    approved = in_evidence(rule for rule in rules.values() if rule)
    outside = tuple(each for each, rule in rules.items() if rule is None)
    evidence = {**evidence, **approved}
    # One party comes once for each right that it has.
    candidates = dict.fromkeys((each.party, each.limits) for each in outside if each.party is not None)
    strangers, doubts = judge_trust(candidates, audit.only(Account), audit.policy)
    unread = tuple(dict.fromkeys((*doubts, *unread)))
    if strangers:
        stands(found, outside, unread)
        names = sorted({each.value for each in strangers})
        first = next(each for each in outside if each.party in strangers)
        return failed(noted(_untrusted(first, names), found), {**capped("untrusted", names), **evidence})
    if unread:
        not_read(*unread)
    if outside or approved:
        return passed(
            Text(
                en="Everyone from outside who is let in is trusted or approved.",
                ja="許可されている外部の相手はすべて信頼済みまたは承認済みです。",
            ),
            evidence,
        )
    return passed(
        Text(
            en="Nobody from outside the account is let in.",
            ja="アカウント外からのアクセスは許可されていません。",
        ),
        evidence,
    )


def _approval(bucket: StorageBucket, opening: Opening, audit: Audit) -> ApprovedShare | None:
    return of_resource(audit.policy, audit.taken_at.date(), ref(bucket), opening.audience)


def _untrusted(first: Opening, names: list[str]) -> Text:
    who = listed(names)
    return Text(
        en=f"Let in from outside and not trusted: {who.en}. {first.sentence.en}",
        ja=f"信頼済みでない外部の相手がアクセスできます: {who.ja}。{first.sentence.ja}",
    )
