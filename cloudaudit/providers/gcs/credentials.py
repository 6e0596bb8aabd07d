"""Ages of keys and accounts. Pure."""

from datetime import datetime

from cloudaudit.clock import age_days
from cloudaudit.facts import Cause, Source, Unread, not_read
from cloudaudit.text import Text


def age(then: str, now: datetime, source: Source, what: str) -> int | Unread:
    """Return the whole days since a time, or why they cannot be told: no time, or one in the future.

    Less than a day in the future is today: it happened while the scan went on, or clocks differ.

    Args:
        then: the time.
        now: the time at which ages are judged.
        source: what told it.
        what: its name, for the reason.
    """
    try:
        days = age_days(then, now)
    except ValueError:
        days = None
    if days is None or days < -1:
        detail = Text(
            en=f"{what} is no usable date: {then or '(none)'}",
            ja=f"{what} が日付として使用できません: {then or '(なし)'}",
        )
        return Unread(Cause.MALFORMED, source, detail=detail)
    return max(days, 0)


def certain_age(then: str, now: datetime, source: Source, what: str) -> int:
    """Return the whole days since a time.

    Raises:
        NotRead: they cannot be told.
    """
    found = age(then, now, source, what)
    if isinstance(found, Unread):
        not_read(found)
    return found


def distinct(keys: list[str]) -> list[str]:
    """Return the keys of parts, each once: what the provider tells twice gets a number."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found
