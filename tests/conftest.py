"""Settings that every test shares."""

from hypothesis import settings

# The same examples on every machine, so that nobody's change fails for another's fault. To look for new faults:
# pytest --hypothesis-profile=hunt tests/property
settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=True, max_examples=60)
settings.register_profile("hunt", deadline=None, print_blob=True, max_examples=2_000)
settings.load_profile("repeatable")
