"""Microsoft 365: OneDrive, SharePoint and Entra ID. Importing this loads no SDK."""

from cloudaudit.providers.m365.provider import M365Provider

PROVIDER = M365Provider()
"""What the entry point names; it holds nothing."""
