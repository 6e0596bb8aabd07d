"""A connection to Google projects and a Workspace customer."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.facts import Cause
from cloudaudit.inventory.forecast import Estimate
from cloudaudit.model import Resource
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.gcs.collect import MY_CUSTOMER, Collection, Scope
from cloudaudit.providers.gcs.collectors import projects
from cloudaudit.providers.gcs.collectors.projects import Target
from cloudaudit.providers.gcs.connect import Connections, GcsOptions, connect
from cloudaudit.providers.gcs.estimating import estimate
from cloudaudit.providers.gcs.operations import LIST_FOLDERS, LIST_PROJECTS, OPERATIONS
from cloudaudit.providers.gcs.reader import CallFailed, Reader
from cloudaudit.providers.gcs.trial import TrialReader
from cloudaudit.providers.trials import Nowhere, Trials, Tried
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text

SHOWN = 3
"""How many projects are named in the account of a scan of several."""

BULK = "cloudasset"
"""The service that only a scan with --bulk asks."""

NO_SUCH = frozenset({"400", "404"})
SIGN_IN = frozenset({"401", "RefreshError", "DefaultCredentialsError", "InvalidOperation", "MalformedError"})
"""What a first call fails with when it is the credentials that are wrong, and not their permissions."""


class GcsSession:
    """Knows who reads which projects."""

    def __init__(self, connections: Connections, options: GcsOptions, scope: Scope) -> None:
        self._connections = connections
        self._options = options
        self._scope = scope

    @property
    def account(self) -> str:
        """The project's number, the folder or organisation, or what stands for several projects."""
        return self._scope.account

    @property
    def spans(self) -> bool:
        """Always: people belong to a Workspace customer, buckets to a project."""
        return True

    @property
    def partition(self) -> str:
        """Google has none."""
        return ""

    @property
    def identity(self) -> str:
        """The principal that reads."""
        return self._connections.identity

    def collect(self, task: Task, sink: Sink, progress: Progress) -> Outcome:
        """Read everything that the task names."""
        reader = Reader(self._connections)
        try:
            return Collection(reader, self._scope, task, sink, progress).run(self._options.concurrency)
        finally:
            # They open again should someone collect once more.
            self._connections.close()

    def try_out(self, kinds: Sequence[type[Resource]], progress: Progress) -> tuple[Tried, ...]:
        """Try each operation that reading these kinds takes."""
        operations = [each for each in OPERATIONS if self._options.bulk or each.service != BULK]
        trials = Trials(operations, several=(LIST_FOLDERS, LIST_PROJECTS))
        reader = TrialReader(self._connections, trials)
        task = Task(kinds=frozenset(kind.of_kind() for kind in kinds), selection=Selection())
        try:
            for target in self._scope.targets:
                # They were asked for by name when the session was opened, and are not again.
                with suppress(CallFailed):
                    projects.get_project(reader, target.project)
            Collection(reader, self._scope, task, Nowhere(), progress).run(1)
        finally:
            self._connections.close()
        return trials.results()

    def estimate(self, buckets: tuple[str, ...], regions: tuple[str, ...]) -> Estimate:
        """Return what looking at the objects of these buckets would take; nothing of an object is read."""
        try:
            return estimate(
                Reader(self._connections),
                self._scope.targets,
                self._scope.parent,
                chosen=(buckets, regions),
                options=self._options,
            )
        finally:
            self._connections.close()


def open_session(options: GcsOptions) -> GcsSession:
    """Connect and ask for the projects by name.

    Raises:
        CredentialsError: there are no credentials, or Google refuses them.
        UsageError: the libraries are not installed, or no project is named or of that name.
    """
    connections = connect(options)
    try:
        scope = _scope(connections, options)
    finally:
        connections.close()
    return GcsSession(connections, options, scope)


def _scope(connections: Connections, options: GcsOptions) -> Scope:
    """Return what is to be read; asks for each project by name, which also tells whether the credentials are good."""
    reader = Reader(connections)
    parent = _parent(options)
    names = options.projects or ((connections.project,) if connections.project and not parent else ())
    people_alone = not names and not parent
    if people_alone and options.customer == MY_CUSTOMER:
        raise UsageError(
            Text(
                en="The credentials name no project; pass --project, --folder or --organization, or --workspace-customer "
                "for people alone.",
                ja="認証情報にプロジェクトの指定がありません。--project、--folder、--organization のいずれか(ユーザーのみを"
                "対象とする場合は --workspace-customer)を指定してください。",
            )
        )
    if parent:
        _ask_above(reader, parent)
    targets = tuple({target.number: target for target in (_ask(reader, name) for name in names)}.values())
    return Scope(
        account=options.customer if people_alone else _account(parent, targets),
        targets=targets,
        parent=parent,
        customer=options.customer,
        bulk=options.bulk,
        objects=options.objects,
    )


def _parent(options: GcsOptions) -> str:
    if options.organization:
        return f"organizations/{options.organization}"
    return f"folders/{options.folder}" if options.folder else ""


def _account(parent: str, targets: tuple[Target, ...]) -> str:
    """Return what stands for the scan in its header: the same for the same command, another for another."""
    numbers = sorted(target.number for target in targets)
    named = [*([parent] if parent else []), *numbers]
    if len(named) <= SHOWN:
        return ",".join(named)
    digest = hashlib.sha256(",".join(named).encode()).hexdigest()[:8]
    return f"{','.join(named[: SHOWN - 1])},+{len(named) - SHOWN + 1}-{digest}"


def _ask(reader: Reader, name: str) -> Target:
    try:
        return projects.get_project(reader, name)
    except CallFailed as failure:
        _refuse(failure)
        if failure.code in NO_SUCH:
            raise UsageError(
                Text(
                    en=f"There is no project {name}; check --project.",
                    ja=f"プロジェクト {name} は存在しません。--project の指定を確認してください。",
                )
            ) from failure
        # Who may not see the project itself may still see what is in it; what depends on it is told as not assessed.
        return Target(name, name, name)


def _ask_above(reader: Reader, parent: str) -> None:
    """Ask for the organisation or folder, so that what is wrong with the credentials is said at once."""
    try:
        projects.touch(reader, parent)
    except CallFailed as failure:
        _refuse(failure)
        if failure.code in NO_SUCH:
            raise UsageError(
                Text(
                    en=f"There is no {parent}; check --organization and --folder.",
                    ja=f"{parent} は存在しません。--organization と --folder の指定を確認してください。",
                )
            ) from failure


def _refuse(failure: CallFailed) -> None:
    """Raise what makes a scan pointless from the start.

    Raises:
        CredentialsError: the credentials are not accepted, or Google does not answer.
    """
    unread = failure.unread
    if unread.cause is Cause.NETWORK:
        raise CredentialsError(
            Text(
                en=f"Google cannot be reached ({unread.detail}); check the network, the proxy and --endpoint.",
                ja=f"Google に接続できません({unread.detail})。ネットワーク、プロキシ、--endpoint を確認してください。",
            )
        ) from failure
    if unread.cause is Cause.MALFORMED:
        raise CredentialsError(
            Text(
                en="What answers is not Google; check --endpoint, the network and the proxy.",
                ja="応答が Google のものではありません。--endpoint、ネットワーク、プロキシを確認してください。",
            )
        ) from failure
    if failure.code in SIGN_IN:
        raise CredentialsError(
            Text(
                en=f"Google does not accept the credentials ({failure.code}); sign in again, or check --credentials "
                "and --impersonate.",
                ja=f"Google が認証情報を受け付けません({failure.code})。再度サインインするか、--credentials と "
                "--impersonate を確認してください。",
            )
        ) from failure
