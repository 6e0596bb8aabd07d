"""Until when to report, as a guide only: a person confirms it.

Article 8 of the enforcement rules: a first report at once, which the guidelines read as about three to five days, and a full one
within 30 days, or 60 where the purpose was dishonest. The day on which one learns of it counts as the first here, which is the
earlier reading; how the days are counted was not verified at the source.
"""

from datetime import date, timedelta

from msgspec import Struct

FIRST = (3, 5)
FULL = 30
DISHONEST = 60


class Deadlines(Struct, frozen=True):
    """Days, all counted from the day on which somebody learnt of it."""

    first_from: date
    first_until: date
    full: date
    dishonest: date


def deadlines(entered: date) -> Deadlines:
    """Return the deadlines.

    Raises:
        OverflowError: they lie outside the calendar.
    """

    def nth(days: int) -> date:
        return entered + timedelta(days=days - 1)

    return Deadlines(nth(FIRST[0]), nth(FIRST[1]), nth(FULL), nth(DISHONEST))
