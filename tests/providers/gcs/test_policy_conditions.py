from datetime import UTC, datetime

import pytest

from cloudaudit.providers.gcs.policy_conditions import Holds, outcome

AT = datetime(2026, 11, 21, tzinfo=UTC)
OURS = "projects/_/buckets/invoices"


def judged(expression: str, bucket: str | None = "invoices") -> Holds:
    return outcome(expression, bucket, AT).holds


@pytest.mark.parametrize(
    "expression",
    [
        'request.time < timestamp("2026-01-01T00:00:00Z")',
        'request.time <= timestamp("2026-11-21T00:00:00Z")',
        "request.time < timestamp('2026-01-01T00:00:00+09:00')",
        'timestamp("2026-01-01T00:00:00Z") > request.time',
        'request.time < timestamp("2026-01-01T00:00:00Z") && resource.name.startsWith("x")',
        'true && request.time < timestamp("2026-01-01T00:00:00Z")',
        f'!(resource.name.startsWith("{OURS}"))',
        'resource.name.startsWith("projects/_/buckets/other")',
        'resource.name.startsWith("projects/_/buckets/invoices-2")',
        'resource.name == "projects/_/buckets/other/objects/a"',
        'resource.type == "compute.googleapis.com/Instance"',
        '"compute.googleapis.com" == resource.service',
        'resource.service != "storage.googleapis.com"',
        "false",
        "!true",
        'false || (request.time < timestamp("2020-01-01T00:00:00Z"))',
    ],
)
def test_these_never_hold(expression: str) -> None:
    assert judged(expression) is Holds.NEVER


@pytest.mark.parametrize(
    ("expression", "until"),
    [
        ('request.time < timestamp("2027-01-01T00:00:00Z")', "2027-01-01T00:00:00Z"),
        ('timestamp("2027-01-01T00:00:00Z") >= request.time', "2027-01-01T00:00:00Z"),
        (
            'request.time < timestamp("2027-01-01T00:00:00Z") && request.time < timestamp("2026-12-01T00:00:00Z")',
            "2026-12-01T00:00:00Z",
        ),
        (
            'request.time < timestamp("2027-01-01T00:00:00Z") || request.time < timestamp("2026-12-01T00:00:00Z")',
            "2027-01-01T00:00:00Z",
        ),
        ('true || request.time < timestamp("2026-12-01T00:00:00Z")', ""),
        ('request.time > timestamp("2026-01-01T00:00:00Z")', ""),
        (f'resource.name.startsWith("{OURS}")', ""),
        ('resource.name.startsWith("projects/_/buckets/inv")', ""),
        ('resource.service == "storage.googleapis.com"', ""),
        ('!(resource.type == "compute.googleapis.com/Instance")', ""),
        ('!(request.time < timestamp("2020-01-01T00:00:00Z"))', ""),
        ("((true))", ""),
        ("!!true", ""),
    ],
)
def test_these_hold_and_perhaps_end(expression: str, until: str) -> None:
    found = outcome(expression, "invoices", AT)
    assert (found.holds, found.until) == (Holds.ALWAYS, until)


@pytest.mark.parametrize(
    "expression",
    [
        f'resource.name.startsWith("{OURS}/objects/public/")',
        f'resource.name == "{OURS}"',
        'resource.name.endsWith(".pdf")',
        'resource.type == "storage.googleapis.com/Object"',
        'request.time > timestamp("2027-01-01T00:00:00Z")',
        'request.time.getHours("Asia/Tokyo") < 18',
        '!(request.time < timestamp("2027-01-01T00:00:00Z"))',
        'request.time == timestamp("2027-01-01T00:00:00Z")',
        'request.time < timestamp("soon")',
        'request.time < timestamp("2020-01-01")',
        "request.time < duration",
        'resource.matchTag("1/env", "prod")',
        'request.auth.claims["x"] in ["a", "b"]',
        "(1 + 2) < 3",
        "true ? false : true",
        'resource.name == "with \\"escape\\""',
        'api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly(["roles/x"])',
        "",
        "(",
        "(true",
        "true)",
        "&&",
        "true &&",
        "(true true)",
        'request.time != timestamp("2027-01-01T00:00:00Z")',
        'resource.labels.env == "prod"',
        "a b c",
        "\x00",
        '"open',
        "(" * 5000,
        "(" * 5000 + "true" + ")" * 5000,
        'resource.name < "x"',
    ],
)
def test_what_is_not_certain_may_hold(expression: str) -> None:
    assert judged(expression) is Holds.MAYBE


def test_without_a_bucket_no_name_is_ruled_out() -> None:
    assert judged('resource.name.startsWith("projects/_/buckets/other")', None) is Holds.MAYBE
    assert judged('resource.name == "projects/_/buckets/other"', None) is Holds.MAYBE
    assert judged('resource.service == "compute.googleapis.com"', None) is Holds.NEVER
