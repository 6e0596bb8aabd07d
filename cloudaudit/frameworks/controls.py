"""Controls of outside frameworks, by theme: what a finding of that theme is evidence for.

Only ids that were checked against a source are here, so a theme may name one framework and not the other. That a theme
belongs to a control is cloudaudit's own reading, not the framework's.
"""

from collections.abc import Mapping

from msgspec import Struct

from cloudaudit.model import Theme
from cloudaudit.text import Text


class Framework(Struct, frozen=True):
    """A framework in the version that its ids are of.

    Attributes:
        name: as reports print it before the ids.
        source: where ids and titles were checked.
        as_of: the day they were.
    """

    name: Text
    source: str
    as_of: str


class Controls(Struct, frozen=True):
    """The ids of some controls of one framework."""

    framework: Framework
    ids: tuple[str, ...]

    @property
    def shown(self) -> Text:
        """Name and ids, as a report prints them."""
        ids = ", ".join(self.ids)
        return Text(en=f"{self.framework.name.en} {ids}", ja=f"{self.framework.name.ja} {ids}")


PPC = Framework(
    # 個人情報の保護に関する法律についてのガイドライン(通則編)別添「講ずべき安全管理措置の内容」
    name=Text(en="PPC guideline", ja="個情法GL通則編"),
    source="https://www.ppc.go.jp/personalinfo/legal/guidelines_tsusoku/",
    as_of="2026-11-21",
)
ISO_27001 = Framework(
    name=Text(en="ISO/IEC 27001:2022", ja="ISO/IEC 27001:2022"),
    source="https://www.iso.org/standard/27001",
    as_of="2026-11-21",
)
BY_THEME: Mapping[Theme, tuple[Controls, ...]] = {
    Theme.SHARING: (
        Controls(PPC, ("10-6(1)", "10-6(4)")),
        Controls(ISO_27001, ("A.5.15", "A.8.3", "A.8.12")),
    ),
    Theme.MFA: (Controls(PPC, ("10-6(2)",)), Controls(ISO_27001, ("A.5.17", "A.8.5"))),
    Theme.ENCRYPTION: (Controls(PPC, ("10-6(4)",)), Controls(ISO_27001, ("A.8.24",))),
    Theme.BACKUP: (Controls(ISO_27001, ("A.8.13", "A.8.14")),),
    Theme.CREDENTIALS: (
        Controls(PPC, ("10-6(2)",)),
        Controls(ISO_27001, ("A.5.16", "A.5.17", "A.5.18")),
    ),
    Theme.ACCESS: (Controls(PPC, ("10-6(1)",)), Controls(ISO_27001, ("A.5.18", "A.8.2"))),
    Theme.LOGGING: (Controls(PPC, ("10-6(3)",)), Controls(ISO_27001, ("A.8.15",))),
    Theme.NETWORK: (Controls(PPC, ("10-6(2)",)), Controls(ISO_27001, ("A.8.20",))),
    Theme.RETENTION: (Controls(ISO_27001, ("A.8.10",)),),
    Theme.RESIDENCY: (Controls(ISO_27001, ("A.5.23", "A.5.31", "A.5.34")),),
}
