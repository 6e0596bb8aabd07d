"""Amazon Web Services. Importing this loads no SDK."""

from cloudaudit.providers.aws.provider import AwsProvider

PROVIDER = AwsProvider()
"""What the entry point names; it holds nothing."""
