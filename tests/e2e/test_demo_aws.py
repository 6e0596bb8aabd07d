"""The AWS part of the sample estate, scanned over HTTP by the same command as a real account."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cloudaudit.cli.root import cli
from cloudaudit.demo.__main__ import scan
from cloudaudit.demo.aws import names
from cloudaudit.demo.aws.cloud import AWS
from cloudaudit.demo.aws.denials import DENIALS
from cloudaudit.demo.aws.estate import running
from cloudaudit.demo.aws.handlers import HANDLERS
from cloudaudit.errors import Exit
from cloudaudit.providers.aws.operations import Operation

SCHEMA = Path(__file__).parents[2] / "docs" / "result.schema.json"
ACCOUNT = names.ACCOUNT


@dataclass(frozen=True)
class Scanned:
    folder: Path
    code: int
    result: Mapping[str, Any]
    intercepted: frozenset[Operation]

    def finding(self, check: str, name: str) -> Mapping[str, Any]:
        found = [
            finding
            for finding in self.result["findings"]
            if finding["check"] == check and finding["resource"]["name"] == name
        ]
        assert found, f"{check} has no finding on {name}"
        return dict(found[0])


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("demo") / "out"
    with running() as estate:
        code = scan(AWS, estate.url, folder, "en")
        intercepted = frozenset(estate.front.intercepted)
    result = json.loads((folder / "result.json").read_bytes())
    return Scanned(folder, code, result, intercepted)


VERDICTS = [
    # sharing
    ("aws-s3-bucket-public-access", names.CORPORATE_SITE, "fail"),
    ("aws-s3-bucket-public-access", names.CAMPAIGN, "fail"),
    ("aws-s3-bucket-public-access", names.FLYERS, "fail"),
    ("aws-s3-bucket-public-access", names.US_MARKETING, "fail"),
    ("aws-s3-bucket-public-access", names.RECRUITING, "pass"),
    ("aws-s3-bucket-public-access", names.US_ANALYTICS, "pass"),
    ("aws-s3-bucket-public-access", names.INVOICES, "pass"),
    ("aws-s3-bucket-public-access", names.CACHE, "pass"),
    ("aws-s3-bucket-public-write", names.UPLOADS, "fail"),
    ("aws-s3-bucket-public-write", names.CORPORATE_SITE, "pass"),
    ("aws-s3-bucket-public-access-block", names.SANDBOX, "fail"),
    ("aws-s3-bucket-public-access-block", names.RECRUITING, "pass"),
    ("aws-s3-account-public-access-block", ACCOUNT, "fail"),
    ("aws-s3-bucket-acl-disabled", names.SANDBOX, "fail"),
    ("aws-s3-bucket-acl-disabled", names.INVOICES, "pass"),
    ("aws-s3-access-point-public-access", "flyers-web", "fail"),
    ("aws-s3-access-point-public-access", "invoices-vpc", "pass"),
    ("aws-s3-bucket-website", names.CORPORATE_SITE, "fail"),
    ("aws-s3-bucket-website", names.EU_ASSETS, "pass"),
    ("aws-s3-bucket-cross-account", names.LOGISTICS, "fail"),
    ("aws-s3-bucket-cross-account", names.US_ANALYTICS, "fail"),
    ("aws-s3-bucket-cross-account", names.ACCOUNTING, "pass"),
    # encryption
    ("aws-s3-bucket-encryption", names.INVOICES, "pass"),
    ("aws-s3-bucket-inventory", names.INVOICES, "pass"),
    ("aws-s3-bucket-inventory", names.SENSORS, "fail"),
    ("aws-s3-bucket-inventory", names.US_ANALYTICS, "pass"),
    ("aws-s3-bucket-tls-only", names.QUOTATIONS, "pass"),
    ("aws-s3-bucket-tls-only", names.CUSTOMERS, "fail"),
    ("aws-s3-bucket-kms-key-health", names.INVOICES, "pass"),
    ("aws-s3-bucket-kms-key-health", names.PAYROLL, "fail"),
    ("aws-s3-bucket-kms-key-health", names.CONTRACTS, "fail"),
    ("aws-s3-bucket-kms-key-health", names.QUOTATIONS, "fail"),
    # objects
    ("aws-s3-object-encryption", names.INVOICES, "pass"),
    ("aws-s3-object-encryption", names.SANDBOX, "fail"),
    ("aws-s3-object-encryption", names.LEGACY_FILES, "fail"),
    ("aws-s3-object-encryption", names.CUSTOMERS, "pass"),
    ("aws-s3-object-public-acl", names.SANDBOX, "fail"),
    ("aws-s3-object-public-acl", names.FLYERS, "fail"),
    ("aws-s3-object-public-acl", names.LEGACY_FILES, "pass"),
    ("aws-s3-object-key-health", names.CONTRACTS, "fail"),
    # backup
    ("aws-s3-bucket-versioning", names.MINUTES, "pass"),
    ("aws-s3-bucket-versioning", names.DRAWINGS, "fail"),
    ("aws-s3-bucket-versioning", names.CUSTOMERS, "fail"),
    ("aws-s3-bucket-recovery-point", names.ARCHIVE, "pass"),
    ("aws-s3-bucket-recovery-point", names.INVOICES, "pass"),
    ("aws-s3-bucket-recovery-point", names.MINUTES, "fail"),
    ("aws-s3-bucket-recovery-point", names.ERP_EXPORT, "fail"),
    ("aws-s3-bucket-offsite-copy", names.ARCHIVE, "pass"),
    ("aws-s3-bucket-offsite-copy", names.INVOICES, "pass"),
    ("aws-s3-bucket-offsite-copy", names.CUSTOMERS, "fail"),
    ("aws-s3-bucket-deletion-protection", names.BOARD, "pass"),
    ("aws-s3-bucket-deletion-protection", names.ARCHIVE, "pass"),
    ("aws-s3-bucket-deletion-protection", names.INVOICES, "fail"),
    ("aws-s3-bucket-noncurrent-retention", names.INVOICES, "pass"),
    ("aws-s3-bucket-noncurrent-retention", names.MINUTES, "fail"),
    ("aws-backup-plan-retention", "daily-35-days", "pass"),
    ("aws-backup-plan-retention", "weekly-7-days", "fail"),
    ("aws-backup-vault-lock", "sample-shoji-daily", "fail"),
    # MFA
    ("aws-iam-root-mfa", ACCOUNT, "pass"),
    ("aws-iam-root-hardware-mfa", ACCOUNT, "pass"),
    ("aws-iam-user-mfa", "tanaka", "fail"),
    ("aws-iam-user-mfa", "takahashi", "fail"),
    ("aws-iam-user-mfa", "suzuki", "pass"),
    # credentials
    ("aws-iam-root-access-key", ACCOUNT, "pass"),
    ("aws-iam-root-unused", ACCOUNT, "pass"),
    ("aws-iam-password-policy-length", ACCOUNT, "fail"),
    ("aws-iam-password-policy-reuse", ACCOUNT, "pass"),
    ("aws-iam-access-key-age", "ito", "fail"),
    ("aws-iam-access-key-age", "nakamura", "pass"),
    ("aws-iam-credential-unused", "watanabe", "fail"),
    ("aws-iam-credential-unused", "yamamoto", "fail"),
    ("aws-iam-credential-unused", "suzuki", "pass"),
    ("aws-iam-legacy-credential-age", "kobayashi", "fail"),
    ("aws-iam-legacy-credential-age", "deploy-pipeline", "fail"),
    # access
    ("aws-iam-admin-policy", "tanaka", "fail"),
    ("aws-iam-admin-policy", "suzuki", "pass"),
    ("aws-iam-storage-wildcard", "erp-batch", "fail"),
    ("aws-iam-storage-wildcard", "backup-job", "pass"),
    ("aws-iam-role-external-trust", "vendor-monitoring", "fail"),
    ("aws-iam-role-external-trust", "vendor-backup", "pass"),
    ("aws-iam-role-external-trust", "tax-accountant", "pass"),
    ("aws-accessanalyzer-enabled", names.HOME, "pass"),
    ("aws-accessanalyzer-enabled", names.EU, "fail"),
    # logging
    ("aws-s3-bucket-object-logging", names.INVOICES, "pass"),
    ("aws-s3-bucket-object-logging", names.CUSTOMERS, "fail"),
    ("aws-cloudtrail-protected", ACCOUNT, "pass"),
    ("aws-guardduty-s3", names.HOME, "pass"),
    ("aws-guardduty-s3", names.EU, "fail"),
    ("aws-guardduty-s3", names.US, "fail"),
    ("aws-macie-enabled", names.HOME, "pass"),
    ("aws-macie-enabled", names.US, "fail"),
    ("aws-macie-enabled", names.EU, "fail"),
    # network, retention, residency
    ("aws-s3-bucket-network-bound", names.PERSONNEL, "pass"),
    ("aws-s3-bucket-network-bound", names.CUSTOMERS, "fail"),
    ("aws-s3-bucket-network-bound", names.SENSORS, "not-applicable"),
    ("aws-s3-bucket-lifecycle", names.INVOICES, "pass"),
    ("aws-s3-bucket-lifecycle", names.SENSORS, "fail"),
    ("aws-s3-bucket-region", names.INVOICES_REPLICA, "pass"),
    ("aws-s3-bucket-region", names.EU_ORDERS, "fail"),
]


@pytest.mark.parametrize(("check", "name", "status"), VERDICTS)
def test_each_state_is_judged_as_it_was_built(scanned: Scanned, check: str, name: str, status: str) -> None:
    assert scanned.finding(check, name)["status"] == status


@pytest.mark.parametrize("check", ["aws-backup-vault-lock", "aws-backup-vault-encryption"])
def test_the_vaults_called_locked_are_locked_in_both_regions(scanned: Scanned, check: str) -> None:
    found = {
        finding["resource"]["region"]: finding["status"]
        for finding in scanned.result["findings"]
        if finding["check"] == check and finding["resource"]["name"] == "sample-shoji-locked"
    }
    assert found == {names.HOME: "pass", names.OSAKA: "pass"}


def test_the_policy_file_points_to_the_page_of_settings(scanned: Scanned) -> None:
    page = re.search(r"`?(docs/\w+\.md)", (scanned.folder / "policy.toml").read_text(encoding="utf-8"))
    assert page is not None
    assert (SCHEMA.parents[1] / page[1]).is_file()


def test_the_table_covers_every_theme(scanned: Scanned) -> None:
    themes = {finding["check"]: finding["theme"] for finding in scanned.result["findings"]}
    assert {themes[check] for check, _, _ in VERDICTS} == set(themes.values())


NOT_ASSESSED = [
    ("aws-s3-bucket-public-access", names.SUBSIDIARY, "s3:GetBucketPolicy"),
    ("aws-s3-bucket-public-write", names.SUBSIDIARY, "s3:GetBucketPolicy"),
    ("aws-s3-bucket-tls-only", names.SUBSIDIARY, "s3:GetBucketPolicy"),
    ("aws-s3-bucket-encryption", names.LEGACY_FILES, "s3:GetEncryptionConfiguration"),
    ("aws-s3-bucket-versioning", names.LEGACY_FILES, "s3:GetBucketVersioning"),
    ("aws-iam-federated-mfa", ACCOUNT, "sso:ListInstances"),
]


@pytest.mark.parametrize(("check", "name", "permission"), NOT_ASSESSED)
def test_what_is_denied_is_not_assessed_and_names_the_permission(
    scanned: Scanned, check: str, name: str, permission: str
) -> None:
    finding = scanned.finding(check, name)
    assert finding["status"] == "not-assessed"
    assert finding["cause"] == "denied"
    assert permission in finding["missing_permissions"]


def test_every_denial_is_felt(scanned: Scanned) -> None:
    missing = {
        permission
        for finding in scanned.result["findings"]
        for permission in finding.get("missing_permissions", ())
    }
    # Without the policy itself, what S3 says of it adds nothing.
    silent = {"s3:GetBucketPolicyStatus"}
    assert {denial.operation.permission for denial in DENIALS} - silent <= missing


def test_a_denied_listing_is_a_gap(scanned: Scanned) -> None:
    gaps = [(gap["of"], gap["region"], gap["cause"], gap["permission"]) for gap in scanned.result["gaps"]]
    assert gaps == [("aws-backup-plan", names.EU, "denied", "backup:ListBackupPlans")]


def test_a_hostile_tag_is_data(scanned: Scanned) -> None:
    records = map(json.loads, (scanned.folder / "snapshot.jsonl").read_text(encoding="utf-8").splitlines())
    tags = [record["tags"]["value"] for record in records if record.get("name") == names.VENDOR_TEMP]
    assert tags == [[["[bold red]note[/]", "\u202e承認済み[/link]"]]]
    assert scanned.finding("aws-s3-bucket-network-bound", names.VENDOR_TEMP)["status"] == "not-applicable"


def test_an_administrator_without_mfa_is_critical_and_a_user_high(scanned: Scanned) -> None:
    assert scanned.finding("aws-iam-user-mfa", "tanaka")["severity"] == "critical"
    assert scanned.finding("aws-iam-user-mfa", "takahashi")["severity"] == "high"


def test_only_what_is_planned_to_be_unreadable_is_not_assessed(scanned: Scanned) -> None:
    # Object Lock without a default retention: only the objects would tell.
    undecidable = {
        ("aws-s3-bucket-deletion-protection", names.LITIGATION),
        # Its inventory does not tell which keys its objects have.
        ("aws-s3-object-key-health", names.INVOICES),
    }
    blind = {
        (finding["check"], finding["resource"]["name"])
        for finding in scanned.result["findings"]
        if finding["status"] == "not-assessed" and finding["cause"] != "denied"
    }
    assert blind == undecidable


def test_the_exit_code_is_the_planned_one(scanned: Scanned) -> None:
    assert scanned.code == Exit.INCOMPLETE
    assert [reason["code"] for reason in scanned.result["exit"]] == list(AWS.planned)


def test_the_result_is_as_its_schema_says(scanned: Scanned) -> None:
    jsonschema.validate(scanned.result, json.loads(SCHEMA.read_bytes()))


def test_judging_the_snapshot_again_gives_the_same_bytes(scanned: Scanned, tmp_path: Path) -> None:
    for name in ("first", "second"):
        arguments = ["judge", str(scanned.folder / "snapshot.jsonl"), "--out", str(tmp_path / name)]
        policy = ["--policy", str(scanned.folder / "policy.toml"), "--quiet"]
        assert cli.main([*arguments, *policy], standalone_mode=False) == scanned.code
    original = (scanned.folder / "result.json").read_bytes()
    assert (tmp_path / "first" / "result.json").read_bytes() == original
    assert (tmp_path / "second" / "result.json").read_bytes() == original


def test_every_handler_is_needed_and_has_a_reason_in_both_languages(scanned: Scanned) -> None:
    assert {handler.operation for handler in HANDLERS} == scanned.intercepted
    assert all(handler.why.en.endswith(".") and handler.why.ja.endswith("。") for handler in HANDLERS)


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from cloudaudit.demo.aws.estate import environment

    monkeypatch.setenv("AWS_PROFILE", "production")
    with environment("http://127.0.0.1:1"):
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert os.environ["AWS_PROFILE"] == "production"
    assert "AWS_ENDPOINT_URL" not in os.environ
