"""The day on which the tests' estates are recent, an environment without anyone's own credentials, and one fake."""

from collections.abc import Iterator

import pytest

from cloudaudit.clock import parse
from cloudaudit.providers.gcs import collect, estimating, look, reader
from cloudaudit.providers.gcs.collectors import objects, reports
from fakes.gcs.build import estate

from .collected import TAKEN_AT, World, world_of

NAMES = (
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_PROJECT",
    "GCLOUD_PROJECT",
    "STORAGE_EMULATOR_HOST",
)


@pytest.fixture(scope="session", autouse=True)
def the_day() -> Iterator[None]:
    """Let answers come when the estates' dates are recent, in whatever year the tests are run."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (reader, collect, estimating, look, objects, reports):
            patch.setattr(module, "now", lambda: parse(TAKEN_AT))
        for name in NAMES:
            patch.delenv(name, raising=False)
        # No virtual machine's credentials, and nobody's own.
        patch.setenv("NO_GCE_CHECK", "true")
        patch.setenv("CLOUDSDK_CONFIG", "/nonexistent")
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made
