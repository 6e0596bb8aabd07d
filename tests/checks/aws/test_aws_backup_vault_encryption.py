import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import BackupVault, KmsKey
from cloudaudit.testing import build, denied, read, verdict

CHECK = "aws-backup-vault-encryption"
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/11112222-3333-4444-5555-666677778888"
OWN = AuditPolicy(own_kms_key_required=True)


def kms_key(manager: str) -> KmsKey:
    return KmsKey(
        arn=KEY,
        account="123456789012",
        state="Enabled",
        manager=manager,
        origin="AWS_KMS",
        spec="SYMMETRIC_DEFAULT",
        rotation=read(None),
    )


def test_a_vault_with_a_key_passes_without_looking_at_it() -> None:
    finding = verdict(CHECK, build(BackupVault, encryption_key=KEY))
    assert finding.status is Status.PASS
    assert KEY not in str(finding.evidence)


@pytest.mark.parametrize("policy", [AuditPolicy(), OWN])
def test_a_vault_without_a_key_fails(policy: AuditPolicy) -> None:
    assert verdict(CHECK, build(BackupVault, encryption_key=""), policy=policy).status is Status.FAIL


@pytest.mark.parametrize(
    ("key", "status"),
    [(kms_key("CUSTOMER"), Status.PASS), (kms_key("AWS"), Status.FAIL), (None, Status.FAIL)],
)
def test_where_the_policy_asks_for_an_own_key_only_that_passes(key: KmsKey | None, status: Status) -> None:
    vault = build(BackupVault, encryption_key=KEY, kms_key=key)
    assert verdict(CHECK, vault, policy=OWN).status is status


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    vault = build(BackupVault, encryption_key=KEY, kms_key=denied("kms:DescribeKey"))
    finding = verdict(CHECK, vault, policy=OWN)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("kms:DescribeKey",)
