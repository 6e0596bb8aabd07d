"""What a made-up Google customer has, in the words of Google's own answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


def policy(*bindings: Json, audit: tuple[Json, ...] = ()) -> Json:
    """Return an allow policy."""
    told: Json = {"version": 3, "etag": "BwXhqDVLfCM=", "bindings": list(bindings)}
    return told | ({"auditConfigs": list(audit)} if audit else {})


def binding(role: str, *members: str, condition: str = "", title: str = "") -> Json:
    """Return a binding, conditional where a condition is given."""
    told: Json = {"role": role, "members": list(members)}
    return told | ({"condition": {"expression": condition, "title": title}} if condition else {})


@dataclass
class Bucket:
    """A bucket: what a listing tells of it, its policy, and its managed folders with theirs.

    Attributes:
        objects: each as objects.list tells it with a full projection, old versions included.
        files: contents by the object's name, of the few that are ever read.
        unreachable: whether its location does not answer.
    """

    resource: Json
    policy: Json
    folders: dict[str, Json] = field(default_factory=dict[str, Json])
    unreachable: bool = False
    objects: list[Json] = field(default_factory=list[Json])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.resource["name"])


@dataclass
class Project:
    """A project and what is in it.

    Attributes:
        parent: ``folders/1`` or ``organizations/1``; empty for a project in no organisation.
        constraints: effective organisation policies by constraint, as their ``spec``.
        disabled: services whose API is not enabled.
        billing: whether there is a billing account.
        hmac_used: time of the last use by access id.
    """

    id: str
    number: str
    name: str
    parent: str = ""
    policy: Json = field(default_factory=policy)
    buckets: list[Bucket] = field(default_factory=list[Bucket])
    service_accounts: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    disabled_accounts: frozenset[str] = frozenset()
    hmac_keys: list[Json] = field(default_factory=list[Json])
    hmac_used: dict[str, str] = field(default_factory=dict[str, str])
    reports: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    report_configs: list[Json] = field(default_factory=list[Json])
    transfers: list[Json] = field(default_factory=list[Json])
    constraints: dict[str, Json] = field(default_factory=dict[str, Json])
    disabled: frozenset[str] = frozenset()
    billing: bool = True
    state: str = "ACTIVE"


@dataclass
class Folder:
    """A folder; ``parent`` is another or the organisation."""

    parent: str
    policy: Json = field(default_factory=policy)


@dataclass
class Organization:
    """An organisation with its service perimeters."""

    domain: str
    customer: str
    policy: Json = field(default_factory=policy)
    perimeters: list[Json] = field(default_factory=list[Json])


@dataclass
class Estate:
    """Everything that one server tells of, by name.

    Attributes:
        roles: permissions by the role's name; a predefined role that is not here does not exist.
        deleted_roles: custom roles that are deleted.
        key_versions: state of a version of a key by its whole name.
        workspace: whether the caller was given the Workspace scope, and an administrator to act for.
        places: where each bucket is, once somebody asked.
    """

    projects: list[Project] = field(default_factory=list[Project])
    folders: dict[str, Folder] = field(default_factory=dict[str, Folder])
    organizations: dict[str, Organization] = field(default_factory=dict[str, Organization])
    roles: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    deleted_roles: frozenset[str] = frozenset()
    keys: dict[str, Json] = field(default_factory=dict[str, Json])
    key_versions: dict[str, str] = field(default_factory=dict[str, str])
    users: list[Json] = field(default_factory=list[Json])
    customer: str = "C0sample1"
    workspace: bool = True
    places: dict[str, tuple[Project, Bucket]] = field(default_factory=dict[str, tuple[Project, Bucket]])

    def project(self, name: str) -> Project | None:
        """Return a project by its id or number."""
        return next((each for each in self.projects if name in {each.id, each.number}), None)

    def bucket(self, name: str) -> tuple[Project, Bucket] | None:
        """Return a bucket and its project by the bucket's name."""
        if name not in self.places:
            self.places = {
                each.name: (project, each) for project in self.projects for each in project.buckets
            }
        return self.places.get(name)

    def above(self, project: Project) -> Iterator[str]:
        """Yield the names of what stands above a project, nearest first."""
        name = project.parent
        while name:
            yield name
            name = self.folders[name].parent if name in self.folders else ""

    def below(self, parent: str) -> Iterator[Project]:
        """Yield every project somewhere below a folder or organisation, or the project itself."""
        for project in self.projects:
            if parent in {f"projects/{project.number}", f"projects/{project.id}", *self.above(project)}:
                yield project
