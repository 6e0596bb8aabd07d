"""Collect an AWS account: listings first, then one pipelined job a resource, nothing asked twice."""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from msgspec import Struct, structs

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.model import EncryptionState, Objects
from cloudaudit.model import Gap, Resource
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.aws.bucket_reading import BucketReading
from cloudaudit.providers.aws.collectors import (
    access_points,
    account,
    audit_trails,
    backups,
    buckets,
    detection,
    directory_buckets,
    principals,
)
from cloudaudit.providers.aws.collectors.bucket_answers import BucketLine
from cloudaudit.providers.aws.collectors.keys import (
    KMS_ALGORITHMS,
    key_arn,
    no_key,
    read_key,
    read_rotation,
)
from cloudaudit.providers.aws.failures import REGION_OFF
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    AwsResource,
    BackupCopy,
    BackupPlan,
    BackupVault,
    Bucket,
    DirectoryBucket,
    Encryption,
    KmsKey,
    ObjectKey,
    PublicAccessBlock,
    RecoveryPoint,
    Region,
    ReplicaBucket,
    Replication,
    Role,
    Trail,
    User,
    Versioning,
)
from cloudaudit.providers.aws.object_reading import ObjectReading, target_of
from cloudaudit.providers.aws.operations import (
    DESCRIBE_REGIONS,
    GET_BUCKET_LOCATION,
    LIST_DIRECTORY_BUCKETS,
)
from cloudaudit.providers.aws.reader import CallFailed, Reader, gap, text_time
from cloudaudit.providers.aws.worth_asking import NO_ACCOUNT_BLOCK
from cloudaudit.snapshot import Listed, Listing
from cloudaudit.text import Text

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

LISTED_AT_ONCE = 1_000
UNKNOWN_REGION = "unknown"
PEOPLE = frozenset({Account.of_kind(), User.of_kind(), Role.of_kind()})
"""Kinds that lie in no region, so that for them alone nobody needs to know where buckets are."""
EVERYWHERE = (AccessPoint, DirectoryBucket, BackupVault, BackupPlan)
"""Kinds that are looked for in every region that is enabled."""
KMS_STATES = frozenset({EncryptionState.SSE_KMS, EncryptionState.DSSE_KMS})
KEYS_NOT_TOLD = Text(
    en="an S3 Inventory does not tell which KMS keys objects are encrypted with; list the bucket for that",
    ja="S3 インベントリにはオブジェクトの KMS キーが含まれません。確認するには一覧(--objects list)が必要です",
)
JOBS_A_THREAD = 4
"""How many jobs wait for each thread; more would only cost memory."""

Job = Callable[[], Iterable[Any]]
"""Does a piece of work and returns the jobs that follow from it."""


class Identity(Struct, frozen=True):
    """Whose account it is."""

    account: str
    partition: str


class Remembered(Generic[K, V]):
    """Remembers what a function returned; whoever asks while it is being asked waits for the same answer."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask
        self._answers: dict[K, Future[V]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: K) -> V:
        """Return the answer for a key."""
        with self._lock:
            future = self._answers.get(key)
            mine = future is None
            if future is None:
                future = self._answers[key] = Future()
        if mine:
            try:
                future.set_result(self._ask(key))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()


class _RegionLine(Struct, frozen=True, rename="pascal"):
    region_name: str


class _Regions(Struct, frozen=True, rename="pascal"):
    regions: tuple[_RegionLine, ...]


@dataclass
class _Countdown:
    """How many regions of a kind's listing are still out, and whether each one answered so far."""

    regions: int
    whole: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)

    def last(self) -> bool:
        with self.lock:
            self.regions -= 1
            return self.regions == 0


class Collection:
    """One run over one account."""

    def __init__(
        self,
        reader: Reader,
        bucket_reading: BucketReading,
        identity: Identity,
        *,
        task: Task,
        sink: Sink,
        progress: Progress,
        objects: ObjectReading | None = None,
    ) -> None:
        self._reader = reader
        self._objects = objects
        self._bucket_reading = bucket_reading
        self._account = identity.account
        self._partition = identity.partition
        self._task = task
        self._sink = sink
        self._progress = progress
        self._located: dict[str, Fact[str]] = {}
        self._versionings: dict[str, Fact[Versioning]] = {}
        self._waiting: list[Job] = []
        self._seen_trails: set[str] = set()
        self._seen_directories: set[str] = set()
        self._all_regions = False
        self._crashes: set[Gap] = set()
        self._seen_lock = threading.Lock()
        self._report = Remembered[str, Any](lambda _: principals.read_credential_report(reader))
        self._rotations = Remembered[tuple[str, str], Fact[bool | None]](
            lambda key: read_rotation(reader, key[0], key[1])
        )
        self._keys = Remembered[tuple[str, str], Fact[KmsKey | None]](
            lambda key: read_key(reader, key[0], key[1], self._account, self._rotations)
        )
        self._protected = Remembered[str, Fact[frozenset[str]]](
            lambda region: backups.read_protected(reader, region)
        )
        self._vaults = Remembered[str, tuple[backups.VaultLine, ...]](
            lambda region: backups.list_vaults(reader, region)
        )
        self._points = Remembered[str, Fact[Mapping[str, tuple[RecoveryPoint, ...]]]](self._read_points)
        self._account_block = Remembered[str, Fact[PublicAccessBlock | None]](
            lambda account_id: access_points.read_account_block(reader, account_id)
        )
        self._copies = Remembered[str, Any](lambda region: backups.read_copies(reader, region))
        self._outsiders = Remembered[str, ReplicaBucket](self._read_outside_replica)

    # ----------------------------------------------------------------- the run

    def run(self, concurrency: int) -> Outcome:
        """Read everything; return how it ended."""
        with ThreadPoolExecutor(concurrency, thread_name_prefix="cloudaudit") as pool:
            try:
                at_once = concurrency * JOBS_A_THREAD
                if self._task.kinds <= {User.of_kind(), Role.of_kind()}:
                    self._run_jobs(pool, (self._people_job(),), at_once)
                else:
                    listing = self._list_buckets()
                    self._run_jobs(pool, self._locate_jobs(listing), at_once)
                    self._run_jobs(pool, self._jobs(listing), at_once)
                    self._run_jobs(pool, self._waiting, at_once)
                    if self._objects is not None:
                        self._run_jobs(pool, self._objects.large_jobs(), at_once)
            except KeyboardInterrupt:
                self._reader.stop("interrupted")
                self._bucket_reading.stop()
                pool.shutdown(cancel_futures=True)
            finally:
                self._bucket_reading.close()
        calls = self._reader.calls + self._bucket_reading.calls
        return Outcome(calls=calls, stopped=self._reader.stopped)

    def _run_jobs(self, pool: ThreadPoolExecutor, jobs: Iterable[Job], at_once: int) -> None:
        """Run jobs and those that follow from them, holding only so many futures at once."""
        pending: list[Iterator[Job]] = [iter(jobs)]
        finished: SimpleQueue[Future[Iterable[Any]]] = SimpleQueue()
        running = 0
        while True:
            while running < at_once and (job := _next(pending)) is not None:
                pool.submit(job).add_done_callback(finished.put)
                running += 1
            if not running:
                return
            pending.append(iter(finished.get().result()))
            running -= 1

    def _wants(self, *kinds: type[AwsResource]) -> bool:
        return any(kind.of_kind() in self._task.kinds for kind in kinds)

    def _locate_jobs(self, listing: buckets.BucketListing | CallFailed) -> Iterable[Job]:
        """Ask where those buckets lie whose listing does not tell."""
        if isinstance(listing, CallFailed):
            return
        for line in listing.lines:
            if line.bucket_region:
                self._located[line.name] = Read(line.bucket_region, listing.source)
            elif not self._task.kinds <= PEOPLE:
                yield self._locate_job(line.name)

    def _locate_job(self, name: str) -> Job:
        def job() -> Iterable[Job]:
            # Should the reading itself break off, nobody knows where the bucket lies.
            self._located[name] = Unread(Cause.CRASH, Source(GET_BUCKET_LOCATION.label))
            self._located[name] = buckets.locate(self._reader, name)
            return ()

        return self._guarded((Region, Trail), UNKNOWN_REGION, job)

    def _guarded(self, kinds: Sequence[type[AwsResource]], region: str, job: Job) -> Job:
        """Return a job whose crash costs what it was about and nothing else."""

        def guarded() -> Iterable[Job]:
            try:
                return job()
            except OSError:
                # A snapshot that cannot be written makes everything else pointless.
                raise
            except Exception as error:  # noqa: BLE001 - a bug in one place leaves a gap that tells, not no audit
                self._crashed(kinds, region, error)
                return ()

        return guarded

    def _crashed(self, kinds: Sequence[type[AwsResource]], region: str, error: Exception) -> None:
        """Say that our own code broke off, and leave a gap, so that the run ends as incomplete."""
        name = type(error).__name__
        self._progress.say(
            Text(
                en=f"An internal error ({name}) interrupted the reading of {kinds[0].of_kind()} in {region}; "
                "what it was about is not assessed.",
                ja=f"内部エラー({name})により、{region} の {kinds[0].of_kind()} の読み取りが中断されました。"
                "対象は判定不能となります。",
            )
        )
        for kind in kinds:
            gap_ = Gap(of=kind.of_kind(), region=region, cause=Cause.CRASH, operation="", detail=name)
            with self._seen_lock:
                known = gap_ in self._crashes
                self._crashes.add(gap_)
            if self._wants(kind) and not known:
                self._sink.write(gap_)

    def _unlocated_gaps(self) -> None:
        """Say that there may be more regions in use than are known, once for each reason."""
        failures = {
            (fact.cause, fact.source.operation, fact.permission, str(fact.detail)): fact
            for fact in self._located.values()
            if isinstance(fact, Unread)
        }
        for key in sorted(failures):
            self._gaps((Region, Trail), UNKNOWN_REGION, CallFailed(failures[key], ""))

    def _jobs(self, listing: buckets.BucketListing | CallFailed) -> Iterable[Job]:
        enabled = self._enabled_regions(listing)
        self._unlocated_gaps()
        in_use = {fact.value for fact in self._located.values() if isinstance(fact, Read)}
        used = tuple(sorted(in_use & set(enabled))) or enabled[:1]
        return chain(
            self._account_jobs(listing, enabled),
            self._region_jobs(used),
            self._regional_jobs(enabled, used),
            self._bucket_jobs(listing),
        )

    # ----------------------------------------------------------------- listings

    def _list_buckets(self) -> buckets.BucketListing | CallFailed:
        try:
            listing = buckets.list_buckets(self._reader)
        except CallFailed as failure:
            if self._wants(Bucket):
                self._gap(Bucket, "global", failure)
                self._complete(Bucket, ())
            return failure
        names = {line.name for line in listing.lines}
        for name in self._task.selection.buckets:
            if name in names or not self._wants(Bucket):
                continue
            if not name.endswith(directory_buckets.SUFFIX):
                self._no_such_bucket(Bucket, _not_there(name), listing.source)
            elif not self._wants(DirectoryBucket):
                self._no_such_bucket(Bucket, _not_looked_for(name), listing.source)
        return listing

    def _no_such_bucket(self, kind: type[AwsResource], detail: Text, source: Source) -> None:
        unread = Unread(Cause.UNSUPPORTED, source, detail=detail)
        self._gap(kind, "global", CallFailed(unread, ""))

    def _missing_directories(self) -> None:
        """Say which directory buckets that were asked for are in no listing, once all of them answered."""
        source = Source(LIST_DIRECTORY_BUCKETS.label)
        for name in self._task.selection.buckets:
            if name.endswith(directory_buckets.SUFFIX) and name not in self._seen_directories:
                detail = _not_in_regions(name) if self._task.selection.regions else _not_there(name)
                self._no_such_bucket(DirectoryBucket, detail, source)

    def _enabled_regions(self, listing: buckets.BucketListing | CallFailed) -> tuple[str, ...]:
        """Return the regions to ask; where they cannot be listed, those that are known to be in use."""
        if isinstance(listing, CallFailed):
            # Where there are buckets is what tells which regions and trails to look at.
            self._gaps((Region, Trail), "global", listing)
        chosen = self._task.selection.regions
        try:
            answer = self._reader.call(DESCRIBE_REGIONS, self._reader.home, {}, _Regions)
        except CallFailed as failure:
            self._gaps((Region, *EVERYWHERE), "global", failure)
            in_use = {fact.value for fact in self._located.values() if isinstance(fact, Read)}
            regions = in_use | {self._reader.home}
        else:
            regions = {line.region_name for line in answer.body.regions}
            self._all_regions = not chosen
            for region in sorted(set(chosen) - regions):
                off = Unread(Cause.DISABLED, answer.source, detail=REGION_OFF)
                self._gaps((Region, *EVERYWHERE), region, CallFailed(off, ""))
        return tuple(sorted(regions & set(chosen))) if chosen else tuple(sorted(regions))

    def _gaps(self, kinds: Iterable[type[AwsResource]], region: str, failure: CallFailed) -> None:
        for kind in kinds:
            if self._wants(kind):
                self._gap(kind, region, failure)

    def _gap(self, kind: type[AwsResource], region: str, failure: CallFailed) -> None:
        if not self._reader.stopped:
            self._sink.write(gap(kind.of_kind(), region, failure))

    def _complete(self, kind: type[AwsResource], items: Iterable[Listed]) -> None:
        """Write the listing of a kind, and that it is whole."""
        held = tuple(items)
        for start in range(0, len(held), LISTED_AT_ONCE):
            self._sink.write(Listing(of=kind.of_kind(), items=held[start : start + LISTED_AT_ONCE]))
        self._finish(kind)
        self._progress.expect(len(held))

    def _finish(self, kind: type[AwsResource]) -> None:
        if not self._reader.stopped:
            self._sink.write(Listing(of=kind.of_kind(), complete=True, narrowed=self._narrows(kind)))

    def _narrows(self, kind: type[AwsResource]) -> bool:
        selection = self._task.selection
        by_region = bool(selection.regions) and kind not in {Account, User, Role}
        return by_region or (bool(selection.buckets) and kind in {Bucket, DirectoryBucket})

    def _is_done(self, kind: type[AwsResource], resource_id: str) -> bool:
        return resource_id in self._task.done.get(kind.of_kind(), frozenset())

    def _keep(self, resource: Resource) -> None:
        """Write a record, unless the run was stopped and parts of it may be missing for that reason."""
        if not self._reader.stopped:
            self._sink.write(resource)
            self._progress.done()

    # ----------------------------------------------------------------- the account and its people

    def _account_jobs(
        self, listing: buckets.BucketListing | CallFailed, enabled: tuple[str, ...]
    ) -> Iterable[Job]:
        if self._wants(Account):
            arn = f"arn:{self._partition}:iam::{self._account}:root"
            self._complete(Account, (Listed(arn, self._account, "global"),))
            if not self._is_done(Account, arn):
                yield self._guarded((Account,), "global", lambda: self._read_account(listing, enabled))
        if self._wants(User, Role):
            yield self._people_job()

    def _people_job(self) -> Job:
        return self._guarded((User, Role), "global", self._read_people)

    def _read_account(
        self, listing: buckets.BucketListing | CallFailed, enabled: tuple[str, ...]
    ) -> Iterable[Job]:
        self._keep(
            account.read_account(
                self._reader,
                account.ReadElsewhere(
                    report=self._report(""),
                    canonical_user=listing.unread
                    if isinstance(listing, CallFailed)
                    else buckets.owner_of(listing),
                    block=self._account_block(self._account),
                ),
                partition=self._partition,
                account=self._account,
                regions=tuple(sorted({*enabled, self._reader.home})),
                all_regions=self._all_regions,
            )
        )
        return ()

    def _read_people(self) -> Iterable[Job]:
        try:
            directory = principals.read_directory(self._reader)
        except CallFailed as failure:
            for kind in (User, Role):
                if self._wants(kind):
                    self._gap(kind, "global", failure)
                    self._finish(kind)
            return ()
        if self._wants(Role):
            self._complete(Role, (Listed(role.arn, role.role_name, "global") for role in directory.roles))
            for role in directory.roles:
                if not self._is_done(Role, role.arn):
                    self._keep(principals.read_role(role, directory, account=self._account))
        if self._wants(User):
            self._complete(User, (Listed(user.arn, user.user_name, "global") for user in directory.users))
            report = self._report("")
            services = principals.read_service_credentials(self._reader)
            return [
                self._guarded((User,), "global", self._user_job(user, directory, report, services))
                for user in directory.users
                if not self._is_done(User, user.arn)
            ]
        return ()

    def _user_job(self, user: Any, directory: principals.Directory, report: Any, services: Any) -> Job:  # noqa: ANN401
        def job() -> Iterable[Job]:
            self._keep(
                principals.read_user(self._reader, user, directory, report, services, account=self._account)
            )
            return ()

        return job

    # ----------------------------------------------------------------- regions in use

    def _region_jobs(self, used: tuple[str, ...]) -> Iterable[Job]:
        if not self._wants(Region):
            return
        lines = tuple(Listed(f"{self._account}/{region}", region, region) for region in used)
        self._complete(Region, lines)
        for line in lines:
            if not self._is_done(Region, line.id):
                yield self._guarded((Region,), line.region, self._region_job(line))

    def _region_job(self, line: Listed) -> Job:
        def job() -> Iterable[Job]:
            reader, region = self._reader, line.region
            self._keep(
                Region(
                    id=line.id,
                    name=region,
                    account=self._account,
                    region=region,
                    buckets=sum(
                        isinstance(fact, Read) and fact.value == region for fact in self._located.values()
                    ),
                    analyzers=detection.read_analyzers(reader, region),
                    detectors=detection.read_detectors(reader, region),
                    guardduty_rules=detection.read_guardduty_rules(reader, region),
                    macie=detection.read_macie(reader, region),
                    exposure_events=audit_trails.read_exposure_events(reader, region),
                )
            )
            return ()

        return job

    # ----------------------------------------------------------------- what is listed region by region

    def _regional_jobs(self, enabled: tuple[str, ...], used: tuple[str, ...]) -> Iterable[Job]:
        trails = tuple(sorted({*used, self._reader.home}))
        listers: list[
            tuple[type[AwsResource], tuple[str, ...], Callable[[str], list[tuple[Listed, Job]]]]
        ] = [
            (AccessPoint, (*enabled, "global"), self._list_access_points),
            (DirectoryBucket, enabled, self._list_directory_buckets),
            (BackupVault, enabled, self._list_vaults),
            (BackupPlan, enabled, self._list_plans),
            (Trail, trails, self._list_trails),
        ]
        for kind, regions, lister in listers:
            if not self._wants(kind):
                continue
            countdown = _Countdown(len(regions))
            for region in regions:
                yield self._regional_job(kind, region, lister, countdown)

    def _regional_job(
        self,
        kind: type[AwsResource],
        region: str,
        lister: Callable[[str], list[tuple[Listed, Job]]],
        countdown: _Countdown,
    ) -> Job:
        def job() -> Iterable[Job]:
            jobs: list[Job] = []
            try:
                found = lister(region)
            except CallFailed as failure:
                countdown.whole = False
                self._gap(kind, region, failure)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001 - the other regions' listing must still come to its end
                countdown.whole = False
                self._crashed((kind,), region, error)
            else:
                items = tuple(line for line, _ in found)
                if items:
                    self._sink.write(Listing(of=kind.of_kind(), items=items))
                    self._progress.expect(len(items))
                jobs = [
                    self._guarded((kind,), region, work)
                    for line, work in found
                    if not self._is_done(kind, line.id)
                ]
            if countdown.last():
                if kind is DirectoryBucket and countdown.whole:
                    self._missing_directories()
                self._finish(kind)
            return jobs

        return job

    def _list_access_points(self, region: str) -> list[tuple[Listed, Job]]:
        if region == "global":
            return self._list_multi_region_access_points()
        found: list[tuple[Listed, Job]] = []
        for line in access_points.list_access_points(self._reader, region, self._account):
            arn = line.access_point_arn or access_points.access_point_arn(
                self._partition, region, self._account, line.name
            )
            found.append((Listed(arn, line.name, region), self._access_point_job(line, arn, region)))
        return found

    def _access_point_job(self, line: access_points.AccessPointLine, arn: str, region: str) -> Job:
        def job() -> Iterable[Job]:
            self._keep(
                access_points.read_access_point(
                    self._reader, line, arn=arn, account=self._account, region=region
                )
            )
            return ()

        return job

    def _list_multi_region_access_points(self) -> list[tuple[Listed, Job]]:
        if self._partition != "aws":
            return []
        lines, source = access_points.list_multi_region_access_points(self._reader, self._account)
        found: list[tuple[Listed, Job]] = []
        for line in lines:
            arn = access_points.multi_region_arn(self._partition, self._account, line.alias or line.name)

            def job(line: access_points.MultiRegionLine = line, arn: str = arn) -> Iterable[Job]:
                self._keep(
                    access_points.read_multi_region_access_point(
                        self._reader, line, source, arn=arn, account=self._account
                    )
                )
                return ()

            found.append((Listed(arn, line.name, "global"), job))
        return found

    def _list_directory_buckets(self, region: str) -> list[tuple[Listed, Job]]:
        found: list[tuple[Listed, Job]] = []
        names = self._task.selection.buckets
        for line in directory_buckets.list_directory_buckets(self._reader, region):
            if names and line.name not in names:
                continue
            with self._seen_lock:
                self._seen_directories.add(line.name)
            arn = directory_buckets.directory_arn(self._partition, region, self._account, line.name)

            def job(line: directory_buckets.DirectoryLine = line, arn: str = arn) -> Iterable[Job]:
                self._keep(
                    directory_buckets.read_directory_bucket(
                        self._reader, self._key, line, arn=arn, account=self._account, region=region
                    )
                )
                return ()

            found.append((Listed(arn, line.name, region), job))
        return found

    def _list_vaults(self, region: str) -> list[tuple[Listed, Job]]:
        lines = self._vaults(region)
        found: list[tuple[Listed, Job]] = []
        for line in lines:

            def job(line: backups.VaultLine = line) -> Iterable[Job]:
                self._keep(backups.make_vault(line, self._key, account=self._account, region=region))
                return ()

            found.append((Listed(line.backup_vault_arn, line.backup_vault_name, region), job))
        return found

    def _list_plans(self, region: str) -> list[tuple[Listed, Job]]:
        found: list[tuple[Listed, Job]] = []
        for line in backups.list_plans(self._reader, region):

            def job(line: backups.PlanLine = line) -> Iterable[Job]:
                self._keep(backups.read_plan(self._reader, line, account=self._account, region=region))
                return ()

            found.append((Listed(line.backup_plan_arn, line.backup_plan_name, region), job))
        return found

    def _list_trails(self, region: str) -> list[tuple[Listed, Job]]:
        found: list[tuple[Listed, Job]] = []
        for line in audit_trails.list_trails(self._reader, region):
            with self._seen_lock:
                if line.arn in self._seen_trails:
                    continue
                self._seen_trails.add(line.arn)

            def job(line: audit_trails.TrailLine = line) -> Iterable[Job]:
                self._keep(audit_trails.read_trail(self._reader, line, account=self._account))
                return ()

            found.append((Listed(line.arn, line.name, line.home), job))
        return found

    # ----------------------------------------------------------------- buckets

    def _bucket_jobs(self, listing: buckets.BucketListing | CallFailed) -> Iterable[Job]:
        if isinstance(listing, CallFailed) or not self._wants(Bucket):
            return
        chosen = [line for line in listing.lines if self._chosen(line)]
        self._complete(
            Bucket,
            (
                Listed(
                    buckets.bucket_arn(self._partition, line.name), line.name, self._region_name(line.name)
                )
                for line in chosen
            ),
        )
        left = [
            line
            for line in chosen
            if not self._is_done(Bucket, buckets.bucket_arn(self._partition, line.name))
        ]
        self._bucket_reading.expect(len(left))
        for line in left:
            yield self._guarded((Bucket,), self._region_name(line.name), self._bucket_job(line))

    def _region_name(self, name: str) -> str:
        where = self._located[name]
        return where.value if isinstance(where, Read) else UNKNOWN_REGION

    def _chosen(self, line: BucketLine) -> bool:
        """Whether the user asked for a bucket; one that nobody can locate may lie in any region."""
        names, regions = self._task.selection.buckets, self._task.selection.regions
        region = self._region_name(line.name)
        return (not names or line.name in names) and (
            not regions or region in regions or region == UNKNOWN_REGION
        )

    def _bucket_job(self, line: BucketLine) -> Job:
        def job() -> Iterable[Job]:
            where = self._located[line.name]
            if isinstance(where, Unread):
                self._keep(self._unlocated(line, where))
                return ()
            settings = self._bucket_reading.settings(line.name, where.value, self._own_block)
            self._versionings[line.name] = settings.versioning
            if _replicates(settings.replication):
                self._waiting.append(
                    self._guarded(
                        (Bucket,), where.value, lambda: self._finish_bucket(line, where.value, settings)
                    )
                )
                return ()
            return self._finish_bucket(line, where.value, settings)

        return job

    def _finish_bucket(self, line: BucketLine, region: str, settings: buckets.Settings) -> Iterable[Job]:
        bucket = self._bucket(line, region, settings)
        if self._objects is None:
            self._keep(bucket)
            return ()
        target = target_of(bucket, self._own_block())
        return self._objects.jobs(target, lambda objects: self._keep(self._with_objects(bucket, objects)))

    def _with_objects(self, bucket: Bucket, objects: Fact[Objects]) -> Bucket:
        return structs.replace(bucket, objects=objects, object_keys=self._keys_of_objects(bucket, objects))

    def _keys_of_objects(self, bucket: Bucket, objects: Fact[Objects]) -> Fact[tuple[ObjectKey, ...]]:
        encryption = objects if isinstance(objects, Unread) else objects.value.encryption
        if isinstance(encryption, Unread):
            return encryption
        if any(count.state in KMS_STATES and not count.key_told for count in encryption.value):
            return Unread(Cause.UNSUPPORTED, encryption.source, detail=KEYS_NOT_TOLD)
        names = sorted({count.key for count in encryption.value if count.key})
        keys = tuple(ObjectKey(reference=name, key=self._key(bucket.region, name)) for name in names)
        return Read(keys, encryption.source)

    def _bucket(self, line: BucketLine, region: str, settings: buckets.Settings) -> Bucket:
        arn = buckets.bucket_arn(self._partition, line.name)
        return _assembled(
            Listed(arn, line.name, region),
            line,
            self._account,
            structs.replace(settings, replication=self._with_destinations(settings.replication)),
            kms_key=self._key_of(settings.encryption, region),
            recovery_points=backups.points_of(arn, self._protected(region), lambda: self._points(region)),
            backup_copies=backups.copies_of(self._copies(region), arn),
        )

    def _unlocated(self, line: BucketLine, why: Unread) -> Bucket:
        """Return a bucket of which nothing can be read because nobody tells where it lies."""
        return _assembled(
            Listed(buckets.bucket_arn(self._partition, line.name), line.name, UNKNOWN_REGION),
            line,
            self._account,
            buckets.nothing_read(why),
            kms_key=why,
            recovery_points=why,
            backup_copies=why,
        )

    def _read_points(self, region: str) -> Fact[Mapping[str, tuple[RecoveryPoint, ...]]]:
        try:
            vaults = self._vaults(region)
        except CallFailed as failure:
            return failure.unread
        return backups.read_recovery_points(self._reader, region, vaults)

    def _own_block(self) -> Fact[PublicAccessBlock | None]:
        """Return the account's block where it is read anyway."""
        return self._account_block(self._account) if self._wants(Account) else NO_ACCOUNT_BLOCK

    def _key(self, region: str, reference: str) -> Fact[KmsKey | None]:
        return self._keys((region, key_arn(reference, self._partition, region, self._account)))

    def _key_of(self, encryption: Fact[Encryption | None], region: str) -> Fact[KmsKey | None]:
        if isinstance(encryption, Unread):
            return encryption
        named = encryption.value
        if named is None or not named.key or named.algorithm not in KMS_ALGORITHMS:
            return no_key(encryption.source)
        return self._key(region, named.key)

    def _with_destinations(self, replication: Fact[Replication | None]) -> Fact[Replication | None]:
        if isinstance(replication, Unread) or replication.value is None:
            return replication
        names = sorted({rule.destination for rule in replication.value.rules if rule.enabled})
        return Read(
            Replication(
                rules=replication.value.rules, destinations=tuple(self._replica(name) for name in names)
            ),
            replication.source,
        )

    def _replica(self, name: str) -> ReplicaBucket:
        """Return a destination; one of our own was read already, another takes its own calls, once."""
        versioning = self._versionings.get(name)
        region = self._located.get(name)
        if versioning is None or region is None:
            return self._outsiders(name)
        return _replica_of(name, region, versioning)

    def _read_outside_replica(self, name: str) -> ReplicaBucket:
        where = self._located.get(name) or buckets.locate(self._reader, name)
        region = where.value if isinstance(where, Read) else self._reader.home
        return _replica_of(name, where, buckets.read_versioning(self._reader, name, region))


def _replica_of(name: str, where: Fact[str], versioning: Fact[Versioning]) -> ReplicaBucket:
    gone = isinstance(versioning, Unread) and versioning.detail == "NoSuchBucket"
    exists: Fact[bool]
    exists = versioning if isinstance(versioning, Unread) and not gone else Read(not gone, versioning.source)
    return ReplicaBucket(name=name, exists=exists, region=where, versioning=versioning)


def _next(pending: list[Iterator[Job]]) -> Job | None:
    """Return the next job of the newest iterator that has one, dropping those that are exhausted."""
    while pending:
        job = next(pending[-1], None)
        if job is not None:
            return job
        pending.pop()
    return None


def _assembled(
    where: Listed,
    line: BucketLine,
    account_id: str,
    settings: buckets.Settings,
    *,
    kms_key: Fact[KmsKey | None],
    recovery_points: Fact[tuple[RecoveryPoint, ...]],
    backup_copies: Fact[tuple[BackupCopy, ...]],
) -> Bucket:
    return Bucket(
        id=where.id,
        name=where.name,
        account=account_id,
        region=where.region,
        created_at=text_time(line.creation_date),
        kms_key=kms_key,
        recovery_points=recovery_points,
        backup_copies=backup_copies,
        **{name: getattr(settings, name) for name in buckets.Settings.__struct_fields__},
    )


def _not_there(name: str) -> Text:
    return Text(
        en=f"the account has no bucket named {name}",
        ja=f"アカウントに {name} という名前のバケットはありません",
    )


def _not_in_regions(name: str) -> Text:
    return Text(
        en=f"the account has no bucket named {name} in the chosen regions",
        ja=f"指定したリージョンに {name} という名前のバケットはありません",
    )


def _not_looked_for(name: str) -> Text:
    return Text(
        en=f"no selected check looks at directory buckets such as {name}",
        ja=f"選択したチェックは、{name} のようなディレクトリバケットを対象としていません",
    )


def _replicates(replication: Fact[Replication | None]) -> bool:
    return isinstance(replication, Read) and replication.value is not None
