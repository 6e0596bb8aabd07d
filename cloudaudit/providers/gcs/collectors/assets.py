"""Cloud Asset Inventory: buckets and policies of a whole project, folder or organisation in bulk pages (``--bulk``).

The index lags behind by minutes, so every fact carries the time at which the index was read, as Google tells it. It
holds buckets as the storage API describes them, but without ACLs, and the policies of buckets, projects and what stands
above them. https://cloud.google.com/asset-inventory/docs/asset-types
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.gcs.collectors.buckets import BucketLine
from cloudaudit.providers.gcs.collectors.policies import PolicyAnswer, policy_of
from cloudaudit.providers.gcs.collectors.times import utc
from cloudaudit.providers.gcs.model import IamPolicy
from cloudaudit.providers.gcs.operations import LIST_ASSET_POLICIES, LIST_ASSET_RESOURCES
from cloudaudit.providers.gcs.reader import CallFailed, Page, Params, Reader

PAGE_SIZE = "1000"
BUCKET = "storage.googleapis.com/Bucket"
ABOVE = tuple(f"cloudresourcemanager.googleapis.com/{kind}" for kind in ("Project", "Folder", "Organization"))
NO_ACLS = ("acl", "defaultObjectAcl")
"""The index has these members, empty whatever the bucket's ACLs are."""


class _Resource(Struct, frozen=True):
    data: dict[str, object]


class _Asset(Struct, frozen=True, rename="camel"):
    name: str
    asset_type: str
    resource: _Resource | None = None
    iam_policy: msgspec.Raw = msgspec.Raw(b"")
    ancestors: tuple[str, ...] = ()


class _Assets(Struct, frozen=True, rename="camel"):
    read_time: str
    assets: tuple[_Asset, ...] = ()
    next_page_token: str = ""


class Indexed(Struct, frozen=True):
    """What the index tells of everything below a target.

    Attributes:
        buckets: lines by project number.
        policies: by full resource name; what has none there may be too new for the index, and is asked by itself.
    """

    buckets: Mapping[str, tuple[BucketLine, ...]]
    policies: Mapping[str, Fact[IamPolicy]]


def joined(parts: Sequence[Indexed]) -> Indexed:
    """Return several indexes as one."""
    return Indexed(
        {number: lines for part in parts for number, lines in part.buckets.items()},
        {name: policy for part in parts for name, policy in part.policies.items()},
    )


def read_index(reader: Reader, scope: str) -> Indexed:
    """Return what the index tells of ``projects/1``, ``folders/1`` or ``organizations/1``.

    Raises:
        CallFailed: the index may not be read, or not all of it.
    """
    buckets: dict[str, list[BucketLine]] = {}
    for source, asset in _assets(reader, scope, "RESOURCE", (BUCKET,)):
        number = _project(asset)
        if asset.resource is None or not number:
            # A bucket that cannot be placed would be missing without a word.
            missing = LIST_ASSET_RESOURCES.permission
            unread = Unread(Cause.MALFORMED, source, permission=missing, detail=asset.name[:200])
            raise CallFailed(unread, "malformed")
        told = {key: given for key, given in asset.resource.data.items() if key not in NO_ACLS}
        name = asset.name.rpartition("/")[2]
        buckets.setdefault(number, []).append(BucketLine(name, told, source))
    policies: dict[str, Fact[IamPolicy]] = {}
    for source, asset in _assets(reader, scope, "IAM_POLICY", (BUCKET, *ABOVE)):
        policies[_name(asset)] = _policy(asset, source)
    return Indexed({number: tuple(lines) for number, lines in buckets.items()}, policies)


def _assets(
    reader: Reader, scope: str, content: str, types: tuple[str, ...]
) -> Iterator[tuple[Source, _Asset]]:
    operation = LIST_ASSET_RESOURCES if content == "RESOURCE" else LIST_ASSET_POLICIES
    wanted: Params = {"contentType": content, "pageSize": PAGE_SIZE, "assetTypes": types}
    pages = reader.each_page(operation, (scope,), _Assets, _page, params=wanted)
    for source, page in pages:
        for read_time, asset in page.items:
            yield Source(operation.label, read_time, source.request_id), asset


def _page(told: _Assets) -> Page[tuple[str, _Asset]]:
    read_time = utc(told.read_time)
    return Page(tuple((read_time, asset) for asset in told.assets), told.next_page_token)


def _name(asset: _Asset) -> str:
    """Return the full resource name as a snapshot has it; the index leaves the empty project out of a bucket's."""
    if asset.asset_type == BUCKET:
        return f"//storage.googleapis.com/projects/_/buckets/{asset.name.rpartition('/')[2]}"
    return asset.name


def _project(asset: _Asset) -> str:
    """Return the number of the project that a bucket lies in; empty where that is not told."""
    return next((name.partition("/")[2] for name in asset.ancestors if name.startswith("projects/")), "")


class _IndexedPolicy(PolicyAnswer, frozen=True, rename="camel"):
    """A policy of the index; it may have no etag, since its place in the index tells that it is one."""

    etag: str = ""


def _policy(asset: _Asset, source: Source) -> Fact[IamPolicy]:
    try:
        told = msgspec.json.decode(asset.iam_policy, type=_IndexedPolicy)
    except msgspec.MsgspecError as error:
        missing = LIST_ASSET_POLICIES.permission
        return Unread(Cause.MALFORMED, source, permission=missing, detail=str(error)[:200])
    return Read(policy_of(told), source)
