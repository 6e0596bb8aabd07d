"""Options of the fleet that are handed on to the scan of every target."""

import tempfile
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cloudaudit.cli.bilingual import languages_of

TEXTS = frozenset({"policy", "waivers"})
"""Options whose file is a description and no secret, so that its content may go with a job to another machine."""


def handed_on(ctx: click.Context, own: Collection[str]) -> tuple[str, ...]:
    """Return what was given on the command line for the scans, as arguments.

    Args:
        ctx: of the fleet's command.
        own: names of the parameters that concern the fleet itself.
    """
    arguments = [
        argument
        for parameter in ctx.command.params
        if isinstance(parameter, click.Option)
        and parameter.name not in own
        and ctx.get_parameter_source(parameter.name)
        in {ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT}
        for argument in _written(parameter, ctx.params.get(parameter.name))
    ]
    return (*arguments, f"--lang={','.join(languages_of(ctx))}")


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
    name = max(parameter.opts, key=len)
    if parameter.is_flag:
        if value:
            return [name]
        return [max(parameter.secondary_opts, key=len)] if parameter.secondary_opts else []
    values = value if parameter.multiple else [] if value is None else [value]
    return [f"{name}={one}" for one in values]
