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
from cloudaudit.providers.gcs.model import KmsKey, KmsKeyState
from cloudaudit.providers.gcs.policy_exposure import capped
from cloudaudit.providers.gcs.protection import days_of

EXTERNAL = {"EXTERNAL", "EXTERNAL_VPC"}
GOING = {"DESTROY_SCHEDULED", "DESTROYED"}


@check(
    "gcs-kms-key-rotation",
    title=Text(
        en="The key of a bucket is enabled and rotates",
        ja="バケットの暗号鍵が有効で、定期的にローテーションされている",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.MEDIUM,
    on=KmsKey,
    rationale=Text(
        en="When the key is disabled nothing can be read; when it is destroyed, the data is lost for ever. Rotation "
        "limits what one leaked version opens.",
        ja="鍵が無効になるとデータを読み取れず、破棄されると二度と復元できません。ローテーションは、"
        "鍵が漏えいした場合の影響範囲を限定します。",
    ),
    remediation=Text(
        en="Restore and enable the primary version, and set a rotation period. Keep the old versions: objects written "
        "with them need them.",
        ja="メインの鍵バージョンを復元・有効化し、ローテーション期間を設定してください。旧バージョンは、それで暗号化された"
        "オブジェクトの読み取りに必要なため残してください。",
    ),
    command="gcloud kms keys update KEY --rotation-period=90d --next-rotation-time=TIME",
    references=(
        "https://cloud.google.com/kms/docs/key-rotation",
        "https://cloud.google.com/kms/docs/key-states",
    ),
    settings=("kms_rotation_max_days",),
)
def key_rotation(key: KmsKey, audit: Audit) -> Verdict:
    """Judge the primary version first, for without it rotation does not matter."""
    state = value(key.key)
    evidence: dict[str, object] = capped("buckets", key.buckets)
    if state is None:
        return failed(
            Text(
                en="The bucket names a key that does not exist; nothing new can be written.",
                ja="バケットに指定された鍵が存在せず、新しいデータを書き込めません。",
            ),
            {**evidence, "exists": False},
        )
    limit = audit.policy.kms_rotation_max_days
    period = None if state.rotation_seconds is None else days_of(state.rotation_seconds)
    evidence |= {
        "primary_state": state.primary_state or None,
        "protection": state.protection,
        "rotation_days": period,
        "next_rotation": state.next_rotation or None,
        "max_days": limit,
    }
    if state.primary_state != "ENABLED":
        return failed(_unusable(state), evidence)
    if state.protection in EXTERNAL:
        return not_applicable(
            Text(
                en="The key is enabled; it is held outside Google, where it rotates by its own manager's rules.",
                ja="鍵は有効です。Google の外部で管理される鍵のため、ローテーションは外部の鍵管理システム側で行われます。",
            ),
            evidence,
        )
    if period is None:
        return failed(
            Text(
                en="The key is enabled, but does not rotate automatically.",
                ja="鍵は有効ですが、自動ローテーションが設定されていません。",
            ),
            evidence,
        )
    if period > limit:
        return failed(
            Text(
                en=f"The key rotates every {period} days; the policy allows {limit}.",
                ja=f"ローテーション間隔が{period}日で、監査ポリシーの上限({limit}日)を超えています。",
            ),
            evidence,
        )
    return passed(
        Text(
            en=f"The key is enabled and rotates every {period} days.",
            ja=f"鍵は有効で、{period}日ごとにローテーションされます。",
        ),
        evidence,
    )


def _unusable(state: KmsKeyState) -> Text:
    if state.primary_state in GOING:
        return Text(
            en=f"The key's primary version is {state.primary_state}; what only it opens will be lost.",
            ja=f"メインの鍵バージョンが {state.primary_state} です。この鍵で暗号化したデータは復元できなくなります。",
        )
    return Text(
        en=f"The key's primary version is not enabled ({state.primary_state or 'there is none'}).",
        ja=f"メインの鍵バージョンが有効ではありません({state.primary_state or 'なし'})。",
    )
