"""The sample estate's Google half, scanned over HTTP by the same command and libraries as a real organisation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cloudaudit.cli.root import cli
from cloudaudit.demo.__main__ import scan
from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.cloud import GCS, environment, running
from cloudaudit.demo.gcs.people import robot
from cloudaudit.demo.gcs.sample import DENIALS
from cloudaudit.errors import Exit

SCHEMA = Path(__file__).parents[2] / "docs" / "result.schema.json"


@dataclass(frozen=True)
class Scanned:
    folder: Path
    code: int
    result: Mapping[str, Any]
    asked: Mapping[str, int]
    refused: tuple[str, ...]

    def finding(self, check: str, name: str) -> Mapping[str, Any]:
        (found,) = [
            finding
            for finding in self.result["findings"]
            if finding["check"] == check and finding["resource"]["name"] == name
        ]
        return dict(found)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("demo") / "out"
    with running() as (url, google):
        code = scan(GCS, url, folder, "en")
        asked, refused = dict(google.targets), tuple(google.refused)
    result = json.loads((folder / "result.json").read_bytes())
    return Scanned(folder, code, result, asked, refused)


def person(name: str) -> str:
    return f"{name}@{names.DOMAIN}"


VERDICTS = [
    # sharing
    ("gcs-bucket-public-access", names.CORPORATE_SITE, "fail"),
    ("gcs-bucket-public-access", names.CAMPAIGN, "fail"),
    ("gcs-bucket-public-access", names.RECRUITING, "fail"),
    ("gcs-bucket-public-access", names.SHARE_2015, "fail"),
    ("gcs-bucket-public-access", names.DATASET, "fail"),
    ("gcs-bucket-public-access", names.OLD_CAMPAIGN, "pass"),
    ("gcs-bucket-public-access", names.FLYERS, "pass"),
    ("gcs-bucket-public-access", names.INVOICES, "pass"),
    ("gcs-bucket-public-write", names.UPLOADS, "fail"),
    ("gcs-bucket-public-write", names.SANDBOX, "fail"),
    ("gcs-bucket-public-write", names.CORPORATE_SITE, "pass"),
    ("gcs-bucket-public-access-prevention", names.CDN, "fail"),
    ("gcs-bucket-public-access-prevention", names.INVOICES, "pass"),
    ("gcs-bucket-uniform-access", names.SHARE_2015, "fail"),
    ("gcs-bucket-uniform-access", names.RECRUITING, "fail"),
    ("gcs-bucket-uniform-access", names.MEDIA, "pass"),
    ("gcs-bucket-external-members", names.PERSONNEL, "fail"),
    ("gcs-bucket-external-members", names.EXCHANGE, "fail"),
    ("gcs-bucket-external-members", names.INVOICES, "pass"),
    ("gcs-object-public-acl", names.RECRUITING, "fail"),
    ("gcs-object-public-acl", names.SANDBOX, "fail"),
    ("gcs-object-public-acl", names.SHARE_2015, "pass"),
    ("gcs-object-public-acl", names.INVOICES, "pass"),
    # encryption
    ("gcs-object-encryption", names.INVOICES, "fail"),
    ("gcs-object-encryption", names.PAYROLL, "fail"),
    ("gcs-object-encryption", names.CUSTOMERS, "pass"),
    ("gcs-object-encryption", names.ERP_BACKUP, "pass"),
    ("gcs-object-encryption", names.BUILD_CACHE, "not-applicable"),
    ("gcs-kms-key-rotation", "customers", "pass"),
    ("gcs-kms-key-rotation", "contracts", "fail"),
    ("gcs-kms-key-rotation", "payroll", "fail"),
    ("gcs-bucket-inventory", names.INVOICES, "pass"),
    ("gcs-bucket-inventory", names.CUSTOMERS, "fail"),
    # backup
    ("gcs-bucket-versioning", names.MINUTES, "fail"),
    ("gcs-bucket-versioning", names.INVOICES, "pass"),
    ("gcs-bucket-soft-delete", names.BUILD_CACHE, "fail"),
    ("gcs-bucket-soft-delete", names.SHARE_2015, "fail"),
    ("gcs-bucket-soft-delete", names.MEDIA, "pass"),
    ("gcs-bucket-redundancy", names.ARCHIVE, "pass"),
    ("gcs-bucket-redundancy", names.CONTRACTS, "pass"),
    ("gcs-bucket-redundancy", names.CUSTOMERS, "fail"),
    ("gcs-bucket-retention-lock", names.ARCHIVE, "pass"),
    ("gcs-bucket-retention-lock", names.CUSTOMERS, "fail"),
    # MFA
    ("google-user-2sv-enrolled", person("tanaka"), "fail"),
    ("google-user-2sv-enrolled", person("suzuki"), "pass"),
    ("google-user-2sv-enrolled", person("kobayashi"), "not-applicable"),
    ("google-user-2sv-enforced", person("yamamoto"), "fail"),
    ("google-user-2sv-enforced", person("ito"), "pass"),
    # credentials
    ("gcp-service-account-key-age", robot("erp-batch", names.PROD), "fail"),
    ("gcp-service-account-key-age", robot("old-connector", names.PROD), "fail"),
    ("gcp-service-account-key-age", robot("backup-job", names.PROD), "pass"),
    ("gcp-service-account-key-age", robot("retired", names.WEB), "pass"),
    ("gcs-hmac-key-age", "GOOG…PLE0", "fail"),
    ("gcs-hmac-key-age", "GOOG…PLE1", "fail"),
    ("gcs-hmac-key-age", "GOOG…PLE2", "pass"),
    ("gcs-hmac-key-age", "GOOG…PLE3", "not-applicable"),
    ("google-user-unused", person("watanabe"), "fail"),
    ("google-user-unused", person("nakamura"), "fail"),
    ("google-user-unused", person("suzuki"), "pass"),
    # access
    ("gcp-project-storage-admin", "サンプル商事 Web", "fail"),
    ("gcp-project-storage-admin", "サンプル商事 検証", "pass"),
    # logging
    ("gcs-bucket-data-access-log", names.INVOICES, "pass"),
    ("gcs-bucket-data-access-log", names.UPLOADS, "fail"),
    # network, retention, residency
    ("gcs-bucket-ip-filter", names.INVOICES, "pass"),
    ("gcs-bucket-ip-filter", names.CUSTOMERS, "fail"),
    ("gcs-bucket-ip-filter", names.MINUTES, "not-applicable"),
    ("gcs-bucket-lifecycle", names.SENSORS, "pass"),
    ("gcs-bucket-lifecycle", names.CUSTOMERS, "fail"),
    ("gcs-bucket-location", names.INVOICES, "pass"),
    ("gcs-bucket-location", names.ERP_BACKUP, "fail"),
    ("gcs-bucket-location", names.EU_TEST, "fail"),
]


@pytest.mark.parametrize(("check", "name", "status"), VERDICTS)
def test_each_state_is_judged_as_it_was_built(scanned: Scanned, check: str, name: str, status: str) -> None:
    assert scanned.finding(check, name)["status"] == status


def test_the_table_covers_every_theme_and_nearly_every_check(scanned: Scanned) -> None:
    themes = {finding["check"]: finding["theme"] for finding in scanned.result["findings"]}
    assert {themes[check] for check, _, _ in VERDICTS} == set(themes.values())
    # Every bucket passes where the policy asks for no key of one's own.
    assert set(themes) - {check for check, _, _ in VERDICTS} == {"gcs-bucket-cmek"}


def test_public_objects_stand_in_the_inventory_of_sharing(scanned: Scanned) -> None:
    items = {
        (share["resource"]["name"], share["item"]) for share in scanned.result["sharing"] if share.get("item")
    }
    assert items == {(names.RECRUITING, "応募書類/2026/高橋.pdf"), (names.SANDBOX, "dump.sql")}


def test_an_object_whose_key_is_off_is_told_as_unreadable(scanned: Scanned) -> None:
    finding = scanned.finding("gcs-object-encryption", names.PAYROLL)
    assert "disabled or destroyed, so nobody can read them" in finding["reason"]["en"]
    assert finding["evidence"]["encryption"][0]["key_state"] == "DISABLED"


NOT_ASSESSED = [
    ("gcs-bucket-public-access", names.LEGAL, "storage.buckets.getIamPolicy"),
    ("gcs-bucket-public-write", names.LEGAL, "storage.buckets.getIamPolicy"),
    ("gcs-bucket-public-access", names.DRAWINGS, "storage.managedFolders.list"),
]


@pytest.mark.parametrize(("check", "name", "permission"), NOT_ASSESSED)
def test_what_is_denied_is_not_assessed_and_names_the_permission(
    scanned: Scanned, check: str, name: str, permission: str
) -> None:
    finding = scanned.finding(check, name)
    assert (finding["status"], finding["cause"]) == ("not-assessed", "denied")
    assert permission in finding["missing_permissions"]


def test_every_denial_is_felt(scanned: Scanned) -> None:
    missing = {
        permission
        for finding in scanned.result["findings"]
        for permission in finding.get("missing_permissions", ())
    }
    assert missing == {denial.permission for denial in DENIALS}


def test_an_api_that_is_off_is_told_as_such(scanned: Scanned) -> None:
    finding = scanned.finding("gcs-bucket-inventory", names.SENSORS)
    assert (finding["status"], finding["cause"]) == ("not-assessed", "disabled")
    assert "storageinsights.googleapis.com" in json.dumps(finding)


def test_a_denied_listing_is_a_gap_of_its_project(scanned: Scanned) -> None:
    gaps = [(gap["of"], gap["account"], gap["cause"], gap["permission"]) for gap in scanned.result["gaps"]]
    assert gaps == [("gcp-service-account", names.DEV_NUMBER, "denied", "iam.serviceAccounts.list")]


def test_only_what_is_planned_to_be_unreadable_is_not_assessed(scanned: Scanned) -> None:
    causes = {
        finding["cause"] for finding in scanned.result["findings"] if finding["status"] == "not-assessed"
    }
    assert causes == {"denied", "disabled"}


def test_an_administrator_without_a_second_step_is_critical_and_a_user_high(scanned: Scanned) -> None:
    assert scanned.finding("google-user-2sv-enrolled", person("tanaka"))["severity"] == "critical"
    assert scanned.finding("google-user-2sv-enrolled", person("takahashi"))["severity"] == "high"


def test_nothing_is_asked_twice_and_nothing_unknown(scanned: Scanned) -> None:
    assert scanned.refused == ()
    twice = {target for target, times in scanned.asked.items() if times > 1}
    # The organisation is asked for first, to see whether the credentials are good.
    assert twice == {f"GET /cloudresourcemanager.googleapis.com/v3/organizations/{names.ORGANIZATION_NUMBER}"}


def test_japanese_labels_are_kept(scanned: Scanned) -> None:
    records = map(json.loads, (scanned.folder / "snapshot.jsonl").read_text(encoding="utf-8").splitlines())
    (labels,) = [record["labels"]["value"] for record in records if record.get("name") == names.TEMP]
    assert ["memo", "委託先との一時受渡し"] in labels


def test_the_exit_code_is_the_planned_one(scanned: Scanned) -> None:
    assert scanned.code == Exit.INCOMPLETE
    assert [reason["code"] for reason in scanned.result["exit"]] == list(GCS.planned)


def test_the_result_is_as_its_schema_says(scanned: Scanned) -> None:
    jsonschema.validate(scanned.result, json.loads(SCHEMA.read_bytes()))


def test_judging_the_snapshot_again_gives_the_same_bytes(scanned: Scanned, tmp_path: Path) -> None:
    arguments = ["judge", str(scanned.folder / "snapshot.jsonl"), "--out", str(tmp_path / "again")]
    policy = ["--policy", str(scanned.folder / "policy.toml"), "--quiet"]
    assert cli.main([*arguments, *policy], standalone_mode=False) == scanned.code
    original = (scanned.folder / "result.json").read_bytes()
    assert (tmp_path / "again" / "result.json").read_bytes() == original


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/own/credentials.json")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "elsewhere:1")
    with environment():
        assert "GOOGLE_APPLICATION_CREDENTIALS" not in os.environ
        assert "STORAGE_EMULATOR_HOST" not in os.environ
    assert os.environ["GOOGLE_APPLICATION_CREDENTIALS"] == "/own/credentials.json"
