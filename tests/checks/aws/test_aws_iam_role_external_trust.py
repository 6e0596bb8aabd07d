import json
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Account, Organization, Role
from cloudaudit.testing import ACCOUNT, build, denied, verdict

CHECK = "aws-iam-role-external-trust"
OTHER = "arn:aws:iam::111122223333:root"
EXTERNAL = {"StringEquals": {"sts:ExternalId": "x-1"}}
ATTACKERS = {"StringEquals": {"aws:PrincipalOrgID": "o-attacker"}}
ISSUER = "token.actions.githubusercontent.com"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
WEB = {"Action": "sts:AssumeRoleWithWebIdentity"}
OWN_ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


def role(principal: Any, condition: Any = None, **changes: Any) -> Role:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **changes}
    if condition:
        statement["Condition"] = condition
    return build(Role, path="/", trust=json.dumps({"Statement": statement}))


def account(**facts: Any) -> Account:
    given: dict[str, Any] = {"organization": None, **facts}
    return build(Account, **given)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (role({"Service": "ec2.amazonaws.com"}), Status.PASS),
        (role({"AWS": ACCOUNT}), Status.PASS),
        (role({"AWS": "AROAEXAMPLEDELETED1"}), Status.PASS),
        (role({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"}), Status.PASS),
        (role({"AWS": OTHER}), Status.FAIL),
        (role({"AWS": OTHER}, EXTERNAL), Status.PASS),
        (role({"AWS": OTHER}, OWN_ORGANIZATION), Status.PASS),
        (role({"AWS": OTHER}, ATTACKERS), Status.FAIL),
        (role("*", ATTACKERS), Status.FAIL),
        (role({"Federated": "arn:aws:iam::111122223333:saml-provider/x"}), Status.FAIL),
        (role({"Federated": GITHUB}, **WEB), Status.FAIL),
        (role({"Federated": GITHUB}, {"StringLike": {f"{ISSUER}:sub": "repo:*"}}, **WEB), Status.FAIL),
        (
            role({"Federated": GITHUB}, {"StringLike": {f"{ISSUER}:sub": "repo:our-org/*"}}, **WEB),
            Status.PASS,
        ),
        (role({"Federated": GITHUB}, {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, **WEB), Status.PASS),
        (role({"Federated": GITHUB}, {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, **WEB), Status.FAIL),
        (role({"Federated": "cognito-identity.amazonaws.com"}, **WEB), Status.FAIL),
        (role({"AWS": OTHER}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}), Status.FAIL),
        (role("*"), Status.FAIL),
        (role("*", EXTERNAL), Status.FAIL),
        (role("*", OWN_ORGANIZATION), Status.PASS),
        (role("*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}), Status.PASS),
        (role("*", {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}), Status.FAIL),
    ],
)
def test_outsiders_need_an_external_id_or_a_trusted_organisation(given: Role, status: Status) -> None:
    own = account(organization=Organization(id="o-1", management_account=ACCOUNT), organization_accounts=())
    policy = AuditPolicy(trusted_networks=("198.51.100.0/24",))
    assert verdict(CHECK, given, own, policy=policy).status is status


def test_an_organisation_counts_only_when_it_is_the_own_or_a_trusted_one() -> None:
    given = role("*", ATTACKERS)
    trusted = AuditPolicy(trusted_organizations=("o-attacker",))
    assert verdict(CHECK, given, account()).status is Status.FAIL
    assert verdict(CHECK, given, account(), policy=trusted).status is Status.PASS
    unread = account(organization=denied("organizations:DescribeOrganization"))
    assert verdict(CHECK, given, unread).status is Status.NOT_ASSESSED


def test_the_missing_condition_of_a_web_identity_is_named() -> None:
    finding = verdict(CHECK, role({"Federated": GITHUB}, **WEB), account())
    assert [part.key for part in finding.sub_findings] == [GITHUB]
    assert finding.sub_findings[0].evidence["missing_condition"] == [f"{ISSUER}:sub"]
    assert f"{ISSUER}:sub" in finding.reason.en
    assert f"{ISSUER}:sub" in finding.reason.ja


def test_a_network_that_may_be_the_own_leaves_a_web_identity_open_to_question() -> None:
    endpoint = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    assert (
        verdict(CHECK, role({"Federated": GITHUB}, endpoint, **WEB), account()).status is Status.NOT_ASSESSED
    )


def test_every_outside_principal_is_a_part() -> None:
    finding = verdict(CHECK, role({"AWS": [OTHER, "444455556666", ACCOUNT]}), account())
    assert [part.key for part in finding.sub_findings] == [OTHER, "444455556666"]
    assert finding.evidence["principals"] == [OTHER, "444455556666"]


def test_trusted_accounts_and_members_pass() -> None:
    given = role({"AWS": OTHER})
    trusted = AuditPolicy(trusted_accounts=("111122223333",))
    assert verdict(CHECK, given, account(), policy=trusted).status is Status.PASS
    own = Organization(id="o-1", management_account="999988887777")
    members = account(organization=own, organization_accounts=("111122223333",))
    assert verdict(CHECK, given, members).status is Status.PASS
    unread = account(organization=own, organization_accounts=denied("organizations:ListAccounts"))
    finding = verdict(CHECK, given, unread)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("organizations:ListAccounts",)


def test_a_malformed_or_unread_trust_policy_is_not_assessed() -> None:
    assert verdict(CHECK, build(Role, path="/", trust="{"), account()).cause is Cause.MALFORMED
    assert (
        verdict(CHECK, build(Role, path="/", trust=denied("iam:ListRoles")), account()).cause is Cause.DENIED
    )


def test_a_service_linked_role_is_not_applicable() -> None:
    given = build(Role, path="/aws-service-role/x/", trust=denied("iam:ListRoles"))
    assert verdict(CHECK, given, account()).status is Status.NOT_APPLICABLE
