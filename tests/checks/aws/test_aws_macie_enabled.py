import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Macie, Region
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-macie-enabled"


@pytest.mark.parametrize(
    ("macie", "status"),
    [
        (Macie(enabled=True, automated_discovery=True), Status.PASS),
        (Macie(enabled=True, automated_discovery=False), Status.FAIL),
        (Macie(enabled=False, automated_discovery=True), Status.FAIL),
        (None, Status.FAIL),
    ],
)
def test_only_automated_discovery_passes(macie: Macie | None, status: Status) -> None:
    assert verdict(CHECK, build(Region, macie=macie)).status is status


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Region, macie=denied("macie2:GetMacieSession")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("macie2:GetMacieSession",)
