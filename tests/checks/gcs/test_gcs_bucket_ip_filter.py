from typing import Any

import pytest

from cloudaudit.facts import Unread
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.model import IpFilter, VpcSource
from cloudaudit.testing import denied, verdict
from fakes.gcs_facts import a_bucket, a_project

CHECK = "gcs-bucket-ip-filter"
LABELS = (("class", "personal"),)
OFFICE = IpFilter(enabled=True, public_ranges=("192.0.2.0/24", "2001:db8::/48"))
DENIED = denied("storage.buckets.getIpFilter")


def judged(
    found: IpFilter | Unread | None,
    *,
    labels: Any = LABELS,
    perimeters: Any = (),
    networks: tuple[str, ...] = (),
    tags: tuple[str, ...] = ("class=personal",),
) -> Finding:
    policy = AuditPolicy(sensitive_tags=tags, trusted_networks=networks)
    return verdict(
        CHECK, a_bucket(ip_filter=found, labels=labels), a_project(perimeters=perimeters), policy=policy
    )


@pytest.mark.parametrize(
    ("found", "networks", "status"),
    [
        (OFFICE, (), Status.PASS),
        (OFFICE, ("192.0.2.0/24", "2001:db8::/32"), Status.PASS),
        (OFFICE, ("vpc-1",), Status.PASS),
        (OFFICE, ("192.0.2.0/24",), Status.FAIL),
        (OFFICE, ("198.51.100.0/24", "2001:db8::/32"), Status.FAIL),
        (
            IpFilter(enabled=True, vpc_sources=(VpcSource(network="projects/p/global/networks/n"),)),
            (),
            Status.PASS,
        ),
        (IpFilter(enabled=True, public_ranges=("0.0.0.0/0",)), (), Status.FAIL),
        (IpFilter(enabled=True, public_ranges=("nonsense",)), (), Status.FAIL),
        (IpFilter(enabled=False, public_ranges=("192.0.2.0/24",)), (), Status.FAIL),
        (None, (), Status.FAIL),
        (DENIED, (), Status.NOT_ASSESSED),
    ],
)
def test_a_filter_must_be_on_and_narrow(
    found: IpFilter | Unread | None, networks: tuple[str, ...], status: Status
) -> None:
    finding = judged(found, networks=networks)
    assert finding.status is status
    assert finding.severity is Severity.INFO


def test_a_perimeter_is_enough() -> None:
    finding = judged(None, perimeters=("production",))
    assert finding.status is Status.PASS
    assert finding.evidence["in_perimeter"] is True
    assert judged(DENIED, perimeters=("production",)).status is Status.PASS


def test_an_unread_perimeter_is_not_assessed_unless_the_filter_is_on() -> None:
    blind = denied("accesscontextmanager.policies.list")
    assert judged(None, perimeters=blind).missing_permissions == ("accesscontextmanager.policies.list",)
    assert judged(OFFICE, perimeters=blind).status is Status.PASS


@pytest.mark.parametrize(
    ("tags", "labels"), [((), LABELS), (("class=secret",), LABELS), (("class",), ()), (("personal",), LABELS)]
)
def test_what_is_not_sensitive_is_not_applicable(tags: tuple[str, ...], labels: Any) -> None:
    assert judged(None, tags=tags, labels=labels).status is Status.NOT_APPLICABLE


def test_a_key_alone_may_be_named() -> None:
    assert judged(None, tags=("class",)).evidence["labels"] == ["class=personal"]


def test_denied_labels_are_not_assessed() -> None:
    assert judged(None, labels=denied("storage.buckets.list")).status is Status.NOT_ASSESSED


def test_the_reason_names_strange_networks() -> None:
    finding = judged(OFFICE, networks=("192.0.2.0/24",))
    assert "2001:db8::/48" in finding.reason.en
    assert "既知でないネットワーク" in finding.reason.ja
