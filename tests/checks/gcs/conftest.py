"""What tests of Google checks have in common."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cloudaudit.clock import parse, stamp
from cloudaudit.testing import TAKEN_AT


@pytest.fixture
def ago() -> Callable[[int], str]:
    """The time so many days before the snapshot."""

    def time(days: int) -> str:
        return stamp(parse(TAKEN_AT) - timedelta(days=days))

    return time
