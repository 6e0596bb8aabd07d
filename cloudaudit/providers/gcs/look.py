"""How the objects of each bucket are looked at in one run, and with how many requests."""

import threading

from cloudaudit.clock import age_days, stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.evaluating import Evaluator
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.plan import Choice, Known, ObjectsWish, Way, choose, not_looked_at
from cloudaudit.inventory.source import Inventory
from cloudaudit.providers.gcs.collectors.objects import Requests, keys_of, list_objects, read_key_version
from cloudaudit.providers.gcs.collectors.reports import read_report, with_why
from cloudaudit.providers.gcs.model import Delivery, InventoryReport, KeyVersion, UniformAccess
from cloudaudit.providers.gcs.operations import LIST_INVENTORY_REPORTS, LIST_OBJECTS
from cloudaudit.providers.gcs.reader import Reader, now
from cloudaudit.providers.jobs import Remembered

ENCRYPTION = frozenset({"encryptionType", "kmsKeyName"})
ACLS = frozenset({"acl"})
"""Fields that would answer for the key and the ACL of each object. Google's reports offer none of them, its datasets in
BigQuery the first two: https://cloud.google.com/storage/docs/insights/dataset-tables-and-schemas."""


class Look:
    """Looks at the objects of one bucket after another.

    A listing tells everything, a thousand objects a request. So there is no limit but the budget of requests, and no
    sample: to draw one, all objects would have to be listed as well.
    """

    def __init__(self, reader: Reader, wish: ObjectsWish) -> None:
        self._reader = reader
        self._wish = wish
        self._requests = Requests(wish.budget)
        self._evaluator = Evaluator(wish)
        self._evaluating = threading.Lock()
        self._key_versions = Remembered[str, KeyVersion](lambda name: read_key_version(reader, name))

    def at(
        self,
        name: str,
        uniform: Fact[UniformAccess],
        reports: Fact[tuple[InventoryReport, ...]],
        user_project: str | None,
    ) -> Fact[Objects]:
        """Return what is known of a bucket's objects.

        Args:
            name: of the bucket.
            uniform: whether it has uniform access, and so no ACLs of objects.
            reports: its inventory reports.
            user_project: who pays for what is asked about it, where somebody must be named.
        """
        if not self._wish.reads:
            return not_looked_at(LIST_OBJECTS.label, stamp(now()))
        best = _best(reports, _needed(uniform))
        choice = choose(self._wish, _known(best, _needed(uniform)))
        if choice.way is Way.LISTING:
            return list_objects(
                self._reader, name, uniform, user_project, requests=self._requests, why=choice.why
            )
        if choice.way is Way.TABLE:
            return self._of_table(name, choice)
        if choice.way is Way.INVENTORY and best is not None:
            return read_report(
                self._reader, name, *best, requests=self._requests, evaluate=self._evaluate, why=choice.why
            )
        if isinstance(reports, Unread):
            return reports
        source = Source(LIST_INVENTORY_REPORTS.label, stamp(now()))
        return Unread(Cause.UNSUPPORTED, source, detail=choice.why)

    def key_versions(self, objects: Fact[Objects]) -> tuple[KeyVersion, ...]:
        """Return the state of every version of a key that objects are encrypted with, each asked for once a run."""
        return tuple(self._key_versions(name) for name in keys_of(objects))

    def close(self) -> None:
        """End what evaluates reports."""
        self._evaluator.close()

    def _of_table(self, name: str, choice: Choice) -> Fact[Objects]:
        """Return what a table that the settings name tells of a bucket, such as a Storage Insights dataset's."""
        from cloudaudit.inventory.engines import named_table

        source = Source(f"inventory:{self._wish.engine}", stamp(now()))
        settings = self._evaluator.settings().bigquery
        try:
            table = named_table(settings.tables if settings else {}, "gcs", name, source.at)
        except InventoryError as error:
            return error.unread(source)
        found = self._evaluate(table)
        if isinstance(found, InventoryError):
            return found.unread(source)
        return Read(with_why(found, choice.why), source)

    def _evaluate(self, inventory: Inventory) -> Objects | InventoryError:
        with self._evaluating:
            return self._evaluator(inventory)


def _needed(uniform: Fact[UniformAccess]) -> frozenset[str]:
    """Return the fields by which a report would answer all questions."""
    no_acls = isinstance(uniform, Read) and uniform.value.enabled
    return ENCRYPTION if no_acls else ENCRYPTION | ACLS


def _best(
    reports: Fact[tuple[InventoryReport, ...]], needed: frozenset[str]
) -> tuple[InventoryReport, Delivery] | None:
    """Return the report that tells most and its newest complete delivery; of several the newest."""
    if isinstance(reports, Unread):
        return None
    delivered = [
        (report, report.delivered.value)
        for report in reports.value
        if isinstance(report.delivered, Read) and report.delivered.value is not None
    ]
    return max(delivered, key=lambda pair: (len(needed & set(pair[0].fields)), pair[1].at), default=None)


def _known(best: tuple[InventoryReport, Delivery] | None, needed: frozenset[str]) -> Known:
    if best is None:
        return Known()
    report, delivery = best
    return Known(
        inventory=True,
        age_days=age_days(delivery.at, now()),
        lacking=tuple(sorted(needed - set(report.fields))),
    )
