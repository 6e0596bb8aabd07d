"""The sample estate of サンプル商事's Microsoft 365 tenant, and the environment that reaches it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from cloudaudit.demo.m365.drives import make_drives
from cloudaudit.demo.m365.graph import Estate, Graph
from cloudaudit.demo.m365.names import CLIENT, INITIAL
from cloudaudit.demo.m365.people import make_people
from cloudaudit.demo.m365.server import serving
from cloudaudit.demo.m365.settings import make_settings
from cloudaudit.demo.m365.writing import Calendar

POLICY = f"""\
# The audit policy of the sample estate; every setting and its default: docs/policy.md.
allowed_countries = ["JP"]
emergency_accounts = ["kinkyu-01@{INITIAL}"]
"""

DENIALS = {
    # The application was not granted the permission for labels.
    "/security/dataSecurityAndGovernance/sensitivityLabels": (
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    # The tenant has no Entra ID P2.
    "/identityGovernance/accessReviews/definitions": (403, "AadPremiumLicenseRequired", "No P2 license."),
    "/roleManagement/directory/roleEligibilityScheduleInstances": (
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have Microsoft Entra ID P2 license.",
    ),
}
"""Some reads are refused, so that the report shows how that looks."""


def build(today: datetime) -> Estate:
    """Return the estate as everybody with every permission and licence would see it.

    Args:
        today: the day from which dates are counted back.
    """
    estate = Estate()
    dates = Calendar(today)
    make_people(estate, dates)
    make_settings(estate, dates)
    make_drives(estate, dates)
    return estate


@contextmanager
def running(port: int = 0) -> Generator[str]:
    """Serve the sample estate, with the environment of this process pointing at nobody's account; yield the URL."""
    estate = build(datetime.now(UTC).replace(microsecond=0))
    estate.refusals.update(DENIALS)
    with serving(Graph(estate).answer, port) as url, environment():
        yield url


def exports(_url: str) -> dict[str, str]:
    """Return the environment with which the estate is reached: none is needed."""
    return {}


def arguments(url: str) -> tuple[str, ...]:
    """Return the options with which the estate is scanned."""
    return ("--tenant", INITIAL, "--client-id", CLIENT, "--endpoint", url)


@contextmanager
def environment() -> Generator[None]:
    """Take the environment's own Azure settings and proxies out of this process; put them back after."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("AZURE_"):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
