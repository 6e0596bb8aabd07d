"""An object whose key is gone cannot be restored, however many copies there are."""

from typing import Any

from cloudaudit.check import (
    Audit,
    Cause,
    Read,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    not_applicable,
    not_read,
    value,
)
from cloudaudit.facts import Fact
from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Objects
from cloudaudit.inventory.verdicts import Found, Question, judge
from cloudaudit.providers.aws.model import Bucket, KmsKey, ObjectKey
from cloudaudit.providers.aws.protection import may_hold_versions, shortened

# "Updating" is short and keeps the key usable:
# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
USABLE_STATES = {"Enabled", "Updating"}
BY_KEY = {EncryptionState.SSE_KMS, EncryptionState.DSSE_KMS}


@check(
    "aws-s3-object-key-health",
    title=Text(
        en="The KMS keys of the objects are enabled and stay",
        ja="オブジェクトの暗号化に使われている KMS キーが有効で、削除予定がない",
    ),
    theme=Theme.BACKUP,
    severity=Severity.HIGH,
    on=Bucket,
    rationale=Text(
        en="Objects keep the key that they were written with, which need not be the bucket's of today. Once that key is "
        "disabled nobody reads them; once it is deleted they are lost, their backups and replicas with them.",
        ja="オブジェクトは保存時の鍵で暗号化されたままで、現在のバケットの鍵とは限りません。鍵が無効になると読み取れず、"
        "削除されるとバックアップやレプリカがあっても復元できません。",
    ),
    remediation=Text(
        en="Cancel the deletion or enable the key again, then copy the objects over themselves with the key of today. "
        "To look at the objects, scan with --objects list.",
        ja="鍵の削除予定を取り消すか再度有効化したうえで、オブジェクトを現在の鍵でコピーして上書きしてください。"
        "オブジェクトを確認するには --objects list を付けてスキャンしてください。",
    ),
    command="aws kms cancel-key-deletion --key-id KEY; aws kms enable-key --key-id KEY",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
    ),
)
def object_key_health(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the state of every key that an object which was looked at names."""
    objects = value(bucket.objects)
    counts = value(objects.encryption)
    whole = isinstance(objects.total, Read) and objects.examined >= objects.total.value.objects
    if whole and not any(count.key or count.state in BY_KEY for count in counts):
        return not_applicable(
            Text(
                en="No object is encrypted with a KMS key.",
                ja="KMS キーで暗号化されたオブジェクトはありません。",
            )
        )
    keys = value(bucket.object_keys)
    states = {key.reference: key.key for key in keys}
    bad = {name for name, fact in states.items() if isinstance(fact, Read) and not _usable(fact.value)}
    unread = [fact for fact in states.values() if isinstance(fact, Unread)]
    if unread and not bad:
        not_read(*unread)
    question = Question(
        found=lambda objects: _found(objects, bad),
        bad=Text(
            en="encrypted with a KMS key that is disabled, deleted or about to be deleted",
            ja="無効・削除済みまたは削除予定の KMS キーで暗号化されているもの",
        ),
    )
    evidence = {"keys": [_evidence(key) for key in keys]}
    return judge(bucket.objects, question, audit, old_versions=may_hold_versions(bucket), evidence=evidence)


def _usable(key: KmsKey | None) -> bool:
    return key is not None and key.state in USABLE_STATES


def _found(objects: Objects, bad: set[str]) -> Fact[Found]:
    if isinstance(objects.encryption, Unread):
        return objects.encryption
    hit: list[EncryptionCount] = [count for count in objects.encryption.value if count.key in bad]
    return Read(
        Found(
            bad=sum(count.tally.objects for count in hit),
            offenders=tuple(each for each in objects.by_key if each.what.partition(" ")[2] in bad),
        ),
        objects.encryption.source,
    )


def _evidence(key: ObjectKey) -> dict[str, Any]:
    told: dict[str, Any] = {"key": shortened(key.reference)}
    if isinstance(key.key, Unread):
        return told | {"not_read": str(key.key.cause)}
    if key.key.value is None:
        return told | {"not_read": str(Cause.MALFORMED)}
    return told | {
        "account": key.key.value.account,
        "state": key.key.value.state,
        "deletion_date": key.key.value.deletion_date,
    }
