"""The Google part of the sample estate, as the demo runs it."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from cloudaudit.cli.bilingual import Words
from cloudaudit.demo.cloud import Cloud
from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.sample import DENIALS, sample_estate
from cloudaudit.demo.gcs.server import Google
from cloudaudit.errors import Exit

POLICY = f"""\
# The audit policy of the sample estate; every setting and its default: docs/policy.md.
allowed_countries = ["JP"]
sensitive_tags = ["data-class=personal"]
trusted_domains = ["{names.PARTNER}"]
approved_websites = ["{names.CORPORATE_SITE}"]
"""
OWN = ("CLOUDSDK_", "GCLOUD_", "GOOGLE_", "STORAGE_EMULATOR_HOST")
"""How the variables begin that would lead somewhere else."""


@contextmanager
def running(port: int = 0) -> Generator[tuple[str, Google]]:
    """Serve the sample estate as long as the block lasts; yield the URL and the server."""
    google = Google(sample_estate(datetime.now(UTC).replace(microsecond=0)), denials=DENIALS)
    with google.served(port) as url, environment():
        yield url, google


@contextmanager
def environment() -> Generator[None]:
    """Take proxies and Google settings of anyone's own out of this process's environment; put them back after."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(OWN):
            del os.environ[name]
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _served(port: int) -> Generator[str]:
    with running(port) as (url, _):
        yield url


def arguments(url: str) -> tuple[str, ...]:
    """Return the options with which the whole organisation is read, and its people."""
    return (
        *("--organization", names.ORGANIZATION_NUMBER),
        *("--workspace-customer", names.CUSTOMER),
        *("--endpoint", url),
        *("--objects", "auto"),
    )


GCS = Cloud(
    name="gcs",
    stand_in=Words(
        "Starting the Google part of the sample estate: an own server of its JSON APIs, not Google ...",
        "サンプル環境(Google)を起動しています(Google ではなく、JSON API を模した独自のサーバーです)…",
    ),
    serve=_served,
    exports=lambda _url: {},
    arguments=arguments,
    policy=POLICY,
    # The estate refuses some reads, and it has findings.
    planned=(Exit.INCOMPLETE, Exit.FINDINGS),
)
