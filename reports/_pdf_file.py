"""The typesetting of the PDF report."""

import io
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import noto_cjk_sans_jp_bold as bold
import noto_cjk_sans_jp_regular as regular
import typst

from cloudaudit import clock
from cloudaudit.assessment import Assessment
from cloudaudit.frameworks.results import shown as frameworks_shown
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Language

from . import json as result
from ._glyphs import Showable
from ._pdf_data import Facts

ATTACHED_LIMIT = 200_000_000
"""Bytes of ``result.json`` that are attached; a longer one lies beside the report."""

_STANDARD: list[Any] = ["a-3a"]


def write(assessment: Assessment, language: Language, out: BinaryIO, frameworks: Sequence[str] = ()) -> None:
    """Typeset the report."""
    fonts = [Path(str(package.FONT_PATH)) for package in (regular, bold)]
    attachment = _attachment(assessment)
    size = None if attachment is None else len(attachment)
    controls = frameworks_shown(assessment, frameworks, (language,))
    facts = Facts(assessment, language, Showable(fonts), size, controls).all()
    out.write(_typeset(facts, attachment or b"", fonts, assessment))


def _typeset(
    facts: dict[str, Any], attachment: bytes, fonts: Sequence[Path], assessment: Assessment
) -> bytes:
    folders: list[str] = sorted({str(font.parent) for font in fonts})
    compiler = typst.Compiler(
        files("cloudaudit.reports").joinpath("report.typ").read_bytes(),
        # Nothing is taken from the machine: equal input gives equal bytes.
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders),
        sys_inputs={"data": msgspec.json.encode(facts).decode(), "result": attachment.decode()},
    )
    made = compiler.compile(format="pdf", pdf_standards=_STANDARD, timestamp=clock.parse(assessment.taken_at))
    if not isinstance(made, bytes):  # a list of pages is what other formats give
        raise TypeError(type(made))
    return made


def _attachment(assessment: Assessment) -> bytes | None:
    room = _Room(ATTACHED_LIMIT)
    try:
        result.render(assessment, ReportOptions(), room)
    except _FullError:
        return None
    return room.getvalue()


class _FullError(Exception):
    """There is no more room."""


class _Room(io.BytesIO):
    """Memory of limited size."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - whatever has the form of bytes
        if self.tell() + len(data) > self._limit:
            raise _FullError
        return super().write(data)
