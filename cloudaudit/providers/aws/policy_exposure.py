"""The shapes in which exposure is told."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_network

from msgspec import Struct

from cloudaudit.facts import Read, Unread
from cloudaudit.model import Evidence
from cloudaudit.providers.aws.model import Account, StorageBucket
from cloudaudit.providers.aws.policy_actions import Right
from cloudaudit.providers.aws.policy_allowances import (
    PRINCIPAL_KINDS,
    Allowance,
    Group,
    account_of,
    is_deleted,
)
from cloudaudit.providers.aws.policy_conditions import SOURCE_IP, Answer
from cloudaudit.providers.aws.policy_document import Party
from cloudaudit.text import Text

PUBLIC, OUTSIDE = "public", "outside"
# A CloudFront origin access identity; CloudFront is a service, whoever's distribution it serves.
ORIGIN_ACCESS_IDENTITY = "iam::cloudfront:user/"
PRIVATE_NETWORKS = tuple(
    ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
NO_BLOCK = Text(en="no block stops it", ja="これを止めるブロックはありません")


class Opening(Struct, frozen=True, kw_only=True):
    """One way in from outside the account.

    Attributes:
        scope: ``public`` or ``outside``.
        party: who; None when it is everyone.
        limits: further groups that the party must also belong to.
        via: what grants it, e.g. ``bucket policy, statement 2``.
        path: the steps that lead to it, in order.
    """

    right: Right
    scope: str
    party: Party | None
    limits: tuple[Group, ...]
    via: str
    path: tuple[Text, ...]

    @property
    def audience(self) -> str:
        """Who gets in, in the provider's words; ``*`` for everyone."""
        return self.party.value if self.party else "*"

    @property
    def sentence(self) -> Text:
        """The path as one sentence."""
        en, ja = ", ".join(step.en for step in self.path), "、".join(step.ja for step in self.path)
        if self.scope == PUBLIC:
            return Text(en=f"Public because {en} and {NO_BLOCK.en}.", ja=f"{ja}しており、{NO_BLOCK.ja}。")
        return Text(en=f"Open to {self.audience} because {en}.", ja=f"{ja}しています。")

    def evidence(self) -> dict[str, object]:
        """Return it as plain JSON."""
        return {
            "right": str(self.right),
            "scope": self.scope,
            "audience": self.audience,
            "limits": [[f"{party.kind}={party.value}" for party in group] for group in self.limits],
            "via": self.via,
            "path": [{"en": step.en, "ja": step.ja} for step in self.path],
        }


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
        disagreement: whether AWS calls the policy public and we do not, and nothing makes that moot.
        closed: why ways that look open are not, one sentence part each.
        not_considered: controls of the organisation that could not be read; they could only restrict further.
        restricted: whether a block keeps everyone but the own account and AWS services from public policies.
        asks_access_points: whether access points can add anything to this.
    """

    openings: tuple[Opening, ...]
    doubts: tuple[Doubt, ...]
    definition: Answer
    provider_says_public: bool | None
    disagreement: bool
    closed: tuple[Text, ...]
    not_considered: tuple[Unread, ...]
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

    def evidence(self, scope: str, rights: Iterable[Right] = tuple(Right)) -> Evidence:
        """Return the openings and both readings as plain JSON."""
        return {
            "openings": [each.evidence() for each in self.open_to(scope, rights)],
            "closed": [{"en": each.en, "ja": each.ja} for each in self.closed],
            "policy_is_public_by_our_reading": str(self.definition),
            "policy_is_public_by_aws": self.provider_says_public,
            "not_considered": [each.source.operation for each in self.not_considered],
        }

    def _answer(self, right: Right, scope: str) -> Answer:
        if self.open_to(scope, (right,)):
            return Answer.YES
        return Answer.UNKNOWN if self.unread(scope, (right,)) else Answer.NO


def openings_of(allowance: Allowance, bucket: StorageBucket, account: Account) -> list[Opening]:
    """Return the ways in from outside that an allowance amounts to."""
    if allowance.public:
        return [_opening(allowance, PUBLIC, None, ())]
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


def _opening(allowance: Allowance, scope: str, party: Party | None, limits: tuple[Group, ...]) -> Opening:
    return Opening(
        right=allowance.right, scope=scope, party=party, limits=limits, via=allowance.via, path=allowance.path
    )


def _is_inside(party: Party, bucket: StorageBucket, account: Account) -> bool:
    if party.kind in ("service", "aws:principalservicename") or ORIGIN_ACCESS_IDENTITY in party.value:
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
