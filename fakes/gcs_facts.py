"""Google resources with every fact read and nothing wrong with them, for tests to change one thing of."""

from typing import Any

from cloudaudit.facts import Read, Unread
from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Mode, Objects, Tally
from cloudaudit.providers.gcs.model import (
    Ancestor,
    Binding,
    Bucket,
    Condition,
    IamPolicy,
    Location,
    Organization,
    Project,
    Role,
    SoftDelete,
    UniformAccess,
    bucket_id,
    project_id,
    role_id,
)
from cloudaudit.providers.gcs.policy_roles import PermissionsFact, Roles
from cloudaudit.testing import TAKEN_AT, build, read
from cloudaudit.text import Text

NUMBER = "123456789012"
PROJECT = "shop-prod"
DOMAIN = "example.co.jp"
CUSTOMER = "C0abc123"
ORGANIZATION = Organization(name="organizations/555", domain=DOMAIN, customer=CUSTOMER)
PERMISSIONS = {
    "roles/owner": (
        "resourcemanager.projects.setIamPolicy",
        "storage.buckets.create",
        "storage.buckets.setIamPolicy",
        "storage.buckets.update",
    ),
    "roles/editor": ("storage.buckets.create", "storage.buckets.delete", "storage.buckets.list"),
    "roles/viewer": ("storage.buckets.list",),
    "roles/storage.admin": (
        "storage.buckets.get",
        "storage.buckets.setIamPolicy",
        "storage.buckets.update",
        "storage.objects.create",
        "storage.objects.delete",
        "storage.objects.get",
        "storage.objects.list",
    ),
    "roles/storage.legacyBucketReader": ("storage.buckets.get", "storage.objects.list"),
    "roles/storage.objectCreator": ("storage.multipartUploads.create", "storage.objects.create"),
    "roles/storage.objectViewer": ("storage.objects.get", "storage.objects.list"),
    "roles/run.invoker": (),
}


def policy(*bindings: Binding) -> IamPolicy:
    """Return an allow policy."""
    return IamPolicy(bindings=bindings)


def grant(role: str, *members: str, condition: str = "") -> Binding:
    """Return a binding; ``condition`` is CEL, empty for none."""
    return Binding(
        role=role, members=members, condition=Condition(expression=condition) if condition else None
    )


def above(name: str, held: IamPolicy | Unread) -> Ancestor:
    """Return a folder or organisation above a project."""
    return Ancestor(name=name, policy=held if isinstance(held, Unread) else read(held))


def a_project(**given: Any) -> Project:  # noqa: ANN401 - fields of any kind
    """Return a project of an organisation in which nothing is granted."""
    facts: dict[str, Any] = {
        "id": project_id(NUMBER),
        "account": NUMBER,
        "number": NUMBER,
        "project": PROJECT,
        "region": "global",
        "policy": policy(),
        "ancestors": (above(ORGANIZATION.name, policy()),),
        "organization": ORGANIZATION,
        "public_access_prevention": False,
        "uniform_access_required": False,
        "allowed_members": None,
        "perimeters": (),
        "transfers": (),
    }
    return build(Project, name="Shop", **{**facts, **given})


def objects(*counts: EncryptionCount, **given: Any) -> Objects:  # noqa: ANN401 - fields of any kind
    """Return a complete listing of one object that is encrypted by Google and open to nobody."""
    tally = Tally(objects=1, bytes=1_024)
    held = counts or (EncryptionCount(state=EncryptionState.GOOGLE_DEFAULT, tally=tally, key_told=True),)
    number = sum(count.tally.objects for count in held)
    facts: dict[str, Any] = {
        "mode": Mode.LISTING,
        "why": Text(en="listing was asked for", ja="一覧による確認が指定されたため"),
        "source": "storage:objects.list(acl), versions=true",
        "as_of": TAKEN_AT,
        "total": read(Tally(objects=number, bytes=1_024 * number)),
        "examined": number,
        "versions": True,
        "encryption": read(held),
        "public": read(()),
        "ages": read(()),
    }
    return Objects(**{**facts, **given})


def a_bucket(name: str = "invoices", **given: Any) -> Bucket:  # noqa: ANN401 - fields of any kind
    """Return a bucket with uniform access that nobody may reach; prevention is left to the organisation."""
    facts: dict[str, Any] = {
        "id": bucket_id(name),
        "account": NUMBER,
        "region": "asia-northeast1",
        "created_at": "2026-01-01T00:00:00Z",
        "policy": policy(),
        "managed_folders": (),
        "uniform_access": UniformAccess(enabled=True),
        "public_access_prevention": "inherited",
        "acl": None,
        "default_object_acl": None,
        "location": Location(name="ASIA-NORTHEAST1", type="region"),
        "default_key": None,
        "versioning": False,
        "soft_delete": SoftDelete(seconds=7 * 86_400),
        "retention": None,
        "lifecycle": (),
        "usage_logging": None,
        "ip_filter": None,
        "labels": (),
        "requester_pays": False,
        "inventories": (),
        "objects": objects(),
        "object_keys": (),
    }
    return build(Bucket, name=name, **{**facts, **given})


def a_role(name: str, *permissions: str) -> Role:
    """Return what a role permits."""
    return build(Role, name=name, id=role_id(name), account=NUMBER, region="global", permissions=permissions)


def all_roles() -> list[Role]:
    """Return every role that this module knows."""
    return [a_role(name, *permissions) for name, permissions in PERMISSIONS.items()]


def known_roles(**more: PermissionsFact) -> Roles:
    """Return what the roles of this module permit, and others by their whole name; the rest does not exist."""
    facts: dict[str, PermissionsFact] = {name: read(permissions) for name, permissions in PERMISSIONS.items()}
    facts.update(more)
    return lambda role: facts.get(role, _no_such_role())


def _no_such_role() -> Read[tuple[str, ...] | None]:
    return read(None)
