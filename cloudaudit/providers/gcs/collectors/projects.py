"""Projects, what stands above them, and what an organisation sets for all of them."""

import json
from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import Struct

from cloudaudit.facts import Fact, Read, Unread
from cloudaudit.providers.gcs.collectors.policies import POLICY_REQUEST, PolicyAnswer, policy_of
from cloudaudit.providers.gcs.model import AllowedMembers, Ancestor, IamPolicy, Organization, Transfer
from cloudaudit.providers.gcs.operations import (
    GET_ANCESTRY,
    GET_EFFECTIVE_POLICY,
    GET_FOLDER_POLICY,
    GET_ORGANIZATION,
    GET_ORGANIZATION_POLICY,
    GET_PROJECT,
    GET_PROJECT_POLICY,
    LIST_ACCESS_POLICIES,
    LIST_FOLDERS,
    LIST_PERIMETERS,
    LIST_PROJECTS,
    LIST_TRANSFERS,
)
from cloudaudit.providers.gcs.reader import Answer, CallFailed, Page, Reader, made

ACTIVE = "ACTIVE"
STORAGE = "storage.googleapis.com"
ORGANIZATIONS = "organizations/"

T = TypeVar("T")


class Target(Struct, frozen=True):
    """A project that is to be read.

    Attributes:
        number: its number; its id where the number could not be asked for.
        project: its id; its number where that is all that is known.
        name: its display name, or its id.
    """

    number: str
    project: str
    name: str


# --------------------------------------------------------------------------- which projects


class _Project(Struct, frozen=True, rename="camel"):
    name: str
    project_id: str
    display_name: str = ""
    state: str = ACTIVE


class _Projects(Struct, frozen=True, rename="camel"):
    projects: tuple[_Project, ...] = ()
    next_page_token: str = ""


class _Folder(Struct, frozen=True, rename="camel"):
    name: str
    state: str = ACTIVE


class _Folders(Struct, frozen=True, rename="camel"):
    folders: tuple[_Folder, ...] = ()
    next_page_token: str = ""


def get_project(reader: Reader, name: str) -> Target:
    """Return a project by its id or number.

    Raises:
        CallFailed: it did not answer.
    """
    return _target(reader.call(GET_PROJECT, (name,), _Project).body)


def _target(told: _Project) -> Target:
    return Target(told.name.rpartition("/")[2], told.project_id, told.display_name or told.project_id)


def list_projects(reader: Reader, parent: str) -> tuple[Target, ...]:
    """Return the active projects directly below a folder or an organisation.

    Raises:
        CallFailed: they cannot be listed.
    """
    answer = reader.pages(
        LIST_PROJECTS,
        (),
        _Projects,
        lambda told: Page(told.projects, told.next_page_token),
        params={"parent": parent, "pageSize": "1000"},
    )
    return tuple(_target(told) for told in answer.body if told.state == ACTIVE)


def list_folders(reader: Reader, parent: str) -> tuple[str, ...]:
    """Return the names (``folders/1``) of the active folders directly below a folder or an organisation.

    Raises:
        CallFailed: they cannot be listed.
    """
    answer = reader.pages(
        LIST_FOLDERS,
        (),
        _Folders,
        lambda told: Page(told.folders, told.next_page_token),
        params={"parent": parent, "pageSize": "1000"},
    )
    return tuple(told.name for told in answer.body if told.state == ACTIVE)


def touch(reader: Reader, parent: str) -> None:
    """Ask for a folder or organisation, for nothing but whether it answers.

    Raises:
        CallFailed: it did not.
    """
    if parent.startswith(ORGANIZATIONS):
        reader.call(GET_ORGANIZATION, (parent.partition("/")[2],), _Organization)
    else:
        reader.call(LIST_FOLDERS, (), _Folders, params={"parent": parent, "pageSize": "1"})


# --------------------------------------------------------------------------- what stands above


class _Id(Struct, frozen=True):
    type: str
    id: str


class _Above(Struct, frozen=True, rename="camel"):
    resource_id: _Id


class _Ancestry(Struct, frozen=True):
    ancestor: tuple[_Above, ...]


def read_ancestry(reader: Reader, project: str) -> Fact[tuple[str, ...]]:
    """Return the names of a project's folders and organisation, nearest first."""
    return reader.fact(GET_ANCESTRY, (project,), _Ancestry, _above, body={})


def _above(told: _Ancestry) -> tuple[str, ...]:
    if not told.ancestor or told.ancestor[0].resource_id.type != "project":
        message = "an ancestry that does not begin with the project"
        raise ValueError(message)
    return tuple(f"{each.resource_id.type}s/{each.resource_id.id}" for each in told.ancestor[1:])


def read_project_policy(reader: Reader, project: str) -> Fact[IamPolicy]:
    """Return a project's own policy."""
    return reader.fact(GET_PROJECT_POLICY, (project,), PolicyAnswer, policy_of, body=POLICY_REQUEST)


def read_ancestor(reader: Reader, name: str) -> Ancestor:
    """Return a folder or organisation with its policy."""
    kind, _, number = name.partition("/")
    operation = GET_ORGANIZATION_POLICY if kind == "organizations" else GET_FOLDER_POLICY
    policy = reader.fact(operation, (number,), PolicyAnswer, policy_of, body=POLICY_REQUEST)
    return Ancestor(name=name, policy=policy)


class _Organization(Struct, frozen=True, rename="camel"):
    name: str
    display_name: str
    directory_customer_id: str


def read_organization(reader: Reader, name: str) -> Fact[Organization | None]:
    """Return an organisation by its name."""
    return reader.fact(
        GET_ORGANIZATION,
        (name.partition("/")[2],),
        _Organization,
        lambda told: Organization(
            name=told.name, domain=told.display_name, customer=told.directory_customer_id
        ),
    )


def organization_in(ancestry: tuple[str, ...]) -> str | None:
    """Return the name of the organisation among what stands above a project."""
    return next((name for name in ancestry if name.startswith(ORGANIZATIONS)), None)


# --------------------------------------------------------------------------- organisation policies


class _Values(Struct, frozen=True, rename="camel"):
    allowed_values: tuple[str, ...] = ()
    denied_values: tuple[str, ...] = ()


class _Rule(Struct, frozen=True, rename="camel"):
    enforce: bool = False
    allow_all: bool = False
    deny_all: bool = False
    values: _Values | None = None


class _Spec(Struct, frozen=True):
    rules: tuple[_Rule, ...] = ()


class _Effective(Struct, frozen=True):
    name: str
    spec: _Spec = _Spec()


def read_enforced(reader: Reader, project: str, constraint: str) -> Fact[bool | None]:
    """Return whether a boolean constraint is in force in a project."""
    return _effective(reader, project, constraint, lambda told: any(rule.enforce for rule in told.spec.rules))


def read_allowed_members(reader: Reader, project: str) -> Fact[AllowedMembers | None]:
    """Return whose accounts may be granted anything in a project."""
    return _effective(reader, project, "iam.allowedPolicyMemberDomains", _allowed)


def _effective(reader: Reader, project: str, constraint: str, make: Callable[[_Effective], T]) -> Fact[T]:
    return reader.fact(GET_EFFECTIVE_POLICY, (project, constraint), _Effective, make)


def _allowed(told: _Effective) -> AllowedMembers:
    rules = told.spec.rules
    allowed = tuple(
        sorted(value for rule in rules if rule.values is not None for value in rule.values.allowed_values)
    )
    return AllowedMembers(
        allow_all=not rules or any(rule.allow_all for rule in rules),
        deny_all=any(rule.deny_all for rule in rules),
        allowed=allowed,
    )


# --------------------------------------------------------------------------- perimeters


class _AccessPolicy(Struct, frozen=True):
    name: str


class _AccessPolicies(Struct, frozen=True, rename="camel"):
    access_policies: tuple[_AccessPolicy, ...] = ()
    next_page_token: str = ""


class _Status(Struct, frozen=True, rename="camel"):
    resources: tuple[str, ...] = ()
    restricted_services: tuple[str, ...] = ()


class Perimeter(Struct, frozen=True):
    """A service perimeter; ``status`` is what is in force, apart from what is only tried (dry run)."""

    name: str
    title: str = ""
    status: _Status | None = None

    def holds(self, number: str) -> bool:
        """Return whether it protects Cloud Storage in a project."""
        status = self.status
        return (
            status is not None
            and f"projects/{number}" in status.resources
            and STORAGE in status.restricted_services
        )


class _Perimeters(Struct, frozen=True, rename="camel"):
    service_perimeters: tuple[Perimeter, ...] = ()
    next_page_token: str = ""


def read_perimeters(reader: Reader, organization: str) -> Fact[tuple[Perimeter, ...]]:
    """Return every perimeter of an organisation."""
    try:
        policies: Answer[tuple[_AccessPolicy, ...]] = reader.pages(
            LIST_ACCESS_POLICIES,
            (),
            _AccessPolicies,
            lambda told: Page(told.access_policies, told.next_page_token),
            params={"parent": organization},
        )
        found = [
            perimeter
            for policy in policies.body
            for perimeter in reader.pages(
                LIST_PERIMETERS,
                (policy.name.rpartition("/")[2],),
                _Perimeters,
                lambda told: Page(told.service_perimeters, told.next_page_token),
            ).body
        ]
    except CallFailed as failure:
        return failure.unread
    return Read(tuple(found), policies.source)


def titles(perimeters: Fact[tuple[Perimeter, ...]], number: str) -> Fact[tuple[str, ...]]:
    """Return the titles of those that protect a project's buckets."""
    if isinstance(perimeters, Unread):
        return perimeters
    names = sorted(each.title or each.name for each in perimeters.value if each.holds(number))
    return Read(tuple(names), perimeters.source)


# --------------------------------------------------------------------------- transfers


class _Place(Struct, frozen=True, rename="camel"):
    bucket_name: str
    path: str = ""


class _Spec2(Struct, frozen=True, rename="camel"):
    gcs_data_source: _Place | None = None
    gcs_data_sink: _Place | None = None
    object_conditions: dict[str, object] | None = None


class _Date(Struct, frozen=True):
    year: int
    month: int
    day: int


class _Schedule(Struct, frozen=True, rename="camel"):
    schedule_start_date: _Date | None = None
    schedule_end_date: _Date | None = None


class _Job(Struct, frozen=True, rename="camel"):
    name: str
    status: str
    transfer_spec: _Spec2 | None = None
    replication_spec: _Spec2 | None = None
    schedule: _Schedule | None = None
    event_stream: dict[str, object] | None = None


class _Jobs(Struct, frozen=True, rename="camel"):
    transfer_jobs: tuple[_Job, ...] = ()
    next_page_token: str = ""


def read_transfers(reader: Reader, project: str, today: str) -> Fact[tuple[Transfer, ...]]:
    """Return a project's jobs from bucket to bucket; ``today`` tells which schedules have ended."""
    wanted: dict[str, object] = {"projectId": project, "jobStatuses": ["ENABLED", "DISABLED"]}
    try:
        answers = [
            reader.pages(
                LIST_TRANSFERS,
                (),
                _Jobs,
                lambda told: Page(told.transfer_jobs, told.next_page_token),
                params={"filter": json.dumps(wanted | more), "pageSize": "256"},
            )
            # Cross-bucket replication has jobs of the same kind, and a listing of its own.
            for more in ({}, {"dataBackend": "QUERY_REPLICATION_CONFIGS"})
        ]
    except CallFailed as failure:
        return failure.unread
    ordinary, replication = answers
    jobs = {job.name: job for job in (*ordinary.body, *replication.body)}
    both = Answer(tuple(jobs.values()), ordinary.source)
    return made(both, LIST_TRANSFERS, lambda found: tuple(_transfers(found, today)))


def _transfers(jobs: tuple[_Job, ...], today: str) -> Iterator[Transfer]:
    for job in jobs:
        spec = job.replication_spec or job.transfer_spec
        if spec is None or spec.gcs_data_source is None or spec.gcs_data_sink is None:
            continue
        yield Transfer(
            name=job.name,
            enabled=job.status == "ENABLED",
            repeats=_repeats(job, today),
            source=spec.gcs_data_source.bucket_name,
            sink=spec.gcs_data_sink.bucket_name,
            whole_bucket=not spec.gcs_data_source.path and not spec.object_conditions,
        )


def _repeats(job: _Job, today: str) -> bool:
    """Whether a job goes on: replication and event-driven ones do, others as long as their schedule."""
    if job.replication_spec is not None or job.event_stream is not None:
        return True
    if job.schedule is None:
        return False
    end = job.schedule.schedule_end_date
    if end is None:
        return True
    # A job that runs once has the same start and end.
    return end != job.schedule.schedule_start_date and f"{end.year:04}-{end.month:02}-{end.day:02}" >= today
