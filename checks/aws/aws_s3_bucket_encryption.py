"""Encrypted by default, and with a key of one's own where the rules ask for it."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.aws.model import Encryption, StorageBucket
from cloudaudit.providers.aws.protection import shortened


@check(
    "aws-s3-bucket-encryption",
    title=Text(
        en="Bucket encrypts new objects by default, with the key that the rules ask for",
        ja="新しいオブジェクトが、規程に沿った鍵で自動的に暗号化される",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.MEDIUM,
    on=StorageBucket,
    rationale=Text(
        en="Default encryption protects every new object at rest. With an own KMS key its use is also bound "
        "to a key policy and recorded.",
        ja="既定の暗号化により、新しいオブジェクトはすべて暗号化されて保存されます。自社の KMS キーを使えば、"
        "鍵の利用者の制限と利用記録も可能です。",
    ),
    remediation=Text(
        en="Set default encryption on the bucket; where your rules ask for an own key, name a "
        "customer-managed KMS key.",
        ja="バケットの既定の暗号化を設定してください。社内規程で自社鍵が求められる場合は、"
        "カスタマー管理の KMS キーを指定してください。",
    ),
    command="aws s3api put-bucket-encryption --bucket NAME --server-side-encryption-configuration "
    "'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=aws:kms,KMSMasterKeyID=KEY_ARN}}]'",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
    ),
    settings=("own_kms_key_required",),
)
def encryption(bucket: StorageBucket, audit: Audit) -> Verdict:
    """Judge the default encryption, and who manages its key where the policy asks for an own one."""
    default = value(bucket.encryption)
    if default is None or not default.algorithm:
        return failed(
            Text(en="No default encryption is set.", ja="既定の暗号化が設定されていません。"),
            {"algorithm": None},
        )
    if audit.policy.own_kms_key_required:
        return _own_key(bucket, default)
    return passed(
        Text(
            en=f"New objects are encrypted by default ({default.algorithm}).",
            ja=f"新しいオブジェクトは既定で暗号化されます({default.algorithm})。",
        ),
        _evidence(default),
    )


def _own_key(bucket: StorageBucket, default: Encryption) -> Verdict:
    evidence = {**_evidence(default), "own_key_required": True}
    key = value(bucket.kms_key) if default.key else None
    if key is not None and key.manager == "CUSTOMER":
        return passed(
            Text(
                en="New objects are encrypted with a customer-managed KMS key.",
                ja="新しいオブジェクトは、カスタマー管理の KMS キーで暗号化されます。",
            ),
            {**evidence, "key_manager": key.manager},
        )
    return failed(
        Text(
            en="Default encryption uses a key of the provider, but the policy asks for an own KMS key.",
            ja="監査ポリシーは自社の KMS キーを求めていますが、AWS の鍵で暗号化されています。",
        ),
        {**evidence, "key_manager": key.manager if key else None},
    )


def _evidence(default: Encryption) -> dict[str, object]:
    return {"algorithm": default.algorithm, "key": shortened(default.key), "bucket_key": default.bucket_key}
