"""A reader that asks each operation only until it was answered once."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TypeVar

from cloudaudit.providers import Progress
from cloudaudit.providers.m365.clouds import Place
from cloudaudit.providers.m365.connect import M365Options
from cloudaudit.providers.m365.graph import Graph
from cloudaudit.providers.m365.operations import Operation
from cloudaudit.providers.m365.reader import Answer, CallFailed, Page, Reader, Tokens, WirePage, identified
from cloudaudit.providers.trials import ITEMS, Trials

W = TypeVar("W")


class TrialReader(Reader):
    """Asks once."""

    def __init__(
        self,
        graph: Graph,
        tokens: Tokens,
        place: Place,
        options: M365Options,
        progress: Progress,
        trials: Trials,
    ) -> None:
        super().__init__(graph, tokens, place, options, progress)
        self._trials = trials

    async def call(
        self, operation: Operation, path: str, shape: type[W], headers: Mapping[str, str] | None = None
    ) -> Answer[W]:
        """Read one thing unless it was tried.

        Raises:
            CallFailed: it was, or did not answer.
        """
        answer = await self._try(operation, path, shape, headers)
        self._trials.answered(operation)
        return answer

    async def pages(
        self,
        operation: Operation,
        path: str,
        shape: type[W],
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Page[W]]:
        """Yield a few lines of the first page of a listing.

        Raises:
            CallFailed: it was tried, or did not answer.
        """
        # The shape is made at run time, which the type checkers cannot follow.
        wire: type[WirePage[W]] = WirePage[shape]  # type: ignore[valid-type]
        answer = await self._try(operation, path, wire, headers)
        items = identified(answer.body.value)
        self._trials.answered(operation, empty=not items)
        yield Page(items[:ITEMS], answer.source, answer.body.delta_link or "")

    async def batch(
        self, operation: Operation, paths: Sequence[str], shape: type[W]
    ) -> tuple[Answer[W] | CallFailed, ...]:
        """Read the first of several things."""
        refused = CallFailed(self._trials.refused(operation), "tried")
        if not paths or not self._trials.begin(operation):
            return (refused,) * len(paths)
        (first,) = await super().batch(operation, paths[:1], shape)
        if isinstance(first, CallFailed):
            self._trials.failed(operation, first.unread)
        else:
            self._trials.answered(operation)
        return (first, *(refused for _ in paths[1:]))

    async def _try(
        self, operation: Operation, path: str, shape: type[W], headers: Mapping[str, str] | None
    ) -> Answer[W]:
        if not self._trials.begin(operation):
            raise CallFailed(self._trials.refused(operation), "tried")
        try:
            return await super().call(operation, path, shape, headers)
        except CallFailed as failure:
            self._trials.failed(operation, failure.unread)
            raise
