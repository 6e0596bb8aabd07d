"""Answers of S3 Control: the account's block, access points and multi-region access points."""

from collections.abc import Mapping

from fakes.aws import wire
from fakes.aws.answers import Context, Handler, policy_text
from fakes.aws.estate import AccessPoint, MultiRegionAccessPoint
from fakes.aws.paging import page
from fakes.aws.wire import Answer, ApiError

ACCESS_POINTS_A_PAGE = 1_000
MULTI_REGION_ACCESS_POINTS_A_PAGE = 100
NOT_FOUND = 404


def public_access_block(context: Context) -> Answer:
    """GetPublicAccessBlock of the account."""
    block = context.estate.public_access_block
    if block is None:
        code = "NoSuchPublicAccessBlockConfiguration"
        raise ApiError(code, "The public access block configuration was not found", NOT_FOUND)
    return wire.xml(wire.S3_CONTROL, "PublicAccessBlockConfiguration", block)


def result(context: Context, members: Mapping[str, object]) -> Answer:
    """Return an answer whose root is named after the operation."""
    return wire.structured(wire.S3_CONTROL, context.call.operation, members)


def description(context: Context, point: AccessPoint) -> dict[str, object]:
    """Return what a listing and a description of an access point have in common."""
    estate, region = context.estate, context.call.region
    return {
        "Name": point.name,
        "NetworkOrigin": "VPC" if point.vpc else "Internet",
        "VpcConfiguration": {"VpcId": point.vpc} if point.vpc else None,
        "Bucket": point.bucket,
        "AccessPointArn": f"arn:{estate.partition}:s3:{region}:{estate.account}:accesspoint/{point.name}",
        "Alias": f"{point.name}-fake-s3alias",
        "BucketAccountId": point.bucket_account or estate.account,
    }


def list_access_points(context: Context) -> Answer:
    """ListAccessPoints: those of the region, of one bucket where it is named."""
    arguments = context.call.arguments
    wanted = [
        point
        for point in context.region.access_points
        if arguments.get("bucket", point.bucket) == point.bucket
    ]
    size = context.size(arguments.get("maxResults"), ACCESS_POINTS_A_PAGE)
    shown, token = page(wanted, arguments.get("nextToken"), size)
    rows = [description(context, point) for point in shown]
    return result(context, {"AccessPointList": rows, "NextToken": token})


def access_point_of(context: Context) -> AccessPoint:
    """Return the access point that a call names.

    Raises:
        ApiError: NoSuchAccessPoint.
    """
    for point in context.region.access_points:
        if point.name == context.call.resource:
            return point
    raise ApiError("NoSuchAccessPoint", "The specified accesspoint does not exist", NOT_FOUND)


def access_point(context: Context) -> Answer:
    """GetAccessPoint."""
    point = access_point_of(context)
    block = point.public_access_block
    members = description(context, point) | {
        "PublicAccessBlockConfiguration": block,
        "CreationDate": "2024-01-15T10:00:00Z",
        "Endpoints": {"ipv4": f"s3-accesspoint.{context.call.region}.amazonaws.com"},
    }
    return result(context, members)


def access_point_policy(context: Context) -> Answer:
    """GetAccessPointPolicy."""
    point = access_point_of(context)
    if point.policy is None:
        raise ApiError(
            "NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist", NOT_FOUND
        )
    return result(context, {"Policy": policy_text(point.policy)})


def access_point_policy_status(context: Context) -> Answer:
    """GetAccessPointPolicyStatus."""
    point = access_point_of(context)
    if point.policy is None:
        raise ApiError(
            "NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist", NOT_FOUND
        )
    return result(context, {"PolicyStatus": {"IsPublic": point.policy_is_public}})


def list_multi_region_access_points(context: Context) -> Answer:
    """ListMultiRegionAccessPoints: served in us-west-2 alone."""
    arguments = context.call.arguments
    require_control_region(context)
    size = context.size(arguments.get("maxResults"), MULTI_REGION_ACCESS_POINTS_A_PAGE)
    shown, token = page(context.estate.multi_region_access_points, arguments.get("nextToken"), size)
    rows = [
        {
            "Name": point.name,
            "Alias": point.alias,
            "CreatedAt": point.created,
            "PublicAccessBlock": point.public_access_block,
            "Status": point.status,
            "Regions": point.regions,
        }
        for point in shown
    ]
    return result(context, {"AccessPoints": rows, "NextToken": token})


def require_control_region(context: Context) -> None:
    """Refuse a request that was not sent to us-west-2, where AWS serves these operations.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html

    Raises:
        ApiError: PermanentRedirect.
    """
    if context.call.region != "us-west-2":
        message = "This API operation is only available in the following Regions: us-west-2"
        raise ApiError("PermanentRedirect", message, 301)


def multi_region_access_point_of(context: Context) -> MultiRegionAccessPoint:
    """Return the multi-region access point that a call names.

    Raises:
        ApiError: NoSuchMultiRegionAccessPoint.
    """
    require_control_region(context)
    for point in context.estate.multi_region_access_points:
        if point.name == context.call.resource:
            return point
    raise ApiError(
        "NoSuchMultiRegionAccessPoint", "The specified multi-region access point does not exist", NOT_FOUND
    )


def multi_region_policy(context: Context) -> Answer:
    """GetMultiRegionAccessPointPolicy: without a policy the established one is left out."""
    point = multi_region_access_point_of(context)
    established = {"Policy": policy_text(point.policy)} if point.policy is not None else None
    return result(context, {"Policy": {"Established": established}})


def multi_region_policy_status(context: Context) -> Answer:
    """GetMultiRegionAccessPointPolicyStatus."""
    point = multi_region_access_point_of(context)
    return result(context, {"Established": {"IsPublic": point.policy_is_public}})


HANDLERS: Mapping[str, Handler] = {
    "GetPublicAccessBlock": public_access_block,
    "ListAccessPoints": list_access_points,
    "GetAccessPoint": access_point,
    "GetAccessPointPolicy": access_point_policy,
    "GetAccessPointPolicyStatus": access_point_policy_status,
    "ListMultiRegionAccessPoints": list_multi_region_access_points,
    "GetMultiRegionAccessPointPolicy": multi_region_policy,
    "GetMultiRegionAccessPointPolicyStatus": multi_region_policy_status,
}
