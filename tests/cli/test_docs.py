import importlib.util
from pathlib import Path
from typing import Any

import pytest

from cloudaudit import discovery
from cloudaudit.policy import AuditPolicy

TOOL = Path(__file__).parents[2] / "tools" / "docs.py"


@pytest.fixture
def docs() -> Any:
    spec = importlib.util.spec_from_file_location("tools_docs", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_docs_in_the_repository_are_fresh(docs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["docs", "--check"])
    assert docs.main() == 0, "run: python -m tools.docs"


def test_docs_are_generated_and_checked(docs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(f"before\n{docs.BEGIN}\n{docs.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["docs", "--check"])
    assert docs.main() == 1
    assert list((tmp_path / "docs").iterdir()) == []
    monkeypatch.setattr("sys.argv", ["docs"])
    assert docs.main() == 0
    monkeypatch.setattr("sys.argv", ["docs", "--check"])
    assert docs.main() == 0
    assert "`s3:ListBuckets`" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "README.md").read_text(encoding="utf-8").endswith(f"{docs.END}\nafter\n")
    (tmp_path / "docs" / "checks.md").write_text("old", encoding="utf-8")
    assert docs.main() == 1


def test_the_page_names_every_check_in_both_languages(docs: Any) -> None:
    page = docs.checks_page(discovery.checks())
    for check in discovery.checks().values():
        assert f"### {check.id}" in page
        assert check.remediation.ja in page
        assert check.rationale.en in page


def test_the_page_of_the_policy_names_every_setting_with_its_default(docs: Any) -> None:
    rows = {line.split("`")[1]: line for line in docs.policy_page().splitlines() if line.startswith("| `")}
    assert rows.keys() == AuditPolicy.model_fields.keys()
    assert "0–36500 | `90` |" in rows["access_key_max_age_days"]
    assert "CIS AWS: " in rows["access_key_max_age_days"]
    assert '"own-rule"' in rows["profile"]
    assert "not set / 未設定" in rows["password_max_age_days"]
    assert "CIDR" in rows["trusted_networks"]


def test_the_page_of_commands_names_every_command(docs: Any) -> None:
    page = docs.cli_page()
    for heading in ("## cloudaudit scan aws", "## cloudaudit checks show", "## cloudaudit permissions aws"):
        assert heading in page
    assert "--min-coverage" in page
    assert "監査ポリシー" in page
