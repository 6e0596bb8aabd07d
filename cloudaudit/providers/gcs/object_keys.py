"""With which keys the objects of a bucket should be encrypted, and with which they are. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Source, Unread
from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Objects
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.providers.gcs.operations import GET_CRYPTO_KEY_VERSION
from cloudaudit.providers.gcs.policy_exposure import capped
from cloudaudit.providers.gcs.protection import shortened
from cloudaudit.text import Text

VERSION = "/cryptoKeyVersions/"
USABLE = "ENABLED"


class Rule(Struct, frozen=True):
    """What is asked of each object's key.

    Attributes:
        key: the bucket's default key; empty where Google's own is.
        own: whether the policy asks for a key of one's own where the bucket names none.
    """

    key: str
    own: bool

    def broken_by(self, count: EncryptionCount) -> bool:
        """Return whether objects are encrypted otherwise than prescribed."""
        if self.key:
            return count.state is not EncryptionState.CMEK or _key(count.key) != _key(self.key)
        return self.own and count.state is not EncryptionState.CMEK


class Keys:
    """The states of the keys that a bucket's objects name."""

    def __init__(self, bucket: Bucket) -> None:
        self._states: Mapping[str, Fact[str | None]] = {each.name: each.state for each in bucket.object_keys}

    def locked(self, count: EncryptionCount) -> bool:
        """Return whether it is known that objects cannot be read, since their key is disabled, destroyed or not there."""
        state = self._state(count)
        return state is not None and not isinstance(state, Unread) and state.value != USABLE

    def unknown(self, count: EncryptionCount) -> Unread | None:
        """Return why it is not known whether objects can be read; None where it is."""
        state = self._state(count)
        return state if isinstance(state, Unread) else None

    def evidence(self, objects: Objects) -> dict[str, object]:
        """Return how many objects each key has, the largest first, with the state of the key."""
        if isinstance(objects.encryption, Unread):
            return {}
        counts = sorted(objects.encryption.value, key=lambda count: -count.tally.objects)
        return capped("encryption", [self._told(count) for count in counts])

    def _told(self, count: EncryptionCount) -> dict[str, object]:
        state = self._state(count)
        told: dict[str, object] = {"state": str(count.state), "objects": count.tally.objects}
        if count.key:
            told["key"] = shortened(_key(count.key))
            told["version"] = count.key.rpartition(VERSION)[2]
        if state is not None:
            told["key_state"] = "not read" if isinstance(state, Unread) else state.value or "no such version"
        return told | ({"old_versions": count.old} if count.old else {})

    def _state(self, count: EncryptionCount) -> Fact[str | None] | None:
        """Return the state of a count's key; None where it has none of its own."""
        if count.state is not EncryptionState.CMEK:
            return None
        return self._states.get(count.key, _NOT_ASKED)


def _key(name: str) -> str:
    return name.partition(VERSION)[0]


_NOT_ASKED = Unread(
    Cause.UNSUPPORTED,
    Source(GET_CRYPTO_KEY_VERSION.label),
    permission=GET_CRYPTO_KEY_VERSION.permission,
    detail=Text(
        en="the state of a key that objects name was not read",
        ja="オブジェクトの暗号化に使用された鍵の状態が読み取られていません",
    ),
)
