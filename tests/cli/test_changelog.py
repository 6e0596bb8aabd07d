"""Each check that came after the first version is named in the changelog, since it moves scores."""

from pathlib import Path

from cloudaudit import discovery

CHANGELOG = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
FIRST = "0.1.0"


def unnamed(since: dict[str, str], changelog: str) -> list[str]:
    return [check for check, version in since.items() if version != FIRST and f"`{check}`" not in changelog]


def test_every_later_check_has_a_line() -> None:
    assert unnamed({check.id: check.since for check in discovery.checks().values()}, CHANGELOG) == []


def test_a_check_without_a_line_is_seen() -> None:
    since = {"aws-new": "0.2.0", "aws-old": FIRST, "aws-told": "0.2.0"}
    assert unnamed(since, "- `aws-told`: new") == ["aws-new"]
