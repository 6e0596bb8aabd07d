"""The work of ``cloudaudit config show``: every value, and whether flag, environment, file or default decided it."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, cast

import click
from click.core import ParameterSource
from pydantic import BaseModel

from cloudaudit.cli.bilingual import Group, Option, language_of, languages_of
from cloudaudit.cli.configuring import command_of
from cloudaudit.cli.gate_options import ByTheme
from cloudaudit.cli.options import CONFIGURED
from cloudaudit.cli.root import cli
from cloudaudit.config.describing import toml
from cloudaudit.config.fields import Found, settings
from cloudaudit.config.loading import ANY, Default, commands_of, defaults, line_of, sections
from cloudaudit.config.sections import Config
from cloudaudit.policy import AuditPolicy
from cloudaudit.text import Text
from cloudaudit.toml_file import Loaded, Place
from cloudaudit.visible import visible

_ANY_COMMAND = "scan aws"
_HIDDEN = frozenset({"config", "debug", "help"})
_ORIGINS = {
    "flag": Text(en="command line", ja="コマンドライン"),
    "environment": Text(en="environment", ja="環境変数"),
    "file": Text(en="file", ja="設定ファイル"),
    "default": Text(en="default", ja="既定値"),
}
_UNSET = Text(en="not set", ja="未設定")


class Origin(NamedTuple):
    """Where a value came from: ``flag``, ``environment``, ``file`` or ``default``.

    Attributes:
        name: the variable or the file; else empty.
        line: of the file; None where it is not known.
    """

    kind: str
    name: str = ""
    line: int | None = None


class Shown(NamedTuple):
    """One setting."""

    section: str
    key: str
    value: object
    origin: Origin


def print_settings(ctx: click.Context, command: Sequence[str], *, as_json: bool) -> None:
    """Print the settings, of all commands or of one with the arguments behind it.

    Raises:
        UsageError: the configuration has faults.
        ClickException: the command or its arguments are wrong.
    """
    loaded: Loaded[Config] | None = ctx.meta.get(CONFIGURED)
    shown = _of_command(_parsed(ctx, command)) if command else _of_file(ctx, loaded)
    found = list(shown)
    if as_json:
        path = str(loaded.document.path) if loaded else None
        lines = [
            {
                "key": ".".join(filter(None, (one.section, one.key))),
                "value": _json(one.value),
                "origin": one.origin._asdict(),
            }
            for one in found
        ]
        click.echo(json.dumps({"file": path, "settings": lines}, ensure_ascii=False, indent=2))
        return
    section = ""
    for one in found:
        if one.section != section:
            section = one.section
            click.echo(f"\n[{section}]")
        click.echo(_line(one, ctx))


def _line(one: Shown, ctx: click.Context) -> str:
    language = language_of(ctx)
    where = one.origin.name + (f":{one.origin.line}" if one.origin.line else "")
    said = _ORIGINS[one.origin.kind].in_(language) + (f" ({where})" if where else "")
    if one.value is None or one.value == ():
        return visible(f"# {one.key}: {_UNSET.in_(language)}")
    return visible(f"{one.key} = {toml(_json(one.value))}  # {said}")


def _json(value: object) -> object:
    """Return a value as JSON has it; what an option made of it as a person would write it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [_json(item) for item in cast("Sequence[object]", value)]
    if isinstance(value, Mapping):
        return {str(name): _json(item) for name, item in cast("Mapping[object, object]", value).items()}
    return value


def _written(parameter: Option, value: object) -> object:
    """Return what an option made of its value as a person would write it."""
    if isinstance(parameter.type, ByTheme) and isinstance(value, tuple):
        pairs = cast("tuple[tuple[str, object], ...]", value)
        return [f"{theme}={limit}" if theme else limit for theme, limit in pairs]
    return value


# ---------------------------------------------------------------------------------------------------- one command


def _parsed(ctx: click.Context, words: Sequence[str]) -> click.Context:
    """Return the context of a command that was parsed and is not run."""
    context = click.Context(cli, info_name="cloudaudit")
    command: click.Command = cli
    rest = list(words)
    name = "cloudaudit"
    while isinstance(command, Group) and rest and not rest[0].startswith("-"):
        if command is not cli:
            context = click.Context(command, parent=context, info_name=name)
        name = rest.pop(0)
        inner = command.get_command(context, name)
        if inner is None:
            said = Text(
                en=f"There is no command {name}; see cloudaudit --help.",
                ja=f"コマンド {name} はありません。cloudaudit --help を確認してください。",
            )
            raise click.UsageError(said.in_(language_of(ctx)))
        command = inner
    made: click.Context = command.make_context(name, rest, parent=context)
    return made


def _of_command(ctx: click.Context) -> Iterator[Shown]:
    loaded: Loaded[Config] | None = ctx.meta.get(CONFIGURED)
    said = defaults(loaded.value, command_of(ctx)) if loaded else {}
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if name in _HIDDEN or not isinstance(parameter, Option):
            continue
        value: object = languages_of(ctx) if name == "lang" else _written(parameter, ctx.params.get(name))
        if isinstance(value, AuditPolicy):
            continue
        long = max(parameter.opts, key=len).removeprefix("--")
        origin = _origin(parameter, ctx, ctx.get_parameter_source(name), said.get(name), loaded)
        yield Shown("", long.replace("-", "_"), value, origin)
    yield from _of_policy(loaded)


def _origin(
    parameter: Option,
    ctx: click.Context,
    source: ParameterSource | None,
    default: Default | None,
    loaded: Loaded[Config] | None,
) -> Origin:
    if source is ParameterSource.COMMANDLINE:
        return Origin("flag")
    if source is ParameterSource.ENVIRONMENT:
        return Origin("environment", next(filter(os.environ.get, parameter.variables(ctx)), ""))
    if source is ParameterSource.DEFAULT_MAP and default is not None and loaded is not None:
        return _in_file(loaded, default.place)
    return Origin("default")


def _in_file(loaded: Loaded[Config], place: Place) -> Origin:
    return Origin("file", str(loaded.document.path), line_of(loaded.document, place))


# ------------------------------------------------------------------------------------------------------- all of it


def _of_file(ctx: click.Context, loaded: Loaded[Config] | None) -> Iterator[Shown]:
    config = loaded.value if loaded else Config()
    policy_shown = False
    for place, section in sections(config):
        for found in settings(section):
            yield _shown(ctx, loaded, place, found)
        if not policy_shown:
            yield from _of_policy(loaded)
            policy_shown = True


def _shown(ctx: click.Context, loaded: Loaded[Config] | None, place: Place, found: Found) -> Shown:
    section = ".".join(map(str, place))
    setting = found.setting
    if setting.option:
        commands = commands_of(place, setting)
        path = _ANY_COMMAND if ANY in commands else commands[0]
        answer = _asked(ctx, loaded, path, setting.option)
        if answer is not None:
            return Shown(section, found.name, *answer)
    if found.value is None:
        return Shown(section, found.name, None, Origin("default"))
    origin = _in_file(loaded, (*place, found.name)) if loaded else Origin("default")
    return Shown(section, found.name, found.value, origin)


def _asked(
    ctx: click.Context, loaded: Loaded[Config] | None, path: str, option: str
) -> tuple[object, Origin] | None:
    """Ask the option itself what it would be without a command line; None where the command has none of the name."""
    inner = click.Context(cli, info_name="cloudaudit")
    command: click.Command = cli
    for name in path.split():
        found = command.get_command(inner, name) if isinstance(command, Group) else None
        if found is None:
            return None
        command = found
        inner = click.Context(command, parent=inner, info_name=name)
    parameter = next((one for one in command.params if one.name == option and isinstance(one, Option)), None)
    if not isinstance(parameter, Option):
        return None
    said = defaults(loaded.value, path) if loaded else {}
    inner.default_map = {name: default.value for name, default in said.items()}
    value: Any
    value, source = parameter.consume_value(inner, {})
    if source is ParameterSource.ENVIRONMENT:
        value = _written(parameter, parameter.type_cast_value(inner, value))
    if not isinstance(value, str | bool | int | float | Path | tuple | list):  # click's own word for nothing
        value = list(languages_of(ctx)) if option == "lang" else None
    return cast("object", value), _origin(parameter, inner, source, said.get(option), loaded)


def _of_policy(loaded: Loaded[Config] | None) -> Iterator[Shown]:
    given = loaded.value.policy if loaded else None
    policy = given or AuditPolicy()
    for name in type(policy).model_fields:
        stated = given is not None and name in given.model_fields_set
        origin = _in_file(loaded, ("policy", name)) if loaded is not None and stated else Origin("default")
        value = getattr(policy, name)
        yield Shown("policy", name, value if value != {} else None, origin)
