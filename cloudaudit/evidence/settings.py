"""The section ``[seal]`` of the configuration."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

KEEP_YEARS = 3
"""Two years of validity and the time an assessment takes; nothing is ever deleted by cloudaudit."""


class Pkcs11Settings(BaseModel):
    """A key in a token. The PIN comes from ``CLOUDAUDIT_KEY_PASSPHRASE``, never from a file.

    Attributes:
        module: path of the token's own library.
        token: label of the token.
        label: label of the private key and of its public key.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: Path
    token: str
    label: str


class KmsSettings(BaseModel):
    """A key of AWS KMS for ECDSA on P-256 (``ECC_NIST_P256``, ``SIGN_VERIFY``).

    Attributes:
        key_id: its ARN or id.
        profile: of the AWS configuration; None for the ordinary credentials.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_id: str
    region: str
    profile: str | None = None


class SealSettings(BaseModel):
    """How runs are sealed. No secret stands here: passphrases and PINs come by prompt or environment.

    Attributes:
        key: the file that ``cloudaudit keys new`` made.
        pkcs11: a key in a token instead; ``key`` then signs only PDFs.
        aws_kms: a key in AWS KMS instead; ``key`` then signs only PDFs.
        chain: folder with the earlier bundles, searched with its subfolders.
        timestamp_url: address of an RFC 3161 timestamp authority; without one bundles bear no trusted time.
        timestamp_timeout_seconds: how long to wait for it.
        keep_years: how long bundles are to be kept; it is printed, and nothing is deleted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Path | None = None
    pkcs11: Pkcs11Settings | None = None
    aws_kms: KmsSettings | None = None
    chain: Path | None = None
    timestamp_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    timestamp_timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 20
    keep_years: Annotated[int, Field(ge=1, le=100)] = KEEP_YEARS

    @property
    def has_key(self) -> bool:
        """Whether a key is configured, so that runs are sealed by default."""
        return bool(self.key or self.pkcs11 or self.aws_kms)
