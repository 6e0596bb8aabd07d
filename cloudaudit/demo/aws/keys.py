"""KMS keys of the sample estate: one that rotates, one that does not, one disabled, one about to be deleted."""

from dataclasses import dataclass

from cloudaudit.demo.aws.names import EU, HOME
from cloudaudit.demo.aws.sdk import Sdk
from cloudaudit.providers.aws.connect import Client

DELETION_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class KeySpec:
    """A KMS key; ``fate`` is empty, ``disabled`` or ``deleted`` (that is, pending deletion)."""

    alias: str
    region: str = HOME
    rotates: bool = True
    fate: str = ""


KEYS = (
    KeySpec(alias="alias/storage"),
    KeySpec(alias="alias/orders", region=EU),
    KeySpec(alias="alias/quotations", rotates=False),
    KeySpec(alias="alias/payroll", fate="disabled"),
    KeySpec(alias="alias/contracts", fate="deleted"),
)


def make_keys(sdk: Sdk) -> dict[str, str]:
    """Make the keys and return their ARNs by alias."""
    return {spec.alias: _make(sdk.client("kms", spec.region), spec) for spec in KEYS}


def _make(kms: Client, spec: KeySpec) -> str:
    key = kms.create_key(Description=spec.alias)["KeyMetadata"]
    kms.create_alias(AliasName=spec.alias, TargetKeyId=key["KeyId"])
    if spec.rotates:
        kms.enable_key_rotation(KeyId=key["KeyId"])
    if spec.fate == "disabled":
        kms.disable_key(KeyId=key["KeyId"])
    elif spec.fate == "deleted":
        kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=DELETION_DAYS)
    return str(key["Arn"])
