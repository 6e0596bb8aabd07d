"""A bug of ours costs what it was about, says so, and leaves a run that is not complete."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
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
from cloudaudit.providers.aws.model import (
    AccessPoint,
    Account,
    BackupPlan,
    BackupVault,
    Bucket,
    DirectoryBucket,
    Region,
    Role,
    Trail,
    User,
)
from cloudaudit.text import Text
from fakes.aws import Bucket as Pail
from fakes.aws import Estate

from .collected import ONE, World, records, world_of
from .complete import complete_estate
from .conftest import Quiet

HOME = "ap-northeast-1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


def crash(*_: object, **__: object) -> Any:
    message = "a bug"
    raise RuntimeError(message)


@pytest.mark.parametrize(
    ("module", "function", "kinds"),
    [
        (account, "read_account", (Account,)),
        (principals, "read_directory", (User, Role)),
        (principals, "read_user", (User,)),
        (detection, "read_analyzers", (Region,)),
        (access_points, "list_access_points", (AccessPoint,)),
        (access_points, "read_access_point", (AccessPoint,)),
        (directory_buckets, "list_directory_buckets", (DirectoryBucket,)),
        (backups, "list_vaults", (BackupVault,)),
        (backups, "read_plan", (BackupPlan,)),
        (audit_trails, "list_trails", (Trail,)),
        (buckets, "read_settings", (Bucket,)),
        (buckets, "locate", (Region, Trail)),
    ],
)
def test_a_crash_leaves_a_gap_and_everything_else_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch, module: Any, function: str, kinds: tuple[Any, ...]
) -> None:
    said: list[str] = []

    def listen(_: Quiet, text: Text) -> None:
        said.append(text.en)

    monkeypatch.setattr(Quiet, "say", listen)
    world.become(complete_estate())
    monkeypatch.setattr(module, function, crash)
    scanned = world.scan()
    gaps = {(gap.of, gap.cause, gap.detail) for gap in scanned.gaps}
    assert {(kind.of_kind(), Cause.CRASH, "RuntimeError") for kind in kinds} <= gaps
    assert scanned.outcome.stopped == ""
    assert 3 in scanned.exit_codes
    assert any("internal error (RuntimeError)" in text for text in said)
    others: list[Any] = [kind for kind in (Account, Bucket, BackupVault, Role) if kind not in kinds]
    assert all(records(scanned, kind) for kind in others)


def test_only_the_bucket_that_crashed_is_not_assessed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: Callable[..., buckets.Settings] = buckets.read_settings

    def one_crashes(reader: Any, name: str, *rest: Any, **more: Any) -> buckets.Settings:
        return crash() if name == "b" else read(reader, name, *rest, **more)

    world.become(Estate(buckets=[Pail(name="a"), Pail(name="b"), Pail(name="c")]))
    monkeypatch.setattr(buckets, "read_settings", one_crashes)
    scanned = world.scan(ONE)
    statuses = {
        each.resource.name: each.status for each in scanned.findings if each.resource.id.startswith("arn")
    }
    assert statuses == {"a": Status.PASS, "b": Status.NOT_ASSESSED, "c": Status.PASS}
    assert records(scanned, Bucket).keys() == {"a", "c"}


@pytest.mark.parametrize("module", [backups, buckets])
@pytest.mark.parametrize("error", [OSError, SystemExit])
def test_a_full_disk_and_an_exit_are_no_crash(
    world: World, monkeypatch: pytest.MonkeyPatch, module: Any, error: type[BaseException]
) -> None:
    def ends(*_: object, **__: object) -> Any:
        raise error

    world.become(complete_estate())
    monkeypatch.setattr(module, "list_vaults" if module is backups else "read_settings", ends)
    with pytest.raises(error):
        world.scan()
