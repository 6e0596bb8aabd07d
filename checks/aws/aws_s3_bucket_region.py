"""Where personal data lies decides which laws reach it."""

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Source,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
)
from cloudaudit.providers.aws.model import StorageBucket
from cloudaudit.providers.aws.regions import place_of


@check(
    "aws-s3-bucket-region",
    title=Text(en="Bucket lies in a country on the allow-list", ja="バケットが許可された国に所在している"),
    theme=Theme.RESIDENCY,
    severity=Severity.MEDIUM,
    on=StorageBucket,
    rationale=Text(
        en="Who keeps personal data abroad must know the rules of that country and tell people about them.",
        ja="個人データを外国で取り扱う場合は、その国の制度等(外的環境)を把握し、"
        "本人が知り得る状態に置く必要があります。",
    ),
    remediation=Text(
        en="Move the data to a region of an allowed country, or have the country added to the policy after "
        "a review.",
        ja="許可された国のリージョンへデータを移すか、確認・承認を経て監査ポリシーに国を追加してください。",
    ),
    references=("https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",),
    settings=("allowed_countries",),
)
def bucket_region(bucket: StorageBucket, audit: Audit) -> Verdict:
    """Compare the country of the bucket's region with the policy's list."""
    place = place_of(bucket.region)
    allowed = audit.policy.allowed_countries
    evidence = {
        "region": bucket.region,
        "country": place.country if place else None,
        "place": place.name.en if place else None,
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
    if place is None:
        detail = Text(
            en=f"the country of region {bucket.region or '(none)'} is not known to this version",
            ja=f"リージョン {bucket.region or '(なし)'} の所在国は、このバージョンでは判定できません",
        )
        not_read(Unread(Cause.UNSUPPORTED, Source("s3:GetBucketLocation"), detail=detail))
    if place.country in allowed:
        return passed(
            Text(
                en=f"The bucket lies in {place.name.en} ({place.country}).",
                ja=f"バケットは{place.name.ja}({place.country})にあります。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"The bucket lies in {place.name.en} ({place.country}), which is not on the allow-list.",
            ja=f"バケットは{place.name.ja}({place.country})にあり、許可された国に含まれていません。",
        ),
        evidence,
    )
