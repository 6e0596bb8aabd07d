"""What watches the sample estate: trails, GuardDuty, Macie, Access Analyzer, and what CloudTrail remembers."""

import json
from datetime import timedelta

from cloudaudit.demo.aws.names import (
    ACCOUNT,
    AUDIT_TRAIL,
    CAMPAIGN,
    EU,
    FLYERS,
    HOME,
    INVOICES,
    PERSONNEL,
    UPLOADS,
    US,
    bucket_arn,
)
from cloudaudit.demo.aws.sdk import Sdk
from cloudaudit.demo.aws.told import Members, Told

EXPOSED = ((FLYERS, "PutBucketAcl", 75), (CAMPAIGN, "PutBucketPolicy", 41), (UPLOADS, "PutBucketPolicy", 6))


def make_watching(sdk: Sdk, told: Told) -> None:
    """Make one good trail and one that rests, and watch the regions unequally well."""
    _make_trails(sdk)
    _make_guardduty(sdk)
    told.macie.update({HOME: True, US: False})
    told.analyzers.update({HOME: [_analyzer(HOME, told)], US: [_analyzer(US, told)]})
    told.events[HOME] = [
        {
            "EventName": event,
            "EventTime": told.now - timedelta(days=days),
            "CloudTrailEvent": json.dumps({"requestParameters": {"bucketName": bucket}}),
        }
        for bucket, event, days in EXPOSED
    ]


def _make_trails(sdk: Sdk) -> None:
    trails = sdk.client("cloudtrail")
    trails.create_trail(
        Name="sample-shoji-trail",
        S3BucketName=AUDIT_TRAIL,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
    )
    arns = [f"{bucket_arn(name)}/" for name in (INVOICES, PERSONNEL)]
    trails.put_event_selectors(
        TrailName="sample-shoji-trail",
        EventSelectors=[
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [{"Type": "AWS::S3::Object", "Values": arns}],
            }
        ],
    )
    trails.start_logging(Name="sample-shoji-trail")
    sdk.client("cloudtrail", US).create_trail(Name="migration-2021", S3BucketName=AUDIT_TRAIL)


def _make_guardduty(sdk: Sdk) -> None:
    watched = {"S3Logs": {"Enable": True}}
    sdk.client("guardduty").create_detector(Enable=True, DataSources=watched)
    sdk.client("guardduty", EU).create_detector(Enable=True, DataSources=watched)
    events = sdk.client("events")
    pattern = json.dumps({"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]})
    events.put_rule(Name="guardduty-to-security", EventPattern=pattern, State="ENABLED")
    target = {"Id": "mail", "Arn": f"arn:aws:sns:{HOME}:{ACCOUNT}:security"}
    events.put_targets(Rule="guardduty-to-security", Targets=[target])


def _analyzer(region: str, told: Told) -> Members:
    return {
        "arn": f"arn:aws:access-analyzer:{region}:{ACCOUNT}:analyzer/external",
        "name": "external",
        "type": "ACCOUNT",
        "status": "ACTIVE",
        "createdAt": told.now - timedelta(days=200),
    }
