"""Laws of the policy evaluation that hold for any policy."""

import json
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cloudaudit.providers.aws.model import Account, Acl, Bucket, Grant
from cloudaudit.providers.aws.policy import Answer, Right, exposure, is_public_by_definition
from cloudaudit.providers.aws.policy_blocks import ALL_ON
from cloudaudit.providers.aws.policy_document import Document, parse
from cloudaudit.testing import build, denied

ARN = "arn:aws:s3:::b"
ROLE = "arn:aws:iam::111122223333:role/app"
OPERATORS = [
    prefix + operator + suffix
    for prefix in ("", "ForAllValues:", "ForAnyValue:")
    for operator in (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "ArnEquals",
        "ArnNotLike",
        "IpAddress",
        "NotIpAddress",
        "Bool",
        "Null",
        "NumericLessThan",
        "DateGreaterThan",
    )
    for suffix in ("", "IfExists")
]
KEYS = [
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:PrincipalOrgID",
    "aws:PrincipalIsAWSService",
    "aws:userid",
    "aws:PrincipalAccount",
    "aws:SourceOrgID",
    "s3:DataAccessPointArn",
    "aws:SecureTransport",
]
VALUES: list[Any] = [
    "*",
    "vpc-1",
    "192.0.2.0/24",
    "0.0.0.0/0",
    "o-1",
    "false",
    "anonymous",
    "128.0.0.0/1",
    True,
    7,
    "${aws:userid}",
    ROLE,
]

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(
        st.sampled_from(KEYS),
        st.lists(st.sampled_from(VALUES), min_size=1, max_size=2),
        min_size=1,
        max_size=2,
    ),
    max_size=2,
)
PRINCIPALS = st.sampled_from(
    [
        {"Principal": "*"},
        {"Principal": {"AWS": [ROLE, "123456789012"]}},
        {"Principal": {"Service": "s3.amazonaws.com"}},
        {"NotPrincipal": {"AWS": ROLE}},
        {"NotPrincipal": "*"},
    ]
)
ACTIONS = st.sampled_from(
    [{"Action": name} for name in ("s3:GetObject", "s3:Get*", "S3:*", "*", ["s3:Put*", "s3:List*"], "rds:*")]
    + [{"NotAction": "s3:Get*"}]
)
RESOURCES = st.sampled_from(
    [{"Resource": each} for each in ("*", ARN, f"{ARN}/*", [ARN, f"{ARN}/x/*"])]
    + [{"NotResource": f"{ARN}/x"}]
)


def statements(effect: str) -> st.SearchStrategy[dict[str, Any]]:
    parts = st.tuples(PRINCIPALS, ACTIONS, RESOURCES, CONDITIONS)
    return parts.map(
        lambda each: {
            "Effect": effect,
            **each[0],
            **each[1],
            **each[2],
            **({"Condition": each[3]} if each[3] else {}),
        }
    )


ALLOWS = st.lists(statements("Allow"), min_size=1, max_size=3)


def broken(base: dict[str, Any], name: str, junk: Any) -> dict[str, Any]:
    return {**base, name: junk}


BROKEN = st.builds(
    broken,
    statements("Allow"),
    st.sampled_from(["Effect", "Principal", "Action", "Resource", "Condition", "Sid"]),
    ANY_JSON,
)
TEXTS = (
    st.text()
    | ANY_JSON.map(json.dumps)
    | st.lists(BROKEN | ANY_JSON, max_size=3).map(lambda each: json.dumps({"Statement": each}))
)
LISTABLE = Acl(
    owner="me",
    grants=(
        Grant(
            grantee_type="Group",
            grantee="http://acs.amazonaws.com/groups/global/AllUsers",
            permission="FULL_CONTROL",
        ),
    ),
)
ORDER = [Answer.NO, Answer.UNKNOWN, Answer.YES]


def account(**facts: Any) -> Account:
    given_facts: dict[str, Any] = {
        "public_access_block": None,
        "organization_s3_block": None,
        "resource_control_policies": (),
        "canonical_user": "me",
        **facts,
    }
    return build(Account, partition="aws", **given_facts)


def bucket(text: Any, **facts: Any) -> Bucket:
    given_facts: dict[str, Any] = {
        "public_access_block": None,
        "policy_is_public": False,
        "ownership": None,
        "acl": LISTABLE,
        **facts,
    }
    return build(Bucket, name="b", id=ARN, policy=text, **given_facts)


def document(*parts: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(parts)})


@given(TEXTS)
def test_no_text_crashes_the_evaluation(text: str) -> None:
    found = exposure(bucket(text), account())
    assert set(found.public.values()) <= set(Answer)
    if not isinstance(parse(text), Document):
        assert is_public_by_definition(text) is Answer.UNKNOWN
        assert Answer.NO not in found.public.values()


@settings(max_examples=300)
@given(ALLOWS, statements("Deny"))
def test_adding_a_deny_never_opens_anything(allows: list[dict[str, Any]], deny: dict[str, Any]) -> None:
    before = exposure(bucket(document(*allows)), account())
    after = exposure(bucket(document(*allows, deny)), account())
    for right in before.public:
        assert ORDER.index(after.public[right]) <= ORDER.index(before.public[right])
    assert is_public_by_definition(document(*allows, deny)) is is_public_by_definition(document(*allows))


@given(ALLOWS, statements("Allow"))
def test_adding_an_allow_never_closes_anything(allows: list[dict[str, Any]], more: dict[str, Any]) -> None:
    before = exposure(bucket(document(*allows)), account())
    after = exposure(bucket(document(*allows, more)), account())
    for right in before.public:
        assert ORDER.index(after.public[right]) >= ORDER.index(before.public[right])


@given(ALLOWS, st.lists(statements("Deny"), max_size=2))
def test_all_blocks_on_is_never_public(allows: list[dict[str, Any]], denies: list[dict[str, Any]]) -> None:
    found = exposure(bucket(document(*allows, *denies), public_access_block=ALL_ON), account())
    assert set(found.public.values()) == {Answer.NO}


FACTS = ("policy", "public_access_block", "policy_is_public", "acl", "ownership")


@settings(max_examples=300)
@given(
    ALLOWS,
    st.lists(statements("Deny"), max_size=2),
    st.sampled_from(FACTS),
    st.booleans(),
    st.sampled_from([None, ALL_ON]),
    st.sampled_from([None, "BucketOwnerEnforced"]),
    st.booleans(),
)
def test_reading_less_never_makes_anything_look_closed(
    allows: list[dict[str, Any]],
    denies: list[dict[str, Any]],
    lost: str,
    says: bool,  # noqa: FBT001
    block: Any,
    ownership: str | None,
    has_policy: bool,  # noqa: FBT001
) -> None:
    facts: dict[str, Any] = {
        "policy": document(*allows, *denies) if has_policy else None,
        "public_access_block": block,
        "policy_is_public": says,
        "acl": LISTABLE,
        "ownership": ownership,
    }

    def judged(given_facts: dict[str, Any]) -> Any:
        return exposure(build(Bucket, name="b", id=ARN, **given_facts), account())

    before, after = judged(facts), judged({**facts, lost: denied("s3:Something")})
    for right in before.public:
        if after.public[right] is Answer.NO:
            assert before.public[right] is Answer.NO


# --------------------------------------------------------------------------- an oracle: one request that nobody signed

ADDRESS = "203.0.113.9"
# All that AWS knows of such a request; every other key is absent.
CONTEXT = {
    "aws:sourceip": ADDRESS,
    "aws:securetransport": "true",
    "aws:userid": "anonymous",
    "aws:principalaccount": "anonymous",
}
REQUESTS = {
    Right.READ: ("s3:GetObject", f"{ARN}/x/1"),
    Right.LIST: ("s3:ListBucket", ARN),
    Right.WRITE: ("s3:PutObject", f"{ARN}/x/1"),
}


def like(value: str, pattern: str) -> bool:
    return fnmatchcase(value, pattern)


def selected(part: dict[str, Any], name: str, value: str) -> bool:
    negated = f"Not{name}" in part
    raw: Any = part[f"Not{name}" if negated else name]
    patterns: list[str] = [raw] if isinstance(raw, str) else [*raw]
    if name == "Action":
        patterns, value = [each.lower() for each in patterns], value.lower()
    return any(like(value, each) for each in patterns) is not negated


def concerns_anonymous(part: dict[str, Any]) -> bool:
    named = part.get("Principal", part.get("NotPrincipal"))
    return (named == "*") is ("Principal" in part)


def holds_for(operator: str, value: str, wanted: list[str]) -> bool:
    negated = operator.replace("Not", "")
    if operator in ("StringNotEquals", "StringNotLike", "ArnNotLike", "NotIpAddress"):
        return not holds_for(negated, value, wanted)
    if operator in ("StringEquals", "Bool"):
        return value in wanted
    if operator in ("StringLike", "ArnEquals", "ArnLike"):
        return any(like(value, each) for each in wanted)
    # Numbers and dates never match these keys.
    return operator == "IpAddress" and any(
        ip_address(value) in ip_network(each) for each in wanted if "/" in each and each[0].isdigit()
    )


def condition_holds(name: str, key: str, values: list[Any]) -> bool:
    quantifier, _, tail = name.rpartition(":")
    operator = tail.removesuffix("IfExists")
    wanted = [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
    wanted = [each.replace("${aws:userid}", "anonymous") for each in wanted]
    value = CONTEXT.get(key.lower())
    if operator == "Null":
        return (value is None) in [each == "true" for each in wanted]
    if value is None:
        if quantifier:
            return quantifier == "ForAllValues"
        return tail.endswith("IfExists") or "Not" in operator
    if "IpAddress" in operator and key != "aws:SourceIp":
        return False
    return holds_for(operator, value, wanted)


def applies(part: dict[str, Any], request: tuple[str, str]) -> bool:
    return (
        concerns_anonymous(part)
        and selected(part, "Action", request[0])
        and selected(part, "Resource", request[1])
        and all(
            condition_holds(name, key, values)
            for name, keys in part.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


# Few words, so that a Deny meets what an Allow gives often enough.
UNSIGNED = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Principal": st.just("*"), "Resource": st.just("*")},
    optional={
        "Condition": st.dictionaries(
            st.sampled_from(
                [
                    *("Bool", "BoolIfExists", "StringEquals", "StringNotEquals", "StringNotEqualsIfExists"),
                    *("IpAddress", "NotIpAddress"),
                ]
            ),
            st.dictionaries(
                st.sampled_from(
                    ["aws:PrincipalIsAWSService", "aws:PrincipalAccount", "aws:userid", "aws:SourceIp"]
                ),
                st.lists(
                    st.sampled_from(["false", "anonymous", "o-1", "0.0.0.0/1", "128.0.0.0/1"]),
                    min_size=1,
                    max_size=2,
                ),
                min_size=1,
                max_size=1,
            ),
            min_size=1,
            max_size=1,
        )
    },
).flatmap(lambda part: st.sampled_from(["s3:*", "*"]).map(lambda action: {**part, "Action": action}))


@settings(max_examples=600)
@given(st.lists(UNSIGNED, min_size=2, max_size=3))
def test_what_few_words_leave_open_to_the_unsigned_is_never_told_to_be_shut(
    parts: list[dict[str, Any]],
) -> None:
    found = exposure(bucket(document(*parts), ownership="BucketOwnerEnforced"), account())
    for right, request in REQUESTS.items():
        effects = {each["Effect"] for each in parts if applies(each, request)}
        if effects == {"Allow"}:
            assert found.public[right] is not Answer.NO


@settings(max_examples=600)
@given(ALLOWS, st.lists(statements("Deny"), max_size=2))
def test_whom_aws_would_let_in_unsigned_is_never_told_to_be_shut_out(
    allows: list[dict[str, Any]], denies: list[dict[str, Any]]
) -> None:
    found = exposure(bucket(document(*allows, *denies), ownership="BucketOwnerEnforced"), account())
    for right, request in REQUESTS.items():
        allowed = any(applies(each, request) for each in allows)
        if allowed and not any(applies(each, request) for each in denies):
            assert found.public[right] is not Answer.NO
