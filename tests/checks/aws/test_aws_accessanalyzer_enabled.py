import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Analyzer, Region
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-accessanalyzer-enabled"


def analyzer(kind: str, status: str = "ACTIVE") -> Analyzer:
    return Analyzer(name="watch", type=kind, status=status)


@pytest.mark.parametrize(
    "analyzers",
    [
        (analyzer("ACCOUNT"),),
        (analyzer("ORGANIZATION"),),
        (analyzer("ACCOUNT", "FAILED"), analyzer("ACCOUNT")),
    ],
)
def test_an_active_external_access_analyzer_passes(analyzers: tuple[Analyzer, ...]) -> None:
    assert verdict(CHECK, build(Region, analyzers=analyzers)).status is Status.PASS


@pytest.mark.parametrize(
    "analyzers",
    [
        (),
        (analyzer("ACCOUNT", "DISABLED"),),
        (analyzer("ACCOUNT", "CREATING"),),
        (analyzer("ACCOUNT_UNUSED_ACCESS"), analyzer("ORGANIZATION_INTERNAL_ACCESS")),
    ],
)
def test_anything_less_fails(analyzers: tuple[Analyzer, ...]) -> None:
    assert verdict(CHECK, build(Region, analyzers=analyzers)).status is Status.FAIL


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Region, analyzers=denied("access-analyzer:ListAnalyzers")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("access-analyzer:ListAnalyzers",)
