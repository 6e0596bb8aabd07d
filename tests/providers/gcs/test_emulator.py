"""An emulator that knows the storage API alone answers 404 to everything else, which tells nothing about Google."""

from pathlib import Path

import pytest

from cloudaudit.demo.gcs.estate import Json, binding
from cloudaudit.demo.gcs.http import Reply, Request
from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.gcs.failures import NOT_FOUND, of_answer
from cloudaudit.providers.gcs.model import Role
from fakes.gcs import FakeGoogle
from fakes.gcs.build import PROJECT, VIEWER, bucket, estate

from .collected import World, cause, records

INHERITED: Json = {
    "uniformBucketLevelAccess": {"enabled": True, "lockedTime": "2025-01-01T00:00:00Z"},
    "publicAccessPrevention": "inherited",
}


class Emulator(FakeGoogle):
    """Knows buckets, and nothing below the names of other hosts."""

    def answer(self, request: Request) -> Reply:
        if "googleapis.com" in request.path:
            return Reply(404, b"404 page not found", {"Content-Type": "text/plain"})
        return super().answer(request)


def test_a_404_that_is_not_googles_makes_no_role_harmless_and_no_project_unknown(tmp_path: Path) -> None:
    custom = f"projects/{PROJECT}/roles/reader"
    made = estate(
        bucket("a", binding(VIEWER, "allUsers"), iamConfiguration=INHERITED),
        bucket("b", binding(custom, "allUsers"), iamConfiguration=INHERITED),
    )
    with Emulator(made).served() as url:
        scanned = World(url, Emulator(made), tmp_path).scan()
    found = records(scanned, Role)
    assert {cause(found[role].permissions) for role in (VIEWER, custom)} == {Cause.UNSUPPORTED}
    for name in ("a", "b"):
        assert scanned.of("gcs-bucket-public-access", name).status is Status.NOT_ASSESSED
    assert "google-user" in {each.of for each in scanned.gaps}


@pytest.mark.parametrize(
    ("body", "googles"),
    [
        (b'{"error": {"code": 404, "status": "NOT_FOUND"}}', True),
        (b'{"error": {"code": 404, "errors": [{"reason": "notFound"}]}}', True),
        (b"404 page not found", False),
        (b"{}", False),
        (b"", False),
    ],
)
def test_only_googles_own_404_says_that_there_is_none(body: bytes, googles: bool) -> None:  # noqa: FBT001 - a case
    failure = of_answer(404, body, "iam.googleapis.com", accepted=True)
    assert failure.cause is Cause.UNSUPPORTED
    assert (failure.code == NOT_FOUND) is googles
