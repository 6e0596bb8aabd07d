"""What is known of the objects in one bucket, the same for every provider, and on what it rests."""

from enum import StrEnum

from msgspec import Struct

from cloudaudit.facts import Fact
from cloudaudit.text import Text


class Mode(StrEnum):
    """On what an answer about objects rests.

    ``INVENTORY`` and ``LISTING`` cover every object. ``SAMPLE`` is uniform over all of them and gives a bound.
    ``INDICATIVE`` is a look at some, which can find a failure and never passes.
    """

    INVENTORY = "inventory"
    LISTING = "listing"
    SAMPLE = "sample"
    INDICATIVE = "indicative"


class EncryptionState(StrEnum):
    """How an object is encrypted at rest by the provider.

    ``NONE`` to ``SSE_FSX`` are S3's (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html), the last
    three Cloud Storage's. ``OTHER`` is a word that this version does not know; it is never taken for encrypted.
    """

    NONE = "none"
    SSE_S3 = "sse-s3"
    SSE_KMS = "sse-kms"
    DSSE_KMS = "dsse-kms"
    SSE_C = "sse-c"
    SSE_FSX = "sse-fsx"
    GOOGLE_DEFAULT = "google-default"
    CMEK = "cmek"
    CSEK = "csek"
    OTHER = "other"


class Tally(Struct, frozen=True, kw_only=True):
    """How many objects, and how many bytes they hold together; None where the source tells no sizes."""

    objects: int
    bytes: int | None


class EncryptionCount(Struct, frozen=True, kw_only=True):
    """Objects in one encryption state.

    Attributes:
        key: the KMS key, as the provider names it; empty where there is none or the source does not tell.
        key_told: whether the source tells the key at all (an S3 Inventory does not).
        bucket_key: the provider's word for the use of an S3 Bucket Key; empty where it is not told.
        old: whether these are versions that are no longer current; None where the source does not tell.
    """

    state: EncryptionState
    tally: Tally
    key: str = ""
    key_told: bool = False
    bucket_key: str = ""
    old: bool | None = False


class PublicCount(Struct, frozen=True, kw_only=True):
    """Objects whose own ACL lets the public in.

    Attributes:
        audience: the provider's word for everybody or for every account: a group's URI, ``allUsers``.
        right: ``read``, ``write`` or ``administer``, as in the inventory of sharing.
        old: whether these are versions that are no longer current; None where the source does not tell.
    """

    audience: str
    right: str
    tally: Tally
    old: bool | None = False


class AgeCount(Struct, frozen=True, kw_only=True):
    """Objects last changed within a span of days before ``as_of``; ``days_to`` is None for the oldest span.

    ``old`` is as in the other counts.
    """

    days_from: int
    days_to: int | None
    tally: Tally
    old: bool | None = False


class Offender(Struct, frozen=True, kw_only=True):
    r"""One object that a check will name.

    Attributes:
        key: its name as the provider tells it, undecodable bytes as ``\xNN``; a stranger may have chosen it.
        what: the encryption state, or ``audience right`` for a public one.
        version: its version or generation; empty for the current one.
        client_encrypted: the name of the metadata field by which its writer says that it encrypted it; else empty.
    """

    key: str
    what: str
    version: str = ""
    client_encrypted: str = ""


class Objects(Struct, frozen=True, kw_only=True):
    """What is known of the objects in one bucket.

    Attributes:
        mode: on what it rests.
        why: why that way was taken for this bucket.
        source: which inventory (its configuration and manifest), or how the objects were listed.
        as_of: UTC time for which it holds: when the inventory was made, when the listing ended.
        total: all objects and their bytes; Unread where nobody counted them.
        examined: how many were looked at; for a whole inventory or listing all of them.
        versions: whether old versions are among them.
        delete_markers: how many were listed; they hold no data, and no other number counts them.
        encryption: objects by encryption state; Unread where the source does not tell.
        public: objects by what their own ACLs open to the public, before any block; Unread where the source does not tell.
        ages: objects by the time since their last change; Unread where the source does not tell.
        unencrypted: the first of those without encryption, in the order of their keys.
        exposed: the first of those whose own ACL is public, in the order of their keys.
        vanished: objects that were deleted between the listing and the question, and are left out of ``examined``.
        by_key: the first few of each encryption state and key, where the source tells the key; ``what`` is the state, a
            space and the key.
    """

    mode: Mode
    why: Text
    source: str
    as_of: str
    total: Fact[Tally]
    examined: int
    versions: bool
    encryption: Fact[tuple[EncryptionCount, ...]]
    public: Fact[tuple[PublicCount, ...]]
    ages: Fact[tuple[AgeCount, ...]]
    unencrypted: tuple[Offender, ...] = ()
    exposed: tuple[Offender, ...] = ()
    vanished: int = 0
    delete_markers: int = 0
    by_key: tuple[Offender, ...] = ()
