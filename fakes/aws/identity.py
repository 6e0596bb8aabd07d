"""Answers of STS and EC2: who asks, and which regions there are."""

from collections.abc import Mapping

from fakes.aws import wire
from fakes.aws.answers import Context, Handler
from fakes.aws.wire import Answer, ApiError

ROLE_KEY = "ASIAROLE"
"""The first part of access key ids of assumed roles; the account id is the rest."""
ACCOUNT_FIELD = 4
FORBIDDEN = 403


def caller_identity(context: Context) -> Answer:
    """GetCallerIdentity."""
    estate = context.estate
    members = {"Arn": estate.caller_arn, "UserId": "AROAFAKEFAKEFAKE:cloudaudit", "Account": estate.account}
    return wire.query(wire.STS, "GetCallerIdentity", members)


def assume_role(context: Context) -> Answer:
    """AssumeRole: into an account that the server knows, where its estate allows the role.

    Raises:
        ApiError: AccessDenied.
    """
    arguments = context.call.arguments
    role = str(arguments.get("RoleArn", ""))
    account = role.split(":")[ACCOUNT_FIELD] if role.count(":") > ACCOUNT_FIELD else ""
    estate = context.others.get(account)
    if estate is None or (estate.assumable is not None and role not in estate.assumable):
        who = f"User: {context.estate.caller_arn}"
        message = f"{who} is not authorized to perform: sts:AssumeRole on resource: {role}"
        raise ApiError("AccessDenied", message, FORBIDDEN)
    session = arguments.get("RoleSessionName", "session")
    name = role.rpartition("/")[2]
    members = {
        "Credentials": {
            "AccessKeyId": f"{ROLE_KEY}{account}",
            "SecretAccessKey": "secret",
            "SessionToken": f"token-{account}",
            "Expiration": "2099-01-01T00:00:00Z",
        },
        "AssumedRoleUser": {
            "AssumedRoleId": f"AROAFAKEFAKEFAKE:{session}",
            "Arn": f"arn:{estate.partition}:sts::{account}:assumed-role/{name}/{session}",
        },
    }
    return wire.query(wire.STS, "AssumeRole", members)


def describe_regions(context: Context) -> Answer:
    """DescribeRegions: those that are on, and the others too when asked for all."""
    arguments = context.call.arguments
    named = {value for name, value in arguments.items() if name.startswith("RegionName.")}
    every = str(arguments.get("AllRegions", "")).lower() == "true"
    rows = [
        {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": status}
        for name, status in context.estate.region_states.items()
        if (every or status != "not-opted-in") and (not named or name in named)
    ]
    return wire.ec2("DescribeRegions", {"Regions": rows})


STS_HANDLERS: Mapping[str, Handler] = {
    "GetCallerIdentity": caller_identity,
    "AssumeRole": assume_role,
}
EC2_HANDLERS: Mapping[str, Handler] = {"DescribeRegions": describe_regions}
