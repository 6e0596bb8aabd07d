"""Packs of forms: which there are, and each of their files as a report that can be rendered like any other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.forms import Document
from cloudaudit.pmark.options import PackOptions
from cloudaudit.pmark.pack import pack
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

PACKS = ("pmark",)
"""What ``--pack`` takes."""


class FormWriter(Protocol):
    """What a module that draws forms offers. It is found by its entry point in the group ``cloudaudit.forms``.

    Attributes:
        ROWS: of a long list, how many it can take.
    """

    ROWS: int

    def missing(self) -> Text | None:
        """Return the sentence that says what to install, or None where nothing is lacking."""
        ...

    def write(self, document: Document, out: BinaryIO) -> None:
        """Draw a document; a pure function, equal documents give equal bytes."""
        ...


@dataclass(frozen=True, kw_only=True)
class PackFile:
    """One file of a pack.

    Attributes:
        FILE_NAME: as a report has it.
        writer: how its forms are drawn.
        make: makes the forms with so many rows of the long lists.
    """

    FILE_NAME: str
    writer: FormWriter
    make: Callable[[Assessment, int], Document]

    def missing(self) -> Text | None:
        """Return the sentence that says what to install, or None where nothing is lacking."""
        return self.writer.missing()

    def render(self, assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
        """Write the file. Its language is that of its forms and no option changes it."""
        del options
        self.writer.write(self.make(assessment, self.writer.ROWS), out)


def pmark(options: PackOptions) -> tuple[PackFile, ...]:
    """Return the files of the pack for Pマーク, which are in Japanese.

    Raises:
        UsageError: a module that draws forms is not installed, or does not import.
    """

    def make(assessment: Assessment, rows: int) -> Document:
        return pack(assessment, options, rows=rows)

    return tuple(
        PackFile(FILE_NAME=f"pmark-pack.ja.{name}", writer=discovery.form_writer(name), make=make)
        for name in ("pdf", "xlsx")
    )
