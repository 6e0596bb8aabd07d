"""Text for people: both languages or neither."""

from typing import Literal

from msgspec import Struct

Language = Literal["en", "ja"]


class Text(Struct, frozen=True):
    """One sentence or phrase in English and in Japanese; both are required and neither may be empty."""

    en: str
    ja: str

    def __post_init__(self) -> None:
        if not self.en or not self.ja:
            message = f"a Text needs both languages: en={self.en!r}, ja={self.ja!r}"
            raise ValueError(message)

    def in_(self, language: Language) -> str:
        """Return the text in one language."""
        return self.ja if language == "ja" else self.en
