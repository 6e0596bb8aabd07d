import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import Location
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-location"
JAPAN = AuditPolicy(allowed_countries=("JP",))


@pytest.mark.parametrize(
    ("location", "status"),
    [
        (Location(name="ASIA-NORTHEAST1", type="region"), Status.PASS),
        (Location(name="asia-northeast2"), Status.PASS),
        (Location(name="ASIA-NORTHEAST1-A", type="zone"), Status.PASS),
        (Location(name="ASIA1", type="dual-region"), Status.PASS),
        (
            Location(name="ASIA", type="dual-region", data_locations=("ASIA-NORTHEAST1", "ASIA-NORTHEAST2")),
            Status.PASS,
        ),
        (
            Location(name="ASIA", type="dual-region", data_locations=("ASIA-NORTHEAST1", "ASIA-SOUTHEAST1")),
            Status.FAIL,
        ),
        (Location(name="ASIA", type="multi-region"), Status.FAIL),
        (Location(name="US", type="multi-region"), Status.FAIL),
        (Location(name="EU"), Status.FAIL),
        (Location(name="EUROPE-WEST1", type="region"), Status.FAIL),
    ],
)
def test_every_country_must_be_on_the_list(location: Location, status: Status) -> None:
    assert verdict(CHECK, a_bucket(location=location), policy=JAPAN).status is status


def test_a_multi_region_passes_when_all_its_countries_are_allowed() -> None:
    bucket = a_bucket(location=Location(name="US", type="multi-region"))
    finding = verdict(CHECK, bucket, policy=AuditPolicy(allowed_countries=("JP", "US")))
    assert finding.status is Status.PASS
    assert "米国(US)" in finding.reason.ja


def test_only_the_countries_that_are_not_allowed_are_named() -> None:
    bucket = a_bucket(
        location=Location(
            name="ASIA", type="dual-region", data_locations=("ASIA-NORTHEAST1", "ASIA-SOUTHEAST1")
        )
    )
    finding = verdict(CHECK, bucket, policy=JAPAN)
    assert "Singapore (SG)" in finding.reason.en
    assert "Japan" not in finding.reason.en


def test_without_a_list_it_is_not_applicable_and_the_countries_are_told() -> None:
    finding = verdict(CHECK, a_bucket())
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence["countries"] == ["JP"]
    unknown = verdict(CHECK, a_bucket(location=Location(name="MARS1")))
    assert unknown.evidence["countries"] is None


@pytest.mark.parametrize("name", ["MARS1", "", "us-central1-ab", "a"])
def test_an_unknown_place_is_not_assessed_and_named(name: str) -> None:
    finding = verdict(CHECK, a_bucket(location=Location(name=name)), policy=JAPAN)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert (name or "(none)") in finding.reason.en


def test_a_denied_read_is_not_assessed() -> None:
    finding = verdict(CHECK, a_bucket(location=denied("storage.buckets.list")), policy=JAPAN)
    assert finding.missing_permissions == ("storage.buckets.list",)
