"""The findings of the HTML report as compact JSON: tables of what repeats, and rows in parts that refer to them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import msgspec

from cloudaudit.actions import PROGRESS, Action
from cloudaudit.assessment import Assessment, CheckInfo
from cloudaudit.explain import CAUSES
from cloudaudit.model import Finding, ResourceRef, Severity, Status, SubFinding
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

ROWS = 100_000
"""Findings that the page holds; beyond that a browser takes too long to open it."""

PART = 4_000
"""Rows in one script element."""

STATUS_ORDER = (Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED, Status.PASS, Status.NOT_APPLICABLE)
SEVERITY_ORDER = tuple(Severity)

_ENCODER = msgspec.json.Encoder(order="deterministic")
_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)


def island(value: object) -> str:
    """Return JSON that can stand in a script element: nothing in it can end the element or begin another."""
    content = _ENCODER.encode(value)
    for character, escape in _ESCAPES:
        content = content.replace(character, escape)
    return content.decode()


def shown(value: object) -> object:
    """Return JSON data with every string and name made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(name): shown(item) for name, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [shown(item) for item in cast("list[object]", value)]
    return value


@dataclass
class _Columns:
    """The columns of a part that is being filled."""

    check: list[int] = field(default_factory=list[int])
    state: list[int] = field(default_factory=list[int])
    resource: list[int] = field(default_factory=list[int])
    reason: list[int] = field(default_factory=list[int])


class FindingData:
    """Turns the findings of an assessment into JSON for script elements, in the order in which the page needs it.

    First the rows, in parts; then the tables that they point into, which are whole when the rows were read. With those
    the list can be shown. What comes after, the other languages and what one opened finding shows, may come later.
    """

    def __init__(self, assessment: Assessment, languages: tuple[Language, ...]) -> None:
        self._assessment = assessment
        self._languages = languages
        self._checks: dict[str, int] = {check: place for place, check in enumerate(assessment.checks)}
        self._resources: dict[ResourceRef, int] = {}
        self._reasons: dict[tuple[str, ...], int] = {}
        self._room = _room(assessment)
        self.left_out = sum(_totals(assessment).values()) - sum(self._room.values())

    def rows(self) -> Iterator[str]:
        """Return the rows in parts: the columns of what lists and filters need."""
        for part in self._parts():
            columns = _Columns()
            for finding in part:
                self._add(finding, columns)
            yield island(vars(columns))

    def details(self) -> Iterator[str]:
        """Return, in the same parts, what is read when a row is opened."""
        for part in self._parts():
            yield island([self._detail(finding) for finding in part])

    def _parts(self) -> Iterator[list[Finding]]:
        room = Counter(self._room)
        part: list[Finding] = []
        for finding in self._assessment.findings():
            if room[finding.status] <= 0:
                continue
            room[finding.status] -= 1
            part.append(finding)
            if len(part) == PART:
                yield part
                part = []
        if part:
            yield part

    def tables(self) -> str:
        """Return what the rows refer to."""
        infos = self._assessment.checks
        return island(
            {
                "checks": [self._check(check, infos.get(check)) for check in self._checks],
                "resources": [
                    [
                        visible(part)
                        for part in (ref.name, ref.id, ref.kind, ref.region, ref.account, ref.provider)
                    ]
                    for ref in self._resources
                ],
                "reasons": [said[0] for said in self._reasons],
            }
        )

    def more_reasons(self) -> Iterator[tuple[Language, str]]:
        """Return the reasons in the other languages."""
        for place, language in enumerate(self._languages[1:], start=1):
            yield language, island([said[place] for said in self._reasons])

    def _add(self, finding: Finding, columns: _Columns) -> None:
        columns.check.append(_place(self._checks, finding.check))
        columns.state.append(
            STATUS_ORDER.index(finding.status) * len(SEVERITY_ORDER) + SEVERITY_ORDER.index(finding.severity)
        )
        columns.resource.append(_place(self._resources, finding.resource))
        columns.reason.append(_place(self._reasons, tuple(self._said(finding.reason))))

    def _said(self, text: Text) -> list[str]:
        return [visible(text.in_(language)) for language in self._languages]

    def _detail(self, finding: Finding) -> dict[str, object]:
        detail: dict[str, object] = {"id": finding.id, "evidence": shown(finding.evidence)}
        if finding.cause is not None:
            detail["cause"] = self._said(CAUSES[finding.cause])
        if finding.missing_permissions:
            detail["grant"] = shown(finding.missing_permissions)
        action = self._assessment.actions.get(finding.id)
        if action is not None:
            detail["action"] = self._action(action)
        if finding.sub_findings:
            detail["parts"] = [self._part_of(sub) for sub in finding.sub_findings]
        return detail

    def _action(self, action: Action) -> list[tuple[str, list[str]]]:
        """Return what people wrote about a finding: the name of a word, and what stands there in each language."""
        progress = self._said(PROGRESS[action.progress]) if action.progress else [""] * len(self._languages)
        written = {
            "action_cause": action.cause,
            "action_action": action.action,
            "action_owner": action.owner,
            "action_due": action.due,
            "action_done_on": action.done_on,
            "action_note": action.note,
        }
        rows = [(name, [visible(text)] * len(self._languages)) for name, text in written.items() if text]
        return [*rows, *([("action_progress", progress)] if action.progress else [])]

    def _part_of(self, sub: SubFinding) -> dict[str, object]:
        return {
            "key": visible(sub.key),
            "status": STATUS_ORDER.index(sub.status),
            "severity": SEVERITY_ORDER.index(sub.severity),
            "reason": self._said(sub.reason),
            "evidence": shown(sub.evidence),
        }

    def _check(self, check: str, info: CheckInfo | None) -> dict[str, Any]:
        if info is None:
            name = [visible(check)] * len(self._languages)
            return {"id": visible(check), "theme": "", "title": name}
        return {
            "id": visible(info.id),
            "theme": info.theme.value,
            "title": self._said(info.title),
            "rationale": self._said(info.rationale),
            "remediation": self._said(info.remediation),
            "command": visible(info.command),
            "references": [visible(reference) for reference in info.references],
        }


def _place(table: dict[Any, int], key: object) -> int:
    return table.setdefault(key, len(table))


def _totals(assessment: Assessment) -> dict[Status, int]:
    counts = assessment.counts
    return {
        Status.FAIL: counts.fail,
        Status.NOT_ASSESSED: counts.not_assessed,
        Status.WAIVED: counts.waived,
        Status.PASS: counts.pass_,
        Status.NOT_APPLICABLE: counts.not_applicable,
    }


def _room(assessment: Assessment) -> dict[Status, int]:
    """Return how many findings of each status the page holds: all of the worse ones before any of the better."""
    left = ROWS
    room: dict[Status, int] = {}
    totals = _totals(assessment)
    for status in STATUS_ORDER:
        room[status] = min(left, totals[status])
        left -= room[status]
    return room
