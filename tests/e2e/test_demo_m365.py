"""The Microsoft 365 part of the sample estate, scanned over HTTP by the same command as a real tenant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cloudaudit.demo.__main__ import scan
from cloudaudit.demo.m365.cloud import M365
from cloudaudit.demo.m365.names import TENANT
from cloudaudit.errors import Exit

DOCS = Path(__file__).parents[2] / "docs"
COMPANY = "サンプル商事株式会社"


@dataclass(frozen=True)
class Scanned:
    folder: Path
    code: int
    result: Mapping[str, Any]

    def finding(self, check: str, name: str) -> Mapping[str, Any]:
        (found,) = (
            each
            for each in self.result["findings"]
            if each["check"] == check and each["resource"]["name"] == name
        )
        return dict(found)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    folder = tmp_path_factory.mktemp("demo") / "out"
    with M365.serve(0) as url:
        code = scan(M365, url, folder, "en")
    return Scanned(folder, code, json.loads((folder / "result.json").read_bytes()))


def test_no_two_findings_and_no_two_parts_have_one_id(scanned: Scanned) -> None:
    findings = scanned.result["findings"]
    ids = [each["id"] for each in findings] + [sub["id"] for each in findings for sub in each["sub_findings"]]
    assert len(ids) == len(set(ids))


VERDICTS = [
    ("m365-drive-anonymous-link", "営業部/ドキュメント", "fail"),
    ("m365-drive-anonymous-link", "hanako.sato@sample-shoji.example", "pass"),
    ("m365-drive-anonymous-link", "ichiro.tanaka@sample-shoji.example", "pass"),
    ("m365-drive-anonymous-link", "旧プロジェクト", "not-assessed"),
    ("m365-drive-external-grant", "営業部/ドキュメント", "fail"),
    ("m365-drive-backup", "営業部/ドキュメント", "pass"),
    ("m365-drive-backup", "hanako.sato@sample-shoji.example", "fail"),
    ("m365-sharing-capability", COMPANY, "fail"),
    ("m365-mfa-enforced", COMPANY, "fail"),
    ("m365-legacy-auth-blocked", COMPANY, "fail"),
    ("m365-user-mfa-registered", "misaki.takahashi@sample-shoji.example", "fail"),
    ("m365-user-mfa-registered", "room-fuji@sample-shoji.example", "not-applicable"),
    ("m365-user-mfa-registered", "info@sample-shoji.example", "not-applicable"),
    ("m365-admin-mfa-strong", "ichiro.tanaka@sample-shoji.example", "pass"),
    ("m365-admin-mfa-strong", "hanako.sato@sample-shoji.example", "fail"),
    ("m365-app-permission", "経費精算クラウド", "fail"),
    ("m365-access-review", COMPANY, "not-assessed"),
    ("m365-sensitivity-label", COMPANY, "not-assessed"),
    ("m365-data-location", COMPANY, "not-assessed"),
]


def test_it_ends_as_planned(scanned: Scanned) -> None:
    assert scanned.code == max(M365.planned)
    assert [reason["code"] for reason in scanned.result["exit"]] == [Exit.INCOMPLETE, Exit.FINDINGS]
    assert scanned.result["target"]["account"] == TENANT
    assert not [each for each in scanned.result["findings"] if each["cause"] == "crash"]


@pytest.mark.parametrize(("check", "name", "status"), VERDICTS)
def test_verdicts_are_the_planned_ones(scanned: Scanned, check: str, name: str, status: str) -> None:
    assert scanned.finding(check, name)["status"] == status


def test_an_application_with_a_long_lived_secret_fails(scanned: Scanned) -> None:
    found = {
        each["resource"]["kind"]: each["status"]
        for each in scanned.result["findings"]
        if each["check"] == "m365-app-secret-age" and each["resource"]["name"] == "受発注連携"
    }
    assert found["m365-application"] == "fail"


def test_who_escapes_is_named_and_report_only_enforces_nothing(scanned: Scanned) -> None:
    enforced = scanned.finding("m365-mfa-enforced", COMPANY)
    assert "misaki.takahashi" in enforced["reason"]["en"]
    assert "misaki.takahashi" in enforced["reason"]["ja"]


def test_both_files_are_valid_by_their_schemas(scanned: Scanned) -> None:
    for name in ("result", "sharing"):
        schema = json.loads((DOCS / f"{name}.schema.json").read_bytes())
        jsonschema.validate(json.loads((scanned.folder / f"{name}.json").read_bytes()), schema)


def test_the_inventory_names_what_is_open_to_whom(scanned: Scanned) -> None:
    inventory = json.loads((scanned.folder / "sharing.json").read_bytes())
    assert inventory["complete"] is False
    found = {(each["item"], each["scope"], each["right"]) for each in inventory["sharing"]}
    assert ("/顧客名簿_2026.xlsx", "public", "write") in found
    assert ("/新商品カタログ.pdf", "public", "read") in found
    assert ("/決算資料", "outside", "write") in found
    assert len(found) == 4
    assert all(each["owner"] and each["changed"] for each in inventory["sharing"])
