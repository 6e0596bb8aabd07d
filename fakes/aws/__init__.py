"""A fast fake of the AWS APIs that the auditor reads, on 127.0.0.1."""

from fakes.aws.estate import Bucket, Estate, Iam, IamUser, Region, S3Object
from fakes.aws.faults import Fault, Kind, Malformed
from fakes.aws.generate import estate
from fakes.aws.server import FakeAws

__all__ = [
    "Bucket",
    "Estate",
    "FakeAws",
    "Fault",
    "Iam",
    "IamUser",
    "Kind",
    "Malformed",
    "Region",
    "S3Object",
    "estate",
]
