"""Files of Storage Insights inventory reports: the only contents that are ever read, and only where the report puts them.

https://cloud.google.com/storage/docs/insights/inventory-reports
"""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from cloudaudit.clock import stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.manifests import GcsManifest, missing_file, read_gcs_manifest
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.source import Inventory
from cloudaudit.providers.gcs.collectors.objects import BUDGET_SPENT, Requests
from cloudaudit.providers.gcs.failures import NOT_FOUND
from cloudaudit.providers.gcs.model import Delivery, InventoryReport
from cloudaudit.providers.gcs.operations import GET_REPORT_FILE
from cloudaudit.providers.gcs.reader import CallFailed, Reader, now
from cloudaudit.text import Text

Evaluate = Callable[[Inventory], Objects | InventoryError]

SCHEME = "gs://"
MANIFEST = "manifest.json"


def read_report(
    reader: Reader,
    name: str,
    report: InventoryReport,
    delivery: Delivery,
    *,
    requests: Requests,
    evaluate: Evaluate,
    why: Text,
) -> Fact[Objects]:
    """Return what a delivered report tells of a bucket's objects.

    Args:
        reader: asks.
        name: of the bucket that the report lists.
        report: its configuration.
        delivery: the one to read.
        requests: that may be sent; each file takes one.
        evaluate: has it counted by the engine that the user chose.
        why: it is read.
    """
    source = Source(GET_REPORT_FILE.label, stamp(now()))
    try:
        files = _Files(reader, report, delivery, requests)
        with tempfile.TemporaryDirectory(prefix="cloudaudit-") as folder:
            manifest, paths = files.fetched(Path(folder))
            if manifest.source_bucket not in {"", name}:
                raise _of_another(manifest.source_bucket)
            told = manifest.inventory(paths, f"{report.name}, {files.prefix}{MANIFEST}", bucket=name)
            found = evaluate(told)
    except CallFailed as failure:
        return failure.unread
    except InventoryError as error:
        return error.unread(source, GET_REPORT_FILE.permission)
    except OSError as error:
        return Unread(Cause.UNSUPPORTED, source, detail=_no_room(error))
    if isinstance(found, InventoryError):
        return found.unread(source, GET_REPORT_FILE.permission)
    return Read(with_why(found, why), source)


def with_why(found: Objects, why: Text) -> Objects:
    """Return what an engine found, with why it was asked before what it says itself, such as what it wrote."""
    return structs.replace(found, why=Text(en=f"{why.en}; {found.why.en}", ja=f"{why.ja}。{found.why.ja}"))


class _Files:
    """The files of one delivery.

    Raises:
        InventoryError: it does not lie where its configuration says.
    """

    def __init__(
        self, reader: Reader, report: InventoryReport, delivery: Delivery, requests: Requests
    ) -> None:
        place = "/".join(part for part in (report.path, report.name) if part)
        bucket, _, self.prefix = delivery.prefix.removeprefix(SCHEME).partition("/")
        if bucket != report.destination or not self.prefix.startswith(place):
            raise _elsewhere(delivery.prefix)
        self._reader = reader
        self._bucket = bucket
        self._requests = requests
        reader.announce_reports(bucket, place)

    def fetched(self, folder: Path) -> tuple[GcsManifest, list[str]]:
        """Return the manifest, and where its files lie in a folder, in its own order."""
        text = io.BytesIO()
        self._fetch(f"{self.prefix}{MANIFEST}", text)
        manifest = read_gcs_manifest(text.getvalue())
        # They lie beside the manifest.
        beside = self.prefix.rpartition("/")[0]
        paths: list[str] = []
        for number, name in enumerate(manifest.files):
            path = folder / f"{number}.{manifest.format}"
            with path.open("wb") as file:
                self._fetch(f"{beside}/{name}" if beside else name, file)
            paths.append(str(path))
        return manifest, paths

    def _fetch(self, name: str, into: "io.BufferedWriter | io.BytesIO") -> None:
        if not name.startswith(self.prefix):
            raise _elsewhere(name)
        if not self._requests.take():
            raise InventoryError(BUDGET_SPENT, Cause.TOO_SMALL)
        try:
            self._reader.fetch(self._bucket, name, into)
        except CallFailed as failure:
            if failure.code == NOT_FOUND:
                raise missing_file(name) from failure
            raise


def _elsewhere(name: str) -> InventoryError:
    return InventoryError(
        Text(
            en=f"The inventory report names {name[:200] or 'no place'}, which is not where its configuration puts files; "
            "it is not opened.",
            ja=f"インベントリレポートのファイルの場所({name[:200] or '記載なし'})が設定上の出力先と異なるため、"
            "読み取りません。",
        )
    )


def _of_another(bucket: str) -> InventoryError:
    return InventoryError(
        Text(
            en=f"The inventory report lists another bucket ({bucket[:80]}); see its configuration.",
            ja=f"インベントリレポートが別のバケット({bucket[:80]})のものです。設定を確認してください。",
        )
    )


def _no_room(error: OSError) -> Text:
    return Text(
        en=f"The inventory report cannot be kept in the folder for temporary files ({error.strerror}); make room there.",
        ja=f"インベントリレポートを一時フォルダに保存できません({error.strerror})。空き容量を確保してください。",
    )
