"""S3's listings of objects, page by page: names, sizes and times, never contents."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from cloudaudit.providers.aws.collectors.bucket_answers import Wire
from cloudaudit.providers.aws.operations import LIST_OBJECT_VERSIONS, LIST_OBJECTS
from cloudaudit.providers.aws.reader import Reader, malformed
from cloudaudit.text import Text

PAGE_SIZE = 1_000
"""Objects in a page at most, by S3's own limit."""
ENDLESS = Text(en="the pages do not end", ja="ページの終わりがありません")


class Entry(Struct, frozen=True):
    r"""One line of a listing.

    Attributes:
        name: the key as bytes: S3 takes UTF-8, what stands in for S3 may not.
        version: its version id; empty where there never were versions.
        size: bytes.
        changed: when it was last changed.
        latest: whether it is what a reader gets who asks for no version.
    """

    name: bytes
    version: str
    size: int
    changed: datetime
    latest: bool = True

    @property
    def key(self) -> str:
        r"""The key as text, undecodable bytes as ``\xNN``."""
        return self.name.decode(errors="backslashreplace")

    @property
    def askable(self) -> bool:
        """Whether a request can name it; one can name only what is UTF-8."""
        return self.key.encode() == self.name


class ObjectPage(Struct, frozen=True):
    """One page of a listing; ``last`` where no other follows."""

    entries: tuple[Entry, ...]
    last: bool


class _Line(Wire, frozen=True):
    key: str
    last_modified: datetime
    size: int = 0
    version_id: str = ""
    is_latest: bool = True


class _Objects(Wire, frozen=True):
    is_truncated: bool
    contents: tuple[_Line, ...] = ()
    next_continuation_token: str = ""


class _Versions(Wire, frozen=True):
    """Delete markers are not asked for: they hold nothing."""

    is_truncated: bool
    versions: tuple[_Line, ...] = ()
    next_key_marker: str = ""
    next_version_id_marker: str = ""


def object_pages(reader: Reader, region: str, bucket: str, *, versions: bool) -> Iterator[ObjectPage]:
    """Yield a bucket's objects in pages; a page costs one request when it is taken.

    Args:
        reader: calls.
        region: of the bucket.
        bucket: its name.
        versions: whether to list old versions too, which costs another permission.

    Raises:
        CallFailed: a page did not answer, or the pages go round in circles.
    """
    return _version_pages(reader, region, bucket) if versions else _current_pages(reader, region, bucket)


def _current_pages(reader: Reader, region: str, bucket: str) -> Iterator[ObjectPage]:
    # Keys are asked for URL-encoded: XML cannot carry all characters that a key may have.
    params: dict[str, object] = {"Bucket": bucket, "EncodingType": "url", "MaxKeys": PAGE_SIZE}
    token = ""
    while True:
        more = {"ContinuationToken": token} if token else {}
        body = reader.call(LIST_OBJECTS, region, {**params, **more}, _Objects).body
        yield ObjectPage(tuple(_entry(line) for line in body.contents), not body.is_truncated)
        if not body.is_truncated:
            return
        if not body.next_continuation_token or body.next_continuation_token == token:
            raise malformed(LIST_OBJECTS, ENDLESS)
        token = body.next_continuation_token


def _version_pages(reader: Reader, region: str, bucket: str) -> Iterator[ObjectPage]:
    params: dict[str, object] = {"Bucket": bucket, "EncodingType": "url", "MaxKeys": PAGE_SIZE}
    marker = ("", "")
    while True:
        more = {"KeyMarker": marker[0], "VersionIdMarker": marker[1]} if any(marker) else {}
        body = reader.call(LIST_OBJECT_VERSIONS, region, {**params, **more}, _Versions).body
        yield ObjectPage(tuple(_entry(line) for line in body.versions), not body.is_truncated)
        if not body.is_truncated:
            return
        following = (_plain(body.next_key_marker).decode(errors="replace"), body.next_version_id_marker)
        if not any(following) or following == marker:
            raise malformed(LIST_OBJECT_VERSIONS, ENDLESS)
        marker = following


def _entry(line: _Line) -> Entry:
    return Entry(_plain(line.key), line.version_id, line.size, line.last_modified, line.is_latest)


def _plain(encoded: str) -> bytes:
    # S3 encodes as forms do: a space is a plus sign.
    return unquote_to_bytes(encoded.replace("+", " "))
