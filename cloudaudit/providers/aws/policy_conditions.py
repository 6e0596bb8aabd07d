"""What a condition does to a statement that is otherwise open to everyone.

The keys and the meaning of "fixed" are those of the S3 User Guide's "The meaning of public":
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from cloudaudit.providers.aws.policy_document import Condition, Party, Statement, is_fixed


class Answer(StrEnum):
    """Yes, no, or nobody could tell."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Place(StrEnum):
    """What a policy hangs on; one key means different things on a bucket and on an access point."""

    BUCKET = "bucket"
    ACCESS_POINT = "access point"


SOURCE_IP = "aws:sourceip"
USER_ID = "aws:userid"
PRINCIPAL_ACCOUNT = "aws:principalaccount"
# What these two keys say of a request that nobody signed:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
ANONYMOUS = "anonymous"
ACCESS_POINT_ARN = "s3:dataaccesspointarn"
ACCESS_POINT_ACCOUNT = "s3:dataaccesspointaccount"
ORGANIZATION_KEYS = {"aws:principalorgid", "aws:principalorgpaths"}
NARROWING_KEYS = ORGANIZATION_KEYS | {
    "aws:principalarn",
    PRINCIPAL_ACCOUNT,
    "aws:principalservicename",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    USER_ID,
    ACCESS_POINT_ARN,
    ACCESS_POINT_ACCOUNT,
}
# These narrow in truth, but the guide is silent on them: S3's own reading must be asked.
UNDOCUMENTED_KEYS = {
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:sourcevpcarn",
}
MATCHING = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"}
OPPOSITES = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
}
# Broader ranges than these are public by the guide; neighbours count as the one range that they make.
BROADEST_IPV4, BROADEST_IPV6 = 8, 32
ROLE_SESSION = re.compile(r"AROA[^:]*:", re.IGNORECASE)
ARN_ACCOUNT = 4


def narrows(condition: Condition, place: Place) -> Answer:
    """Return whether a condition of an Allow limits it to fixed values, in the guide's sense.

    UNKNOWN where its values have no valid form, or where the guide does not say.
    """
    if condition.values is None:
        return Answer.UNKNOWN
    # An absent key satisfies both of these, so anyone can meet them by not sending it.
    if condition.if_exists or condition.quantifier == "forallvalues":
        return Answer.NO
    return _limits(condition.operator, condition.key, condition.values, place)


def escapees(deny: Statement, place: Place) -> tuple[Party, ...] | None:
    """Return the fixed parties that a Deny on everyone spares, or None where it may spare the public too.

    An empty tuple means that it spares nobody from outside.
    """
    spared: list[Party] = []
    for condition in deny.conditions:
        parties = _spared(condition, place)
        if parties is None:
            return None
        spared.extend(parties)
    return tuple(spared)


def parties(condition: Condition) -> tuple[Party, ...]:
    """Return the values of a condition as parties that get in."""
    return tuple(Party(condition.key, each) for each in condition.values or ())


def _spared(condition: Condition, place: Place) -> tuple[Party, ...] | None:
    if condition.values is None or condition.quantifier == "foranyvalue":
        return None
    # "false" for all but AWS services, but not sent at all by requests that nobody signed: these meet it only
    # with IfExists. The negated operators below are met by an absent key as they are.
    if condition.key == "aws:principalisawsservice" and condition.operator == "bool":
        return () if condition.if_exists and condition.values == ("false",) else None
    opposite = OPPOSITES.get(condition.operator, "")
    limited = _limits(opposite, condition.key, condition.values, place) is Answer.YES
    return parties(condition) if limited else None


def _limits(operator: str, key: str, values: tuple[str, ...], place: Place) -> Answer:
    if key == SOURCE_IP:
        return _networks(values) if operator == "ipaddress" else Answer.NO
    if operator not in MATCHING or not all(_is_fixed_for(key, each) for each in values):
        return Answer.NO
    if place is Place.ACCESS_POINT and key in (ACCESS_POINT_ARN, ACCESS_POINT_ACCOUNT):
        # Every request that meets an access point's policy came through an access point.
        return Answer.NO
    if key in UNDOCUMENTED_KEYS:
        return Answer.UNKNOWN
    return Answer.YES if key in NARROWING_KEYS else Answer.NO


def _is_fixed_for(key: str, text: str) -> bool:
    if key == ACCESS_POINT_ARN:
        # The name of the access point may be a wildcard as long as the account is not.
        segments = text.split(":")
        return len(segments) > ARN_ACCOUNT and bool(re.fullmatch(r"[0-9]{12}", segments[ARN_ACCOUNT]))
    if key == USER_ID and ROLE_SESSION.match(text):
        return False
    if key in (USER_ID, PRINCIPAL_ACCOUNT) and text.lower() == ANONYMOUS:
        return False
    return is_fixed(text)


def _networks(values: tuple[str, ...]) -> Answer:
    if not all(is_fixed(each) for each in values):
        return Answer.NO
    try:
        networks = [ip_network(each, strict=False) for each in values]
    except ValueError:
        return Answer.UNKNOWN
    ipv4 = collapse_addresses(each for each in networks if isinstance(each, IPv4Network))
    ipv6 = collapse_addresses(each for each in networks if isinstance(each, IPv6Network))
    narrow = all(each.prefixlen >= BROADEST_IPV4 for each in ipv4) and all(
        each.prefixlen >= BROADEST_IPV6 for each in ipv6
    )
    return Answer.YES if narrow else Answer.NO
