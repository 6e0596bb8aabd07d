"""What is told on standard error: sentences for people, or with ``--log-format json`` one JSON object a line.

Nothing here may import rich, pydantic or msgspec: ``cloudaudit --help`` must not pay for them.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal, Protocol, TextIO, cast

import click

from cloudaudit.cli.bilingual import LOG_FORMAT, Language, language_of

Level = Literal["info", "warning", "error"]


class Told(Protocol):
    """A text in both languages."""

    def in_(self, language: Language, /) -> str:
        """Return the text in one language."""
        ...


def wants_events(ctx: click.Context | None) -> bool:
    """Whether events are told instead of sentences."""
    return ctx is not None and ctx.meta.get(LOG_FORMAT) == "json"


def tell(text: Told, *, event: str = "note", level: Level = "info", **fields: object) -> None:
    """Tell a sentence on standard error: as it is, or as an event with further fields."""
    from cloudaudit.visible import visible

    ctx = click.get_current_context(silent=True)
    sentence = visible(text.in_(language_of(ctx)))
    if wants_events(ctx):
        write_event(event, {"message": sentence, **fields}, level)
    else:
        with suppress(OSError):
            click.echo(sentence, err=True)


def write_event(
    event: str, fields: Mapping[str, object], level: Level = "info", out: TextIO | None = None
) -> None:
    """Write one event as a line of JSON in ASCII; what a stranger named cannot steer a terminal.

    Args:
        event: its name; see docs/log.schema.json for the fields of each.
        fields: plain JSON data.
        level: how grave it is.
        out: where to; None for standard error.
    """
    import json
    from datetime import UTC, datetime

    moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"time": moment, "level": level, "event": event, **fields}
    with suppress(OSError):
        click.echo(json.dumps(_visible(line)), file=out or sys.stderr, color=True)


def _visible(value: object) -> object:
    from cloudaudit.visible import visible

    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return {name: _visible(inner) for name, inner in members.items()}
    if isinstance(value, list | tuple):
        return [_visible(inner) for inner in cast("Sequence[object]", value)]
    return value
