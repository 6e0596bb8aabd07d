import json
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Bucket, DirectoryBucket
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-s3-bucket-tls-only"
ARN = "arn:aws:s3:::b"
BOTH = [ARN, f"{ARN}/*"]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def deny(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": BOTH,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {**base, **changes}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (policy(deny()), Status.PASS),
        (policy(deny(Principal={"AWS": "*"}, Action="*", Resource="*")), Status.PASS),
        (policy(deny(Condition={"BoolIfExists": {"AWS:SecureTransport": False}})), Status.PASS),
        (policy(deny(Resource=ARN), deny(Resource=f"{ARN}/*")), Status.PASS),
        (policy(deny(Resource=f"{ARN}*")), Status.PASS),
        (policy(deny(Resource=f"{ARN}/*")), Status.FAIL),
        (policy(deny(Action="s3:GetObject")), Status.FAIL),
        (policy(deny(Effect="Allow")), Status.FAIL),
        (policy(deny(Principal={"AWS": "123456789012"})), Status.FAIL),
        (policy(deny(Condition={"Bool": {"aws:SecureTransport": "true"}})), Status.FAIL),
        (policy(deny(Condition={"StringEquals": {"aws:SecureTransport": "false"}})), Status.FAIL),
        (policy(deny(Condition={"ForAnyValue:Bool": {"aws:SecureTransport": "false"}})), Status.FAIL),
        (policy(deny(Condition={"Bool": {"aws:SecureTransport": "false", "aws:x": "false"}})), Status.FAIL),
        (policy(deny(Condition={})), Status.FAIL),
        (None, Status.FAIL),
        ("{", Status.NOT_ASSESSED),
    ],
)
def test_only_a_deny_over_everything_passes(text: str | None, status: Status) -> None:
    assert verdict(CHECK, build(Bucket, name="b", id=ARN, policy=text)).status is status


def test_what_was_not_read_is_not_assessed() -> None:
    finding = verdict(CHECK, build(Bucket, name="b", id=ARN, policy=denied("s3:GetBucketPolicy")))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.DENIED


def test_a_directory_bucket_denies_sessions() -> None:
    text = policy(deny(Action="s3express:CreateSession", Resource=ARN))
    assert verdict(CHECK, build(DirectoryBucket, name="b", id=ARN, policy=text)).status is Status.PASS
    assert verdict(CHECK, build(DirectoryBucket, name="b", id=ARN, policy=None)).status is Status.FAIL
