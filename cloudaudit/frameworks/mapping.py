"""From a finding to the controls that it is evidence for."""

from collections.abc import Iterator, Sequence

from cloudaudit.frameworks.model import Control, Framework, Strength
from cloudaudit.model import Theme
from cloudaudit.text import Language


def controls_of(frameworks: Sequence[Framework], check: str, theme: str, language: Language) -> Iterator[str]:
    """Yield, for each framework that has any, its name and the ids for which results of a check are evidence.

    Those with direct evidence, the narrower ones where there are such: controls that take every theme (such as
    安全管理措置 as a whole) are named only without them, after those with supporting evidence.
    """
    for framework in frameworks:
        taking = [control for control in framework.controls if control.takes(check, theme)]
        direct, supporting = (
            [control for control in taking if control.evidence is strength]
            for strength in (Strength.DIRECT, Strength.SUPPORTING)
        )
        narrow = list(filter(_narrow, direct))
        named = narrow or [*filter(_narrow, supporting), *direct] or supporting
        if named:
            ids = ", ".join(control.shown(language) for control in named)
            yield f"{framework.short.in_(language)} {ids}"


def _narrow(control: Control) -> bool:
    return len(control.themes) < len(Theme)
