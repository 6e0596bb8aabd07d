"""Sealed nights and a timestamp authority, for tests and benchmarks of evidence."""
