"""Help in the user's language, and commands imported only when they are invoked.

Nothing here may import rich, pydantic or msgspec: ``cloudaudit --help`` must not pay for them. So these
texts are ``Words`` and not the ``Text`` of the rest.
"""

import locale
import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

import click

from cloudaudit.cli.streams import not_printed, reader_gone

if TYPE_CHECKING:  # a shell asks for it, no other run
    from click.shell_completion import CompletionItem

Language = Literal["en", "ja"]
F = TypeVar("F", bound=Callable[..., Any])
LANGUAGE = "cloudaudit.language"
"""The key in a click context's ``meta`` under which ``--lang`` is kept, also for errors; of several, the first."""

LOG_FORMAT = "cloudaudit.log-format"
"""The key under which ``--log-format`` is kept."""

CLIENT = "cloudaudit.client"
"""The key under which is kept what was typed for ``--client``."""

LANGUAGES = "cloudaudit.languages"
"""The key under which all languages are kept that ``--lang`` named."""


class Words(NamedTuple):
    """A help text in both languages."""

    en: str
    ja: str

    def in_(self, language: Language) -> str:
        """Return the text in one language."""
        return self.ja if language == "ja" else self.en


def default_language(environ: Mapping[str, str]) -> Language:
    """Return the language of the locale, Japanese or else English."""
    named = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), None)
    chosen = named if named is not None else locale.getlocale()[0] or ""
    return "ja" if chosen.lower().startswith("ja") else "en"


def language_of(context: click.Context | None) -> Language:
    """Return the language that ``--lang`` named, else that of the locale."""
    chosen: Language | None = context.meta.get(LANGUAGE) if context else None
    return chosen or default_language(os.environ)


def languages_of(context: click.Context) -> tuple[Language, ...]:
    """Return the languages that ``--lang`` named, else that of the locale."""
    chosen: tuple[Language, ...] | None = context.meta.get(LANGUAGES)
    return chosen or (language_of(context),)


class Option(click.Option):
    """An option whose help is bilingual, and that the environment can set.

    Args:
        shared: it means the same in every command that has it, so ``CLOUDAUDIT_FAIL_ON`` sets it for all; one that is not
            shared is set for its command alone, as ``CLOUDAUDIT_SCAN_AWS_PROFILE``.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's own signature
        words: Words,
        shared: bool = False,
        **attributes: Any,  # noqa: ANN401 - click's own signature
    ) -> None:
        attributes["help"] = words.en
        super().__init__(*args, **attributes)
        self._words = words
        self._shared = shared

    def variables(self, ctx: click.Context) -> tuple[str, ...]:
        """Return the environment variables that set it: for the command, and where it is shared for all that have it."""
        name = max(self.opts, key=len).lstrip("-").replace("-", "_").upper()
        path = "_".join(ctx.command_path.split()[1:]).replace("-", "_").upper()
        return (f"CLOUDAUDIT_{path}_{name}", *([f"CLOUDAUDIT_{name}"] if self._shared else []))

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return what the environment says; an empty variable says nothing."""
        said = (os.environ.get(name) for name in self.variables(ctx))
        return super().resolve_envvar_value(ctx) or next(filter(None, said), None)

    def value_from_envvar(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Return what the environment says; several values stand apart by commas or blanks."""
        said = self.resolve_envvar_value(ctx) if self.multiple else None
        return re.split(r"[,\s]+", said.strip(", \t\n")) if said else super().value_from_envvar(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return name and help in the user's language."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        return record[0], record[1].replace(self._words.en, self._words.in_(language_of(ctx)), 1)


def option(
    *names: str,
    words: Words,
    **attributes: Any,  # noqa: ANN401 - as click.option
) -> Callable[[F], F]:
    """Declare an option with bilingual help."""
    return click.option(*names, cls=Option, words=words, **attributes)


CONFIG_FILE = "cloudaudit.toml"


def _configure(ctx: click.Context, _parameter: click.Parameter, given: Path | None) -> None:
    """Take the configuration that was named, or else the client's, or that of the working directory, for the defaults."""
    if ctx.resilient_parsing:
        return
    client = _client(ctx)
    path = given or Path(CONFIG_FILE)
    if client is not None:
        from cloudaudit.cli.configuring import apply_client

        apply_client(ctx, client, given)
    elif given is not None or path.is_file():
        from cloudaudit.cli.configuring import apply

        apply(ctx, path)


def _client(ctx: click.Context) -> Path | None:
    """Return what ``--client`` says, which is not parsed yet, where a command has it."""
    option = next((one for one in ctx.command.params if one.name == "client"), None)
    if option is None:
        return None
    said: str | None = ctx.meta.get(CLIENT) or option.resolve_envvar_value(ctx)
    return Path(said) if said else None


def config_option() -> Option:
    """Make ``--config``; it is heard before all other options, which it gives their defaults."""
    return Option(
        ["--config"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        shared=True,
        is_eager=True,
        expose_value=False,
        callback=_configure,
        words=Words(
            f"Configuration (TOML); {CONFIG_FILE} of the working directory by default.",
            f"設定ファイル(TOML。既定は作業フォルダーの {CONFIG_FILE})",
        ),
    )


class _Described(click.Command):
    """A command whose description is bilingual."""

    words: Words

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with ``--lang`` and ``--log-format`` heard first: they decide how help and errors are told.

        So is ``--client``, whose folder gives options their defaults.
        """
        given = re.search(r"(?:^|\0)--lang[=\0](ja|en)(?:,|\0|$)", "\0".join(args))
        if given:
            ctx.meta[LANGUAGE] = given[1]
        clients = re.findall(r"(?:^|\0)--client[=\0]([^\0]+)", "\0".join(args))
        if clients:
            ctx.meta[CLIENT] = clients[-1]
        if re.search(r"(?:^|\0)--log-format[=\0]json(?:\0|$)", "\0".join(args)):
            ctx.meta[LOG_FORMAT] = "json"
        try:
            return super().parse_args(ctx, args)
        except OSError as error:  # help and version are printed while the arguments are parsed
            failure = not_printed(error)
            if reader_gone(error):
                ctx.exit()
            click.echo(failure.diagnostics().in_(language_of(ctx)), err=True)
            ctx.exit(failure.exit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description in the user's language."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.words.in_(language_of(ctx)))


class Command(_Described):
    """A command with a bilingual description.

    Args:
        configured: whether a configuration file gives its options their defaults.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's own signature
        words: Words,
        configured: bool = True,
        **attributes: Any,  # noqa: ANN401 - click's own signature
    ) -> None:
        super().__init__(*args, **attributes)
        self.words = words
        if configured:
            self.params.insert(0, config_option())


class Lazy(NamedTuple):
    """A command that is imported when it is invoked: ``module:attribute``, and its line in the list of commands."""

    place: str
    words: Words


class Group(_Described, click.Group):
    """A group of lazy commands with a bilingual description."""

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - click's own signature
        words: Words,
        lazy: Mapping[str, Lazy],
        **attributes: Any,  # noqa: ANN401 - click's own signature
    ) -> None:
        super().__init__(*args, **attributes)
        self.words = words
        self._lazy = lazy
        if self.invoke_without_command:
            self.params.insert(0, config_option())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which they are used."""
        del ctx
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return None
        module, _, attribute = lazy.place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete the names of commands without importing them, and options as every command does."""
        from click.shell_completion import CompletionItem

        language = language_of(ctx)
        found = [
            CompletionItem(name, help=lazy.words.in_(language))
            for name, lazy in self._lazy.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        language = language_of(ctx)
        with formatter.section(Words("Commands", "コマンド").in_(language)):
            formatter.write_dl([(name, lazy.words.in_(language)) for name, lazy in self._lazy.items()])
