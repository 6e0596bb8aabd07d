"""Which operations of a provider some checks need, for a role that is cut to them."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import click

from cloudaudit import discovery, run
from cloudaudit.cli.catalogue import CHECK, WHERE_CHECKS
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.model import Theme
from cloudaudit.providers.trials import needed_by, read_costs
from cloudaudit.snapshot import Selection
from cloudaudit.text import Language, Text


class Needs(Protocol):
    """An operation of any provider."""

    @property
    def permission(self) -> str:
        """The permissions that it needs, with commas."""
        ...


O = TypeVar("O", bound=Needs)  # noqa: E741 - an operation

_UNKNOWN = Text(
    en="A check from another package was chosen; nobody knows what it needs, so everything is printed.",
    ja="他のパッケージのチェックが指定されており、必要な権限を特定できないため、すべての権限を出力します。",
)

_OBJECTS = Text(
    en="Some of these checks look at objects; add --objects auto, or they are not assessed.",
    ja="指定されたチェックにはオブジェクトを確認するものがあります。--objects auto を指定しない場合は判定不能になります。",
)


def themes_and_checks_faults(themes: Sequence[str], checks: Sequence[str]) -> list[Text]:
    """Return a sentence for each name that there is none of."""
    names = [theme.value for theme in Theme]
    listed = Text(en=f"there are {', '.join(names)}.", ja=f"指定できるテーマ: {', '.join(names)}。")
    return [
        *unknown(checks, discovery.checks(), CHECK, WHERE_CHECKS),
        *unknown(themes, names, Text(en="theme", ja="テーマ"), listed),
    ]


def chosen(
    provider: str,
    operations: Sequence[O],
    themes: Sequence[str],
    checks: Sequence[str],
    language: Language,
    *,
    objects: str = "",
) -> tuple[O, ...]:
    """Return the operations that the checks of these names and themes need; all where none is named.

    Args:
        provider: whose checks they are.
        operations: from which to choose.
        themes: of the checks.
        checks: their ids.
        language: of what is told besides.
        objects: ``off`` where objects are not looked at; what needs them is then told.

    Raises:
        UsageError: a name is not known, or no check of this provider is left.
    """
    if not themes and not checks:
        return tuple(operations)
    refuse(themes_and_checks_faults(themes, checks))
    selection = Selection(themes=tuple(themes), checks=tuple(checks))
    plan = run.plan(discovery.provider(provider), discovery.checks(), selection)
    needed = needed_by(read_costs(provider), plan.checks)
    if needed is None:
        click.echo(_UNKNOWN.in_(language), err=True)
        return tuple(operations)
    known = frozenset(name for each in operations for name in _permissions(each))
    if objects == "off" and needed - known:
        click.echo(_OBJECTS.in_(language), err=True)
    return cut(operations, needed)


def cut(operations: Sequence[O], needed: frozenset[str]) -> tuple[O, ...]:
    """Return the operations that these permissions allow, and what else it takes to use each of them."""
    kept = [each for each in operations if _permissions(each) and _permissions(each) <= needed]
    covered = frozenset(name for each in kept for name in _permissions(each))
    kept += [each for each in operations if (_permissions(each) & needed) - covered]
    return tuple(each for each in operations if each in kept)


def _permissions(operation: Needs) -> frozenset[str]:
    return frozenset(filter(None, operation.permission.split(", ")))
