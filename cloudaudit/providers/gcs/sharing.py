"""The inventory of what is open to whom outside the organisation."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from cloudaudit.facts import Read, Unread
from cloudaudit.model import Share, ref
from cloudaudit.providers.gcs.model import Bucket, Project
from cloudaudit.providers.gcs.policy import OUTSIDE, PUBLIC, exposure, prevention
from cloudaudit.providers.gcs.policy_grants import Reach
from cloudaudit.providers.gcs.policy_roles import Roles

OBJECT_ACL = "object ACL"


def shares(
    bucket: Bucket, project: Project, roles: Roles, at: datetime, reach: Reach | None = None
) -> tuple[Share, ...]:
    """Return one line for each audience, right and way; trusted ones too, for they are outside as well.

    Somebody of whom it is not known whether they belong to the organisation counts as outside here. What could not be
    read is not in it: the findings of the sharing checks say where that is so.
    """
    target = ref(bucket)
    lines = (
        Share(
            resource=target,
            audience=opening.member.text,
            scope=PUBLIC if opening.scope == PUBLIC else OUTSIDE,
            right=str(opening.right),
            via=opening.grant.via,
            expires=opening.grant.until,
        )
        for opening in exposure(bucket, project, roles, at, reach).openings
    )
    return tuple(dict.fromkeys((*lines, *_objects(bucket, project))))


def _objects(bucket: Bucket, project: Project) -> Iterator[Share]:
    """Yield the objects whose own ACLs let the public in, where nothing stops that, and how many more there are."""
    if not object_acls_count(bucket, project) or isinstance(bucket.objects, Unread):
        return
    found = bucket.objects.value
    if isinstance(found.public, Unread):
        return
    counted: Counter[tuple[str, str]] = Counter()
    for count in found.public.value:
        counted[count.audience, count.right] += count.tally.objects
    for each in found.exposed:
        audience, _, right = each.what.rpartition(" ")
        counted[audience, right] -= 1
        item = f"{each.key}#{each.version}" if each.version else each.key
        yield _share(bucket, audience, right, item)
    for (audience, right), more in sorted(counted.items()):
        if more > 0:
            yield _share(bucket, audience, right, f"… +{more:,}")


def _share(bucket: Bucket, audience: str, right: str, item: str) -> Share:
    return Share(
        resource=ref(bucket), audience=audience, scope=PUBLIC, right=right, via=OBJECT_ACL, item=item
    )


def objects_unread(bucket: Bucket, project: Project) -> Iterator[Unread]:
    """Yield what may hide an object whose own ACL lets the public in."""
    if uniform_access(bucket) or prevention(bucket, project) is True:
        return
    if isinstance(bucket.objects, Unread):
        yield bucket.objects
        return
    for fact in (bucket.objects.value.public, bucket.objects.value.total):
        if isinstance(fact, Unread):
            yield fact


def object_acls_count(bucket: Bucket, project: Project) -> bool:
    """Return whether it is certain that objects' own ACLs can let the public in."""
    return prevention(bucket, project) is False and uniform_access(bucket) is False


def uniform_access(bucket: Bucket) -> bool | None:
    """Return whether a bucket has uniform access, and so no ACLs that count; None where that is not known."""
    fact = bucket.uniform_access
    return fact.value.enabled if isinstance(fact, Read) else None
