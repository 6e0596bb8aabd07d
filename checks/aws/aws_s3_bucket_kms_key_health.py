"""Data whose key is gone is gone."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_applicable,
    passed,
    value,
)
from cloudaudit.providers.aws.model import KmsKey, StorageBucket
from cloudaudit.providers.aws.protection import shortened

# "Updating" is short and keeps the key usable:
# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
USABLE_STATES = {"Enabled", "Updating"}
DELETION_STATES = {"PendingDeletion", "PendingReplicaDeletion"}


@check(
    "aws-s3-bucket-kms-key-health",
    title=Text(
        en="The KMS key of the bucket is enabled, stays, and rotates",
        ja="バケットの KMS キーが有効で、削除予定がなく、ローテーションされている",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.HIGH,
    on=StorageBucket,
    rationale=Text(
        en="When the key is disabled nothing can be read; when it is deleted, the data is lost for ever. "
        "Rotation limits what one leaked key opens.",
        ja="鍵が無効になるとデータを読み取れず、削除されると二度と復元できません。ローテーションは、"
        "鍵が漏えいした場合の影響範囲を限定します。",
    ),
    remediation=Text(
        en="Cancel a pending deletion, enable the key, and turn on automatic rotation.",
        ja="削除予定を取り消し、鍵を有効化したうえで、自動ローテーションを有効にしてください。",
    ),
    command="aws kms cancel-key-deletion --key-id KEY; aws kms enable-key --key-id KEY; "
    "aws kms enable-key-rotation --key-id KEY",
    references=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
    ),
)
def kms_key_health(bucket: StorageBucket, _audit: Audit) -> Verdict:
    """Judge the key that default encryption names; the state decides before rotation is asked for."""
    key = value(bucket.kms_key)
    if key is None:
        return not_applicable(
            Text(
                en="Default encryption names no KMS key; AWS looks after its own.",
                ja="既定の暗号化で KMS キーが指定されておらず、鍵は AWS が管理しています。",
            )
        )
    evidence = _evidence(key)
    if key.state in DELETION_STATES:
        when = key.deletion_date or "?"
        return failed(
            Text(
                en=f"The key is to be deleted (date: {when}); the bucket's data will be lost with it.",
                ja=f"鍵の削除が予定されています(予定日: {when})。"
                "削除されるとバケットのデータは復元できません。",
            ),
            evidence,
        )
    if key.state not in USABLE_STATES:
        return failed(
            Text(
                en=f"The key cannot be used (state: {key.state}).",
                ja=f"鍵を利用できない状態です(状態: {key.state})。",
            ),
            evidence,
        )
    return _rotation(key, evidence)


def _rotation(key: KmsKey, evidence: dict[str, object]) -> Verdict:
    rotation = value(key.rotation) if key.manager == "CUSTOMER" and key.origin == "AWS_KMS" else None
    evidence = {**evidence, "rotation": rotation}
    if rotation is False:
        return failed(
            Text(en="The key does not rotate.", ja="鍵の自動ローテーションが無効です。"),
            evidence,
            severity=Severity.MEDIUM,
        )
    if rotation:
        return passed(
            Text(en="The key is enabled and rotates.", ja="鍵は有効で、自動ローテーションも有効です。"),
            evidence,
        )
    return passed(_without_rotation(key), evidence)


def _without_rotation(key: KmsKey) -> Text:
    if key.manager != "CUSTOMER":
        return Text(
            en="The key can be used; AWS manages it and its rotation.",
            ja="鍵は利用できます。鍵とそのローテーションは AWS が管理しています。",
        )
    if key.origin == "EXTERNAL":
        return Text(
            en="The key can be used. Its key material was imported, so automatic rotation does not apply: it stays "
            "the same until somebody replaces it.",
            ja="鍵は利用できます。ただしインポートされたキーマテリアルのため自動ローテーションの対象外です"
            "(手動で更新しない限り変わりません)。",
        )
    return Text(
        en="The key can be used. Automatic rotation does not apply to a key of this kind: it stays the same until "
        "somebody replaces it.",
        ja="鍵は利用できます。ただしこの種類の鍵は自動ローテーションの対象外です"
        "(手動で更新しない限り変わりません)。",
    )


def _evidence(key: KmsKey) -> dict[str, object]:
    return {
        "key": shortened(key.arn),
        "key_account": key.account,
        "state": key.state,
        "manager": key.manager,
        "origin": key.origin,
        "deletion_date": key.deletion_date,
    }
