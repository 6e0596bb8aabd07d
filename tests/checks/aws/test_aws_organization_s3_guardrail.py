import json
from typing import Any

import pytest

from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Account, ControlPolicy, Organization
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-organization-s3-guardrail"
ORGANIZATION = Organization(id="o-example", management_account="111122223333")


def control(effect: str, action: str) -> ControlPolicy:
    statement = {"Effect": effect, "Principal": "*", "Action": action, "Resource": "*"}
    return ControlPolicy(id="p-1", name="one", document=json.dumps({"Statement": [statement]}))


DEFAULT = control("Allow", "*")
OWN = control("Deny", "s3:*")
OF_ANOTHER_SERVICE = control("Deny", "kms:*")


@pytest.mark.parametrize(
    ("blocked", "policies", "status"),
    [
        (True, (DEFAULT,), Status.PASS),
        (None, (DEFAULT, OWN), Status.PASS),
        (False, (DEFAULT,), Status.FAIL),
        (None, (), Status.FAIL),
        (None, (OF_ANOTHER_SERVICE,), Status.FAIL),
        (None, (ControlPolicy(id="p-2", name="two", document="{"),), Status.NOT_ASSESSED),
    ],
)
def test_something_from_above_must_guard(
    *, blocked: bool | None, policies: tuple[ControlPolicy, ...], status: Status
) -> None:
    account = build(
        Account,
        organization=ORGANIZATION,
        organization_s3_block=blocked,
        resource_control_policies=policies,
    )
    assert verdict(CHECK, account).status is status


def test_an_account_of_no_organisation_has_nothing_above_it() -> None:
    assert verdict(CHECK, build(Account, organization=None)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("fact", "permission"),
    [
        ("organization", "organizations:DescribeOrganization"),
        ("organization_s3_block", "organizations:DescribeEffectivePolicy"),
        ("resource_control_policies", "organizations:ListPoliciesForTarget"),
    ],
)
def test_each_denied_read_is_not_assessed(fact: str, permission: str) -> None:
    facts: dict[str, Any] = {
        "organization": ORGANIZATION,
        "organization_s3_block": None,
        "resource_control_policies": (DEFAULT,),
    }
    facts[fact] = denied(permission)
    finding = verdict(CHECK, build(Account, **facts))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (permission,)
