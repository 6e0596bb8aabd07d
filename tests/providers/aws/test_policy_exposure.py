"""Effective exposure: blocks, policy, Deny, ACL, ownership, the organisation and access points together."""

import json
from typing import Any

import pytest

from cloudaudit.facts import Cause, Unread
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    Acl,
    Bucket,
    ControlPolicy,
    DirectoryBucket,
    Grant,
    Organization,
    PublicAccessBlock,
)
from cloudaudit.providers.aws.policy import OUTSIDE, PUBLIC, Answer, Exposure, Right, exposure
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.providers.aws.sharing import shares
from cloudaudit.testing import build, denied
from cloudaudit.text import Text

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
OWN, OTHER = "123456789012", "111122223333"
ARN = "arn:aws:s3:::b"
POINT = f"arn:aws:s3:ap-northeast-1:{OWN}:accesspoint/p"
OFF = PublicAccessBlock()
GROUPS = "http://acs.amazonaws.com/groups/"
ROLE = f"arn:aws:iam::{OTHER}:role/app"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str = "Allow", **changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}
    merged = {"Effect": effect, **base, **changes}
    return {name: each for name, each in merged.items() if each is not None}


def bucket(policy: Any = None, **facts: Any) -> Bucket:
    given: dict[str, Any] = {
        "public_access_block": None,
        "policy_is_public": None,
        "acl": Acl(owner="me", grants=()),
        "ownership": None,
        **facts,
    }
    return build(Bucket, name="b", id=ARN, policy=policy, **given)


def account(**facts: Any) -> Account:
    given: dict[str, Any] = {
        "public_access_block": None,
        "organization_s3_block": None,
        "resource_control_policies": (),
        "canonical_user": "me",
        **facts,
    }
    return build(Account, partition="aws", **given)


def judged(text: Any, **facts: Any) -> Exposure:
    return exposure(bucket(text, **facts), account())


ALLOWED = policy(statement())


def test_a_public_statement_opens_one_right_and_says_how() -> None:
    found = judged(ALLOWED, policy_is_public=True)
    assert found.public == {Right.READ: YES, Right.LIST: NO, Right.WRITE: NO, Right.ADMINISTER: NO}
    assert set(found.outside.values()) == {NO}
    (opening,) = found.openings
    assert opening.sentence.en == (
        "Public because statement 1 of the bucket policy allows s3:GetObject to everyone and no block stops it."
    )
    assert "第1ステートメント" in opening.sentence.ja
    assert "すべての人" in opening.sentence.ja
    (told,) = found.evidence(PUBLIC)["openings"]
    assert told["audiences"] == ["*"]
    assert told["rights"] == ["read"]


def test_not_principal_and_not_action_are_told_in_words() -> None:
    both = statement(Principal=None, NotPrincipal={"AWS": ROLE}, Action=None, NotAction="s3:Get*")
    found = judged(policy(both), policy_is_public=True)
    assert found.public[Right.WRITE] is YES
    assert "everything but s3:Get*" in " ".join(each.sentence.en for each in found.openings)
    assert f"everyone but {ROLE}" in found.openings[0].sentence.en


@pytest.mark.parametrize("right", list(Right))
def test_nothing_granted_is_nothing_open(right: Right) -> None:
    found = judged(None)
    assert found.public[right] is NO
    assert found.outside[right] is NO


@pytest.mark.parametrize(
    ("own", "above", "answer"),
    [
        (None, None, YES),
        (OFF, OFF, YES),
        (PublicAccessBlock(block_public_policy=True, ignore_public_acls=True), None, YES),
        (PublicAccessBlock(restrict_public_buckets=True), None, NO),
        (None, PublicAccessBlock(restrict_public_buckets=True), NO),
        (ALL_ON, denied("s3:GetAccountPublicAccessBlock"), NO),
        (denied("s3:GetBucketPublicAccessBlock"), ALL_ON, NO),
        (OFF, denied("s3:GetAccountPublicAccessBlock"), UNKNOWN),
        (denied("s3:GetBucketPublicAccessBlock"), OFF, UNKNOWN),
    ],
)
def test_a_public_policy_is_stopped_only_by_restriction(own: Any, above: Any, answer: Answer) -> None:
    given = bucket(ALLOWED, public_access_block=own, policy_is_public=True)
    found = exposure(given, account(public_access_block=above))
    assert found.public[Right.READ] is answer
    assert found.public[Right.WRITE] is NO
    assert bool(found.unread(PUBLIC, (Right.READ,))) is (answer is UNKNOWN)


def test_the_organisation_closes_too_and_silence_about_it_is_told() -> None:
    given = bucket(ALLOWED, policy_is_public=True)
    assert exposure(given, account(organization_s3_block=True)).public[Right.READ] is NO
    assert exposure(given, account(organization_s3_block=False)).public[Right.READ] is YES
    unread = denied("organizations:DescribeEffectivePolicy")
    found = exposure(given, account(organization_s3_block=unread, resource_control_policies=unread))
    assert found.public[Right.READ] is YES
    assert found.not_considered == (unread, unread)


def test_a_restricted_public_policy_lets_in_no_named_account_either() -> None:
    text = policy(statement(), statement(Principal={"AWS": ROLE}))
    assert judged(text, policy_is_public=True).outside[Right.READ] is YES
    assert judged(text, public_access_block=ALL_ON).outside[Right.READ] is NO
    only = policy(statement(Principal={"AWS": ROLE}))
    assert judged(only, public_access_block=ALL_ON).outside[Right.READ] is YES
    unknown = judged(text, public_access_block=denied("s3:GetBucketPublicAccessBlock"))
    assert unknown.outside[Right.READ] is UNKNOWN


@pytest.mark.parametrize(
    ("deny", "answer"),
    [
        ({}, NO),
        ({"Action": "*", "Resource": "*"}, NO),
        ({"Action": "S3:GET*"}, NO),
        ({"Principal": {"AWS": "*"}}, NO),
        ({"Action": None, "NotAction": "s3:PutObject"}, NO),
        ({"Action": None, "NotAction": "s3:GetObject"}, YES),
        ({"Action": "s3:PutObject"}, YES),
        ({"Resource": f"{ARN}/secret/*"}, YES),
        ({"Resource": None, "NotResource": f"{ARN}/open/*"}, YES),
        ({"Principal": {"AWS": ROLE}}, YES),
        ({"Principal": {"AWS": "arn:aws:iam::*:role/app"}}, YES),
        ({"Principal": {"Service": "s3.amazonaws.com"}}, YES),
        ({"Principal": None, "NotPrincipal": {"AWS": f"arn:aws:iam::{OWN}:root"}}, NO),
        ({"Principal": None, "NotPrincipal": {"AWS": "*"}}, YES),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, YES),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, NO),
        ({"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, NO),
        ({"Condition": {"ForAllValues:StringNotEquals": {"aws:PrincipalOrgPaths": "o-1/r/"}}}, NO),
        ({"Condition": {"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-1/r/"}}}, YES),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-*"}}}, YES),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, YES),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": {"a": "b"}}}}, YES),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, NO),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}, YES),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, YES),
        (
            {
                "Condition": {
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                }
            },
            NO,
        ),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}}, YES),
        ({"Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}}, YES),
        ({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}, NO),
        ({"Condition": {"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}, YES),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalAccount": "Anonymous"}}}, YES),
        ({"Condition": {"StringNotEquals": {"aws:userid": "anonymous"}}}, YES),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": [f"{n}.0.0.0/8" for n in range(256)]}}}, YES),
        (
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                    "Bool": {"aws:SecureTransport": "false"},
                }
            },
            YES,
        ),
    ],
)
def test_a_deny_closes_only_what_it_certainly_covers(deny: dict[str, Any], answer: Answer) -> None:
    found = judged(policy(statement(), statement("Deny", **deny)), policy_is_public=True)
    assert found.public[Right.READ] is answer
    assert not found.disagreement
    assert found.definition is YES


def test_a_deny_that_spares_an_organisation_leaves_it_as_the_audience() -> None:
    spare = statement("Deny", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})
    found = judged(policy(statement(), spare), policy_is_public=True)
    assert [each.audience for each in found.open_to(OUTSIDE)] == ["o-1"]
    assert "denies it to all but o-1" in found.openings[0].sentence.en


def test_a_full_deny_is_named_as_the_reason() -> None:
    found = judged(policy(statement(), statement("Deny")), policy_is_public=True)
    (closed,) = found.closed
    assert closed.right is Right.READ
    assert "allows s3:GetObject to everyone, but statement 2" in closed.why.en
    assert "denies it to everyone" in closed.why.en
    assert found.closed_for((Right.WRITE,)) == ()


def test_a_deny_on_a_named_principal_takes_away_its_own_allowance() -> None:
    other = f"arn:aws:iam::{OTHER}:role/other"
    allow = statement(Principal={"AWS": [ROLE, other, "444455556666"]})

    def audiences(*denials: dict[str, Any]) -> list[str]:
        found = judged(policy(allow, *denials), policy_is_public=False)
        return [each.audience for each in found.open_to(OUTSIDE)]

    assert audiences() == [ROLE, other, "444455556666"]
    assert audiences(statement("Deny", Principal={"AWS": ROLE})) == [other, "444455556666"]
    assert audiences(statement("Deny", Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})) == ["444455556666"]
    narrowed = statement(
        "Deny", Principal={"AWS": ROLE}, Condition={"Bool": {"aws:SecureTransport": "false"}}
    )
    assert audiences(narrowed) == [ROLE, other, "444455556666"]


def test_a_wildcard_resource_means_the_bucket_and_its_objects() -> None:
    deny = statement("Deny", Resource=[ARN, f"{ARN}/*"])
    assert judged(policy(statement(Resource="*"), deny), policy_is_public=True).public[Right.READ] is NO


PERIMETER = policy(
    statement(
        "Deny",
        Action="s3:*",
        Resource="*",
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
MEMBER = Organization(id="o-1", management_account="999988887777")
MANAGEMENT = Organization(id="o-1", management_account=OWN)
UNKNOWN_ORGANIZATION = denied("organizations:DescribeOrganization")


@pytest.mark.parametrize(
    ("text", "organization", "answer", "left_out"),
    [
        (PERIMETER, MEMBER, NO, []),
        (PERIMETER, MANAGEMENT, YES, []),
        (PERIMETER, None, YES, []),
        (PERIMETER, UNKNOWN_ORGANIZATION, YES, [Cause.DENIED]),
        ("{", MEMBER, YES, [Cause.MALFORMED]),
    ],
)
def test_a_resource_control_policy_counts_where_it_certainly_holds(
    text: str, organization: Any, answer: Answer, left_out: list[Cause]
) -> None:
    control = ControlPolicy(id="p-1", name="perimeter", document=text)
    owner = account(resource_control_policies=(control,), organization=organization)
    found = exposure(bucket(ALLOWED, policy_is_public=True), owner)
    assert found.public[Right.READ] is answer
    assert [each.cause for each in found.not_considered] == left_out


def test_an_organisation_that_was_not_read_matters_only_where_there_are_policies() -> None:
    owner = account(organization=UNKNOWN_ORGANIZATION)
    assert exposure(bucket(ALLOWED, policy_is_public=True), owner).not_considered == ()


@pytest.mark.parametrize(
    ("principal", "audiences"),
    [
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, []),
        ({"AWS": OWN}, []),
        ({"AWS": [OWN, OTHER]}, [OTHER]),
        ({"Service": "logging.s3.amazonaws.com"}, []),
        ({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}, []),
        (
            {"AWS": f"arn:aws:iam::{OTHER}:user/iam::cloudfront:user/x"},
            [f"arn:aws:iam::{OTHER}:user/iam::cloudfront:user/x"],
        ),
        ({"Federated": "arn:aws:iam::cloudfront:user/x"}, ["arn:aws:iam::cloudfront:user/x"]),
        ({"AWS": "AIDAEXAMPLEDELETED1"}, []),
        ({"CanonicalUser": "me"}, []),
        ({"CanonicalUser": "they"}, ["they"]),
        ({"Federated": f"arn:aws:iam::{OTHER}:saml-provider/x"}, [f"arn:aws:iam::{OTHER}:saml-provider/x"]),
    ],
)
def test_outside_is_who_is_not_the_account_or_a_service(principal: Any, audiences: list[str]) -> None:
    found = judged(policy(statement(Principal=principal)), policy_is_public=False)
    assert [each.audience for each in found.open_to(OUTSIDE)] == audiences
    assert found.public[Right.READ] is NO


@pytest.mark.parametrize(
    ("condition", "audiences"),
    [
        ({"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "10.0.0.0/8"]}}, ["198.51.100.0/24"]),
        ({"IpAddress": {"aws:SourceIp": ["192.168.0.0/24", "fd00::/32"]}}, []),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, ["vpce-1"]),
        ({"StringEquals": {"aws:PrincipalAccount": OWN}}, []),
        (
            {
                "StringEquals": {"aws:SourceAccount": OWN},
                "ArnLike": {"aws:SourceArn": f"arn:aws:sns:x:{OTHER}:t"},
            },
            [],
        ),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, ["o-1"]),
    ],
)
def test_networks_and_organisations_are_outside(condition: Any, audiences: list[str]) -> None:
    found = judged(policy(statement(Condition=condition)), policy_is_public=False)
    assert [each.audience for each in found.open_to(OUTSIDE)] == audiences


def test_further_limits_are_told() -> None:
    text = policy(
        statement(Principal={"AWS": ROLE}, Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}})
    )
    found = judged(text, policy_is_public=False)
    (opening,) = found.openings
    (told,) = found.evidence(OUTSIDE)["openings"]
    assert told["limits"] == [{"any_of": ["aws:sourcevpce=vpce-1"]}]
    assert opening.audience == ROLE
    assert opening.sentence.en.startswith(f"Open to {ROLE} because statement 1")


def test_what_a_deny_of_named_principals_does_is_said() -> None:
    found = judged(
        policy(statement(Principal={"AWS": ROLE}), statement("Deny", Principal={"AWS": ROLE})),
        policy_is_public=False,
    )
    (why,) = found.closed_for((Right.READ,))
    assert why.en.endswith(f"but statement 2 of the bucket policy denies it to {ROLE}")
    assert why.ja.endswith(f" {ROLE} を拒否")


def test_a_denied_principal_without_an_account_takes_nobody_else_along() -> None:
    users = ["arn:aws:iam::cloudfront:user/x", "AIDAEXAMPLEDELETED1"]
    allow = statement(Principal={"AWS": [ROLE], "CanonicalUser": "they", "Service": "x.amazonaws.com"})
    for number in ("1", "１２３４５６７８９０１２", "arn:aws:iam::cloudfront:root"):
        found = judged(
            policy(allow, statement("Deny", Principal={"AWS": [*users, number]})), policy_is_public=False
        )
        assert [each.audience for each in found.open_to(OUTSIDE)] == [ROLE, "they"]


def test_actions_of_another_kind_of_bucket_are_no_way_in() -> None:
    everything = statement(Action="*", Resource="*")
    deny = statement("Deny", Action="s3:*", Resource="*")
    assert set(judged(policy(everything, deny), policy_is_public=True).public.values()) == {NO}
    named = {**everything, "Principal": {"AWS": ROLE}}
    directory = build(DirectoryBucket, name="b", id=ARN, policy=policy(named, deny))
    assert exposure(directory, account()).outside[Right.READ] is YES


SERVICE = "cloudfront.amazonaws.com"
FOREIGN = f"arn:aws:cloudfront::{OTHER}:distribution/E1"


@pytest.mark.parametrize(
    ("condition", "audiences", "untold"),
    [
        (None, [], [SERVICE]),
        ({"StringEquals": {"aws:SourceArn": FOREIGN}}, [FOREIGN], []),
        (
            {"ArnLike": {"AWS:SourceArn": f"arn:aws:cloudfront::{OTHER}:distribution/*"}},
            [FOREIGN[:-2] + "*"],
            [],
        ),
        ({"StringEqualsIfExists": {"aws:SourceAccount": OTHER}}, [OTHER], []),
        ({"StringEquals": {"aws:SourceAccount": [OWN, OTHER]}}, [OTHER], []),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, [], []),
        ({"StringEquals": {"aws:SourceAccount": OWN, "aws:SourceArn": FOREIGN}}, [], []),
        ({"StringEquals": {"aws:SourceAccount": OWN}, "StringLike": {"aws:SourceArn": FOREIGN}}, [], []),
        ({"StringEquals": {"aws:SourceOrgID": "o-9"}}, ["o-9"], []),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"}}, [], []),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, [], [SERVICE]),
        ({"StringEquals": {"aws:SourceArn": FOREIGN, "aws:PrincipalAccount": OWN}}, [], []),
        ({"Bool": {"aws:SecureTransport": "true"}}, [], [SERVICE]),
    ],
)
def test_a_service_acts_for_whom_its_source_names(
    condition: Any, audiences: list[str], untold: list[str]
) -> None:
    found = judged(
        policy(statement(Principal={"Service": SERVICE}, Condition=condition)), policy_is_public=False
    )
    assert [each.audience for each in found.open_to(OUTSIDE)] == audiences
    assert found.evidence(OUTSIDE)["services_without_source"] == untold


def test_a_service_that_a_condition_names_is_judged_by_its_source_too() -> None:
    condition = {"StringEquals": {"aws:PrincipalServiceName": SERVICE, "aws:SourceArn": FOREIGN}}
    found = judged(policy(statement(Condition=condition)), policy_is_public=False)
    assert [each.audience for each in found.open_to(OUTSIDE)] == [FOREIGN]


def test_others_beside_a_service_are_judged_apart_from_it() -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{OTHER}:distribution/*"}}
    mixed = statement(Principal={"AWS": [OWN, "444455556666"], "Service": SERVICE}, Condition=condition)
    found = judged(policy(mixed), policy_is_public=False)
    assert [each.audience for each in found.open_to(OUTSIDE)] == ["444455556666", FOREIGN[:-2] + "*"]


def test_the_owner_of_an_origin_access_identity_is_not_known_and_that_is_evidence() -> None:
    identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
    found = judged(policy(statement(Principal={"AWS": identity})), policy_is_public=False)
    assert found.evidence(OUTSIDE)["services_without_source"] == [identity]


def test_many_names_are_counted_and_not_repeated() -> None:
    accounts = [f"{number:012}" for number in range(1, 1301)]
    found = judged(policy(statement(Principal={"AWS": accounts}, Action="s3:*")), policy_is_public=False)
    sentence = found.openings[0].sentence
    assert f"{accounts[4]} and 1295 more" in sentence.en
    assert f"{accounts[4]} ほか 1295 件" in sentence.ja
    (told,) = found.evidence(OUTSIDE)["openings"]
    assert told["rights"] == [str(each) for each in Right]
    assert told["audiences"] == accounts[:20]
    assert told["audiences_more"] == 1280
    assert len(json.dumps(found.evidence(OUTSIDE))) < 5_000


def test_a_long_path_and_a_long_name_make_a_short_sentence() -> None:
    denies = [
        statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpce": [f"vpce-{n}", "v" * 400, ""]}})
        for n in range(40)
    ]
    found = judged(policy(statement(), *denies), policy_is_public=False)
    sentence = found.openings[0].sentence
    assert len(sentence.en.encode()) < 2_000
    assert len(sentence.ja.encode()) < 2_000
    assert "38 more steps" in sentence.en
    assert found.evidence(OUTSIDE)["openings"][0]["path_more"] == 21


def test_the_same_exception_twice_is_one_limit() -> None:
    spare = statement("Deny", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})
    (opening,) = judged(policy(statement(), spare, spare), policy_is_public=True).openings
    assert opening.limits == ()
    assert len(opening.path) == 2


# --------------------------------------------------------------------------- what was not read


STATUS = denied("s3:GetBucketPolicyStatus")


@pytest.mark.parametrize(("says", "answer"), [(True, NO), (False, UNKNOWN), (STATUS, UNKNOWN)])
def test_restriction_keeps_out_named_accounts_only_where_s3_calls_the_policy_public(
    says: Any, answer: Answer
) -> None:
    for text in (policy(statement(), statement(Principal={"AWS": ROLE})), ALLOWED):
        found = judged(text, policy_is_public=says, public_access_block=ALL_ON)
        assert found.outside[Right.READ] is answer
        assert found.public[Right.READ] is NO


def test_what_the_block_of_a_directory_bucket_keeps_out_is_not_certain() -> None:
    text = policy(statement(Action="s3express:CreateSession", Resource="*"))
    found = exposure(build(DirectoryBucket, name="b", id=ARN, policy=text), account())
    assert found.outside[Right.READ] is UNKNOWN
    (doubt,) = found.unread(OUTSIDE, (Right.READ,))
    assert isinstance(doubt.detail, Text)
    assert "AWS does not say" in doubt.detail.en


def test_half_a_character_makes_a_policy_malformed() -> None:
    text = policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-\ud800"}}))
    assert "\\ud800" in text
    found = judged(text, policy_is_public=False)
    (unread,) = found.unread(PUBLIC)
    assert isinstance(unread.detail, Text)
    assert "surrogate" in unread.detail.en
    assert judged(policy(statement(Sid="\U0001f600")), policy_is_public=True).public[Right.READ] is YES


@pytest.mark.parametrize("pattern", ["*a" * 4096, "?a" * 34_000])
def test_more_wildcards_than_can_be_compared_are_unknown(pattern: str) -> None:
    found = judged(policy(statement(), statement("Deny", Resource=pattern)), policy_is_public=False)
    assert set(found.public.values()) == {UNKNOWN}


def test_a_policy_as_long_as_aws_allows_is_judged() -> None:
    many = [f"{ARN}/{number}/*" for number in range(850)]
    text = policy(statement(Resource=[*many, *many]), statement("Deny", Resource=many))
    assert judged(text, policy_is_public=True).public[Right.READ] is NO


def test_a_malformed_value_of_an_undocumented_key_closes_nothing() -> None:
    text = policy(statement(Condition={"StringEquals": {"aws:SourceOrgID": []}}))
    assert judged(text, policy_is_public=False).public[Right.READ] is UNKNOWN


def test_a_malformed_policy_is_unknown_for_every_right() -> None:
    found = judged("{", policy_is_public=False)
    assert set(found.public.values()) == {UNKNOWN}
    assert set(found.outside.values()) == {UNKNOWN}
    assert found.unread(PUBLIC)[0].cause is Cause.MALFORMED
    blocked = judged("{", public_access_block=ALL_ON)
    assert set(blocked.public.values()) == {NO}
    assert set(blocked.outside.values()) == {UNKNOWN}


def test_a_condition_of_no_valid_form_is_unknown() -> None:
    text = policy(statement(Condition={"StringEquals": {"aws:SourceVpc": []}}))
    found = judged(text, policy_is_public=False)
    assert found.public[Right.READ] is UNKNOWN
    assert found.unread(PUBLIC)[0].cause is Cause.MALFORMED
    assert judged(text, public_access_block=ALL_ON).public[Right.READ] is NO


@pytest.mark.parametrize("says", [True, False, denied("s3:GetBucketPolicyStatus")])
def test_an_unread_policy_is_unknown_unless_a_block_stops_it(says: Any) -> None:
    unread = denied("s3:GetBucketPolicy")
    assert judged(unread, policy_is_public=says).public[Right.READ] is UNKNOWN
    found = judged(unread, policy_is_public=says, public_access_block=ALL_ON)
    assert found.public[Right.READ] is NO
    assert found.outside[Right.READ] is UNKNOWN


def test_where_aws_alone_says_public_nobody_knows() -> None:
    closed = policy(statement(Principal={"AWS": ROLE}))
    found = judged(closed, policy_is_public=True)
    assert found.disagreement
    assert found.public[Right.READ] is UNKNOWN
    (reading,) = found.unread(PUBLIC)
    assert reading.source.operation == "s3:GetBucketPolicyStatus"
    assert isinstance(reading.detail, Text)
    assert "AWS says public, cloudaudit's own answer is no" in reading.detail.en
    assert judged(closed, policy_is_public=True, public_access_block=ALL_ON).public[Right.READ] is NO


def test_without_the_second_reading_not_public_is_not_certain() -> None:
    closed = policy(statement(Principal={"AWS": ROLE}))
    assert judged(closed, policy_is_public=False).public[Right.READ] is NO
    unread = denied("s3:GetBucketPolicyStatus")
    assert judged(closed, policy_is_public=unread).public[Right.READ] is UNKNOWN
    assert judged(ALLOWED, policy_is_public=unread).public[Right.READ] is YES


def test_an_undocumented_key_is_settled_by_aws() -> None:
    text = policy(statement(Condition={"StringEquals": {"aws:SourceOrgID": "o-1"}}))
    assert judged(text, policy_is_public=False).public[Right.READ] is NO
    assert judged(text, policy_is_public=True).public[Right.READ] is UNKNOWN


# --------------------------------------------------------------------------- ACL


def acl(grantee: str, permission: str, kind: str = "Group") -> Acl:
    mine = Grant(grantee_type="CanonicalUser", grantee="me", permission="FULL_CONTROL")
    return Acl(owner="me", grants=(mine, Grant(grantee_type=kind, grantee=grantee, permission=permission)))


@pytest.mark.parametrize(
    ("permission", "rights"),
    [
        ("READ", {Right.LIST}),
        ("WRITE", {Right.WRITE}),
        ("READ_ACP", {Right.READ}),
        ("WRITE_ACP", {Right.ADMINISTER}),
        ("FULL_CONTROL", set(Right)),
        ("SOMETHING_NEW", set(Right)),
    ],
)
@pytest.mark.parametrize("group", ["global/AllUsers", "global/AuthenticatedUsers"])
def test_both_groups_of_everyone_are_public(group: str, permission: str, rights: set[Right]) -> None:
    found = judged(None, acl=acl(GROUPS + group, permission))
    assert {right for right, answer in found.public.items() if answer is YES} == rights


@pytest.mark.parametrize(
    "grantee",
    [GROUPS + "s3/LogDelivery", "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0", "me"],
)
def test_log_delivery_and_the_owner_are_not_outside(grantee: str) -> None:
    assert judged(None, acl=acl(grantee, "WRITE")).openings == ()


def test_a_group_of_everyone_is_known_by_https_too() -> None:
    secure = GROUPS.replace("http:", "https:") + "global/AllUsers"
    assert judged(None, acl=acl(secure, "READ")).public[Right.LIST] is YES


def test_another_user_is_outside() -> None:
    assert judged(None, acl=acl("they", "READ", "CanonicalUser")).outside[Right.LIST] is YES
    assert judged(None, acl=acl("a@example.com", "READ", "AmazonCustomerByEmail")).outside[Right.LIST] is YES


EVERYONE_LISTS = acl(GROUPS + "global/AllUsers", "READ")
IGNORES = PublicAccessBlock(ignore_public_acls=True)


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({"acl": EVERYONE_LISTS}, YES),
        ({"acl": EVERYONE_LISTS, "ownership": "BucketOwnerPreferred"}, YES),
        ({"acl": EVERYONE_LISTS, "ownership": "BucketOwnerEnforced"}, NO),
        ({"acl": EVERYONE_LISTS, "ownership": denied("s3:GetBucketOwnershipControls")}, UNKNOWN),
        ({"acl": EVERYONE_LISTS, "public_access_block": IGNORES}, NO),
        ({"acl": EVERYONE_LISTS, "public_access_block": PublicAccessBlock(block_public_acls=True)}, YES),
        ({"acl": EVERYONE_LISTS, "public_access_block": denied("s3:GetBucketPublicAccessBlock")}, UNKNOWN),
        ({"acl": denied("s3:GetBucketAcl")}, UNKNOWN),
        ({"acl": denied("s3:GetBucketAcl"), "public_access_block": IGNORES}, NO),
        ({"acl": denied("s3:GetBucketAcl"), "ownership": "BucketOwnerEnforced"}, NO),
        ({"acl": None, "ownership": "BucketOwnerEnforced"}, NO),
        ({"acl": None, "ownership": "ObjectWriter"}, UNKNOWN),
        ({"acl": None}, UNKNOWN),
        ({"acl": None, "ownership": denied("s3:GetBucketOwnershipControls")}, UNKNOWN),
        (
            {
                "acl": EVERYONE_LISTS,
                "policy": policy(statement("Deny", Action="s3:List*", Resource=ARN)),
                "policy_is_public": False,
            },
            NO,
        ),
    ],
)
def test_what_an_acl_opens(facts: dict[str, Any], answer: Answer) -> None:
    text = facts.pop("policy", None)
    assert judged(text, **facts).public[Right.LIST] is answer


def test_grants_to_single_users_survive_the_block_and_unread_acls_may_hold_them() -> None:
    mine = judged(None, acl=acl("they", "READ", "CanonicalUser"), public_access_block=ALL_ON)
    assert mine.outside[Right.LIST] is YES
    hidden = judged(None, acl=denied("s3:GetBucketAcl"), public_access_block=ALL_ON)
    assert hidden.outside[Right.LIST] is UNKNOWN


# --------------------------------------------------------------------------- directory buckets and access points


def test_a_directory_bucket_is_never_public_but_may_let_in_accounts() -> None:
    everyone = statement(Action="s3express:CreateSession", Resource="*")
    found = exposure(build(DirectoryBucket, name="b", id=ARN, policy=policy(everyone)), account())
    assert set(found.public.values()) == {NO}
    named = statement(Action="s3express:CreateSession", Resource="*", Principal={"AWS": ROLE})
    found = exposure(build(DirectoryBucket, name="b", id=ARN, policy=policy(named)), account())
    assert found.outside == {Right.READ: YES, Right.LIST: YES, Right.WRITE: YES, Right.ADMINISTER: NO}


DELEGATES = policy(
    statement(
        Action="s3:*",
        Resource=[ARN, f"{ARN}/*"],
        Condition={"StringEquals": {"s3:DataAccessPointAccount": OWN}},
    )
)
OPEN = policy(statement(Resource=f"{POINT}/object/*"))


def point(text: Any = OPEN, **facts: Any) -> AccessPoint:
    given: dict[str, Any] = {
        "buckets": ("b",),
        "bucket_account": OWN,
        "network_origin": "Internet",
        "public_access_block": OFF,
        "policy_is_public": True,
        **facts,
    }
    return build(AccessPoint, name="p", id=POINT, policy=text, **given)


def through(points: list[AccessPoint], text: Any = DELEGATES, **facts: Any) -> Exposure:
    return exposure(bucket(text, policy_is_public=False, **facts), account(), points)


def test_a_public_access_point_opens_a_bucket_that_delegates() -> None:
    found = through([point()])
    assert found.public[Right.READ] is YES
    assert found.public[Right.WRITE] is NO
    assert "policy of access point p" in found.openings[0].sentence.en
    assert through([]).public[Right.READ] is NO
    assert through([]).asks_access_points


@pytest.mark.parametrize(
    "other",
    [
        point(buckets=("c",)),
        point(bucket_account=OTHER),
        point(network_origin="VPC"),
        point(public_access_block=ALL_ON),
        point(None, policy_is_public=None),
        point(policy(statement(Principal={"AWS": OWN})), policy_is_public=False),
        point(policy(statement(), statement("Deny"))),
    ],
)
def test_an_access_point_that_opens_nothing(other: AccessPoint) -> None:
    assert through([other]).public[Right.READ] is NO


@pytest.mark.parametrize(("says", "answer"), [(True, NO), (False, UNKNOWN)])
def test_the_block_of_an_access_point_keeps_out_accounts_only_where_s3_calls_it_public(
    says: bool,  # noqa: FBT001
    answer: Answer,
) -> None:
    both = policy(statement(), statement(Principal={"AWS": ROLE}))
    blocked = point(both, public_access_block=ALL_ON, policy_is_public=says)
    assert through([blocked]).outside[Right.READ] is answer
    assert through([blocked]).public[Right.READ] is NO


def test_blocks_of_the_bucket_hold_for_its_access_points() -> None:
    assert through([point()], public_access_block=ALL_ON).public[Right.READ] is NO


def test_without_delegation_an_access_point_adds_nothing() -> None:
    for text in (None, policy(statement(Principal={"AWS": OWN}))):
        found = through([point()], text)
        assert found.public[Right.READ] is NO
        assert not found.asks_access_points


@pytest.mark.parametrize(
    ("arn", "answer"),
    [
        (f"arn:aws:s3:ap-northeast-1:{OWN}:accesspoint/*", YES),
        (f"arn:aws:s3:ap-northeast-1:{OWN}:accesspoint/q", NO),
    ],
)
def test_delegation_by_arn_reaches_only_the_points_it_names(arn: str, answer: Answer) -> None:
    text = policy(statement(Condition={"ArnLike": {"s3:DataAccessPointArn": arn}}))
    assert through([point()], text).public[Right.READ] is answer


def test_delegation_may_be_the_exception_of_a_deny() -> None:
    spare = statement("Deny", Condition={"StringNotEquals": {"s3:DataAccessPointAccount": OWN}})
    given = bucket(policy(statement(), spare), policy_is_public=True)
    assert exposure(given, account()).public[Right.READ] is NO
    assert exposure(given, account(), [point()]).public[Right.READ] is YES


@pytest.mark.parametrize(
    "other",
    [
        point(denied("s3:GetAccessPointPolicy"), policy_is_public=denied("s3:GetAccessPointPolicyStatus")),
        point("{"),
        point(public_access_block=denied("s3:GetAccessPoint")),
        point(policy(statement(Principal={"AWS": OWN})), policy_is_public=True),
        point(
            policy(statement(Principal={"AWS": OWN})),
            policy_is_public=denied("s3:GetAccessPointPolicyStatus"),
        ),
    ],
)
def test_what_was_not_read_of_an_access_point_is_unknown(other: AccessPoint) -> None:
    assert through([other]).public[Right.READ] is UNKNOWN


def test_an_unread_bucket_policy_may_delegate() -> None:
    assert through([point()], denied("s3:GetBucketPolicy")).public[Right.READ] is UNKNOWN


def test_an_account_named_by_an_access_point_is_outside() -> None:
    named = point(policy(statement(Principal={"AWS": ROLE})), policy_is_public=False)
    assert [each.audience for each in through([named]).open_to(OUTSIDE)] == [ROLE]
    in_vpc = point(policy(statement(Principal={"AWS": ROLE})), policy_is_public=False, network_origin="VPC")
    assert [each.audience for each in through([in_vpc]).open_to(OUTSIDE)] == [ROLE]


# --------------------------------------------------------------------------- the inventory of shares


def by_statement(number: int) -> Text:
    return Text(en=f"bucket policy, statement {number}", ja=f"バケットポリシー、ステートメント {number}")


def test_shares_list_each_audience_and_right_once() -> None:
    text = policy(statement(), statement(), statement(Principal={"AWS": ROLE}, Action="s3:PutObject"))
    lines = shares(bucket(text, policy_is_public=True), account())
    assert [(each.scope, each.right, each.audience, each.via) for each in lines] == [
        ("public", "read", "*", by_statement(1)),
        ("public", "read", "*", by_statement(2)),
        ("outside", "write", ROLE, by_statement(3)),
    ]
    assert {each.resource.id for each in lines} == {ARN}


def test_evidence_is_plain_json() -> None:
    found = judged(ALLOWED, policy_is_public=True)
    assert json.loads(json.dumps(found.evidence(PUBLIC)))["policy_is_public_by_aws"] is True


def test_every_doubt_names_what_to_read() -> None:
    found = judged(denied("s3:GetBucketPolicy"), acl=denied("s3:GetBucketAcl"))
    assert all(isinstance(each, Unread) for each in found.unread(PUBLIC))
    assert {each.permission for each in found.unread(PUBLIC)} == {"s3:GetBucketPolicy", "s3:GetBucketAcl"}
