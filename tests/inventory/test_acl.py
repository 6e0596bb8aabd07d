import base64
import json

import pytest

from cloudaudit.inventory.acl import EVERY_ACCOUNT, EVERYONE, openings
from fakes.inventories import PRIVATE, acl


def test_the_documented_form_is_read_with_and_without_base64() -> None:
    written = acl((EVERY_ACCOUNT, "READ"), (EVERYONE, "FULL_CONTROL"))
    opened = ((EVERYONE, "administer"), (EVERYONE, "read"), (EVERY_ACCOUNT, "read"))
    assert openings(written) == openings(base64.b64decode(written).decode()) == opened
    assert openings(PRIVATE) == ()


def test_a_group_that_is_not_public_opens_nothing() -> None:
    assert openings(acl(("http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE"))) == ()


def test_a_permission_that_nobody_knows_counts_as_all_of_them() -> None:
    assert openings(acl((EVERYONE, "OWN"))) == (
        (EVERYONE, "administer"),
        (EVERYONE, "write"),
        (EVERYONE, "read"),
    )


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "no base64!",
        base64.b64encode(b"no JSON").decode(),
        base64.b64encode(b"\xff").decode(),
        base64.b64encode(b"[]").decode(),
        "{" * 10_000,
        json.dumps({"status": "AVAILABLE"}),
        json.dumps({"status": "AVAILABLE", "grants": "all"}),
        json.dumps({"status": "AVAILABLE", "grants": ["all"]}),
        acl(status="UNAVAILABLE"),
        acl(status="LATER"),
    ],
)
def test_what_is_no_acl_is_unknown_and_not_private(written: str | None) -> None:
    assert openings(written) is None
