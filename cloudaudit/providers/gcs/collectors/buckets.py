"""Buckets: one listing tells nearly everything; what it leaves out is asked bucket by bucket."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeVar, cast

import msgspec
from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.gcs.collectors.policies import PolicyAnswer, policy_of
from cloudaudit.providers.gcs.collectors.times import utc
from cloudaudit.providers.gcs.model import (
    AclEntry,
    IamPolicy,
    IpFilter,
    LifecycleRule,
    Location,
    ManagedFolder,
    Retention,
    SoftDelete,
    UniformAccess,
    UsageLogging,
    VpcSource,
)
from cloudaudit.providers.gcs.operations import (
    GET_BUCKET_ACL,
    GET_BUCKET_IP_FILTER,
    GET_BUCKET_POLICY,
    GET_MANAGED_FOLDER_POLICY,
    LIST_BUCKETS,
    LIST_MANAGED_FOLDERS,
)
from cloudaudit.providers.gcs.reader import CallFailed, Page, Reader, made

PAGE_SIZE = 1_000
UNKNOWN_REGION = "unknown"

S = TypeVar("S")
T = TypeVar("T")


class BucketLine(Struct, frozen=True):
    """A bucket of a listing.

    Attributes:
        told: the bucket's answer, member by member, unchecked: one that makes no sense costs one fact.
        source: where it comes from.
    """

    name: str
    told: Mapping[str, object]
    source: Source

    @property
    def region(self) -> str:
        """Its location in lower case; ``unknown`` where it is not told."""
        location = self.told.get("location")
        return location.lower() if isinstance(location, str) and location else UNKNOWN_REGION

    @property
    def requester_pays(self) -> bool:
        """Whether who reads must name a project that pays for it."""
        billing = self.told.get("billing")
        return isinstance(billing, dict) and cast("dict[str, object]", billing).get("requesterPays") is True


class BucketPage(Struct, frozen=True):
    """One page of the listing; ``unreachable`` names buckets whose location did not answer."""

    lines: tuple[BucketLine, ...]
    unreachable: tuple[str, ...]


class _Named(Struct, frozen=True):
    name: str


class _PageAnswer(Struct, frozen=True):
    # Without it an answer is no listing, and would look like one of no buckets.
    kind: Literal["storage#buckets"]
    items: tuple[dict[str, object], ...] = ()
    unreachable: tuple[str, ...] = ()


def list_buckets(reader: Reader, project: str) -> Iterator[BucketPage]:
    """Yield the pages of a project's buckets, with everything that the listing can tell.

    Raises:
        CallFailed: a page did not answer; those before it were yielded.
    """

    def pages(client: Any) -> Iterator[Any]:  # noqa: ANN401 - the client has no types
        return iter(
            client.list_buckets(
                project=project,
                projection="full",
                page_size=PAGE_SIZE,
                return_partial_success=True,
                retry=None,
            ).pages
        )

    iterator = reader.storage(LIST_BUCKETS, pages).body
    while True:
        answer = reader.storage(LIST_BUCKETS, lambda _: next(iterator, None))
        if answer.body is None:
            return
        yield _page(answer.body.raw_page, answer.source)


def _page(raw: object, source: Source) -> BucketPage:
    try:
        answer = msgspec.convert(raw, _PageAnswer)
        lines = tuple(BucketLine(msgspec.convert(item, _Named).name, item, source) for item in answer.items)
    except ValueError as error:
        unread = Unread(Cause.MALFORMED, source, permission=LIST_BUCKETS.permission, detail=str(error)[:200])
        raise CallFailed(unread, "malformed") from error
    names = tuple(name.rpartition("/")[2] for name in answer.unreachable)
    return BucketPage(lines, names)


# --------------------------------------------------------------------------- what the listing tells


class Settings(Struct, frozen=True, kw_only=True):
    """Everything of a bucket that its listing tells."""

    uniform_access: Fact[UniformAccess]
    public_access_prevention: Fact[str | None]
    acl: Fact[tuple[AclEntry, ...] | None]
    default_object_acl: Fact[tuple[AclEntry, ...] | None]
    location: Fact[Location]
    default_key: Fact[str | None]
    versioning: Fact[bool]
    soft_delete: Fact[SoftDelete | None]
    retention: Fact[Retention | None]
    lifecycle: Fact[tuple[LifecycleRule, ...]]
    usage_logging: Fact[UsageLogging | None]
    ip_filter: Fact[IpFilter | None]
    labels: Fact[tuple[tuple[str, str], ...]]
    requester_pays: Fact[bool]


def read_settings(line: BucketLine) -> Settings:
    """Return what a line of the listing tells; asks nothing."""
    uniform = _fact(line, "iamConfiguration", _IamConfiguration | None, _uniform)
    return Settings(
        uniform_access=uniform,
        public_access_prevention=_fact(line, "iamConfiguration", _IamConfiguration | None, _prevention),
        acl=_acl(line, "acl", uniform),
        default_object_acl=_acl(line, "defaultObjectAcl", uniform),
        location=_location(line),
        default_key=default_key(line),
        versioning=_fact(line, "versioning", _Enabled | None, lambda told: told is not None and told.enabled),
        soft_delete=_fact(line, "softDeletePolicy", _SoftDelete | None, _soft_delete),
        retention=_fact(line, "retentionPolicy", _Retention | None, _retention),
        lifecycle=_fact(line, "lifecycle", _Lifecycle | None, _lifecycle),
        usage_logging=_fact(line, "logging", _Logging | None, _logging),
        ip_filter=_fact(line, "ipFilter", _IpFilter | None, _ip_filter),
        labels=_fact(line, "labels", dict[str, str] | None, _labels),
        requester_pays=_fact(
            line, "billing", _Billing | None, lambda told: told is not None and told.requester_pays
        ),
    )


def default_key(line: BucketLine) -> Fact[str | None]:
    """Return the name of a bucket's default key; Read(None) for Google's own."""
    return _fact(line, "encryption", _Encryption | None, lambda told: (told.key or None) if told else None)


def created(line: BucketLine) -> str:
    """Return when a bucket was made, in Google's own spelling; empty where it is not told."""
    told = line.told.get("timeCreated")
    return told if isinstance(told, str) else ""


class _Flag(Struct, frozen=True, rename="camel"):
    enabled: bool = False
    locked_time: str = ""


class _IamConfiguration(Struct, frozen=True, rename="camel"):
    uniform_bucket_level_access: _Flag | None = None
    bucket_policy_only: _Flag | None = None
    public_access_prevention: str | None = None


class _AclEntry(Struct, frozen=True):
    entity: str
    role: str


class _Encryption(Struct, frozen=True):
    key: str = msgspec.field(name="defaultKmsKeyName", default="")


class _Enabled(Struct, frozen=True):
    enabled: bool


class _SoftDelete(Struct, frozen=True, rename="camel"):
    retention_duration_seconds: str
    effective_time: str = ""


class _Retention(Struct, frozen=True, rename="camel"):
    retention_period: str
    is_locked: bool = False
    effective_time: str = ""


class _Action(Struct, frozen=True):
    type: str


class _LifecycleCondition(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """All conditions that there are; one that is not known here would make a rule look broader than it is."""

    age: int | None = None
    created_before: str = ""
    is_live: bool | None = None
    num_newer_versions: int | None = None
    days_since_noncurrent_time: int | None = None
    noncurrent_time_before: str = ""
    days_since_custom_time: int | None = None
    custom_time_before: str = ""
    matches_prefix: tuple[str, ...] = ()
    matches_suffix: tuple[str, ...] = ()
    matches_storage_class: tuple[str, ...] = ()
    # An undocumented remnant that the discovery document names "experimental".
    matches_pattern: str | None = None


class _Rule(Struct, frozen=True):
    action: _Action
    condition: _LifecycleCondition = _LifecycleCondition()


class _Lifecycle(Struct, frozen=True):
    rule: tuple[_Rule, ...] = ()


class _Logging(Struct, frozen=True, rename="camel"):
    log_bucket: str
    log_object_prefix: str = ""


class _PublicSource(Struct, frozen=True, rename="camel"):
    allowed_ip_cidr_ranges: tuple[str, ...] = ()


class _VpcSource(Struct, frozen=True, rename="camel"):
    network: str
    allowed_ip_cidr_ranges: tuple[str, ...] = ()


class _IpFilter(Struct, frozen=True, rename="camel"):
    mode: str
    public_network_source: _PublicSource | None = None
    vpc_network_sources: tuple[_VpcSource, ...] = ()
    allow_cross_org_vpcs: bool = False
    allow_all_service_agent_access: bool = False


class _Billing(Struct, frozen=True, rename="camel"):
    requester_pays: bool = False


class _Placement(Struct, frozen=True, rename="camel"):
    data_locations: tuple[str, ...] = ()


class _LocationAnswer(Struct, frozen=True, rename="camel"):
    location: str
    location_type: str = ""
    rpo: str | None = None
    custom_placement_config: _Placement | None = None


def _fact(line: BucketLine, key: str, shape: Any, make: Callable[[Any], T]) -> Fact[T]:  # noqa: ANN401 - a union is no type
    """Return what one member of a bucket's answer tells."""
    try:
        return Read(make(msgspec.convert(line.told.get(key), shape)), line.source)
    except ValueError as error:
        return Unread(Cause.MALFORMED, line.source, detail=str(error)[:200])


def _uniform(told: _IamConfiguration | None) -> UniformAccess:
    flag = None if told is None else told.uniform_bucket_level_access or told.bucket_policy_only
    if flag is None:
        return UniformAccess(enabled=False)
    return UniformAccess(
        enabled=flag.enabled, locked_at=utc(flag.locked_time) if flag.enabled and flag.locked_time else ""
    )


def _prevention(told: _IamConfiguration | None) -> str | None:
    return told.public_access_prevention if told is not None else None


def _acl(line: BucketLine, key: str, uniform: Fact[UniformAccess]) -> Fact[tuple[AclEntry, ...] | None]:
    """Return an ACL.

    Where uniform access is on, ACLs are without effect and not told. Where it is off, a listing without any ACL comes
    from a reader who may not read policies; a bucket always has one.
    """
    if isinstance(uniform, Read) and uniform.value.enabled:
        return Read(None, line.source)
    # Only the default object ACL may be empty; then it is not told, while the bucket's own is.
    if "acl" not in line.told:
        if isinstance(uniform, Unread):
            return uniform
        missing = GET_BUCKET_POLICY.permission
        return Unread(Cause.DENIED, line.source, permission=missing)
    return _fact(
        line,
        key,
        tuple[_AclEntry, ...] | None,
        lambda told: tuple(AclEntry(entity=each.entity, role=each.role) for each in told or ()),
    )


def _location(line: BucketLine) -> Fact[Location]:
    try:
        told = msgspec.convert(line.told, _LocationAnswer)
    except ValueError as error:
        return Unread(Cause.MALFORMED, line.source, detail=str(error)[:200])
    placement = told.custom_placement_config
    return Read(
        Location(
            name=told.location,
            type=told.location_type,
            data_locations=placement.data_locations if placement is not None else (),
            rpo=told.rpo or "",
        ),
        line.source,
    )


def _soft_delete(told: _SoftDelete | None) -> SoftDelete | None:
    if told is None:
        return None
    return SoftDelete(
        seconds=int(told.retention_duration_seconds),
        effective_at=utc(told.effective_time) if told.effective_time else "",
    )


def _retention(told: _Retention | None) -> Retention | None:
    if told is None:
        return None
    return Retention(
        seconds=int(told.retention_period),
        locked=told.is_locked,
        effective_at=utc(told.effective_time) if told.effective_time else "",
    )


def _lifecycle(told: _Lifecycle | None) -> tuple[LifecycleRule, ...]:
    return tuple(
        LifecycleRule(
            action=rule.action.type,
            age_days=rule.condition.age,
            created_before=rule.condition.created_before,
            is_live=rule.condition.is_live,
            newer_versions=rule.condition.num_newer_versions,
            noncurrent_days=rule.condition.days_since_noncurrent_time,
            noncurrent_before=rule.condition.noncurrent_time_before,
            custom_time_days=rule.condition.days_since_custom_time,
            custom_time_before=rule.condition.custom_time_before,
            prefixes=rule.condition.matches_prefix,
            suffixes=rule.condition.matches_suffix,
            storage_classes=rule.condition.matches_storage_class,
        )
        for rule in (told.rule if told is not None else ())
    )


def _labels(told: dict[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(told.items())) if told is not None else ()


def _logging(told: _Logging | None) -> UsageLogging | None:
    return None if told is None else UsageLogging(bucket=told.log_bucket, prefix=told.log_object_prefix)


def _ip_filter(told: _IpFilter | None) -> IpFilter | None:
    if told is None:
        return None
    return IpFilter(
        enabled=told.mode == "Enabled",
        public_ranges=told.public_network_source.allowed_ip_cidr_ranges if told.public_network_source else (),
        vpc_sources=tuple(
            VpcSource(network=source.network, ranges=source.allowed_ip_cidr_ranges)
            for source in told.vpc_network_sources
        ),
        cross_org_vpcs=told.allow_cross_org_vpcs,
        all_service_agents=told.allow_all_service_agent_access,
    )


# --------------------------------------------------------------------------- what takes a call of its own


def payer(line: BucketLine, project: str) -> str | None:
    """Return the project that is named as paying for what is asked about a bucket, where one must be."""
    return project if line.requester_pays else None


def read_policy(reader: Reader, name: str, user_project: str | None) -> Fact[IamPolicy]:
    """Return a bucket's policy."""

    def ask(client: Any) -> Any:  # noqa: ANN401 - the client has no types
        bucket = client.bucket(name, user_project=user_project)
        return bucket.get_iam_policy(requested_policy_version=3, retry=None).to_api_repr()

    try:
        answer = reader.storage(GET_BUCKET_POLICY, ask)
    except CallFailed as failure:
        return failure.unread
    return made(answer, GET_BUCKET_POLICY, lambda body: policy_of(msgspec.convert(body, PolicyAnswer)))


class _Folders(Struct, frozen=True, rename="camel"):
    kind: Literal["storage#managedFolders"]
    items: tuple[_Named, ...] = ()
    next_page_token: str = ""


def _folder_page(told: _Folders) -> Page[str]:
    return Page(tuple(item.name for item in told.items), told.next_page_token)


def read_managed_folders(
    reader: Reader, name: str, uniform: Fact[UniformAccess], user_project: str | None
) -> Fact[tuple[ManagedFolder, ...]]:
    """Return a bucket's managed folders, each with its policy; they need uniform access, so else there are none."""
    if isinstance(uniform, Read) and not uniform.value.enabled:
        return Read((), uniform.source)
    params = {"userProject": user_project} if user_project else {}
    try:
        listing = reader.pages(
            LIST_MANAGED_FOLDERS,
            (name,),
            _Folders,
            _folder_page,
            params={**params, "pageSize": str(PAGE_SIZE)},
        )
    except CallFailed as failure:
        return failure.unread
    return Read(
        tuple(
            ManagedFolder(
                name=folder,
                policy=reader.fact(
                    GET_MANAGED_FOLDER_POLICY,
                    (name, folder),
                    PolicyAnswer,
                    policy_of,
                    params={**params, "optionsRequestedPolicyVersion": "3"},
                ),
            )
            for folder in listing.body
        ),
        listing.source,
    )


class _WithFilter(Struct, frozen=True, rename="camel"):
    name: str
    ip_filter: _IpFilter | None = None


def read_ip_filter(
    reader: Reader, name: str, listed: Fact[IpFilter | None], user_project: str | None
) -> Fact[IpFilter | None]:
    """Return a bucket's IP filter; the listing tells whether it is on, and only then there is more to ask."""
    if isinstance(listed, Unread) or listed.value is None or not listed.value.enabled:
        return listed
    if listed.value.public_ranges or listed.value.vpc_sources:
        return listed
    params = {"fields": "name,ipFilter", "projection": "noAcl"}
    try:
        answer = reader.call(
            GET_BUCKET_IP_FILTER,
            (name,),
            _WithFilter,
            params={**params, **({"userProject": user_project} if user_project else {})},
        )
    except CallFailed as failure:
        return failure.unread
    if answer.body.ip_filter is None:
        # The filter is on, and an answer without it comes from a reader who may not see it.
        return Unread(Cause.DENIED, answer.source, permission="storage.buckets.getIpFilter")
    return made(answer, GET_BUCKET_IP_FILTER, lambda told: _ip_filter(told.ip_filter))


def with_acls(reader: Reader, line: BucketLine, user_project: str | None) -> BucketLine:
    """Return a line with the bucket's ACLs, for where it came from an index that has none; unchanged when not told.

    Raises:
        CallFailed: the bucket did not answer.
    """
    params = {"fields": "name,acl,defaultObjectAcl", "projection": "full"}
    answer = reader.call(
        GET_BUCKET_ACL,
        (line.name,),
        dict[str, object],
        params={**params, **({"userProject": user_project} if user_project else {})},
    )
    told = {**line.told}
    told.update((key, answer.body[key]) for key in ("acl", "defaultObjectAcl") if key in answer.body)
    return BucketLine(line.name, told, answer.source)
