from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest

from cloudaudit.assessment import (
    Assessment,
    CheckInfo,
    Counts,
    Excluded,
    ExitReason,
    Scope,
    Target,
    ToolInfo,
)
from cloudaudit.discovery import CheckFile
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap, ResourceRef, Severity, Share, Status, SubFinding, Theme
from cloudaudit.policy import AuditPolicy, describe
from cloudaudit.scoring import Measure, Score
from cloudaudit.text import Text
from cloudaudit.waivers import Problem, State, WaiverEntry

HOSTILE = "[bold]pay`roll`|<script>alert(1)</script>\x1b[31m\u202egnp.exe\ud800\nnext"


@dataclass(frozen=True)
class Sample:
    """What the tests of all reports share."""

    assessment: Assessment
    hostile: str = HOSTILE

    def with_(self, **changes: Any) -> Assessment:
        return replace(self.assessment, **changes)

    def with_findings(self, make: Callable[[], Iterator[Finding]]) -> Assessment:
        return replace(self.assessment, findings=make)


def bucket(name: str, region: str = "ap-northeast-1") -> ResourceRef:
    return ResourceRef(
        provider="aws",
        account="123456789012",
        region=region,
        kind="aws-s3-bucket",
        id=f"arn:aws:s3:::{name}",
        name=name,
    )


def user(name: str) -> ResourceRef:
    return ResourceRef(
        provider="aws",
        account="123456789012",
        region="global",
        kind="aws-iam-user",
        id=f"arn:aws:iam::123456789012:user/{name}",
        name=name,
    )


def info(check: str, title: Text, theme: Theme, severity: Severity) -> CheckInfo:
    return CheckInfo(
        id=check,
        title=title,
        theme=theme,
        severity=severity,
        rationale=Text(en="Because.", ja="理由です。"),
        remediation=Text(en="Mend it.", ja="修正してください。"),
        references=("https://example.com/",),
        command="",
    )


CHECKS = {
    one.id: one
    for one in (
        info(
            "aws-iam-user-mfa",
            Text(en="Every console user has MFA", ja="コンソール利用者全員が多要素認証を使用している"),
            Theme.MFA,
            Severity.CRITICAL,
        ),
        info(
            "aws-s3-bucket-encryption",
            Text(
                en="Bucket encrypts new objects by default",
                ja="バケットが新しいオブジェクトを既定で暗号化している",
            ),
            Theme.ENCRYPTION,
            Severity.MEDIUM,
        ),
        info(
            "aws-s3-bucket-public-access",
            Text(
                en="Nobody outside the account can read or list the bucket",
                ja="アカウント外の誰もバケットの読み取り・一覧取得ができない",
            ),
            Theme.SHARING,
            Severity.CRITICAL,
        ),
        info(
            "aws-s3-bucket-versioning",
            Text(
                en="Bucket keeps old versions of its objects",
                ja="バケットがオブジェクトの旧バージョンを保持している",
            ),
            Theme.BACKUP,
            Severity.MEDIUM,
        ),
    )
}


def finding(
    number: int, check: str, resource: ResourceRef, status: Status, reason: Text, **more: Any
) -> Finding:
    about = CHECKS[check]
    fields: dict[str, Any] = {"severity": about.severity, **more}
    return Finding(
        id=f"{number:032x}",
        check=check,
        theme=about.theme,
        status=status,
        resource=resource,
        reason=reason,
        **fields,
    )


PUBLIC = Text(
    en="Public because statement 2 of the bucket policy allows s3:GetObject to everyone and no block stops it.",
    ja="バケットポリシーのステートメント2が全員に s3:GetObject を許可し、それを止めるブロック設定がないため、公開されています。",
)
DENIED = Text(
    en="Not assessed: s3:GetBucketEncryption: the read was denied; grant s3:GetEncryptionConfiguration.",
    ja="判定不能: s3:GetBucketEncryption: 読み取りが拒否されました。権限 s3:GetEncryptionConfiguration を付与してください。",
)
NEVER = Text(en="Versioning was never enabled.", ja="バージョニングは一度も有効にされていません。")
GOOD = Text(en="As it should be.", ja="適切な状態です。")


def findings() -> Iterator[Finding]:
    yield finding(
        1,
        "aws-s3-bucket-public-access",
        bucket("acme-invoices"),
        Status.FAIL,
        PUBLIC,
        evidence={"statement": 2},
    )
    hostile_reason = Text(en=f"Public: {HOSTILE}", ja=f"公開されています: {HOSTILE}")
    yield finding(
        2,
        "aws-s3-bucket-public-access",
        bucket(HOSTILE, "us-east-1"),
        Status.FAIL,
        hostile_reason,
        evidence={"names": [HOSTILE], HOSTILE: None},
    )
    yield finding(3, "aws-s3-bucket-public-access", bucket("顧客名簿-バックアップ"), Status.FAIL, PUBLIC)
    for number, name in enumerate(("acme-logs", "acme-site", "acme-tmp"), start=4):
        yield finding(
            number,
            "aws-s3-bucket-encryption",
            bucket(name),
            Status.NOT_ASSESSED,
            DENIED,
            cause=Cause.DENIED,
            missing_permissions=("s3:GetEncryptionConfiguration",),
        )
    yield finding(
        7, "aws-s3-bucket-versioning", bucket("acme-tmp"), Status.NOT_ASSESSED, DENIED, cause=Cause.THROTTLED
    )
    yield finding(8, "aws-s3-bucket-versioning", bucket("acme-logs"), Status.FAIL, NEVER)
    yield finding(9, "aws-s3-bucket-versioning", bucket("acme-site"), Status.PASS, GOOD)
    keys = (
        SubFinding(
            id="f" * 32,
            key="AKIA…1234",
            status=Status.FAIL,
            severity=Severity.HIGH,
            reason=NEVER,
            evidence={"age": 91},
        ),
    )
    yield finding(
        10, "aws-iam-user-mfa", user("tanaka"), Status.FAIL, NEVER, severity=Severity.HIGH, sub_findings=keys
    )
    yield finding(11, "aws-iam-user-mfa", user("suzuki"), Status.WAIVED, NEVER, waiver="a" * 12)
    yield finding(12, "aws-iam-user-mfa", user("sato"), Status.NOT_APPLICABLE, GOOD)


WAIVER = WaiverEntry(
    id="a" * 12,
    state=State.IN_FORCE,
    problems=(),
    check="aws-iam-user-mfa",
    resource="suzuki",
    account="",
    reason="装置の更新待ち",
    owner="情報システム部 鈴木",
    approver="個人情報保護管理者 佐藤",
    ticket="SEC-12",
    compensating_control="社内ネットワークからのみ接続可",
    created="2026-06-01",
    expires="2027-03-31",
    waived=1,
    failing=0,
    file="waivers.toml",
    sha256="ef" * 32,
)
WAIVERS = (
    WAIVER,
    msgspec.structs.replace(
        WAIVER,
        id="b" * 12,
        state=State.EXPIRED,
        check="aws-s3-bucket-public-access",
        resource=HOSTILE,
        reason=HOSTILE,
        ticket="",
        expires="2026-10-31",
        waived=0,
        failing=1,
    ),
    msgspec.structs.replace(
        WAIVER,
        id="c" * 12,
        problems=(Problem.UNUSED, Problem.TOO_BROAD, Problem.OWN_APPROVAL),
        resource="*",
        approver="情報システム部 鈴木",
        waived=0,
    ),
)


def resources() -> Iterator[ResourceRef]:
    yield bucket("acme-invoices")
    yield bucket(HOSTILE, "us-east-1")
    yield user("tanaka")


@pytest.fixture
def sample() -> Sample:
    overall = Measure(guaranteed=62.0, best=88.0, coverage=81.4, grade="D")
    return Sample(
        Assessment(
            tool=ToolInfo(
                name="cloudaudit",
                version="0.1.0",
                wheel_digest="",
                checks_digest="ab" * 32,
                checks_dir=(CheckFile("own_check.py", "cd" * 32),),
            ),
            target=Target(
                provider="aws",
                account="123456789012",
                partition="aws",
                identity="arn:aws:sts::123456789012:assumed-role/CloudAudit/nightly",
                name="aws-123456789012",
            ),
            taken_at="2026-11-21T15:04:05Z",
            scope=Scope(
                regions=("ap-northeast-1", "us-east-1"),
                checks=tuple(sorted(CHECKS)),
                excluded=(
                    Excluded(
                        what="check",
                        id="aws-s3-object-public-acl",
                        reason=Text(en="objects are not looked at", ja="オブジェクト単位の確認は行いません"),
                    ),
                ),
                narrowed=False,
            ),
            policy=tuple(describe(AuditPolicy())),
            score=Score(
                overall=overall,
                themes={
                    "sharing": Measure(guaranteed=35.0, best=35.0, coverage=100.0, grade="E"),
                    "mfa": Measure(guaranteed=92.5, best=100.0, coverage=92.5, grade="A"),
                    "encryption": Measure(guaranteed=0.0, best=100.0, coverage=0.0, grade="E"),
                    "backup": Measure(guaranteed=61.0, best=78.0, coverage=83.0, grade="C"),
                    "residency": Measure(),
                },
                without_waivers=Measure(guaranteed=58.0, best=84.0, coverage=81.4, grade="D"),
            ),
            counts=Counts(
                pass_=1,
                fail=5,
                not_assessed=4,
                not_applicable=1,
                waived=1,
                by_severity={"critical": 3, "high": 1, "medium": 1},
            ),
            gaps=(
                Gap(
                    of="aws-backup-vault",
                    region="us-east-1",
                    cause=Cause.DENIED,
                    operation="backup:ListBackupVaults",
                    permission="backup:ListBackupVaults",
                    detail=Text(en="an organisation policy denies it", ja="組織のポリシーで拒否"),
                ),
            ),
            exit=(
                ExitReason(
                    code=3,
                    reason=Text(
                        en="critical checks were not wholly assessed: aws-iam-user-mfa",
                        ja="重要度「緊急」のチェックに判定できないものがあります: aws-iam-user-mfa",
                    ),
                ),
                ExitReason(
                    code=1,
                    reason=Text(
                        en="failures of severity high or above: 4",
                        ja="重要度「高」以上の不適合が 4 件あります",
                    ),
                ),
            ),
            shares=lambda: (
                Share(
                    resource=bucket("acme-invoices"),
                    audience="*",
                    scope="public",
                    right="read",
                    via=Text(en="policy statement 2", ja="ポリシーのステートメント 2"),
                ),
            ),
            checks=CHECKS,
            findings=findings,
            resources=resources,
            waivers=WAIVERS,
        )
    )
