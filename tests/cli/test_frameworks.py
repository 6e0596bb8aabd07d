"""``cloudaudit frameworks``, and ``--framework`` of the commands that write reports."""

import json
from pathlib import Path
from typing import Any

from cloudaudit.config.reports_section import FrameworkName
from cloudaudit.frameworks.loading import NAMES

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"


def test_the_list_tells_coverage_of_what_is_in_the_data_and_what_is_confirmed_by_hand(desk: Any) -> None:
    done = desk.run("frameworks", "--lang", "ja")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines() if line and line[0] != " "] == list(NAMES)
    assert (
        "33 項番を収録(全項番ではありません): 直接 5 · 補強 8 · 弱 7 · 手動確認 13 · 未検証の項番 5"
        in done.stdout
    )
    assert "手動確認が必要な項番: J.1.1, " in done.stdout


def test_one_framework_is_told_control_by_control(desk: Any) -> None:
    done = desk.run("frameworks", "ppc", "--lang", "en")
    assert (
        "10-6(2)  Identification and authentication of those with access  [direct · checks 28]" in done.stdout
    )
    assert "10-7 (unverified)  Grasp of the external environment  [supporting · checks 3]" in done.stdout
    assert "not all of the framework" in done.stdout


def test_as_json_each_control_names_every_check(desk: Any) -> None:
    done = desk.run("frameworks", "iso27001", "--format", "json")
    (one,) = json.loads(done.stdout)["frameworks"]
    controls = {control["id"]: control for control in one["controls"]}
    assert sum(one["coverage"].values()) == len(controls)
    assert "gcs-kms-key-rotation" in controls["A.8.24"]["checks"]
    assert controls["A.8.24"]["verified"] is True
    assert len(json.loads(desk.run("frameworks", "--format", "json").stdout)["frameworks"]) == len(NAMES)


def test_an_unknown_framework_is_a_usage_error_that_says_where_the_list_is(desk: Any) -> None:
    done = desk.run("frameworks", "soc2", "--lang", "ja")
    assert done.exit_code == 2
    assert "cloudaudit frameworks" in done.stderr
    report = desk.run("report", str(GOLDEN), "--framework", "pmark,soc2", "--lang", "en")
    assert report.exit_code == 2
    assert "soc2" in report.stderr


def test_reports_show_the_frameworks_that_were_named(desk: Any, tmp_path: Path) -> None:
    done = desk.run(
        "report", str(GOLDEN), "--format", "markdown", "--out", str(tmp_path), "--lang", "ja",
        "--framework", "cis-aws,nist-csf",
    )  # fmt: skip
    assert done.exit_code == 0
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "CIS Amazon Web Services Foundations Benchmark" in summary
    assert "PR.AA-03" in summary
    assert "プライバシーマーク" not in summary


def test_the_configuration_may_name_them(desk: Any, tmp_path: Path) -> None:
    path = tmp_path / "cloudaudit.toml"
    path.write_text('[reports]\nframeworks = ["appi"]\n', encoding="utf-8")
    out = tmp_path / "out"
    done = desk.run(
        "report",
        str(GOLDEN),
        "--config",
        str(path),
        "--format",
        "markdown",
        "--out",
        str(out),
        "--lang",
        "ja",
    )
    assert done.exit_code == 0, done.stderr
    assert "個人情報の保護に関する法律**" in (out / "summary.md").read_text(encoding="utf-8")
    assert FrameworkName.__args__ == NAMES  # type: ignore[attr-defined]  # a Literal has them
