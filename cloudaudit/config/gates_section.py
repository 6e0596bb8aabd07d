"""``[gates]``: when a run is not good enough."""

from typing import Annotated, Literal

from pydantic import Field

from cloudaudit.config.fields import JUDGING, Section, Setting
from cloudaudit.model import Theme

Limit = Literal["critical", "high", "medium", "low", "info", "none"]
Percent = Annotated[float, Field(ge=0, le=100)]


class ThemeGates(Section):
    """``[gates.themes.<theme>]``."""

    fail_on: Annotated[Limit | None, Setting("as above, for this theme", "このテーマの重要度", "medium")] = (
        None
    )
    min_coverage: Annotated[Percent | None, Setting("percent", "判定率(%)", 100)] = None
    min_score: Annotated[Percent | None, Setting("guaranteed score", "保証スコア", 80)] = None


class GatesSection(Section):
    """``[gates]``."""

    fail_on: Annotated[
        Limit | None,
        Setting(
            "exit with 1 from this severity on; none for never",
            "この重要度以上の不適合で終了コード 1(none は無効)",
            "high",
            "fail_on",
            JUDGING,
        ),
    ] = None
    fail_on_new: Annotated[
        bool | None,
        Setting(
            "count only failures that are new or worse since the baseline",
            "前回以降の新規・悪化のみを対象とする",
            example=True,
            option="fail_on_new",
            commands=JUDGING,
        ),
    ] = None
    min_coverage: Annotated[
        Percent | None,
        Setting(
            "percent; exit with 3 below it", "判定率(%)。未満なら終了コード 3", 95, "min_coverage", JUDGING
        ),
    ] = None
    min_score: Annotated[
        Percent | None,
        Setting(
            "guaranteed score; exit with 1 below it",
            "保証スコア。未満なら終了コード 1",
            70,
            "min_score",
            JUDGING,
        ),
    ] = None
    themes: dict[Theme, ThemeGates] = {}  # noqa: RUF012 - pydantic copies it for each section

    def given(self, name: str) -> list[str]:
        """Return what the option of a gate would be given, overall and by theme; empty where nothing is said."""
        overall = getattr(self, name)
        by_theme = {theme: getattr(gates, name) for theme, gates in self.themes.items()}
        return [
            *([str(overall)] if overall is not None else []),
            *(f"{theme.value}={limit}" for theme, limit in by_theme.items() if limit is not None),
        ]
