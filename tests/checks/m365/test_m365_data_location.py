import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.model import Tenant
from cloudaudit.testing import build, denied, verdict

CHECK = "m365-data-location"


JAPAN = AuditPolicy(allowed_countries=("JP",))


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        (("JPN",), Status.PASS),
        (("JPN", "NAM"), Status.FAIL),
        (("APC",), Status.NOT_ASSESSED),
        (("JPN", "???"), Status.NOT_ASSESSED),
        ((), Status.NOT_ASSESSED),
    ],
)
def test_every_place_must_be_allowed(codes: tuple[str, ...], status: Status) -> None:
    finding = verdict(CHECK, build(Tenant, data_locations=codes), policy=JAPAN)
    assert finding.status is status
    if status is Status.NOT_ASSESSED:
        assert finding.cause is Cause.UNSUPPORTED


def test_without_a_list_the_places_are_shown_and_not_judged() -> None:
    finding = verdict(CHECK, build(Tenant, data_locations=("NAM",)))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence["countries"] == {"NAM": ["US"]}


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, data_locations=denied("Sites.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("Sites.Read.All",)
