"""Answers of the regional services that speak JSON, from KMS to Identity Center."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fakes.aws import wire
from fakes.aws.answers import Context, Handler
from fakes.aws.estate import BackupPlan, Detector, KmsKey, Rule, Trail
from fakes.aws.paging import page
from fakes.aws.wire import Answer, ApiError

FORBIDDEN = 403
LOOKUP_EVENTS_A_PAGE = 50
ITEMS_A_PAGE = 1_000
SMALL_PAGE = 50
ARN_PARTS = 6


def result(context: Context, members: Mapping[str, object]) -> Answer:
    """Return an answer in the protocol of the service."""
    return wire.structured(context.call.service, context.call.operation, members)


def paged(
    context: Context,
    name: str,
    items: Sequence[object],
    *,
    most: int = ITEMS_A_PAGE,
    cursor: str = "NextToken",
    limit: str = "MaxResults",
    cursor_out: str = "",
) -> Answer:
    """Return one page of a list."""
    arguments = context.call.arguments
    shown, following = page(items, arguments.get(cursor), context.size(arguments.get(limit), most))
    return result(context, {name: shown, cursor_out or cursor: following})


def rest_paged(context: Context, name: str, items: Sequence[object], *, most: int, cursor_out: str) -> Answer:
    """Return one page of a list, where the arguments are in the query."""
    return paged(
        context, name, items, most=most, cursor="nextToken", limit="maxResults", cursor_out=cursor_out
    )


# --------------------------------------------------------------------------- KMS


def key_of(context: Context) -> KmsKey:
    """Return the key that a call names by id, alias or the ARN of either.

    Raises:
        ApiError: NotFoundException; a key of another account that is not known here is refused instead.
    """
    wanted = context.call.resource
    name = wanted.split(":", ARN_PARTS - 1)[-1] if wanted.startswith("arn:") else wanted
    account = wanted.split(":")[4] if wanted.startswith("arn:") else context.estate.account
    for key in context.region.keys:
        if wanted == key.arn or (account == context.estate.account and name in key_names(key)):
            return key
    if account != context.estate.account:
        message = (
            f"User: {context.estate.caller_arn} is not authorized to perform: kms:{context.call.operation}"
        )
        raise ApiError("AccessDeniedException", f"{message} on this resource because it does not exist")
    raise ApiError("NotFoundException", f"Key '{wanted}' does not exist")


def key_names(key: KmsKey) -> set[str]:
    """Return what a key may be called in its own account."""
    return {key.id, f"key/{key.id}", *key.aliases}


def describe_key(context: Context) -> Answer:
    """DescribeKey."""
    key = key_of(context)
    metadata = {
        "AWSAccountId": key.arn.split(":")[4],
        "KeyId": key.id,
        "Arn": key.arn,
        "CreationDate": "2024-01-15T10:00:00Z",
        "Enabled": key.state == "Enabled",
        "Description": "",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": key.state,
        "DeletionDate": key.deletion_date or None,
        "Origin": key.origin,
        "KeyManager": key.manager,
        "CustomerMasterKeySpec": key.spec,
        "KeySpec": key.spec,
        "MultiRegion": False,
    }
    return result(context, {"KeyMetadata": metadata})


def key_rotation(context: Context) -> Answer:
    """GetKeyRotationStatus: refused for keys that cannot rotate by themselves, and for aliases."""
    if "alias/" in context.call.resource:
        raise ApiError("NotFoundException", f"Invalid keyId '{context.call.resource}'")
    key = key_of(context)
    if key.rotation is None:
        raise ApiError("UnsupportedOperationException", f"{key.arn} origin is {key.origin}")
    if key.state == "PendingImport":
        raise ApiError("KMSInvalidStateException", f"{key.arn} is pending import.")
    return result(context, {"KeyId": key.id, "KeyRotationEnabled": key.rotation})


# --------------------------------------------------------------------------- AWS Backup


def vaults(context: Context) -> Answer:
    """ListBackupVaults."""
    return rest_paged(
        context, "BackupVaultList", context.region.vaults, most=ITEMS_A_PAGE, cursor_out="NextToken"
    )


def plan_arn(context: Context, plan: BackupPlan) -> str:
    """Return a plan's ARN."""
    estate = context.estate
    return f"arn:{estate.partition}:backup:{context.call.region}:{estate.account}:backup-plan:{plan.id}"


def plans(context: Context) -> Answer:
    """ListBackupPlans."""
    rows = [
        {
            "BackupPlanArn": plan_arn(context, plan),
            "BackupPlanId": plan.id,
            "BackupPlanName": plan.name,
            "CreationDate": "2024-01-15T10:00:00Z",
            "VersionId": "version",
        }
        for plan in context.region.plans
    ]
    return rest_paged(context, "BackupPlansList", rows, most=ITEMS_A_PAGE, cursor_out="NextToken")


def plan_detail(context: Context) -> Answer:
    """GetBackupPlan.

    Raises:
        ApiError: ResourceNotFoundException.
    """
    for plan in context.region.plans:
        if plan.id == context.call.resource:
            members = {
                "BackupPlan": {"BackupPlanName": plan.name, "Rules": plan.rules},
                "BackupPlanId": plan.id,
                "BackupPlanArn": plan_arn(context, plan),
                "VersionId": "version",
                "CreationDate": "2024-01-15T10:00:00Z",
            }
            return result(context, members)
    raise ApiError("ResourceNotFoundException", "Cannot find Backup plan with the ID.")


def protected(context: Context) -> Answer:
    """ListProtectedResources."""
    return rest_paged(context, "Results", context.region.protected, most=ITEMS_A_PAGE, cursor_out="NextToken")


def recovery_points(context: Context) -> Answer:
    """ListRecoveryPointsByBackupVault, narrowed by type of resource.

    Raises:
        ApiError: ResourceNotFoundException.
    """
    vault = next(
        (each for each in context.region.vaults if each["BackupVaultName"] == context.call.resource), None
    )
    if vault is None:
        raise ApiError("ResourceNotFoundException", "Backup vault not found.")
    kind = context.call.arguments.get("resourceType", "S3")
    found = [
        {**point, "ResourceArn": arn, "ResourceType": "S3", "BackupVaultArn": vault["BackupVaultArn"]}
        for arn, points in context.region.recovery_points.items()
        for point in points
        if point["BackupVaultName"] == vault["BackupVaultName"] and kind == "S3"
    ]
    return rest_paged(context, "RecoveryPoints", found, most=ITEMS_A_PAGE, cursor_out="NextToken")


def copy_jobs(context: Context) -> Answer:
    """ListCopyJobs, narrowed by resource, type of resource and state."""
    arguments = context.call.arguments
    filters = {"resourceArn": "ResourceArn", "resourceType": "ResourceType", "state": "State"}
    found = [
        job
        for job in context.region.copy_jobs
        if all(job.get(member) == arguments[name] for name, member in filters.items() if name in arguments)
    ]
    return rest_paged(context, "CopyJobs", found, most=ITEMS_A_PAGE, cursor_out="NextToken")


# --------------------------------------------------------------------------- CloudTrail


def home(trail: Trail) -> str:
    """Return the home region of a trail."""
    return trail.arn.split(":")[3]


def trail_row(trail: Trail) -> dict[str, Any]:
    """Return an entry of trailList."""
    usual = {
        "Name": trail.name,
        "S3BucketName": trail.bucket,
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": False,
        "HomeRegion": home(trail),
        "TrailARN": trail.arn,
        "LogFileValidationEnabled": False,
        "HasCustomEventSelectors": bool(trail.selectors),
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
    }
    return usual | dict(trail.description)


def visible_trails(context: Context) -> list[Trail]:
    """Return trails of the region, and those of other regions that cover it (shadow trails)."""
    every = [trail for region in context.estate.regions.values() for trail in region.trails]
    return [
        trail
        for trail in every
        if home(trail) == context.call.region or trail.description.get("IsMultiRegionTrail")
    ]


def describe_trails(context: Context) -> Answer:
    """DescribeTrails: shadow trails are told unless the request says otherwise."""
    shadows = context.call.arguments.get("includeShadowTrails", True)
    wanted: list[str] = context.call.arguments.get("trailNameList") or []
    rows = [
        trail_row(trail)
        for trail in visible_trails(context)
        if (shadows or home(trail) == context.call.region)
        and (not wanted or trail.arn in wanted or trail.name in wanted)
    ]
    return result(context, {"trailList": rows})


def trail_of(context: Context) -> Trail:
    """Return the trail that a call names; a shadow trail has to be named by its ARN.

    Raises:
        ApiError: TrailNotFoundException.
    """
    wanted = context.call.resource
    for trail in visible_trails(context):
        if wanted == trail.arn or (wanted == trail.name and home(trail) == context.call.region):
            return trail
    raise ApiError("TrailNotFoundException", f"Unknown trail: {wanted}")


def trail_status(context: Context) -> Answer:
    """GetTrailStatus."""
    return result(context, trail_of(context).status)


def event_selectors(context: Context) -> Answer:
    """GetEventSelectors: management events alone where none was set."""
    trail = trail_of(context)
    usual: dict[str, object] = {
        "EventSelectors": [
            {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []},
        ]
    }
    return result(context, {"TrailARN": trail.arn, **(trail.selectors or usual)})


def lookup_events(context: Context) -> Answer:
    """LookupEvents, by one attribute and by time."""
    found = [event for event in context.region.events if wanted_event(event, context.call.arguments)]
    return paged(context, "Events", found, most=LOOKUP_EVENTS_A_PAGE)


EVENT_ATTRIBUTES = {
    "EventId": "EventId",
    "EventName": "EventName",
    "EventSource": "EventSource",
    "Username": "Username",
    "ReadOnly": "ReadOnly",
    "AccessKeyId": "AccessKeyId",
}
RESOURCE_ATTRIBUTES = {"ResourceName", "ResourceType"}


def wanted_event(event: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Whether an event is one that was asked for."""
    at = datetime.fromisoformat(event["EventTime"]).timestamp()
    if not arguments.get("StartTime", at) <= at <= arguments.get("EndTime", at):
        return False
    for wanted in arguments.get("LookupAttributes", []):
        key, value = wanted["AttributeKey"], wanted["AttributeValue"]
        if key in RESOURCE_ATTRIBUTES:
            if value not in {resource.get(key) for resource in event.get("Resources", [])}:
                return False
        elif event.get(EVENT_ATTRIBUTES[key]) != value:
            return False
    return True


# --------------------------------------------------------------------------- GuardDuty


def detectors(context: Context) -> Answer:
    """ListDetectors."""
    ids = [detector.id for detector in context.region.detectors]
    return rest_paged(context, "DetectorIds", ids, most=SMALL_PAGE, cursor_out="NextToken")


def detector_of(context: Context) -> Detector:
    """Return the detector that a call names.

    Raises:
        ApiError: BadRequestException, which is what GuardDuty says of an unknown one.
    """
    for detector in context.region.detectors:
        if detector.id == context.call.resource:
            return detector
    message = "The request is rejected because the input detectorId is not owned by the current account."
    raise ApiError("BadRequestException", message)


def detector_detail(context: Context) -> Answer:
    """GetDetector."""
    return result(context, detector_of(context).description)


def destinations(context: Context) -> Answer:
    """ListPublishingDestinations."""
    found = detector_of(context).destinations
    return rest_paged(context, "Destinations", found, most=SMALL_PAGE, cursor_out="NextToken")


# --------------------------------------------------------------------------- EventBridge


def rules(context: Context) -> Answer:
    """ListRules of the default bus."""
    estate, region = context.estate, context.call.region
    prefix = context.call.arguments.get("NamePrefix", "")
    rows = [
        {
            "Name": rule.name,
            "Arn": f"arn:{estate.partition}:events:{region}:{estate.account}:rule/{rule.name}",
            "EventPattern": rule.pattern or None,
            "State": rule.state,
            "EventBusName": "default",
        }
        for rule in context.region.rules
        if rule.name.startswith(prefix)
    ]
    return paged(context, "Rules", rows, limit="Limit", most=100)


def rule_of(context: Context) -> Rule:
    """Return the rule that a call names.

    Raises:
        ApiError: ResourceNotFoundException.
    """
    for rule in context.region.rules:
        if rule.name == context.call.resource:
            return rule
    raise ApiError("ResourceNotFoundException", f"Rule {context.call.resource} does not exist.")


def targets(context: Context) -> Answer:
    """ListTargetsByRule."""
    return paged(context, "Targets", rule_of(context).targets, limit="Limit", most=100)


# --------------------------------------------------------------------------- Macie, Access Analyzer, SSO


def macie_session(context: Context) -> Answer:
    """GetMacieSession: refused where Macie is not enabled."""
    require_macie(context)
    return result(context, context.region.macie or {})


def macie_discovery(context: Context) -> Answer:
    """GetAutomatedDiscoveryConfiguration: refused where Macie is not enabled."""
    require_macie(context)
    return result(context, context.region.macie_discovery)


def require_macie(context: Context) -> None:
    """Refuse where Macie is not enabled.

    Raises:
        ApiError: AccessDeniedException, told from a missing permission by its sentence alone.
    """
    if context.region.macie is None:
        raise ApiError("AccessDeniedException", "Macie is not enabled.", FORBIDDEN)


def analyzers(context: Context) -> Answer:
    """ListAnalyzers, of one type where it is named."""
    wanted = context.call.arguments.get("type")
    rows = [row for row in context.region.analyzers if wanted in {None, row.get("type")}]
    return rest_paged(context, "analyzers", rows, most=100, cursor_out="nextToken")


def identity_centers(context: Context) -> Answer:
    """ListInstances."""
    return paged(context, "Instances", context.region.identity_centers, most=100)


HANDLERS: Mapping[str, Mapping[str, Handler]] = {
    "kms": {"DescribeKey": describe_key, "GetKeyRotationStatus": key_rotation},
    "backup": {
        "ListBackupVaults": vaults,
        "ListBackupPlans": plans,
        "GetBackupPlan": plan_detail,
        "ListProtectedResources": protected,
        "ListRecoveryPointsByBackupVault": recovery_points,
        "ListCopyJobs": copy_jobs,
    },
    "cloudtrail": {
        "DescribeTrails": describe_trails,
        "GetTrailStatus": trail_status,
        "GetEventSelectors": event_selectors,
        "LookupEvents": lookup_events,
    },
    "guardduty": {
        "ListDetectors": detectors,
        "GetDetector": detector_detail,
        "ListPublishingDestinations": destinations,
    },
    "events": {"ListRules": rules, "ListTargetsByRule": targets},
    "macie2": {
        "GetMacieSession": macie_session,
        "GetAutomatedDiscoveryConfiguration": macie_discovery,
    },
    "accessanalyzer": {"ListAnalyzers": analyzers},
    "sso-admin": {"ListInstances": identity_centers},
}
