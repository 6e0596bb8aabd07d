"""The sample estate's Google half: a small server of the Google JSON APIs, in the same process."""
