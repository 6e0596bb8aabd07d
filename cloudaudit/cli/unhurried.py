"""How the interpreter behaves while an account is read and judged."""

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager

SWITCH_SECONDS = 0.05
"""How long a thread may hold the interpreter while others want it; the default is 0.005."""

COLLECTED_AFTER = 50_000
"""How many objects more than before must live until the collector looks for cycles; the default is 700."""


@contextmanager
def unhurried() -> Generator[None, None, None]:
    """Hand over and look for cycles seldom as long as the context lasts.

    Threads that mostly wait for answers gain nothing by handing over every 5 ms, and pay for each time. What was
    imported is looked at no more: it takes the collector far longer than what is read meanwhile, and stays anyway.
    """
    seconds, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        sys.setswitchinterval(seconds)
