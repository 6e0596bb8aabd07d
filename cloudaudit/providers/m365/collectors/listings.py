"""Many short listings at once: 20 to a ``$batch``, and further pages of those few that have any."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from cloudaudit.providers.m365.operations import Operation
from cloudaudit.providers.m365.reader import (
    BATCH_SIZE,
    Answer,
    CallFailed,
    Reader,
    WirePage,
    identified,
    without_id,
)

W = TypeVar("W")

AT_ONCE = 4
"""Batches in flight for one drive; the reader bounds all of them together."""


async def listings(
    reader: Reader, operation: Operation, paths: Sequence[str], shape: type[W]
) -> AsyncIterator[tuple[int, Answer[tuple[W, ...]] | CallFailed]]:
    """Yield the outcome of each path's whole listing, with its place among the paths."""
    step = BATCH_SIZE * AT_ONCE
    for start in range(0, len(paths), step):
        chunks = [
            range(first, min(first + BATCH_SIZE, len(paths)))
            for first in range(start, min(start + step, len(paths)), BATCH_SIZE)
        ]
        for outcomes in await asyncio.gather(
            *(
                _chunk(reader, operation, [(place, paths[place]) for place in chunk], shape)
                for chunk in chunks
            )
        ):
            for outcome in outcomes:
                yield outcome


async def _chunk(
    reader: Reader, operation: Operation, asked: Sequence[tuple[int, str]], shape: type[W]
) -> list[tuple[int, Answer[tuple[W, ...]] | CallFailed]]:
    # The shape is made at run time, which the type checkers cannot follow.
    wire: type[WirePage[W]] = WirePage[shape]  # type: ignore[valid-type]
    found: list[tuple[int, Answer[tuple[W, ...]] | CallFailed]] = []
    answers = await reader.batch(operation, [path for _, path in asked], wire)
    for (place, _), answer in zip(asked, answers, strict=True):
        found.append(
            (
                place,
                answer if isinstance(answer, CallFailed) else await _rest(reader, operation, answer, shape),
            )
        )
    return found


async def _rest(
    reader: Reader, operation: Operation, first: Answer[WirePage[W]], shape: type[W]
) -> Answer[tuple[W, ...]] | CallFailed:
    nameless = len(first.body.value) - len(identified(first.body.value))
    if nameless:
        return without_id(operation, nameless)
    if not first.body.next_link:
        return Answer(first.body.value, first.source)
    try:
        more = await reader.every(operation, first.body.next_link, shape)
    except CallFailed as failure:
        return failure
    return Answer((*first.body.value, *more.body), more.source)
