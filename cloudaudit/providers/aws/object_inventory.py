"""Fetches the newest complete delivery of a bucket's inventory and has it evaluated; nothing of it stays on disk."""

import shutil
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.evaluating import Evaluator
from cloudaudit.inventory.manifests import S3Manifest, check_md5, missing_file, read_s3_manifest
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.plan import Choice, ObjectsWish, Way
from cloudaudit.inventory.source import Inventory, InventoryTable
from cloudaudit.providers.aws.collectors.inventories import best_report, delivered_at, deliveries
from cloudaudit.providers.aws.guard import InventoryPlaces
from cloudaudit.providers.aws.model import Bucket, InventoryReport
from cloudaudit.providers.aws.object_reading import Requests, Target
from cloudaudit.providers.aws.operations import GET_INVENTORY_FILE
from cloudaudit.providers.aws.reader import CallFailed, Reader, at
from cloudaudit.text import Text

DELIVERIES = 3
"""So many deliveries are tried, the newest first; older ones would only be older."""
MOST_BYTES = 50 * 2**30
"""An inventory with more bytes than this is for an engine beside its data."""
SPARE_BYTES = 2**30
"""Bytes that must stay free on the disk."""
CHUNK = 2**20
FETCHED_AT_ONCE = 4
MISSING = frozenset({"NoSuchKey", "404"})
GIB = 2**30

NO_DELIVERY = Text(en="the inventory has no delivery", ja="インベントリの配信がありません")
BUDGET_SPENT = Text(
    en="the request budget was spent; raise --objects-budget",
    ja="リクエスト予算を使い切りました。--objects-budget を増やしてください",
)
BROKEN_OFF = Text(
    en="the download of an inventory file broke off", ja="インベントリファイルのダウンロードが中断されました"
)


class _File(Struct, frozen=True, rename="pascal"):
    body: Any


class ObjectInventories:
    """Reads buckets' objects from their inventories. Safe for threads."""

    def __init__(
        self,
        reader: Reader,
        places: InventoryPlaces,
        wish: ObjectsWish,
        requests: Requests,
        evaluator: Evaluator,
    ) -> None:
        """Take what is needed.

        Args:
            reader: calls.
            places: learns which files may be read.
            wish: names the engine.
            requests: that may still be sent.
            evaluator: the engine that the user chose.
        """
        self._reader = reader
        self._places = places
        self._wish = wish
        self._requests = requests
        self._evaluator = evaluator
        self._fetching = threading.BoundedSemaphore(FETCHED_AT_ONCE)
        self._evaluating = threading.Lock()

    def read(self, target: Target, choice: Choice) -> Fact[Objects]:
        """Return what the inventory or the table of a bucket says of its objects."""
        bucket = target.bucket
        source = Source(GET_INVENTORY_FILE.label, at())
        try:
            if choice.way is Way.TABLE:
                return self._answer(self._table(bucket), choice, source)
            return self._newest_complete(bucket, _report(bucket), choice, source)
        except CallFailed as failure:
            return self._refused(failure, bucket)
        except InventoryError as error:
            return error.unread(source, GET_INVENTORY_FILE.permission)
        except OSError as error:
            return InventoryError(_disk(error), Cause.UNSUPPORTED).unread(source)

    def _newest_complete(
        self, bucket: Bucket, report: InventoryReport, choice: Choice, source: Source
    ) -> Fact[Objects]:
        self._places.add(report.destination, report.prefix)
        self._spend()
        folders = deliveries(self._reader, bucket.region, report.destination, report.prefix, source.at).body
        refused: InventoryError | None = None
        for folder in sorted(folders, reverse=True)[:DELIVERIES]:
            try:
                return self._delivery(bucket, report, folder, _after(choice, refused, folder), source)
            except InventoryError as error:
                # Whatever is wrong with our side would be with the next as well.
                if error.cause is not Cause.MALFORMED:
                    raise
                refused = refused or _of(folder, error)
        raise refused or InventoryError(NO_DELIVERY, Cause.UNSUPPORTED)

    def _delivery(
        self, bucket: Bucket, report: InventoryReport, folder: str, choice: Choice, source: Source
    ) -> Fact[Objects]:
        manifest = self._manifest(bucket, report, folder)
        name = f"s3://{report.destination}/{report.prefix}{folder}/manifest.json"
        if self._wish.engine == "local":
            with self._fetching, _folder() as place:
                paths = self._fetch(bucket, report, manifest, place)
                return self._answer(manifest.inventory(paths, name), choice, source)
        addresses = [f"s3a://{report.destination}/{file.key}" for file in manifest.files]
        return self._answer(manifest.inventory(addresses, name), choice, source)

    def _manifest(self, bucket: Bucket, report: InventoryReport, folder: str) -> S3Manifest:
        parts: list[bytes] = []
        for name in ("manifest.checksum", "manifest.json"):
            try:
                parts.append(b"".join(self._chunks(bucket, report, f"{report.prefix}{folder}/{name}")))
            except CallFailed as failure:
                if failure.code in MISSING:
                    raise missing_file(name) from failure
                raise
        checksum, text = parts
        manifest = read_s3_manifest(text, checksum)
        if manifest.source_bucket != bucket.name:
            raise InventoryError(
                Text(
                    en="its manifest is that of another bucket",
                    ja="マニフェストが別のバケットのものです",
                )
            )
        for file in manifest.files:
            if not self._places.hold(report.destination, file.key):
                raise InventoryError(
                    Text(
                        en="its manifest names a file outside the inventory's own folder",
                        ja="マニフェストにインベントリの配信先以外のファイルが含まれています",
                    )
                )
        return manifest

    def _fetch(self, bucket: Bucket, report: InventoryReport, manifest: S3Manifest, place: Path) -> list[str]:
        needed = sum(max(file.size, 0) for file in manifest.files)
        free = shutil.disk_usage(place).free - SPARE_BYTES
        if needed > min(free, MOST_BYTES):
            raise InventoryError(_too_large(needed), Cause.UNSUPPORTED)
        paths: list[str] = []
        for number, file in enumerate(manifest.files):
            # Their own names are chosen by others; the ending tells the format.
            path = place / f"{number:06}{_ending(file.key)}"
            try:
                with path.open("wb") as out:
                    for chunk in self._chunks(bucket, report, file.key):
                        out.write(chunk)
            except CallFailed as failure:
                if failure.code in MISSING:
                    raise missing_file(file.key.rpartition("/")[2]) from failure
                raise
            check_md5(path, file.md5)
            paths.append(str(path))
        return paths

    def _chunks(self, bucket: Bucket, report: InventoryReport, key: str) -> Iterator[bytes]:
        """Yield an object's contents; the guard refuses every key that is no file of an inventory."""
        from botocore.exceptions import BotoCoreError

        self._spend()
        params = {"Bucket": report.destination, "Key": key}
        body = self._reader.call(GET_INVENTORY_FILE, bucket.region, params, _File).body.body
        try:
            yield from body.iter_chunks(CHUNK)
        except BotoCoreError as error:
            raise InventoryError(BROKEN_OFF, Cause.NETWORK) from error
        finally:
            body.close()

    def _answer(self, inventory: Inventory, choice: Choice, source: Source) -> Fact[Objects]:
        # One at a time: what the engine may use of memory and disk is meant for one.
        with self._evaluating:
            found = self._evaluator(inventory)
        if isinstance(found, InventoryError):
            raise found
        why = Text(en=f"{choice.why.en}; {found.why.en}", ja=f"{choice.why.ja}。{found.why.ja}")
        return Read(structs.replace(found, why=why), source)

    def _table(self, bucket: Bucket) -> InventoryTable:
        """Return the table that the settings name for a bucket, else the one that S3 Metadata keeps of it.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/metadata-tables-inventory-schema.html
        """
        from cloudaudit.inventory.engines import named_table

        settings = self._evaluator.settings().athena
        metadata = bucket.metadata_table
        known = settings is not None and (bucket.name in settings.tables or "*" in settings.tables)
        if not known and isinstance(metadata, Read) and metadata.value == "ACTIVE":
            name = f"s3tablescatalog/aws-s3.b_{bucket.name}.inventory"
            return InventoryTable(
                provider="aws",
                buckets=(bucket.name,),
                table=name,
                as_of=at(),
                source=f"S3 Metadata, {name}",
                versions=True,
            )
        return named_table(settings.tables if settings else {}, "aws", bucket.name, at())

    def _refused(self, failure: CallFailed, bucket: Bucket) -> Unread:
        unread = failure.unread
        report = best_report(bucket.inventories)
        if (
            report is None
            or unread.cause is not Cause.DENIED
            or report.destination_account in {"", bucket.account}
        ):
            return unread
        return Unread(
            Cause.FOREIGN_ACCOUNT,
            unread.source,
            permission=unread.permission,
            detail=Text(
                en="the inventory is delivered to another account's bucket, which refuses",
                ja="インベントリの配信先が他アカウントのバケットで、アクセスが拒否されました",
            ),
        )

    def _spend(self) -> None:
        if not self._requests.take(1):
            raise InventoryError(BUDGET_SPENT, Cause.TOO_SMALL)


def _report(bucket: Bucket) -> InventoryReport:
    report = best_report(bucket.inventories)
    if report is None:
        raise InventoryError(NO_DELIVERY, Cause.UNSUPPORTED)
    return report


@contextmanager
def _folder() -> Generator[Path]:
    """Return a folder that only this user can read, and that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cloudaudit-inventory-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _after(choice: Choice, refused: InventoryError | None, folder: str) -> Choice:
    days = age_days(delivered_at(folder), parse(at()))
    if refused is None:
        return choice
    return Choice(
        choice.way,
        Text(
            en=f"{refused.text.en}; the delivery before it is used, {days} days old",
            ja=f"{refused.text.ja}。その前の配信を使用(作成から {days} 日)",
        ),
    )


def _of(folder: str, error: InventoryError) -> InventoryError:
    day = folder[:10]
    en, ja = error.text.en.rstrip("."), error.text.ja.rstrip("。")
    return InventoryError(
        Text(
            en=f"the inventory's delivery of {day} is refused: {en}",
            ja=f"{day} に配信されたインベントリは使用できません({ja})",
        ),
        error.cause,
    )


def _ending(key: str) -> str:
    name = key.rpartition("/")[2].lower()
    return next((end for end in (".csv.gz", ".parquet", ".orc", ".csv") if name.endswith(end)), "")


def _too_large(needed: int) -> Text:
    size = f"{needed / GIB:,.1f} GiB"
    return Text(
        en=f"the inventory's files take {size}, for which there is no room here; free space, set TMPDIR to a larger disk, "
        "or use --objects-engine spark",
        ja=f"インベントリのファイル({size})を保存する空き容量がありません。空き容量を確保するか、TMPDIR を別のディスクに"
        "変更するか、--objects-engine spark を指定してください",
    )


def _disk(error: OSError) -> Text:
    return Text(
        en=f"the inventory cannot be kept on disk ({error.strerror}); free space or set TMPDIR to another disk",
        ja=f"インベントリをディスクに保存できません({error.strerror})。空き容量を確保するか、TMPDIR を変更してください",
    )
