"""Facts of AWS resources that tests of checks put together."""

from typing import Any

from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Mode, Objects, PublicCount, Tally
from cloudaudit.providers.aws.model import Account, Acl, Bucket, Versioning
from cloudaudit.testing import TAKEN_AT, build, read
from cloudaudit.text import Text

EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"


def encrypted(state: EncryptionState, objects: int = 1, key: str = "") -> EncryptionCount:
    """Return how many objects are in a state."""
    return EncryptionCount(state=state, tally=Tally(objects=objects, bytes=objects), key=key, key_told=True)


def opened(right: str = "read", objects: int = 1) -> PublicCount:
    """Return how many objects everyone may do something with."""
    return PublicCount(audience=EVERYONE, right=right, tally=Tally(objects=objects, bytes=objects))


def objects_of(*counts: EncryptionCount, **given: Any) -> Objects:  # noqa: ANN401 - fields of any kind
    """Return a complete listing; without counts, of one object that S3 encrypts and nobody may reach."""
    held = counts or (encrypted(EncryptionState.SSE_S3),)
    number = sum(count.tally.objects for count in held)
    facts: dict[str, Any] = {
        "mode": Mode.LISTING,
        "why": Text(en="listing was asked for", ja="一覧による確認が指定されたため"),
        "source": "s3:ListObjectsV2, s3:HeadObject",
        "as_of": TAKEN_AT,
        "total": read(Tally(objects=number, bytes=number)),
        "examined": number,
        "versions": False,
        "encryption": read(held),
        "public": read(()),
        "ages": read(()),
    }
    return Objects(**{**facts, **given})


def acl_bucket(**given: Any) -> Bucket:  # noqa: ANN401 - fields of any kind
    """Return a bucket without blocks and policy whose objects may have ACLs of their own."""
    facts: dict[str, Any] = {
        "id": "arn:aws:s3:::b",
        "public_access_block": None,
        "policy": None,
        "policy_is_public": None,
        "ownership": "ObjectWriter",
        "acl": Acl(owner="me", grants=()),
        "versioning": Versioning(status=""),
        "objects": objects_of(),
        "object_keys": (),
    }
    return build(Bucket, **{**facts, **given})


def open_account(**given: Any) -> Account:  # noqa: ANN401 - fields of any kind
    """Return an account without a block, in no organisation."""
    facts: dict[str, Any] = {
        "public_access_block": None,
        "organization": None,
        "organization_accounts": (),
        "organization_s3_block": None,
        "resource_control_policies": (),
    }
    return build(Account, **{**facts, **given})
