"""Bucket policies of the sample estate, each with what the S3 User Guide says of it.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html ("The meaning of public")
"""

from dataclasses import dataclass
from typing import Any

from cloudaudit.demo.aws.names import ACCOUNT, OUTSIDER, TRUSTED, bucket_arn

Statement = dict[str, Any]


@dataclass(frozen=True)
class Policy:
    """A bucket policy; ``public`` is AWS's own reading of it."""

    statements: tuple[Statement, ...]
    public: bool = False

    def with_tls(self, bucket: str) -> "Policy":
        """Return the same policy that also denies requests without TLS."""
        return Policy((*self.statements, *tls_only(bucket).statements), public=self.public)


def _allow(bucket: str, actions: list[str], principal: object, condition: object = None) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": [bucket_arn(bucket), f"{bucket_arn(bucket)}/*"],
        **({"Condition": condition} if condition else {}),
    }


def _deny(bucket: str, condition: object) -> Statement:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn(bucket), f"{bucket_arn(bucket)}/*"],
        "Condition": condition,
    }


def tls_only(bucket: str) -> Policy:
    """Deny every request without TLS."""
    return Policy((_deny(bucket, {"Bool": {"aws:SecureTransport": "false"}}),))


def public_read(bucket: str) -> Policy:
    """Let everyone read: public."""
    return Policy((_allow(bucket, ["s3:GetObject"], "*"),), public=True)


def public_by_referer(bucket: str) -> Policy:
    """Let everyone read who names a referer: public, since anyone can name it."""
    condition = {"StringLike": {"aws:Referer": "https://campaign.sample-shoji.example/*"}}
    return Policy((_allow(bucket, ["s3:GetObject"], "*", condition),), public=True)


def public_write(bucket: str) -> Policy:
    """Let everyone upload: public."""
    return Policy((_allow(bucket, ["s3:PutObject"], {"AWS": "*"}),), public=True)


def outsider(bucket: str) -> Policy:
    """Let an account read that nobody named as trusted: not public."""
    actions = ["s3:GetObject", "s3:ListBucket"]
    return Policy((_allow(bucket, actions, {"AWS": f"arn:aws:iam::{OUTSIDER}:root"}),))


def partner(bucket: str) -> Policy:
    """Let the tax accountant's account read, which the audit policy trusts: not public."""
    return Policy((_allow(bucket, ["s3:GetObject"], {"AWS": f"arn:aws:iam::{TRUSTED}:root"}),))


def organization_read(bucket: str, organization: str) -> Policy:
    """Let an organisation read: not public by AWS's definition."""
    condition = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    return Policy((_allow(bucket, ["s3:GetObject"], "*", condition),))


def office_only(bucket: str) -> Policy:
    """Deny everyone outside the office's network and the own VPC endpoint."""
    condition = {
        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        "StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"},
    }
    return Policy((_deny(bucket, condition),))


def log_delivery(bucket: str, service: str, source: str) -> Policy:
    """Let an AWS service write logs for this account: not public."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["s3:PutObject"],
        "Resource": f"{bucket_arn(bucket)}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": source}},
    }
    return Policy((statement,))
