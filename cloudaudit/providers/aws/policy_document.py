"""AWS policy documents as data: the grammar, and nothing about what it means.

The grammar is IAM's: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from msgspec import Struct

from cloudaudit.text import Text

VERSIONS = ("2012-10-17", "2008-10-17")
PRINCIPAL_TYPES = {"aws", "service", "federated", "canonicaluser"}
DOCUMENT_ELEMENTS = {"Version", "Id", "Statement"}
STATEMENT_ELEMENTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
QUANTIFIERS = ("forallvalues", "foranyvalue")
# Comparing patterns costs their product. The 20 KB of the longest policy hold some 2,200 pieces of real ARNs.
MOST_PIECES = 4096
LETTERS_A_PIECE = 16


class Malformed(Struct, frozen=True):
    """A text that is not a policy; ``reason`` says why, without quoting the text."""

    reason: Text


class Party(Struct, frozen=True):
    """Who or what gets in: ``kind`` is a principal type or a condition key, in lower case.

    For example ``("aws", "arn:aws:iam::111122223333:root")`` or ``("aws:principalorgid", "o-abc")``.
    """

    kind: str
    value: str


class Principals(Struct, frozen=True):
    """The Principal (or, negated, the NotPrincipal) of a statement."""

    negated: bool
    parties: tuple[Party, ...]

    @property
    def fixed(self) -> bool:
        """Whether it names certain principals only."""
        return not self.negated and all(is_fixed(party.value) for party in self.parties)


class Selector(Struct, frozen=True):
    """Action or Resource (or, negated, NotAction or NotResource) as patterns."""

    negated: bool
    patterns: tuple[str, ...]

    @property
    def lowered(self) -> tuple[str, ...]:
        """The patterns in lower case, as names of actions are not case-sensitive."""
        return tuple(pattern.lower() for pattern in self.patterns)


class Condition(Struct, frozen=True):
    """One key of a Condition block; the blocks of a statement are all to hold.

    Attributes:
        operator: in lower case, without quantifier and ``IfExists``.
        quantifier: ``forallvalues``, ``foranyvalue`` or empty.
        key: in lower case, as keys are not case-sensitive.
        values: None where the values are of no form that the grammar knows.
    """

    operator: str
    quantifier: str
    if_exists: bool
    key: str
    values: tuple[str, ...] | None


class Statement(Struct, frozen=True, kw_only=True):
    """One statement; ``number`` counts from 1 as people do."""

    number: int
    sid: str
    allow: bool
    principals: Principals | None
    action: Selector
    resource: Selector | None
    conditions: tuple[Condition, ...]


class Document(Struct, frozen=True):
    """A policy that keeps to the grammar."""

    statements: tuple[Statement, ...]

    @property
    def allows(self) -> tuple[Statement, ...]:
        """The statements whose effect is Allow."""
        return tuple(statement for statement in self.statements if statement.allow)

    @property
    def denies(self) -> tuple[Statement, ...]:
        """The statements whose effect is Deny."""
        return tuple(statement for statement in self.statements if not statement.allow)


class _GrammarError(Exception):
    """Left by the parser where the grammar is broken; ``parse`` makes a Malformed of it."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def is_fixed(text: str) -> bool:
    """Return whether a value holds neither a wildcard nor a policy variable."""
    return not any(mark in text for mark in ("*", "?", "${"))


@lru_cache(maxsize=64)
def parse(text: str) -> Document | Malformed:
    """Read a policy of any kind. Never raises; cached, as several checks look at one resource in turn."""
    try:
        data = json.loads(text, object_pairs_hook=_unique)
        _writable(data)
        return _comparable(_document(data))
    except _GrammarError as error:
        return Malformed(error.reason)
    except ValueError:
        return Malformed(Text(en="it is not JSON", ja="JSON ではありません"))
    except RecursionError:
        return Malformed(Text(en="it is nested too deeply", ja="入れ子が深すぎます"))


def parse_resource_policy(text: str) -> Document | Malformed:
    """Read a policy whose every statement must say who it is about. Never raises."""
    document = parse(text)
    if isinstance(document, Document) and any(each.principals is None for each in document.statements):
        return Malformed(
            Text(en="a statement has no Principal", ja="Principal のないステートメントがあります")
        )
    return document


def _writable(data: object) -> None:
    # Half a surrogate pair is valid JSON, but no text: no report, snapshot or log could hold the value.
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _GrammarError(
            Text(
                en="it holds half a character (a lone surrogate)",
                ja="文字として成立しないコード(孤立サロゲート)が含まれています",
            )
        ) from error


def _comparable(document: Document) -> Document:
    """Return the document unless comparing its patterns would take too long."""
    selectors = (each for one in document.statements for each in (one.action, one.resource) if each)
    if sum(_pieces(pattern) for each in selectors for pattern in each.patterns) > MOST_PIECES:
        raise _GrammarError(
            Text(
                en="it has more patterns and wildcards than can be compared",
                ja="比較可能な数を超えるパターンやワイルドカードが含まれています",
            )
        )
    return document


def _pieces(pattern: str) -> int:
    # A "?" must be tried at every place, so its pattern costs by its length.
    return 1 + pattern.count("*") + (len(pattern) // LETTERS_A_PIECE if "?" in pattern else 0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # IAM refuses a key that comes twice; taking the last one would judge another policy than AWS does.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _GrammarError(Text(en="an element comes twice", ja="同じ要素が重複しています"))
    return found


def _document(data: object) -> Document:
    fields = _mapping(data, "the document")
    _known(fields, DOCUMENT_ELEMENTS)
    if fields.get("Version", VERSIONS[0]) not in VERSIONS:
        raise _GrammarError(
            Text(en="its Version is none that AWS knows", ja="Version が AWS の定める値ではありません")
        )
    raw = fields.get("Statement")
    statements = cast("Sequence[object]", raw) if isinstance(raw, list) else (raw,)
    if not statements:
        raise _GrammarError(Text(en="it has no statement", ja="ステートメントがありません"))
    return Document(tuple(_statement(number, each) for number, each in enumerate(statements, 1)))


def _statement(number: int, data: object) -> Statement:
    fields = _mapping(data, "a statement")
    _known(fields, STATEMENT_ELEMENTS)
    sid, effect = fields.get("Sid", ""), fields.get("Effect")
    if not isinstance(sid, str) or effect not in ("Allow", "Deny"):
        raise _GrammarError(
            Text(
                en="a statement has no valid Sid or Effect",
                ja="Sid または Effect が正しくないステートメントがあります",
            )
        )
    action = _selector(fields, "Action")
    if action is None:
        raise _GrammarError(Text(en="a statement has no Action", ja="Action のないステートメントがあります"))
    return Statement(
        number=number,
        sid=sid,
        allow=effect == "Allow",
        principals=_principals(fields),
        action=action,
        resource=_selector(fields, "Resource"),
        conditions=_conditions(fields.get("Condition", {})),
    )


def _selector(fields: Mapping[str, Any], name: str) -> Selector | None:
    negated = _one_of(fields, name)
    if negated is None:
        return None
    return Selector(negated, _strings(fields[f"Not{name}" if negated else name], name))


def _principals(fields: Mapping[str, Any]) -> Principals | None:
    negated = _one_of(fields, "Principal")
    if negated is None:
        return None
    raw = fields["NotPrincipal" if negated else "Principal"]
    if raw == "*":
        return Principals(negated, (Party("aws", "*"),))
    groups = _mapping(raw, "a Principal")
    if not groups or not {kind.lower() for kind in groups} <= PRINCIPAL_TYPES:
        raise _GrammarError(
            Text(
                en="a Principal is of no type that AWS knows",
                ja="Principal の種類が AWS の定めるものではありません",
            )
        )
    return Principals(
        negated,
        tuple(
            Party(kind.lower(), each)
            for kind, values in groups.items()
            for each in _strings(values, "Principal")
        ),
    )


def _conditions(data: object) -> tuple[Condition, ...]:
    return tuple(
        _condition(operator, key, values)
        for operator, keys in _mapping(data, "a Condition").items()
        for key, values in _mapping(keys, "a Condition").items()
    )


def _condition(name: str, key: str, values: object) -> Condition:
    head, _, tail = name.lower().partition(":")
    quantifier, operator = (head, tail) if head in QUANTIFIERS else ("", name.lower())
    return Condition(
        operator=operator.removesuffix("ifexists"),
        quantifier=quantifier,
        if_exists=operator.endswith("ifexists"),
        key=key.lower(),
        values=_scalars(values),
    )


def _scalars(data: object) -> tuple[str, ...] | None:
    values = cast("list[object]", data) if isinstance(data, list) else [data]
    if not values or not all(isinstance(each, str | int | float) for each in values):
        return None
    texts = (str(each).lower() if isinstance(each, bool) else str(each) for each in values)
    return tuple(dict.fromkeys(texts))


def _strings(data: object, name: str) -> tuple[str, ...]:
    values = cast("list[object]", data) if isinstance(data, list) else [data]
    texts = tuple(each for each in values if isinstance(each, str))
    if not texts or len(texts) != len(values):
        raise _GrammarError(
            Text(
                en=f"{name} holds something that is not text, or nothing",
                ja=f"{name} の値が文字列でないか、空です",
            )
        )
    return tuple(dict.fromkeys(texts))


def _one_of(fields: Mapping[str, Any], name: str) -> bool | None:
    if name in fields and f"Not{name}" in fields:
        raise _GrammarError(
            Text(
                en=f"a statement has both {name} and Not{name}",
                ja=f"{name} と Not{name} を併記したステートメントがあります",
            )
        )
    if f"Not{name}" in fields:
        return True
    return False if name in fields else None


def _mapping(data: object, name: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise _GrammarError(Text(en=f"{name} is not an object", ja=f"{name} がオブジェクトではありません"))
    return cast("Mapping[str, Any]", data)


def _known(fields: Mapping[str, Any], names: set[str]) -> None:
    if not fields.keys() <= names:
        raise _GrammarError(
            Text(en="it has an element that AWS does not know", ja="AWS の定めにない要素があります")
        )
