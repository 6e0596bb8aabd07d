"""Pages of a list, with tokens that only this server understands."""

from collections.abc import Sequence
from typing import TypeVar

from fakes.aws.wire import ApiError

T = TypeVar("T")

PREFIX = "page+"


def page(
    items: Sequence[T], token: object, size: int, *, code: str = "ValidationException"
) -> tuple[list[T], str | None]:
    """Return one page and the token of the next, which is None on the last.

    Raises:
        ApiError: with ``code``, for a token that this server did not give out.
    """
    start = 0
    if token:
        offset = str(token).removeprefix(PREFIX).removesuffix("=")
        if not offset.isdecimal() or int(offset) > len(items):
            raise ApiError(code, "The continuation token provided is incorrect")
        start = int(offset)
    end = start + size
    following = f"{PREFIX}{end}=" if end < len(items) else None
    return list(items[start:end]), following
