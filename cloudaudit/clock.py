"""Times in UTC; nothing here asks what time it is."""

import re
from datetime import UTC, datetime

SECONDS_A_DAY = 86_400
JUDGING_YEARS = range(1970, 3000)
"""Far from the first and last year of the calendar, so that ages and time zones cannot lead out of it."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def parse(text: str) -> datetime:
    """Return the time of an ISO 8601 string that has date and time of day; one without offset is UTC.

    Raises:
        ValueError: the string is not such a time, or in UTC it lies outside the calendar.
    """
    if _TIME.fullmatch(text) is None:
        message = f"{text!r} is not a date with a time of day"
        raise ValueError(message)
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        message = f"{text!r} is outside the calendar"
        raise ValueError(message) from error


def parse_judging_time(text: str) -> datetime:
    """Return a time at which ages can be judged.

    Raises:
        ValueError: the string is not a time, or its year is not in ``JUDGING_YEARS``.
    """
    moment = parse(text)
    if moment.year not in JUDGING_YEARS:
        message = f"{text!r} is not in the years {JUDGING_YEARS[0]} to {JUDGING_YEARS[-1]}"
        raise ValueError(message)
    return moment


def stamp(moment: datetime) -> str:
    """Return a time as ISO 8601 UTC with ``Z`` and whole seconds."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def age_days(then: str, now: datetime) -> int:
    """Return the whole days from ``then`` to ``now``; negative for a time in the future.

    Raises:
        ValueError: ``then`` is not a time.
    """
    return int((now - parse(then)).total_seconds() // SECONDS_A_DAY)
