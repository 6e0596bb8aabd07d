"""A client whose names stand everywhere that a name can stand, for tests of masking."""

from dataclasses import replace

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap, ResourceRef, Share, Status, SubFinding
from cloudaudit.text import Text
from cloudaudit.waivers import State, WaiverEntry

ACCOUNT = "210987654321"
BUCKET = "kitahama-payroll-2026"
FILE = "給与明細_田中花子.xlsx"
PERSON = "hanako.tanaka@kitahama.example"
ADDRESS = "198.51.100.17"
SITE = "https://kitahama.sharepoint.com/sites/jinji/%E7%B5%A6"
OTHER = "kitahama-access-logs"
TRAIL = "kitahama-trail-7"
ORIGINALS: tuple[str, ...] = (
    ACCOUNT,
    BUCKET,
    FILE,
    "田中花子",
    "hanako",
    "kitahama",
    ADDRESS,
    "sites/jinji",
    "2001:db8::17",
    "0b1c2d3e-aaaa-bbbb-cccc-0123456789ab",
    "AKIAIOSFODNN7EXAMPLE",
    "vpce-0a1b2c3d4e5f",
    "営業部 共有ドライブ",
)
"""What no masked output may hold."""


def named(name: str, kind: str = "aws-s3-bucket", id_: str = "") -> ResourceRef:
    """Return a bucket or another resource of the client."""
    return ResourceRef(
        provider="aws",
        account=ACCOUNT,
        region="ap-northeast-1",
        kind=kind,
        id=id_ or f"arn:aws:s3:::{name}",
        name=name,
    )


def both(text: str) -> Text:
    """Return a text that is the same in both languages."""
    return Text(en=text, ja=text)


def client(result: Assessment) -> Assessment:
    """Return an assessment of a client whose names stand everywhere that a name can stand."""
    check = next(iter(result.checks))
    info = result.checks[check]
    made = Finding(
        id="1" * 32,
        check=check,
        theme=info.theme,
        severity=info.severity,
        status=Status.FAIL,
        resource=named(BUCKET),
        reason=Text(
            en=f"Bucket {BUCKET} of {ACCOUNT} lets arn:aws:iam::{ACCOUNT}:user/hanako read {FILE} from {ADDRESS}; "
            f"it logs to {OTHER} by {TRAIL}.",
            ja=f"バケット{BUCKET}は、{PERSON}に{FILE}の閲覧を許可しています。証跡は{TRAIL}です({SITE})。",
        ),
        evidence={
            "bucket": OTHER,
            "trails": [TRAIL, "2026-11-21T17:02:10Z"],
            "audience": [PERSON, "*", "2001:db8::17"],
            "state": "Enabled",
            "operation": "s3:GetBucketPolicy",
            "path": [{"en": f"grants {PERSON} READ", "ja": f"{PERSON}に READ を許可"}],
            PERSON: {"key": "AKIAIOSFODNN7EXAMPLE", "through": "vpce-0a1b2c3d4e5f", "age_days": 12},
            "account_number": int(ACCOUNT),
            "object": "0b1c2d3e-aaaa-bbbb-cccc-0123456789ab",
            "owner": "田中花子",
        },
        sub_findings=(
            SubFinding(
                id="2" * 32,
                key="田中花子",
                status=Status.FAIL,
                severity=info.severity,
                reason=both(f"{FILE}: 田中花子"),
                evidence={"file": FILE},
            ),
        ),
    )
    drive = msgspec.structs.replace(
        made,
        id="3" * 32,
        resource=named("営業部 共有ドライブ", "m365-drive"),
        reason=both("営業部 共有ドライブは公開"),
    )
    return replace(
        result,
        target=msgspec.structs.replace(
            result.target,
            account=ACCOUNT,
            identity=f"arn:aws:sts::{ACCOUNT}:assumed-role/a/{PERSON}",
            name="kitahama",
        ),
        findings=lambda: iter((made, drive)),
        resources=lambda: iter((named(BUCKET), named(OTHER), drive.resource)),
        shares=lambda: (
            Share(
                resource=named(BUCKET), audience=PERSON, scope="outside", right="read", via=f"link to {FILE}"
            ),
            Share(
                resource=named(BUCKET),
                audience="*",
                scope="public",
                right="read",
                via="bucket policy, statement 1",
            ),
        ),
        gaps=(
            Gap(
                of="aws-backup-plan",
                region="eu-west-1",
                cause=Cause.DENIED,
                operation="backup:ListBackupPlans",
                account=ACCOUNT,
                detail=f"User {PERSON} is not authorized",
            ),
        ),
        waivers=(
            WaiverEntry(
                id="0123456789ab",
                state=State.IN_FORCE,
                problems=(),
                check=check,
                resource="kitahama-payroll-*",
                account="210987654321",
                reason="kitahama: 給与明細_田中花子.xlsx",
                owner="田中花子",
                approver="hanako",
                ticket="kitahama-17",
                compensating_control="営業部 共有ドライブ",
                created="2026-01-01",
                expires="2026-12-31",
                waived=1,
                failing=0,
                file="kitahama.toml",
                sha256="ab" * 32,
            ),
        ),
        counts=msgspec.structs.replace(
            result.counts,
            fail=2,
            pass_=0,
            not_assessed=0,
            not_applicable=0,
            waived=0,
            by_severity={info.severity.value: 2},
        ),
    )
