"""The shapes in which exposure is told."""

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network

from msgspec import Struct

from cloudaudit.facts import Read, Unread
from cloudaudit.model import Evidence
from cloudaudit.providers.aws.model import Account, StorageBucket
from cloudaudit.providers.aws.policy_actions import Right
from cloudaudit.providers.aws.policy_allowances import (
    PRINCIPAL_KINDS,
    SERVICE_KINDS,
    SOURCE_KEYS,
    Allowance,
    Group,
    account_of,
    is_deleted,
    listed,
)
from cloudaudit.providers.aws.policy_conditions import SOURCE_IP, UNDOCUMENTED_KEYS, Answer
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.text import Text

PUBLIC, OUTSIDE = "public", "outside"
# A CloudFront origin access identity; CloudFront is a service, whoever's distribution it serves.
ORIGIN_ACCESS_IDENTITY = re.compile(r"arn:[^:]+:iam::cloudfront:user/.+", re.DOTALL)
PRIVATE_NETWORKS = tuple(
    ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
# Evidence lists this many of a kind and counts the rest; a sentence tells this many steps of a path.
MOST_LISTED, MOST_STEPS = 20, 3
NO_BLOCK = Text(en="no block stops it", ja="これを止めるブロックはありません")


class Opening(Struct, frozen=True, kw_only=True):
    """One way in from outside the account.

    Attributes:
        scope: ``public`` or ``outside``.
        party: who; None when it is everyone.
        limits: further groups that the party must also belong to.
        via: what grants it, e.g. ``bucket policy, statement 2``.
        path: the steps that lead to it, in order.
        actions: those of the right that it gives, in lower case.
    """

    right: Right
    scope: str
    party: Party | None
    limits: tuple[Group, ...]
    via: Text
    path: tuple[Text, ...]
    actions: frozenset[str] = frozenset()

    @property
    def audience(self) -> str:
        """Who gets in, in the provider's words; ``*`` for everyone."""
        return self.party.value if self.party else "*"

    @property
    def sentence(self) -> Text:
        """The path as one sentence."""
        steps = self.path[:MOST_STEPS]
        en, ja = ", ".join(step.en for step in steps), "、".join(step.ja for step in steps)
        more = len(self.path) - len(steps)
        if more:
            en, ja = f"{en} (and {more} more steps)", f"{ja}(ほか {more} 段階)"
        if self.scope == PUBLIC:
            return Text(en=f"Public because {en} and {NO_BLOCK.en}.", ja=f"{ja}しており、{NO_BLOCK.ja}。")
        return Text(en=f"Open to {listed((self.audience,)).en} because {en}.", ja=f"{ja}しています。")


class Closed(Struct, frozen=True):
    """Why a way that looks open for a right is not, as a part of a sentence."""

    right: Right
    why: Text


class Doubt(Struct, frozen=True):
    """Something unread that may hide an opening."""

    right: Right
    scope: str
    unread: Unread


class Exposure(Struct, frozen=True, kw_only=True):
    """Who gets in, as far as it could be read.

    Attributes:
        doubts: what stands between an unknown answer and a yes or no.
        definition: our reading of the bucket policy by AWS's definition; unknown where it was not read.
        provider_says_public: AWS's reading (GetBucketPolicyStatus); None where it was not read or there is
            no policy.
        provider_silent: why AWS's reading was not read; None where it was, or there is no policy.
        disagreement: whether AWS calls the policy public and we do not, and nothing makes that moot.
        closed: why ways that look open are not.
        not_considered: controls of the organisation that could not be read or judged; they could only restrict
            further.
        services: AWS services that are let in, and nothing says for whose account they act.
        object_acls: whether objects may have ACLs of their own that let in everyone.
        restricted: whether a block keeps everyone but the own account and AWS services from public policies.
        asks_access_points: whether access points can add anything to this.
    """

    openings: tuple[Opening, ...]
    doubts: tuple[Doubt, ...]
    definition: Answer
    provider_says_public: bool | None
    provider_silent: Unread | None
    disagreement: bool
    closed: tuple[Closed, ...]
    not_considered: tuple[Unread, ...]
    services: tuple[str, ...]
    object_acls: bool
    restricted: bool
    asks_access_points: bool

    @property
    def public(self) -> Mapping[Right, Answer]:
        """For each right, whether everyone has it."""
        return {right: self._answer(right, PUBLIC) for right in Right}

    @property
    def outside(self) -> Mapping[Right, Answer]:
        """For each right, whether a principal or network outside the account, not everyone, has it."""
        return {right: self._answer(right, OUTSIDE) for right in Right}

    def open_to(self, scope: str, rights: Iterable[Right] = tuple(Right)) -> tuple[Opening, ...]:
        """Return the openings of a scope for some rights."""
        wanted = tuple(rights)
        return tuple(each for each in self.openings if each.scope == scope and each.right in wanted)

    def unread(self, scope: str, rights: Iterable[Right] = tuple(Right)) -> tuple[Unread, ...]:
        """Return what must be read before an answer about these rights is certain, each once."""
        wanted = tuple(rights)
        facts = (each.unread for each in self.doubts if each.scope == scope and each.right in wanted)
        return tuple(dict.fromkeys(facts))

    def closed_for(self, rights: Iterable[Right]) -> tuple[Text, ...]:
        """Return why ways that look open for some rights are not, each reason once."""
        wanted = tuple(rights)
        return tuple(dict.fromkeys(each.why for each in self.closed if each.right in wanted))

    def evidence(self, scope: str, rights: Iterable[Right] = tuple(Right)) -> Evidence:
        """Return the openings, one for each path, and both readings as plain JSON."""
        wanted = tuple(rights)
        paths: dict[tuple[Text, tuple[Text, ...]], list[Opening]] = {}
        for each in self.open_to(scope, wanted):
            paths.setdefault((each.via, each.path), []).append(each)
        operations = (each.source.operation for each in self.not_considered)
        return {
            **capped("openings", [_opening_evidence(each) for each in paths.values()]),
            **capped("closed", _texts(self.closed_for(wanted))),
            "policy_is_public_by_our_reading": str(self.definition),
            "policy_is_public_by_aws": self.provider_says_public,
            **_silence(self.provider_silent),
            **capped("services_without_source", self.services),
            "not_considered": list(dict.fromkeys(operations)),
        }

    def _answer(self, right: Right, scope: str) -> Answer:
        if self.open_to(scope, (right,)):
            return Answer.YES
        return Answer.UNKNOWN if self.unread(scope, (right,)) else Answer.NO


def capped(name: str, values: Sequence[object]) -> dict[str, object]:
    """Return the first values of a list of the evidence under its name, and how many more there are, if any."""
    more = len(values) - MOST_LISTED
    return {name: list(values[:MOST_LISTED]), **({f"{name}_more": more} if more > 0 else {})}


def _silence(unread: Unread | None) -> dict[str, object]:
    """Return why there is no word of AWS, where there could be one."""
    if unread is None:
        return {}
    detail = unread.detail
    told = {"en": detail.en, "ja": detail.ja} if isinstance(detail, Text) else detail
    return {
        "policy_is_public_by_aws_not_read": {
            "operation": unread.source.operation,
            "cause": str(unread.cause),
            "detail": told,
        }
    }


def _texts(texts: Sequence[Text]) -> list[dict[str, str]]:
    return [{"en": each.en, "ja": each.ja} for each in texts]


def _opening_evidence(openings: Sequence[Opening]) -> dict[str, object]:
    first = openings[0]
    limits = [[f"{party.kind}={party.value}" for party in group] for group in first.limits]
    return {
        "rights": list(dict.fromkeys(str(each.right) for each in openings)),
        "scope": first.scope,
        **capped("audiences", list(dict.fromkeys(each.audience for each in openings))),
        **capped("limits", [capped("any_of", group) for group in limits]),
        "via": first.via.en,
        **capped("path", _texts(first.path)),
    }


def openings_of(allowance: Allowance, bucket: StorageBucket, account: Account) -> list[Opening]:
    """Return the ways in from outside that an allowance amounts to."""
    if allowance.public:
        return [_opening(allowance, PUBLIC, None, ())]
    return [*_direct(allowance, bucket, account), *_through_services(allowance, bucket, account)]


def services_of(allowance: Allowance) -> tuple[str, ...]:
    """Return the AWS services that are let in where nothing says for whose account they act."""
    told = any(party.kind in SOURCE_KEYS for group in allowance.groups for party in group)
    return tuple(
        party.value
        for group in allowance.groups
        for party in group
        if (party.kind in SERVICE_KINDS and not told) or _is_origin_access_identity(party)
    )


def _direct(allowance: Allowance, bucket: StorageBucket, account: Account) -> list[Opening]:
    outside = [
        tuple(party for party in group if not _is_inside(party, bucket, account))
        for group in allowance.groups
    ]
    if () in outside:
        return []
    primary = next((each for each in outside if each[0].kind in PRINCIPAL_KINDS), outside[0])
    limits = tuple(
        group for group, rest in zip(allowance.groups, outside, strict=True) if rest is not primary
    )
    return [_opening(allowance, OUTSIDE, party, limits) for party in primary]


def _through_services(allowance: Allowance, bucket: StorageBucket, account: Account) -> list[Opening]:
    """Return those for whom a service is let in: it acts for whichever customer tells it to."""
    others = tuple(
        group for group in allowance.groups if not any(party.kind in SERVICE_KINDS for party in group)
    )
    if len(others) == len(allowance.groups):
        return []
    sources = [group for group in others if any(party.kind in SOURCE_KEYS for party in group)]
    strangers = [tuple(party for party in group if _is_foreign(party, bucket)) for group in sources]
    if not strangers or () in strangers:
        return []
    limits = tuple(group for group in others if group is not sources[0])
    if any(all(_is_inside(party, bucket, account) for party in group) for group in limits):
        return []
    return [_opening(allowance, OUTSIDE, party, limits) for party in strangers[0]]


def _is_foreign(party: Party, bucket: StorageBucket) -> bool:
    # The ARN of a bucket or a distribution may tell no account: that is no sign of another one.
    if party.kind in UNDOCUMENTED_KEYS:
        return True
    return account_of(party) not in (None, bucket.account)


def _is_origin_access_identity(party: Party) -> bool:
    return party.kind == "aws" and bool(ORIGIN_ACCESS_IDENTITY.fullmatch(party.value))


def _opening(allowance: Allowance, scope: str, party: Party | None, limits: tuple[Group, ...]) -> Opening:
    return Opening(
        right=allowance.right,
        scope=scope,
        party=party,
        limits=limits,
        via=allowance.via,
        path=allowance.path,
        actions=allowance.actions,
    )


def _is_inside(party: Party, bucket: StorageBucket, account: Account) -> bool:
    if party.kind in SERVICE_KINDS or _is_origin_access_identity(party):
        return True
    if is_deleted(party):
        return True
    if party.kind == "canonicaluser":
        canonical = account.canonical_user
        return isinstance(canonical, Read) and canonical.value == party.value
    if party.kind == SOURCE_IP:
        return is_private_network(party.value)
    return account_of(party) == bucket.account


def is_private_network(text: str) -> bool:
    """Return whether an address range is one that no request from the Internet can have."""
    network = ip_network(text, strict=False)
    return any(
        network.version == private.version
        and network.network_address in private
        and network.prefixlen >= private.prefixlen
        for private in PRIVATE_NETWORKS
    )
