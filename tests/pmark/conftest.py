"""A judged result with everything that a form tells of."""

from dataclasses import replace
from pathlib import Path

import pytest

from cloudaudit.assessment import Assessment
from cloudaudit.result import open_result

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"


@pytest.fixture(scope="module")
def saved() -> Assessment:
    """The golden result, whole in memory."""
    with open_result(GOLDEN) as opened:
        findings, resources, shares = list(opened.findings()), list(opened.resources()), opened.sharing
        return replace(
            opened,
            findings=lambda: iter(findings),
            resources=lambda: iter(resources),
            shares=lambda: shares,
        )
