"""The shapes in which exposure is told."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from cloudaudit.answers import Answer as Tristate
from cloudaudit.facts import Unread
from cloudaudit.model import Evidence
from cloudaudit.providers.gcs.policy_grants import Grant
from cloudaudit.providers.gcs.policy_members import Member
from cloudaudit.providers.gcs.policy_roles import Right
from cloudaudit.text import Text

PUBLIC, OUTSIDE, UNCLEAR = "public", "outside", "unclear"
# Evidence lists this many of a kind and counts the rest; a sentence names this many.
MOST_LISTED, MOST_NAMED, LONGEST_NAME = 20, 3, 80
RIGHTS: Mapping[Right, Text] = {
    Right.READ: Text(en="read objects", ja="オブジェクトの閲覧"),
    Right.LIST: Text(en="list the contents or see the settings", ja="一覧・設定の閲覧"),
    Right.WRITE: Text(en="write or delete objects", ja="オブジェクトの書き込み・削除"),
    Right.ADMINISTER: Text(en="change permissions or settings", ja="権限・設定の変更"),
}


class Answer(StrEnum):
    """Yes, no, or not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Opening(Struct, frozen=True, kw_only=True):
    """One way in.

    Attributes:
        scope: ``public``; ``outside`` for anybody else who is certainly not of the own organisation; ``unclear`` for those
            of whom that is not known.
        grant: what gives it.
    """

    scope: str
    grant: Grant

    @property
    def right(self) -> Right:
        """What it lets do."""
        return self.grant.right

    @property
    def member(self) -> Member:
        """Who gets in."""
        return self.grant.member

    @property
    def sentence(self) -> Text:
        """The path as one sentence."""
        en = ", ".join(step.en for step in self.grant.path)
        ja = "。".join(step.ja for step in self.grant.path)
        if self.scope == PUBLIC:
            return Text(
                en=f"Public because {en}, and public access prevention is not enforced.",
                ja=f"{ja}。公開アクセスの防止は適用されていません。",
            )
        return Text(en=f"Open because {en}.", ja=f"{ja}。")


class Closed(Struct, frozen=True):
    """Why a way that looks open for a right is not."""

    right: Right
    why: Text


class Doubt(Struct, frozen=True):
    """Something unread that may hide an opening; ``member`` is for whom, None when it may be for anybody."""

    right: Right
    scope: str
    unread: Unread
    member: Member | None = None


class Exposure(Struct, frozen=True, kw_only=True):
    """Who gets in, as far as it could be read.

    Attributes:
        prevention: whether public access prevention is enforced, by the bucket or above it.
        object_acls: whether objects may have ACLs of their own that let in everyone.
        ip_filter: the bucket's IP filter as evidence; it narrows whatever is granted and is no part of the answer.
        requester_pays: as evidence; a reader must sign in and pay then, which anybody with a Google account can.
        allowed_members: domain-restricted sharing as evidence; it stops new grants and leaves old ones as they are.
    """

    openings: tuple[Opening, ...]
    doubts: tuple[Doubt, ...]
    closed: tuple[Closed, ...]
    prevention: Tristate
    object_acls: bool
    ip_filter: object
    requester_pays: object
    allowed_members: object

    @property
    def public(self) -> Mapping[Right, Answer]:
        """For each right, whether everyone has it."""
        return {right: self._answer(right, PUBLIC) for right in Right}

    @property
    def outside(self) -> Mapping[Right, Answer]:
        """For each right, whether somebody has it who is neither everyone nor of the own organisation."""
        return {right: self._answer(right, OUTSIDE) for right in Right}

    def open_to(self, *scopes: str, rights: Iterable[Right] = tuple(Right)) -> tuple[Opening, ...]:
        """Return the openings of some scopes for some rights."""
        wanted = tuple(rights)
        return tuple(each for each in self.openings if each.scope in scopes and each.right in wanted)

    def unread(self, scope: str, rights: Iterable[Right] = tuple(Right)) -> tuple[Unread, ...]:
        """Return what must be read before an answer about these rights is certain, each once."""
        wanted = tuple(rights)
        facts = (each.unread for each in self.doubts if each.scope == scope and each.right in wanted)
        return tuple(dict.fromkeys(facts))

    def closed_for(self, rights: Iterable[Right]) -> tuple[Text, ...]:
        """Return why ways that look open for some rights are not, each reason once."""
        wanted = tuple(rights)
        return tuple(dict.fromkeys(each.why for each in self.closed if each.right in wanted))

    def evidence(self, *scopes: str, rights: Iterable[Right] = tuple(Right)) -> Evidence:
        """Return the openings, one for each path, as plain JSON."""
        wanted = tuple(rights)
        paths: dict[tuple[str, Text, tuple[Text, ...]], list[Opening]] = {}
        for each in self.open_to(*scopes, rights=wanted):
            paths.setdefault((each.member.text, each.grant.via, each.grant.path), []).append(each)
        prevention = self.prevention if isinstance(self.prevention, bool) else str(Answer.UNKNOWN)
        return {
            **capped("openings", [_opening_evidence(each) for each in paths.values()]),
            **capped("closed", _texts(self.closed_for(wanted))),
            "public_access_prevention": prevention,
            "objects_may_have_own_acls": self.object_acls,
            "ip_filter": self.ip_filter,
            "requester_pays": self.requester_pays,
            "domain_restricted_sharing": self.allowed_members,
        }

    def _answer(self, right: Right, scope: str) -> Answer:
        if self.open_to(scope, rights=(right,)):
            return Answer.YES
        unclear = scope == OUTSIDE and self.open_to(UNCLEAR, rights=(right,))
        return Answer.UNKNOWN if unclear or self.unread(scope, (right,)) else Answer.NO


def capped(name: str, values: Sequence[object]) -> dict[str, object]:
    """Return the first values of a list of the evidence under its name, and how many more there are, if any."""
    more = len(values) - MOST_LISTED
    return {name: list(values[:MOST_LISTED]), **({f"{name}_more": more} if more > 0 else {})}


def named(names: Sequence[str]) -> Text:
    """Return the first few names for a sentence, and how many more there are."""
    first = ", ".join(name[:LONGEST_NAME] or '""' for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    if more <= 0:
        return Text(en=first or "-", ja=first or "-")
    return Text(en=f"{first} and {more} more", ja=f"{first} ほか {more} 件")


def _texts(texts: Sequence[Text]) -> list[dict[str, str]]:
    return [{"en": each.en, "ja": each.ja} for each in texts]


def _opening_evidence(openings: Sequence[Opening]) -> dict[str, object]:
    first = openings[0].grant
    permissions = sorted({permission for each in openings for permission in each.grant.permissions})
    return {
        "rights": list(dict.fromkeys(str(each.right) for each in openings)),
        "member": first.member.text,
        "via": first.via.en,
        **capped("permissions", permissions),
        "until": first.until or None,
        "path": _texts(first.path),
    }
