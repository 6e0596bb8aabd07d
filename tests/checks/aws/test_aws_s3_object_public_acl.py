import json
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.inventory.model import Mode, Offender, Tally
from cloudaudit.inventory.plan import not_looked_at
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.providers.aws.model import ControlPolicy, Organization, PublicAccessBlock, Versioning
from cloudaudit.providers.aws.sharing import object_shares, object_shares_unread
from cloudaudit.testing import denied, read, verdict
from fakes.aws_facts import EVERYONE, acl_bucket, objects_of, open_account, opened

CHECK = "aws-s3-object-public-acl"
OFF = not_looked_at("s3:ListObjectsV2", "2026-11-20T00:00:00Z")
IGNORED = PublicAccessBlock(ignore_public_acls=True)
FOUND = objects_of(
    public=read((opened(objects=3),)), exposed=(Offender(key="leak.csv", what=f"{EVERYONE} read"),)
)


def judged(account: Any = None, **bucket: Any) -> Finding:
    return verdict(CHECK, acl_bucket(**bucket), account or open_account())


def denies(action: str = "s3:*", **more: Any) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize(
    "shut",
    [
        {"ownership": "BucketOwnerEnforced"},
        {"public_access_block": IGNORED},
        {"account": open_account(public_access_block=IGNORED)},
        {"policy": denies()},
    ],
)
@pytest.mark.parametrize("objects", [OFF, FOUND])
def test_what_puts_acls_out_of_force_passes_without_looking_at_objects(shut: Any, objects: Any) -> None:
    finding = judged(**shut, objects=objects)
    assert finding.status is Status.PASS
    assert finding.reason.ja


def test_else_nothing_is_assessed_until_objects_are_looked_at() -> None:
    finding = judged(objects=OFF)
    assert (finding.status, finding.cause) == (Status.NOT_ASSESSED, Cause.DISABLED)
    assert "--objects auto" in finding.reason.en
    assert "--objects auto" in finding.reason.ja


def test_a_public_object_is_critical_and_named() -> None:
    finding = judged(objects=FOUND)
    assert (finding.status, finding.severity) == (Status.FAIL, Severity.CRITICAL)
    assert "leak.csv" in finding.reason.en
    assert finding.evidence["first"] == [{"key": "leak.csv", "what": f"{EVERYONE} read"}]
    assert finding.evidence["mode"] == "listing"


def test_a_deny_counts_for_the_right_that_it_takes() -> None:
    only_reading = denies("s3:GetObject*")
    assert judged(policy=only_reading, objects=FOUND).status is Status.PASS
    administered = objects_of(public=read((opened("administer"),)))
    assert judged(policy=only_reading, objects=administered).status is Status.FAIL


@pytest.mark.parametrize(
    "more",
    [{"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, {"Resource": "arn:aws:s3:::b/private/*"}],
)
def test_a_deny_that_leaves_some_way_open_takes_nothing(more: Any) -> None:
    assert judged(policy=denies(**more), objects=FOUND).status is Status.FAIL


def test_a_control_of_the_organisation_counts_too() -> None:
    organization = Organization(id="o-1", management_account="111122223333")
    control = ControlPolicy(id="p-1", name="no-public", document=denies())
    account = open_account(organization=organization, resource_control_policies=(control,))
    assert judged(account, objects=FOUND).status is Status.PASS


@pytest.mark.parametrize("unread", ["public_access_block", "ownership", "policy"])
def test_what_was_not_read_and_may_shut_them_leaves_public_acls_undecided(unread: str) -> None:
    bucket = acl_bucket(objects=FOUND, **{unread: denied("s3:X")})
    assert verdict(CHECK, bucket, open_account()).status is Status.NOT_ASSESSED
    assert list(object_shares(bucket, open_account())) == []
    assert list(object_shares_unread(bucket, open_account())) != []
    assert judged(**{unread: denied("s3:X")}).status is Status.PASS


def test_a_sample_passes_only_within_the_bound() -> None:
    def drawn(examined: int) -> Any:
        return objects_of(mode=Mode.SAMPLE, examined=examined, total=read(Tally(objects=100_000, bytes=None)))

    assert judged(objects=drawn(299)).status is Status.PASS
    small = judged(objects=drawn(298))
    assert (small.status, small.cause) == (Status.NOT_ASSESSED, Cause.TOO_SMALL)
    assert "299" in small.reason.en


def test_old_versions_that_were_left_out_do_not_pass() -> None:
    assert judged(versioning=Versioning(status="Enabled")).status is Status.NOT_ASSESSED


def test_the_inventory_of_sharing_names_the_first_and_counts_the_rest() -> None:
    lines = list(object_shares(acl_bucket(objects=FOUND), open_account()))
    assert [(line.item, line.audience, line.right, line.scope) for line in lines] == [
        ("leak.csv", EVERYONE, "read", "public"),
        ("(+2)", EVERYONE, "read", "public"),
    ]
    assert list(object_shares_unread(acl_bucket(objects=FOUND), open_account())) == []
    assert (
        list(object_shares(acl_bucket(objects=FOUND, ownership="BucketOwnerEnforced"), open_account())) == []
    )


def test_a_look_at_some_leaves_the_inventory_of_sharing_incomplete() -> None:
    some = objects_of(mode=Mode.INDICATIVE)
    assert [each.cause for each in object_shares_unread(acl_bucket(objects=some), open_account())] == [
        Cause.TOO_SMALL
    ]
    assert list(object_shares_unread(acl_bucket(objects=OFF), open_account())) == [OFF]
