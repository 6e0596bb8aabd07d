"""Yes, no or not known, and how such answers combine."""

from collections.abc import Iterable
from enum import Enum


class Answer(Enum):
    """An answer that may be missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __invert__(self) -> "Answer":
        """Return the opposite; the opposite of what is not known is not known."""
        return _OPPOSITE[self]


_OPPOSITE = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}


def answer(known: bool) -> Answer:  # noqa: FBT001 - a conversion
    """Return yes or no."""
    return Answer.YES if known else Answer.NO


def any_of(answers: Iterable[Answer]) -> Answer:
    """Return yes when one is, no when all are, else not known."""
    given = set(answers)
    if Answer.YES in given:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in given else Answer.NO


def all_of(answers: Iterable[Answer]) -> Answer:
    """Return no when one is, yes when all are, else not known."""
    return ~any_of(~each for each in answers)
