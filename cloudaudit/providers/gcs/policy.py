"""Who can reach a bucket: IAM of bucket, managed folders, project and above, ACLs, and what prevents it. Pure.

https://cloud.google.com/storage/docs/access-control
https://cloud.google.com/storage/docs/public-access-prevention
"""

from collections.abc import Iterator
from datetime import datetime

from cloudaudit.answers import Answer as Tristate
from cloudaudit.answers import Unknown, any_of, holds, shown
from cloudaudit.facts import Read, Unread
from cloudaudit.providers.gcs.model import AllowedMembers, Bucket, IpFilter, Project
from cloudaudit.providers.gcs.policy_exposure import (
    OUTSIDE,
    PUBLIC,
    UNCLEAR,
    Answer,
    Closed,
    Doubt,
    Exposure,
    Opening,
)
from cloudaudit.providers.gcs.policy_grants import Blind, Grant, Reach, grants, reach_of
from cloudaudit.providers.gcs.policy_roles import Right, Roles
from cloudaudit.providers.gcs.trust import belongs
from cloudaudit.text import Text

__all__ = [
    "ENFORCED",
    "OUTSIDE",
    "PUBLIC",
    "UNCLEAR",
    "Answer",
    "Exposure",
    "Opening",
    "Right",
    "exposure",
    "prevention",
    "prevention_step",
]

ENFORCED = "enforced"


def prevention(bucket: Bucket, project: Project) -> Tristate:
    """Return whether public access prevention is enforced, by the bucket itself or by an organisation policy."""
    return any_of(
        (
            holds(bucket.public_access_prevention, lambda said: said == ENFORCED),
            holds(project.public_access_prevention, lambda enforced: enforced is True),
        )
    )


def prevention_step(bucket: Bucket) -> Text:
    """Return what enforces public access prevention, for a sentence; only where it is enforced."""
    fact = bucket.public_access_prevention
    if isinstance(fact, Read) and fact.value == ENFORCED:
        return Text(
            en="public access prevention is enforced on the bucket",
            ja="バケットで公開アクセスの防止が適用されているため",
        )
    return Text(
        en="public access prevention is enforced by an organisation policy",
        ja="組織ポリシーで公開アクセスの防止が適用されているため",
    )


def exposure(
    bucket: Bucket, project: Project, roles: Roles, at: datetime, reach: Reach | None = None
) -> Exposure:
    """Return who can reach a bucket, each with the path that leads to it. Own people are left out.

    Args:
        bucket: the bucket.
        project: the one that it belongs to.
        roles: what each role permits; an unread one may permit anything.
        at: the time at which conditions are judged.
        reach: what is granted on the whole project, where that was worked out already.
    """
    prevented = prevention(bucket, project)
    openings: list[Opening] = []
    doubts: list[Doubt] = []
    closed: list[Closed] = []
    for found in grants(bucket, reach or reach_of(project), roles, at):
        if isinstance(found, Blind):
            doubts += _blind(found, prevented, project)
        elif not found.member.public:
            openings += _outside(found, project)
        elif found.never:
            closed.append(Closed(found.right, _never(found)))
        elif prevented is False:
            openings.append(Opening(scope=PUBLIC, grant=found))
        elif prevented is True:
            closed.append(Closed(found.right, prevention_step(bucket)))
        else:
            doubts += (Doubt(found.right, PUBLIC, fact) for fact in _facts(prevented))
    uniform = bucket.uniform_access
    return Exposure(
        openings=tuple(openings),
        doubts=tuple(dict.fromkeys(doubts)),
        closed=tuple(dict.fromkeys(closed)),
        prevention=prevented,
        object_acls=prevented is not True and not (isinstance(uniform, Read) and uniform.value.enabled),
        ip_filter=shown(bucket.ip_filter, _ip_filter),
        requester_pays=shown(bucket.requester_pays, lambda pays: pays),
        allowed_members=shown(project.allowed_members, _allowed_members),
    )


def _blind(found: Blind, prevented: Tristate, project: Project) -> Iterator[Doubt]:
    who = found.member
    for right in sorted(found.rights):
        if prevented is not True and (who is None or who.public):
            yield Doubt(right, PUBLIC, found.unread)
        if who is None or (not who.public and belongs(who, project) is not True):
            yield Doubt(right, OUTSIDE, found.unread, who)


def _outside(grant: Grant, project: Project) -> Iterator[Opening]:
    own = belongs(grant.member, project)
    if own is not True and not grant.never:
        yield Opening(scope=OUTSIDE if own is False else UNCLEAR, grant=grant)


def _never(grant: Grant) -> Text:
    return Text(
        en=f"{grant.path[0].en}, but under a condition that never holds",
        ja=f"{grant.path[0].ja}が、条件が成立しないため",
    )


def _facts(answer: Tristate) -> tuple[Unread, ...]:
    return answer.facts if isinstance(answer, Unknown) else ()


def _ip_filter(found: IpFilter | None) -> object:
    if found is None or not found.enabled:
        return None
    return {
        "public_ranges": list(found.public_ranges),
        "vpc_networks": [source.network for source in found.vpc_sources],
        "all_service_agents": found.all_service_agents,
    }


def _allowed_members(found: AllowedMembers | None) -> object:
    if found is None or found.allow_all:
        return None
    return {"allowed": list(found.allowed), "deny_all": found.deny_all}
