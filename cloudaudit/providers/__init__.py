"""What a provider offers to the engine; found through the entry-point group ``cloudaudit.providers``."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from cloudaudit.facts import Unread
from cloudaudit.model import Gap, Resource, Share
from cloudaudit.snapshot import Header, Listing, Selection, Snapshot
from cloudaudit.text import Text


class Progress(Protocol):
    """Hears how far the collection is. Safe to call from any thread."""

    def expect(self, resources: int) -> None:
        """Say that this many more resources are to be read."""
        ...

    def done(self, resources: int = 1) -> None:
        """Say that this many were read."""
        ...

    def say(self, text: Text) -> None:
        """Say something in one sentence, such as that calls are being throttled."""
        ...


class Sink(Protocol):
    """Takes what was collected, in the order of arrival. Safe to call from any thread."""

    def write(self, record: Listing | Gap | Resource) -> None:
        """Keep one record."""
        ...

    def write_lines(self, lines: bytes) -> None:
        """Keep records that were encoded elsewhere."""
        ...


class Task(Struct, frozen=True, kw_only=True):
    """What to collect.

    Attributes:
        kinds: names of the kinds to collect.
        selection: what the user narrowed the run to.
        done: ids that an interrupted run has read already, by kind.
        again: ids that it has recorded with something left unread that a second attempt may mend, by kind.
    """

    kinds: frozenset[str]
    selection: Selection
    done: Mapping[str, frozenset[str]] = {}
    again: Mapping[str, frozenset[str]] = {}


class Outcome(Struct, frozen=True, kw_only=True):
    """How a collection ended.

    Attributes:
        calls: requests sent, retries included.
        stopped: ``expired`` or ``interrupted`` when it ended early; else empty.
    """

    calls: int
    stopped: str = ""


class Session(Protocol):
    """A connection to one target; it has an identity and has read no data yet."""

    @property
    def account(self) -> str:
        """The account that will be read, or what stands for all of them where the target spans several."""
        ...

    @property
    def spans(self) -> bool:
        """Whether what is read may belong to other accounts, as the projects of an organisation do."""
        ...

    @property
    def partition(self) -> str:
        """The cloud's partition (``aws``, ``aws-cn`` …); empty where there is none."""
        ...

    @property
    def identity(self) -> str:
        """The principal that reads."""
        ...

    def collect(self, task: Task, sink: Sink, progress: Progress) -> Outcome:
        """Read everything that the task names; all I/O happens here.

        What cannot be read becomes Unread or a Gap. Raises nothing but programming errors.
        """
        ...


class NotLookedAt(Struct, frozen=True, kw_only=True):
    """Something a reader would expect and that this version does not look at.

    Attributes:
        what: ``check`` for one of the catalogue; ``service`` for all of a service, which reports say on their first page;
            ``setting`` for what no API tells, so that a person has to look.
    """

    id: str
    reason: Text
    what: str = "check"


class Provider(Protocol):
    """One cloud. Importing it must not import its SDK."""

    @property
    def name(self) -> str:
        """``aws``, ``gcs`` or ``m365``."""
        ...

    @property
    def kinds(self) -> Sequence[type[Resource]]:
        """Every kind that its snapshots can hold, in the order of reports."""
        ...

    @property
    def not_looked_at(self) -> Sequence[NotLookedAt]:
        """What this version leaves out, to be said in the report."""
        ...

    def shares(self, snapshot: Snapshot) -> Iterator[Share]:
        """Yield the inventory of what is open to whom outside."""
        ...

    def shares_unread(self, snapshot: Snapshot) -> Iterator[Unread]:
        """Yield what was not read within the records and might add a line to the inventory.

        Gaps and records that are missing altogether are the engine's to see.
        """
        ...

    def target_name(self, header: Header) -> str:
        """Return the name of the target for people and for the default output folder."""
        ...
