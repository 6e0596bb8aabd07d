"""A default key binds new objects alone, and an object whose key is gone is gone too."""

from cloudaudit.check import Audit, Read, Severity, Text, Theme, Verdict, check, not_read, value
from cloudaudit.inventory.model import EncryptionCount, EncryptionState
from cloudaudit.inventory.verdicts import Question, by_encryption, judge, tells_how
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.object_keys import Keys, Rule

LOCKED = Text(
    en="encrypted with a key that is disabled or destroyed, so nobody can read them",
    ja="鍵が無効または破棄済みのため読み取れないもの",
)
WRONG = Text(
    en="encrypted with another key than the one prescribed",
    ja="所定の鍵で暗号化されていないもの",
)
EITHER = Text(
    en="encrypted with another key than the one prescribed, or with one that is disabled or destroyed",
    ja="所定の鍵で暗号化されていないもの、または鍵が無効・破棄済みのもの",
)


@check(
    "gcs-object-encryption",
    title=Text(
        en="Objects are encrypted with the key that the bucket prescribes",
        ja="オブジェクトがバケット所定の鍵で暗号化されている",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="Cloud Storage encrypts every object, but a bucket's default key binds only what is written after it was set. "
        "Whatever is older stays with its key, out of reach of the controls on the new one; and when a key is disabled "
        "or destroyed, what was written with it cannot be read any more. Encryption by the writer before the upload "
        "cannot be seen: contents are never opened.",
        ja="Cloud Storage は全オブジェクトを暗号化しますが、バケットのデフォルトの鍵は設定後に書き込まれたものにのみ"
        "適用されます。それ以前のものは従来の鍵のままで、新しい鍵による統制が及びません。また、鍵を無効化・破棄すると、"
        "その鍵で暗号化されたデータは読み取れなくなります。なお、内容は一切参照しないため、"
        "アップロード前に利用者側で行われた暗号化は確認できません。",
    ),
    remediation=Text(
        en="Rewrite the objects with the prescribed key; enable or restore the keys that old objects need before their "
        "scheduled destruction. To look, scan with --objects auto.",
        ja="所定の鍵でオブジェクトを書き直してください。既存のオブジェクトに必要な鍵は、破棄予定日より前に復元・有効化"
        "してください。確認するには --objects auto を付けてスキャンしてください。",
    ),
    settings=("own_kms_key_required",),
    command="gcloud storage objects update gs://NAME/** --encryption-key=KEY",
    references=(
        "https://cloud.google.com/storage/docs/encryption/customer-managed-keys",
        "https://cloud.google.com/kms/docs/key-states",
    ),
)
@tells_how
def object_encryption(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge by each object's key, and by whether that key can still be used."""
    rule = Rule(value(bucket.default_key) or "", audit.policy.own_kms_key_required)
    keys = Keys(bucket)
    objects = value(bucket.objects)
    counts = value(objects.encryption)

    def bad(count: EncryptionCount) -> bool:
        return keys.locked(count) or rule.broken_by(count)

    bad_counts = [count for count in counts if bad(count)]
    unknown = [fact for count in counts if (fact := keys.unknown(count)) is not None]
    if not bad_counts and unknown:
        not_read(*unknown)
    locked = any(keys.locked(count) for count in bad_counts)
    wrong = any(rule.broken_by(count) for count in bad_counts)
    question = Question(
        found=lambda found: by_encryption(
            found,
            bad=bad,
            undecided=lambda count: count.state is EncryptionState.OTHER,
            offenders=tuple(
                each for each in found.by_key if each.what in {_what(count) for count in bad_counts}
            ),
        ),
        bad=EITHER if locked == wrong else LOCKED if locked else WRONG,
    )
    return judge(
        bucket.objects,
        question,
        audit,
        old_versions=Read(value=True, source=bucket.objects.source),
        evidence={"default_key": rule.key or None, "own_key_required": rule.own, **keys.evidence(objects)},
    )


def _what(count: EncryptionCount) -> str:
    """Return how the objects of a count are named among ``by_key``."""
    return f"{count.state} {count.key}".rstrip()
