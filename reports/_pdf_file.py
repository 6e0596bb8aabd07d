"""The typesetting of the PDF report."""

import io
from collections.abc import Sequence
from typing import Any, BinaryIO

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.frameworks.results import shown as frameworks_shown
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Language

from . import json as result
from ._glyphs import Showable
from ._pdf_data import Facts
from ._typesetting import FONTS, typeset

ATTACHED_LIMIT = 200_000_000
"""Bytes of ``result.json`` that are attached; a longer one lies beside the report."""


def write(assessment: Assessment, language: Language, out: BinaryIO, frameworks: Sequence[str] = ()) -> None:
    """Typeset the report."""
    attachment = _attachment(assessment)
    size = None if attachment is None else len(attachment)
    controls = frameworks_shown(assessment, frameworks, (language,))
    facts = Facts(assessment, language, Showable(FONTS), size, controls).all()
    inputs = {"data": msgspec.json.encode(facts).decode(), "result": (attachment or b"").decode()}
    out.write(typeset("report.typ", inputs, assessment.taken_at))


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
