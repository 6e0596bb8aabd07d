"""A reader that asks each operation only until it was answered once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from msgspec import structs

from cloudaudit.facts import Source, Unread
from cloudaudit.providers.gcs.connect import Connections
from cloudaudit.providers.gcs.operations import LIST_BUCKETS, Operation
from cloudaudit.providers.gcs.reader import Answer, CallFailed, Limit, Page, Params, Reader, made
from cloudaudit.providers.trials import ITEMS, Trials

W = TypeVar("W")
I = TypeVar("I")  # noqa: E741 - the item of a page


class TrialReader(Reader):
    """Asks once."""

    def __init__(self, connections: Connections, trials: Trials) -> None:
        super().__init__(connections)
        self._trials = trials
        self._listed = False

    def call(
        self,
        operation: Operation,
        variables: Sequence[str],
        shape: type[W],
        *,
        params: Params | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer[W]:
        """Call an operation unless it was tried.

        Raises:
            CallFailed: it was, or did not answer.
        """
        ask = super().call
        answer = self._try(operation, lambda: ask(operation, variables, shape, params=params, body=body))
        self._trials.answered(operation)
        return answer

    def each_page(
        self,
        operation: Operation,
        variables: Sequence[str],
        shape: type[W],
        page: Callable[[W], Page[I]],
        *,
        params: Params | None = None,
        limit: Limit | None = None,
    ) -> Iterator[tuple[Source, Page[I]]]:
        """Yield a few lines of the first page of a listing.

        Raises:
            CallFailed: it was tried, or did not answer.
        """
        del limit
        ask = super().call
        answer = self._try(operation, lambda: ask(operation, variables, shape, params=params))
        part = made(answer, operation, page)
        if isinstance(part, Unread):
            self._trials.answered(operation)
            raise CallFailed(part, "malformed")
        self._trials.answered(operation, empty=not part.value.items)
        yield answer.source, structs.replace(part.value, items=part.value.items[:ITEMS], token="")

    def storage(self, operation: Operation, ask: Callable[[Any], W]) -> Answer[W]:
        """Ask the storage client unless it was tried.

        Raises:
            CallFailed: it was, or did not answer.
        """
        if operation is LIST_BUCKETS and self._listed:
            # One page with buckets is enough: there are no more.
            return Answer(cast("W", None), Source(operation.label))
        send = super().storage
        answer = self._try(operation, lambda: send(operation, ask))
        page: Any = answer.body
        if operation is LIST_BUCKETS:
            # The client first hands out what will fetch the pages, and asks for none.
            self._listed = bool(getattr(page, "raw_page", {}).get("items"))
            self._trials.answered(operation, empty=not self._listed)
        else:
            self._trials.answered(operation, empty=not page)
        return answer

    def _try(self, operation: Operation, send: Callable[[], Answer[W]]) -> Answer[W]:
        if not self._trials.begin(operation):
            raise CallFailed(self._trials.refused(operation), "tried")
        try:
            return send()
        except CallFailed as failure:
            self._trials.failed(operation, failure.unread)
            raise
