"""Errors that tell a person what to do next, in both languages, each with its exit code."""

from enum import IntEnum
from typing import ClassVar

from cloudaudit.text import Text


class Exit(IntEnum):
    """What the process returns; each CI can tell them apart."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    EVIDENCE = 4
    INTERRUPTED = 130


class CloudauditError(Exception):
    """The base of every error that a user can meet."""

    exit: ClassVar[Exit] = Exit.INCOMPLETE

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def diagnostics(self) -> Text:
        """Return one sentence that says what is wrong and what to do next."""
        return self.text


class UsageError(CloudauditError):
    """Wrong arguments, configuration or input files; nothing was started."""

    exit = Exit.USAGE


class FaultyFileError(UsageError):
    """A file that a person wrote has faults."""

    def __init__(self, what: Text, name: str, faults: tuple[Text, ...]) -> None:
        self.head = Text(en=f"The {what.en} {name} has faults:", ja=f"{what.ja} {name} に誤りがあります:")
        self.faults = faults
        super().__init__(
            Text(
                en=f"{self.head.en} {'; '.join(fault.en for fault in faults)}.",
                ja=f"{self.head.ja} {''.join(f'{fault.ja}。' for fault in faults)}",
            )
        )


class CredentialsError(UsageError):
    """There are no credentials, or the provider refused them before anything was read."""


class SnapshotError(UsageError):
    """A saved snapshot cannot be used."""


class ResultError(UsageError):
    """A saved result cannot be used."""


class OutputError(CloudauditError):
    """An output could not be written; what was there before is untouched."""

    exit = Exit.USAGE


class SealError(CloudauditError):
    """The evidence could not be sealed. The run itself is whole: snapshot and reports are kept.

    The run counts as incomplete (3) and not as false evidence (4): what was asked for is missing, and nothing is forged.
    """


class EvidenceError(CloudauditError):
    """Evidence does not verify."""

    exit = Exit.EVIDENCE
