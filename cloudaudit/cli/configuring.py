"""What ``--config`` does: the file becomes the defaults of a command's options."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import click

from cloudaudit.cli.options import CONFIGURED, POLICY
from cloudaudit.config.loading import defaults, load


def apply(ctx: click.Context, path: Path) -> None:
    """Load a configuration and take it for the defaults of a command.

    Raises:
        UsageError: the file cannot be used.
    """
    loaded = load(path)
    ctx.meta[CONFIGURED] = loaded
    if loaded.value.policy is not None:
        ctx.meta[POLICY] = loaded.value.policy
    found = defaults(loaded.value, command_of(ctx))
    ctx.default_map = {name: default.value for name, default in found.items()}
    languages = ctx.default_map.get("lang")
    if languages:
        one = any(isinstance(each.type, click.Choice) for each in ctx.command.params if each.name == "lang")
        named = list(cast("Iterable[str]", languages))
        ctx.default_map["lang"] = named[0] if one else ",".join(named)


def command_of(ctx: click.Context) -> str:
    """Return the command without the name of the program: ``scan aws``."""
    return " ".join(ctx.command_path.split()[1:])
