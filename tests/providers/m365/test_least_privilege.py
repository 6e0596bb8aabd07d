"""Each permission is taken away in turn.

The fake enforces Microsoft's permission names by a table of its own, written from the documentation of each method;
that the real Graph agrees with that table is not proved here.
"""

import re
from collections.abc import Iterator

import pytest

from cloudaudit import discovery
from cloudaudit.cli.choosing import cut
from cloudaudit.demo.m365.estate import build
from cloudaudit.demo.m365.names import SALES_DRIVE
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.m365.operations import LIST_SHARING_CHANGES, OPERATIONS
from cloudaudit.providers.m365.session import scopes
from cloudaudit.providers.trials import Cost, Result, cost, needed_by, read_costs
from tests.providers.costs import check_or_note, shipped

from .conftest import TODAY, Quiet, Scanned, World, world_of

POLICY = AuditPolicy(allowed_countries=("JP",), password_max_age_days=90, sensitive_paths=("*社内報*",))
PERMISSIONS = scopes(sharing_changes=False)


class Estate:
    """One fake for all the scans of this file."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.whole = self.scan(set(PERMISSIONS))
        self.called = set(world.fake.counts)

    def scan(self, granted: set[str], *checks: str) -> Scanned:
        self.world.fake.granted = frozenset(granted)
        return self.world.scan(*checks, policy=POLICY)


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


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Cost]]:
    with shipped("m365") as mapping:
        yield mapping


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
def test_a_missing_permission_turns_up_and_makes_nothing_pass(
    estate: Estate, permission: str, found: dict[str, Cost]
) -> None:
    without = estate.scan(set(PERMISSIONS) - {permission})
    assert permission in without.named_permissions()
    check_or_note(found, "m365", permission, cost(estate.whole.findings, without.findings))
    before = {finding.id: finding for finding in estate.whole.findings}
    for finding in without.findings:
        if finding.status is Status.PASS:
            assert before[finding.id].status is Status.PASS, finding.check
    measure, was = without.score.overall, estate.whole.score.overall
    assert (measure.guaranteed or 0) <= (was.guaranteed or 0)
    assert (measure.coverage or 0) <= (was.coverage or 0)


CUTS = ("m365-drive-anonymous-link", "m365-mfa-enforced", "m365-user-unused", "m365-data-location")


@pytest.mark.parametrize("check", CUTS)
def test_permissions_cut_to_one_check_let_it_be_assessed_as_all_do(estate: Estate, check: str) -> None:
    needed = needed_by(read_costs("m365"), [check])
    assert needed is not None
    allowed = {permission for each in cut(OPERATIONS, needed) for permission in each.permissions}
    assert allowed < set(PERMISSIONS)
    found = estate.scan(allowed, check)
    whole = [finding for finding in estate.whole.findings if finding.check == check]
    assert cost(whole, found.findings) == Cost(())
    assert [finding.id for finding in found.findings] == [finding.id for finding in whole]


def test_trying_out_tells_what_is_blind_once(estate: Estate) -> None:
    estate.world.fake.reset()
    estate.world.fake.granted = frozenset(set(PERMISSIONS) - {"Policy.Read.All"})
    tried = estate.world.session().try_out(discovery.provider("m365").kinds, Quiet())
    blind = {each.permission for each in tried if each.result is Result.BLIND}
    assert blind == {"Policy.Read.All"}
    assert not any("Sites.FullControl.All" in each.permission for each in tried)
    assert sum(each.result is Result.READABLE for each in tried) > len(tried) / 2
