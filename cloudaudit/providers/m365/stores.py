"""How people write down a OneDrive or a library of SharePoint."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from cloudaudit.providers.m365.model import Drive
from cloudaudit.snapshot import Snapshot
from cloudaudit.stores import Stores

_ADDRESS = re.compile(r"https?://[a-z0-9-]+\.sharepoint(?:-mil)?\.[a-z]+[^\s\"'<>、。]*")
_WORDS = re.compile(
    r"onedrive|one drive|sharepoint|share point|(?<![a-z0-9])(m365|o365|teams)(?![a-z0-9])|(microsoft|office) ?365"
)
_PAGE = re.compile(r"/forms/[^/]*\.aspx.*$|[?#].*$")


def addressed(text: str) -> Iterator[str]:
    """Yield each address of SharePoint in a text, as far as a library or a folder goes."""
    for match in _ADDRESS.finditer(text):
        yield address(match[0])


def address(url: str) -> str:
    """Return a web address for comparing: without the page on which it is shown, without escapes and a last slash."""
    return unquote(_PAGE.sub("", url)).rstrip("/").casefold()


def speaks_of(text: str) -> bool:
    """Return whether a text names OneDrive, SharePoint, Teams or Microsoft 365."""
    return _WORDS.search(text) is not None or any(addressed(text))


def addresses(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield the web address of every drive."""
    for drive in snapshot.resources(Drive):
        if drive.url:
            yield drive.id, address(drive.url)


STORES = Stores(
    kinds=(Drive,),
    addressed=addressed,
    speaks_of=speaks_of,
    addresses=addresses,
)
