from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cloudaudit.facts import Read
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import InventoryReport
from cloudaudit.testing import denied, read, verdict
from fakes.gcs_facts import a_bucket

CHECK = "gcs-bucket-inventory"
Ago = Callable[[int], str]
FAILED: Read[bool | None] = read(given=False)


def report(newest: str | None, **given: Any) -> InventoryReport:
    made = InventoryReport(
        name="daily",
        frequency="DAILY",
        fields=("name", "size", "updated", "generation", "storageClass"),
        destination="reports",
        newest=read(newest),
        newest_ok=read(None if newest is None else True),
    )
    return replace(made, **given)


@pytest.mark.parametrize(("days", "status"), [(0, Status.PASS), (7, Status.PASS), (8, Status.FAIL)])
def test_the_newest_report_must_be_fresh(ago: Ago, days: int, status: Status) -> None:
    finding = verdict(CHECK, a_bucket(inventories=(report(ago(days)),)))
    assert finding.status is status
    assert finding.severity is Severity.INFO


def test_the_age_is_the_policys(ago: Ago) -> None:
    bucket = a_bucket(inventories=(report(ago(20)),))
    assert verdict(CHECK, bucket, policy=AuditPolicy(inventory_max_age_days=31)).status is Status.PASS


@pytest.mark.parametrize("fields", [(), ("name", "size"), ("name", "size", "updated")])
def test_a_report_without_the_needed_fields_is_none(ago: Ago, fields: tuple[str, ...]) -> None:
    finding = verdict(CHECK, a_bucket(inventories=(report(ago(0), fields=fields),)))
    assert finding.status is Status.FAIL
    assert "設定されていません" in finding.reason.ja


def test_a_failed_report_or_none_yet_fails(ago: Ago) -> None:
    assert verdict(CHECK, a_bucket(inventories=(report(ago(0), newest_ok=FAILED),))).status is Status.FAIL
    assert verdict(CHECK, a_bucket(inventories=(report(None),))).status is Status.FAIL
    assert verdict(CHECK, a_bucket()).status is Status.FAIL


def test_a_denied_detail_is_not_assessed_unless_another_report_is_fresh(ago: Ago) -> None:
    blind = replace(report(ago(0), name="other"), newest=denied("storageinsights.reportDetails.list"))
    finding = verdict(CHECK, a_bucket(inventories=(blind,)))
    assert finding.status is Status.NOT_ASSESSED
    assert verdict(CHECK, a_bucket(inventories=(blind, report(ago(0))))).status is Status.PASS


def test_a_denied_listing_is_not_assessed() -> None:
    finding = verdict(CHECK, a_bucket(inventories=denied("storageinsights.reportConfigs.list")))
    assert finding.missing_permissions == ("storageinsights.reportConfigs.list",)
