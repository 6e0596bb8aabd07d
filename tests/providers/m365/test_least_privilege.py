"""Each permission is taken away in turn.

The fake enforces Microsoft's permission names by a table of its own, written from the documentation of each method;
that the real Graph agrees with that table is not proved here.
"""

import re
from collections.abc import Iterator

import pytest

from cloudaudit.demo.m365.estate import build
from cloudaudit.demo.m365.names import SALES_DRIVE
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.operations import LIST_SHARING_CHANGES, OPERATIONS
from cloudaudit.providers.m365.session import scopes

from .conftest import TODAY, Scanned, World, world_of

POLICY = AuditPolicy(allowed_countries=("JP",), password_max_age_days=90, sensitive_paths=("*社内報*",))
PERMISSIONS = scopes(sharing_changes=False)


class Estate:
    """One fake for all the scans of this file."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.whole = self.scan(set(PERMISSIONS))
        self.called = set(world.fake.counts)

    def scan(self, granted: set[str]) -> Scanned:
        self.world.fake.granted = frozenset(granted)
        return self.world.scan(policy=POLICY)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    made = build(TODAY)
    # Only where the log is short does it matter how old the tenant is.
    made.lists["/auditLogs/directoryAudits"] = made.lists["/auditLogs/directoryAudits"][:1]
    # Of an item whose folder no page told, Graph is asked where it lies.
    items = made.drives[SALES_DRIVE].items
    made.drives[SALES_DRIVE].items = [
        {**each, "parentReference": {"id": "elsewhere"}} if each["id"] == "s1" else each for each in items
    ]
    with world_of(made, tmp_path_factory.mktemp("scans")) as world:
        yield Estate(world)


def test_the_printed_permissions_suffice(estate: Estate) -> None:
    assert estate.whole.named_permissions() == set()
    assert estate.whole.gaps == ()


def test_every_operation_of_the_list_is_called_but_the_opt_in(estate: Estate) -> None:
    for operation in OPERATIONS:
        path = operation.path.partition("?")[0]
        pattern = re.escape(path).replace(r"\{\}", ".+")
        called = any(re.fullmatch(f"{pattern}(/microsoft.graph.user)?", each) for each in estate.called)
        assert called or operation is LIST_SHARING_CHANGES, operation.path


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_missing_permission_turns_up_and_makes_nothing_pass(estate: Estate, permission: str) -> None:
    without = estate.scan(set(PERMISSIONS) - {permission})
    assert permission in without.named_permissions()
    before = {finding.id: finding for finding in estate.whole.findings}
    for finding in without.findings:
        if finding.status is Status.PASS:
            assert before[finding.id].status is Status.PASS, finding.check
    measure, was = without.score.overall, estate.whole.score.overall
    assert (measure.guaranteed or 0) <= (was.guaranteed or 0)
    assert (measure.coverage or 0) <= (was.coverage or 0)
