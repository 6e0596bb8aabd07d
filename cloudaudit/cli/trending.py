"""The work of ``cloudaudit trend``; apart from it so that ``--help`` need not import the engine."""

import sys
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console

from cloudaudit import clock
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.cli.streams import columns, encoding, printing, wants_color
from cloudaudit.errors import UsageError
from cloudaudit.history import History, KnownTarget, Run, open_history
from cloudaudit.text import Language, Text
from cloudaudit.trend_text import drawn, listed
from cloudaudit.visible import visible

_WIDTH = 80


def print_trend(path: Path, target: str | None, days: int, language: Language, *, plain: bool) -> None:
    """Print the trend of a target.

    Raises:
        UsageError: the history cannot be used, or does not say which target is meant.
    """
    with open_history(path, create=False) as history:
        chosen = _chosen(history, target)
        runs = _recent(history.trend(chosen.provider, chosen.account), days)
    with printing():
        if plain:
            for line in listed(_name(chosen), runs, language):
                click.echo(visible(line))
            return
        color = wants_color(sys.stdout)
        console = Console(
            file=sys.stdout,
            width=columns(sys.stdout) or _WIDTH,
            force_terminal=color,
            no_color=not color,
            markup=False,
            highlight=False,
            emoji=False,
        )
        for styled in drawn(_name(chosen), runs, language, width=console.width, encoding=encoding()):
            console.print(styled, no_wrap=True, crop=False, overflow="ignore")


def _name(target: KnownTarget) -> str:
    return f"{target.provider}-{target.account}"


def _chosen(history: History, target: str | None) -> KnownTarget:
    known = {_name(each): each for each in history.targets()}
    if target is not None:
        where = (
            Text(en=f"the history has {', '.join(known)}.", ja=f"履歴にある対象: {'、'.join(known)}。")
            if known
            else Text(en="the history is empty.", ja="履歴は空です。")
        )
        refuse(unknown([target], known, Text(en="target", ja="対象"), where))
        return known[target]
    if len(known) == 1:
        return next(iter(known.values()))
    raise UsageError(
        Text(
            en=f"The history has several targets; name one with --target: {', '.join(known)}.",
            ja=f"履歴に複数の対象があります。--target で指定してください: {'、'.join(known)}",
        )
        if known
        else Text(
            en="The history is empty; run a scan with --history, or cloudaudit history import.",
            ja="履歴は空です。--history を付けてスキャンするか、cloudaudit history import で取り込んでください。",
        )
    )


def _recent(runs: tuple[Run, ...], days: int) -> tuple[Run, ...]:
    if not runs:
        return ()
    first = clock.stamp(clock.parse(runs[-1].at) - timedelta(days=days))
    return tuple(run for run in runs if run.at > first)
