"""The version of the installed package."""

from importlib.metadata import version as installed_version


def version() -> str:
    """Return the version, e.g. ``0.1.0``."""
    return installed_version("cloudaudit")
