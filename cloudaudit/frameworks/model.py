"""The shapes of a framework: its controls, what evidence this tool can give for each, and where that was checked."""

from enum import StrEnum

from msgspec import Struct

from cloudaudit.model import Theme
from cloudaudit.text import Language, Text

UNVERIFIED = Text(en=" (unverified)", ja="(未検証)")
"""Stands behind an id that was not checked against a source."""


class Strength(StrEnum):
    """What the results of this tool are worth as evidence for a control. Never more than evidence."""

    DIRECT = "direct"
    SUPPORTING = "supporting"
    WEAK = "weak"
    NONE = "none"

    @property
    def rank(self) -> int:
        """0 for DIRECT up to 3 for NONE."""
        return tuple(Strength).index(self)


STRENGTHS: dict[Strength, Text] = {
    Strength.DIRECT: Text(en="direct", ja="直接"),
    Strength.SUPPORTING: Text(en="supporting", ja="補強"),
    Strength.WEAK: Text(en="weak", ja="弱"),
    Strength.NONE: Text(en="manual", ja="手動確認"),
}


class Control(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control, requirement or article.

    Attributes:
        id: as the framework writes it; a string, because ``1.10`` and ``1.1`` are two.
        title: its official title where that is free to repeat, else what it is about in own words.
        evidence: what the results of this tool are worth for it. NONE: a person confirms it.
        verified: id and title were checked against ``source``, or else the source of the framework.
        themes: results of checks of these themes are evidence for it.
        checks: results of these checks too, whatever their theme.
        note: how the results are used for it, or what a person still has to confirm.
    """

    id: str
    title: Text
    evidence: Strength
    verified: bool
    themes: tuple[Theme, ...] = ()
    checks: tuple[str, ...] = ()
    note: Text | None = None
    source: str = ""

    def shown(self, language: Language) -> str:
        """Return the id as reports print it: marked, where it was not verified."""
        return self.id if self.verified else f"{self.id}{UNVERIFIED.in_(language)}"

    def takes(self, check: str, theme: str) -> bool:
        """Tell whether results of this check are evidence for the control."""
        return check in self.checks or theme in self.themes


class Framework(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A framework in one version; ids of another version may name something else.

    Attributes:
        id: what the command line takes, e.g. ``pmark``.
        name: in full.
        short: as tables print it before ids.
        version: what ids and titles are of.
        source: a link to where they were checked.
        as_of: the day they were, YYYY-MM-DD.
        controls: those in the data, in the order of the framework; by no means all that it has.
    """

    id: str
    name: Text
    short: Text
    version: str
    source: str
    as_of: str
    controls: tuple[Control, ...]

    def control(self, control_id: str) -> Control | None:
        """Return one control, or None where the data has none of this id."""
        return next((each for each in self.controls if each.id == control_id), None)
