"""Google's spellings of times, as a snapshot holds them."""

from datetime import UTC, datetime

from cloudaudit.clock import stamp


def utc(told: str) -> str:
    """Return a time of RFC 3339, whatever its offset and digits, in UTC with ``Z``.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        message = f"{told!r} has no offset"
        raise ValueError(message)
    return stamp(moment.astimezone(UTC))


def seconds(told: str) -> int:
    """Return a duration such as ``7776000s`` in whole seconds.

    Raises:
        ValueError: it is none.
    """
    if not told.endswith("s"):
        message = f"{told!r} is no duration"
        raise ValueError(message)
    return int(float(told[:-1]))
