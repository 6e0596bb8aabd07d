"""What identity and trust policies amount to, and who is trusted."""

import json
from string import ascii_lowercase, digits
from typing import Any

import pytest

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.identity_policy import Authority, holds_all_storage, is_administrator, joined
from cloudaudit.providers.aws.model import Account, Organization, PrincipalPolicy, User
from cloudaudit.providers.aws.policy import Answer
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.providers.aws.trust import judge_trust, trusted
from cloudaudit.providers.aws.trust_policy import trusts
from cloudaudit.testing import build, denied
from cloudaudit.text import Text

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
OTHER = "111122223333"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
STORAGE = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def user(*documents: str, boundary: Any = None, via: str = "") -> User:
    policies = tuple(
        PrincipalPolicy(name=f"p{number}", type="inline", via=via, document=text)
        for number, text in enumerate(documents)
    )
    return build(User, policies=policies, boundary=boundary)


@pytest.mark.parametrize(
    ("statement", "administrator", "storage"),
    [
        (EVERYTHING, YES, YES),
        ({**EVERYTHING, "Action": ["s3:List*", "*:*"]}, YES, YES),
        ({**EVERYTHING, "Condition": MFA}, YES, YES),
        ({**EVERYTHING, "Resource": "arn:aws:s3:::*"}, NO, YES),
        ({**EVERYTHING, "Resource": "arn:aws:s3:::b*"}, NO, NO),
        (STORAGE, NO, YES),
        ({**STORAGE, "Action": "S3:*"}, NO, YES),
        ({**STORAGE, "Action": "s3:Get*"}, NO, NO),
        ({**STORAGE, "Resource": "arn:aws:s3:::*/*"}, NO, YES),
        ({"Effect": "Allow", "NotAction": ["iam:*", "account:*"], "Resource": "*"}, NO, YES),
        ({"Effect": "Allow", "NotAction": "budgets:*", "Resource": "*"}, YES, YES),
        ({"Effect": "Allow", "NotAction": "s3:Delete*", "Resource": "*"}, YES, NO),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::audit/*"}, YES, YES),
        ({"Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::*", "arn:aws:iam::*"]}, NO, NO),
        ({"Effect": "Allow", "NotAction": ["iam:PassRole"], "Resource": "*"}, YES, YES),
        ({"Effect": "Allow", "NotAction": ["s3:GetBucketTagging"], "Resource": "*"}, YES, YES),
        ({**EVERYTHING, "Action": "?*"}, YES, YES),
        ({**EVERYTHING, "Action": [f"{letter}*" for letter in ascii_lowercase]}, YES, YES),
        ({**EVERYTHING, "Action": [f"{letter}*" for letter in ascii_lowercase if letter != "i"]}, NO, YES),
        ({**EVERYTHING, "Resource": "arn:*"}, YES, YES),
        ({**EVERYTHING, "Resource": "arn:aws:*"}, YES, YES),
        ({**EVERYTHING, "Resource": "arn:aws-cn:*"}, NO, NO),
        ({**EVERYTHING, "Resource": ["arn:aws:s3:::*", "arn:aws:iam::*"]}, NO, YES),
        ({**EVERYTHING, "Action": "iam:*"}, NO, NO),
        ({**STORAGE, "Resource": "arn:aws:s3:::?*"}, NO, YES),
        ({**STORAGE, "Resource": "arn:aws:s3:::???*"}, NO, YES),
        ({**STORAGE, "Resource": [f"arn:aws:s3:::{one}*" for one in ascii_lowercase + digits]}, NO, YES),
        ({**STORAGE, "Resource": [f"arn:aws:s3:::{one}*" for one in ascii_lowercase]}, NO, NO),
        ({**STORAGE, "Action": ["s3:Get*", "s3:Put*", "s3:Delete*"]}, NO, YES),
        ({**STORAGE, "Action": ["s3:Get*", "s3:Put*", "s3:List*"]}, NO, NO),
        (
            {
                **STORAGE,
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy"],
            },
            NO,
            NO,
        ),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:sqs:x"}, NO, YES),
        ({"Effect": "Allow", "Action": "*"}, NO, NO),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, NO, NO),
    ],
)
def test_powers_of_one_statement(statement: dict[str, Any], administrator: Answer, storage: Answer) -> None:
    someone = user(document(statement))
    assert is_administrator(someone).answer is administrator
    assert holds_all_storage(someone).answer is storage


def test_a_deny_takes_a_power_away_only_without_conditions_and_as_a_whole() -> None:
    deny = {**EVERYTHING, "Effect": "Deny"}
    assert is_administrator(user(document(EVERYTHING), document(deny))).answer is NO
    assert is_administrator(user(document(EVERYTHING, {**deny, "Condition": MFA}))).answer is YES
    assert is_administrator(user(document(EVERYTHING, {**deny, "Action": "s3:*"}))).answer is YES
    assert holds_all_storage(user(document(EVERYTHING, {**deny, "Action": "s3:*"}))).answer is NO


@pytest.mark.parametrize(
    ("deny", "administrator", "storage"),
    [
        ({"Action": "iam:*", "Resource": "*"}, NO, YES),
        ({"Action": "iam:PassRole", "Resource": "*"}, YES, YES),
        ({"Action": "s3:DeleteObject*", "Resource": "arn:aws:s3:::*/*"}, YES, NO),
        ({"Action": "s3:DeleteObject*", "Resource": "arn:aws:s3:::a*/*"}, YES, YES),
        ({"Action": "s3:DeleteBucket*", "Resource": "arn:aws:s3:::*/*"}, YES, YES),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}*"}, YES, YES),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::mine*"}, YES, NO),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::${aws:username}*"}, YES, YES),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::*"}, YES, YES),
        ({"Action": "s3:*"}, YES, YES),
        ({"NotAction": "iam:*", "Resource": "*"}, NO, NO),
    ],
)
def test_a_deny_takes_away_what_it_certainly_covers(
    deny: dict[str, Any], administrator: Answer, storage: Answer
) -> None:
    someone = user(document(EVERYTHING, {"Effect": "Deny", **deny}))
    assert is_administrator(someone).answer is administrator
    assert holds_all_storage(someone).answer is storage


ALL_BUT_IAM = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
ALL_IAM = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}


def test_what_several_policies_give_together_counts() -> None:
    someone = user(
        document(ALL_BUT_IAM), document(ALL_IAM), document({**STORAGE, "Resource": "arn:aws:s3:::b"})
    )
    assert is_administrator(someone) == Authority(
        Answer.YES, (Text(en="p0", ja="p0"), Text(en="p1", ja="p1"))
    )
    halves = [
        {**STORAGE, "Resource": [f"arn:aws:s3:::{one}*" for one in part]}
        for part in (ascii_lowercase, digits)
    ]
    assert len(holds_all_storage(user(*map(document, halves))).policies) == 2
    assert is_administrator(user(document(ALL_BUT_IAM, ALL_IAM))).answer is YES
    assert is_administrator(user(document(ALL_BUT_IAM), document(EVERYTHING))).policies[0].en == "p1"


def test_a_boundary_is_the_union_of_its_statements() -> None:
    whole = user(document(EVERYTHING), boundary=document(ALL_BUT_IAM, ALL_IAM))
    assert is_administrator(whole).answer is YES
    assert is_administrator(user(document(EVERYTHING), boundary=document(ALL_BUT_IAM))).answer is NO
    deny = {**ALL_IAM, "Effect": "Deny"}
    denying = user(document(EVERYTHING), boundary=document(EVERYTHING, deny))
    assert is_administrator(denying).answer is NO


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_other_partitions_have_arns_of_their_own(partition: str) -> None:
    def answer(owner: str, resource: str) -> Answer:
        policy = PrincipalPolicy(
            name="p",
            type="inline",
            via="",
            document=document({**STORAGE, "Resource": f"arn:{resource}:s3:::*"}),
        )
        arn = f"arn:{owner}:iam::123456789012:user/x"
        return holds_all_storage(build(User, id=arn, policies=(policy,), boundary=None)).answer

    assert answer(partition, partition) is YES
    assert answer("aws", partition) is NO
    assert answer(partition, "aws") is NO


def test_a_deny_of_everything_decides_beside_a_malformed_policy() -> None:
    deny = document({**EVERYTHING, "Effect": "Deny"})
    assert is_administrator(user("{", deny)).answer is NO
    assert is_administrator(user("{", document(ALL_IAM))).answer is UNKNOWN


def test_the_group_that_carries_a_policy_is_named_in_both_languages() -> None:
    policies = is_administrator(user(document(EVERYTHING), via="admins")).policies
    assert policies == (Text(en="p0 (group admins)", ja="p0(グループ admins)"),)
    assert joined((*policies, Text(en="q", ja="q"))) == Text(
        en="p0 (group admins), q", ja="p0(グループ admins)、q "
    )


@pytest.mark.parametrize(
    ("boundary", "answer"),
    [
        (None, YES),
        (document(EVERYTHING), YES),
        (document(STORAGE), NO),
        (document(EVERYTHING, {**EVERYTHING, "Effect": "Deny"}), NO),
        ("{", UNKNOWN),
        (denied("iam:GetPolicyVersion"), UNKNOWN),
    ],
)
def test_a_boundary_must_allow_it_too(boundary: Any, answer: Answer) -> None:
    assert is_administrator(user(document(EVERYTHING), boundary=boundary)).answer is answer
    assert is_administrator(user(document({**STORAGE, "Action": "s3:Get*"}), boundary=boundary)).answer is NO


def test_a_malformed_policy_is_unknown_unless_another_one_decides() -> None:
    found = is_administrator(user("{"))
    assert found.answer is UNKNOWN
    assert found.unread[0].cause is Cause.MALFORMED
    assert is_administrator(user("{", document(EVERYTHING))).answer is YES
    assert is_administrator(build(User, policies=denied("iam:ListAttachedUserPolicies"))).answer is UNKNOWN


# --------------------------------------------------------------------------- trust policies


def trust(**changes: Any) -> dict[str, Any]:
    base = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}, "Action": "sts:AssumeRole"}
    return {name: each for name, each in {**base, **changes}.items() if each is not None}


SOURCE = Source("iam:ListRoles")


def test_a_trust_policy_tells_who_and_under_which_condition() -> None:
    condition = {"StringEquals": {"sts:ExternalId": ["x-1", "x-2"], "aws:PrincipalOrgID": "o-1"}}
    found = trusts(document(trust(), trust(Condition=condition)), SOURCE)
    assert not isinstance(found, Unread)
    assert [(each.number, each.external_id, each.limits) for each in found] == [
        (1, False, ()),
        (2, True, ((Party("aws:principalorgid", "o-1"),),)),
    ]
    assert found[0].parties == (Party("aws", f"arn:aws:iam::{OTHER}:root"),)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEqualsIfExists": {"sts:ExternalId": "x-1"}},
        {"StringLike": {"sts:ExternalId": "*"}},
        {"StringNotEquals": {"sts:ExternalId": "x-1"}},
        {"ForAllValues:StringEquals": {"sts:ExternalId": "x-1"}},
        {"StringEquals": {"sts:ExternalId": []}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ],
)
def test_a_condition_that_anyone_can_meet_is_no_guard(condition: Any) -> None:
    found = trusts(document(trust(Condition=condition)), SOURCE)
    assert not isinstance(found, Unread)
    assert not found[0].external_id
    assert found[0].limits == ()


@pytest.mark.parametrize(
    "statements",
    [
        (trust(Principal={"Service": "ec2.amazonaws.com"}),),
        (trust(Action="sts:TagSession"),),
        (trust(), trust(Effect="Deny")),
        (trust(), trust(Effect="Deny", Principal="*", Action="sts:*")),
        (trust(Action=None, NotAction="sts:*"),),
    ],
)
def test_nobody_is_trusted(statements: tuple[dict[str, Any], ...]) -> None:
    assert trusts(document(*statements), SOURCE) == ()


def test_everyone_has_no_names_and_not_action_counts() -> None:
    found = trusts(document(trust(Principal="*"), trust(Action=None, NotAction="s3:*")), SOURCE)
    assert not isinstance(found, Unread)
    assert [each.parties for each in found] == [(), (Party("aws", f"arn:aws:iam::{OTHER}:root"),)]


def test_a_malformed_trust_policy_is_unread() -> None:
    found = trusts("{}", SOURCE)
    assert isinstance(found, Unread)
    assert found.cause is Cause.MALFORMED
    assert isinstance(found.detail, Text)
    assert found.detail.ja.startswith("信頼ポリシーを判定できません")


GITHUB = "token.actions.githubusercontent.com"
ORG = "repo:our-org/our-repo:ref:refs/heads/main"


def unbound(
    issuer: str, condition: Any = None, action: str = "sts:AssumeRoleWithWebIdentity"
) -> list[str] | None:
    provider = issuer if issuer.startswith("arn:") or issuer in PUBLIC else oidc(issuer)
    found = trusts(
        document(trust(Principal={"Federated": provider}, Action=action, Condition=condition)), SOURCE
    )
    assert not isinstance(found, Unread)
    return list(found[0].unbound[0].keys) if found[0].unbound else None


PUBLIC = {"accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"}


def oidc(issuer: str) -> str:
    return f"arn:aws:iam::123456789012:oidc-provider/{issuer}"


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}},
        {"StringLike": {f"{GITHUB}:sub": "*"}},
        {"StringLike": {f"{GITHUB}:sub": "repo:*"}},
        {"StringLike": {f"{GITHUB}:sub": "repo:*/our-repo:*"}},
        {"StringLike": {f"{GITHUB}:sub": "repo:our-*/our-repo:*"}},
        {"StringLike": {f"{GITHUB}:sub": "repo:our-org*"}},
        {"StringLike": {f"{GITHUB}:sub": [ORG, "repo:*"]}},
        {"StringEquals": {f"{GITHUB}:sub": "repo:${aws:username}"}},
        {"StringNotEquals": {f"{GITHUB}:sub": ORG}},
        {"StringEqualsIfExists": {f"{GITHUB}:sub": ORG}},
        {"ForAllValues:StringEquals": {f"{GITHUB}:sub": ORG}},
        {"StringEquals": {f"{GITHUB}:sub": []}},
        {"StringEquals": {"gitlab.com:sub": ORG}},
    ],
)
def test_a_web_identity_without_a_fixed_subject_lets_anyone_in(condition: Any) -> None:
    assert unbound(GITHUB, condition) == [f"{GITHUB}:sub"]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {f"{GITHUB}:sub": ORG}},
        {"StringEquals": {f"{GITHUB}:sub": "repo:*"}},  # to StringEquals an asterisk is an asterisk
        {"StringEquals": {"Token.Actions.GitHubUserContent.com:sub": ORG}},
        {"StringLike": {f"{GITHUB}:sub": [ORG, "repo:our-org/*"]}},
        {"ForAnyValue:StringLike": {f"{GITHUB}:sub": "repo:our-org/*"}},
        {"StringLike": {f"{GITHUB}:sub": "repository_owner:our-org:*"}},
    ],
)
def test_a_subject_with_a_fixed_owner_binds(condition: Any) -> None:
    assert unbound(GITHUB, condition) is None


@pytest.mark.parametrize(
    ("issuer", "key"),
    [
        ("accounts.google.com", "aud"),
        ("accounts.google.com", "sub"),
        ("cognito-identity.amazonaws.com", "aud"),
        ("graph.facebook.com", "app_id"),
        ("www.amazon.com", "app_id"),
        ("gitlab.com", "sub"),
        ("login.example.com/tenant", "sub"),
    ],
)
def test_each_provider_has_its_own_keys(issuer: str, key: str) -> None:
    keys = unbound(issuer)
    assert keys is not None
    assert f"{issuer}:{key}" in keys
    assert unbound(issuer, {"StringEquals": {f"{issuer}:{key}": "fixed"}}) is None
    assert unbound(issuer, {"StringEquals": {f"{issuer}:amr": "fixed"}}) == keys


def test_cognito_needs_the_audience_and_not_the_subject() -> None:
    assert unbound(
        "cognito-identity.amazonaws.com", {"StringEquals": {"cognito-identity.amazonaws.com:sub": "x"}}
    )


@pytest.mark.parametrize(
    ("issuer", "action"),
    [
        ("oidc.eks.ap-northeast-1.amazonaws.com/id/ABC", "sts:*"),
        ("arn:aws:iam::123456789012:saml-provider/x", "sts:*"),
        (GITHUB, "sts:AssumeRole"),
    ],
)
def test_the_own_cluster_saml_and_what_is_no_web_identity_need_no_subject(issuer: str, action: str) -> None:
    assert unbound(issuer, None, action) is None


# --------------------------------------------------------------------------- who is trusted

IN_ORGANIZATION: dict[str, Any] = {"organization": Organization(id="o-1", management_account="999988887777")}
LISTED = {**IN_ORGANIZATION, "organization_accounts": (OTHER,)}
ALONE = {"organization": None}


@pytest.mark.parametrize(
    ("party", "facts", "policy", "answer"),
    [
        (Party("aws", "123456789012"), {}, AuditPolicy(), True),
        (Party("aws", OTHER), ALONE, AuditPolicy(), False),
        (Party("aws", OTHER), ALONE, AuditPolicy(trusted_accounts=(OTHER,)), True),
        (Party("aws", f"arn:aws:iam::{OTHER}:role/x"), LISTED, AuditPolicy(), True),
        (Party("aws", "444455556666"), LISTED, AuditPolicy(), False),
        (Party("aws", OTHER), IN_ORGANIZATION, AuditPolicy(), None),
        (Party("aws", OTHER), {}, AuditPolicy(), None),
        (Party("service", "s3.amazonaws.com"), {}, AuditPolicy(), True),
        (Party("aws:principalorgid", "o-1"), IN_ORGANIZATION, AuditPolicy(), True),
        (Party("aws:principalorgpaths", "o-1/r-1/"), IN_ORGANIZATION, AuditPolicy(), True),
        (Party("aws:principalorgid", "o-2"), IN_ORGANIZATION, AuditPolicy(), False),
        (Party("aws:principalorgid", "o-2"), ALONE, AuditPolicy(), False),
        (Party("aws:principalorgid", "o-2"), {}, AuditPolicy(), None),
        (Party("aws:principalorgid", "o-2"), {}, AuditPolicy(trusted_organizations=("o-2",)), True),
        (Party("canonicaluser", "me"), {"canonical_user": "me"}, AuditPolicy(), True),
        (Party("canonicaluser", "they"), {"canonical_user": "me"}, AuditPolicy(), False),
        (Party("canonicaluser", "they"), {}, AuditPolicy(), None),
        (Party("aws:sourceip", "198.51.100.0/24"), {}, AuditPolicy(), False),
        (Party("aws:sourcevpce", "vpce-1"), {}, AuditPolicy(), None),
        (Party("e-mail", "a@example.com"), {}, AuditPolicy(), False),
    ],
)
def test_trust_is_yes_no_or_a_question(
    party: Party,
    facts: dict[str, Any],
    policy: AuditPolicy,
    answer: bool | None,  # noqa: FBT001
) -> None:
    found = trusted(party, (), build(Account, **facts), policy)
    assert found is answer if answer is not None else isinstance(found, tuple)


def test_a_limit_to_trusted_parties_makes_the_rest_harmless() -> None:
    account = build(Account, **IN_ORGANIZATION)
    organization = (Party("aws:principalorgid", "o-1"),)
    network = (Party("aws:sourceip", "198.51.100.0/24"),)
    endpoint = (Party("aws:sourcevpce", "vpce-1"),)
    anyone = Party("e-mail", "a@example.com")
    assert trusted(anyone, (network, organization), account, AuditPolicy()) is True
    assert trusted(anyone, (network,), account, AuditPolicy()) is False
    assert isinstance(trusted(anyone, (endpoint,), account, AuditPolicy()), tuple)
    assert trusted(anyone, ((*endpoint, *network),), account, AuditPolicy()) is False


def test_strangers_and_doubts_are_told_apart() -> None:
    account = build(Account, **IN_ORGANIZATION)
    candidates = [(Party("aws", OTHER), ()), (Party("e-mail", "a"), ()), (Party("service", "s"), ())]
    strangers, doubts = judge_trust(candidates, account, AuditPolicy())
    assert strangers == (Party("e-mail", "a"),)
    assert [each.detail.en for each in doubts if isinstance(each.detail, Text)] == [
        f"whether account {OTHER} belongs to the organisation is not known"
    ]
