import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import SensitivityLabel, Tenant
from cloudaudit.testing import build, denied, unread, verdict

CHECK = "m365-sensitivity-label"


def label(*, protects: bool | None, enabled: bool | None = True) -> SensitivityLabel:
    return SensitivityLabel(id="l", name="社外秘", enabled=enabled, protects=protects)


@pytest.mark.parametrize(
    ("labels", "status"),
    [
        ((label(protects=True), label(protects=False)), Status.PASS),
        ((label(protects=False),), Status.FAIL),
        ((label(protects=True, enabled=False),), Status.FAIL),
        ((), Status.FAIL),
        ((label(protects=None),), Status.NOT_ASSESSED),
        ((label(protects=None), label(protects=True)), Status.PASS),
        # A listing without the property is one of labels that are available.
        ((label(protects=True, enabled=None),), Status.PASS),
        ((label(protects=False, enabled=None),), Status.FAIL),
        # One that has it elsewhere does not tell.
        ((label(protects=True, enabled=None), label(protects=False)), Status.NOT_ASSESSED),
        ((label(protects=True, enabled=None), label(protects=True)), Status.PASS),
        ((label(protects=False, enabled=None), label(protects=False)), Status.FAIL),
    ],
)
def test_one_label_in_use_that_encrypts_is_enough(
    labels: tuple[SensitivityLabel, ...], status: Status
) -> None:
    assert verdict(CHECK, build(Tenant, sensitivity_labels=labels)).status is status


def test_without_the_licence_it_is_not_assessed() -> None:
    finding = verdict(CHECK, build(Tenant, sensitivity_labels=unread(Cause.PLAN)))
    assert finding.cause is Cause.PLAN


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, sensitivity_labels=denied("SensitivityLabel.Read")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("SensitivityLabel.Read",)
