"""Where personal data lies decides which laws reach it."""

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.gcs.locations import countries_of, words_for
from cloudaudit.providers.gcs.model import Bucket


@check(
    "gcs-bucket-location",
    title=Text(
        en="Bucket lies only in countries on the allow-list",
        ja="バケットの所在地が許可された国に限られている",
    ),
    theme=Theme.RESIDENCY,
    severity=Severity.MEDIUM,
    on=Bucket,
    rationale=Text(
        en="Who keeps personal data abroad must know the rules of that country and tell people about them. A "
        "multi-region spreads data over several countries.",
        ja="個人データを外国で取り扱う場合は、その国の制度等(外的環境)を把握し、本人が知り得る状態に置く必要があります。"
        "マルチリージョンでは、データが複数の国に保管され得ます。",
    ),
    remediation=Text(
        en="Move the data to a location of allowed countries (in Japan: asia-northeast1, asia-northeast2, ASIA1), or have "
        "the country added to the policy after a review.",
        ja="許可された国のロケーション(日本国内は asia-northeast1・asia-northeast2・ASIA1)へデータを移すか、"
        "確認・承認を経て監査ポリシーに国を追加してください。",
    ),
    references=("https://cloud.google.com/storage/docs/locations",),
    settings=("allowed_countries",),
)
def location(bucket: Bucket, audit: Audit) -> Verdict:
    """Compare every country in which data may lie with the policy's list."""
    fact = bucket.location
    place = value(fact)
    countries, allowed = countries_of(place), audit.policy.allowed_countries
    evidence = {
        "location": place.name,
        "type": place.type or None,
        "data_locations": list(place.data_locations),
        "countries": list(countries) if countries else None,
        "allowed_countries": list(allowed),
    }
    if not allowed:
        return not_applicable(
            Text(
                en="The policy names no allowed countries; see the evidence for where the bucket lies.",
                ja="監査ポリシーに許可する国の指定がありません。所在地は証跡に記載しています。",
            ),
            evidence,
        )
    if countries is None:
        detail = Text(
            en=f"the country of location {place.name or '(none)'} is not known to this version",
            ja=f"ロケーション {place.name or '(なし)'} の所在国は、このバージョンでは判定できません",
        )
        not_read(Unread(Cause.UNSUPPORTED, fact.source, detail=detail))
    strange = tuple(country for country in countries if country not in allowed)
    if not strange:
        where = words_for(countries)
        return passed(
            Text(en=f"The bucket lies in {where.en}.", ja=f"バケットの所在地は{where.ja}です。"), evidence
        )
    where = words_for(strange)
    return failed(
        Text(
            en=f"Data may lie in countries that are not on the allow-list: {where.en}.",
            ja=f"許可されていない国にデータが保管され得ます: {where.ja}。",
        ),
        evidence,
    )
