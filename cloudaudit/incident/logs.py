"""Which logs could tell who was there, and how far back, as the checks of logging saw it."""

from collections.abc import Iterator, Mapping
from typing import cast

from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding, Status, Theme
from cloudaudit.text import Text

MOST = 30
UNKNOWN = Text(en="not known", ja="不明")
NOT_ASSESSED = Text(en="not assessed", ja="判定不能")
_TOLD = {"aws-s3-exposure-history": 90}
"""Days that a service keeps by itself: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html"""


def logs_for(assessment: Assessment, finding: Finding) -> list[Finding]:
    """Return the findings about logs of the same resource, or of what is around it; at most ``MOST``."""
    resource = finding.resource
    found: list[Finding] = []
    for each in assessment.findings():
        if each.theme is not Theme.LOGGING or each.status is Status.NOT_APPLICABLE:
            continue
        about = each.resource
        same = about.id == resource.id
        around = about.kind != resource.kind and about.account == resource.account
        near = not resource.region or about.region in {resource.region, "global", ""}
        if same or (around and near):
            found.append(each)
    return sorted(found, key=lambda each: (each.resource.id != resource.id, each.check, each.resource.id))[
        :MOST
    ]


def reach(finding: Finding) -> Text:
    """Return how far back a log reaches, where the finding tells it."""
    if finding.status is Status.NOT_ASSESSED:
        return NOT_ASSESSED
    told = finding.evidence.get("days", _TOLD.get(finding.check) if finding.status is Status.PASS else None)
    days = sorted(_days(told))
    if not days:
        return UNKNOWN
    shown = f"{days[0]}" if days[0] == days[-1] else f"{days[0]}–{days[-1]}"
    return Text(en=f"{shown} days", ja=f"{shown} 日前まで")


def _days(told: object) -> Iterator[int]:
    values = cast("Mapping[str, object]", told).values() if isinstance(told, Mapping) else (told,)
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool):
            yield value


def changes_of(assessment: Assessment, finding: Finding) -> list[tuple[str, str]]:
    """Return when and by which call the exposure of the resource was changed, as far as the event history tells."""
    found: list[tuple[str, str]] = []
    for each in assessment.findings():
        newest = each.evidence.get("newest") if each.check in _TOLD else None
        for event in cast("list[object]", newest) if isinstance(newest, list | tuple) else ():
            if isinstance(event, Mapping):
                members = cast("Mapping[str, object]", event)
                if members.get("bucket") == finding.resource.name:
                    found.append((str(members.get("at", "")), str(members.get("event", ""))))
    return sorted(found, reverse=True)
