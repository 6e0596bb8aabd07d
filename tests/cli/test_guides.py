"""Every command that README and guides show exists, with the options that they name."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cloudaudit.cli.root import cli

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name not in {"cli.md", "checks.md"}),
]


def shown(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the lines of code that call cloudaudit, and the words after it; continued lines are one."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        found = re.match(r"(?:    |\$ )\s*(?:\$ )?cloudaudit (.+)", line)
        if found is None:
            continue
        command = re.split(r"\s#|\s[>|;&]|&&", found[1])[0]
        yield line.strip(), shlex.split(command)


def unknown(words: list[str]) -> str:
    """Return what there is none of; empty where the command is right."""
    command: click.Command = cli
    context = click.Context(cli, info_name="cloudaudit")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        inner = command.get_command(context, name)
        if inner is None:
            return name
        command, context = inner, click.Context(inner, parent=context, info_name=name)
    if (
        command.context_settings.get("ignore_unknown_options") and rest and not rest[0].startswith("-")
    ):  # `config show` is told another command
        return unknown(rest)
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    given = (word.partition("=")[0] for word in rest if word.startswith("--"))
    return next((name for name in given if name not in options), "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_guide_exists(page: Path) -> None:
    wrong = [(line, said) for line, words in shown(page) if (said := unknown(words))]
    assert wrong == []


def test_the_guides_show_commands_and_a_wrong_one_is_seen() -> None:
    assert sum(len(list(shown(page))) for page in PAGES) > 60
    assert unknown(["scan", "aws", "--no-such"]) == "--no-such"
    assert unknown(["scan", "azure"]) == "azure"


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=lambda page: page.name
)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert broken == []
