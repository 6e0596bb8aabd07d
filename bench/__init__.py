"""Benchmarks: each figure with the command that repeats it. Nothing here asserts a time."""
