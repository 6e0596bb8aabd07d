"""Options of the fleet that are handed on to the scan of every target."""

import tempfile
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import click
from click.core import ParameterSource

from cloudaudit.cli.bilingual import Command, languages_of

_TYPED = "cloudaudit.typed"
_NEVER = frozenset({"lang", "debug", "help"})
_ON = frozenset({"1", "true", "t", "yes", "y", "on"})
TEXTS = frozenset({"policy", "waivers"})
"""Options whose file is a description and no secret, so that its content may go with a job to another machine."""


class FleetCommand(Command):
    """A command that remembers what was typed, since other commands are to be told the same."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and keep the arguments as they came."""
        ctx.meta[_TYPED] = list(args)
        return super().parse_args(ctx, args)


def handed_on(ctx: click.Context, own: Collection[str]) -> tuple[str, ...]:
    """Return what was said of the scans, on the command line or elsewhere, as arguments.

    Args:
        ctx: of a ``FleetCommand``.
        own: names of the parameters that concern the fleet itself.
    """
    typed, _, _ = ctx.command.make_parser(ctx).parse_args(list(ctx.meta[_TYPED]))
    arguments = [
        argument
        for parameter in ctx.command.params
        if isinstance(parameter, click.Option) and parameter.name not in own and parameter.name not in _NEVER
        for argument in _written(parameter, _said(ctx, parameter, typed))
    ]
    return (*arguments, f"--lang={','.join(languages_of(ctx))}")


def was_said(ctx: click.Context, name: str) -> bool:
    """Whether an option was given, and is not what it is by default."""
    return ctx.get_parameter_source(name) not in {None, ParameterSource.DEFAULT}


def _said(ctx: click.Context, parameter: click.Option, typed: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the option takes
    """Return the value of an option as it was written, before anything was made of it; None where nothing was."""
    match ctx.get_parameter_source(parameter.name or ""):
        case ParameterSource.COMMANDLINE:
            return typed.get(parameter.name or "")
        case ParameterSource.ENVIRONMENT:
            return parameter.value_from_envvar(ctx)
        case ParameterSource.DEFAULT_MAP:
            return ctx.lookup_default(parameter.name or "")
        case _:
            return None


def split_texts(arguments: Iterable[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the arguments without the files that may travel, and those files' contents by option.

    Raises:
        OSError: a file cannot be read.
    """
    left: list[str] = []
    texts: dict[str, str] = {}
    for argument in arguments:
        name, _, value = argument.removeprefix("--").partition("=")
        if name in TEXTS:
            texts[name] = Path(value).read_text(encoding="utf-8")
        else:
            left.append(argument)
    return tuple(left), texts


def bound_to_files(ctx: click.Context, arguments: Iterable[str]) -> list[str]:
    """Return the options among the arguments that name files of this machine, those that may travel left out."""
    paths = {
        max(parameter.opts, key=len)
        for parameter in ctx.command.params
        if isinstance(parameter, click.Option) and isinstance(parameter.type, click.Path)
    }
    given = {argument.partition("=")[0] for argument in arguments}
    return sorted(name for name in given & paths if name.removeprefix("--") not in TEXTS)


@contextmanager
def with_texts(texts: Mapping[str, str]) -> Generator[list[str]]:
    """Write the files that came with a job, and return the arguments that name them."""
    with ExitStack() as stack:
        arguments: list[str] = []
        for name, text in texts.items():
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cloudaudit-"))
            path = Path(folder) / f"{name}.toml"
            path.write_text(text, encoding="utf-8")
            arguments.append(f"--{name}={path}")
        yield arguments


def _written(parameter: click.Option, value: Any) -> list[str]:  # noqa: ANN401 - whatever the option takes
    if value is None:
        return []
    name = max(parameter.opts, key=len)
    if parameter.is_flag:
        return [name] if str(value).lower() in _ON else []
    values = cast("list[object]", value) if isinstance(value, list | tuple) else [value]
    return [f"{name}={one}" for one in values]
