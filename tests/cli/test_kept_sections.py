"""``[history]``, ``[ledger]`` and ``[seal]`` of the configuration take effect as their options do."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.evidence.keyfile import make

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def told(desk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A desk whose file says all three, with paths that are counted from the file's own folder."""
    monkeypatch.setenv("CLOUDAUDIT_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("CLOUDAUDIT_KEY", raising=False)
    office = desk.folder / "office"
    office.mkdir()
    make(office / "my.key", "会社", PASSPHRASE.encode(), datetime(2026, 10, 1, tzinfo=UTC))
    (office / "台帳.csv").write_bytes("業務名,置き場\r\n名簿,no-such-bucket\r\n".encode("cp932"))
    (office / "cloudaudit.toml").write_text(
        '[history]\npath = "h.sqlite"\n'
        '[ledger]\nfile = "台帳.csv"\ncolumns = { name = "業務名", location = "置き場" }\n'
        '[seal]\nenabled = true\nkey = "my.key"\n',
        encoding="utf-8",
    )
    return desk


def test_what_the_file_keeps_is_kept_by_a_scan_and_read_by_trend(told: Any) -> None:
    # A scan of one check alone would stay out of the history.
    done = told.run("scan", "aws", "--config", "office/cloudaudit.toml", "--out", "s", "--lang", "ja")
    assert done.exit_code in {1, 3}, done.output
    result = json.loads((told.folder / "s" / "result.json").read_text(encoding="utf-8"))
    assert result["ledger"]["file"] == "台帳.csv"
    assert [entry["row"]["name"] for entry in result["ledger"]["entries"]] == ["名簿"]
    assert [path.suffix for path in (told.folder / "s").glob("evidence-*")] == [".zip"]
    trend = told.run("trend", "--config", "office/cloudaudit.toml", "--lang", "ja")
    assert trend.exit_code == 0, trend.output
    assert "判定率" in trend.output


def test_an_option_comes_before_the_file(told: Any) -> None:
    shutil.copy(told.folder / "office" / "台帳.csv", told.folder / "other.csv")
    done = told.scan("--config", "office/cloudaudit.toml", "--out", "s", "--no-seal", "--ledger", "other.csv")
    assert done.exit_code == 0, done.output
    result = json.loads((told.folder / "s" / "result.json").read_text(encoding="utf-8"))
    assert result["ledger"]["file"] == "other.csv"
    assert not list(Path(told.folder / "s").glob("evidence-*"))
