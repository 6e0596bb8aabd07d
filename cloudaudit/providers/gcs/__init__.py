"""Google Cloud and Workspace. Importing this loads no SDK."""

from cloudaudit.providers.gcs.provider import GcsProvider

PROVIDER = GcsProvider()
"""What the entry point names; it holds nothing."""
