"""The work of ``cloudaudit checks``; apart from it so that ``--help`` need not import the engine."""

from collections.abc import Mapping
from pathlib import Path

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from cloudaudit import discovery
from cloudaudit.check import AnyCheck
from cloudaudit.cli.consoles import stdout_console
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.flow import Flow
from cloudaudit.model import Theme
from cloudaudit.reporting import SEVERITIES, THEMES
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

CHECK = Text(en="check", ja="チェック")
WHERE_CHECKS = Text(en="`cloudaudit checks` lists them all.", ja="一覧は cloudaudit checks で確認できます。")
_NARROW = 100


def installed(checks_dir: Path | None) -> Mapping[str, AnyCheck]:
    """Return every check by id, those of a folder among them.

    Raises:
        UsageError: the folder cannot be used.
    """
    return discovery.checks_with(checks_dir)[0] if checks_dir else discovery.checks()


def print_list(checks: Mapping[str, AnyCheck], language: Language, *, plain: bool) -> None:
    """Print id, severity and title of every check, by theme."""
    if plain:
        for check in checks.values():
            cells = (check.id, check.theme.value, check.severity.value, visible(check.title.in_(language)))
            click.echo("\t".join(cells))
        return
    console = stdout_console(plain=False)
    with console.capture() as captured:
        for theme in Theme:
            members = [check for check in checks.values() if check.theme is theme]
            if members:
                console.print(Styled(THEMES[theme].in_(language), style="bold"))
                console.print(Padding(_table(members, language, console.width), (0, 0, 1, 0)))
    # A table fills its last column with blanks, which in a file or a search are noise.
    for line in captured.get().splitlines():
        click.echo(line.rstrip(), color=True)


def _table(members: list[AnyCheck], language: Language, width: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    stacked = width < _NARROW
    for check in members:
        severity = Styled(SEVERITIES[check.severity].in_(language), style="dim")
        title = Styled(visible(check.title.in_(language)))
        check_id = Styled(check.id, style="cyan")
        table.add_row(
            severity,
            Styled("\n").join((check_id, title)) if stacked else check_id,
            *([] if stacked else [title]),
        )
    return table


def print_one(
    checks: Mapping[str, AnyCheck], check_id: str, languages: tuple[Language, ...], *, plain: bool
) -> None:
    """Print everything that is known of one check, in each language.

    Raises:
        UsageError: there is no check of that id.
    """
    refuse(unknown([check_id], checks, CHECK, WHERE_CHECKS))
    check = checks[check_id]
    console = stdout_console(plain=plain)
    for language in languages:
        for line in _explanation(check, language):
            console.print(Flow(line))
        if check.command:
            console.print(_command(check, language), soft_wrap=True)
        console.print()
    for reference in check.references:
        console.print(Styled(visible(reference), style="dim"), soft_wrap=True)


def _explanation(check: AnyCheck, language: Language) -> list[Styled]:
    about = f"{check.id} · {THEMES[check.theme].in_(language)} · {SEVERITIES[check.severity].in_(language)}"
    why = Text(en="Why: ", ja="理由: ").in_(language)
    do = Text(en="What to do: ", ja="対処: ").in_(language)
    return [
        Styled(visible(check.title.in_(language)), style="bold"),
        Styled(about, style="dim"),
        Styled.assemble((why, "bold"), visible(check.rationale.in_(language))),
        Styled.assemble((do, "bold"), visible(check.remediation.in_(language))),
    ]


def _command(check: AnyCheck, language: Language) -> Styled:
    """Return the command, which is printed as one line so that it can be copied whole."""
    head = Text(en="Command (never run by cloudaudit): ", ja="コマンド例(cloudaudit は実行しません): ")
    return Styled.assemble((head.in_(language), "bold"), visible(check.command))
