"""The controls that findings are evidence for."""

import re

import pytest

from cloudaudit.frameworks.controls import BY_THEME, ISO_27001, PPC
from cloudaudit.model import Theme

FORM = {PPC: r"10-6\([1-4]\)", ISO_27001: r"A\.[5-8]\.[1-9]\d?"}


@pytest.mark.parametrize("theme", Theme)
def test_every_theme_names_controls_each_once_and_in_order(theme: Theme) -> None:
    assert BY_THEME[theme]
    for controls in BY_THEME[theme]:
        numbers = [[int(part) for part in re.findall(r"\d+", each)] for each in controls.ids]
        assert numbers == sorted(numbers)
        assert len(set(controls.ids)) == len(controls.ids)
        assert all(re.fullmatch(FORM[controls.framework], each) for each in controls.ids)
        assert controls.shown.ja.endswith(", ".join(controls.ids))
