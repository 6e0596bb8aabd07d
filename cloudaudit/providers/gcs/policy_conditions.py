"""Whether the condition of a binding can hold for a bucket. Pure.

Conditions are CEL. What is understood here is what decides exposure: the time of the request against a date, and the
name, type and service of the resource. All else may hold, which is the side on which nothing is missed.
https://cloud.google.com/iam/docs/conditions-attribute-reference
"""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from cloudaudit.clock import parse, stamp

MOST_NESTED = 40
_TOKEN = re.compile(
    r"\s*(?:(?P<text>[rR]?\"(?:[^\"\\]|\\.)*\"|[rR]?'(?:[^'\\]|\\.)*')"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!(),.?:\[\]{}])|(?P<number>[0-9][0-9A-Za-z.]*))",
    re.ASCII | re.DOTALL,
)
_COMPARISONS = {"==", "!=", "<", "<=", ">", ">="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_STORAGE = "storage.googleapis.com"


class Holds(StrEnum):
    """Whether a condition holds."""

    ALWAYS = "always"
    NEVER = "never"
    MAYBE = "maybe"


class Outcome(Struct, frozen=True):
    """Whether a condition holds, judged at a time; ``until`` is when one that holds now ends, else empty."""

    holds: Holds
    until: str = ""


ALWAYS, NEVER, MAYBE = Outcome(Holds.ALWAYS), Outcome(Holds.NEVER), Outcome(Holds.MAYBE)


class _Undecided(Exception):  # noqa: N818 - not an error: this is no expression that is understood here
    pass


def outcome(expression: str, bucket: str | None, at: datetime) -> Outcome:
    """Return whether an expression holds at a time or later for a bucket, or for anything in it.

    Args:
        expression: the condition.
        bucket: name of the bucket; None for any bucket, when no name is ruled out.
        at: the time.
    """
    try:
        return _Reader(_tokens(expression), bucket, at).whole()
    except _Undecided:
        return MAYBE


def _tokens(expression: str) -> list[str]:
    found: list[str] = []
    place = 0
    expression = expression.rstrip()
    while place < len(expression):
        token = _TOKEN.match(expression, place)
        if token is None:
            raise _Undecided
        found.append(token[0].strip())
        place = token.end()
    return found


class _Reader:
    """Reads ``or``, ``and``, ``not`` and comparisons, each from where the last one ended."""

    def __init__(self, tokens: Sequence[str], bucket: str | None, at: datetime) -> None:
        self._tokens = tokens
        self._place = 0
        self._nested = 0
        self._base = None if bucket is None else f"projects/_/buckets/{bucket}"
        self._at = at

    def whole(self) -> Outcome:
        found = self._any()
        if self._next():
            raise _Undecided
        return found

    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self, token: str) -> bool:
        if self._next() != token:
            return False
        self._place += 1
        return True

    def _any(self) -> Outcome:
        found = [self._all()]
        while self._take("||"):
            found.append(self._all())
        return _either(found)

    def _all(self) -> Outcome:
        found = [self._not()]
        while self._take("&&"):
            found.append(self._not())
        return _both(found)

    def _not(self) -> Outcome:
        negations = 0
        while self._take("!"):
            negations += 1
        found = self._one()
        return _denied(found) if negations % 2 else found

    def _one(self) -> Outcome:
        if self._next() == "(" and not self._is_operand():
            self._nested += 1
            if self._nested > MOST_NESTED:
                raise _Undecided
            self._place += 1
            found = self._any()
            if not self._take(")"):
                raise _Undecided
            self._nested -= 1
            return found
        left = self._operand()
        if self._next() not in _COMPARISONS:
            return self._alone(left)
        sign = self._next()
        self._place += 1
        return self._compared(left, sign, self._operand())

    def _is_operand(self) -> bool:
        """Return whether the parenthesis here is a part of a term, such as ``(a + b) < c``."""
        depth = 0
        for place in range(self._place, len(self._tokens)):
            depth += {"(": 1, ")": -1}.get(self._tokens[place], 0)
            if depth == 0:
                after = self._tokens[place + 1] if place + 1 < len(self._tokens) else ""
                return after not in {"", "&&", "||", ")"}
        raise _Undecided

    def _operand(self) -> tuple[str, ...]:
        """Return the tokens up to the next sign that ends a term."""
        start, depth = self._place, 0
        while token := self._next():
            if token in {"?", ":"}:
                raise _Undecided
            if depth == 0 and (token in _COMPARISONS or token in {"&&", "||", ")"}):
                break
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token, 0)
            self._place += 1
        if start == self._place or depth:
            raise _Undecided
        return tuple(self._tokens[start : self._place])

    def _alone(self, term: tuple[str, ...]) -> Outcome:
        if term in {("true",), ("false",)}:
            return ALWAYS if term == ("true",) else NEVER
        prefix = _argument(term, "resource.name.startsWith")
        return MAYBE if prefix is None else self._named_with(prefix)

    def _named_with(self, prefix: str) -> Outcome:
        if self._base is None:
            return MAYBE
        if self._base.startswith(prefix):
            return ALWAYS
        return MAYBE if prefix.startswith(f"{self._base}/") else NEVER

    def _compared(self, left: tuple[str, ...], sign: str, right: tuple[str, ...]) -> Outcome:
        if left == ("request.time",):
            return self._timed(sign, _argument(right, "timestamp"))
        if right == ("request.time",):
            return self._timed(_TURNED.get(sign, sign), _argument(left, "timestamp"))
        word, text = (left, right) if len(right) == 1 and _text(right[0]) is not None else (right, left)
        said = _text(text[0]) if len(text) == 1 else None
        if said is None or len(word) != 1 or sign not in {"==", "!="}:
            return MAYBE
        found = self._equal(word[0], said)
        return found if sign == "==" else _denied(found)

    def _equal(self, word: str, said: str) -> Outcome:
        if word == "resource.name":
            ours = self._base is None or said == self._base or said.startswith(f"{self._base}/")
            return MAYBE if ours else NEVER
        if word == "resource.service":
            return ALWAYS if said == _STORAGE else NEVER
        if word == "resource.type":
            return MAYBE if said.startswith(f"{_STORAGE}/") else NEVER
        return MAYBE

    def _timed(self, sign: str, when: str | None) -> Outcome:
        try:
            moment = parse(when or "")
        except ValueError:
            return MAYBE
        ended = self._at >= moment
        if sign in {"<", "<="}:
            return NEVER if ended else Outcome(Holds.ALWAYS, stamp(moment))
        if sign in {">", ">="}:
            return ALWAYS if ended else MAYBE
        return MAYBE


def _argument(term: tuple[str, ...], function: str) -> str | None:
    """Return the one string that a function is called with; None for anything else."""
    match term:
        case (word, "(", text, ")") if word == function:
            return _text(text)
        case _:
            return None


def _text(token: str) -> str | None:
    """Return what a string literal says; None for another token, or one with escapes."""
    if token[:1] not in {'"', "'"} or "\\" in token:
        return None
    return token[1:-1]


def _both(outcomes: Sequence[Outcome]) -> Outcome:
    if any(each.holds is Holds.NEVER for each in outcomes):
        return NEVER
    ends = [each.until for each in outcomes if each.until]
    first = min(ends, default="")
    held = all(each.holds is Holds.ALWAYS for each in outcomes)
    return Outcome(Holds.ALWAYS if held else Holds.MAYBE, first)


def _either(outcomes: Sequence[Outcome]) -> Outcome:
    possible = [each for each in outcomes if each.holds is not Holds.NEVER]
    if not possible:
        return NEVER
    last = "" if any(not each.until for each in possible) else max(each.until for each in possible)
    held = any(each.holds is Holds.ALWAYS for each in possible)
    return Outcome(Holds.ALWAYS if held else Holds.MAYBE, last)


def _denied(found: Outcome) -> Outcome:
    if found.holds is Holds.NEVER:
        return ALWAYS
    # What holds until a date does not hold after it.
    return NEVER if found.holds is Holds.ALWAYS and not found.until else MAYBE
