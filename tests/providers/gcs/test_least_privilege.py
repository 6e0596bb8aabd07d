"""Each permission of the generated role is taken away in turn.

The fake enforces Google's own permission names by a table of its own, written from Google's reference; that the real IAM
agrees with that table is not proved here.
"""

from collections.abc import Iterator

import pytest

from cloudaudit import discovery
from cloudaudit.cli.choosing import cut
from cloudaudit.demo.gcs.estate import Estate
from cloudaudit.demo.gcs.permissions import PAYS, PERMISSIONS, SEES_IP_FILTERS, SEES_OBJECT_ACLS
from cloudaudit.demo.gcs.routes import ROUTES
from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.model import Finding, Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.gcs.operations import OPERATIONS, USERS_SCOPE, Operation
from cloudaudit.providers.gcs.permissions import permissions_for
from cloudaudit.providers.gcs.session import open_session
from cloudaudit.providers.trials import Cost, Result, cost, needed_by, read_costs
from fakes.gcs.build import acl, bucket, fine_grained, stored
from tests.providers.costs import check_or_note, shipped

from .collected import Quiet, Scanned, World, world_of
from .complete import OTHER, complete_estate

POLICY = AuditPolicy(sensitive_tags=("class=personal",), allowed_countries=("JP",))
NEEDED = permissions_for(OPERATIONS)
BULK = {permission for permission in NEEDED if permission.startswith("cloudasset.")}
"""What bulk reading falls back without; test_bulk proves that."""


def _with_objects() -> Estate:
    """The complete estate, and a bucket of which nothing but the ACLs of its objects decides whether they are public."""
    made = complete_estate()
    owners = acl(("project-owners-1", "OWNER"))
    fine = bucket("fine", number=OTHER, iamConfiguration=fine_grained(), acl=owners, defaultObjectAcl=owners)
    fine.objects = [stored("a")]
    made.projects[1].buckets.append(fine)
    return made


class Everything:
    """One fake for all the scans of this file."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.whole = self.scan(set(NEEDED))

    def scan(self, allow: set[str], *checks: str, workspace: bool = True) -> Scanned:
        estate = _with_objects()
        estate.workspace = workspace
        self.world.become(estate)
        self.world.fake.allow = frozenset(allow)
        return self.world.scan(
            *checks, organization="900000000001", policy=POLICY, objects=ObjectsWish(looking=Looking.LIST)
        )


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    with world_of(complete_estate(), tmp_path_factory.mktemp("scans")) as world:
        yield Everything(world)


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Cost]]:
    with shipped("gcs") as mapping:
        yield mapping


def by_id(scanned: Scanned) -> dict[str, Finding]:
    return {finding.id: finding for finding in scanned.findings}


def test_the_generated_role_suffices(everything: Everything) -> None:
    assert everything.whole.named_permissions() == set()
    assert everything.world.fake.refused == []


def test_without_the_scope_of_workspace_nobody_is_assessed(
    everything: Everything, found: dict[str, Cost]
) -> None:
    without = everything.scan(set(NEEDED), workspace=False)
    assert USERS_SCOPE in without.named_permissions()
    check_or_note(found, "gcs", USERS_SCOPE, cost(everything.whole.findings, without.findings))


@pytest.mark.parametrize("permission", sorted(set(NEEDED) - BULK))
def test_a_missing_permission_turns_up_and_makes_nothing_pass(
    everything: Everything, permission: str, found: dict[str, Cost]
) -> None:
    without = everything.scan(set(NEEDED) - {permission})
    assert permission in without.named_permissions()
    check_or_note(found, "gcs", permission, cost(everything.whole.findings, without.findings))
    before = by_id(everything.whole)
    for finding in without.findings:
        if finding.status is Status.PASS:
            assert before[finding.id].status is Status.PASS, finding.check
    measure, was = without.score.overall, everything.whole.score.overall
    assert (measure.guaranteed or 0) <= (was.guaranteed or 0)
    assert (measure.coverage or 0) <= (was.coverage or 0)


def the_fakes(operation: Operation) -> str:
    """The fake's own name of an operation, found by the request that it makes."""
    path = operation.path.replace("{}", "organizations/1" if operation.service == "cloudasset" else "x")
    (route,) = [
        each
        for each in ROUTES
        if (each.service, each.method) == (operation.service, operation.method) and each.path.fullmatch(path)
    ]
    if route.name != "assets.list":
        return route.name
    return f"assets.list {operation.name.partition('(')[2][:-1]}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.label)
def test_the_fakes_own_table_agrees(operation: Operation) -> None:
    ours = set(operation.permissions)
    theirs = {PERMISSIONS[the_fakes(operation)]} - {""}
    # What a full projection or an IP filter shows is asked beside what the method itself asks for.
    assert theirs <= ours
    assert ours - theirs <= {SEES_IP_FILTERS, SEES_OBJECT_ACLS, "storage.buckets.getIamPolicy"}


def test_the_table_asks_for_nothing_else() -> None:
    asked = {*PERMISSIONS.values(), SEES_IP_FILTERS, SEES_OBJECT_ACLS, PAYS} - {""}
    # Contents are read of inventory reports alone, by a role of its own: test_reports proves that.
    assert asked - {"storage.objects.get"} == set(NEEDED)


CUTS = (
    "gcs-bucket-public-access",
    "gcs-bucket-data-access-log",
    "gcp-service-account-key-age",
    "google-user-unused",
)


@pytest.mark.parametrize("check", CUTS)
def test_a_role_cut_to_one_check_lets_it_be_assessed_as_the_whole_role_does(
    everything: Everything, check: str
) -> None:
    needed = needed_by(read_costs("gcs"), [check])
    assert needed is not None
    allowed = {permission for each in cut(OPERATIONS, needed) for permission in each.permissions}
    found = everything.scan(allowed | {PAYS}, check)
    whole = [finding for finding in everything.whole.findings if finding.check == check]
    assert cost(whole, found.findings) == Cost(())
    assert [finding.id for finding in found.findings] == [finding.id for finding in whole]


def test_trying_out_tells_what_is_blind_once(everything: Everything) -> None:
    everything.world.become(complete_estate())
    everything.world.fake.allow = frozenset(set(NEEDED) - {"iam.serviceAccountKeys.list"})
    session = open_session(everything.world.options(organization="900000000001"))
    tried = session.try_out(discovery.provider("gcs").kinds, Quiet())
    blind = {each.permission for each in tried if each.result is Result.BLIND}
    assert blind == {"iam.serviceAccountKeys.list"}
    assert not any(each.operation.startswith("cloudasset:") for each in tried)
    assert sum(each.result is Result.READABLE for each in tried) > len(tried) / 2
