"""Waivers: who accepts which failure, why, and until when. Pure; a waiver can hide nothing that was not read.

A waiver covers failures only. What is not assessed stays so, and what passes needs none. One that has ended, that has
not begun, or that is granted for longer than the policy allows has no effect, and is told like all others. A day counts
in UTC; the last day of a waiver is its ``expires``.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fnmatch import translate

import msgspec
from msgspec import UNSET, Struct, structs

from cloudaudit.ids import DIGITS
from cloudaudit.model import Finding, ResourceRef, Status, SubFinding

_ID = 12
_WILD = re.compile(r"[*?\[\]!]")
_FEW = 3
"""A pattern that covers fewer findings is not called too broad for its share alone."""

_PERCENT = 100


class Waiver(Struct, frozen=True, kw_only=True):
    """One contract.

    Attributes:
        check: id of the check.
        resource: a pattern (``*``, ``?``, ``[...]``) of names or ids of resources; or the id of one finding or of one of
            its parts.
        account: of this account alone; empty for any.
        owner: who is answerable for the risk.
        approver: who allowed it, and not the owner.
        compensating_control: what is done instead (代替策).
        created: the first day.
        expires: the last day.
    """

    check: str
    resource: str
    account: str = ""
    reason: str
    owner: str
    approver: str
    ticket: str = ""
    compensating_control: str
    created: date
    expires: date

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that change whenever anything in the waiver does."""
        written = msgspec.json.encode(structs.asdict(self), order="deterministic")
        return hashlib.sha256(written).hexdigest()[:_ID]


class Book(Struct, frozen=True, kw_only=True):
    """The waivers of one file.

    Attributes:
        file: its name.
        sha256: digest of its bytes, in hexadecimal.
    """

    waivers: tuple[Waiver, ...] = ()
    file: str = ""
    sha256: str = ""


class Terms(Struct, frozen=True, kw_only=True):
    """What the audit policy says of waivers; see ``AuditPolicy``."""

    max_days: int = 365
    warn_days: int = 14
    broad_percent: int = 50


class State(StrEnum):
    """Whether a waiver has an effect; only the first two have one."""

    IN_FORCE = "in-force"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    TOO_LONG = "too-long"


IN_FORCE = frozenset({State.IN_FORCE, State.EXPIRING})


class Problem(StrEnum):
    """What is wrong with a waiver besides its time."""

    UNUSED = "unused"
    TOO_BROAD = "too-broad"
    UNKNOWN_CHECK = "unknown-check"
    OWN_APPROVAL = "approver-is-owner"


class WaiverEntry(Struct, frozen=True, kw_only=True):
    """A waiver as it stands in a result: the contract, its state, and what it did.

    Attributes:
        id: that of the waiver; findings name it.
        created: its first day, as ISO 8601, and so ``expires`` its last.
        waived: how many findings, or parts of them, it covers.
        failing: how many it would cover, were it in force.
        file: where it stands, and ``sha256`` the digest of that file.
    """

    id: str
    state: State
    problems: tuple[Problem, ...]
    check: str
    resource: str
    account: str
    reason: str
    owner: str
    approver: str
    ticket: str
    compensating_control: str
    created: str
    expires: str
    waived: int
    failing: int
    file: str
    sha256: str

    @property
    def wrong(self) -> bool:
        """Whether somebody has to do something about it now."""
        return bool(self.problems) or self.state not in IN_FORCE

    @property
    def remarkable(self) -> bool:
        """Whether it is wrong or will end soon."""
        return self.wrong or self.state is State.EXPIRING


class Reach(Struct, frozen=True, kw_only=True):
    """Which waivers concern an assessment.

    Attributes:
        account: of the target.
        known: ids of all checks there are.
        ours: ids of the checks for the target's provider.
        ran: ids of those that ran.
        narrowed: not all resources were looked at.
        any_account: waivers of every account concern it, as where a file is looked over by itself.
    """

    account: str
    known: Collection[str]
    ours: Collection[str]
    ran: Collection[str]
    narrowed: bool = False
    any_account: bool = False

    def concerns(self, waiver: Waiver) -> bool:
        """Whether a waiver is of this target, as far as can be told; what is another's is not told here."""
        mine = self.any_account or waiver.account in {"", self.account}
        return mine and (waiver.check in self.ours or waiver.check not in self.known)


@dataclass
class _Tally:
    """A waiver, and what it met so far."""

    waiver: Waiver
    state: State
    pattern: re.Pattern[str]
    identity: str
    matched: int = 0
    unread: int = 0
    waived: int = 0
    failing: int = 0

    @property
    def in_force(self) -> bool:
        return self.state in IN_FORCE

    def names(self, finding: Finding) -> bool:
        """Whether it is about the whole of a finding."""
        if self.waiver.resource == finding.id:
            return True
        return self._matches(finding.resource)

    def _matches(self, resource: ResourceRef) -> bool:
        return any(self.pattern.fullmatch(name) for name in (resource.name, resource.id))

    def names_part(self, sub: SubFinding) -> bool:
        """Whether it is about one part of a finding."""
        return self.waiver.resource == sub.id


@dataclass
class Register:
    """Applies waivers to findings as they stream by, and tells afterwards what each did.

    Args:
        book: the waivers.
        terms: of the policy.
        day: at which they are judged.
        reach: which of them concern the assessment.
    """

    book: Book
    terms: Terms
    day: date
    reach: Reach
    _tallies: list[_Tally] = field(init=False)
    _by_check: dict[str, list[_Tally]] = field(init=False)
    _judged: Counter[str] = field(init=False)
    _unlisted: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._tallies = [
            _Tally(
                waiver,
                state_of(waiver, self.terms, self.day),
                re.compile(translate(waiver.resource)),
                waiver.id,
            )
            for waiver in self.book.waivers
            if self.reach.concerns(waiver)
        ]
        self._by_check = {}
        for tally in self._tallies:
            self._by_check.setdefault(tally.waiver.check, []).append(tally)
        self._judged = Counter()
        self._unlisted = set()

    def apply(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings, those that a waiver covers as waived; nothing else about them changes."""
        return map(self._one, findings)

    def entries(self) -> tuple[WaiverEntry, ...]:
        """Return every waiver of this target with what it did; ask when all findings were seen."""
        return tuple(self._entry(tally) for tally in self._tallies)

    def _one(self, finding: Finding) -> Finding:
        tallies = self._by_check.get(finding.check)
        if tallies is None:
            return finding
        if finding.status is not Status.NOT_APPLICABLE:
            self._judged[finding.check] += 1
        whole = [tally for tally in tallies if tally.names(finding)]
        for tally in whole:
            tally.matched += finding.status is not Status.NOT_APPLICABLE
            tally.unread += finding.status is Status.NOT_ASSESSED
        if finding.status is Status.NOT_ASSESSED:
            self._note_unread(finding, tallies)
        if finding.status is not Status.FAIL:
            return finding
        by = _covering(whole)
        if by is not None:
            return _waived(finding, by.identity)
        return self._parts(finding, tallies)

    def _note_unread(self, finding: Finding, tallies: list[_Tally]) -> None:
        """Note what may be hidden behind a finding that was not assessed: its parts, or all of its kind."""
        if finding.resource.name == "*":
            self._unlisted.add(finding.check)
        for tally in tallies:
            tally.unread += is_finding_id(tally.waiver.resource)

    @staticmethod
    def _parts(finding: Finding, tallies: list[_Tally]) -> Finding:
        """Waive single parts; the whole is waived when no part of it fails any more."""
        subs: list[SubFinding] = []
        by: list[str] = []
        for sub in finding.sub_findings:
            covering = None
            if sub.status is Status.FAIL:
                covering = _covering([tally for tally in tallies if tally.names_part(sub)])
            if covering is None:
                subs.append(sub)
            else:
                by.append(covering.identity)
                subs.append(structs.replace(sub, status=Status.WAIVED, waiver=covering.identity))
        if not by:
            return finding
        if any(sub.status is Status.FAIL for sub in subs):
            return structs.replace(finding, sub_findings=tuple(subs))
        return structs.replace(finding, status=Status.WAIVED, waiver=by[0], sub_findings=tuple(subs))

    def _entry(self, tally: _Tally) -> WaiverEntry:
        waiver = tally.waiver
        return WaiverEntry(
            **{
                name: getattr(waiver, name)
                for name in Waiver.__struct_fields__
                if name not in {"created", "expires"}
            },
            id=tally.identity,
            state=tally.state,
            problems=tuple(self._problems(tally)),
            created=waiver.created.isoformat(),
            expires=waiver.expires.isoformat(),
            waived=tally.waived,
            failing=tally.failing,
            file=self.book.file,
            sha256=self.book.sha256,
        )

    def _problems(self, tally: _Tally) -> Iterator[Problem]:
        waiver = tally.waiver
        if waiver.check not in self.reach.known:
            yield Problem.UNKNOWN_CHECK
        elif self._is_unused(tally):
            yield Problem.UNUSED
        if is_broad(waiver.resource) or self._covers_most(tally):
            yield Problem.TOO_BROAD
        if same_person(waiver.owner, waiver.approver):
            yield Problem.OWN_APPROVAL

    def _is_unused(self, tally: _Tally) -> bool:
        """Whether it is certain that nothing fails of what a waiver names."""
        check = tally.waiver.check
        all_seen = check in self.reach.ran and not self.reach.narrowed and check not in self._unlisted
        return all_seen and not (tally.waived or tally.failing or tally.unread)

    def _covers_most(self, tally: _Tally) -> bool:
        """Whether a pattern covers more of what a check looked at than the policy calls an exception."""
        if _WILD.search(tally.waiver.resource) is None or tally.matched < _FEW:
            return False
        return tally.matched * _PERCENT > self._judged[tally.waiver.check] * self.terms.broad_percent


def book_of(entries: Iterable[WaiverEntry]) -> Book:
    """Return the waivers of a result as a file had them, so that judging again gives the same bytes."""
    told = tuple(entries)
    names = [name for name in Waiver.__struct_fields__ if name not in {"created", "expires"}]
    return Book(
        waivers=tuple(
            Waiver(
                **{name: getattr(entry, name) for name in names},
                created=date.fromisoformat(entry.created),
                expires=date.fromisoformat(entry.expires),
            )
            for entry in told
        ),
        file=told[0].file if told else "",
        sha256=told[0].sha256 if told else "",
    )


def state_of(waiver: Waiver, terms: Terms, day: date) -> State:
    """Return whether a waiver has an effect on a day."""
    if (waiver.expires - waiver.created).days > terms.max_days:
        return State.TOO_LONG
    if waiver.created > day:
        return State.NOT_YET
    if waiver.expires < day:
        return State.EXPIRED
    return State.EXPIRING if (waiver.expires - day).days <= terms.warn_days else State.IN_FORCE


def is_broad(pattern: str) -> bool:
    """Whether a pattern names nothing: it has no letter or digit besides what stands in every id."""
    bare = re.sub(r"\[[^]]*\]", "", pattern).removeprefix("arn:").removeprefix("//")
    return not any(map(str.isalnum, _WILD.sub("", bare)))


def same_person(owner: str, approver: str) -> bool:
    """Whether two names are one, whatever their case, width and blanks."""
    return _plain(owner) == _plain(approver)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def unwaived(finding: Finding) -> Finding:
    """Return a finding as it was before waivers."""
    subs = tuple(
        structs.replace(sub, status=Status.FAIL, waiver=UNSET) if sub.status is Status.WAIVED else sub
        for sub in finding.sub_findings
    )
    status = Status.FAIL if finding.status is Status.WAIVED else finding.status
    return structs.replace(finding, status=status, waiver=UNSET, sub_findings=subs)


def is_finding_id(pattern: str) -> bool:
    """Whether a pattern has the form of a finding's id."""
    return re.fullmatch(f"[0-9a-f]{{{DIGITS}}}", pattern) is not None


def _covering(tallies: list[_Tally]) -> _Tally | None:
    """Count a failure for each waiver that names it, and return the first that is in force."""
    for tally in tallies:
        if tally.in_force:
            tally.waived += 1
        else:
            tally.failing += 1
    return next((tally for tally in tallies if tally.in_force), None)


def _waived(finding: Finding, by: str) -> Finding:
    subs = tuple(
        structs.replace(sub, status=Status.WAIVED, waiver=by) if sub.status is Status.FAIL else sub
        for sub in finding.sub_findings
    )
    return structs.replace(finding, status=Status.WAIVED, waiver=by, sub_findings=subs)
