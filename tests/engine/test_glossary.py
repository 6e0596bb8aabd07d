"""Japanese texts say the same thing with the same word."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTEAD = {
    r"未評価|評価不能|判定不可|未判定": "判定不能 (what was not assessed)",
    r"不合格|非適合": "不適合",
    r"非該当|適用外|適用対象外": "対象外",
    r"深刻度|重大度": "重要度",
    r"カバレッジ|網羅率|評価率": "判定率",
    r"適合証明|準拠証明|コンプライアンス証明": "証跡 or 確認記録",
    r"多要素の認証|マルチファクタ": "多要素認証",
}
"""What is not written, and the term of the glossary for it."""


def texts() -> list[Path]:
    folders = ("cloudaudit", "checks", "reports", "docs", "tools")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    kinds = {".py", ".toml", ".html", ".js", ".typ", ".md"}
    return [path for path in (*found, ROOT / "README.md") if path.suffix in kinds]


@pytest.mark.parametrize("wrong", INSTEAD)
def test_one_thing_has_one_name(wrong: str) -> None:
    places = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}, but the glossary has {INSTEAD[wrong]}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := re.search(wrong, line))
    ]
    assert places == []


def test_the_texts_are_found() -> None:
    assert len(texts()) > 200
