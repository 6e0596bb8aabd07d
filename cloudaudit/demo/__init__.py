"""The sample estate of ``make demo``; never imported by a real scan."""
