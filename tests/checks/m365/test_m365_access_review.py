import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.m365.model import AccessReview, Tenant
from cloudaudit.testing import build, denied, unread, verdict

CHECK = "m365-access-review"


GUESTS = "/users/?$filter=(userType eq 'Guest')"
ROLES = "/beta/roleManagement/directory/roleAssignmentScheduleInstances?$filter=x"


def review(query: str, *, recurs: bool = True, ends: str = "") -> AccessReview:
    return AccessReview(id=query, name=query, recurs=recurs, queries=(query,), ends=ends)


@pytest.mark.parametrize(
    ("reviews", "status"),
    [
        ((review(GUESTS), review(ROLES)), Status.PASS),
        ((review(GUESTS, ends="2027-01-01"), review(ROLES, ends="2027-01-01T00:00:00Z")), Status.PASS),
        ((review(GUESTS),), Status.FAIL),
        ((review(ROLES),), Status.FAIL),
        ((review(GUESTS, recurs=False), review(ROLES)), Status.FAIL),
        ((review(GUESTS, ends="2026-01-01"), review(ROLES)), Status.FAIL),
        ((review(GUESTS, ends="some day"), review(ROLES)), Status.FAIL),
        ((), Status.FAIL),
    ],
)
def test_guests_and_administrators_need_a_review_that_recurs(
    reviews: tuple[AccessReview, ...], status: Status
) -> None:
    finding = verdict(CHECK, build(Tenant, access_reviews=reviews))
    assert finding.status is status


def test_what_is_missing_is_named_in_both_languages() -> None:
    finding = verdict(CHECK, build(Tenant, access_reviews=(review(ROLES),)))
    assert "guests" in finding.reason.en
    assert "ゲスト" in finding.reason.ja
    assert "管理者" not in finding.reason.ja


def test_without_the_licence_it_is_not_assessed() -> None:
    assert verdict(CHECK, build(Tenant, access_reviews=unread(Cause.PLAN))).cause is Cause.PLAN


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Tenant, access_reviews=denied("AccessReview.Read.All")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("AccessReview.Read.All",)
