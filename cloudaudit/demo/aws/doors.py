"""Other doors to the sample estate's buckets: access points, the account's own block, the organisation."""

import json
from typing import Any

from cloudaudit.demo.aws.buckets import ALL_BLOCKED
from cloudaudit.demo.aws.names import ACCOUNT, EU, EU_ASSETS, FLYERS, HOME, INVOICES
from cloudaudit.demo.aws.sdk import Sdk
from cloudaudit.demo.aws.told import Members, Told

NOTHING_BLOCKED = dict.fromkeys(sorted(ALL_BLOCKED), False)


def make_doors(sdk: Sdk, told: Told) -> None:
    """Make access points, one bound to a VPC, one private and one public; and the organisation."""
    sdk.client("organizations").create_organization(FeatureSet="ALL")
    sdk.client("s3control").put_public_access_block(
        AccountId=ACCOUNT,
        PublicAccessBlockConfiguration={**NOTHING_BLOCKED, "BlockPublicAcls": True},
    )
    _make(sdk, told, HOME, "invoices-vpc", INVOICES, VpcConfiguration={"VpcId": "vpc-0a1b2c3d4e5f60718"})
    _make(sdk, told, HOME, "flyers-web", FLYERS, PublicAccessBlockConfiguration=NOTHING_BLOCKED)
    _make(sdk, told, EU, "assets-app", EU_ASSETS)
    _open(sdk, told, "flyers-web")


def _make(sdk: Sdk, told: Told, region: str, name: str, bucket: str, **options: Any) -> None:  # noqa: ANN401 - as the SDK takes them
    sdk.client("s3control", region).create_access_point(
        AccountId=ACCOUNT, Name=name, Bucket=bucket, **options
    )
    line: Members = {
        "Name": name,
        "NetworkOrigin": "VPC" if "VpcConfiguration" in options else "Internet",
        "Bucket": bucket,
        "BucketAccountId": ACCOUNT,
        "AccessPointArn": f"arn:aws:s3:{region}:{ACCOUNT}:accesspoint/{name}",
    }
    told.access_points.setdefault(region, []).append(line)


def _open(sdk: Sdk, told: Told, name: str) -> None:
    arn = f"arn:aws:s3:{HOME}:{ACCOUNT}:accesspoint/{name}"
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{arn}/object/*",
    }
    sdk.client("s3control").put_access_point_policy(
        AccountId=ACCOUNT,
        Name=name,
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    told.public_access_points.add(name)
