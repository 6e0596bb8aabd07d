"""Storage Insights reports, read from where they are written: the newest complete one, and nothing else."""

import errno
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cloudaudit.demo.gcs.estate import Estate, Json
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.facts import Cause, Unread
from cloudaudit.inventory.evaluating import Evaluator
from cloudaudit.inventory.libraries import load
from cloudaudit.inventory.model import EncryptionCount, EncryptionState, Mode, Objects, Tally
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.inventory.settings_file import load_settings
from cloudaudit.inventory.source import Inventory, InventoryTable
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import Bucket
from cloudaudit.text import Text
from fakes.gcs.build import PROJECT, bucket, estate, stored
from fakes.gcs_facts import objects

from .collected import Scanned, World, records, said

ENCRYPTION = "gcs-object-encryption"
CONFIG = "0b9f6a1e-1111-2222-3333-444455556666"
PATH = "inventory/invoices"
INVENTORY = ObjectsWish(looking=Looking.INVENTORY)
FIELDS = ("bucket", "name", "size", "updated", "generation", "timeDeleted")
WITH_KEYS = (*FIELDS, "encryptionType", "kmsKeyName")
NEW, OLD = "2026-11-19T00:00:00Z", "2026-11-12T00:00:00Z"
ROWS: tuple[tuple[Any, ...], ...] = (
    ("invoices", "2026/10.csv", 100, "2026-11-10T00:00:00Z", 1, None),
    ("invoices", "2020/01.csv", 50, "2020-02-01T00:00:00Z", 2, None),
    ("invoices", "2020/01.csv", 40, "2020-01-31T00:00:00Z", 1, "2020-02-01T00:00:00Z"),
)


def prefix(at: str, path: str = PATH) -> str:
    return f"{path}/{CONFIG}_{at[:16]}_"


def detail(at: str, **members: Any) -> Json:
    return {
        "name": f"details/{at}",
        "snapshotTime": at,
        "status": {},
        "reportPathPrefix": f"gs://reports/{prefix(at)}",
        **members,
    }


def csv(rows: tuple[tuple[Any, ...], ...]) -> bytes:
    return "".join(
        ",".join("" if told is None else str(told) for told in row) + "\n" for row in rows
    ).encode()


def parquet(rows: tuple[tuple[Any, ...], ...], fields: tuple[str, ...]) -> bytes:
    pa, pq = load("pyarrow"), load("pyarrow.parquet")
    columns = {name: [row[index] for row in rows] for index, name in enumerate(fields)}
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def manifest(at: str, names: list[str], fields: tuple[str, ...] = FIELDS, **members: Any) -> bytes:
    options: Json = {
        "metadataFields": list(fields),
        "storageFilters": {"bucket": "invoices"},
        "storageDestinationOptions": {"bucket": "reports", "destinationPath": PATH},
    }
    told: Json = {
        "reportConfig": {"csvOptions": {"delimiter": ","}, "objectMetadataReportOptions": options},
        "recordsProcessed": len(ROWS),
        "snapshotTime": at,
        "shardCount": len(names),
        "reportShardsFileNames": names,
    }
    return json.dumps({**told, **members}).encode()


def files(at: str = NEW) -> dict[str, bytes]:
    """A whole delivery in CSV, in two shards."""
    names = [f"{CONFIG}_{at[:16]}_{number}.csv" for number in range(2)]
    return {
        f"{prefix(at)}manifest.json": manifest(at, names),
        f"{PATH}/{names[0]}": csv(ROWS[:2]),
        f"{PATH}/{names[1]}": csv(ROWS[2:]),
    }


def given(
    held: dict[str, bytes], *details: Json, fields: tuple[str, ...] = FIELDS, path: str = PATH, **members: Any
) -> Estate:
    listed = bucket("invoices", **members)
    listed.objects = [stored("2026/10.csv"), stored("2020/01.csv")]
    receiving = bucket("reports")
    receiving.files = held
    made = estate(listed, receiving)
    config = f"projects/{PROJECT}/locations/asia-northeast1/reportConfigs/{CONFIG}"
    made.projects[0].report_configs = [
        {
            "name": config,
            "frequencyOptions": {"frequency": "DAILY"},
            "objectMetadataReportOptions": {
                "metadataFields": list(fields),
                "storageFilters": {"bucket": "invoices"},
                "storageDestinationOptions": {"bucket": "reports", "destinationPath": path},
            },
        }
    ]
    made.projects[0].reports = {CONFIG: list(details or (detail(NEW),))}
    return made


def looked(
    world: World, made: Estate, wish: ObjectsWish = INVENTORY, denials: tuple[Denial, ...] = ()
) -> Scanned:
    world.become(made)
    world.fake.denials = denials
    return world.scan(ENCRYPTION, objects=wish)


def found(scanned: Scanned) -> Objects:
    return said(records(scanned, Bucket)["invoices"].objects)


def missing(scanned: Scanned) -> Unread:
    fact = records(scanned, Bucket)["invoices"].objects
    assert isinstance(fact, Unread), fact
    return fact


def sentence(scanned: Scanned) -> str:
    detail = missing(scanned).detail
    assert isinstance(detail, Text), detail
    return detail.en


def test_a_report_tells_how_many_objects_there_are_and_how_old_they_are(world: World) -> None:
    scanned = looked(world, given(files()))
    objects = found(scanned)
    assert (objects.mode, objects.as_of, objects.examined) == (Mode.INVENTORY, NEW, 3)
    assert said(objects.total).bytes == 190
    assert objects.versions
    assert f"{prefix(NEW)}manifest.json" in objects.source
    assert sum(each.tally.objects for each in said(objects.ages)) == 3
    assert "1 days old" in objects.why.en
    assert world.fake.count("objects.list") == 0
    # Google's reports have no field for keys or ACLs.
    finding = scanned.of(ENCRYPTION, "invoices")
    assert finding.status is Status.NOT_ASSESSED
    assert "no field encryptionType" in finding.reason.en


def test_a_parquet_report_that_tells_keys_is_judged(world: World) -> None:
    key = f"projects/{PROJECT}/locations/l/keyRings/r/cryptoKeys/k"
    rows = tuple((*row, "CUSTOMER_MANAGED_ENCRYPTION", f"{key}/cryptoKeyVersions/1") for row in ROWS)
    name = f"{CONFIG}_{NEW[:16]}_0.parquet"
    held = {
        f"{prefix(NEW)}manifest.json": manifest(NEW, [name], WITH_KEYS),
        f"{PATH}/{name}": parquet(rows, WITH_KEYS),
    }
    made = given(held, fields=WITH_KEYS, encryption={"defaultKmsKeyName": key})
    made.key_versions = {f"{key}/cryptoKeyVersions/1": "ENABLED"}
    scanned = looked(world, made, ObjectsWish(looking=Looking.AUTO))
    assert found(scanned).mode is Mode.INVENTORY
    assert {each.state for each in said(found(scanned).encryption)} == {EncryptionState.CMEK}
    assert scanned.of(ENCRYPTION, "invoices").status is Status.PASS


def test_auto_lists_where_the_report_does_not_tell_keys(world: World) -> None:
    scanned = looked(world, given(files()), ObjectsWish(looking=Looking.AUTO))
    assert found(scanned).mode is Mode.LISTING
    assert "lacks encryptionType, kmsKeyName, so it is listed" in found(scanned).why.en
    assert world.fake.count("objects.get") == 0


def test_the_newest_report_that_was_made_without_an_error_is_read(world: World) -> None:
    broken = detail(NEW, status={"code": 13})
    assert found(looked(world, given(files(OLD), detail(OLD), broken))).as_of == OLD
    both = {**files(OLD), **files(NEW)}
    assert found(looked(world, given(both, detail(OLD), detail(NEW)))).as_of == NEW


def test_where_the_newest_report_is_damaged_the_one_before_it_is_read_and_that_is_said(world: World) -> None:
    held = {**files(OLD), **files(NEW), f"{prefix(NEW)}manifest.json": b"{"}
    objects = found(looked(world, given(held, detail(OLD), detail(NEW))))
    assert objects.as_of == OLD
    assert "the inventory report of 2026-11-19 is refused" in objects.why.en
    assert "one before it is used, " in objects.why.en


def test_auto_lists_where_no_report_can_be_used(world: World) -> None:
    name = f"{CONFIG}_{NEW[:16]}_0.parquet"
    held = {f"{prefix(NEW)}manifest.json": manifest(NEW, [name], WITH_KEYS)}
    uniform: Any = {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}
    objects = found(
        looked(world, given(held, fields=WITH_KEYS, **uniform), ObjectsWish(looking=Looking.AUTO))
    )
    assert objects.mode is Mode.LISTING
    assert "its inventory could not be used (the inventory report of 2026-11-19" in objects.why.en


def test_without_a_report_nothing_is_read(world: World) -> None:
    scanned = looked(world, given({}, detail(NEW, status={"code": 13})))
    assert missing(scanned).cause is Cause.UNSUPPORTED
    assert "pass --objects auto" in sentence(scanned)


def test_a_bucket_of_reports_that_refuses_is_told_with_the_permission(world: World) -> None:
    scanned = looked(world, given(files()), denials=(Denial("storage.objects.get", "reports"),))
    assert missing(scanned).cause is Cause.DENIED
    assert missing(scanned).permission == "storage.objects.get"
    assert "the reports' bucket reports refuses" in sentence(scanned)


@pytest.mark.parametrize("gone", ["manifest.json", "1.csv"])
def test_a_file_that_is_not_there_is_told(world: World, gone: str) -> None:
    held = {name: body for name, body in files().items() if not name.endswith(gone)}
    assert "which is not there" in sentence(looked(world, given(held)))


DAMAGED: dict[str, dict[str, bytes]] = {
    "no JSON": {f"{prefix(NEW)}manifest.json": b"{"},
    "another number of rows": {f"{prefix(NEW)}manifest.json": manifest(NEW, [f"{CONFIG}_{NEW[:16]}_0.csv"])},
    "another number of shards": {
        f"{prefix(NEW)}manifest.json": manifest(NEW, [f"{CONFIG}_{NEW[:16]}_0.csv"], shardCount=2)
    },
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=list(DAMAGED))
def test_a_damaged_report_costs_its_bucket_one_sentence(world: World, damage: dict[str, bytes]) -> None:
    scanned = looked(world, given({**files(), **damage}))
    assert missing(scanned).cause is Cause.MALFORMED
    assert "the inventory report of 2026-11-19 is refused: " in sentence(scanned)
    assert records(scanned, Bucket).keys() == {"invoices", "reports"}


def test_a_report_of_another_bucket_is_refused(world: World) -> None:
    text = manifest(NEW, [f"{CONFIG}_{NEW[:16]}_0.csv"]).replace(
        b'"bucket": "invoices"', b'"bucket": "payroll"'
    )
    scanned = looked(world, given({**files(), f"{prefix(NEW)}manifest.json": text}))
    assert "lists another bucket (payroll)" in sentence(scanned)


ELSEWHERE = [
    "gs://another/inventory/invoices/x_",
    "gs://reports/secret_",
    f"gs://reports/inventory/invoices-2/{CONFIG}_",
    "gs://reports/inventory/invoices/another-configuration_",
    "",
]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_files_outside_of_the_reports_own_place_are_not_opened(world: World, place: str) -> None:
    scanned = looked(world, given(files(), detail(NEW, reportPathPrefix=place)))
    assert "it is not opened" in sentence(scanned)
    assert world.fake.count("objects.get") == 0


def test_a_manifest_that_names_another_object_does_not_open_it(world: World) -> None:
    text = manifest(NEW, ["salaries.csv"], shardCount=1)
    scanned = looked(world, given({**files(), f"{prefix(NEW)}manifest.json": text}))
    assert "it is not opened" in sentence(scanned)
    assert world.fake.count("objects.get") == 1


TABLES = """
[objects.engine.bigquery]
project = "audit"
[objects.engine.bigquery.tables.invoices]
table = "audit.insights.object_attributes_view"
versions = true
"""


def test_a_dataset_in_bigquery_is_asked_for_the_buckets_it_is_named_for(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Inventory] = []

    def engine(self: Evaluator, inventory: Inventory) -> Objects:
        del self
        asked.append(inventory)
        why = Text(en="BigQuery keeps results for a day", ja="BigQuery が結果を1日間保存します")
        return objects(EncryptionCount(state=EncryptionState.CSEK, tally=Tally(objects=4, bytes=4)), why=why)

    # There is no BigQuery to ask here; what the engine does with a table is tested with the other engines.
    monkeypatch.setattr(Evaluator, "__call__", engine)
    settings = tmp_path / "engines.toml"
    settings.write_text(TABLES, encoding="utf-8")
    wish = ObjectsWish(looking=Looking.AUTO, engine="bigquery", settings=load_settings(settings))
    scanned = looked(world, given(files()), wish)
    (table,) = asked
    assert isinstance(table, InventoryTable)
    assert (table.table, table.provider, table.buckets) == (
        "audit.insights.object_attributes_view",
        "gcs",
        ("invoices",),
    )
    assert found(scanned).why.en == "bigquery reads the bucket's table; BigQuery keeps results for a day"
    assert scanned.of(ENCRYPTION, "invoices").status is Status.PASS
    # No table is named for this one.
    assert scanned.of(ENCRYPTION, "reports").status is Status.NOT_ASSESSED
    assert world.fake.count("objects.list") == world.fake.count("objects.get") == 0


def test_files_take_requests_of_the_budget(world: World) -> None:
    scanned = looked(world, given(files()), ObjectsWish(looking=Looking.INVENTORY, budget=2))
    assert missing(scanned).cause is Cause.TOO_SMALL
    assert world.fake.count("objects.get") == 2


def test_a_folder_that_takes_no_files_is_told_and_the_rest_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**given: object) -> object:
        del given
        raise OSError(errno.ENOSPC, "No space left on device")

    place = "cloudaudit.providers.gcs.collectors.reports.tempfile"
    monkeypatch.setattr(place, SimpleNamespace(TemporaryDirectory=full))
    scanned = looked(world, given(files()))
    assert missing(scanned).cause is Cause.UNSUPPORTED
    assert "folder for temporary files (No space left on device)" in sentence(scanned)
    assert records(scanned, Bucket).keys() == {"invoices", "reports"}
