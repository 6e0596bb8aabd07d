"""A fake Microsoft Graph over HTTP: the demo's stand-in with permissions, faults, latency and counts."""

from fakes.m365.server import FakeGraph, Fault

__all__ = ["FakeGraph", "Fault"]
