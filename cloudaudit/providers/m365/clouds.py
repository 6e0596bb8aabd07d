"""Microsoft's national clouds: where to sign in and where to ask."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

PORTS = {"https": 443, "http": 80}


class Place(Struct, frozen=True, kw_only=True):
    """One cloud.

    Attributes:
        name: as ``--cloud`` takes it.
        graph: scheme and host of Microsoft Graph, without a slash at the end.
        login: host that signs in.
        audience: for which the token of a CI job must be made that is exchanged there.
    """

    name: str
    graph: str
    login: str
    audience: str = "api://AzureADTokenExchange"

    @property
    def is_local(self) -> bool:
        """Whether it is a fake on this machine."""
        return is_loopback(urlsplit(self.graph).hostname or "")

    def owns(self, url: str) -> bool:
        """Whether a URL leads to this Graph: same host and port, https unless on this machine, and no user in it."""
        try:
            ours, theirs = urlsplit(self.graph), urlsplit(url)
            same = _origin(ours) == _origin(theirs)
        except ValueError:
            return False
        secure = theirs.scheme == "https" or (theirs.scheme == "http" and self.is_local)
        return same and secure and "@" not in theirs.netloc and "\\" not in url


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme)


def is_loopback(host: str) -> bool:
    """Whether a host of a URL is this machine, by its own spelling and without asking anyone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


GLOBAL = "global"
CLOUDS = {
    GLOBAL: Place(name=GLOBAL, graph="https://graph.microsoft.com", login="login.microsoftonline.com"),
    "usgov": Place(
        name="usgov",
        graph="https://graph.microsoft.us",
        login="login.microsoftonline.us",
        audience="api://AzureADTokenExchangeUSGov",
    ),
    "usgovdod": Place(
        name="usgovdod",
        graph="https://dod-graph.microsoft.us",
        login="login.microsoftonline.us",
        audience="api://AzureADTokenExchangeUSGov",
    ),
    "china": Place(
        name="china",
        graph="https://microsoftgraph.chinacloudapi.cn",
        login="login.chinacloudapi.cn",
        audience="api://AzureADTokenExchangeChina",
    ),
}
"""Source: https://learn.microsoft.com/en-us/graph/deployments, and for the audiences
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"""
