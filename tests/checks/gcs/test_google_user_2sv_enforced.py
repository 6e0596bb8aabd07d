from typing import Any

import pytest

from cloudaudit.model import Finding, Status
from cloudaudit.providers.gcs.model import Standing, User
from cloudaudit.testing import build, denied, verdict

CHECK = "google-user-2sv-enforced"


def judged(*, enforced: Any, standing: Any = Standing(suspended=False)) -> Finding:  # noqa: B008 - frozen
    return verdict(
        CHECK, build(User, name="hanako@example.co.jp", standing=standing, two_step_enforced=enforced)
    )


@pytest.mark.parametrize(("enforced", "status"), [(True, Status.PASS), (False, Status.FAIL)])
def test_it_must_be_enforced(enforced: bool, status: Status) -> None:  # noqa: FBT001 - a case
    finding = judged(enforced=enforced)
    assert finding.status is status
    assert finding.evidence == {"enforced": enforced}


def test_who_cannot_sign_in_is_left_out() -> None:
    assert judged(enforced=False, standing=Standing(suspended=True)).status is Status.NOT_APPLICABLE


def test_denied_reads_are_not_assessed() -> None:
    assert judged(enforced=denied("scope")).status is Status.NOT_ASSESSED
    assert judged(enforced=True, standing=denied("scope")).status is Status.NOT_ASSESSED
