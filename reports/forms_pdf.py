"""Forms as a PDF for people to print, fill in and seal; PDF/A-3a is declared. Needs the extra ``pdf``."""

from typing import BinaryIO

import msgspec

from cloudaudit.forms import Document
from cloudaudit.text import Text

from ._extras import lacking, require

ROWS = 300
"""Of a long list; the rest is counted."""

_MODULES = ("typst", "noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")


def missing() -> Text | None:
    """Return what to install, where the extra is not."""
    return lacking("pdf", _MODULES)


def write(document: Document, out: BinaryIO) -> None:
    """Typeset the forms.

    Raises:
        UsageError: the extra is not installed.
    """
    require(missing())
    from ._forms_data import data_of
    from ._glyphs import Showable
    from ._typesetting import FONTS, typeset

    data = data_of(document, Showable(FONTS))
    out.write(typeset("forms.typ", {"data": msgspec.json.encode(data).decode()}, document.day))
