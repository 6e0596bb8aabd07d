"""What people say of a pack, because no cloud can tell it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class PackOptions:
    """What the forms of a pack need besides the assessment.

    Attributes:
        expires: last day of the certificate (有効期間の満了日); None where it was not said.
        performer: who ran the check (実施者); empty to be filled in by hand.
        auditor: who audits (監査員); empty likewise.
    """

    expires: date | None = None
    performer: str = ""
    auditor: str = ""

    @property
    def audits_himself(self) -> bool:
        """Whether the auditor is who ran the check, as far as the names tell."""
        return bool(self.performer) and _bare(self.performer) == _bare(self.auditor)


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()
