"""Which buckets a CloudTrail trail watches. Pure functions of the model."""

from collections.abc import Sequence

from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.providers.aws.answers import Answer, Unknown, all_of, any_of, holds
from cloudaudit.providers.aws.model import Bucket, DataEvents, Trail
from cloudaudit.text import Text

ALL_BUCKETS = "*"


def logs_objects(bucket: Bucket, trails: Sequence[Trail]) -> Answer:
    """Return whether all reads and writes of a bucket's objects are logged, by one trail or several."""
    return all_of(
        (
            any_of(_logs(bucket, trail, reads=True) for trail in trails),
            any_of(_logs(bucket, trail, reads=False) for trail in trails),
        )
    )


def _logs(bucket: Bucket, trail: Trail, *, reads: bool) -> Answer:
    if not trail.multi_region and trail.region != bucket.region:
        return False
    if isinstance(trail.data_events, Unread):
        selected: Answer = Unknown((trail.data_events,))
    else:
        wanted = [events for events in trail.data_events.value if (events.read if reads else events.write)]
        selected = any_of(_covers(events, bucket, trail.name) for events in wanted)
    return all_of((selected, holds(trail.logging, lambda logging: logging)))


def _covers(events: DataEvents, bucket: Bucket, trail: str) -> Answer:
    objects = f"{bucket.id}/"
    if not any(covered == ALL_BUCKETS or objects.startswith(covered) for covered in events.buckets):
        return False
    # An exclusion of a part is enough: what is left out is not logged.
    if any(objects.startswith(excluded) or excluded.startswith(objects) for excluded in events.excluded):
        return False
    if events.partial:
        detail = Text(
            en=f"a selector of trail {trail} narrows by a field that is not evaluated",
            ja=f"証跡 {trail} のセレクターに、評価対象外の項目による絞り込みがあります",
        )
        return Unknown((Unread(Cause.UNSUPPORTED, Source("cloudtrail:GetEventSelectors"), detail=detail),))
    return True
