"""Collect a tenant: what is shared by several questions is asked once, everything else flows page by page."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.model import Gap, Resource
from cloudaudit.providers import Progress, Sink, Task
from cloudaudit.providers.m365.collectors import applications, drives, people, tenant
from cloudaudit.providers.m365.collectors.roles import RolesReader, by_holder
from cloudaudit.providers.m365.connect import M365Options
from cloudaudit.providers.m365.model import (
    AccessPolicy,
    Admin,
    Application,
    Directory,
    Drive,
    M365Resource,
    RoleGrant,
    ServicePrincipal,
    Tenant,
    User,
)
from cloudaudit.providers.m365.operations import (
    LIST_APPLICATIONS,
    LIST_SERVICE_PRINCIPALS,
    LIST_SHARING_CHANGES,
    LIST_SITES,
    LIST_USERS,
)
from cloudaudit.providers.m365.previous import Previous
from cloudaudit.providers.m365.reader import BATCH_SIZE, Answer, CallFailed, Reader, gap
from cloudaudit.snapshot import Listed, Listing
from cloudaudit.text import Text

T = TypeVar("T")

Grants = Fact[tuple[RoleGrant, ...]]
WAITING_DRIVES = 64
"""How many drives wait to be read; more would only cost memory."""

NO_DRIVE = 404
NOT_LISTED = Text(
    en="the listing of users does not have this holder of a role",
    ja="ロールの保持者がユーザー一覧に含まれていません",
)


@dataclass(frozen=True, kw_only=True)
class Tenancy:
    """Whose tenant it is.

    Attributes:
        organization: the answer by which that was learnt, or why there was none.
        control_refused: whether changes of sharing were asked for and are not granted.
    """

    tenant_id: str
    organization: Answer[tuple[tenant.OrganizationWire, ...]] | CallFailed
    delegated: bool = False
    control_refused: bool = False


class Once(Generic[T]):
    """Asks once; whoever needs the answer waits for it."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._ask = ask
        self._task: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """Return the answer."""
        if self._task is None:
            self._task = asyncio.create_task(self._ask())
        return await self._task


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do several things at once; the first failure ends all of them and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except BaseExceptionGroup as several:
        raise _first(several) from None


def _first(error: BaseException) -> BaseException:
    if not isinstance(error, BaseExceptionGroup):
        return error
    return _first(cast("BaseExceptionGroup[BaseException]", error).exceptions[0])


class Collection:
    """One run over one tenant."""

    def __init__(
        self,
        reader: Reader,
        tenancy: Tenancy,
        options: M365Options,
        earlier: Previous,
        task: Task,
        sink: Sink,
        progress: Progress,
    ) -> None:
        self._reader = reader
        self._tenancy = tenancy
        self._tenant = tenancy.tenant_id
        self._options = options
        self._earlier = earlier
        self._task = task
        self._sink = sink
        self._progress = progress
        self._roles = Once[tuple[Grants, Grants]](RolesReader(reader).read)
        self._policies = Once[Fact[tuple[AccessPolicy, ...]]](lambda: tenant.read_access_policies(reader))
        self._user_types: dict[str, str] = {}
        self._member_ids: list[str] = []
        self._people_done = asyncio.Event()
        # Until every user was listed, nobody knows whose OneDrive may be missing among those that were found.
        self._people_missing: Unread | None = Unread(Cause.CRASH, Source(LIST_USERS.label))

    async def run(self) -> None:
        """Read everything."""
        sections: list[tuple[tuple[type[M365Resource], ...], Callable[[], Awaitable[None]]]] = [
            ((Tenant,), self._read_tenant),
            ((User, Directory, Admin), self._read_people),
            ((Application,), self._read_applications),
            ((ServicePrincipal,), self._read_principals),
            ((Drive,), self._read_drives),
        ]
        # Who is a guest and who has a OneDrive is known from the listing of users.
        asked = [
            self._guarded(kinds, section)
            for kinds, section in sections
            if self._wants(*kinds) or (section == self._read_people and self._wants(Drive))
        ]
        await together(asked)

    async def _guarded(
        self, kinds: Sequence[type[M365Resource]], work: Callable[[], Awaitable[None]]
    ) -> None:
        """Do a piece of work whose crash costs what it was about and nothing else."""
        try:
            await work()
        except OSError:
            # A snapshot that cannot be written makes everything else pointless.
            raise
        except Exception as error:  # noqa: BLE001 - a bug in one place leaves a gap that tells, not no audit
            self._crashed(kinds, error)

    def _crashed(self, kinds: Iterable[type[M365Resource]], error: Exception) -> None:
        name = type(error).__name__
        names = ", ".join(kind.of_kind() for kind in kinds)
        self._progress.say(
            Text(
                en=f"An internal error ({name}) interrupted the reading of {names}; what it was about is not assessed.",
                ja=f"内部エラー({name})により、{names} の読み取りが中断されました。対象は判定不能となります。",
            )
        )
        for kind in kinds:
            if self._wants(kind):
                self._sink.write(
                    Gap(of=kind.of_kind(), region="global", cause=Cause.CRASH, operation="", detail=name)
                )

    # ----------------------------------------------------------------- what is written

    def _wants(self, *kinds: type[M365Resource]) -> bool:
        return any(kind.of_kind() in self._task.kinds for kind in kinds)

    def _is_done(self, kind: type[M365Resource], resource_id: str) -> bool:
        return resource_id in self._task.done.get(kind.of_kind(), frozenset())

    def _list(self, kind: type[M365Resource], items: Iterable[Listed]) -> None:
        held = tuple(items)
        if self._wants(kind) and held:
            self._sink.write(Listing(of=kind.of_kind(), items=held))
            self._progress.expect(len(held))

    def _finish(self, kind: type[M365Resource]) -> None:
        if self._wants(kind) and not self._reader.stopped:
            self._sink.write(Listing(of=kind.of_kind(), complete=True))

    def _gap(self, kind: type[M365Resource], failure: CallFailed) -> None:
        if self._wants(kind) and not self._reader.stopped:
            self._sink.write(gap(kind.of_kind(), failure))

    def _keep(self, resource: Resource) -> None:
        """Write a record, unless the run was stopped and parts of it may be missing for that reason."""
        if not self._reader.stopped:
            self._sink.write(resource)
            self._progress.done()

    # ----------------------------------------------------------------- the tenant

    async def _read_tenant(self) -> None:
        self._list(Tenant, (Listed(self._tenant, self._tenant, "global"),))
        self._finish(Tenant)
        if self._is_done(Tenant, self._tenant):
            return
        reader, found = self._reader, self._tenancy.organization
        organization = found.unread if isinstance(found, CallFailed) else tenant.organization(found)
        roles, eligible = await self._roles()
        async with asyncio.TaskGroup() as group:
            ask = group.create_task
            domains = ask(tenant.read_domains(reader))
            sharepoint = ask(tenant.read_sharepoint(reader))
            authorization = ask(tenant.read_authorization(reader))
            security_defaults = ask(tenant.read_security_defaults(reader))
            access_policies = ask(self._policies())
            named_locations = ask(tenant.read_locations(reader))
            methods = ask(tenant.read_methods(reader))
            reviews = ask(tenant.read_reviews(reader))
            labels = ask(tenant.read_labels(reader))
            backup_service = ask(tenant.read_backup_service(reader))
            backup_policies = ask(tenant.read_backup_policies(reader))
            sign_in_log = ask(tenant.read_sign_in_log(reader))
            audit_log = ask(tenant.read_audit_log(reader))
            data_locations = ask(tenant.read_data_locations(reader))
        name = organization.value.display_name if isinstance(organization, Read) else ""
        self._keep(
            Tenant(
                id=self._tenant,
                name=name or self._tenant,
                account=self._tenant,
                region="global",
                organization=organization,
                domains=domains.result(),
                sharepoint=sharepoint.result(),
                authorization=authorization.result(),
                security_defaults=security_defaults.result(),
                access_policies=access_policies.result(),
                named_locations=named_locations.result(),
                authentication_methods=methods.result(),
                roles=roles,
                eligible_roles=eligible,
                access_reviews=reviews.result(),
                sensitivity_labels=labels.result(),
                backup_service=backup_service.result(),
                backup_policies=backup_policies.result(),
                sign_in_log=sign_in_log.result(),
                audit_log=audit_log.result(),
                data_locations=data_locations.result(),
            )
        )

    # ----------------------------------------------------------------- people

    async def _read_people(self) -> None:
        try:
            await self._all_people()
        finally:
            # Drives wait for this; where it broke off, they are read without knowing who is a guest.
            self._people_done.set()

    async def _all_people(self) -> None:
        full = self._wants(User, Admin)
        known = await self._known() if full else NOTHING_KNOWN
        roles, eligible = (
            (await self._roles()) if self._wants(User, Admin, Directory) else (NOT_ASKED, NOT_ASKED)
        )
        in_force = by_holder((roles,), lambda grant: not grant.eligible)
        known = people.Known(
            signed_in=known.signed_in,
            registrations=known.registrations,
            rooms=known.rooms,
            roles=roles,
            in_force=in_force,
        )
        holders = by_holder((roles, eligible), lambda grant: grant.principal_kind == "user")
        everybody = people.Everybody()
        seen_holders: set[str] = set()
        try:
            async for page in self._reader.pages(LIST_USERS, people.USERS_PATH, people.UserWire):
                everybody.source = page.source
                everybody.people.extend(people.person(line, known) for line in page.items)
                for line in page.items:
                    self._user_types[line.id] = "guest" if line.guest else "member"
                    if not line.guest:
                        self._member_ids.append(line.id)
                await self._write_users(page.items, known, page.source)
                self._write_admins(page.items, known, page.source, holders, seen_holders)
        except CallFailed as failure:
            self._people_missing = failure.unread
            for kind in (User, Admin):
                self._gap(kind, failure)
                self._finish(kind)
            await self._write_directory(failure.unread)
            return
        self._people_missing = None
        self._finish(User)
        self._finish_admins(roles, holders, seen_holders)
        await self._write_directory(everybody.fact())

    async def _known(self) -> people.Known:
        signed_in, registrations, rooms = await asyncio.gather(
            people.read_sign_ins(self._reader),
            people.read_registrations(self._reader),
            people.read_rooms(self._reader),
        )
        return people.Known(
            signed_in=signed_in, registrations=registrations, rooms=rooms, roles=NOT_ASKED, in_force={}
        )

    async def _write_users(
        self, lines: Sequence[people.UserWire], known: people.Known, source: Source
    ) -> None:
        if not self._wants(User):
            return
        self._list(User, (Listed(line.id, line.name, "global") for line in lines))
        left = [line for line in lines if not self._is_done(User, line.id)]
        asked = [line.id for line in left if people.asks_mailbox(line, known)]
        purposes = await people.read_purposes(self._reader, asked)
        for line in left:
            self._keep(people.user(line, known, source, purposes.get(line.id), self._tenant))

    def _write_admins(
        self,
        lines: Sequence[people.UserWire],
        known: people.Known,
        source: Source,
        holders: Mapping[str, tuple[RoleGrant, ...]],
        seen: set[str],
    ) -> None:
        found = [line for line in lines if line.id in holders]
        self._list(Admin, (Listed(line.id, line.name, "global") for line in found))
        for line in found:
            seen.add(line.id)
            if self._wants(Admin) and not self._is_done(Admin, line.id):
                self._keep(people.admin(line, known, source, holders[line.id], self._tenant))

    def _finish_admins(
        self, roles: Grants, holders: Mapping[str, tuple[RoleGrant, ...]], seen: set[str]
    ) -> None:
        if isinstance(roles, Unread):
            self._gap(Admin, CallFailed(roles))
        missing = sorted(set(holders) - seen)
        names = {holder: holders[holder][0].principal_name or holder for holder in missing}
        self._list(Admin, (Listed(holder, names[holder], "global") for holder in missing))
        unread = Unread(Cause.UNSUPPORTED, Source(LIST_USERS.label), detail=NOT_LISTED)
        for holder in missing:
            if self._wants(Admin) and not self._is_done(Admin, holder):
                self._keep(
                    Admin(
                        id=holder,
                        name=names[holder],
                        account=self._tenant,
                        region="global",
                        display_name="",
                        user_type="",
                        synced=False,
                        grants=holders[holder],
                        enabled=unread,
                        registration=unread,
                    )
                )
        self._finish(Admin)

    async def _write_directory(self, everybody: Fact[tuple[Any, ...]]) -> None:
        if not self._wants(Directory):
            return
        self._list(Directory, (Listed(self._tenant, self._tenant, "global"),))
        self._finish(Directory)
        if self._is_done(Directory, self._tenant):
            return
        policies = await self._policies()
        groups: Fact[Any]
        if isinstance(policies, Unread):
            groups = policies
        else:
            found = [
                await people.read_group(self._reader, group) for group in people.groups_named(policies.value)
            ]
            groups = Read(tuple(found), policies.source)
        self._keep(
            Directory(
                id=self._tenant,
                name=self._tenant,
                account=self._tenant,
                region="global",
                people=everybody,
                groups=groups,
            )
        )

    # ----------------------------------------------------------------- applications

    async def _read_applications(self) -> None:
        try:
            async for page in self._reader.pages(
                LIST_APPLICATIONS, applications.APPLICATIONS_PATH, applications.ApplicationWire
            ):
                self._list(Application, (Listed(each.id, each.label, "global") for each in page.items))
                for line in page.items:
                    if not self._is_done(Application, line.id):
                        self._keep(line.record(page.source, self._tenant))
        except CallFailed as failure:
            self._gap(Application, failure)
        self._finish(Application)

    async def _read_principals(self) -> None:
        grants = await applications.read_grants(self._reader)
        try:
            async for page in self._reader.pages(
                LIST_SERVICE_PRINCIPALS, applications.PRINCIPALS_PATH, applications.PrincipalWire
            ):
                lines = [line for line in page.items if not line.is_microsofts]
                self._list(ServicePrincipal, (Listed(each.id, each.label, "global") for each in lines))
                for line in lines:
                    if not self._is_done(ServicePrincipal, line.id):
                        self._keep(line.record(page.source, self._tenant, grants.of(line.id)))
        except CallFailed as failure:
            self._gap(ServicePrincipal, failure)
        self._finish(ServicePrincipal)

    # ----------------------------------------------------------------- drives

    async def _read_drives(self) -> None:
        await self._people_done.wait()
        looks = drives.Looks(
            delegated=self._tenancy.delegated,
            control=self._options.sharing_changes,
            refused_control=_control_refused(self._tenancy),
            full=self._options.full_pass,
            full_pass_days=self._options.full_pass_days,
            types=self._user_types,
        )
        sharing = drives.SharingReader(self._reader, looks)
        protections = await drives.read_protections(self._reader)
        waiting: asyncio.Queue[drives.Found] = asyncio.Queue(WAITING_DRIVES)
        ended = asyncio.Event()

        async def find() -> None:
            await self._find_drives(waiting)
            await waiting.join()
            ended.set()

        async def work() -> None:
            worker = asyncio.create_task(self._drive_worker(waiting, sharing, protections))
            end = asyncio.create_task(ended.wait())
            try:
                await asyncio.wait((worker, end), return_when=asyncio.FIRST_COMPLETED)
                if worker.done():
                    worker.result()
            finally:
                worker.cancel()
                end.cancel()

        await together([find(), *(work() for _ in range(self._options.concurrency))])
        self._finish(Drive)

    async def _drive_worker(
        self,
        waiting: asyncio.Queue[drives.Found],
        sharing: drives.SharingReader,
        protections: drives.Protections,
    ) -> None:
        while True:
            found = await waiting.get()
            try:
                await self._guarded((Drive,), partial(self._read_drive, found, sharing, protections))
            finally:
                waiting.task_done()

    async def _read_drive(
        self, found: drives.Found, sharing: drives.SharingReader, protections: drives.Protections
    ) -> None:
        shared: Fact[Any] = found.failure or await sharing.read(
            found.wire.id, self._earlier.drive(found.wire.id)
        )
        self._keep(drives.record(found, shared, protections.of(found), self._tenant))

    async def _find_drives(self, waiting: asyncio.Queue[drives.Found]) -> None:
        """Find every drive: of all sites, and of those users whose OneDrive no site led to."""
        owners: set[str] = set()
        seen: set[str] = set()
        path = drives.SEARCHED_SITES_PATH if self._tenancy.delegated else drives.SITES_PATH
        try:
            async for page in self._reader.pages(LIST_SITES, path, drives.SiteWire):
                async for site, outcome in drives.drives_of(self._reader, page.items):
                    for found in _found(site, outcome):
                        await self._found(found, seen, owners, waiting)
        except CallFailed as failure:
            self._gap(Drive, failure)
        if self._people_missing is not None:
            self._gap(Drive, CallFailed(self._people_missing))
        left = [user for user in self._member_ids if user not in owners]
        for start in range(0, len(left), BATCH_SIZE):
            if self._reader.stopped:
                return
            await self._find_of_users(left[start : start + BATCH_SIZE], seen, owners, waiting)

    async def _find_of_users(
        self, users: Sequence[str], seen: set[str], owners: set[str], waiting: asyncio.Queue[drives.Found]
    ) -> None:
        answers = await drives.drives_of_users(self._reader, users)
        for user, answer in zip(users, answers, strict=True):
            nowhere = drives.SiteWire(id="", name="")
            if isinstance(answer, Answer):
                found = drives.Found(wire=answer.body, site=nowhere)
            elif answer.status == NO_DRIVE:
                # Never signed in to OneDrive, or not licensed for it: there is none.
                continue
            else:
                wire = drives.DriveWire(id=f"user:{user}", drive_type="business")
                found = drives.Found(wire=wire, site=nowhere, failure=answer.unread)
            await self._found(found, seen, owners, waiting)

    async def _found(
        self, found: drives.Found, seen: set[str], owners: set[str], waiting: asyncio.Queue[drives.Found]
    ) -> None:
        wire = found.wire
        if wire.owner and wire.owner.user and wire.owner.user.id:
            owners.add(wire.owner.user.id)
        if wire.id in seen:
            return
        seen.add(wire.id)
        name = wire.name or found.site.label or wire.id
        self._list(Drive, (Listed(wire.id, name, "global"),))
        if not self._is_done(Drive, wire.id):
            await waiting.put(found)


def _found(
    site: drives.SiteWire, outcome: Answer[tuple[drives.DriveWire, ...]] | CallFailed
) -> Iterable[drives.Found]:
    if isinstance(outcome, CallFailed):
        # The site stands for its drives: what is in it is not known, and that must be said.
        wire = drives.DriveWire(id=f"site:{site.id}", drive_type="documentLibrary", web_url=site.web_url)
        return (drives.Found(wire=wire, site=site, failure=outcome.unread),)
    return tuple(drives.Found(wire=wire, site=site) for wire in outcome.body)


def _control_refused(tenancy: Tenancy) -> Unread | None:
    if not tenancy.control_refused:
        return None
    return Unread(
        Cause.DENIED, Source(LIST_SHARING_CHANGES.label), permission=LIST_SHARING_CHANGES.permission
    )


NOT_ASKED = Unread(Cause.INTERRUPTED, Source(""))
"""Stands where nothing that was asked for depends on it."""

NOTHING_KNOWN = people.Known(
    signed_in=NOT_ASKED, registrations=NOT_ASKED, rooms=NOT_ASKED, roles=NOT_ASKED, in_force={}
)
