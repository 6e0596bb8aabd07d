"""A fake of Google's JSON APIs for tests and benchmarks: the sample estate's server, with faults."""

from fakes.gcs.fake import FakeGoogle, Fault, Kind

__all__ = ["FakeGoogle", "Fault", "Kind"]
