"""The sample estate of サンプル商事, a company that does not exist: built through AWS's own APIs against moto."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from cloudaudit.demo.aws.backup import make_backup
from cloudaudit.demo.aws.doors import make_doors
from cloudaudit.demo.aws.keys import make_keys
from cloudaudit.demo.aws.make_buckets import make_buckets
from cloudaudit.demo.aws.names import HOME, TRUSTED
from cloudaudit.demo.aws.people import make_people
from cloudaudit.demo.aws.sdk import CREDENTIALS, Sdk
from cloudaudit.demo.aws.server import InFront, serving
from cloudaudit.demo.aws.told import Told
from cloudaudit.demo.aws.watching import make_watching

POLICY = f"""\
# The audit policy of the sample estate; every setting and its default: docs/policy.md.
allowed_countries = ["JP"]
sensitive_tags = ["data-class=personal"]
trusted_accounts = ["{TRUSTED}"]
approved_websites = ["sample-shoji-eu-web-assets"]
"""


@dataclass(frozen=True)
class Estate:
    """A running estate: where it is served, and what stands in front of moto."""

    url: str
    front: InFront


@contextmanager
def running(port: int = 0) -> Generator[Estate]:
    """Serve the sample estate, with the environment of this process pointing at it and at nothing else."""
    with serving(port) as (url, front), environment(url):
        _forget()
        now = datetime.now(UTC).replace(microsecond=0)
        sdk = Sdk(url, now)
        told = Told(now=now)
        try:
            make_buckets(sdk, make_keys(sdk), told)
            make_people(sdk, told)
            make_doors(sdk, told)
            make_watching(sdk, told)
            make_backup(sdk, told)
        finally:
            sdk.close()
        front.told = told
        yield Estate(url, front)


def exports(url: str) -> dict[str, str]:
    """Return the environment with which any AWS client reaches the estate, and no account of anybody's."""
    return {
        **CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": HOME,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": url,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


@contextmanager
def environment(url: str) -> Generator[None]:
    """Point this process's environment at the estate, without proxies and own AWS settings; put it back after."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(exports(url), NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _forget() -> None:
    """Begin with an empty moto, also when this process had one before."""
    from moto.core.base_backend import BackendDict
    from moto.core.model_instances import reset_model_data

    BackendDict.reset()
    reset_model_data()
