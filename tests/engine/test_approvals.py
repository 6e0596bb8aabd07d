"""Shares that the policy approves: exactly the named party, on what the pattern names, up to the last day."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from cloudaudit.approvals import approval, in_evidence, marked
from cloudaudit.model import ResourceRef, Share
from cloudaudit.policy import ApprovedShare, AuditPolicy, describe, load

DAY = date(2026, 11, 27)
BUCKET = ResourceRef(
    provider="aws",
    account="1",
    region="r",
    kind="aws-s3-bucket",
    id="arn:aws:s3:::exchange-1",
    name="exchange-1",
)


def rules(*given: dict[str, Any]) -> AuditPolicy:
    return AuditPolicy(
        approved_shares=tuple(ApprovedShare.model_validate({"reason": "契約 12", **one}) for one in given)
    )


def share(**more: Any) -> Share:
    given: dict[str, Any] = {
        "audience": "111122223333",
        "scope": "outside",
        "right": "read",
        "via": "ACL",
        **more,
    }
    return Share(resource=BUCKET, **given)


@pytest.mark.parametrize(
    ("rule", "approved"),
    [
        ({"resource": "exchange-*", "audience": "111122223333"}, "契約 12"),
        ({"resource": "arn:aws:s3:::exchange-?", "audience": "111122223333"}, "契約 12"),
        ({"resource": "exchange-1", "audience": "111122223333", "until": DAY}, "契約 12 (→ 2026-11-27)"),
        ({"resource": "exchange-1", "audience": "111122223333", "until": date(2026, 11, 26)}, ""),
        ({"resource": "exchange-2", "audience": "111122223333"}, ""),
        ({"resource": "Exchange-1", "audience": "111122223333"}, ""),
        ({"resource": "exchange-1", "audience": "11112222333"}, ""),
    ],
)
def test_a_line_of_the_inventory_is_approved_by_a_rule_in_force_alone(
    rule: dict[str, Any], approved: str
) -> None:
    (line,) = marked([share()], rules(rule), DAY)
    assert line.approved == approved


def test_nothing_public_is_ever_approved() -> None:
    for audience in ("*", "allUsers", "everyone"):
        with pytest.raises(ValidationError):
            rules({"resource": "exchange-1", "audience": audience})
    public = share(scope="public")
    assert list(marked([public], rules({"resource": "*x*", "audience": public.audience}), DAY)) == [public]


@pytest.mark.parametrize("resource", ["*", "arn:*", "[a-z]*", "", " "])
def test_a_rule_names_something(resource: str) -> None:
    with pytest.raises(ValidationError):
        rules({"resource": resource, "audience": "111122223333"})


def test_an_item_and_its_drive_can_be_named_and_mail_addresses_have_no_case() -> None:
    policy = rules({"resource": "/契約/*", "audience": "Jo@X.example"})
    found = approval(policy, DAY, names=("drive", "/契約/2026.xlsx"), audiences=("", "jo@x.example"))
    assert found is policy.approved_shares[0]
    assert in_evidence(policy.approved_shares * 2) == {
        "approved_shares": [{"resource": "/契約/*", "audience": "Jo@X.example", "reason": "契約 12"}]
    }
    assert in_evidence([]) == {}


def test_the_file_says_it_and_every_result_prints_it(tmp_path: Any) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        '[[approved_shares]]\nresource = "a"\naudience = "b"\nreason = "c"\nuntil = 2027-03-31\n',
        encoding="utf-8",
    )
    (line,) = [one for one in describe(load(path)) if one.name == "approved_shares"]
    assert line.value == ({"resource": "a", "audience": "b", "reason": "c", "until": "2027-03-31"},)
    assert line.origin == "policy file"
