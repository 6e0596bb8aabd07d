"""The inventory of what is open to whom outside the organisation."""

from datetime import datetime

from cloudaudit.model import Share, ref
from cloudaudit.providers.gcs.model import Bucket, Project
from cloudaudit.providers.gcs.policy import OUTSIDE, PUBLIC, exposure
from cloudaudit.providers.gcs.policy_grants import Reach
from cloudaudit.providers.gcs.policy_roles import Roles


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
    return tuple(dict.fromkeys(lines))
