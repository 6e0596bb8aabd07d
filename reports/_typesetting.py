"""From a template and its data to a PDF. Nothing is taken from the machine: equal input gives equal bytes."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import noto_cjk_sans_jp_bold as bold
import noto_cjk_sans_jp_regular as regular
import typst

from cloudaudit import clock

FONTS = tuple(Path(str(package.FONT_PATH)) for package in (regular, bold))
_STANDARD: list[Any] = ["a-3a"]


def typeset(template: str, inputs: Mapping[str, str], moment: str) -> bytes:
    """Return a PDF/A-3a.

    Args:
        template: the name of a file beside this one.
        inputs: what the template asks for.
        moment: UTC time that the file bears.
    """
    folders: list[str] = sorted({str(font.parent) for font in FONTS})
    compiler = typst.Compiler(
        files("cloudaudit.reports").joinpath(template).read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders),
        sys_inputs=dict(inputs),
    )
    made = compiler.compile(format="pdf", pdf_standards=_STANDARD, timestamp=clock.parse(moment))
    if not isinstance(made, bytes):  # a list of pages is what other formats give
        raise TypeError(type(made))
    return made
