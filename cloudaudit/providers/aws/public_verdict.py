"""What the checks on public access of a bucket have in common."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import structs

from cloudaudit.check import Audit, NotRead, Text, Verdict, failed, not_read, passed
from cloudaudit.facts import Unread
from cloudaudit.providers.aws.model import AccessPoint, Account, Region, StorageBucket
from cloudaudit.providers.aws.policy import PUBLIC, Exposure, Opening, Right, exposure

USES = (Account, AccessPoint, Region)
RIGHTS_JA = {
    Right.READ: "読み取り",
    Right.LIST: "一覧表示",
    Right.WRITE: "書き込み",
    Right.ADMINISTER: "権限変更",
}

OBJECT_ACLS = Text(
    en="Objects may carry public ACLs of their own; aws-s3-object-public-acl tells of these.",
    ja="ただし、オブジェクトごとの ACL により個々のオブジェクトが公開されている可能性があります"
    "(aws-s3-object-public-acl を参照)。",
)


def exposure_in(bucket: StorageBucket, audit: Audit) -> Exposure:
    """Return a bucket's exposure; access points are looked up only where they can matter."""
    account = audit.only(Account)
    direct = exposure(bucket, account)
    return exposure(bucket, account, audit.of(AccessPoint)) if direct.asks_access_points else direct


def public_verdict(bucket: StorageBucket, audit: Audit, rights: tuple[Right, ...]) -> Verdict:
    """Judge whether everyone has one of the rights.

    Raises:
        NotRead: it is not known, or AWS calls the policy public and our own reading does not.
    """
    direct = exposure(bucket, audit.only(Account))
    found = direct.open_to(PUBLIC, rights)
    if found and not direct.not_considered:
        return _open(bucket, audit, direct, found, rights)
    through = direct if direct.restricted else exposure_in(bucket, audit)
    found = through.open_to(PUBLIC, rights)
    if found:
        stands(through, found, through.unread(PUBLIC, rights))
        return _open(bucket, audit, through, found, rights)
    unread = through.unread(PUBLIC, rights)
    if unread:
        not_read(*unread)
    return passed(_closed(through, rights), through.evidence(PUBLIC, rights))


def stands(found: Exposure, openings: Sequence[Opening], unread: Sequence[Unread]) -> None:
    """Let a way in count although the organisation's controls are not known, if all else is.

    A way that was read from end to end cannot do alone. Suppose that everyone reads by the policy, that the ACL was not
    read, and that a control of the organisation denies s3:GetObject. Who can read that control knows that the policy
    opens nothing and nothing of the ACL: neither FAIL nor PASS would be true, so it is NOT ASSESSED. Were it FAIL for
    those who cannot read the control, then reading less would raise the coverage. So it is one or the other: either
    everything else was read, and the verdict says that those controls were not considered, or nobody knows. In the
    guaranteed score and the grade NOT ASSESSED weighs as FAIL does, and its reason tells the way that is open as far as
    was read.

    Raises:
        NotRead: more than those controls is not known.
    """
    if found.not_considered and unread:
        way = openings[0].sentence
        first, *rest = found.not_considered
        detail = Text(
            en=f"it may shut what is open as far as was read: {way.en}",
            ja=f"読み取れた範囲では次のとおり開かれていますが、このコントロールで遮断されている可能性があります: {way.ja}",
        )
        not_read(structs.replace(first, detail=detail), *rest, *unread)


def _open(
    bucket: StorageBucket,
    audit: Audit,
    found: Exposure,
    openings: tuple[Opening, ...],
    rights: Iterable[Right],
) -> Verdict:
    since = _since(bucket, audit)
    granted = list(dict.fromkeys(each.right for each in openings))
    first = openings[0].sentence
    reason = Text(
        en=f"Everyone can {', '.join(granted)}. {first.en}",
        ja=f"誰でも{'・'.join(RIGHTS_JA[each] for each in granted)}が可能です。{first.ja}",
    )
    return failed(noted(reason, found), {**found.evidence(PUBLIC, rights), "since": since})


def _closed(found: Exposure, rights: tuple[Right, ...]) -> Text:
    names_ja = "・".join(RIGHTS_JA[each] for each in rights)
    why = next(iter(found.closed_for(rights)), None)
    reason = Text(
        en=f"Nobody from the public can {' or '.join(rights)}" + (f": {why.en}." if why else "."),
        ja=f"不特定多数による{names_ja}はできません。" + (f"{why.ja}しています。" if why else ""),
    )
    return save_for_objects(reason, found) if Right.READ in rights else reason


def save_for_objects(reason: Text, found: Exposure) -> Text:
    """Return why nobody can read, with a sentence on the ACLs of single objects where these may exist."""
    if not found.object_acls:
        return reason
    return Text(en=f"{reason.en} {OBJECT_ACLS.en}", ja=f"{reason.ja}{OBJECT_ACLS.ja}")


def noted(reason: Text, found: Exposure) -> Text:
    """Return a reason, with a sentence on the organisation's controls that were not considered, if any."""
    names = ", ".join(dict.fromkeys(each.source.operation for each in found.not_considered))
    if not names:
        return reason
    return Text(
        en=f"{reason.en} Controls of the organisation that could not be read or judged ({names}) were not considered.",
        ja=f"{reason.ja}読み取りまたは判定のできなかった組織のコントロール({names})は考慮していません。",
    )


def _since(bucket: StorageBucket, audit: Audit) -> dict[str, Any]:
    """Return the newest change of the bucket's exposure that CloudTrail still knows."""
    try:
        region = audit.get(Region, f"{bucket.account}/{bucket.region}")
    except NotRead as error:
        # Only an extra: that nobody knows since when must not hide that everyone gets in.
        return _unknown(error.facts)
    if region is None:
        return {"at": "unknown", "why": "region not in the snapshot"}
    if isinstance(region.exposure_events, Unread):
        return _unknown((region.exposure_events,))
    events = [each for each in region.exposure_events.value if each.bucket == bucket.name]
    if not events:
        return {"at": "unknown", "why": "no change in CloudTrail's last 90 days"}
    return {"at": events[0].at, "event": events[0].event}


def _unknown(facts: tuple[Unread, ...]) -> dict[str, Any]:
    return {"at": "unknown", "why": ", ".join(f"{each.source.operation}: {each.cause}" for each in facts)}
