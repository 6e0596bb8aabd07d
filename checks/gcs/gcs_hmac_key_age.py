"""An HMAC key works like a password that nobody has to type."""

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
from cloudaudit.providers.gcs.credentials import certain_age
from cloudaudit.providers.gcs.model import HmacKey

# As long as Cloud Monitoring keeps the metric: https://cloud.google.com/monitoring/quotas#data_retention_policy
KNOWN_DAYS = 42


@check(
    "gcs-hmac-key-age",
    title=Text(
        en="HMAC keys are younger than the rule allows and in use",
        ja="HMAC キーが所定の期間内に更新され、実際に使用されている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=HmacKey,
    rationale=Text(
        en="A copied key works until it is deleted; one that nobody uses is not missed either. Its use is known from "
        "Cloud Monitoring for requests to this project's buckets, for six weeks.",
        ja="流出した HMAC キーは、削除されるまで使用され続けます。"
        "また、普段使用されていないキーは、不正に使用されても気付きにくくなります。"
        "使用状況は、このプロジェクトのバケットへのリクエスト(直近6週間)を Cloud Monitoring で確認しています。",
    ),
    remediation=Text(
        en="Make a new key, move its users over, set the old one inactive and delete it.",
        ja="新しいキーに切り替え、旧キーを無効化したうえで削除してください。",
    ),
    command="gcloud storage hmac update ACCESS_ID --deactivate",
    references=("https://cloud.google.com/storage/docs/authentication/hmackeys",),
    settings=("access_key_max_age_days",),
)
def hmac_key_age(key: HmacKey, audit: Audit) -> Verdict:
    """Judge the age first, then whether anybody used it as far back as that is known."""
    state = value(key.state)
    if state == "INACTIVE":
        return not_applicable(
            Text(en="The key is inactive and opens nothing.", ja="無効化されたキーのため、使用できません。"),
            {"state": state},
        )
    limit = audit.policy.access_key_max_age_days
    days = certain_age(key.created_at, audit.taken_at, key.state.source, "timeCreated")
    evidence: dict[str, object] = {
        "service_account": key.service_account,
        "created_at": key.created_at,
        "age_days": days,
        "limit_days": limit,
    }
    if days >= limit:
        return failed(
            Text(
                en=f"The key is {days} days old; the limit is {limit}.",
                ja=f"キーが{days}日間更新されていません(基準: {limit}日)。",
            ),
            evidence,
        )
    if days < KNOWN_DAYS:
        return passed(
            Text(en=f"The key is {days} days old.", ja=f"作成から{days}日のキーです。"),
            evidence,
        )
    used = value(key.last_used)
    evidence["last_used"] = used
    if used is None:
        return failed(
            Text(
                en=f"The key is {days} days old, and no request to this project's buckets used it in the last "
                f"{KNOWN_DAYS} days.",
                ja=f"作成から{days}日のキーですが、直近{KNOWN_DAYS}日間、このプロジェクトのバケットへの"
                "リクエストに使用されていません。",
            ),
            evidence,
            severity=Severity.LOW,
        )
    return passed(
        Text(
            en=f"The key is {days} days old and in use.",
            ja=f"作成から{days}日のキーで、使用されています。",
        ),
        evidence,
    )
