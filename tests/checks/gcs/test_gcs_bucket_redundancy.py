from typing import Any

import pytest

from cloudaudit.model import Finding, Status
from cloudaudit.providers.gcs.model import Location, Transfer
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket, a_project

CHECK = "gcs-bucket-redundancy"
OSAKA = a_bucket("copy", region="asia-northeast2")


def job(**given: Any) -> Transfer:
    fields: dict[str, Any] = {
        "name": "transferJobs/1",
        "enabled": True,
        "repeats": True,
        "source": "invoices",
        "sink": "copy",
        "whole_bucket": True,
    }
    return Transfer(**{**fields, **given})


def judged(*jobs: Transfer, others: tuple[Any, ...] = (OSAKA,)) -> Finding:
    return verdict(CHECK, a_bucket(), a_project(transfers=jobs), *others)


@pytest.mark.parametrize(
    "location",
    [
        Location(name="ASIA1", type="dual-region"),
        Location(name="US", type="multi-region"),
        Location(name="ASIA", type="dual-region", data_locations=("ASIA-NORTHEAST1", "ASIA-NORTHEAST2")),
        Location(name="EU"),
        Location(name="nam4"),
    ],
)
def test_two_regions_pass_and_need_no_project(location: Location) -> None:
    assert verdict(CHECK, a_bucket(location=location)).status is Status.PASS


def test_one_region_without_a_copy_fails() -> None:
    finding = judged()
    assert finding.status is Status.FAIL
    assert "単一リージョン(ASIA-NORTHEAST1)" in finding.reason.ja


def test_a_standing_copy_of_the_whole_bucket_in_another_region_passes() -> None:
    finding = judged(job())
    assert finding.status is Status.PASS
    assert finding.evidence["copies"][0]["to"] == "copy"


@pytest.mark.parametrize(
    "given",
    [
        {"enabled": False},
        {"repeats": False},
        {"whole_bucket": False},
        {"source": "else"},
        {"sink": "invoices"},
    ],
)
def test_what_is_no_standing_copy_elsewhere_fails(given: dict[str, Any]) -> None:
    assert judged(job(**given)).status is Status.FAIL


def test_a_copy_in_the_same_region_fails() -> None:
    assert judged(job(), others=(a_bucket("copy"),)).status is Status.FAIL


def test_a_copy_to_a_bucket_that_was_not_scanned_is_not_assessed() -> None:
    finding = judged(job(), others=())
    assert finding.status is Status.NOT_ASSESSED
    assert "copy" in finding.reason.en


def test_denied_reads_are_not_assessed() -> None:
    blind = verdict(CHECK, a_bucket(), a_project(transfers=denied("storagetransfer.jobs.list")))
    assert blind.missing_permissions == ("storagetransfer.jobs.list",)
    assert verdict(CHECK, a_bucket(location=denied("storage.buckets.list"))).status is Status.NOT_ASSESSED
