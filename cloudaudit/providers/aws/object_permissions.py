"""What a role may do about single objects: statements of their own, opted in to one by one. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from cloudaudit.providers.aws.operations import OBJECT_OPERATIONS, OPERATIONS
from cloudaudit.text import Text


class ObjectAccess(Struct, frozen=True, kw_only=True):
    """What the role may do about single objects, which nothing but the user's own wish adds to it.

    Attributes:
        listed: whether objects may be listed with their versions and asked for their heads and ACLs.
        inventories: where inventories deliver, each as ``s3://bucket/prefix`` or as an ARN.
        partition: of the ARNs that are made.
    """

    listed: bool = False
    inventories: tuple[str, ...] = ()
    partition: str = "aws"


NO_OBJECTS = ObjectAccess()
HEADS_SID = "ReadObjectHeads"
INVENTORY_SID = "ReadInventoryFiles"
EXPLAINED: Mapping[str, Text] = {
    HEADS_SID: Text(
        en=f"{HEADS_SID}: AWS has no permission for an object's encryption alone, so s3:GetObject, which could read "
        "contents as well, is needed for it. cloudaudit sends HeadObject only and refuses to send GetObject. "
        "Leave the statement out where that is too much; inventories do without it.",
        ja=f"{HEADS_SID}: オブジェクトの暗号化状態のみを参照する権限は AWS になく、内容も読み取れる s3:GetObject が"
        "必要です。cloudaudit は HeadObject のみを呼び出し、GetObject の呼び出しは内部で拒否します。許可できない場合は、"
        "このステートメントを除外し、インベントリを利用してください。",
    ),
    INVENTORY_SID: Text(
        en=f"{INVENTORY_SID}: the files that S3 Inventory delivers are read, below these prefixes and nowhere else. "
        "Where they are encrypted with a KMS key, allow kms:Decrypt on that key too.",
        ja=f"{INVENTORY_SID}: S3 インベントリの配信ファイルのみを、指定したプレフィックスの配下に限って読み取ります。"
        "ファイルが KMS キーで暗号化されている場合は、その鍵に対する kms:Decrypt も許可してください。",
    ),
}
"""What a person should know who adds a statement, by its Sid."""

_PLACE = re.compile(
    r"(?:s3://|arn:(?P<partition>aws[a-z-]*):s3:::)(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[^*?$]*))?"
)


def inventory_arn(place: str, partition: str = "aws") -> str | None:
    """Return the ARN of everything below an inventory's prefix; None for what is no ``s3://bucket/prefix`` or ARN."""
    match = _PLACE.fullmatch(place)
    if match is None:
        return None
    prefix = (match["prefix"] or "").strip("/")
    below = f"{prefix}/*" if prefix else "*"
    return f"arn:{match['partition'] or partition}:s3:::{match['bucket']}/{below}"


def object_statements(access: ObjectAccess) -> list[dict[str, Any]]:
    """Return the statements about single objects, each with a Sid of its own.

    Raises:
        ValueError: a place of an inventory is none.
    """
    statements: list[dict[str, Any]] = []
    if access.listed:
        actions = _actions_of("list")
        statements.append({"Sid": HEADS_SID, "Effect": "Allow", "Action": actions, "Resource": "*"})
    if access.inventories:
        arns = [inventory_arn(place, access.partition) for place in access.inventories]
        if None in arns:
            message = f"{access.inventories} are not all places of inventories"
            raise ValueError(message)
        actions = _actions_of("inventory")
        statements.append({"Sid": INVENTORY_SID, "Effect": "Allow", "Action": actions, "Resource": arns})
    return statements


def _actions_of(opt_in: str) -> list[str]:
    every = {action for each in OBJECT_OPERATIONS if opt_in in each.opt_in for action in each.actions}
    return sorted(every - {action for each in OPERATIONS for action in each.actions})


def explanations(documents: Iterable[Mapping[str, Any]]) -> tuple[Text, ...]:
    """Return what should be known of the statements of some documents."""
    sids = [statement["Sid"] for document in documents for statement in document["Statement"]]
    return tuple(EXPLAINED[sid] for sid in sids if sid in EXPLAINED)
