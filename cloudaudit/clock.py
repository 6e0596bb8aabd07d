"""Times in UTC; nothing here asks what time it is."""

from datetime import UTC, datetime

SECONDS_A_DAY = 86_400


def parse(text: str) -> datetime:
    """Return the time of an ISO 8601 string; one without offset is UTC.

    Raises:
        ValueError: the string is not a time.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """Return a time as ISO 8601 UTC with ``Z`` and whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def age_days(then: str, now: datetime) -> int:
    """Return the whole days from ``then`` to ``now``; negative for a time in the future.

    Raises:
        ValueError: ``then`` is not a time.
    """
    return int((now - parse(then)).total_seconds() // SECONDS_A_DAY)
