"""Yes, no, or: it depends on something that was not read.

Some questions have several ways to a yes (a backup or a replica) or several conditions. These functions put
such answers together: what was read decides as early as it can, and what was not read is never dropped.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec import Struct

from cloudaudit.facts import NotRead, Read, Unread, not_read

T = TypeVar("T")


class Unknown(Struct, frozen=True):
    """The answer depends on these facts, none of which was read; never empty."""

    facts: tuple[Unread, ...]


Answer = bool | Unknown


def holds(fact: Read[T] | Unread, condition: Callable[[T], bool]) -> Answer:
    """Return whether a fact meets a condition."""
    return Unknown((fact,)) if isinstance(fact, Unread) else condition(fact.value)


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes when one answer is yes, no when all are no. Stops asking at the first yes."""
    return _combine(answers, decisive=True)


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return no when one answer is no, yes when all are yes. Stops asking at the first no."""
    return _combine(answers, decisive=False)


def asked(question: Callable[[], Answer]) -> Answer:
    """Return the answer to a question that looks another resource up; Unknown where that was not read.

    For questions that stand beside others, one of which may decide without it.
    """
    try:
        return question()
    # The facts are kept whole in Unknown, so that nothing is lost unless another answer decides without them.
    except NotRead as missing:
        return Unknown(missing.facts)


def decided(answer: Answer) -> bool:
    """Return yes or no.

    Raises:
        NotRead: when it depends on facts that were not read; all of them are named.
    """
    if isinstance(answer, Unknown):
        not_read(*answer.facts)
    return answer


def shown(fact: Read[T] | Unread, view: Callable[[T], Any]) -> Any:  # noqa: ANN401 - plain JSON has no type of its own
    """Return a fact for the evidence of a verdict that did not need it: its view, or why it was not read."""
    return {"not_read": str(fact.cause)} if isinstance(fact, Unread) else view(fact.value)


def _combine(answers: Iterable[Answer], *, decisive: bool) -> Answer:
    missing: dict[Unread, None] = {}
    for answer in answers:
        if isinstance(answer, Unknown):
            missing.update(dict.fromkeys(answer.facts))
        elif answer is decisive:
            return decisive
    return Unknown(tuple(missing)) if missing else not decisive
