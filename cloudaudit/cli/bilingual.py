"""Help in the user's language, and commands imported only when they are invoked.

Nothing here may import rich, pydantic or msgspec: ``cloudaudit --help`` must not pay for them. So these
texts are ``Words`` and not the ``Text`` of the rest.
"""

import errno
import locale
import os
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Literal, NamedTuple, TypeVar

import click

from cloudaudit.cli.streams import not_printed

Language = Literal["en", "ja"]
F = TypeVar("F", bound=Callable[..., Any])
LANGUAGE = "cloudaudit.language"
"""The key in a click context's ``meta`` under which ``--lang`` is kept, also for errors; of several, the first."""

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
    """An option whose help is bilingual."""

    def __init__(self, *args: Any, words: Words, **attributes: Any) -> None:  # noqa: ANN401 - click's own signature
        attributes["help"] = words.en
        super().__init__(*args, **attributes)
        self._words = words

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


class _Described(click.Command):
    """A command whose description is bilingual."""

    words: Words

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with ``--lang`` heard first: click would print the help before it comes to what follows it."""
        given = re.search(r"(?:^|\0)--lang[=\0](ja|en)(?:,|\0|$)", "\0".join(args))
        if given:
            ctx.meta[LANGUAGE] = given[1]
        try:
            return super().parse_args(ctx, args)
        except OSError as error:  # help and version are printed while the arguments are parsed
            failure = not_printed(error)
            if error.errno == errno.EPIPE:
                ctx.exit()
            click.echo(failure.diagnostics().in_(language_of(ctx)), err=True)
            ctx.exit(failure.exit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description in the user's language."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.words.in_(language_of(ctx)))


class Command(_Described):
    """A command with a bilingual description."""

    def __init__(self, *args: Any, words: Words, **attributes: Any) -> None:  # noqa: ANN401 - click's own signature
        super().__init__(*args, **attributes)
        self.words = words


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        language = language_of(ctx)
        with formatter.section(Words("Commands", "コマンド").in_(language)):
            formatter.write_dl([(name, lazy.words.in_(language)) for name, lazy in self._lazy.items()])
