"""What a bucket's policy demands of every request, by denying the others."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from cloudaudit.facts import Fact, Unread, not_read
from cloudaudit.providers.aws.model import DirectoryBucket, StorageBucket
from cloudaudit.providers.aws.policy import read_policy
from cloudaudit.providers.aws.policy_actions import resources_covered, selects
from cloudaudit.providers.aws.policy_allowances import EVERYONE
from cloudaudit.providers.aws.policy_conditions import SOURCE_IP, Place, escapees
from cloudaudit.providers.aws.policy_document import (
    Document,
    Party,
    Selector,
    Statement,
)

NETWORK_KEYS = {SOURCE_IP, "aws:sourcevpc", "aws:sourcevpce"}
SECURE_TRANSPORT = "aws:securetransport"
VIA_SERVICE = "aws:viaawsservice"


def document_of(fact: Fact[str | None]) -> Document | None:
    """Return a resource's policy, or None when there is none.

    Raises:
        NotRead: it was not read, or is malformed.
    """
    found = read_policy(fact)
    if isinstance(found, Unread):
        not_read(found)
    return found


def denies_plain_http(document: Document, bucket: StorageBucket) -> bool:
    """Return whether every request without TLS is denied, to the bucket and to its objects."""
    return _everywhere(document, bucket, _insists_on_tls)


def network_bound(document: Document, bucket: StorageBucket) -> tuple[Party, ...] | None:
    """Return the networks (and whoever else is excepted) that every request must come from, or None."""
    if not _everywhere(document, bucket, _insists_on_network):
        return None
    found = (_networks(each) for each in document.denies if _insists_on_network(each))
    return tuple(dict.fromkeys(party for parties in found for party in parties or ()))


def _everywhere(document: Document, bucket: StorageBucket, insists: Callable[[Statement], bool]) -> bool:
    denies = [each for each in document.denies if _about_everyone(each) and insists(each)]
    return all(
        any(
            selects(each.action, actions)
            and resources_covered(each, Selector(negated=False, patterns=(arn,)))
            for each in denies
        )
        for actions, arn in _requests(bucket)
    )


def _requests(bucket: StorageBucket) -> Iterable[tuple[str, str]]:
    if isinstance(bucket, DirectoryBucket):
        return (("s3express:createsession", bucket.id),)
    return (("s3:*", bucket.id), ("s3:*", f"{bucket.id}/*"))


def _about_everyone(statement: Statement) -> bool:
    principals = statement.principals
    return principals is not None and not principals.negated and EVERYONE in principals.parties


def _insists_on_tls(statement: Statement) -> bool:
    return len(statement.conditions) == 1 and all(
        each.operator == "bool"
        and each.quantifier == ""
        and each.key == SECURE_TRANSPORT
        and each.values == ("false",)
        for each in statement.conditions
    )


def _insists_on_network(statement: Statement) -> bool:
    spared = _networks(statement)
    return spared is not None and any(party.kind in NETWORK_KEYS for party in spared)


def _networks(statement: Statement) -> tuple[Party, ...] | None:
    # Requests that AWS services make for a principal never come from his own network.
    own = tuple(
        each
        for each in statement.conditions
        if not (each.key == VIA_SERVICE and each.operator == "bool" and each.values == ("false",))
    )
    return escapees(replace(statement, conditions=own), Place.BUCKET)
