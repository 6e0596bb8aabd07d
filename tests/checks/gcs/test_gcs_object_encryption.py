import pytest

from cloudaudit.facts import Cause, Fact
from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Mode, Offender, Tally
from cloudaudit.inventory.plan import not_looked_at
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Bucket, KeyVersion
from cloudaudit.testing import denied, read, verdict
from fakes.gcs_facts import a_bucket, objects

CHECK = "gcs-object-encryption"
KEY = "projects/p/locations/l/keyRings/r/cryptoKeys/invoices"
OTHER = "projects/p/locations/l/keyRings/r/cryptoKeys/old"
FIRST = f"{KEY}/cryptoKeyVersions/1"
SECOND = f"{KEY}/cryptoKeyVersions/2"
STRAY = f"{OTHER}/cryptoKeyVersions/1"
OWN = AuditPolicy(own_kms_key_required=True)


def count(state: EncryptionState, key: str = "", number: int = 5) -> EncryptionCount:
    return EncryptionCount(state=state, key=key, key_told=True, tally=Tally(objects=number, bytes=number))


GOOGLE = count(EncryptionState.GOOGLE_DEFAULT)
CUSTOMERS = count(EncryptionState.CSEK)


def own(version: str, number: int = 5) -> EncryptionCount:
    return count(EncryptionState.CMEK, version, number)


def bucket(
    *counts: EncryptionCount,
    default_key: str | None = KEY,
    states: dict[str, Fact[str | None]] | None = None,
    **given: object,
) -> Bucket:
    enabled: dict[str, Fact[str | None]] = {
        each.key: read("ENABLED") for each in counts if each.state is EncryptionState.CMEK
    }
    keys = tuple(KeyVersion(name=name, state=state) for name, state in {**enabled, **(states or {})}.items())
    return a_bucket(default_key=default_key, objects=objects(*counts, **given), object_keys=keys)


def judged(given: Bucket, policy: AuditPolicy | None = None) -> Finding:
    return verdict(CHECK, given, policy=policy)


def test_every_version_of_the_buckets_key_will_do() -> None:
    finding = judged(bucket(own(FIRST), own(SECOND)))
    assert finding.status is Status.PASS
    assert [each["version"] for each in finding.evidence["encryption"]] == ["1", "2"]


@pytest.mark.parametrize("stray", [GOOGLE, CUSTOMERS, own(STRAY)], ids=str)
def test_an_object_with_another_key_than_the_buckets_fails(stray: EncryptionCount) -> None:
    named = (
        Offender(key="good.csv", what=f"cmek {FIRST}"),
        Offender(key="stray.csv", what=f"{stray.state} {stray.key}".rstrip()),
    )
    finding = judged(bucket(own(FIRST), stray, by_key=named))
    assert finding.status is Status.FAIL
    assert finding.severity is Severity.MEDIUM
    assert "5 of 10 objects are encrypted with another key than the one prescribed" in finding.reason.en
    assert [each["key"] for each in finding.evidence["first"]] == ["stray.csv"]


@pytest.mark.parametrize("fine", [GOOGLE, CUSTOMERS, own(STRAY)], ids=str)
def test_where_nothing_is_prescribed_any_key_will_do(fine: EncryptionCount) -> None:
    assert judged(bucket(fine, default_key=None)).status is Status.PASS


def test_where_the_policy_asks_for_an_own_key_the_bucket_need_not_name_one() -> None:
    assert judged(bucket(own(STRAY), default_key=None), OWN).status is Status.PASS
    assert judged(bucket(GOOGLE, default_key=None), OWN).status is Status.FAIL
    assert judged(bucket(CUSTOMERS, default_key=None), OWN).status is Status.FAIL


@pytest.mark.parametrize("state", ["DISABLED", "DESTROY_SCHEDULED", "DESTROYED", None])
@pytest.mark.parametrize("default_key", [KEY, None])
def test_objects_whose_key_cannot_be_used_fail(state: str | None, default_key: str | None) -> None:
    finding = judged(bucket(own(FIRST), own(SECOND), states={FIRST: read(state)}, default_key=default_key))
    assert finding.status is Status.FAIL
    assert "disabled or destroyed, so nobody can read them" in finding.reason.en
    assert "another key" not in finding.reason.en
    assert "読み取れない" in finding.reason.ja


def test_both_faults_are_told() -> None:
    finding = judged(bucket(own(FIRST), GOOGLE, states={FIRST: read("DISABLED")}))
    assert "another key than the one prescribed, or with one that is disabled" in finding.reason.en


def test_a_key_whose_state_is_not_known_lets_nothing_pass() -> None:
    refused = denied("cloudkms.cryptoKeyVersions.get")
    finding = judged(bucket(own(FIRST), states={FIRST: refused}))
    assert finding.missing_permissions == ("cloudkms.cryptoKeyVersions.get",)
    assert judged(bucket(own(FIRST), GOOGLE, states={FIRST: refused})).status is Status.FAIL
    unasked = a_bucket(default_key=KEY, objects=objects(own(FIRST)), object_keys=())
    assert judged(unasked).cause is Cause.UNSUPPORTED


def test_without_looking_at_objects_nothing_is_assessed() -> None:
    finding = judged(a_bucket(objects=not_looked_at("storage:objects.list", "")))
    assert finding.cause is Cause.DISABLED
    assert "--objects auto" in finding.reason.en


def test_what_a_report_does_not_tell_is_not_assessed() -> None:
    assert judged(bucket(encryption=denied("x"))).cause is Cause.DENIED
    assert judged(bucket(GOOGLE, default_key=None, mode=Mode.INDICATIVE)).cause is Cause.TOO_SMALL
    assert judged(bucket(count(EncryptionState.OTHER), default_key=None)).cause is Cause.UNSUPPORTED


def test_a_denied_default_key_is_not_assessed() -> None:
    assert judged(a_bucket(default_key=denied("storage.buckets.get"))).status is Status.NOT_ASSESSED
