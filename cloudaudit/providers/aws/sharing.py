"""The inventory of what is open to whom outside the account."""

from collections.abc import Sequence

from cloudaudit.model import Share, ref
from cloudaudit.providers.aws.model import AccessPoint, Account, StorageBucket
from cloudaudit.providers.aws.policy import exposure


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
