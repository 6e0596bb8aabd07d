"""From targets to jobs: what each is called, what ``cloudaudit scan`` is told, and which shard it belongs to. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import assert_never

import msgspec
from msgspec import Struct

from cloudaudit.errors import CloudauditError, Exit, UsageError
from cloudaudit.fleet.target_file import AnyTarget, refuse_twins
from cloudaudit.fleet.targets import AwsTarget, GcsTarget, M365Target
from cloudaudit.providers.aws.organization import ACTIVE, Member, Organization
from cloudaudit.text import Text

M365_AMBIENT = (
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
)
"""What would sign in before, or beside, the credentials that a target names itself."""


FLEETS_OWN = (
    "CLOUDAUDIT_BASELINE",
    "CLOUDAUDIT_MAX_RPS",
    "CLOUDAUDIT_RESUME",
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
)
"""Variables that say another thing to a fleet than to a single scan, or are for one writer alone."""


class Carried(Struct, frozen=True):
    """A text file that goes with a job: its name without folders, which results tell, and its content."""

    name: str
    text: str


class Job(Struct, frozen=True, kw_only=True):
    """A target to be scanned, as plain text that may cross a network.

    Attributes:
        name: of the target, and of the folder of its results.
        title: for people.
        arguments: what ``cloudaudit scan`` is told, the provider first; no secret.
        taken_at: UTC time of the fleet, at which everything is judged.
        texts: files that go with it, by the option that takes the file.
    """

    name: str
    title: str
    provider: str
    arguments: tuple[str, ...]
    taken_at: str = ""
    texts: dict[str, Carried] = {}


class Planned(Struct, frozen=True, kw_only=True):
    """A target as it came out of the list.

    Attributes:
        job: None for a target that is not to be scanned.
        why_not: why it is not.
        code: what it counts for then: 0 where it is left out for good reason, 2 where it could not be started.
        secrets: variables of the SDK, each with the name of the variable that holds the value.
        own_credentials: it names its own credentials, so that those of the environment are not for it.
        here_only: settings that name something on this machine.
        max_rps: its own limit, if it has one.
    """

    name: str
    title: str
    provider: str
    job: Job | None = None
    why_not: Text | None = None
    code: int = 0
    secrets: dict[str, str] = {}
    own_credentials: bool = False
    here_only: tuple[str, ...] = ()
    max_rps: float | None = None


Lister = Callable[[AwsTarget], Organization]


def plan(targets: Iterable[AnyTarget], list_organization: Lister) -> tuple[Planned, ...]:
    """Return what is to be scanned, one for each target or account of an organisation.

    An organisation that cannot be listed becomes one that was not scanned; the others go on.

    Raises:
        UsageError: two would have one folder.
    """
    planned = tuple(one for target in targets for one in _expanded(target, list_organization))
    refuse_twins(one.name for one in planned)
    return planned


def shard_of(name: str, count: int) -> int:
    """Return to which of ``count`` shards a target belongs, from 1; other targets change nothing about it."""
    return int.from_bytes(hashlib.sha256(name.casefold().encode()).digest()[:8]) % count + 1


def digest(targets: Iterable[AnyTarget], options: Iterable[str]) -> str:
    """Return the SHA-256 of what a fleet was asked to do, in hexadecimal: the shards of one run have the same."""
    described = [target.model_dump(mode="json") for target in targets]
    return hashlib.sha256(msgspec.json.encode([described, list(options)], order="deterministic")).hexdigest()


def environment(planned: Planned, everyone: Iterable[Planned], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for one target: its own secrets, and none of the others'.

    Raises:
        UsageError: a variable that it names is not set.
    """
    held = {*FLEETS_OWN, *(variable for one in everyone for variable in one.secrets.values())}
    given = {name: value for name, value in environ.items() if name not in held}
    if planned.own_credentials:
        given = {name: value for name, value in given.items() if name not in M365_AMBIENT}
    for name, variable in planned.secrets.items():
        if not environ.get(variable):
            raise UsageError(
                Text(
                    en=f"The environment variable {variable} is not set; it should hold what target {planned.name} "
                    "signs in with.",
                    ja=f"環境変数 {variable} が設定されていません。対象 {planned.name} の認証に必要な値を設定してください。",
                )
            )
        given[name] = environ[variable]
    return given


# -------------------------------------------------------------------------------------------- from a target to jobs


def _expanded(target: AnyTarget, list_organization: Lister) -> Iterator[Planned]:
    if not isinstance(target, AwsTarget) or not target.organization:
        yield _planned(target, target.name, target.title, _arguments(target))
        return
    try:
        found = list_organization(target)
    except CloudauditError as error:
        yield Planned(
            name=target.name,
            title=target.title,
            provider="aws",
            why_not=error.diagnostics(),
            code=Exit.USAGE,
        )
        return
    unknown = set(target.exclude) - {member.id for member in found.members}
    for account in sorted(unknown):
        yield Planned(
            name=f"{target.name}-{account}",
            title=account,
            provider="aws",
            code=Exit.USAGE,
            why_not=Text(
                en=f"exclude names the account {account}, which is not in the organisation; correct the list",
                ja=f"exclude に指定したアカウント {account} は組織内にありません。指定を見直してください",
            ),
        )
    for member in found.members:
        yield _member(target, member, found.partition)


def _member(target: AwsTarget, member: Member, partition: str) -> Planned:
    name = f"{target.name}-{member.id}"
    title = member.name or member.id
    why_not = _left_out(target, member)
    if why_not is not None:
        return Planned(name=name, title=title, provider="aws", why_not=why_not)
    role = f"arn:{partition}:iam::{member.id}:role/{(target.role or '').strip('/')}"
    return _planned(target, name, title, _arguments(target, role))


def _left_out(target: AwsTarget, member: Member) -> Text | None:
    if member.id in target.exclude:
        return Text(en="left out by exclude", ja="exclude の指定により対象外")
    if member.state not in {"", ACTIVE}:
        return Text(
            en=f"the account is not active ({member.state}), so that nothing in it can be read",
            ja=f"アカウントが有効ではないため({member.state})、読み取りできません",
        )
    return None


def _planned(target: AnyTarget, name: str, title: str, arguments: Iterable[str]) -> Planned:
    secrets: dict[str, str] = {}
    own = False
    if isinstance(target, M365Target):
        pairs = (
            ("AZURE_CLIENT_SECRET", target.secret_env),
            ("AZURE_CLIENT_CERTIFICATE_PASSWORD", target.certificate_password_env),
        )
        secrets = {variable: holder for variable, holder in pairs if holder is not None}
        own = bool(secrets) or target.certificate is not None
    return Planned(
        name=name,
        title=title or name,
        provider=target.provider,
        job=Job(name=name, title=title or name, provider=target.provider, arguments=tuple(arguments)),
        secrets=secrets,
        own_credentials=own,
        here_only=tuple(setting for setting in target.here_only if getattr(target, setting)),
        max_rps=target.max_rps,
    )


def _arguments(target: AnyTarget, role: str | None = None) -> Iterator[str]:
    yield target.provider
    match target:
        case AwsTarget():
            yield from _option("profile", target.profile)
            yield from _option("role-arn", role or target.role_arn)
            yield from _option("external-id", target.external_id)
            yield from _each("region", target.regions)
            yield from _each("bucket", target.buckets)
        case GcsTarget():
            yield from _each("project", target.projects)
            yield from _option("organization", target.organization)
            yield from _option("folder", target.folder)
            yield from _option("workspace-customer", target.customer)
            yield from _option("workspace-admin", target.workspace_admin)
            yield from _option("credentials", target.credentials)
            yield from _option("impersonate", target.impersonate)
            yield from _option("endpoint", target.endpoint)
            yield from _each("region", target.regions)
            yield from _each("bucket", target.buckets)
            yield from _flag("bulk", on=target.bulk)
        case M365Target():
            yield from _option("tenant", target.tenant)
            yield from _option("client-id", target.client_id)
            yield from _option("certificate", target.certificate)
            yield from _option("cloud", target.cloud)
            yield from _option("endpoint", target.endpoint)
            yield from _flag("full-pass", on=target.full_pass)
            yield from _flag("sharing-changes", on=target.sharing_changes)
        case _:
            assert_never(target)
    yield from _each("theme", target.themes)
    yield from _each("check", target.checks)
    yield from _option("concurrency", target.concurrency)


def _option(name: str, value: object) -> Iterator[str]:
    if value is not None:
        # In one piece, so that no value can be taken for another option.
        yield f"--{name}={value}"


def _each(name: str, values: Iterable[str]) -> Iterator[str]:
    return (f"--{name}={value}" for value in values)


def _flag(name: str, *, on: bool) -> Iterator[str]:
    if on:
        yield f"--{name}"
