"""Annotations of a CI job: no more than GitHub shows, the worst first."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from cloudaudit.model import Finding, Severity, Status
from cloudaudit.notices.github import AT_MOST, annotations


def test_only_as_many_annotations_as_github_shows(sample: Any) -> None:
    (failed, *_) = (one for one in sample.assessment.findings() if one.status is Status.FAIL)

    def many() -> Iterator[Finding]:
        for number, severity in enumerate((Severity.LOW, Severity.HIGH, Severity.CRITICAL) * 8):
            yield msgspec.structs.replace(failed, id=f"{number:032x}", severity=severity)

    lines = list(annotations(sample.with_findings(many), "en"))
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == AT_MOST
    assert "(critical%2C" in errors[0]
    assert re.search(r"::7 more in the job summary", errors[-1])
    assert sum(line.startswith("::warning ") for line in lines) == 8
