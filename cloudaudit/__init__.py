"""Audit the security posture of the cloud storage that a company uses."""
