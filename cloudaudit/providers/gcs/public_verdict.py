"""What the checks on public access of a bucket have in common."""

from cloudaudit.check import Audit, Read, Text, Verdict, failed, not_read, passed
from cloudaudit.providers.gcs.lookups import project_of, roles_in
from cloudaudit.providers.gcs.model import Bucket, Project, Role
from cloudaudit.providers.gcs.policy import ENFORCED, PUBLIC, Exposure, Right, exposure, prevention_step
from cloudaudit.providers.gcs.policy_exposure import RIGHTS
from cloudaudit.providers.gcs.policy_grants import reach_of

USES = (Project, Role)

OBJECT_ACLS = Text(
    en="Objects may carry public ACLs of their own; gcs-object-public-acl tells of those.",
    ja="ただし、個々のオブジェクトは固有の ACL で公開されている可能性があります(gcs-object-public-acl を参照)。",
)


def exposure_in(bucket: Bucket, audit: Audit) -> Exposure:
    """Return a bucket's exposure.

    Raises:
        NotRead: the project of the bucket is not in the snapshot.
    """
    project = project_of(bucket, audit)
    reach = audit.once(f"gcs reach of {project.id}", lambda: reach_of(project))
    return exposure(bucket, project, roles_in(audit), audit.taken_at, reach)


def public_verdict(bucket: Bucket, audit: Audit, rights: tuple[Right, ...]) -> Verdict:
    """Judge whether everyone has one of the rights.

    Raises:
        NotRead: it is not known.
    """
    if prevented_by_bucket(bucket):
        # Nothing else can make it public, so nothing else is asked.
        why = prevention_step(bucket)
        return passed(_closed(why, rights), {"public_access_prevention": ENFORCED, "enforced_by": "bucket"})
    found = exposure_in(bucket, audit)
    openings = found.open_to(PUBLIC, rights=rights)
    evidence = found.evidence(PUBLIC, rights=rights)
    if openings:
        first = openings[0].sentence
        granted = [right for right in rights if any(each.right is right for each in openings)]
        return failed(
            Text(
                en=f"Everyone can {' and '.join(RIGHTS[each].en for each in granted)}. {first.en}",
                ja=f"不特定多数に{'・'.join(RIGHTS[each].ja for each in granted)}が許可されています。{first.ja}",
            ),
            evidence,
        )
    unread = found.unread(PUBLIC, rights)
    if unread:
        not_read(*unread)
    reason = _closed(next(iter(found.closed_for(rights)), None), rights)
    if found.object_acls and Right.READ in rights:
        reason = Text(en=f"{reason.en} {OBJECT_ACLS.en}", ja=f"{reason.ja}{OBJECT_ACLS.ja}")
    return passed(reason, evidence)


def prevented_by_bucket(bucket: Bucket) -> bool:
    """Return whether the bucket's own setting is known to prevent public access."""
    fact = bucket.public_access_prevention
    return isinstance(fact, Read) and fact.value == ENFORCED


def _closed(why: Text | None, rights: tuple[Right, ...]) -> Text:
    names_en = " or ".join(RIGHTS[each].en for each in rights)
    names_ja = "・".join(RIGHTS[each].ja for each in rights)
    return Text(
        en=f"Nobody from the public can {names_en}" + (f": {why.en}." if why else "."),
        ja=(f"{why.ja}、" if why else "") + f"不特定多数による{names_ja}はできません。",
    )
