"""Whether it can be told since when a bucket has been open."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, passed, value
from cloudaudit.providers.aws.model import Region

SHOWN = 20


@check(
    "aws-s3-exposure-history",
    title=Text(
        en="Changes of bucket exposure in the last 90 days can be read",
        ja="過去90日間のバケット公開設定の変更履歴を確認できる",
    ),
    theme=Theme.LOGGING,
    severity=Severity.INFO,
    on=Region,
    rationale=Text(
        en="After a leak the first question is since when; CloudTrail's event history answers it for 90 days.",
        ja="漏えい時にはまず「いつから公開されていたか」が問われます。CloudTrail のイベント履歴で90日間遡れます。",
    ),
    remediation=Text(
        en="Grant cloudtrail:LookupEvents; keep a trail for anything older than 90 days.",
        ja="cloudtrail:LookupEvents を許可してください。90日より前の履歴には証跡(トレイル)が必要です。",
    ),
    references=("https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html",),
)
def history(region: Region, _audit: Audit) -> Verdict:
    events = value(region.exposure_events)
    return passed(
        Text(
            en=f"The event history was read; changes of exposure in the last 90 days: {len(events)}.",
            ja=f"イベント履歴を確認しました。過去90日間の公開設定の変更: {len(events)} 件。",
        ),
        {
            "changes": len(events),
            "newest": [
                {"bucket": event.bucket, "event": event.event, "at": event.at} for event in events[:SHOWN]
            ],
        },
    )
