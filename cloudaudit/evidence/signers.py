"""What signs: a small interface, so that a key may lie in a file, in a token or in a cloud's key service."""

from typing import Protocol

from cloudaudit.evidence.trust import PublicKey


class Signer(Protocol):
    """Something that holds a private key."""

    @property
    def key(self) -> PublicKey:
        """The public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return a signature that ``PublicKey.verifies`` accepts: Ed25519, or ECDSA over SHA-256 in DER with a low s.

        Raises:
            SealError: the key cannot be used.
        """
        ...
