"""Random estates for property tests: whole resources whose every fact is plausible, read or not.

One seed makes one estate. The shapes come from a provider's model by introspection, so a new field or kind takes part
without a change here; only what a string may hold is written down, once a provider: that is its ``World``.
"""

import json
import random
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct, structs

from cloudaudit.facts import Cause, Read, Source, Unread
from cloudaudit.model import Resource
from cloudaudit.providers.aws.model import (
    KINDS,
    AccessPoint,
    Account,
    BackupPlan,
    BackupVault,
    Bucket,
    DirectoryBucket,
    Region,
    Role,
    Trail,
    User,
)
from cloudaudit.testing import ACCOUNT, TAKEN_AT

R = TypeVar("R", bound=Resource)
Path = tuple[str | int, ...]
"""The way to a fact inside a resource: names of fields and places in tuples."""

REGIONS = ("ap-northeast-1", "eu-west-1")
STRANGER = "999988887777"
OWNER = "owner-canonical-id"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
KEY = f"arn:aws:kms:ap-northeast-1:{ACCOUNT}:key/1"
TIMES = ("2026-11-20T12:00:00Z", "2026-10-01T00:00:00Z", "2025-01-01T00:00:00Z", "2020-01-01T00:00:00Z")
VAULTS = tuple(
    f"arn:aws:backup:{region}:{account}:backup-vault:v{number}"
    for number, (region, account) in enumerate(
        [("ap-northeast-1", ACCOUNT), ("eu-west-1", ACCOUNT), ("eu-west-1", STRANGER)]
    )
)
AT_MOST: Mapping[type[Resource], int] = {
    Bucket: 3,
    User: 2,
    AccessPoint: 2,
    BackupVault: 2,
    Region: 2,
    Trail: 2,
}


def _statement(effect: str, principal: object, action: str, **more: object) -> dict[str, object]:
    return {
        "Effect": effect,
        "Principal": principal,
        "Action": action,
        "Resource": ["arn:aws:s3:::b0", "arn:aws:s3:::b0/*"],
        **more,
    }


def _document(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


RESOURCE_POLICIES = (
    _document(_statement("Allow", "*", "s3:GetObject")),
    _document(_statement("Allow", {"AWS": f"arn:aws:iam::{STRANGER}:root"}, "s3:*")),
    _document(_statement("Allow", {"AWS": ACCOUNT}, "s3:PutObject")),
    _document(
        _statement("Deny", "*", "s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        _statement("Allow", "*", "s3:PutObject", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
    ),
    _document(
        _statement("Deny", "*", "s3:*", Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
    ),
    _document(
        _statement("Allow", "*", "s3:*", Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}),
    ),
    "{not json",
)
CONTROL_POLICIES = (
    _document(_statement("Deny", "*", "s3:*")),
    _document(_statement("Deny", "*", "s3:GetObject")),
    _document(
        _statement("Deny", "*", "s3:*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
    ),
    _document(
        _statement("Deny", "*", "s3:*", Condition={"StringNotLike": {"aws:PrincipalArn": "${aws:userid}*"}}),
    ),
    "{not json",
)
POINT_POLICIES = tuple(
    _document({**_statement("Allow", principal, "s3:GetObject"), "Resource": f"arn:aws:s3:{place}/object/*"})
    for principal in ("*", {"AWS": STRANGER})
    for place in (f"ap-northeast-1:{ACCOUNT}:accesspoint/p0", f"eu-west-1:{ACCOUNT}:accesspoint/p1")
)
TRUST_POLICIES = (
    _document(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"}, "Action": "sts:AssumeRole"}
    ),
    _document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "x"}},
        }
    ),
    _document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}),
    _document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/idp"},
            "Action": "sts:AssumeRoleWithSAML",
        }
    ),
    "{not json",
)
IDENTITY_POLICIES = (
    _document({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    _document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
    _document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b0/*"}),
    _document({"Effect": "Deny", "Action": "*", "Resource": "*"}),
    "{not json",
)

STRINGS: Mapping[str, Sequence[str]] = {
    "Account.partition": ("aws",),
    "Analyzer.status": ("ACTIVE", "CREATING", "FAILED"),
    "Analyzer.type": ("ACCOUNT", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS"),
    "AccessPoint.policy": POINT_POLICIES,
    "AccessPoint.network_origin": ("Internet", "VPC"),
    "BackupVault.lock_date": ("", *TIMES),
    "BackupVault.vault_type": ("BACKUP_VAULT", "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", ""),
    "Bucket.metadata_table": ("ACTIVE", "FAILED", "CREATING"),
    "Bucket.ownership": ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
    "CredentialRow.password_last_changed": ("", "not_supported", *TIMES),
    "CredentialRow.password_last_used": ("", "not_supported", *TIMES),
    "CredentialCertificate.last_rotated": ("", *TIMES),
    "CredentialKey.last_rotated": ("", *TIMES),
    "CredentialKey.last_used": ("", *TIMES),
    "DataEvents.buckets": ("*", "arn:aws:s3:::b0/", "arn:aws:s3:::b1/"),
    "DataEvents.excluded": ("arn:aws:s3:::b0/", "arn:aws:s3:::b2/"),
    "Encryption.algorithm": ("AES256", "aws:kms", "aws:kms:dsse", ""),
    "Encryption.blocked": ("SSE-C",),
    "FederatedProvider.type": ("saml", "oidc"),
    "Grant.grantee": (OWNER, ALL_USERS, "stranger"),
    "Grant.grantee_type": ("CanonicalUser", "Group"),
    "Grant.permission": ("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"),
    "InventoryReport.fields": ("EncryptionStatus", "ObjectAccessControlList", "Size"),
    "InventoryReport.frequency": ("Daily", "Weekly"),
    "KmsKey.deletion_date": ("", *TIMES),
    "KmsKey.manager": ("CUSTOMER", "AWS"),
    "KmsKey.origin": ("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM"),
    "KmsKey.spec": ("SYMMETRIC_DEFAULT", "RSA_2048"),
    "KmsKey.state": ("Enabled", "Disabled", "PendingDeletion"),
    "LegacyCredential.type": ("ssh", "codecommit.amazonaws.com"),
    "LifecycleRule.expiration_date": ("", *TIMES),
    "LifecycleRule.prefix": ("", "logs/"),
    "Objects.as_of": TIMES,
    "EncryptionCount.key": ("", KEY),
    "Offender.what": (f"{ALL_USERS} read", f"{ALL_USERS} administer", "none", f"sse-kms {KEY}"),
    "PublicCount.audience": (ALL_USERS,),
    "PublicCount.right": ("read", "administer"),
    "ObjectKey.reference": (KEY,),
    "ObjectLock.mode": ("GOVERNANCE", "COMPLIANCE", ""),
    "PrincipalPolicy.document": IDENTITY_POLICIES,
    "PrincipalPolicy.type": ("inline", "customer", "aws"),
    "PrincipalPolicy.via": ("", "group"),
    "RecoveryPoint.status": ("COMPLETED", "PARTIAL", "EXPIRED"),
    "Role.path": ("/", "/aws-service-role/x/", "/aws-reserved/sso.amazonaws.com/"),
    "Trail.kms_key": ("", KEY),
    "Versioning.status": ("Enabled", "Suspended", ""),
    "Website.redirect_to": ("", "example.com"),
    "account": (ACCOUNT,),
    "algorithm": ("AES256",),
    "at": TIMES,
    "boundary": IDENTITY_POLICIES,
    "bucket": ("b0", "b1", "elsewhere"),
    "bucket_account": (ACCOUNT, STRANGER, ""),
    "buckets": ("b0", "b1"),
    "canonical_user": (OWNER,),
    "completed_at": TIMES,
    "created_at": TIMES,
    "destination": ("b0", "b1", "elsewhere"),
    "destination_account": ("", ACCOUNT, STRANGER),
    "document": RESOURCE_POLICIES,
    "ControlPolicy.document": CONTROL_POLICIES,
    "encryption_key": ("", KEY),
    "key": ("", KEY, "alias/own", "alias/aws/s3"),
    "management_account": (ACCOUNT, STRANGER),
    "newest": TIMES,
    "organization_accounts": (ACCOUNT, STRANGER),
    "owner": (OWNER,),
    "owner_account": (ACCOUNT, STRANGER),
    "policy": RESOURCE_POLICIES,
    "region": REGIONS,
    "target_bucket": ("b0", "b1", "elsewhere"),
    "Trail.owner": (ACCOUNT, STRANGER),
    "trust": TRUST_POLICIES,
    "tags": ("class", "secret", "public"),
    "vault": VAULTS,
    "copies": VAULTS,
    "vpc": ("", "vpc-1"),
}
IDS: Mapping[type[Resource], str] = {
    Bucket: "arn:aws:s3:::b{number}",
    DirectoryBucket: "arn:aws:s3express:{where}:{account}:bucket/d{number}--x-s3",
    AccessPoint: "arn:aws:s3:{where}:{account}:accesspoint/p{number}",
    User: "arn:aws:iam::{account}:user/u{number}",
    Role: "arn:aws:iam::{account}:role/r{number}",
    BackupPlan: "arn:aws:backup:{where}:{account}:backup-plan:p{number}",
    Region: "{account}/{where}",
    Trail: "arn:aws:cloudtrail:{where}:{account}:trail/t{number}",
}
NUMBERS = (0, 1, 7, 30, 35, 90, 400)


@dataclass(frozen=True, kw_only=True, repr=False)
class World:
    """What the estates of one provider may hold.

    Attributes:
        strings: by ``Kind.field`` or ``field``, what a string may say.
        numbers: what a whole number may be.
        at_most: how many resources of a kind there may be; one of those that it does not name.
        always: how many of a kind there are in every estate.
        identity_of: id, name, account and region of the resource of a kind with that number.
        finished: makes a resource consistent in itself.
    """

    provider: str
    kinds: Sequence[type[Resource]]
    strings: Mapping[str, Sequence[str]]
    at_most: Mapping[type[Resource], int]
    always: Mapping[type[Resource], int]
    identity_of: Callable[[type[Resource], int], Mapping[str, str]]
    finished: Callable[[Resource], Resource]
    numbers: Sequence[int] = NUMBERS

    def __repr__(self) -> str:
        return f"the world of {self.provider}"


def identity_of(kind: type[Resource], number: int) -> dict[str, str]:
    """Return the id, name, account and region of the resource of a kind with that number."""
    if kind is Account:
        return {"id": f"arn:aws:iam::{ACCOUNT}:root", "name": ACCOUNT, "account": ACCOUNT, "region": "global"}
    where = REGIONS[number % len(REGIONS)]
    name = where if kind is Region else f"b{number}" if kind is Bucket else f"{kind.of_kind()}-{number}"
    return {
        "id": _id_of(kind, number, where),
        "name": name,
        "account": ACCOUNT,
        "region": "global" if kind in {User, Role} else where,
    }


def _id_of(kind: type[Resource], number: int, where: str) -> str:
    if kind is BackupVault:
        return VAULTS[number % 2]
    pattern = IDS.get(kind, f"arn:aws:test:::{kind.of_kind()}/{{number}}")
    return pattern.format(number=number, where=where, account=ACCOUNT)


def estate(seed: int, unread_share: float, world: World | None = None) -> list[Resource]:
    """Return an account and a few resources of every other kind.

    Args:
        seed: the same seed makes the same estate.
        unread_share: how likely a fact is not read, from 0 to 1.
        world: of which provider; AWS when not given.
    """
    chosen = world or AWS
    maker = Maker(random.Random(seed), unread_share, chosen)  # noqa: S311 - test data
    return [
        maker.resource(kind, number)
        for kind in chosen.kinds
        for number in range(chosen.always.get(kind) or maker.count(chosen.at_most.get(kind, 1)))
    ]


def read_paths(resource: Resource) -> list[Path]:
    """Return the way to every fact of a resource that was read, nested ones included."""
    return list(_paths(resource, ()))


def without(resource: R, path: Path, cause: Cause = Cause.DENIED) -> R:
    """Return the resource with one fact that was not read."""
    changed = _without(resource, path, Unread(cause, Source("test:Taken"), permission="test:Taken"))
    return cast("R", changed)


def _paths(data: object, here: Path) -> Iterator[Path]:
    if _is_read(data):
        yield here
    if isinstance(data, Struct):
        for name in data.__struct_fields__:
            yield from _paths(cast("object", getattr(data, name)), (*here, name))
    elif isinstance(data, tuple):
        for number, item in enumerate(cast("tuple[object, ...]", data)):
            yield from _paths(item, (*here, number))


def _is_read(data: object) -> bool:
    return isinstance(data, Read)


def _without(data: object, path: Path, missing: Unread) -> object:
    if not path:
        return missing
    step, *rest = path
    if isinstance(step, int):
        items = list(cast("tuple[object, ...]", data))
        items[step] = _without(items[step], tuple(rest), missing)
        return tuple(items)
    changed = _without(getattr(data, step), tuple(rest), missing)
    return structs.replace(cast("Struct", data), **{step: changed})


def _alone(account: Resource) -> Resource:
    """Return an account without what only an organisation has, if it is known to be in none."""
    if not isinstance(account, Account):
        return account
    organization = account.organization
    if not isinstance(organization, Read) or organization.value is not None:
        return account
    root = account.root
    if isinstance(root, Read):
        root = Read(structs.replace(root.value, password_enabled=True), root.source)
    return structs.replace(
        account,
        organization_accounts=Read((), organization.source),
        organization_s3_block=organization,
        resource_control_policies=Read((), organization.source),
        root=root,
    )


class Maker:
    """Makes resources of a world.

    Args:
        chance: what is drawn from.
        unread_share: how likely a fact is not read.
        world: what may be drawn.
    """

    def __init__(self, chance: random.Random, unread_share: float, world: World) -> None:
        self._chance = chance
        self._unread_share = unread_share
        self._world = world

    def count(self, at_most: int) -> int:
        """Return how many of something there are."""
        return self._chance.randint(0, at_most)

    def resource(self, kind: type[R], number: int) -> R:
        """Return a resource whose every field is drawn."""
        made = cast("R", self._struct(kind, self._world.identity_of(kind, number)))
        return cast("R", self._world.finished(made))

    def _struct(self, kind: type[Any], fixed: Mapping[str, object]) -> object:
        hints = typing.get_type_hints(kind)
        values = {
            field.name: fixed[field.name]
            if field.name in fixed
            else self._value(hints[field.name], kind.__name__, field.name)
            for field in structs.fields(kind)
        }
        return kind(**values)

    def _value(self, hint: Any, owner: str, name: str) -> object:  # noqa: ANN401 - a type hint has no type
        arms = typing.get_args(hint)
        if Unread in arms:
            return self._fact(next(arm for arm in arms if arm is not Unread), owner, name)
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
            arm = self._chance.choice([*(arm for arm in arms if arm is not type(None)), None])
            return None if arm is None else self._value(arm, owner, name)
        if typing.get_origin(hint) is tuple:
            return self._tuple(arms, owner, name)
        if issubclass(hint, Struct):
            return self._struct(hint, {})
        if issubclass(hint, Enum):
            return self._chance.choice(list(hint))
        strings = self._world.strings
        plain: Mapping[object, Sequence[object]] = {
            bool: (False, True),
            int: self._world.numbers,
            str: strings.get(f"{owner}.{name}") or strings.get(name) or (f"{name}-1", f"{name}-2"),
        }
        return self._chance.choice(plain[hint])

    def _fact(self, read: Any, owner: str, name: str) -> object:  # noqa: ANN401 - a type hint has no type
        if self._chance.random() < self._unread_share:
            return Unread(self._chance.choice(list(Cause)), Source(f"test:{name}"), permission=f"test:{name}")
        (hint,) = typing.get_args(read)
        return Read(self._value(hint, owner, name), Source(f"test:{name}", TAKEN_AT))

    def _tuple(self, arms: tuple[Any, ...], owner: str, name: str) -> tuple[object, ...]:
        if len(arms) != 2 or arms[1] is not Ellipsis:  # noqa: PLR2004 - a pair is not "any number of"
            return tuple(self._value(arm, owner, name) for arm in arms)
        made = [self._value(arms[0], owner, name) for _ in range(self.count(2))]
        distinct = {msgspec.json.encode(item): item for item in made}
        return tuple(distinct[key] for key in sorted(distinct))


AWS = World(
    provider="aws",
    kinds=KINDS,
    strings=STRINGS,
    at_most=AT_MOST,
    always={Account: 1},
    identity_of=identity_of,
    finished=_alone,
)
