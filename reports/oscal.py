"""assessment-results.oscal.json: NIST OSCAL assessment results, for GRC tools.

A check is an assessment objective and becomes one finding: satisfied only where it was assessed and nothing fails. Each
check on each resource is an observation that the finding refers to. No catalogue of controls is named, because none was
assessed as such. All UUIDs are of version 5, made from the ids of what they name, so equal input gives equal bytes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID, uuid5

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding, ResourceRef, Status
from cloudaudit.reporting import STATUSES, ReportOptions, moment, who
from cloudaudit.text import Language, Text
from cloudaudit.visible import encoded, visible
from cloudaudit.waiver_words import days, people, source, standing, subject
from cloudaudit.waivers import IN_FORCE

from ._words import TITLE, joined

FILE_NAME = "assessment-results.oscal.json"

VERSION = "1.2.1"
"""Of OSCAL."""

_NAMESPACE = UUID("6a8f3a52-9d0e-5f0b-8c1d-2b7e4c5a9f10")
_TOOL = "component:cloudaudit"
_NO_PLAN = Text(
    en="There is no assessment plan in OSCAL; scope, exclusions and thresholds stand in result.json.",
    ja="OSCAL 形式の評価計画書はありません。範囲・除外・判定基準は result.json に記載しています。",
)
_NO_CONTROLS = Text(
    en="No catalogue of controls is mapped; the objectives are the checks of cloudaudit.",
    ja="管理策カタログとの対応付けはありません。評価目標は cloudaudit の各チェックです。",
)
_NOTHING_SAID = Text(en="nothing was found to judge", ja="判定対象なし")


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write one result; observations are streamed, of each only the id is kept for the findings."""
    writer = _Writer(assessment, options.languages)
    out.write(b'{"assessment-results": ')
    out.write(writer.head()[:-1] + b',\n"results": [' + writer.result()[:-1])
    _members(out, "inventory-items", writer.inventory(), b',\n"local-definitions": {' + writer.assets())
    out.write(b"}")
    objectives: dict[str, _Objective] = defaultdict(_Objective)
    _members(out, "observations", writer.observations(objectives))
    _members(out, "risks", writer.risks())
    _members(out, "findings", writer.findings(objectives))
    out.write(b'}],\n"back-matter": ' + writer.back_matter() + b"}}\n")


def _members(out: BinaryIO, key: str, items: Iterable[bytes], before: bytes = b"") -> None:
    """Write an array as a further member of an object, one item a line; OSCAL has no empty arrays."""
    first = True
    out.write(before)
    for item in items:
        out.write(b',\n"%s": [\n' % key.encode() if first else b",\n")
        out.write(item)
        first = False
    if not first:
        out.write(b"\n]")


@dataclass
class _Objective:
    """What became of one check."""

    observations: list[str] = field(default_factory=list[str])
    statuses: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))

    @property
    def state(self) -> tuple[str, str]:
        """The state and the reason, in the words of OSCAL; what was not assessed is never satisfied."""
        if self.statuses[Status.FAIL] or self.statuses[Status.WAIVED]:
            return "not-satisfied", "fail"
        if self.statuses[Status.NOT_ASSESSED]:
            return "not-satisfied", "other"
        return "satisfied", "pass"


class _Writer:
    """Makes the parts of the document."""

    def __init__(self, assessment: Assessment, languages: tuple[Language, ...]) -> None:
        self._assessment = assessment
        self._languages = languages
        self._encoder = msgspec.json.Encoder()
        self._evidence = msgspec.json.Encoder(order="deterministic")
        self._run = f"{assessment.target.provider}:{assessment.target.account}:{assessment.taken_at}"

    def head(self) -> bytes:
        """Return the document without its results."""
        title = f"{joined(TITLE, self._languages)}: {visible(who(self._assessment.target))}"
        return self._encoded(
            {
                "uuid": self._uuid("document"),
                "metadata": {
                    "title": title,
                    "last-modified": self._assessment.taken_at,
                    "version": visible(self._assessment.tool.version),
                    "oscal-version": VERSION,
                },
                "import-ap": {"href": f"#{self._uuid('plan')}"},
            }
        )

    def result(self) -> bytes:
        """Return the result without what may be long."""
        overall = self._assessment.score.overall
        figures = {
            "guaranteed-score": overall.guaranteed,
            "best-score": overall.best,
            "coverage": overall.coverage,
            "grade": overall.grade,
            "exit-code": self._assessment.exit_code,
            "not-listed": len(self._assessment.gaps),
        }
        objectives = [{"objective-id": check} for check in sorted(self._assessment.checks)]
        # OSCAL wants a selection of controls; of the catalogue that is not there, it is all.
        every: dict[str, Any] = {"description": joined(_NO_CONTROLS, self._languages), "include-all": {}}
        reviewed: dict[str, Any] = {"control-selections": [every]}
        if objectives:
            reviewed["control-objective-selections"] = [{"include-objectives": objectives}]
        return self._encoded(
            {
                "uuid": self._uuid("result"),
                "title": visible(who(self._assessment.target)),
                "description": " / ".join(
                    moment(self._assessment.taken_at, language) for language in self._languages
                ),
                "start": self._assessment.taken_at,
                "props": [
                    _property(name, str(figure)) for name, figure in figures.items() if figure is not None
                ],
                "reviewed-controls": reviewed,
            }
        )

    def assets(self) -> bytes:
        """Return the tool, as a member without its brace."""
        tool = uuid5(_NAMESPACE, _TOOL)
        assets = {
            "components": [
                {
                    "uuid": str(tool),
                    "type": "software",
                    "title": "cloudaudit",
                    "description": "cloudaudit",
                    "props": [_property("version", self._assessment.tool.version)],
                    "status": {"state": "operational"},
                }
            ],
            "assessment-platforms": [
                {
                    "uuid": self._uuid("platform"),
                    "title": "cloudaudit",
                    "uses-components": [{"component-uuid": str(tool)}],
                }
            ],
        }
        return b'"assessment-assets": ' + self._encoded(assets)

    def inventory(self) -> Iterator[bytes]:
        """Return every resource that was looked at."""
        seen: set[UUID] = set()
        for resource in self._assessment.resources():
            identity = _resource_uuid(resource)
            if identity not in seen:
                seen.add(identity)
                yield self._encoded(
                    {
                        "uuid": str(identity),
                        "description": _line(resource.name),
                        "props": [
                            _property("asset-id", resource.id),
                            _property("asset-type", resource.kind),
                            _property("region", resource.region),
                            _property("account", f"{resource.provider}:{resource.account}"),
                        ],
                    }
                )

    def observations(self, objectives: dict[str, _Objective]) -> Iterator[bytes]:
        """Return an observation for each finding, noting them by check."""
        for finding in self._assessment.findings():
            objective = objectives[finding.check]
            objective.statuses[finding.status] += 1
            if finding.status is not Status.NOT_APPLICABLE:
                objective.observations.append(finding.id)
            yield self._encoded(self._observation(finding))

    def _observation(self, finding: Finding) -> dict[str, Any]:
        info = self._assessment.checks.get(finding.check)
        properties = [
            _property("check", finding.check),
            _property("status", finding.status.value),
            _property("severity", finding.severity.value),
            _property("theme", finding.theme),
        ]
        if finding.cause:
            properties.append(_property("cause", finding.cause.value))
        if finding.waiver:
            properties.append(_property("waiver", finding.waiver))
        properties += [
            _property("missing-permission", permission) for permission in finding.missing_permissions
        ]
        return {
            "uuid": _observation_uuid(finding.id),
            "title": joined(info.title, self._languages) if info else _line(finding.check),
            "description": joined(finding.reason, self._languages),
            "props": properties,
            "methods": ["TEST"],
            "types": ["finding"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": str(uuid5(_NAMESPACE, _TOOL))}]}],
            "subjects": [
                {
                    "subject-uuid": str(_resource_uuid(finding.resource)),
                    "type": "inventory-item",
                    "title": _line(finding.resource.name),
                }
            ],
            "relevant-evidence": [
                {"description": visible(encoded(self._evidence, self._evidence_of(finding)).decode())}
            ],
            "collected": self._assessment.taken_at,
        }

    def _evidence_of(self, finding: Finding) -> dict[str, Any]:
        evidence: dict[str, Any] = {"evidence": finding.evidence}
        if finding.sub_findings:
            evidence["parts"] = finding.sub_findings
        return evidence

    def findings(self, objectives: dict[str, _Objective]) -> Iterator[bytes]:
        """Return a finding for each check that had anything to judge."""
        for check in sorted(objectives):
            objective = objectives[check]
            if not objective.observations:
                continue
            info = self._assessment.checks.get(check)
            state, reason = objective.state
            title = joined(info.title, self._languages) if info else _line(check)
            yield self._encoded(
                {
                    "uuid": self._uuid(f"finding:{check}"),
                    "title": title,
                    "description": self._tally(objective),
                    "props": [
                        _property(status.value, str(n)) for status, n in objective.statuses.items() if n
                    ],
                    "target": {
                        "type": "objective-id",
                        "target-id": check,
                        "title": title,
                        "status": {"state": state, "reason": reason},
                    },
                    "related-observations": [
                        {"observation-uuid": _observation_uuid(one)} for one in objective.observations
                    ],
                }
            )

    def _tally(self, objective: _Objective) -> str:
        said = [
            f"{joined(STATUSES[status], self._languages, '・')}: {count}"
            for status, count in objective.statuses.items()
            if count
        ]
        return ", ".join(said) or joined(_NOTHING_SAID, self._languages)

    def risks(self) -> Iterator[bytes]:
        """Return a risk for each waiver: what was accepted, by whom and until when; open where that has no effect."""
        for entry in self._assessment.waivers:
            said = " / ".join(
                " · ".join((standing(entry, each), people(entry, each), days(entry, each), source(entry)))
                for each in self._languages
            )
            yield self._encoded(
                {
                    "uuid": self._uuid(f"waiver:{entry.id}"),
                    "title": _line(subject(entry)),
                    "description": _line(said),
                    "statement": _line(entry.reason),
                    "props": [
                        _property("waiver", entry.id),
                        _property("state", entry.state.value),
                        *(_property("problem", problem.value) for problem in entry.problems),
                    ],
                    "status": "deviation-approved" if entry.state in IN_FORCE else "open",
                    "mitigating-factors": [
                        {
                            "uuid": self._uuid(f"control:{entry.id}"),
                            "description": _line(entry.compensating_control),
                        }
                    ],
                    "deadline": f"{entry.expires}T23:59:59Z",
                }
            )

    def back_matter(self) -> bytes:
        """Return what the document refers to instead of a plan."""
        plan = {"uuid": self._uuid("plan"), "description": joined(_NO_PLAN, self._languages)}
        return self._encoded({"resources": [plan]})

    def _uuid(self, what: str) -> str:
        return str(uuid5(_NAMESPACE, f"{self._run}:{what}"))

    def _encoded(self, value: object) -> bytes:
        return encoded(self._encoder, value)


def _resource_uuid(resource: ResourceRef) -> UUID:
    identity = f"{resource.provider}\0{resource.account}\0{resource.kind}\0{resource.id}"
    return uuid5(_NAMESPACE, visible(identity))


def _observation_uuid(finding_id: str) -> str:
    return str(uuid5(_NAMESPACE, f"observation:{finding_id}"))


def _line(text: str) -> str:
    """Return text as OSCAL takes a string: one line that neither begins nor ends with a blank, and is not empty."""
    return visible(text).strip() or "-"


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": _line(value)}
