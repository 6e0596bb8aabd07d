"""What a stranger's account may do is decided outside the company."""

from collections.abc import Sequence

from cloudaudit.approvals import in_evidence, of_resource
from cloudaudit.check import (
    Audit,
    NotRead,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_read,
    passed,
)
from cloudaudit.model import ref
from cloudaudit.policy import ApprovedShare
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import Bucket, Project
from cloudaudit.providers.gcs.policy import OUTSIDE, PUBLIC, UNCLEAR, Exposure, Opening
from cloudaudit.providers.gcs.policy_exposure import RIGHTS, capped, named
from cloudaudit.providers.gcs.policy_members import Member
from cloudaudit.providers.gcs.public_verdict import USES, exposure_in
from cloudaudit.providers.gcs.trust import names_of, strangers


@check(
    "gcs-bucket-external-members",
    title=Text(
        en="Only members of allowed domains and trusted projects reach the bucket",
        ja="バケットにアクセスできるのが、許可されたドメインと信頼済みプロジェクトのメンバーに限定されている",
    ),
    theme=Theme.SHARING,
    severity=Severity.HIGH,
    on=Bucket,
    uses=USES,
    rationale=Text(
        en="Data that a private or another company's account can reach leaves your control and must be known and "
        "agreed. Who belongs to a group of an allowed domain is not looked at.",
        ja="個人の Google アカウントや他社のアカウントからアクセス可能なデータは、自社の管理が及びません。委託・提供の"
        "範囲を把握し、合意しておく必要があります。なお、許可ドメインのグループに含まれるメンバーまでは確認していません。",
    ),
    remediation=Text(
        en="Remove the grant, or after checking the contract name the domain, project or member in trusted_domains, "
        "trusted_projects or trusted_members, or this one share in approved_shares. Domain-restricted sharing "
        "(iam.allowedPolicyMemberDomains) stops new grants of this kind.",
        ja="該当する許可を削除するか、契約を確認のうえ trusted_domains・trusted_projects・trusted_members"
        "(この共有に限る場合は approved_shares)に登録してください。"
        "組織ポリシーのドメイン制限付き共有(iam.allowedPolicyMemberDomains)で、同様の許可の新規追加を防止できます。",
    ),
    references=(
        "https://cloud.google.com/resource-manager/docs/organization-policy/restricting-domains",
        "https://cloud.google.com/iam/docs/principal-identifiers",
    ),
    settings=("trusted_domains", "trusted_members", "trusted_projects"),
)
def external_members(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge everybody who gets in by IAM or an ACL and is not certainly of the own organisation."""
    found = exposure_in(bucket, audit)
    project = project_of(bucket, audit)
    evidence = found.evidence(OUTSIDE, UNCLEAR)
    public = found.open_to(PUBLIC)
    if public:
        return failed(
            Text(
                en=f"The bucket is open to everyone, so to strangers too. {public[0].sentence.en}",
                ja=f"不特定多数に公開されており、外部の相手もアクセスできます。{public[0].sentence.ja}",
            ),
            {"untrusted": [public[0].member.text], **evidence},
        )
    rules = {each: _approval(bucket, each, audit) for each in found.open_to(OUTSIDE, UNCLEAR)}
    approved = in_evidence(rule for rule in rules.values() if rule)
    openings = tuple(each for each, rule in rules.items() if rule is None)
    evidence = {**evidence, **approved}
    known, gaps = _known(audit, project, [each.member for each in openings])
    untrusted, doubts = strangers((each.member for each in openings), project, known, audit.policy)
    certain = [who for who in untrusted if not (gaps and who.project)]
    if certain:
        theirs = [each for each in openings if each.member in certain]
        return failed(
            _let_in(theirs, certain), {**capped("untrusted", [who.text for who in certain]), **evidence}
        )
    unread = (*doubts, *_remaining(found, project, known, audit), *(gaps if untrusted else ()))
    if unread:
        not_read(*dict.fromkeys(unread))
    if openings or approved:
        return passed(
            Text(
                en="Everyone from outside who is let in is trusted or approved by the policy.",
                ja="許可されている外部の相手は、すべて監査ポリシーで信頼済みまたは承認済みです。",
            ),
            evidence,
        )
    return passed(
        Text(
            en="Nobody from outside the organisation is let in.",
            ja="組織外からのアクセスは許可されていません。",
        ),
        evidence,
    )


def _approval(bucket: Bucket, opening: Opening, audit: Audit) -> ApprovedShare | None:
    return of_resource(audit.policy, audit.taken_at.date(), ref(bucket), opening.member.text)


def _known(
    audit: Audit, project: Project, members: list[Member]
) -> tuple[frozenset[str], tuple[Unread, ...]]:
    """Return the names of all scanned projects, asked for only where one can matter, and what was not read of them."""
    if not any(who.project for who in members):
        return names_of((project,)), ()
    try:
        return names_of(audit.of(Project)), ()
    # Another way may decide without them; where it does not, these facts are raised again.
    except NotRead as missing:
        return names_of((project,)), missing.facts


def _remaining(found: Exposure, project: Project, known: frozenset[str], audit: Audit) -> list[Unread]:
    """Return what is unread of the ways in, save for members whom the policy trusts anyway."""
    return [
        each.unread
        for each in found.doubts
        if each.scope in {OUTSIDE, PUBLIC}
        and (
            each.member is None
            or each.member.public
            or strangers((each.member,), project, known, audit.policy) != ((), ())
        )
    ]


def _let_in(theirs: Sequence[Opening], certain: list[Member]) -> Text:
    who, first = named([each.text for each in certain]), theirs[0].sentence
    rights = [words for right, words in RIGHTS.items() if any(each.right is right for each in theirs)]
    may_en, may_ja = " and ".join(each.en for each in rights), "・".join(each.ja for each in rights)
    return Text(
        en=f"Let in and neither of an allowed domain nor trusted: {who.en}; may {may_en}. {first.en}",
        ja=f"許可されたドメイン・信頼済みの相手以外がアクセスできます: {who.ja}({may_ja})。{first.ja}",
    )
