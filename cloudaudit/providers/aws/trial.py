"""A reader that asks each operation only until it was answered once."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from cloudaudit.facts import Unread
from cloudaudit.providers.aws.connect import Clients
from cloudaudit.providers.aws.operations import GENERATE_CREDENTIAL_REPORT, GET_CREDENTIAL_REPORT, Operation
from cloudaudit.providers.aws.reader import Answer, CallFailed, Limit, Page, Reader, made
from cloudaudit.providers.trials import ITEMS, Trials

W = TypeVar("W")
I = TypeVar("I")  # noqa: E741 - the item of a page

_ASKED_AGAIN = frozenset({GENERATE_CREDENTIAL_REPORT, GET_CREDENTIAL_REPORT})
"""The report is asked for until it is ready; the first answer says only that it is being made."""


class TrialReader(Reader):
    """Asks once."""

    def __init__(self, clients: Clients, trials: Trials) -> None:
        super().__init__(clients)
        self._trials = trials

    def call(
        self, operation: Operation, region: str, params: Mapping[str, object], shape: type[W]
    ) -> Answer[W]:
        """Call an operation unless it was tried.

        Raises:
            CallFailed: it was, or did not answer.
        """
        answer = self._try(operation, region, params, shape)
        self._trials.answered(operation)
        return answer

    def pages(
        self,
        operation: Operation,
        region: str,
        params: Mapping[str, object],
        shape: type[W],
        page: Callable[[W], Page[I]],
        token_param: str,
        *,
        limit: Limit | None = None,
    ) -> Answer[tuple[I, ...]]:
        """Call a listing for its first page, and return a few lines of it.

        Raises:
            CallFailed: it was tried, or did not answer.
        """
        del token_param, limit
        answer = self._try(operation, region, params, shape)
        part = made(answer, operation, page)
        if isinstance(part, Unread):
            self._trials.answered(operation)
            raise CallFailed(part, "malformed")
        self._trials.answered(operation, empty=not part.value.items)
        return Answer(part.value.items[:ITEMS], answer.source)

    def _try(
        self, operation: Operation, region: str, params: Mapping[str, object], shape: type[W]
    ) -> Answer[W]:
        if not self._trials.begin(operation) and operation not in _ASKED_AGAIN:
            raise CallFailed(self._trials.refused(operation), "tried")
        try:
            return super().call(operation, region, params, shape)
        except CallFailed as failure:
            self._trials.failed(operation, failure.unread)
            raise
