"""Local stand-ins for the providers' APIs, for tests and benchmarks only. Not part of the wheel."""
