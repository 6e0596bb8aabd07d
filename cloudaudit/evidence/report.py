"""What verification found, line by line: what was verified, what was not, and what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cloudaudit.text import Text


class Mark(StrEnum):
    """What a line says."""

    VERIFIED = "verified"
    FAILED = "failed"
    NOT_VERIFIED = "not-verified"
    NOTE = "note"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    mark: Mark
    text: Text


@dataclass
class Report:
    """What was found about one bundle.

    Attributes:
        signer_known: a key that the verifier trusts signed it.
    """

    lines: list[Line] = field(default_factory=list[Line])
    signer_known: bool = False

    def verified(self, en: str, ja: str) -> None:
        """Add something that holds."""
        self.lines.append(Line(Mark.VERIFIED, Text(en=en, ja=ja)))

    def failed(self, en: str, ja: str) -> None:
        """Add something that does not hold."""
        self.lines.append(Line(Mark.FAILED, Text(en=en, ja=ja)))

    def not_verified(self, en: str, ja: str) -> None:
        """Add something that was not, or could not be, looked at."""
        self.lines.append(Line(Mark.NOT_VERIFIED, Text(en=en, ja=ja)))

    def note(self, en: str, ja: str) -> None:
        """Add something that a reader wants to know."""
        self.lines.append(Line(Mark.NOTE, Text(en=en, ja=ja)))

    def fail_each(self, faults: Iterable[Text]) -> None:
        """Add things that do not hold."""
        self.lines.extend(Line(Mark.FAILED, fault) for fault in faults)

    @property
    def sound(self) -> bool:
        """Whether nothing that was looked at is wrong."""
        return all(line.mark is not Mark.FAILED for line in self.lines)

    @property
    def good(self) -> bool:
        """Whether it verifies: nothing is wrong, and who signed it is known. Without a known signer it does not."""
        return self.sound and self.signer_known
