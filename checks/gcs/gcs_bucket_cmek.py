"""With a key of one's own, whoever holds the data cannot read it without leave."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.protection import shortened


@check(
    "gcs-bucket-cmek",
    title=Text(
        en="New objects are encrypted with the key that the rules ask for",
        ja="新しいオブジェクトが、規程に沿った鍵で自動的に暗号化される",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="Cloud Storage encrypts everything at rest with keys of Google. With a customer-managed key its use is also "
        "bound to your own permissions and recorded, and withdrawing the key locks the data.",
        ja="Cloud Storage のデータは Google の鍵で常に暗号化されます。顧客管理の暗号鍵(CMEK)を使えば、鍵の利用者の制限と"
        "利用記録に加え、鍵の無効化によるデータの利用停止も可能です。",
    ),
    remediation=Text(
        en="Set a Cloud KMS key as the bucket's default key; existing objects keep their key until they are rewritten.",
        ja="バケットのデフォルトの鍵に Cloud KMS の鍵を設定してください。"
        "既存のオブジェクトは、書き直すまで従来の鍵のままです。",
    ),
    command="gcloud storage buckets update gs://NAME --default-encryption-key=KEY",
    references=(
        "https://cloud.google.com/storage/docs/encryption/customer-managed-keys",
        "https://cloud.google.com/storage/docs/encryption/default-keys",
    ),
    settings=("own_kms_key_required",),
)
def cmek(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the default key where the policy asks for an own one."""
    key = value(bucket.default_key)
    required = audit.policy.own_kms_key_required
    evidence = {"default_key": shortened(key) if key else None, "own_key_required": required}
    if key:
        return passed(
            Text(
                en="New objects are encrypted with a customer-managed key.",
                ja="新しいオブジェクトは、顧客管理の暗号鍵(CMEK)で暗号化されます。",
            ),
            evidence,
        )
    if required:
        return failed(
            Text(
                en="New objects are encrypted with a key of Google, but the policy asks for an own key.",
                ja="監査ポリシーは自社の鍵を求めていますが、Google が管理する鍵で暗号化されています。",
            ),
            evidence,
        )
    return passed(
        Text(
            en="New objects are encrypted with a key of Google; the policy asks for no own key.",
            ja="新しいオブジェクトは Google が管理する鍵で暗号化されます(監査ポリシーに自社鍵の指定なし)。",
        ),
        evidence,
    )
