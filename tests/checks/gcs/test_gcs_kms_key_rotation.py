from typing import Any

import pytest

from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import KmsKey, KmsKeyState
from cloudaudit.testing import build, denied, verdict

CHECK = "gcs-kms-key-rotation"
DAY = 86_400


def judged(state: Any, policy: AuditPolicy | None = None) -> Finding:
    return verdict(CHECK, build(KmsKey, name="data", buckets=("invoices",), key=state), policy=policy)


def state(primary: str = "ENABLED", protection: str = "SOFTWARE", days: int | None = 90) -> KmsKeyState:
    seconds = None if days is None else days * DAY
    return KmsKeyState(
        primary_state=primary, purpose="ENCRYPT_DECRYPT", protection=protection, rotation_seconds=seconds
    )


@pytest.mark.parametrize(
    ("days", "status"), [(90, Status.PASS), (365, Status.PASS), (366, Status.FAIL), (None, Status.FAIL)]
)
def test_the_rotation_period_is_at_most_the_policys(days: int | None, status: Status) -> None:
    finding = judged(state(days=days))
    assert finding.status is status
    assert finding.evidence["buckets"] == ["invoices"]
    assert finding.evidence["rotation_days"] == days


def test_the_limit_is_the_policys() -> None:
    assert judged(state(), AuditPolicy(kms_rotation_max_days=30)).status is Status.FAIL


@pytest.mark.parametrize(
    ("primary", "said"),
    [
        ("DISABLED", "有効ではありません(DISABLED)"),
        ("", "有効ではありません(なし)"),
        ("DESTROY_SCHEDULED", "復元できなくなります"),
        ("DESTROYED", "復元できなくなります"),
    ],
)
def test_a_key_that_cannot_be_used_fails(primary: str, said: str) -> None:
    finding = judged(state(primary))
    assert finding.status is Status.FAIL
    assert said in finding.reason.ja


@pytest.mark.parametrize("protection", ["EXTERNAL", "EXTERNAL_VPC"])
def test_a_key_outside_google_does_not_rotate_here(protection: str) -> None:
    assert judged(state(protection=protection, days=None)).status is Status.NOT_APPLICABLE
    assert judged(state("DISABLED", protection)).status is Status.FAIL


def test_a_key_that_does_not_exist_fails() -> None:
    assert judged(None).status is Status.FAIL


def test_a_denied_read_is_not_assessed() -> None:
    finding = judged(denied("cloudkms.cryptoKeys.get"))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("cloudkms.cryptoKeys.get",)
