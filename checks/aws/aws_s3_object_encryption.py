"""Default encryption says nothing of the objects that were there before it."""

from typing import Any

from cloudaudit.check import Audit, Read, Severity, Text, Theme, Verdict, check
from cloudaudit.facts import Fact
from cloudaudit.inventory.model import EncryptionCount, Objects
from cloudaudit.inventory.verdicts import Question, judge, unencrypted
from cloudaudit.providers.aws.answers import shown
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.providers.aws.protection import key_account, may_hold_versions, shortened

QUESTION = Question(
    found=unencrypted,
    bad=Text(en="stored without server-side encryption", ja="サーバー側で暗号化されていないもの"),
)


@check(
    "aws-s3-object-encryption",
    title=Text(en="No object is stored unencrypted", ja="暗号化されずに保存されているオブジェクトがない"),
    theme=Theme.ENCRYPTION,
    severity=Severity.HIGH,
    on=Bucket,
    rationale=Text(
        en="Since January 2023 S3 encrypts what is newly written; what was written before without encryption stays as it "
        "was until somebody copies it over itself.",
        ja="2023年1月以降に書き込まれたオブジェクトは自動的に暗号化されますが、それ以前に暗号化せずに保存されたオブジェクトは、"
        "コピーして上書きしない限り暗号化されません。",
    ),
    remediation=Text(
        en="Copy the objects over themselves with S3 Batch Operations, which encrypts the copies by the bucket's default; "
        "delete old versions that are not needed. To look at the objects, scan with --objects auto.",
        ja="S3 バッチオペレーションで対象オブジェクトをコピーして上書きし(バケットの既定の暗号化が適用されます)、不要な"
        "旧バージョンを削除してください。オブジェクトを確認するには --objects auto を付けてスキャンしてください。",
    ),
    command="aws s3 cp s3://NAME/KEY s3://NAME/KEY --metadata-directive COPY --sse AES256",
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html",
    ),
)
def object_encryption(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge what each object says of its own encryption, and tell the states and keys apart in the evidence."""
    return judge(
        bucket.objects,
        QUESTION,
        audit,
        old_versions=may_hold_versions(bucket),
        evidence={"states": _states(bucket.objects, bucket.account)},
    )


def _states(objects: Fact[Objects], account: str) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(objects, Read):
        return []
    return shown(objects.value.encryption, lambda counts: [_state(count, account) for count in counts])


def _state(count: EncryptionCount, account: str) -> dict[str, Any]:
    told: dict[str, Any] = {"state": str(count.state), "objects": count.tally.objects}
    if count.tally.bytes is not None:
        told["bytes"] = count.tally.bytes
    if count.old:
        told["old_versions"] = True
    if count.key:
        owner = key_account(count.key)
        told |= {"key": shortened(count.key), "key_account": owner, "own_key": owner == account}
    return told
