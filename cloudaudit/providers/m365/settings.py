"""Settings that an answer may leave out. Pure."""

from collections.abc import Callable
from typing import TypeVar

from cloudaudit.facts import Cause, Fact, Source, Unread, not_read, value
from cloudaudit.text import Text

S = TypeVar("S")
T = TypeVar("T")

NOBODY = Unread(
    Cause.TOO_SMALL,
    Source("graph:GET /users"),
    detail=Text(en="the directory has no enabled user", ja="有効なユーザーが1人も見つかりません"),
)
"""An empty tenant is not a compliant one."""


def told(fact: Fact[S], pick: Callable[[S], T | None], name: str) -> T:
    """Return a setting.

    Args:
        fact: the settings.
        pick: takes the one out; None is a property that the answer did not have.
        name: Graph's name of it.

    Raises:
        NotRead: the settings were not read, or the answer left this one out.
    """
    found = pick(value(fact))
    if found is None:
        not_read(Unread(Cause.MALFORMED, fact.source, detail=name))
    return found
