"""What changed between two assessments of one target: by the ids of findings and of resources, pure and streaming.

Nothing is called fixed that was only not looked at: a failure that is not in the later assessment is ``gone`` only where
the check ran, nothing was narrowed and the listing of its kind did not fail.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.model import Finding, ResourceRef, Severity, Status, Theme
from cloudaudit.scoring import Measure
from cloudaudit.text import Text

EXAMPLES = 5
"""Findings that are kept of each change, the worst first."""


class Change(StrEnum):
    """What became of a finding; in the order in which a reader wants to know.

    ``UNCOVERED`` fails now and was not assessed, or not looked at, before: nobody knows since when. ``WORSE`` failed
    before and has a higher severity or parts that did not fail. ``BLIND`` was assessed before and is not any more.
    ``GONE`` failed, and its resource is no longer there.
    """

    NEW = "new"
    WORSE = "worse"
    UNCOVERED = "uncovered"
    BLIND = "no-longer-assessed"
    FIXED = "fixed"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    GONE = "gone"
    OUT_OF_SCOPE = "out-of-scope"
    STILL = "still-failing"


APPEARED = frozenset({Change.NEW, Change.WORSE, Change.UNCOVERED})
"""Failures that nobody can say were there before as they are now."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed since an earlier assessment.

    Attributes:
        since: UTC time of the earlier snapshot.
        before: the earlier score.
        counts: findings by change; a change that no finding has is not in it.
        examples: the worst of each, as the later assessment has them, or the earlier where that has them no more.
        new_resources: how many resources were not there before; not counted where the earlier listing may be incomplete.
        gone_resources: how many are not there any more; not counted where the later listing may be incomplete.
        other_checks: the checks were not the same.
        other_policy: the thresholds were not the same.
        failures: those that are new, worse or of unknown age, by theme and severity.
    """

    since: str
    before: Measure
    counts: Mapping[Change, int]
    examples: Mapping[Change, tuple[Finding, ...]]
    new_resources: int
    gone_resources: int
    other_checks: bool
    other_policy: bool
    failures: Mapping[Theme, Mapping[str, int]] = field(default_factory=dict[Theme, Mapping[str, int]])


def compare(before: Assessment, now: Assessment) -> Changes:
    """Return what changed.

    Raises:
        UsageError: they are not of one target, only one has pseudonyms, or the earlier one is the later.
    """
    _refuse(before, now)
    seen_before, seen_now = _Seen(before), _Seen(now)
    earlier = _Earlier(before)
    kept = _Kept()
    for finding in now.findings():
        change = _change(finding, earlier, seen_before)
        if change is not None:
            kept.add(change, finding)
    if earlier.failing:
        for finding in before.findings():
            if _key(finding.id) in earlier.failing:
                kept.add(_vanished(finding, seen_now), finding)
    return Changes(
        since=before.taken_at,
        before=before.score.overall,
        counts={change: kept.counts[change] for change in Change if kept.counts[change]},
        examples=kept.examples(),
        new_resources=seen_before.missing(now),
        gone_resources=seen_now.missing(before),
        other_checks=before.tool.checks_digest != now.tool.checks_digest,
        other_policy=before.policy != now.policy,
        failures=kept.failures,
    )


def refuse_other_target(before: Assessment, provider: str, account: str) -> None:
    """Refuse an earlier assessment of another target; one with pseudonyms cannot be told.

    Raises:
        UsageError: it is of another.
    """
    if not before.masked and (before.target.provider, before.target.account) != (provider, account):
        raise UsageError(
            Text(
                en=f"--baseline names a result of {before.target.provider} {before.target.account}, "
                f"and this is {provider} {account}; name an earlier result of the same target.",
                ja=f"--baseline は {before.target.provider} {before.target.account} の結果ですが、今回の対象は "
                f"{provider} {account} です。同じ対象の以前の結果を指定してください。",
            )
        )


def _refuse(before: Assessment, now: Assessment) -> None:
    if before.masked != now.masked:
        raise UsageError(
            Text(
                en="Of the result and its --baseline only one has pseudonyms, so they cannot be compared; "
                "give --mask, or two results with names.",
                ja="結果と --baseline の一方だけが仮名化されているため、比較できません。"
                "--mask を付けるか、どちらも仮名化していない結果を指定してください。",
            )
        )
    if (before.target.provider, before.target.account) != (now.target.provider, now.target.account):
        if now.masked:
            raise UsageError(
                Text(
                    en="--baseline is of another target, or was masked with another key; "
                    "name an earlier result of the same target.",
                    ja="--baseline は別の対象の結果か、別の鍵で仮名化された結果です。同じ対象の以前の結果を指定してください。",
                )
            )
        refuse_other_target(before, now.target.provider, now.target.account)
    if before.taken_at > now.taken_at:
        raise UsageError(
            Text(
                en=f"--baseline is of {before.taken_at}, later than the result ({now.taken_at}); "
                "name an earlier one.",
                ja=f"--baseline の日時 {before.taken_at} が今回の結果({now.taken_at})より後です。"
                "以前の結果を指定してください。",
            )
        )


class _Seen:
    """What an assessment looked at."""

    def __init__(self, assessment: Assessment) -> None:
        self._checks = frozenset(assessment.scope.checks)
        self._narrowed = assessment.scope.narrowed
        self._gaps = tuple(assessment.gaps)
        # Hashes of strings are all that is kept: with a million resources their names would weigh ten times as much.
        self._resources = {hash((one.kind, one.id)) for one in assessment.resources()}

    def ran(self, check: str) -> bool:
        """Whether a check ran."""
        return check in self._checks

    def there(self, resource: ResourceRef) -> bool:
        """Whether a resource was listed."""
        return hash((resource.kind, resource.id)) in self._resources

    def unlisted(self, resource: ResourceRef) -> bool:
        """Whether a listing failed in which the resource would stand."""
        return any(
            gap.of == resource.kind
            and gap.region in {"", "global", resource.region}
            and gap.account in {"", resource.account}
            for gap in self._gaps
        )

    def could_miss(self, resource: ResourceRef) -> bool:
        """Whether a resource that was not listed may have been there all the same."""
        return self._narrowed or self.unlisted(resource)

    def missing(self, other: Assessment) -> int:
        """Return how many resources of the other assessment were not there when this one was made."""
        return sum(not self.there(one) and not self.could_miss(one) for one in other.resources())


class _Earlier:
    """The earlier findings in little memory: the ids by status, and of the failures what makes one worse."""

    def __init__(self, assessment: Assessment) -> None:
        self.failing: dict[bytes, Severity] = {}
        self.parts: set[bytes] = set()
        self.assessed: set[bytes] = set()
        self.unread: set[bytes] = set()
        for finding in assessment.findings():
            key = _key(finding.id)
            if finding.status is Status.FAIL:
                self.failing[key] = finding.severity
                self.parts.update(_failing_parts(finding))
            elif finding.status is Status.NOT_ASSESSED:
                self.unread.add(key)
            else:
                self.assessed.add(key)


def _key(identity: str) -> bytes:
    """Return an id in half its length; one that a plug-in made otherwise, whole."""
    try:
        return bytes.fromhex(identity)
    except ValueError:
        return identity.encode("utf-8", "surrogatepass")


def _failing_parts(finding: Finding) -> Iterator[bytes]:
    return (_key(sub.id) for sub in finding.sub_findings if sub.status is Status.FAIL)


def _change(finding: Finding, earlier: _Earlier, before: _Seen) -> Change | None:
    """Return what became of a finding of the later assessment; what is left in ``earlier.failing`` is not in it."""
    key = _key(finding.id)
    severity = earlier.failing.pop(key, None)
    if finding.status is Status.FAIL:
        if severity is None:
            return _appeared(finding, key, earlier, before)
        more = any(part not in earlier.parts for part in _failing_parts(finding))
        return Change.WORSE if more or finding.severity.rank > severity.rank else Change.STILL
    if finding.status is Status.NOT_ASSESSED:
        return Change.BLIND if severity is not None or key in earlier.assessed else None
    return None if severity is None else _ENDS[finding.status]


_ENDS = {
    Status.PASS: Change.FIXED,
    Status.WAIVED: Change.WAIVED,
    Status.NOT_APPLICABLE: Change.NOT_APPLICABLE,
}


def _appeared(finding: Finding, key: bytes, earlier: _Earlier, before: _Seen) -> Change:
    if key in earlier.assessed:
        return Change.NEW
    unseen = key in earlier.unread or not before.ran(finding.check) or before.could_miss(finding.resource)
    return Change.UNCOVERED if unseen else Change.NEW


def _vanished(finding: Finding, now: _Seen) -> Change:
    """Return what became of an earlier failure that the later assessment does not mention."""
    if not now.ran(finding.check):
        return Change.OUT_OF_SCOPE
    if now.there(finding.resource) or now.unlisted(finding.resource):
        return Change.BLIND
    return Change.OUT_OF_SCOPE if now.could_miss(finding.resource) else Change.GONE


class _Kept:
    """Counts, and the worst of each change."""

    def __init__(self) -> None:
        self.counts: Counter[Change] = Counter()
        self.failures: dict[Theme, Counter[str]] = {}
        self._worst: dict[Change, list[tuple[int, int, Finding]]] = {}
        self._order = count()

    def add(self, change: Change, finding: Finding) -> None:
        """Count a finding, and keep it if it is among the worst; of equals the first stays."""
        self.counts[change] += 1
        if change in APPEARED:
            self.failures.setdefault(finding.theme, Counter())[finding.severity.value] += 1
        heap = self._worst.setdefault(change, [])
        entry = (finding.severity.rank, -next(self._order), finding)
        if len(heap) < EXAMPLES:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)

    def examples(self) -> dict[Change, tuple[Finding, ...]]:
        """Return the worst of each change, in the order of the changes."""
        return {
            change: tuple(finding for _, _, finding in sorted(self._worst[change], reverse=True))
            for change in Change
            if change in self._worst
        }
