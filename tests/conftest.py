"""Settings that every test shares."""

import signal

from hypothesis import settings

# The same examples on every machine, so that nobody's change fails for another's fault. To look for new faults:
# pytest --hypothesis-profile=hunt tests/property
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True, max_examples=60)
settings.register_profile("hunt", deadline=None, print_blob=True, max_examples=2_000)
settings.load_profile("repeatable")

# A shell starts what it puts into the background deaf to SIGINT, and every program started from there is deaf as well;
# tests of an interruption start programs and interrupt them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
