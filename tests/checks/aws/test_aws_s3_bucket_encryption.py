import pytest

from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket, DirectoryBucket, Encryption, KmsKey, StorageBucket
from cloudaudit.testing import build, denied, read, verdict

CHECK = "aws-s3-bucket-encryption"
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/11112222-3333-4444-5555-666677778888"
KMS = Encryption(algorithm="aws:kms", key=KEY)
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


@pytest.mark.parametrize("kind", [Bucket, DirectoryBucket])
@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms", "aws:kms:dsse"])
def test_any_default_encryption_passes_without_looking_at_the_key(
    kind: type[StorageBucket], algorithm: str
) -> None:
    assert verdict(CHECK, build(kind, encryption=Encryption(algorithm=algorithm))).status is Status.PASS


@pytest.mark.parametrize("default", [None, Encryption(algorithm="")])
def test_no_default_encryption_fails(default: Encryption | None) -> None:
    assert verdict(CHECK, build(Bucket, encryption=default)).status is Status.FAIL


def test_a_customer_managed_key_passes_where_the_policy_asks_for_an_own_one() -> None:
    finding = verdict(CHECK, build(Bucket, encryption=KMS, kms_key=kms_key("CUSTOMER")), policy=OWN)
    assert finding.status is Status.PASS
    assert finding.evidence["key"] == "11112222…"


@pytest.mark.parametrize(
    ("default", "key"),
    [(KMS, kms_key("AWS")), (KMS, None)],
)
def test_a_key_of_the_provider_fails_where_the_policy_asks_for_an_own_one(
    default: Encryption, key: KmsKey | None
) -> None:
    assert verdict(CHECK, build(Bucket, encryption=default, kms_key=key), policy=OWN).status is Status.FAIL


@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_encryption_that_names_no_key_fails_the_policy_although_no_key_was_read(algorithm: str) -> None:
    bucket = build(Bucket, encryption=Encryption(algorithm=algorithm))
    assert verdict(CHECK, bucket, policy=OWN).status is Status.FAIL


def test_a_key_that_was_not_read_is_not_assessed_where_the_policy_asks_for_an_own_one() -> None:
    bucket = build(Bucket, encryption=KMS, kms_key=denied("kms:DescribeKey"))
    finding = verdict(CHECK, bucket, policy=OWN)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("kms:DescribeKey",)
    assert verdict(CHECK, bucket).status is Status.PASS


def test_a_denied_read_is_not_assessed_and_names_the_permission() -> None:
    finding = verdict(CHECK, build(Bucket, encryption=denied("s3:GetEncryptionConfiguration")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == ("s3:GetEncryptionConfiguration",)
