"""The section ``[seal]`` of the configuration."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, unquote, urlsplit

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


_ARN = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(?:key|alias)/.+")


def named_key(named: str) -> dict[str, object]:
    """Return the settings that ``--key`` stands for: a file, ``pkcs11:…`` (RFC 7512), or ``awskms:///ARN``.

    Raises:
        ValueError: it is an address of a key that lacks a part.
    """
    if named.startswith("pkcs11:"):
        return {"pkcs11": _token(named)}
    if named.startswith("awskms:"):
        arn = urlsplit(named).path.lstrip("/")
        found = _ARN.fullmatch(arn)
        if found is None:
            message = "awskms:///arn:aws:kms:REGION:ACCOUNT:key/ID"
            raise ValueError(message)
        return {"aws_kms": KmsSettings(key_id=arn, region=found[1])}
    return {"key": Path(named)}


def _token(address: str) -> Pkcs11Settings:
    path, _, query = address.removeprefix("pkcs11:").partition("?")
    parts: dict[str, str] = {}
    for part in path.split(";"):
        name, _, value = part.partition("=")
        parts[name] = value
    module = parse_qs(query).get("module-path", [""])[0]
    token, label = unquote(parts.get("token", "")), unquote(parts.get("object", ""))
    if not (module and token and label):
        message = "pkcs11:token=TOKEN;object=KEY?module-path=LIBRARY"
        raise ValueError(message)
    return Pkcs11Settings(module=Path(module), token=token, label=label)
