"""What identity and trust policies amount to, and who is trusted."""

import json
from typing import Any

import pytest

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.identity_policy import holds_all_storage, is_administrator, trusts
from cloudaudit.providers.aws.model import Account, Organization, PrincipalPolicy, User
from cloudaudit.providers.aws.policy import Answer
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.providers.aws.trust import judge_trust, trusted
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
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::audit/*"}, NO, NO),
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


def test_the_group_that_carries_a_policy_is_named() -> None:
    assert is_administrator(user(document(EVERYTHING), via="admins")).policies == ("p0 (group admins)",)


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
    condition = {"StringEquals": {"sts:ExternalId": "x-1", "aws:PrincipalOrgID": "o-1"}}
    found = trusts(document(trust(), trust(Condition=condition)), SOURCE)
    assert not isinstance(found, Unread)
    assert [(each.number, each.external_id, each.organization) for each in found] == [
        (1, False, False),
        (2, True, True),
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
    assert not found[0].organization


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
