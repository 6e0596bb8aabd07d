"""An inventory that cannot be used: one sentence, and the cause that its bucket gets."""

from cloudaudit.errors import CloudauditError
from cloudaudit.facts import Cause, Source, Unread
from cloudaudit.text import Text


class InventoryError(CloudauditError):
    """An inventory, or the engine that should read it, gave no answer; its bucket is NOT ASSESSED, the rest goes on."""

    def __init__(self, text: Text, cause: Cause = Cause.MALFORMED) -> None:
        super().__init__(text)
        self.cause = cause

    def unread(self, source: Source, permission: str = "") -> Unread:
        """Return the fact that stands for what could not be read."""
        return Unread(self.cause, source, permission, self.text)
