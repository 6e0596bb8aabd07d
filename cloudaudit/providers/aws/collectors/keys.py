"""KMS: each key in use is described once, whichever bucket or vault names it."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.model import KmsKey
from cloudaudit.providers.aws.operations import DESCRIBE_KEY, GET_KEY_ROTATION
from cloudaudit.providers.aws.reader import Reader, combine, text_time
from cloudaudit.text import Text

ROTATING_SPEC = "SYMMETRIC_DEFAULT"
ROTATING_ORIGIN = "AWS_KMS"
NOT_FOUND = "NotFound"
"""The state of a key that a resource names and that does not exist; our own word, AWS has none."""
KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")


class _Metadata(
    Struct,
    frozen=True,
    rename={
        "arn": "Arn",
        "account": "AWSAccountId",
        "state": "KeyState",
        "manager": "KeyManager",
        "origin": "Origin",
        "spec": "KeySpec",
        "deletion_date": "DeletionDate",
    },
):
    arn: str
    account: str
    state: str
    manager: str
    origin: str = ""
    spec: str = ""
    deletion_date: datetime | None = None


class _Key(Struct, frozen=True, rename="pascal"):
    key_metadata: _Metadata


class _Rotation(Struct, frozen=True, rename="pascal"):
    key_rotation_enabled: bool


def key_arn(reference: str, partition: str, region: str, account: str) -> str:
    """Return the ARN of a key that is named by its id alone; an ARN or an alias stays as it is."""
    if reference.startswith(("arn:", "alias/")):
        return reference
    return f"arn:{partition}:kms:{region}:{account}:key/{reference}"


def read_key(
    reader: Reader,
    region: str,
    reference: str,
    account: str,
    rotation_of: Callable[[tuple[str, str]], Fact[bool | None]],
) -> Fact[KmsKey | None]:
    """Describe a key by id, ARN or alias; a refusal by another account's key is told apart.

    Args:
        reader: calls.
        region: where the resource that names the key lies.
        reference: how the resource names it.
        account: the account that is scanned.
        rotation_of: from region and ARN to whether the key rotates; it remembers, as several names may lead to a key.
    """
    gone = _Metadata(arn=reference, account="", state=NOT_FOUND, manager="")
    described: Fact[_Metadata] = reader.fact(
        DESCRIBE_KEY,
        region,
        {"KeyId": reference},
        _Key,
        lambda body: body.key_metadata,
        absent={"NotFoundException": gone},
    )
    if isinstance(described, Unread):
        return _foreign(described, reference, account)
    rotation = _rotation(region, described, account, rotation_of)

    def make(key: _Metadata) -> KmsKey | None:
        return KmsKey(
            arn=key.arn,
            account=key.account,
            state=key.state,
            manager=key.manager,
            origin=key.origin,
            spec=key.spec,
            deletion_date=text_time(key.deletion_date),
            rotation=rotation,
        )

    return combine(make, described)


def _rotation(
    region: str,
    described: Read[_Metadata],
    account: str,
    rotation_of: Callable[[tuple[str, str]], Fact[bool | None]],
) -> Fact[bool | None]:
    key = described.value
    rotates = key.spec == ROTATING_SPEC and key.origin == ROTATING_ORIGIN and key.manager == "CUSTOMER"
    if not rotates or key.state != "Enabled":
        return Read(None, described.source)
    rotation = rotation_of((region, key.arn))
    return rotation if isinstance(rotation, Read) else _foreign(rotation, key.arn, account)


def read_rotation(reader: Reader, region: str, arn: str) -> Fact[bool | None]:
    """Read whether a key rotates by itself."""
    return reader.fact(
        GET_KEY_ROTATION, region, {"KeyId": arn}, _Rotation, lambda body: body.key_rotation_enabled
    )


def _foreign(unread: Unread, reference: str, account: str) -> Unread:
    parts = reference.split(":")
    owner = parts[4] if len(parts) > 4 else account  # noqa: PLR2004 - the account is the fifth part of an ARN
    if unread.cause is not Cause.DENIED or owner == account:
        return unread
    return Unread(
        Cause.FOREIGN_ACCOUNT,
        unread.source,
        permission=unread.permission,
        detail=Text(en=f"the key belongs to {owner}", ja=f"キーはアカウント {owner} の所有です"),
    )


def no_key(source: Source) -> Fact[KmsKey | None]:
    """Return the fact that no key is named."""
    return Read(None, source)


KeyReader = Callable[[str, str], Fact[KmsKey | None]]
"""From a region and a reference to a key; remembers what it was told."""
