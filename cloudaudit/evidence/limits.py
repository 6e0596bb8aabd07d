"""Bounds and defaults of sealing; apart, so that options can tell them without a library of models."""

KEEP_YEARS = 3
"""Two years of validity and the time an assessment takes; nothing is ever deleted by cloudaudit."""
MOST_YEARS = 100
WAIT_SECONDS = 20.0
"""For a timestamp authority."""
LONGEST_WAIT = 300
TOKEN_ADDRESS = "pkcs11:"  # noqa: S105 - how an address begins
KMS_ADDRESS = "awskms:"
