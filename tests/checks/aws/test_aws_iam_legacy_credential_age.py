from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    CredentialCertificate,
    CredentialRow,
    LegacyCredential,
    User,
)
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-legacy-credential-age"
Rows = Callable[..., CredentialRow]
Ago = Callable[[int], str]


def _legacy(created_at: str, *, active: bool = True) -> LegacyCredential:
    return LegacyCredential(id="APKA…7EX1", type="codecommit", active=active, created_at=created_at)


def _certificate(last_rotated: str, *, active: bool = True) -> CredentialCertificate:
    return CredentialCertificate(slot=1, active=active, last_rotated=last_rotated)


def _user(credentials: object, ssh_keys: object = (), service_credentials: object = ()) -> User:
    return build(User, credentials=credentials, ssh_keys=ssh_keys, service_credentials=service_credentials)


def test_none_at_all_passes(row: Rows) -> None:
    assert verdict(CHECK, _user(row())).status is Status.PASS


@pytest.mark.parametrize(("days", "status"), [(89, Status.PASS), (90, Status.FAIL)])
def test_each_kind_fails_as_old_as_the_rule(row: Rows, ago: Ago, days: int, status: Status) -> None:
    users = {
        "ssh-key": _user(row(), ssh_keys=(_legacy(ago(days)),)),
        "service-credential": _user(row(), service_credentials=(_legacy(ago(days)),)),
        "signing-certificate": _user(row(certificates=(_certificate(ago(days)),))),
    }
    for kind, user in users.items():
        finding = verdict(CHECK, user)
        assert finding.status is status
        assert finding.severity is Severity.LOW
        assert [part.key.partition(":")[0] for part in finding.sub_findings] == [kind]


def test_what_is_inactive_does_not_count(row: Rows, ago: Ago) -> None:
    user = _user(
        row(certificates=(_certificate(ago(400), active=False),)),
        ssh_keys=(_legacy(ago(400), active=False),),
    )
    assert verdict(CHECK, user).status is Status.PASS


def test_two_keys_that_look_alike_are_two_parts(row: Rows, ago: Ago) -> None:
    finding = verdict(CHECK, _user(row(), ssh_keys=(_legacy(ago(400)), _legacy(ago(400)))))
    assert finding.status is Status.FAIL
    assert len({part.id for part in finding.sub_findings}) == 2


def test_the_limit_is_the_policys(row: Rows, ago: Ago) -> None:
    user = _user(row(), ssh_keys=(_legacy(ago(100)),))
    policy = AuditPolicy(legacy_credential_max_age_days=365)
    assert verdict(CHECK, user, policy=policy).status is Status.PASS


def test_an_active_certificate_without_a_date_is_never_young(row: Rows) -> None:
    finding = verdict(CHECK, _user(row(certificates=(_certificate(""),))))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.MALFORMED


def test_certificates_that_the_report_does_not_list_are_not_assessed(row: Rows) -> None:
    finding = verdict(CHECK, _user(row(unlisted=True)))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED


@pytest.mark.parametrize(
    ("fact", "permission"),
    [
        ("ssh_keys", "iam:ListSSHPublicKeys"),
        ("service_credentials", "iam:ListServiceSpecificCredentials"),
        ("credentials", "iam:GetCredentialReport"),
    ],
)
def test_a_denied_read_is_not_assessed_and_names_the_permission(
    row: Rows, fact: str, permission: str
) -> None:
    facts: dict[str, Any] = {"credentials": row(), "ssh_keys": (), "service_credentials": ()}
    facts[fact] = denied(permission)
    finding = verdict(CHECK, build(User, **facts))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (permission,)


def test_an_old_key_fails_whatever_could_not_be_read(ago: Ago) -> None:
    user = _user(
        denied("iam:GetCredentialReport"),
        ssh_keys=(_legacy(ago(400)),),
        service_credentials=denied("iam:ListServiceSpecificCredentials"),
    )
    assert verdict(CHECK, user).status is Status.FAIL
