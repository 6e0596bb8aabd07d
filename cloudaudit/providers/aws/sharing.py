"""The inventory of what is open to whom outside the account."""

from collections.abc import Callable, Iterator, Sequence

from cloudaudit.facts import Cause, Read, Unread
from cloudaudit.inventory.model import Mode, Objects
from cloudaudit.model import Share, ref
from cloudaudit.providers.aws.model import AccessPoint, Account, Bucket, StorageBucket
from cloudaudit.providers.aws.policy import exposure
from cloudaudit.providers.aws.policy_exposure import PUBLIC
from cloudaudit.providers.aws.policy_objects import object_acls_in_force
from cloudaudit.text import Text

BY_ACL = "object ACL"
NOT_ALL = Text(
    en="only some of the bucket's objects were looked at", ja="一部のオブジェクトのみ確認しています"
)


def shares(
    bucket: StorageBucket, account: Account, access_points: Sequence[AccessPoint] = ()
) -> tuple[Share, ...]:
    """Return one line for each audience and right; trusted ones too, for they are outside as well.

    What could not be read is not in it: the findings of the sharing checks say where that is so.
    """
    target = ref(bucket)
    lines = (
        Share(
            resource=target,
            audience=opening.audience,
            scope=opening.scope,
            right=str(opening.right),
            via=opening.via,
        )
        for opening in exposure(bucket, account, access_points).openings
    )
    return tuple(dict.fromkeys(lines))


def object_shares(bucket: Bucket, account: Account) -> Iterator[Share]:
    """Yield a line for each object that is named as public through its own ACL, and one for how many more there are.

    Where it is not known whether such ACLs are in force, the findings say so, and nothing is yielded.
    """
    objects = bucket.objects.value if isinstance(bucket.objects, Read) else None
    if objects is None or not isinstance(objects.public, Read):
        return
    force = object_acls_in_force(bucket, account)
    if force.unread:
        return
    target = ref(bucket)
    named: dict[tuple[str, str], int] = {}
    for each in objects.exposed:
        audience, _, right = each.what.rpartition(" ")
        if force.counts(right):
            named[audience, right] = named.get((audience, right), 0) + 1
            yield Share(
                resource=target,
                audience=audience,
                scope=PUBLIC,
                right=right,
                via=BY_ACL,
                item=_item(each.key, each.version),
            )
    for (audience, right), count in sorted(_public_counts(objects, force.counts).items()):
        more = count - named.get((audience, right), 0)
        if more > 0:
            yield Share(
                resource=target, audience=audience, scope=PUBLIC, right=right, via=BY_ACL, item=f"(+{more:,})"
            )


def object_shares_unread(bucket: Bucket, account: Account) -> Iterator[Unread]:
    """Yield why objects may be public that no line names."""
    force = object_acls_in_force(bucket, account)
    if force.shut is not None:
        return
    if isinstance(bucket.objects, Unread):
        yield bucket.objects
        return
    objects = bucket.objects.value
    if isinstance(objects.public, Unread):
        yield objects.public
    elif objects.public.value and force.unread:
        yield from force.unread
    if objects.mode in {Mode.SAMPLE, Mode.INDICATIVE}:
        yield Unread(Cause.TOO_SMALL, bucket.objects.source, detail=NOT_ALL)


def _public_counts(objects: Objects, counts: Callable[[str], bool]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for each in objects.public.value if isinstance(objects.public, Read) else ():
        if counts(each.right):
            key = (each.audience, each.right)
            found[key] = found.get(key, 0) + each.tally.objects
    return found


def _item(key: str, version: str) -> str:
    """Return an object's name, with its version where it has one."""
    return f"{key}?versionId={version}" if version and version != "null" else key
