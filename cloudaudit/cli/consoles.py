"""The console that commands print on."""

import sys

from rich.console import Console

from cloudaudit.cli.streams import columns, wants_color

UNWRAPPED = 4_000
"""Columns of plain output that goes to no terminal: whoever reads it wraps it, or searches it line by line."""


def stdout_console(*, plain: bool) -> Console:
    """Return the console of standard output; plain, it has no colour, and wraps only on a terminal."""
    color = wants_color(sys.stdout) and not plain
    return Console(
        file=sys.stdout,
        width=columns(sys.stdout) or (UNWRAPPED if plain else None),
        force_terminal=color,
        no_color=not color,
        markup=False,
        highlight=False,
        emoji=False,
    )
