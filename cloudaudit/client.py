"""For whom an audit is made, and who allowed it: what every report for people says of the client. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta, timezone

from msgspec import Struct

from cloudaudit import clock
from cloudaudit.text import Language, Text

_JAPAN = timezone(timedelta(hours=9))
"""Days of an authorisation are days in Japan."""


class Authorisation(Struct, frozen=True, kw_only=True):
    """Who allowed what, from when to when.

    Attributes:
        by: who allowed it, with the office that gives the right to.
        scope: what may be audited; empty where the document says it.
        since: first day, ISO 8601; empty for none.
        until: last day, that day included; empty for none.
        document: where it is written.
    """

    by: str
    scope: str = ""
    since: str = ""
    until: str = ""
    document: str = ""


class Client(Struct, frozen=True, kw_only=True):
    """A client.

    Attributes:
        name: for people.
        contact: the person in charge (担当者).
        logo: a picture as a ``data:`` address; empty for none.
        authorisation: None where none is recorded.
    """

    name: str
    contact: str = ""
    logo: str = ""
    authorisation: Authorisation | None = None


CLIENT = Text(en="Client", ja="対象企業")
CONTACT = Text(en="In charge", ja="担当者")
AUTHORISED = Text(en="Authorised by", ja="点検の承諾")
NOT_RECORDED = Text(en="not recorded", ja="記録なし")


def lines(client: Client, language: Language) -> Iterator[tuple[str, str]]:
    """Yield what a report prints of a client: a heading and what stands beside it, not yet made visible."""
    yield CLIENT.in_(language), client.name
    if client.contact:
        yield CONTACT.in_(language), client.contact
    yield AUTHORISED.in_(language), _told(client.authorisation, language)


def _told(authorisation: Authorisation | None, language: Language) -> str:
    if authorisation is None:
        return NOT_RECORDED.in_(language)
    period = Text(
        en=f"{authorisation.since or '…'} to {authorisation.until or '…'}",
        ja=f"{authorisation.since or ' '}〜{authorisation.until or ' '}".strip(),
    )
    parts = (
        authorisation.by,
        period.in_(language) if authorisation.since or authorisation.until else "",
        authorisation.scope,
        authorisation.document,
    )
    return " · ".join(part for part in parts if part)


def warning(client: Client, taken_at: str) -> Text | None:
    """Return why the recorded authorisation does not cover an audit, or None where it does.

    Args:
        client: of the audit.
        taken_at: UTC time of the audit.
    """
    authorisation = client.authorisation
    if authorisation is None:
        return Text(
            en="No authorisation of this audit is recorded; record who allowed it under [client.authorisation].",
            ja="この点検の承諾が記録されていません。[client.authorisation] に承諾者と期間を記載してください。",
        )
    day = clock.parse(taken_at).astimezone(_JAPAN).date()
    if authorisation.since and day < date.fromisoformat(authorisation.since):
        return Text(
            en=f"The recorded authorisation begins on {authorisation.since}; this audit is of {day} (Japan time).",
            ja=f"記録された承諾の期間は {authorisation.since} からですが、点検日は {day} です(日本時間)。",
        )
    if authorisation.until and day > date.fromisoformat(authorisation.until):
        return Text(
            en=f"The recorded authorisation ended on {authorisation.until}; this audit is of {day} (Japan time).",
            ja=f"記録された承諾の期間は {authorisation.until} までですが、点検日は {day} です(日本時間)。",
        )
    return None
