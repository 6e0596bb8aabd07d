"""The objects in a bucket: a listing tells each one's key and ACL, so nothing else is asked about any of them.

Old versions are always listed: some stay when versioning is switched off. Soft-deleted objects are not: nobody can read one
before it is restored.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from cloudaudit.clock import parse, stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.model import (
    AgeCount,
    EncryptionCount,
    EncryptionState,
    Mode,
    Objects,
    Offender,
    PublicCount,
    Tally,
)
from cloudaudit.inventory.question import AGES, CLIENT_FIELDS
from cloudaudit.providers.gcs.model import KeyVersion, UniformAccess
from cloudaudit.providers.gcs.operations import (
    GET_CRYPTO_KEY_VERSION,
    LIST_OBJECTS,
    LIST_OBJECTS_WITH_ACLS,
    Operation,
)
from cloudaudit.providers.gcs.reader import CallFailed, Page, Reader, now
from cloudaudit.text import Text

PAGE_SIZE = 1_000
"""Objects a page; the most that Cloud Storage gives."""

FIRST = 20
"""How many objects with a public ACL are named."""

FIRST_OF_A_KEY = 3
"""How many objects of each encryption state and key are named."""

KEYS = 100
"""How many keys of a bucket's objects are named and asked for; the rest is counted as one that nobody asked for."""

MANY_KEYS = "…"
"""Stands for the keys beyond that."""

PUBLIC = ("allUsers", "allAuthenticatedUsers")
RIGHTS = {"READER": "read", "OWNER": "administer"}
FIELDS = (
    "kind,nextPageToken,items(name,generation,size,updated,timeDeleted,kmsKeyName,"
    "customerEncryption/encryptionAlgorithm,acl(entity,role),metadata)"
)

BUDGET_SPENT = Text(
    en="the requests of --objects-budget were used up",
    ja="--objects-budget のリクエスト数を使い切りました",
)


class Requests:
    """The requests about objects that a run may send. Safe for threads."""

    def __init__(self, budget: int) -> None:
        self._left = budget
        self._lock = threading.Lock()

    def share(self) -> int:
        """Return how many one bucket may send: half of what is left, so that a huge one leaves some for the others."""
        with self._lock:
            return (self._left + 1) // 2

    def take(self) -> bool:
        """Take one; return whether there was one."""
        with self._lock:
            if not self._left:
                return False
            self._left -= 1
            return True


class _Entry(Struct, frozen=True):
    entity: str
    role: str


class _CustomerKey(Struct, frozen=True, rename="camel"):
    encryption_algorithm: str = ""


class _Object(Struct, frozen=True, rename="camel"):
    name: str
    generation: str
    size: str
    updated: str
    time_deleted: str = ""
    kms_key_name: str = ""
    customer_encryption: _CustomerKey | None = None
    acl: tuple[_Entry, ...] | None = None
    metadata: dict[str, object] = {}


class _Answer(Struct, frozen=True, rename="camel"):
    # Without it an answer is no listing, and would look like an empty bucket.
    kind: Literal["storage#objects"]
    items: tuple[_Object, ...] = ()
    next_page_token: str = ""


class _Counted:
    """Objects and bytes by what they have in common."""

    def __init__(self) -> None:
        self.objects = 0
        self.bytes = 0

    def add(self, size: int) -> None:
        self.objects += 1
        self.bytes += size

    @property
    def tally(self) -> Tally:
        return Tally(objects=self.objects, bytes=self.bytes)


class _Tallies:
    """What is counted while a bucket is listed; as large as there are keys and audiences, however many objects."""

    def __init__(self, at: datetime) -> None:
        self._limits = [stamp(at - timedelta(days=days)) for days in AGES[1:]]
        self.all = _Counted()
        self.without_acl = 0
        self.exposed: list[Offender] = []
        self._keys: set[tuple[EncryptionState, str]] = set()
        self._of_keys: dict[tuple[EncryptionState, str], list[Offender]] = {}
        self._encryption: defaultdict[tuple[EncryptionState, str, bool], _Counted] = defaultdict(_Counted)
        self._public: defaultdict[tuple[str, str, bool], _Counted] = defaultdict(_Counted)
        self._ages: defaultdict[tuple[int, bool], _Counted] = defaultdict(_Counted)

    def add(self, found: _Object) -> None:
        """Count one object.

        Raises:
            ValueError: its size or time is none.
        """
        size, old = int(found.size), bool(found.time_deleted)
        updated = stamp(parse(found.updated))
        self.all.add(size)
        self._ages[sum(updated <= limit for limit in self._limits), old].add(size)
        self._add_key(found, size, old=old)
        if found.acl is None:
            self.without_acl += 1
            return
        for entry in found.acl:
            if entry.entity in PUBLIC:
                right = RIGHTS.get(entry.role, "read")
                self._public[entry.entity, right, old].add(size)
                if len(self.exposed) < FIRST:
                    self.exposed.append(_offender(found, f"{entry.entity} {right}"))

    def _add_key(self, found: _Object, size: int, *, old: bool) -> None:
        state, key = _encryption(found)
        if (state, key) not in self._keys and len(self._keys) >= KEYS:
            key = MANY_KEYS
        self._keys.add((state, key))
        self._encryption[state, key, old].add(size)
        named = self._of_keys.setdefault((state, key), [])
        if len(named) < FIRST_OF_A_KEY:
            named.append(_offender(found, f"{state} {key}".rstrip()))

    @property
    def encryption(self) -> tuple[EncryptionCount, ...]:
        return tuple(
            EncryptionCount(state=state, key=key, key_told=key != MANY_KEYS, tally=counted.tally, old=old)
            for (state, key, old), counted in sorted(self._encryption.items(), key=lambda pair: pair[0])
        )

    @property
    def by_key(self) -> tuple[Offender, ...]:
        return tuple(offender for pair in sorted(self._of_keys) for offender in self._of_keys[pair])

    @property
    def public(self) -> tuple[PublicCount, ...]:
        return tuple(
            PublicCount(audience=audience, right=right, tally=counted.tally, old=old)
            for (audience, right, old), counted in sorted(self._public.items(), key=lambda pair: pair[0])
        )

    @property
    def ages(self) -> tuple[AgeCount, ...]:
        ends = (*AGES[1:], None)
        return tuple(
            AgeCount(days_from=AGES[index], days_to=ends[index], tally=counted.tally, old=old)
            for (index, old), counted in sorted(self._ages.items(), key=lambda pair: pair[0])
        )


def _encryption(found: _Object) -> tuple[EncryptionState, str]:
    if found.customer_encryption is not None:
        return EncryptionState.CSEK, ""
    if found.kms_key_name:
        return EncryptionState.CMEK, found.kms_key_name
    return EncryptionState.GOOGLE_DEFAULT, ""


def _offender(found: _Object, what: str) -> Offender:
    return Offender(
        key=found.name,
        what=what,
        version=found.generation if found.time_deleted else "",
        client_encrypted=next((name for name in CLIENT_FIELDS if name in found.metadata), ""),
    )


def list_objects(
    reader: Reader,
    name: str,
    uniform: Fact[UniformAccess],
    user_project: str | None,
    *,
    requests: Requests,
    why: Text,
) -> Fact[Objects]:
    """Return what the listing of a bucket tells of its objects.

    A listing that ends early is indicative: what it has seen is the beginning in the order of names, and no sample.

    Args:
        reader: asks.
        name: of the bucket.
        uniform: where uniform access is on, objects have no ACLs and none are asked for.
        user_project: who pays, where somebody must be named.
        requests: that may be sent.
        why: the bucket is listed.
    """
    no_acls = isinstance(uniform, Read) and uniform.value.enabled
    operation = LIST_OBJECTS if no_acls else LIST_OBJECTS_WITH_ACLS
    pages = _pages(reader, operation, name, user_project)
    tallies = _Tallies(now())
    share = requests.share()
    source = Source(operation.label, stamp(now()))
    end: Unread | None = None
    for asked in range(share + 1):
        if asked == share or not requests.take():
            end = Unread(Cause.TOO_SMALL, source, detail=_ended(tallies.all.objects, BUDGET_SPENT))
            break
        try:
            source, page = next(pages)
            for found in page.items:
                tallies.add(found)
        except CallFailed as failure:
            end = failure.unread
            break
        except ValueError as error:
            return Unread(Cause.MALFORMED, source, permission=operation.permission, detail=str(error)[:200])
        if not page.token:
            break
    if end is not None and not tallies.all.objects:
        return end
    return Read(_made(tallies, operation, end, why, source, acls=not no_acls), source)


def _pages(
    reader: Reader, operation: Operation, name: str, user_project: str | None
) -> Iterator[tuple[Source, Page[_Object]]]:
    params = {
        "fields": FIELDS,
        "maxResults": str(PAGE_SIZE),
        "projection": "full" if operation is LIST_OBJECTS_WITH_ACLS else "noAcl",
        "versions": "true",
        **({"userProject": user_project} if user_project else {}),
    }
    return reader.each_page(
        operation, (name,), _Answer, lambda told: Page(told.items, told.next_page_token), params=params
    )


def _made(
    tallies: _Tallies, operation: Operation, end: Unread | None, why: Text, source: Source, *, acls: bool
) -> Objects:
    public: Fact[tuple[PublicCount, ...]] = Read(tallies.public, source)
    if acls and tallies.without_acl and not tallies.exposed:
        # Who may not read ACLs is answered without them; what was seen of others' would be a finding all the same.
        public = Unread(Cause.DENIED, source, permission=operation.permissions[-1])
    return Objects(
        mode=Mode.LISTING if end is None else Mode.INDICATIVE,
        why=why if end is None else _broken_off(why, tallies.all.objects, end),
        source=f"{operation.label}, versions=true",
        as_of=source.at,
        total=Read(tallies.all.tally, source) if end is None else end,
        examined=tallies.all.objects,
        versions=True,
        encryption=Read(tallies.encryption, source),
        public=public,
        ages=Read(tallies.ages, source),
        exposed=tuple(tallies.exposed),
        by_key=tallies.by_key,
    )


def _ended(objects: int, because: Text) -> Text:
    return Text(
        en=f"{because.en} after {objects:,} objects in the order of their names, which are no random sample",
        ja=f"{because.ja}。確認できたのは名前順の先頭{objects:,}件のみで、無作為標本ではありません",
    )


def _broken_off(why: Text, objects: int, end: Unread) -> Text:
    said = end.detail if isinstance(end.detail, Text) else _ended(objects, Text(en=end.cause, ja=end.cause))
    return Text(en=f"{why.en}; {said.en}", ja=f"{why.ja}。{said.ja}")


# --------------------------------------------------------------------------- the keys that objects name


class _Version(Struct, frozen=True):
    name: str
    state: str


_PARTS = ("projects", "locations", "keyRings", "cryptoKeys", "cryptoKeyVersions")


def keys_of(objects: Fact[Objects]) -> tuple[str, ...]:
    """Return the names of the key versions that objects are encrypted with."""
    if isinstance(objects, Unread) or isinstance(objects.value.encryption, Unread):
        return ()
    counts = objects.value.encryption.value
    named = (count.key for count in counts if count.state is EncryptionState.CMEK and count.key_told)
    return tuple(dict.fromkeys(named))


def read_key_version(reader: Reader, name: str) -> KeyVersion:
    """Return a version of a key with its state; one that the name does not name is malformed."""
    parts = name.split("/")
    if tuple(parts[0::2]) != _PARTS or len(parts) != 2 * len(_PARTS) or not all(parts[1::2]):
        missing = Unread(Cause.MALFORMED, Source(GET_CRYPTO_KEY_VERSION.label), detail=name[:200])
        return KeyVersion(name=name, state=missing)
    absent: Mapping[str, str | None] = {"404": None}
    return KeyVersion(
        name=name,
        state=reader.fact(
            GET_CRYPTO_KEY_VERSION, parts[1::2], _Version, lambda told: told.state, absent=absent
        ),
    )
