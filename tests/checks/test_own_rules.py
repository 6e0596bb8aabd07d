"""Whatever the company's own rules ask for, a deviation fails, and the finding names the clause."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from cloudaudit import discovery
from cloudaudit.check import Text, Theme, check, passed
from cloudaudit.clock import parse, stamp
from cloudaudit.model import Finding, Resource, Severity, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import (
    Account,
    BackupPlan,
    BackupRule,
    BackupVault,
    Bucket,
    CredentialKey,
    CredentialRow,
    InventoryReport,
    LegacyCredential,
    LifecycleRule,
    PasswordPolicy,
    RecoveryPoint,
    Versioning,
)
from cloudaudit.providers.aws.model import User as AwsUser
from cloudaudit.providers.gcs.model import KmsKey, KmsKeyState, Retention, SoftDelete
from cloudaudit.providers.m365.model import (
    AppCredential,
    Application,
    Domain,
    Drive,
    LogReach,
    Organization,
    Permission,
    RoleGrant,
    SharedItem,
    SharePointSettings,
    Sharing,
    SignIn,
    Tenant,
)
from cloudaudit.providers.m365.model import User as M365User
from cloudaudit.providers.m365.roles import GLOBAL_ADMINISTRATOR
from cloudaudit.testing import TAKEN_AT, build, read, verdict
from fakes.gcs_facts import a_bucket

CLAUSE = "情報セキュリティ規程 第8条"
DAY = 86_400
CHECKS = discovery.checks()


def ago(days: int) -> str:
    return stamp(parse(TAKEN_AT) - timedelta(days=days))


def row(**fields: Any) -> CredentialRow:
    given: dict[str, Any] = {
        "user": "x",
        "arn": "arn:aws:iam::123456789012:user/x",
        "created_at": "2020-01-01T00:00:00Z",
        "password_enabled": True,
        "password_last_used": ago(1),
        "password_last_changed": ago(100),
        "mfa_active": True,
        "keys": (),
        "certificates": (),
        **fields,
    }
    return CredentialRow(**given)


def key(days: int) -> CredentialKey:
    return CredentialKey(slot=1, active=True, last_rotated=ago(days), last_used=ago(1))


def drive() -> Drive:
    link = Permission(id="l", link=True, scope="anonymous", link_type="view", roles=("read",))
    item = SharedItem(id="i", path="/見積書.xlsx", changed_at=ago(20), permissions=read((link,)))
    sharing = Sharing(items=(item,), complete_at=ago(1), complete_by="read-scopes", looked_at=1)
    return build(Drive, url="https://contoso.example/", owner="a@contoso.example", sharing=sharing)


TENANT = build(Tenant, domains=(Domain(name="contoso.example"),))


class Case(NamedTuple):
    """A resource that keeps the usual threshold and breaks a stricter one of the company."""

    check: str
    setting: str
    value: Any
    resource: Callable[[], Resource]
    others: tuple[Resource, ...] = ()
    more: Mapping[str, Any] = MappingProxyType({})


def _rotated(days: int) -> KmsKeyState:
    return KmsKeyState(
        primary_state="ENABLED",
        purpose="ENCRYPT_DECRYPT",
        protection="SOFTWARE",
        rotation_seconds=days * DAY,
    )


def _point(days: int) -> RecoveryPoint:
    vault = "arn:aws:backup:ap-northeast-1:123456789012:backup-vault:daily"
    return RecoveryPoint(arn="arn:1", vault=vault, status="COMPLETED", created_at=ago(days))


def _report() -> InventoryReport:
    return InventoryReport(
        id="nightly",
        enabled=True,
        destination="reports",
        frequency="Daily",
        fields=("EncryptionStatus", "ObjectAccessControlList"),
        whole_bucket=True,
        newest=read(ago(3)),
    )


def _admins(count: int) -> Tenant:
    roles = tuple(
        RoleGrant(
            role=GLOBAL_ADMINISTRATOR, role_name="r", principal=p, principal_name=p, principal_kind="user"
        )
        for p in "abcdefgh"[:count]
    )
    return build(Tenant, roles=roles, eligible_roles=())


def _logs() -> Tenant:
    reach = LogReach(oldest=ago(60))
    made = Organization(created_at=ago(900))
    return build(Tenant, sign_in_log=reach, audit_log=reach, organization=made)


def _m365_user(**fields: Any) -> M365User:
    given: dict[str, Any] = {
        "name": "a@contoso.example",
        "created_at": ago(900),
        "enabled": True,
        "signed_in": SignIn(interactive=ago(40)),
        "password_changed_at": ago(100),
        **fields,
    }
    return build(M365User, **given)


CASES = (
    Case(
        "aws-iam-password-age",
        "password_max_age_days",
        90,
        lambda: build(AwsUser, credentials=row()),
        (),
        {"profile": "own-rule"},
    ),
    Case("aws-iam-password-age", "profile", "seed-90d", lambda: build(AwsUser, credentials=row())),
    Case(
        "m365-user-password-age", "password_max_age_days", 90, _m365_user, (TENANT,), {"profile": "own-rule"}
    ),
    Case("m365-user-password-age", "profile", "seed-90d", _m365_user, (TENANT,)),
    Case(
        "aws-iam-password-policy-length",
        "password_min_length",
        20,
        lambda: build(Account, password_policy=PasswordPolicy(minimum_length=15)),
    ),
    Case(
        "aws-iam-password-policy-reuse",
        "password_reuse_prevention",
        24,
        lambda: build(Account, password_policy=PasswordPolicy(minimum_length=15, reuse_prevention=5)),
    ),
    Case(
        "aws-iam-access-key-age",
        "access_key_max_age_days",
        30,
        lambda: build(AwsUser, credentials=row(keys=(key(60),))),
    ),
    Case(
        "aws-iam-credential-unused",
        "credential_unused_days",
        30,
        lambda: build(AwsUser, credentials=row(password_last_used=ago(40))),
    ),
    Case(
        "aws-iam-root-unused",
        "root_unused_days",
        365,
        lambda: build(Account, root=row(password_last_used=ago(100))),
    ),
    Case(
        "aws-iam-legacy-credential-age",
        "legacy_credential_max_age_days",
        30,
        lambda: build(
            AwsUser,
            credentials=row(),
            ssh_keys=(LegacyCredential(id="APKA…1", type="ssh", active=True, created_at=ago(60)),),
            service_credentials=(),
        ),
    ),
    Case(
        "aws-backup-vault-encryption",
        "own_kms_key_required",
        True,  # noqa: FBT003 - the value of a setting
        lambda: build(
            BackupVault, encryption_key="arn:aws:kms:ap-northeast-1:123456789012:key/k", kms_key=None
        ),
    ),
    Case(
        "aws-backup-plan-retention",
        "backup_retention_days",
        365,
        lambda: build(
            BackupPlan, rules=(BackupRule(name="daily", vault="Default", delete_after_days=40, copies=()),)
        ),
    ),
    Case(
        "aws-s3-bucket-recovery-point",
        "recovery_point_max_age_days",
        1,
        lambda: build(Bucket, recovery_points=(_point(1),), replication=None),
    ),
    Case(
        "aws-s3-bucket-noncurrent-retention",
        "noncurrent_retention_days",
        90,
        lambda: build(
            Bucket,
            versioning=Versioning(status="Enabled"),
            lifecycle=(LifecycleRule(id="r", enabled=True, whole_bucket=True, noncurrent_days=60),),
        ),
    ),
    Case(
        "aws-s3-bucket-inventory",
        "inventory_max_age_days",
        2,
        lambda: build(Bucket, ownership="ObjectWriter", inventories=(_report(),), metadata_table=None),
    ),
    Case("aws-s3-bucket-region", "allowed_countries", ("JP",), lambda: build(Bucket, region="us-east-1")),
    Case(
        "aws-s3-bucket-network-bound",
        "sensitive_tags",
        ("class=personal",),
        lambda: build(Bucket, name="b", id="arn:aws:s3:::b", policy=None, tags=(("class", "personal"),)),
    ),
    Case(
        "gcs-bucket-soft-delete",
        "soft_delete_min_days",
        30,
        lambda: a_bucket(soft_delete=SoftDelete(seconds=7 * DAY)),
    ),
    Case(
        "gcs-bucket-retention-lock",
        "retention_lock_required",
        True,  # noqa: FBT003 - the value of a setting
        lambda: a_bucket(retention=Retention(seconds=30 * DAY)),
    ),
    Case(
        "gcs-kms-key-rotation",
        "kms_rotation_max_days",
        90,
        lambda: build(KmsKey, name="data", buckets=("b",), key=_rotated(180)),
    ),
    Case("m365-user-unused", "account_unused_days", 30, _m365_user),
    Case("m365-admin-count", "global_admins_min", 3, lambda: _admins(2)),
    Case("m365-admin-count", "global_admins_max", 3, lambda: _admins(4)),
    Case(
        "m365-sharing-capability",
        "allowed_sharing_capability",
        "disabled",
        lambda: build(Tenant, sharepoint=SharePointSettings(sharing_capability="externalUserSharingOnly")),
    ),
    Case(
        "m365-deleted-user-retention",
        "leaver_retention_days",
        365,
        lambda: build(Tenant, sharepoint=SharePointSettings(deleted_user_days=90)),
    ),
    Case("m365-sign-in-log", "log_min_days", 365, _logs),
    Case(
        "m365-app-secret-age",
        "app_secret_max_age_days",
        90,
        lambda: build(
            Application,
            app_id="a1",
            credentials=(AppCredential(key="k", kind="secret", name="n", start=ago(100), end=ago(-100)),),
        ),
    ),
    Case("m365-stale-share", "stale_share_days", 10, drive, (TENANT,)),
)
LISTS = {"approved_", "trusted_", "emergency_", "sensitive_paths"}
"""Lists of exceptions, which the checks' own tests cover: what is not on them fails by default."""


def judged(case: Case, *, rules: bool = True) -> Finding:
    policy: dict[str, Any] = {case.setting: case.value, **case.more}
    if rules:
        policy["rules"] = {case.setting: CLAUSE}
    return verdict(case.check, case.resource(), *case.others, policy=AuditPolicy(**policy))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check}:{case.setting}")
def test_a_deviation_from_the_companys_own_rule_fails_and_names_its_clause(case: Case) -> None:
    usual = verdict(case.check, case.resource(), *case.others)
    finding = judged(case)
    assert usual.status is not Status.FAIL
    assert finding.status is Status.FAIL
    assert finding.reason.ja.endswith(f"(規程条項: {CLAUSE})")
    assert f"Clause of the company's own rules: {CLAUSE}." in finding.reason.en
    assert finding.evidence["own_rules"] == {case.setting: CLAUSE}
    without = judged(case, rules=False)
    assert without.status is Status.FAIL
    assert CLAUSE not in without.reason.ja
    assert finding.id == without.id


def test_every_threshold_that_decides_a_check_is_proved_above() -> None:
    settings = {name for each in CHECKS.values() for name in each.settings}
    thresholds = {name for name in settings if not any(name.startswith(each) for each in LISTS)}
    assert {case.setting for case in CASES} == thresholds


@pytest.mark.parametrize("check_id", sorted(CHECKS))
def test_a_check_names_the_settings_that_it_reads(check_id: str) -> None:
    folder = {"aws": "aws", "gcs": "gcs", "gcp": "gcs", "google": "gcs", "m365": "m365"}[
        check_id.split("-", maxsplit=1)[0]
    ]
    path = Path(__file__).parents[2] / "checks" / folder / f"{check_id.replace('-', '_')}.py"
    reads = set(re.findall(r"audit\.policy\.(\w+)", path.read_text(encoding="utf-8")))
    if "password_rule_days" in reads:
        reads = reads - {"password_rule_days"} | {"password_max_age_days", "profile"}
    assert reads <= set(CHECKS[check_id].settings)


def test_a_pass_names_no_clause() -> None:
    policy = AuditPolicy(password_min_length=10, rules={"password_min_length": CLAUSE})
    account = build(Account, password_policy=PasswordPolicy(minimum_length=15))
    finding = verdict("aws-iam-password-policy-length", account, policy=policy)
    assert finding.status is Status.PASS
    assert CLAUSE not in finding.reason.ja
    assert "own_rules" not in finding.evidence


def test_a_check_cannot_name_a_setting_that_is_not_there() -> None:
    text = Text(en="x", ja="x")
    with pytest.raises(ValueError, match="no setting nonsense_days"):
        check(
            "acme-x",
            title=text,
            theme=Theme.MFA,
            severity=Severity.LOW,
            on=Bucket,
            rationale=text,
            remediation=text,
            references=(),
            settings=("nonsense_days",),
        )(lambda _bucket, _audit: passed(text))
