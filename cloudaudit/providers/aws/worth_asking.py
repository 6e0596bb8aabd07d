"""Which answers about a bucket could still change a verdict, by what was read so far. Pure.

A question that is not worth a call is left unread with the reason, so that a check that should need it after all comes
to NOT ASSESSED and never to PASS.
"""

from typing import Any

from msgspec import Struct, structs

from cloudaudit.facts import Cause, Fact, Source, Unread
from cloudaudit.providers.aws.model import Account, Acl, Bucket, PublicAccessBlock
from cloudaudit.providers.aws.operations import (
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
    GET_BUCKET_POLICY_STATUS,
    GET_BUCKET_WEBSITE,
    Operation,
)
from cloudaudit.providers.aws.policy import Answer, Right, exposure, is_public_by_definition
from cloudaudit.providers.aws.policy_blocks import Level, restricts_policies
from cloudaudit.text import Text

STATUS_SETTLED = Text(
    en="not asked: AWS's own reading of the policy could not change the verdict",
    ja="AWS 自身によるポリシーの公開判定は結果に影響しないため、確認していません",
)
NOBODY_READS = Text(
    en="not asked: the public cannot read the bucket, website or not",
    ja="Web サイト設定の有無にかかわらず不特定多数は閲覧できないため、確認していません",
)
SETTINGS = ("public_access_block", "policy", "ownership", "acl")
"""Members of a bucket that decide who gets in."""
OWN = Text(en="bucket", ja="バケット")
ABOVE = Text(en="account", ja="アカウント")
NO_ACCOUNT_BLOCK = Unread(Cause.UNSUPPORTED, Source(GET_ACCOUNT_PUBLIC_ACCESS_BLOCK.label))


class Doors(Struct, frozen=True, kw_only=True):
    """What decides who gets into a bucket; see ``Bucket`` for the members.

    Attributes:
        account_block: the account's public access block.
    """

    account_block: Fact[PublicAccessBlock | None]
    public_access_block: Fact[PublicAccessBlock | None]
    policy: Fact[str | None]
    ownership: Fact[str | None]
    acl: Fact[Acl | None]


def policy_status_decides(doors: Doors) -> bool:
    """Return whether AWS's own reading of the policy could change what we say.

    It is a second opinion on a policy that we do not call public and nothing restricts, and it tells whether a block
    holds for one that we do call public.
    """
    if isinstance(doors.policy, Unread):
        return True
    if doors.policy.value is None:
        return False
    levels = (Level(OWN, doors.public_access_block), Level(ABOVE, doors.account_block))
    restricted = restricts_policies(levels).answer
    public = is_public_by_definition(doors.policy.value)
    return (public, restricted) not in {(Answer.NO, Answer.YES), (Answer.YES, Answer.NO)}


def website_decides(arn: str, doors: Doors, policy_is_public: Fact[bool | None]) -> bool:
    """Return whether a website could show anything to the public.

    What the organisation forbids and what access points open is left out: the former could only shut more, and
    where the latter matters the answer is yes.
    """
    doors_of: dict[str, Any] = {name: getattr(doors, name) for name in SETTINGS}
    members: dict[str, Any] = {**_blank(Bucket), **doors_of, "policy_is_public": policy_is_public, "id": arn}
    bucket = Bucket(**members)
    owner: dict[str, Any] = {**_blank(Account), "public_access_block": doors.account_block}
    account = Account(**owner)
    found = exposure(bucket, account)
    return found.public[Right.READ] is not Answer.NO or found.asks_access_points


def status_not_asked(policy: Fact[str | None]) -> Unread:
    """Return the fact of a policy status that was left out."""
    return _not_asked(GET_BUCKET_POLICY_STATUS, policy, STATUS_SETTLED)


def website_not_asked(policy: Fact[str | None]) -> Unread:
    """Return the fact of a website that was left out."""
    return _not_asked(GET_BUCKET_WEBSITE, policy, NOBODY_READS)


def _not_asked(operation: Operation, known: Fact[str | None], why: Text) -> Unread:
    return Unread(Cause.UNSUPPORTED, Source(operation.label, known.source.at), detail=why)


def _blank(kind: type[Bucket | Account]) -> dict[str, Any]:
    """Return the members of a resource of which nothing is known."""
    nothing = Unread(Cause.UNSUPPORTED, Source(""))
    return {
        field.name: "" if field.type is str else nothing
        for field in structs.fields(kind)
        if field.required or field.type is str
    }
