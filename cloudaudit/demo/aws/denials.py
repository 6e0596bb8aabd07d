"""The reads that the sample estate refuses, so that the report shows what NOT ASSESSED looks like."""

from dataclasses import dataclass

from cloudaudit.demo.aws.names import ACCOUNT, EU, LEGACY_FILES, SUBSIDIARY
from cloudaudit.demo.aws.wire import ApiError, Call
from cloudaudit.providers.aws.operations import (
    GET_BUCKET_ENCRYPTION,
    GET_BUCKET_POLICY,
    GET_BUCKET_POLICY_STATUS,
    GET_BUCKET_VERSIONING,
    LIST_IDENTITY_CENTERS,
    LIST_PLANS,
    Operation,
)


@dataclass(frozen=True)
class Denial:
    """One refusal; without ``bucket`` and ``region`` it holds for the whole account."""

    operation: Operation
    bucket: str = ""
    region: str = ""


DENIALS = (
    Denial(GET_BUCKET_POLICY, bucket=SUBSIDIARY),
    Denial(GET_BUCKET_POLICY_STATUS, bucket=SUBSIDIARY),
    Denial(GET_BUCKET_ENCRYPTION, bucket=LEGACY_FILES),
    Denial(GET_BUCKET_VERSIONING, bucket=LEGACY_FILES),
    Denial(LIST_PLANS, region=EU),
    Denial(LIST_IDENTITY_CENTERS),
)
"""All of them: pairs of bucket and operation, one listing in one region, one operation everywhere."""


def denial_of(call: Call) -> ApiError | None:
    """Return the error for a call that is to be refused, in AWS's words, or None."""
    for denial in DENIALS:
        if (
            denial.operation == call.operation
            and denial.bucket in {"", call.param("Bucket")}
            and denial.region in {"", call.region}
        ):
            action = denial.operation.permission
            where = f"arn:aws:s3:::{denial.bucket}" if denial.bucket else "*"
            code = "AccessDenied" if denial.operation.service == "s3" else "AccessDeniedException"
            message = (
                f"User: arn:aws:sts::{ACCOUNT}:user/moto is not authorized to perform: {action} "
                f"on resource: {where} because no identity-based policy allows the {action} action"
            )
            return ApiError(code, message, 403)
    return None
