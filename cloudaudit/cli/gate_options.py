"""Options that decide when a run is not good enough, overall and for single themes."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cloudaudit.cli.bilingual import Words, language_of
from cloudaudit.cli.bilingual import option as own_option

F = TypeVar("F", bound=Callable[..., Any])
SEVERITIES = ("critical", "high", "medium", "low", "info")
NO_SEVERITY = "none"
THEMES = (
    "sharing",
    "mfa",
    "encryption",
    "backup",
    "credentials",
    "access",
    "logging",
    "network",
    "retention",
    "residency",
)
"""The values of ``Theme``, which ``--help`` must not import; a test holds them equal."""


if TYPE_CHECKING:  # older versions of click do not know that it is generic
    AnyType = click.ParamType[Any]
else:
    AnyType = click.ParamType


class ByTheme(AnyType):
    """A value, or ``THEME=value``; converted into the theme, empty for all, and the value.

    Args:
        of: the type of the value.
    """

    name = "[theme=]value"

    def __init__(self, of: AnyType) -> None:
        self.of = of

    def convert(
        self, value: str | tuple[str, Any], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Any]:
        """Take theme and value apart."""
        if isinstance(value, tuple):
            return value
        theme, equals, written = value.rpartition("=")
        if equals and theme not in THEMES:
            near = get_close_matches(theme, THEMES, n=1)
            words = Words(
                f"there is no theme {theme}; "
                + (f"did you mean {near[0]}?" if near else f"there are {', '.join(THEMES)}."),
                f"テーマ {theme} はありません。"
                + (f"{near[0]} ではありませんか。" if near else f"指定できるテーマ: {', '.join(THEMES)}。"),
            )
            self.fail(words.in_(language_of(ctx)), param, ctx)
        return theme, self.of.convert(written, param, ctx)


def gates(function: F) -> F:
    """Declare the gates."""
    for declare in reversed(_GATES):
        function = declare(function)
    return function


option = partial(own_option, shared=True)
_GATES: tuple[Callable[[Any], Any], ...] = (
    option(
        "--fail-on",
        type=ByTheme(click.Choice([*SEVERITIES, NO_SEVERITY])),
        multiple=True,
        default=("high",),
        metavar="[THEME=]SEVERITY",
        words=Words(
            "Exit with 1 from this severity on (critical, high, medium, low, info, none; high by default); "
            "for one theme: sharing=medium.",
            "この重要度以上の不適合で終了コード 1(critical、high、medium、low、info、none。既定は high)。"
            "テーマ別の指定も可: sharing=medium",
        ),
    ),
    option(
        "--fail-on-new",
        is_flag=True,
        words=Words(
            "Of the failures count only those that are new or worse since --baseline.",
            "--baseline 以降に新たに生じた、または悪化した不適合のみを対象とする",
        ),
    ),
    option(
        "--min-coverage",
        type=ByTheme(click.FloatRange(0, 100)),
        multiple=True,
        metavar="[THEME=]PERCENT",
        words=Words(
            "Exit with 3 below this; by default when a critical check is not wholly assessed.",
            "判定率がこれ未満なら終了コード 3(既定は重要度「緊急」のチェックに判定不能がある場合)",
        ),
    ),
    option(
        "--min-score",
        type=ByTheme(click.FloatRange(0, 100)),
        multiple=True,
        metavar="[THEME=]SCORE",
        words=Words(
            "Exit with 1 where the guaranteed score is below this.",
            "保証スコアがこれ未満なら終了コード 1",
        ),
    ),
)
