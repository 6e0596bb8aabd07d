"""``make demo`` as a whole: every cloud of the sample estate."""

from pathlib import Path

import pytest

from cloudaudit.demo.__main__ import CLOUDS, demo


def test_the_demo_ends_with_zero_when_the_scan_ends_as_planned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code = demo.main(["--lang", "ja", "--out", str(tmp_path / "out")], standalone_mode=False)
    printed = capfd.readouterr()
    assert code in {0, None}
    assert "想定どおり" in printed.out
    assert "\x1b" not in printed.out
    written = {"policy.toml", "result.json", "snapshot.jsonl", "summary.md"}
    for cloud in CLOUDS:
        assert written <= {file.name for file in (tmp_path / "out" / cloud.name).iterdir()}


def test_the_demo_ends_with_one_when_the_scan_cannot_write(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "result.json").write_text("{}")
    code = demo.main(["--cloud", "aws", "--lang", "en", "--out", str(tmp_path)], standalone_mode=False)
    assert code == 1
    assert "did not end as planned" in capfd.readouterr().err
