"""Stable pseudonyms for accounts, names, people and addresses, in everything that an assessment says.

A pseudonym is a word for the kind of thing and ten letters and digits, made by HMAC-SHA-256 with a key that stays with
the owner. The same key gives the same pseudonym in every report and run, so masked reports can be compared; without
the key nobody can tell, or confirm by guessing, what it stands for.

What is replaced, in the order in which it is looked for:

1. known names, wherever they stand: accounts, ids and names of all resources, who reads, who gets in;
2. what has the form of an address: ARNs, URLs, e-mail and IP addresses, domains, UUIDs, ids and keys of providers;
3. in evidence, keys of parts and waivers: every other string that is not made of cloudaudit's own words and times.

What stays: providers, regions, kinds, checks, operations, permissions, times, figures, and cloudaudit's own sentences.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar, cast

from msgspec import UNSET, structs

from cloudaudit.actions import Action
from cloudaudit.assessment import Assessment, FailingSince, Target
from cloudaudit.client import Client
from cloudaudit.facts import Cause
from cloudaudit.ids import DIGITS
from cloudaudit.inventory.model import EncryptionState, Mode
from cloudaudit.ledger import Entry, LedgerCheck
from cloudaudit.mask_words import WORDS
from cloudaudit.model import Finding, Gap, ResourceRef, Severity, Share, Status, SubFinding, Theme
from cloudaudit.text import Text
from cloudaudit.visible import encodable
from cloudaudit.waivers import WaiverEntry, is_finding_id

LEAST_KEY = 16
"""Bytes that a key must have."""

_LETTERS = 10
_PREFIX = 2
_REMEMBERED = 50_000
_LANGUAGES: frozenset[str] = frozenset({"en", "ja"})
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*", re.ASCII)
_CHAIN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+){2,}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{10}", re.ASCII)
_AMBIGUOUS = frozenset({"domain", "id"})
"""Forms that names of permissions and settings have too."""

_DOMAIN_ENDS = (
    "com|net|org|info|biz|gov|edu|mil|int|dev|app|cloud|online|site|store|tech|tokyo|osaka|nagoya|local|lan|internal"
    "|corp|home|test|example|invalid|localhost|[a-z]{2}"
)
_FORMS: tuple[tuple[str, str], ...] = (
    ("url", r"\b[a-z][a-z0-9+.-]{1,14}://[!-;=?-~]+[A-Za-z0-9/_=-]"),
    ("mail", r"(?<![\w.+'%-])[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+"),
    ("arn", r"\barn:[\w-]+:[\w-]*:[\w-]*:[\w-]*:[\w+=.@/:*#$<>-]*[\w*>]"),
    ("uuid", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"),
    ("address", r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\d.])"),
    ("address", r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?<=[0-9a-f:])(?:/\d{1,3})?(?![\w:])"),
    ("key", r"\bA[A-Z]{3}[A-Z0-9]{12,}\b|…[A-Z0-9]{4,}\b|\b[0-9a-f]{8,}…"),
    ("id", r"\b[a-z]{1,6}-(?=[a-z]*\d)[0-9a-z]{8,40}\b|\bo-[0-9a-z]{10,32}\b"),
    ("domain", rf"(?<![\w-])(?:[\w-]+\.)+(?:{_DOMAIN_ENDS})\b(?![\w(.-])"),
    ("number", r"(?<![\d.])\d{10,}(?![\d.])"),
)
_FORM = re.compile(
    "|".join(f"(?P<{label}_{place}>{form})" for place, (label, form) in enumerate(_FORMS)),
    re.ASCII | re.IGNORECASE,
)
_CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)

T = TypeVar("T")


class Masker:
    """Makes pseudonyms with one key. It holds the key, so it is never part of an assessment."""

    def __init__(self, key: bytes) -> None:
        if len(key) < LEAST_KEY:
            message = f"a key needs {LEAST_KEY} bytes"
            raise ValueError(message)
        self._key = key

    def pseudonym(self, value: str, label: str) -> str:
        """Return ``label-`` and ten letters and digits that are always the same for a value."""
        return f"{label}-{base64.b32encode(self._digest('name', value))[:_LETTERS].decode().lower()}"

    def finding_id(self, finding_id: str) -> str:
        """Return another id of the same form; the original could be confirmed by guessing what it is a digest of."""
        return self._digest("finding", finding_id).hex()[:DIGITS]

    def waiver_id(self, waiver_id: str) -> str:
        """Return another id of the same form."""
        return self._digest("waiver", waiver_id).hex()[: len(waiver_id)]

    def _digest(self, purpose: str, value: str) -> bytes:
        message = f"{purpose}\0{encodable(value)}".encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()

    def mask(self, assessment: Assessment) -> Assessment:
        """Return the assessment with pseudonyms; one that is masked already is returned as it is.

        All findings are read once to learn the names, and again whenever a report asks for them.
        """
        if assessment.masked:
            return assessment
        names = _Names(self)
        names.learn(assessment)
        mask = _Mask(self, names)
        return replace(
            assessment,
            **mask.head(assessment),
            masked=True,
            findings=_each(assessment.findings, mask.finding),
            resources=_each(assessment.resources, mask.resource),
            shares=lambda: tuple(map(mask.share, assessment.shares())),
            failing_since=_each(assessment.failing_since, mask.failing_since),
        )


def _each(read: Callable[[], Iterator[T]], act: Callable[[T], T]) -> Callable[[], Iterator[T]]:
    return lambda: map(act, read())


class _Names:
    """Every name that is known, and cloudaudit's own words."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._pseudonyms: dict[str, str] = {}
        self._lengths: dict[str, set[int]] = {}
        self._words: set[str] = set(WORDS)
        self._chains: set[str] = set()
        self._seen: set[ResourceRef] = set()
        self._known_plain: dict[str, bool] = {}
        self._beginnings = _beginnings(())

    def learn(self, assessment: Assessment) -> None:
        """Take in the words and then the names of an assessment."""
        self._say(
            kind.value.replace("-", " ")
            for closed in (Theme, Severity, Status, Cause, Mode, EncryptionState)
            for kind in closed
        )
        for check in assessment.checks.values():
            self._say((check.id, check.title.en, check.rationale.en, check.remediation.en))
        self._say((assessment.target.provider, *assessment.scope.regions, *assessment.scope.checks))
        self._say(line.name.replace("_", " ") for line in assessment.policy)
        for gap in assessment.gaps:
            self._say((gap.of, gap.region, gap.operation, gap.permission))
        self._name(assessment.target.account, "account")
        for gap in assessment.gaps:
            self._name(gap.account, "account")
        self._name(assessment.target.identity, "identity")
        self._name(assessment.target.name, "target")
        for resource in assessment.resources():
            self._resource(resource)
        for finding in assessment.findings():
            self._resource(finding.resource)
            self._say(finding.missing_permissions)
        for share in assessment.shares():
            self._resource(share.resource)
        self._seen.clear()
        self._known_plain.clear()
        for name in self._pseudonyms:
            # A name that is one of our own words would tear our sentences; as a value it is masked all the same.
            if len(name) >= _PREFIX and not (name.isalpha() and self.plain(name)):
                self._lengths.setdefault(name[:_PREFIX], set()).add(len(name))
        self._beginnings = _beginnings(self._lengths)

    def _say(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._words.update(word.lower() for word in _WORD.findall(text))
            self._chains.update(_CHAIN.findall(text))

    def _resource(self, resource: ResourceRef) -> None:
        if resource in self._seen:
            return
        self._seen.add(resource)
        self._say((resource.kind, resource.region))
        label = resource.kind.rpartition("-")[2] or "resource"
        self._name(resource.account, "account")
        if resource.name != resource.region:
            self._name(resource.name, label)
        self._name(resource.id, label)

    def _name(self, value: str, label: str) -> None:
        if _is_a_name(value) and value not in self._pseudonyms:
            self._pseudonyms[value] = self._masker.pseudonym(value, label)

    def known(self, value: str) -> str | None:
        """Return the pseudonym of a known name."""
        return self._pseudonyms.get(value)

    def plain(self, text: str) -> bool:
        """Whether a string tells nothing about the tenant: cloudaudit's own words, a time, a country, a small number."""
        if text not in self._known_plain:
            if len(self._known_plain) >= _REMEMBERED:
                self._known_plain.clear()
            self._known_plain[text] = self._is_plain(text)
        return self._known_plain[text]

    def _is_plain(self, text: str) -> bool:
        if not text or _TIME.fullmatch(text) or _COUNTRY.fullmatch(text):
            return True
        if not text.isascii() or _LONG_NUMBER.search(text):
            return False
        bare = _TIME.sub("", text)
        # Words joined to a name, such as daily-to-security, are nobody's own but the tenant's.
        if any(chain not in self._chains for chain in _CHAIN.findall(bare)):
            return False
        return _form(bare) is None and all(word.lower() in self._words for word in _WORD.findall(bare))

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """Return where known names stand in a text, the longest at each place, none within another."""
        match = self._beginnings.search(text)
        while match:
            place = match.start()
            length = self._longest(text, place, self._lengths[match[0]])
            if length:
                yield place, place + length
            match = self._beginnings.search(text, place + max(length, 1))

    def _longest(self, text: str, place: int, lengths: Iterable[int]) -> int:
        whole = [
            length
            for length in lengths
            if text[place : place + length] in self._pseudonyms and _stands_alone(text, place, place + length)
        ]
        return max(whole, default=0)


def _beginnings(prefixes: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for where a name can begin: two characters, the first not within a word of ASCII."""
    seconds: dict[str, str] = {}
    for prefix in sorted(prefixes):
        seconds[prefix[0]] = seconds.get(prefix[0], "") + re.escape(prefix[1])
    branches = [
        (r"(?<![0-9A-Za-z])" if first.isascii() and first.isalnum() else "") + f"{re.escape(first)}[{others}]"
        for first, others in seconds.items()
    ]
    return re.compile("|".join(branches) or r"(?!)", re.DOTALL)


def _is_a_name(value: str) -> bool:
    """Whether a value names anything; ``*`` is nobody's name."""
    return any(map(str.isalnum, value))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether what stands between two places is no part of a longer word of letters that need blanks between them."""
    return not (start and _joined(text[start - 1], text[start])) and not (
        end < len(text) and _joined(text[end - 1], text[end])
    )


def _joined(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _form(text: str) -> re.Match[str] | None:
    return next((match for match in _FORM.finditer(text) if not _CLOCK.fullmatch(match[0])), None)


@dataclass(frozen=True)
class _Mask:
    """Masks the parts of one assessment."""

    masker: Masker
    names: _Names

    def head(self, assessment: Assessment) -> dict[str, Any]:
        """Return the small members, masked."""
        target, scope, tool = assessment.target, assessment.scope, assessment.tool
        return {
            "tool": structs.replace(
                tool,
                checks_dir=tuple(
                    structs.replace(file, name=self.masker.pseudonym(file.name, "file"))
                    for file in tool.checks_dir
                ),
            ),
            "target": structs.replace(
                target,
                account=self.whole(target.account, "account"),
                identity=self.whole(target.identity, "identity"),
                name=self.target(target),
            ),
            "scope": structs.replace(
                scope,
                excluded=tuple(
                    structs.replace(item, id=self.string(item.id), reason=self.text(item.reason))
                    for item in scope.excluded
                ),
            ),
            "policy": tuple(
                structs.replace(line, value=self.tree(line.value), rule=self.string(line.rule))
                for line in assessment.policy
            ),
            "gaps": tuple(map(self.gap, assessment.gaps)),
            "exit": tuple(structs.replace(one, reason=self.text(one.reason)) for one in assessment.exit),
            "actions": self.actions(assessment),
            "ledger": self.ledger(assessment.ledger),
            "waivers": tuple(map(self.waiver, assessment.waivers)),
            "client": assessment.client and self.client(assessment.client),
        }

    def waiver(self, waiver: WaiverEntry) -> WaiverEntry:
        """Return the waiver under other names: people's own words, its patterns and its file are the tenant's."""
        return structs.replace(
            waiver,
            id=self.masker.waiver_id(waiver.id),
            resource=self.pattern(waiver.resource),
            account=self.whole(waiver.account, "account"),
            reason=self.string(waiver.reason),
            owner=self.whole(waiver.owner, "owner"),
            approver=self.whole(waiver.approver, "owner"),
            ticket=self.whole(waiver.ticket, "ticket"),
            compensating_control=self.string(waiver.compensating_control),
            check=waiver.check
            if self.names.plain(waiver.check)
            else self.string(waiver.check, label="check"),
            file=self.whole(waiver.file, "file"),
            # A digest of what may be guessed would confirm the guess.
            sha256=self.masker.pseudonym(waiver.sha256, "digest") if waiver.sha256 else "",
        )

    def pattern(self, pattern: str) -> str:
        """Return what a waiver names: a finding by its other id, a known name by its pseudonym, or a pseudonym of it all."""
        if is_finding_id(pattern):
            return self.masker.finding_id(pattern)
        return self.whole(pattern, "pattern")

    def target(self, target: Target) -> str:
        """Return the name of the target: of its account's pseudonym, where it is made of the account."""
        if target.name == f"{target.provider}-{target.account}":
            return f"{target.provider}-{self.whole(target.account, 'account')}"
        return self.whole(target.name, "target")

    def actions(self, assessment: Assessment) -> dict[str, Action]:
        """Return the actions by the masked id; a sheet that was masked when it was filled in has such ids already."""
        if not assessment.actions:
            return {}
        masked = {self.masker.finding_id(finding.id) for finding in assessment.findings()}
        made = (self.action(action, masked) for action in assessment.actions.values())
        return {action.finding: action for action in made}

    def action(self, action: Action, masked: Collection[str]) -> Action:
        """Return what people wrote about a finding; their own words become pseudonyms."""
        finding = action.finding
        return structs.replace(
            action,
            finding=finding if finding in masked else self.masker.finding_id(finding),
            resource=self.whole(action.resource, "resource"),
            requirement=self.sentence(action.requirement),
            cause=self.string(action.cause),
            action=self.string(action.action),
            owner=self.whole(action.owner, "owner"),
            note=self.string(action.note),
        )

    def ledger(self, check: LedgerCheck | None) -> LedgerCheck | None:
        """Return the ledger under other names; its digest could be confirmed by whoever has the file, and is left out."""
        if check is None:
            return None
        return structs.replace(
            check,
            file=self.whole(check.file, "file"),
            sheet=self.whole(check.sheet, "sheet"),
            sha256="",
            entries=tuple(map(self.ledger_entry, check.entries)),
            unlisted=tuple(map(self.resource, check.unlisted)),
            incomplete=check.incomplete and self.text(check.incomplete),
        )

    def ledger_entry(self, entry: Entry) -> Entry:
        """Return a row under other names."""
        row = entry.row
        masked = {
            name: self.whole(getattr(row, name), name) for name in ("name", "location", "owner", "contractor")
        }
        return structs.replace(
            entry,
            row=structs.replace(row, **masked),
            reason=self.text(entry.reason),
            stores=tuple(map(self.resource, entry.stores)),
        )

    def client(self, client: Client) -> Client:
        """Return the client under other names, without its logo; the days of the authorisation stay."""
        given = client.authorisation
        return Client(
            name=self.whole(client.name, "client"),
            contact=self.whole(client.contact, "person"),
            authorisation=given
            and structs.replace(
                given,
                by=self.whole(given.by, "person"),
                scope=self.whole(given.scope, "scope"),
                document=self.whole(given.document, "document"),
            ),
        )

    def whole(self, value: str, label: str) -> str:
        """Return the pseudonym of a value that is a name, whatever it looks like."""
        return self.names.known(value) or (
            self.masker.pseudonym(value, label) if _is_a_name(value) else value
        )

    def resource(self, resource: ResourceRef) -> ResourceRef:
        """Return the reference under other names."""
        named = resource.name != resource.region
        return structs.replace(
            resource,
            account=self.whole(resource.account, "account"),
            id=self.whole(resource.id, "resource"),
            name=self.whole(resource.name, "resource") if named else resource.name,
        )

    def gap(self, gap: Gap) -> Gap:
        """Return the gap under other names."""
        detail = self.text(gap.detail) if isinstance(gap.detail, Text) else self.sentence(gap.detail)
        return structs.replace(gap, account=self.whole(gap.account, "account"), detail=detail)

    def share(self, share: Share) -> Share:
        """Return the line of the inventory under other names; what a provider may add to it is masked like evidence."""
        kept = {"resource", "scope", "right", "via"}
        strings = {name: getattr(share, name) for name in share.__struct_fields__ if name not in kept}
        masked = {name: self.tree(value) for name, value in strings.items()}
        return structs.replace(
            share, resource=self.resource(share.resource), via=self._via(share.via), **masked
        )

    def _via(self, via: str | Text) -> str | Text:
        """Return what grants it; words in both languages stay only where they name nothing of the tenant."""
        told = via.en if isinstance(via, Text) else via
        masked = self.string(told)
        return via if masked == told else masked

    def finding(self, finding: Finding) -> Finding:
        """Return the finding under other names."""
        local: dict[str, str] = {}
        evidence = cast("Mapping[str, object]", self.tree(finding.evidence, local))
        subs = tuple(self.sub_finding(sub, local) for sub in finding.sub_findings)
        return structs.replace(
            finding,
            id=self.masker.finding_id(finding.id),
            resource=self.resource(finding.resource),
            reason=self.text(finding.reason, local),
            evidence=evidence,
            sub_findings=subs,
            waiver=self.masker.waiver_id(finding.waiver) if finding.waiver else UNSET,
        )

    def sub_finding(self, sub: SubFinding, local: dict[str, str]) -> SubFinding:
        """Return the part under other names."""
        evidence = cast("Mapping[str, object]", self.tree(sub.evidence, local))
        key = self.string(sub.key, local, "part")
        return structs.replace(
            sub,
            id=self.masker.finding_id(sub.id),
            key=key,
            reason=self.text(sub.reason, local),
            evidence=evidence,
            waiver=self.masker.waiver_id(sub.waiver) if sub.waiver else UNSET,
        )

    def failing_since(self, one: FailingSince) -> FailingSince:
        """Return the time under the masked id."""
        return structs.replace(one, id=self.masker.finding_id(one.id))

    def tree(self, value: object, local: dict[str, str] | None = None) -> object:
        """Return JSON data with each string masked; what was masked is noted in ``local`` for the sentences."""
        if isinstance(value, str):
            return self.string(value, local)
        if isinstance(value, Text):
            return self.text(value, local)
        if isinstance(value, Mapping):
            return self.members(cast("Mapping[str, object]", value), local)
        if isinstance(value, list | tuple):
            return [self.tree(item, local) for item in cast("Sequence[object]", value)]
        return self.names.known(str(value)) or value if isinstance(value, int) else value

    def members(self, members: Mapping[str, object], local: dict[str, str] | None) -> dict[str, object]:
        """Return an object of JSON data, or a sentence in both languages, masked."""
        if frozenset(members) == _LANGUAGES and all(isinstance(item, str) for item in members.values()):
            return {name: self.sentence(str(item), local) for name, item in members.items()}
        return {self.member(name, local): self.tree(item, local) for name, item in members.items()}

    def member(self, name: str, local: dict[str, str] | None) -> str:
        """Return the name of a member: a word of a check's own, or a tenant's string."""
        tells = self.names.known(name) and not self.names.plain(name)
        return name if _IDENTIFIER.fullmatch(name) and not tells else self.string(name, local)

    def string(self, value: str, local: dict[str, str] | None = None, label: str = "") -> str:
        """Return a string that is a value: a pseudonym unless it tells nothing."""
        known = self.names.known(value)
        if known:
            return known
        if self.names.plain(value):
            return value
        form = _form(value)
        kind = form.lastgroup.partition("_")[0] if form and form.lastgroup and form[0] == value else ""
        masked = self.masker.pseudonym(value, kind or label or "value")
        if local is not None:
            local[value] = masked
        return masked

    def text(self, text: Text, local: dict[str, str] | None = None) -> Text:
        """Return a sentence in both languages with the names in it replaced."""
        return Text(en=self.sentence(text.en, local), ja=self.sentence(text.ja, local))

    def sentence(self, text: str, local: Mapping[str, str] | None = None) -> str:
        """Return a sentence of cloudaudit's with the names and addresses in it replaced.

        Of what overlaps the longest counts: an ARN as a whole, and not the account in it alone.
        """
        spans = [
            _Span(start, end, self.names.known(text[start:end]) or "")
            for start, end in self.names.found(text)
        ]
        for value, masked in (local or {}).items():
            spans += (_Span(start, start + len(value), masked) for start in _places(text, value))
        spans += self._forms_in(text)
        taken: list[_Span] = []
        for span in sorted(spans, key=_Span.by_length):
            if all(span.end <= other.start or other.end <= span.start for other in taken):
                taken.append(span)
        parts: list[str] = []
        done = 0
        for span in sorted(taken):
            parts += (text[done : span.start], span.masked)
            done = span.end
        return "".join((*parts, text[done:]))

    def _forms_in(self, text: str) -> Iterator["_Span"]:
        for match in _FORM.finditer(text):
            value, label = match[0], (match.lastgroup or "value").partition("_")[0]
            ours = label in _AMBIGUOUS and self.names.plain(value.replace(".", " "))
            if not ours and not _CLOCK.fullmatch(value):
                yield _Span(match.start(), match.end(), self.masker.pseudonym(value, label))


class _Span(NamedTuple):
    """A part of a text, and what stands there instead."""

    start: int
    end: int
    masked: str

    def by_length(self) -> tuple[int, int]:
        """Return a key that puts the longest first."""
        return self.start - self.end, self.start


def _places(text: str, value: str) -> Iterator[int]:
    """Return where a value stands in a text, not within a longer word."""
    if len(value) < _PREFIX:
        return
    place = text.find(value)
    while place >= 0:
        if _stands_alone(text, place, place + len(value)):
            yield place
        place = text.find(value, place + 1)
