"""Collect Google projects and people: listings first, then one pipelined job a resource, nothing asked twice."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from msgspec import Struct, structs

from cloudaudit.clock import stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.plan import ObjectsWish
from cloudaudit.model import Gap, Resource
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.gcs.collectors import (
    assets,
    buckets,
    inventories,
    keys,
    people,
    projects,
    roles,
)
from cloudaudit.providers.gcs.collectors.buckets import UNKNOWN_REGION, BucketLine
from cloudaudit.providers.gcs.collectors.policies import roles_in
from cloudaudit.providers.gcs.collectors.projects import Perimeter, Target
from cloudaudit.providers.gcs.look import Look
from cloudaudit.providers.gcs.model import (
    Ancestor,
    Bucket,
    GoogleResource,
    HmacKey,
    IamPolicy,
    InventoryReport,
    KmsKey,
    Organization,
    Project,
    Role,
    ServiceAccount,
    User,
    bucket_id,
    kms_key_id,
    project_id,
    role_id,
)
from cloudaudit.providers.gcs.operations import (
    GET_PROJECT,
    LIST_BUCKETS,
    LIST_PROJECTS,
    LIST_USERS,
    Operation,
)
from cloudaudit.providers.gcs.reader import CallFailed, Reader, gap, now
from cloudaudit.providers.jobs import JOBS_A_THREAD, Job, Remembered, run_jobs
from cloudaudit.snapshot import Listed, Listing
from cloudaudit.text import Text

T = TypeVar("T")

GLOBAL = "global"
IN_A_PROJECT: tuple[type[GoogleResource], ...] = (Project, Bucket, ServiceAccount, HmacKey, KmsKey)
"""Kinds that are found project by project."""

MY_CUSTOMER = "my_customer"
NO_LOCATION = Text(en="its location did not answer", ja="所在地(ロケーション)から応答がありませんでした")
NO_PROJECT = Text(
    en="no project was found below it, or none may be seen",
    ja="配下にプロジェクトが見つからないか、参照する権限がありません",
)
NOBODY = Text(
    en="the directory told of no user, and every customer has one",
    ja="ユーザーが1人も返されませんでした(どの顧客にも必ず1人は存在します)",
)
NONE_NAMED = Text(en="no project was named", ja="プロジェクトが指定されていません")
BULK_REFUSED = Text(
    en="Cloud Asset Inventory may not be read; each bucket is asked by itself.",
    ja="Cloud Asset Inventory を読み取れないため、バケットごとに読み取ります。",
)


class Scope(Struct, frozen=True, kw_only=True):
    """What a run is about.

    Attributes:
        account: what stands for all of it in the snapshot's header.
        targets: projects that were named.
        parent: folder or organisation whose projects are read, as ``folders/1``; empty without.
        customer: Workspace customer id, or ``my_customer``.
        bulk: whether Cloud Asset Inventory is asked first.
        objects: whether and how objects are looked at.
    """

    account: str
    targets: tuple[Target, ...]
    parent: str
    customer: str
    bulk: bool
    objects: ObjectsWish


class _Countdown:
    """How many parts of a kind's listing are still out."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self._lock = threading.Lock()

    def last(self) -> bool:
        """Count one part as done; return whether it was the last."""
        with self._lock:
            self._parts -= 1
            return self._parts == 0


class _KeyUse(Struct):
    account: str
    buckets: list[str]


class Collection:
    """One run over one scope."""

    def __init__(self, reader: Reader, scope: Scope, task: Task, sink: Sink, progress: Progress) -> None:
        self._reader = reader
        self._scope = scope
        self._task = task
        self._sink = sink
        self._progress = progress
        self._lock = threading.Lock()
        self._crashes: set[Gap] = set()
        self._names: set[str] = set()
        # Whether what is below the parent was told: a project, or why that is not known.
        self._told_of_projects = False
        self._keys_in_use: dict[str, _KeyUse] = {}
        self._index: assets.Indexed | None = None
        self._ancestors = Remembered[str, Ancestor](self._read_ancestor)
        self._organizations = Remembered[str, Fact[Organization | None]](
            lambda name: projects.read_organization(reader, name)
        )
        self._perimeters = Remembered[str, Fact[tuple[Perimeter, ...]]](
            lambda name: projects.read_perimeters(reader, name)
        )
        self._inventories = Remembered[tuple[str, str], Fact[Mapping[str, tuple[InventoryReport, ...]]]](
            lambda place: inventories.read_inventories(reader, *place)
        )
        self._roles = Remembered[str, None](self._read_role)
        self._look = Look(reader, scope.objects)

    # ----------------------------------------------------------------- the run

    def run(self, concurrency: int) -> Outcome:
        """Read everything; return how it ended."""
        with ThreadPoolExecutor(concurrency, thread_name_prefix="cloudaudit") as pool:
            try:
                at_once = concurrency * JOBS_A_THREAD
                found: dict[str, Target] = {target.number: target for target in self._scope.targets}
                if self._scope.parent and self._task.kinds - {User.of_kind()}:
                    run_jobs(pool, (self._discovery_job(self._scope.parent, found),), at_once)
                targets = tuple(found[number] for number in sorted(found))
                if self._scope.parent and not self._told_of_projects:
                    self._unknown_projects(self._scope.parent, _none_of(LIST_PROJECTS, NO_PROJECT))
                if self._scope.bulk and self._wants(Bucket, Project):
                    run_jobs(pool, (self._guarded((Bucket,), GLOBAL, "", self._read_index),), at_once)
                if not self._scope.targets and not self._scope.parent:
                    self._no_projects()
                run_jobs(pool, self._jobs(targets), at_once)
                run_jobs(pool, self._roles_again(), at_once)
                self._finish(Role)
            except KeyboardInterrupt:
                self._reader.stop("interrupted")
                pool.shutdown(cancel_futures=True)
            finally:
                self._look.close()
        return Outcome(calls=self._reader.calls, stopped=self._reader.stopped)

    def _wants(self, *kinds: type[GoogleResource]) -> bool:
        return any(kind.of_kind() in self._task.kinds for kind in kinds)

    def _jobs(self, targets: tuple[Target, ...]) -> Iterator[Job]:
        """Yield the first jobs: of each project, and of the people."""
        listings: tuple[tuple[type[GoogleResource], Callable[[Target], Iterable[Job]]], ...] = (
            (ServiceAccount, self._list_service_accounts),
            (HmacKey, self._list_hmac_keys),
        )
        if self._wants(Project):
            self._list(Project, (self._line_of(target) for target in targets))
            self._finish(Project)
        if self._wants(User):
            yield self._guarded((User,), GLOBAL, "", self._read_people)
        if self._wants(Bucket, KmsKey):
            countdown = _Countdown(len(targets))
            for target in targets:
                yield self._bucket_listing_job(target, countdown)
            if not targets:
                yield from self._all_buckets_listed()
        for kind, work in listings:
            if self._wants(kind):
                yield from self._listing_jobs(kind, targets, work)
        for target in targets:
            if self._wants(Project) and not self._is_done(Project, project_id(target.number)):
                yield self._guarded((Project,), GLOBAL, target.number, self._project_job(target))

    def _line_of(self, target: Target) -> Listed:
        return Listed(project_id(target.number), target.name, GLOBAL, target.number)

    def _guarded(self, kinds: Sequence[type[GoogleResource]], region: str, account: str, job: Job) -> Job:
        """Return a job whose crash costs what it was about and nothing else."""

        def guarded() -> Iterable[Job]:
            try:
                return job()
            except OSError:
                # A snapshot that cannot be written makes everything else pointless.
                raise
            except Exception as error:  # noqa: BLE001 - a bug in one place leaves a gap that tells, not no audit
                self._crashed(kinds, region, account, error)
                return ()

        return guarded

    def _crashed(
        self, kinds: Sequence[type[GoogleResource]], region: str, account: str, error: Exception
    ) -> None:
        """Say that our own code broke off, and leave a gap, so that the run ends as incomplete."""
        name = type(error).__name__
        self._progress.say(
            Text(
                en=f"An internal error ({name}) interrupted the reading of {kinds[0].of_kind()}; "
                "what it was about is not assessed.",
                ja=f"内部エラー({name})により、{kinds[0].of_kind()} の読み取りが中断されました。対象は判定不能となります。",
            )
        )
        for kind in kinds:
            gap_ = Gap(
                of=kind.of_kind(),
                region=region,
                cause=Cause.CRASH,
                operation="",
                detail=name,
                account=account,
            )
            with self._lock:
                known = gap_ in self._crashes
                self._crashes.add(gap_)
            if self._wants(kind) and not known:
                self._sink.write(gap_)

    # ----------------------------------------------------------------- listings

    def _gap(self, kind: type[GoogleResource], region: str, account: str, failure: CallFailed) -> None:
        if self._wants(kind) and not self._reader.stopped:
            self._sink.write(gap(kind.of_kind(), region, failure, account))

    def _list(self, kind: type[GoogleResource], items: Iterable[Listed]) -> None:
        held = tuple(items)
        if held:
            self._sink.write(Listing(of=kind.of_kind(), items=held))
            self._progress.expect(len(held))

    def _finish(self, kind: type[GoogleResource]) -> None:
        if self._wants(kind) and not self._reader.stopped:
            narrowed = self._narrows(kind)
            self._sink.write(Listing(of=kind.of_kind(), complete=True, narrowed=narrowed))

    def _narrows(self, kind: type[GoogleResource]) -> bool:
        selection = self._task.selection
        # Roles and keys are looked up because a chosen bucket uses them.
        return bool(selection.regions or selection.buckets) and kind in {Bucket, KmsKey, Role}

    def _is_done(self, kind: type[GoogleResource], resource_id: str) -> bool:
        return resource_id in self._task.done.get(kind.of_kind(), frozenset())

    def _keep(self, resource: Resource) -> None:
        """Write a record, unless the run was stopped and parts of it may be missing for that reason."""
        if not self._reader.stopped:
            self._sink.write(resource)
            self._progress.done()

    def _listing_jobs(
        self,
        kind: type[GoogleResource],
        targets: tuple[Target, ...],
        work: Callable[[Target], Iterable[Job]],
    ) -> Iterator[Job]:
        """Yield a job a project that lists a kind; the last one ends the listing."""
        countdown = _Countdown(len(targets))

        def listing(target: Target) -> Iterable[Job]:
            try:
                return tuple(work(target))
            except CallFailed as failure:
                self._gap(kind, GLOBAL, target.number, failure)
                return ()

        def job_of(target: Target) -> Job:
            guarded = self._guarded((kind,), GLOBAL, target.number, lambda: listing(target))

            def job() -> Iterable[Job]:
                following = guarded()
                if countdown.last():
                    self._finish(kind)
                return following

            return job

        if not targets:
            self._finish(kind)
        for target in targets:
            yield job_of(target)

    # ----------------------------------------------------------------- which projects

    def _discovery_job(self, parent: str, found: dict[str, Target]) -> Job:
        """Return a job that finds the projects below a folder or an organisation, and follows its folders."""

        def job() -> Iterable[Job]:
            try:
                for target in projects.list_projects(self._reader, parent):
                    found[target.number] = target
                    self._told_of_projects = True
            except CallFailed as failure:
                self._unknown_projects(parent, failure)
            try:
                below = projects.list_folders(self._reader, parent)
            except CallFailed as failure:
                self._unknown_projects(parent, failure)
                return ()
            return tuple(self._discovery_job(folder, found) for folder in below)

        return self._guarded(IN_A_PROJECT, GLOBAL, parent, job)

    def _no_projects(self) -> None:
        """Say that nobody asked what is in any project, which is not the same as nothing."""
        self._unknown_projects("", _none_of(GET_PROJECT, NONE_NAMED))

    def _unknown_projects(self, parent: str, failure: CallFailed) -> None:
        self._told_of_projects = True
        for kind in IN_A_PROJECT:
            self._gap(kind, GLOBAL, parent, failure)

    def _read_index(self) -> Iterable[Job]:
        scopes = [f"projects/{target.number}" for target in self._scope.targets]
        if self._scope.parent:
            scopes.append(self._scope.parent)
        try:
            parts = [assets.read_index(self._reader, scope) for scope in scopes]
        except CallFailed:
            self._progress.say(BULK_REFUSED)
            return ()
        self._index = assets.joined(parts)
        return ()

    # ----------------------------------------------------------------- projects

    def _project_job(self, target: Target) -> Job:
        def job() -> Iterable[Job]:
            record = self._read_project(target)
            self._look_up_roles((record.policy, *(above.policy for above in _values(record.ancestors))))
            self._keep(record)
            return ()

        return job

    def _read_project(self, target: Target) -> Project:
        reader, project = self._reader, target.project
        ancestry = projects.read_ancestry(reader, project)
        organization, perimeters = self._above(ancestry)
        enforced = self._constraints(project, organization)
        return Project(
            id=project_id(target.number),
            name=target.name,
            account=target.number,
            region=GLOBAL,
            number=target.number,
            project=project,
            policy=self._indexed_policy(project_id(target.number))
            or projects.read_project_policy(reader, project),
            ancestors=ancestry
            if isinstance(ancestry, Unread)
            else Read(tuple(self._ancestors(name) for name in ancestry.value), ancestry.source),
            organization=organization,
            public_access_prevention=enforced("storage.publicAccessPrevention"),
            uniform_access_required=enforced("storage.uniformBucketLevelAccess"),
            allowed_members=Read(None, organization.source)
            if isinstance(organization, Read) and organization.value is None
            else projects.read_allowed_members(reader, project),
            perimeters=projects.titles(perimeters, target.number),
            transfers=projects.read_transfers(reader, project, stamp(now())[:10]),
        )

    def _above(
        self, ancestry: Fact[tuple[str, ...]]
    ) -> tuple[Fact[Organization | None], Fact[tuple[Perimeter, ...]]]:
        """Return the organisation above a project, and its perimeters."""
        if isinstance(ancestry, Unread):
            return ancestry, ancestry
        name = projects.organization_in(ancestry.value)
        if name is None:
            return Read(None, ancestry.source), Read((), ancestry.source)
        return self._organizations(name), self._perimeters(name)

    def _constraints(
        self, project: str, organization: Fact[Organization | None]
    ) -> Callable[[str], Fact[bool | None]]:
        """Return what asks whether a constraint is in force; without an organisation there is none."""
        if isinstance(organization, Read) and organization.value is None:
            none: Fact[bool | None] = Read(None, organization.source)
            return lambda _: none
        return lambda constraint: projects.read_enforced(self._reader, project, constraint)

    def _indexed_policy(self, name: str) -> Fact[IamPolicy] | None:
        return self._index.policies.get(name) if self._index is not None else None

    def _read_ancestor(self, name: str) -> Ancestor:
        indexed = self._indexed_policy(f"//cloudresourcemanager.googleapis.com/{name}")
        if indexed is not None:
            return Ancestor(name=name, policy=indexed)
        return projects.read_ancestor(self._reader, name)

    # ----------------------------------------------------------------- roles

    def _look_up_roles(self, policies: Iterable[Fact[IamPolicy]]) -> None:
        """Read what the roles of these policies permit, before what uses them is written.

        So a record that a resumed run need not read again has its roles in the snapshot.
        """
        if self._wants(Role):
            for name in sorted(roles_in(policies)):
                self._roles(name)

    def _read_role(self, name: str) -> None:
        self._list(Role, (Listed(role_id(name), name, GLOBAL),))
        if self._is_done(Role, role_id(name)):
            return
        self._keep(
            Role(
                id=role_id(name),
                name=name,
                account=self._scope.account,
                region=GLOBAL,
                permissions=roles.read_role(self._reader, name),
            )
        )

    def _roles_again(self) -> Iterator[Job]:
        """Yield a job for each role that an interrupted run could not read, whoever it was that uses it."""
        for resource_id in sorted(self._task.again.get(Role.of_kind(), frozenset())):
            name = resource_id.removeprefix(role_id(""))

            def job(name: str = name) -> Iterable[Job]:
                self._roles(name)
                return ()

            yield self._guarded((Role,), GLOBAL, "", job)

    # ----------------------------------------------------------------- buckets

    def _bucket_listing_job(self, target: Target, countdown: _Countdown) -> Job:
        """Return a job that lists a project's buckets page by page, and each page's buckets after it."""
        pages: list[Iterator[buckets.BucketPage]] = []

        def following() -> Iterable[Job]:
            if not pages:
                pages.append(self._pages(target))
            page = next(pages[0], None)
            if page is None:
                return self._ended(countdown)
            return (turn, *self._take(target, page))

        def turn() -> Iterable[Job]:
            try:
                return following()
            except CallFailed as failure:
                self._gap(Bucket, GLOBAL, target.number, failure)
                self._gap(KmsKey, GLOBAL, target.number, failure)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - as in _guarded; the countdown must come to its end
                self._crashed((Bucket, KmsKey), GLOBAL, target.number, error)
            return self._ended(countdown)

        return turn

    def _pages(self, target: Target) -> Iterator[buckets.BucketPage]:
        # The index goes by numbers, and that of a project that did not answer is not known.
        if self._index is not None and target.number.isdecimal():
            lines = self._index.buckets.get(target.number, ())
            return iter((buckets.BucketPage(lines, ()),))
        return buckets.list_buckets(self._reader, target.project)

    def _ended(self, countdown: _Countdown) -> Iterable[Job]:
        return tuple(self._all_buckets_listed()) if countdown.last() else ()

    def _take(self, target: Target, page: buckets.BucketPage) -> Iterable[Job]:
        """Write a page of the listing; return the jobs of its buckets."""
        chosen = [line for line in page.lines if self._chosen(line)]
        with self._lock:
            self._names.update(line.name for line in page.lines)
        self._note_keys(target, chosen)
        for name in page.unreachable:
            unread = Unread(Cause.NETWORK, Source(LIST_BUCKETS.label, stamp(now())), detail=NO_LOCATION)
            if not self._task.selection.buckets or name in self._task.selection.buckets:
                self._names.add(name)
                self._gap(Bucket, name, target.number, CallFailed(unread, ""))
        if not self._wants(Bucket):
            return ()
        self._list(
            Bucket,
            (Listed(bucket_id(line.name), line.name, line.region, target.number) for line in chosen),
        )
        return [
            self._guarded((Bucket,), line.region, target.number, self._bucket_job(target, line))
            for line in chosen
            if not self._is_done(Bucket, bucket_id(line.name))
        ]

    def _chosen(self, line: BucketLine) -> bool:
        """Whether the user asked for a bucket; one that nobody can locate may lie in any region."""
        names, regions = self._task.selection.buckets, self._task.selection.regions
        return (not names or line.name in names) and (
            not regions or line.region in regions or line.region == UNKNOWN_REGION
        )

    def _bucket_job(self, target: Target, line: BucketLine) -> Job:
        def job() -> Iterable[Job]:
            record = self._read_bucket(target, line)
            folders = (folder.policy for folder in _values(record.managed_folders))
            self._look_up_roles((record.policy, *folders))
            self._keep(record)
            return ()

        return job

    def _read_bucket(self, target: Target, line: BucketLine) -> Bucket:
        reader, name = self._reader, line.name
        payer = buckets.payer(line, target.project)
        settings = self._settings(line, payer)
        reports = inventories.of_bucket(self._inventories((target.project, line.region)), name)
        found = self._look.at(name, settings.uniform_access, reports, payer)
        return Bucket(
            id=bucket_id(name),
            name=name,
            account=target.number,
            region=line.region,
            created_at=buckets.created(line),
            policy=self._indexed_policy(bucket_id(name)) or buckets.read_policy(reader, name, payer),
            managed_folders=buckets.read_managed_folders(reader, name, settings.uniform_access, payer),
            inventories=reports,
            objects=found,
            object_keys=self._look.key_versions(found),
            **{
                field: getattr(settings, field)
                for field in buckets.Settings.__struct_fields__
                if field != "ip_filter"
            },
            ip_filter=buckets.read_ip_filter(reader, name, settings.ip_filter, payer),
        )

    def _settings(self, line: BucketLine, payer: str | None) -> buckets.Settings:
        """Return a bucket's settings; the index knows no ACLs, so where they count the bucket is asked for them."""
        settings = buckets.read_settings(line)
        uniform = settings.uniform_access
        if self._index is None or (isinstance(uniform, Read) and uniform.value.enabled):
            return settings
        try:
            asked = buckets.read_settings(buckets.with_acls(self._reader, line, payer))
        except CallFailed as failure:
            return structs.replace(settings, acl=failure.unread, default_object_acl=failure.unread)
        return structs.replace(settings, acl=asked.acl, default_object_acl=asked.default_object_acl)

    def _all_buckets_listed(self) -> Iterator[Job]:
        """End the listing of buckets; yield the jobs of the keys that they use."""
        for name in self._task.selection.buckets:
            if name not in self._names:
                unread = Unread(Cause.UNSUPPORTED, Source(LIST_BUCKETS.label), detail=_not_there(name))
                self._gap(Bucket, GLOBAL, "", CallFailed(unread, ""))
        self._finish(Bucket)
        if not self._wants(KmsKey):
            return
        in_use = sorted(self._keys_in_use.items())
        self._list(
            KmsKey,
            (
                Listed(kms_key_id(name), name.rpartition("/")[2], keys.location_of(name), use.account)
                for name, use in in_use
            ),
        )
        self._finish(KmsKey)
        for name, use in in_use:
            if not self._is_done(KmsKey, kms_key_id(name)):
                yield self._guarded((KmsKey,), keys.location_of(name), use.account, self._key_job(name, use))

    def _note_keys(self, target: Target, lines: Iterable[BucketLine]) -> None:
        for line in lines:
            key = buckets.default_key(line)
            if isinstance(key, Read) and key.value:
                with self._lock:
                    use = self._keys_in_use.setdefault(key.value, _KeyUse(target.number, []))
                    use.buckets.append(line.name)

    def _key_job(self, name: str, use: _KeyUse) -> Job:
        def job() -> Iterable[Job]:
            self._keep(
                KmsKey(
                    id=kms_key_id(name),
                    name=name.rpartition("/")[2],
                    account=use.account,
                    region=keys.location_of(name),
                    buckets=tuple(sorted(use.buckets)),
                    key=keys.read_key(self._reader, name),
                )
            )
            return ()

        return job

    # ----------------------------------------------------------------- accounts and keys

    def _list_service_accounts(self, target: Target) -> Iterator[Job]:
        listing = keys.list_service_accounts(self._reader, target.project)
        self._list(
            ServiceAccount,
            (
                Listed(keys.service_account_id(target.project, line.email), line.email, GLOBAL, target.number)
                for line in listing.body
            ),
        )
        for line in listing.body:
            if self._is_done(ServiceAccount, keys.service_account_id(target.project, line.email)):
                continue

            def job(line: keys.AccountLine = line) -> Iterable[Job]:
                self._keep(
                    keys.read_service_account(
                        self._reader, line, listing.source, project=target.project, account=target.number
                    )
                )
                return ()

            yield self._guarded((ServiceAccount,), GLOBAL, target.number, job)

    def _list_hmac_keys(self, target: Target) -> Iterable[Job]:
        listing = keys.list_hmac_keys(self._reader, target.project)
        self._list(HmacKey, (Listed(line.id, line.name, GLOBAL, target.number) for line in listing.body))
        left = [line for line in listing.body if not self._is_done(HmacKey, line.id)]
        active = any(line.state == "ACTIVE" for line in left)
        uses: Fact[Mapping[str, str]] = Read({}, listing.source)
        if active:
            uses = keys.read_uses(self._reader, target.project, now())
        for line in left:
            self._keep(keys.make_hmac_key(line, listing.source, uses, account=target.number))
        return ()

    # ----------------------------------------------------------------- people

    def _read_people(self) -> Iterable[Job]:
        customer = self._scope.customer
        account = "" if customer == MY_CUSTOMER else customer
        somebody = False
        try:
            for source, lines in people.list_users(self._reader, customer):
                somebody = somebody or bool(lines)
                self._list(
                    User,
                    (
                        Listed(people.user_id(line), line.primary_email, GLOBAL, line.customer_id)
                        for line in lines
                    ),
                )
                for line in lines:
                    if not self._is_done(User, people.user_id(line)):
                        self._keep(people.make_user(line, source))
            if not somebody:
                self._gap(User, GLOBAL, account, _none_of(LIST_USERS, NOBODY))
        except CallFailed as failure:
            self._gap(User, GLOBAL, account, failure)
        self._finish(User)
        return ()


def _values(fact: Fact[tuple[T, ...]]) -> tuple[T, ...]:
    """Return what was read of several; the roles of what was not read are not known either."""
    return fact.value if isinstance(fact, Read) else ()


def _none_of(operation: Operation, detail: Text) -> CallFailed:
    """Return what an answer that holds nothing amounts to, where nothing cannot be all there is."""
    source = Source(operation.label, stamp(now()))
    return CallFailed(
        Unread(Cause.UNSUPPORTED, source, permission=operation.permission, detail=detail), "none"
    )


def _not_there(name: str) -> Text:
    return Text(
        en=f"no project that was read has a bucket named {name}",
        ja=f"読み取ったプロジェクトに {name} という名前のバケットはありません",
    )
