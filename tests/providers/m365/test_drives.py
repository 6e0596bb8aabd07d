"""What of a drive is shared: the first pass, the nights after it, and what each of them may claim."""

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import pytest

from cloudaudit.demo.m365.graph import Json
from cloudaudit.demo.m365.names import ACCOUNTANT, SALES_DRIVE, SATO_DRIVE, TENANT
from cloudaudit.demo.m365.writing import SHARED, Calendar, folder, grant, item, link, root, uid
from cloudaudit.errors import SnapshotError, UsageError
from cloudaudit.facts import Cause, Read
from cloudaudit.model import Status
from cloudaudit.providers.m365.connect import SignIn
from cloudaudit.providers.m365.model import CONTROL_DELTA, READ_PASS, Drive
from fakes.m365 import Fault

from .conftest import LINKS, TODAY, Scanned, World, add_drive, cause, read

DATES = Calendar(TODAY)
DELTA = "/drives/[^/]+/root/delta"
PERMISSIONS = "/drives/[^/]+/items/[^/]+/permissions"


def drive_of(world: World, items: list[Json], permissions: dict[str, list[Any]] | None = None) -> None:
    add_drive(world.estate, "d", [root(DATES), *items], {"root": [], **(permissions or {})})


# --------------------------------------------------------------------------- one pass


def test_shared_items_are_kept_and_no_others(world: World) -> None:
    sharing = world.scan(LINKS).sharing_of(SALES_DRIVE)
    assert [item.id for item in sharing.items] == ["root", "s1", "s2", "s3", "s4", "s5"]
    assert (sharing.looked_at, sharing.complete_by) == (7, READ_PASS)
    assert sharing.complete_at == "2026-01-16T00:00:00Z"
    assert sharing.delta_link.startswith(world.fake.url)


def test_the_last_that_a_delta_says_of_an_item_holds(world: World) -> None:
    twice = item("a", "old name.txt", DATES, shared=SHARED)
    items: list[Json] = [
        twice,
        item("b", "gone.txt", DATES, shared=SHARED),
        item("c", "private.txt", DATES, shared=SHARED),
        {**twice, "name": "new name.txt"},
        {"id": "b", "deleted": {"state": "deleted"}},
        item("c", "private.txt", DATES),
        {"id": "d", "deleted": {}},
    ]
    drive_of(world, items, {"a": [link("1", "anonymous")]})
    found = world.scan(LINKS).items_of("d")
    assert {each.id: each.path for each in found.values()} == {"root": "/", "a": "/new name.txt"}


def test_paths_are_put_together_from_folders_or_taken_as_graph_tells_them(world: World) -> None:
    items = [
        folder("f", "経理部", DATES),
        folder("g", "決算", DATES, parentReference={"id": "f"}),
        item("a", "表.xlsx", DATES, shared=SHARED, parentReference={"id": "g"}),
        item("b", "told.txt", DATES, shared=SHARED, parentReference={"id": "x", "path": "/drive/root:/人事"}),
        item("c", "unknown.txt", DATES, shared=SHARED, parentReference={"id": "elsewhere"}),
    ]
    drive_of(world, items, {key: [] for key in "abc"})
    found = world.scan(LINKS).items_of("d")
    assert [found[key].path for key in "abc"] == ["/経理部/決算/表.xlsx", "/人事/told.txt", "…/unknown.txt"]


def test_folders_may_come_after_what_is_in_them(world: World) -> None:
    items = [
        item("a", "表.xlsx", DATES, shared=SHARED, parentReference={"id": "g"}),
        folder("g", "決算", DATES, parentReference={"id": "f"}),
        folder("f", "経理部", DATES, parentReference={"id": "root"}),
    ]
    drive_of(world, items, {"a": []})
    assert world.scan(LINKS).items_of("d")["a"].path == "/経理部/決算/表.xlsx"
    assert not [path for path in world.fake.counts if path.endswith("/items/a")]


def test_of_a_change_whose_folders_do_not_come_along_graph_is_asked_where_it_lies(world: World) -> None:
    parts = [
        folder("f", "経理部", DATES),
        item("a", "表.xlsx", DATES, shared=SHARED, parentReference={"id": "f"}),
    ]
    drive_of(world, parts, {"a": [], "b": []})
    first = world.scan(LINKS)
    drive = world.estate.drives["d"]
    drive.change(item("a", "新表.xlsx", DATES, shared=SHARED, parentReference={"id": "f"}))
    drive.change(item("b", "b.txt", DATES, shared=SHARED, parentReference={"id": "f"}))
    place = {
        "id": "a",
        "name": "新表.xlsx",
        "parentReference": {"id": "f", "path": "/drives/d/root:/%E7%B5%8C%E7%90%86"},
    }
    world.estate.objects["/drives/d/items/a"] = place
    found = night(world, first).items_of("d")
    assert (found["a"].path, found["b"].path) == ("/経理/新表.xlsx", "…/b.txt")


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "\u202egpj.exe", "a\x00b\x1b[31m", "📎🌸", "<script>"])
def test_names_of_strangers_are_data(world: World, name: str) -> None:
    drive_of(world, [item("a", name, DATES, shared=SHARED)], {"a": [link("1", "anonymous")]})
    scanned = world.scan(LINKS)
    finding = scanned.of(LINKS, "営業部/d")
    assert finding.status is Status.FAIL
    assert len(scanned.items_of("d")) == 2


def test_more_than_twenty_items_are_read_twenty_at_a_time(world: World) -> None:
    names = [f"i{number:03}" for number in range(95)]
    drive_of(
        world,
        [item(name, name, DATES, shared=SHARED) for name in names],
        {name: [link(name, "organization")] for name in names},
    )
    found = world.scan(LINKS).items_of("d")
    assert len(found) == 96
    assert all(isinstance(each.permissions, Read) for each in found.values())
    batches = [target for method, target in world.fake.requests if method == "POST"]
    # 96 items of this drive make 5, each of the three other drives makes one; sites and users without a drive 2 more.
    assert len(batches) <= 5 + 3 + 2


def test_permissions_of_many_pages_are_all_read(world: World) -> None:
    world.patch.setattr("cloudaudit.demo.m365.graph.PAGE", 2)
    world.fake.page = 2
    lines = [
        grant(str(number), "read", 50 + number, f"p{number}", f"p{number}@x.example") for number in range(5)
    ]
    drive_of(world, [item("a", "a", DATES, shared=SHARED)], {"a": lines})
    assert len(read(world.scan(LINKS).items_of("d")["a"].permissions)) == 5


def test_an_inherited_permission_is_told_at_its_origin_alone(world: World) -> None:
    items = world.scan(LINKS).items_of(SALES_DRIVE)
    assert [each.id for each in read(items["s3"].permissions)] == ["g1"]
    assert read(items["s4"].permissions) == ()


def test_an_inherited_permission_whose_origin_was_not_read_is_kept(world: World) -> None:
    world.fake.faults.append(Fault(f"/drives/{SALES_DRIVE}/items/s3/permissions", 403, "accessDenied"))
    items = world.scan(LINKS).items_of(SALES_DRIVE)
    assert [each.id for each in read(items["s4"].permissions)] == ["g1"]


def test_the_directory_tells_who_is_a_guest(world: World) -> None:
    (permission,) = read(world.scan(LINKS).items_of(SALES_DRIVE)["s3"].permissions)
    (grantee,) = permission.grantees
    assert (grantee.id, grantee.user_type, grantee.kind) == (uid(ACCOUNTANT), "guest", "user")
    assert grantee.login.endswith("ueda@zeirishi.example")


# --------------------------------------------------------------------------- the nights after


def night(world: World, before: Scanned, **options: Any) -> Scanned:
    world.wait(1)
    return world.scan(LINKS, previous=before.snapshot, **options)


def test_a_night_asks_for_changes_and_reads_the_known_again(world: World) -> None:
    first = world.scan(LINKS)
    passes, permissions = world.fake.times(DELTA), world.fake.times(PERMISSIONS)
    second = night(world, first)
    assert world.fake.times(DELTA) == passes
    assert world.fake.times(PERMISSIONS) == permissions
    sharing = second.sharing_of(SALES_DRIVE)
    assert sharing.complete_at == "2026-01-16T00:00:00Z"
    assert sharing.looked_at == 0
    assert {each.source.at for item in sharing.items if isinstance(each := item.permissions, Read)} == {
        "2026-01-17T00:00:00Z"
    }
    assert second.judged().keys() == first.judged().keys()


def test_a_link_that_was_revoked_is_gone_the_next_night(world: World) -> None:
    first = world.scan(LINKS)
    assert first.of(LINKS, "営業部/ドキュメント").status is Status.FAIL
    for key in ("s1", "s2"):
        world.estate.lists[f"/drives/{SALES_DRIVE}/items/{key}/permissions"] = []
    second = night(world, first)
    finding = second.of(LINKS, "営業部/ドキュメント")
    assert finding.status is Status.PASS
    assert "2026-01-16" in finding.reason.en


def test_new_and_deleted_items_come_with_the_changes(world: World) -> None:
    first = world.scan(LINKS)
    drive = world.estate.drives[SALES_DRIVE]
    drive.change(item("new", "新規.txt", DATES, shared=SHARED))
    drive.change({"id": "s2", "deleted": {"state": "deleted"}})
    drive.change(item("s5", "社内報.docx", DATES))
    world.estate.lists[f"/drives/{SALES_DRIVE}/items/new/permissions"] = [link("n", "anonymous", "edit")]
    items = night(world, first).items_of(SALES_DRIVE)
    assert set(items) == {"root", "s1", "s3", "s4", "new"}
    assert items["s1"].path == "/新商品カタログ.pdf"


def share_quietly(world: World) -> None:
    """Make a link on an untouched file: with read permissions no delta tells."""
    shared = item("s6", "議事録.docx", DATES, shared=SHARED)
    shared["@microsoft.graph.sharedChanged"] = "True"
    world.estate.drives[SALES_DRIVE].change(shared, sharing_only=True)
    world.estate.lists[f"/drives/{SALES_DRIVE}/items/s6/permissions"] = [link("q", "anonymous", "edit")]


def test_a_link_on_an_untouched_file_is_found_by_the_next_full_pass(world: World) -> None:
    before = world.scan(LINKS)
    share_quietly(world)
    for day in range(1, 7):
        before = night(world, before)
        assert "s6" not in before.items_of(SALES_DRIVE), day
        assert before.sharing_of(SALES_DRIVE).complete_at == "2026-01-16T00:00:00Z"
    seventh = night(world, before)
    assert "s6" in seventh.items_of(SALES_DRIVE)
    assert seventh.sharing_of(SALES_DRIVE).complete_at == "2026-01-23T00:00:00Z"
    assert seventh.sharing_of(SALES_DRIVE).looked_at == 7


def test_a_full_pass_can_be_forced_and_its_rhythm_chosen(world: World) -> None:
    first = world.scan(LINKS)
    share_quietly(world)
    assert "s6" not in night(world, first).items_of(SALES_DRIVE)
    assert "s6" in night(world, first, full_pass=True).items_of(SALES_DRIVE)
    assert "s6" in night(world, first, full_pass_days=2).items_of(SALES_DRIVE)


def test_a_delta_that_graph_has_forgotten_makes_a_full_pass(world: World) -> None:
    first = world.scan(LINKS)
    share_quietly(world)
    world.estate.drives[SALES_DRIVE].forgotten = 100
    second = night(world, first)
    assert "s6" in second.items_of(SALES_DRIVE)
    assert second.sharing_of(SALES_DRIVE).complete_at == "2026-01-17T00:00:00Z"
    assert second.sharing_of(SATO_DRIVE).complete_at == "2026-01-16T00:00:00Z"


def test_a_delta_link_to_another_address_makes_a_full_pass_and_is_not_followed(world: World) -> None:
    world.scan(LINKS)
    world.wait(1)
    before = world.folder / "1.jsonl"
    moved = world.folder / "moved.jsonl"
    moved.write_bytes(before.read_bytes().replace(world.fake.url.encode(), b"https://elsewhere.example"))
    sharing = world.scan(LINKS, previous=moved).sharing_of(SALES_DRIVE)
    assert sharing.complete_at == "2026-01-17T00:00:00Z"
    assert sharing.delta_link.startswith(world.fake.url)
    assert all("token=" not in target for _, target in world.fake.requests if "/delta" in target)


def test_an_item_that_could_not_be_read_one_night_is_read_the_next(world: World) -> None:
    world.fake.faults.append(Fault(f"/drives/{SALES_DRIVE}/items/s2/permissions", 403, "x", times=1))
    first = world.scan(LINKS)
    assert cause(first.items_of(SALES_DRIVE)["s2"].permissions) is Cause.DENIED
    assert isinstance(night(world, first).items_of(SALES_DRIVE)["s2"].permissions, Read)


def test_a_drive_that_was_not_read_one_night_is_read_from_the_beginning(world: World) -> None:
    world.fake.faults.append(Fault(f"/drives/{SALES_DRIVE}/root/delta", 403, "accessDenied", times=1))
    first = world.scan(LINKS)
    assert cause(first.records(Drive)[SALES_DRIVE].sharing) is Cause.DENIED
    assert night(world, first).sharing_of(SALES_DRIVE).looked_at == 7


def test_a_permission_keeps_the_day_on_which_it_was_first_seen(world: World) -> None:
    first = world.scan(LINKS)
    world.estate.lists[f"/drives/{SALES_DRIVE}/items/s1/permissions"].append(link("l9", "anonymous"))
    world.estate.drives[SALES_DRIVE].forgotten = 100
    second = night(world, first)
    seen = {each.id: each.first_seen for each in read(second.items_of(SALES_DRIVE)["s1"].permissions)}
    assert seen == {"l1": "2026-01-16T00:00:00Z", "l9": "2026-01-17T00:00:00Z"}


# --------------------------------------------------------------------------- sharing changes, opt-in


def test_with_full_control_a_night_is_complete_and_reads_only_what_changed(world: World) -> None:
    first = world.scan(LINKS, sharing_changes=True)
    assert first.sharing_of(SALES_DRIVE).complete_by == CONTROL_DELTA
    share_quietly(world)
    second = night(world, first, sharing_changes=True)
    sharing = second.sharing_of(SALES_DRIVE)
    assert "s6" in {item.id for item in sharing.items}
    assert sharing.complete_at == "2026-01-17T00:00:00Z"
    assert world.fake.times(PERMISSIONS) == 1
    assert any(
        "deltashowsharingchanges" in each and "hierarchicalsharing" in each for each in world.fake.prefers
    )
    assert second.of(LINKS, "営業部/ドキュメント").status is Status.FAIL


def test_without_the_opt_in_nothing_asks_for_it(world: World) -> None:
    world.scan(LINKS)
    assert world.fake.prefers == {""}


def test_opting_in_makes_a_full_pass_first_and_opting_out_again_too(world: World) -> None:
    plain = world.scan(LINKS)
    opted = night(world, plain, sharing_changes=True)
    assert opted.sharing_of(SALES_DRIVE).looked_at == 7
    back = night(world, opted)
    assert back.sharing_of(SALES_DRIVE).complete_by == READ_PASS
    assert back.sharing_of(SALES_DRIVE).looked_at == 7


def test_opting_in_without_the_permission_is_not_assessed(world: World) -> None:
    world.fake.granted = frozenset(
        {"Files.Read.All", "Sites.Read.All", "User.Read.All", "Organization.Read.All"}
    )
    scanned = world.scan(LINKS, sharing_changes=True)
    finding = scanned.of(LINKS, "営業部/ドキュメント")
    assert finding.status is Status.NOT_ASSESSED
    assert "Sites.FullControl.All" in finding.missing_permissions


# --------------------------------------------------------------------------- a person signed in


class Static:
    def get_token(self, *_scopes: str, **_options: object) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("token", 2**40)


PERSON = SignIn(credential=Static(), scopes=(), identity="hanako@sample-shoji.example", delegated=True)


def test_for_a_person_links_and_grants_are_not_assessed_and_the_reason_is_told(world: World) -> None:
    everything = world.estate.lists["/sites/getAllSites"]
    world.estate.lists["/sites?search=*"] = everything
    scanned = world.scan(LINKS, "m365-drive-external-grant", "m365-stale-share", signed=PERSON)
    assert scanned.findings
    assert {each.status for each in scanned.findings} == {Status.NOT_ASSESSED}
    finding = scanned.of(LINKS, "営業部/ドキュメント")
    assert "a person signed in" in finding.reason.en
    assert "ユーザーとしてサインイン" in finding.reason.ja
    assert world.fake.times(DELTA) == 0
    assert world.fake.times("/sites/getAllSites") == 0


def test_a_stand_in_shows_a_person_no_more_than_graph_would(world: World) -> None:
    world.estate.lists["/sites?search=*"] = world.estate.lists["/sites/getAllSites"]
    scanned = world.scan(LINKS, device_code=True)
    assert scanned.findings
    assert {each.status for each in scanned.findings} == {Status.NOT_ASSESSED}
    with pytest.raises(UsageError, match="--sharing-changes"):
        world.session(device_code=True, sharing_changes=True)


def test_changes_of_sharing_are_not_for_a_person(world: World) -> None:
    with pytest.raises(UsageError, match="--sharing-changes"):
        world.session(signed=PERSON, sharing_changes=True)


# --------------------------------------------------------------------------- the earlier snapshot


def found(*paths: Path) -> Callable[[str], tuple[Path, ...]]:
    return lambda _tenant: paths


def test_an_earlier_snapshot_of_another_tenant_is_refused(world: World) -> None:
    first = world.scan(LINKS)
    other = first.snapshot.with_name("other.jsonl")
    other.write_text(first.snapshot.read_text(encoding="utf-8").replace(TENANT, uid(1, 99)), encoding="utf-8")
    with pytest.raises(UsageError, match="another target"):
        world.session(previous=other)


def test_an_earlier_snapshot_that_is_none_is_refused_only_where_it_was_named(world: World) -> None:
    broken = world.folder / "broken.jsonl"
    broken.write_text("{}\n", encoding="utf-8")
    for named in (broken, world.folder / "missing.jsonl"):
        with pytest.raises(SnapshotError):
            world.session(previous=named)
    first = world.scan(LINKS)
    world.wait(1)
    second = world.scan(LINKS, earlier=found(broken, first.snapshot))
    assert second.sharing_of(SALES_DRIVE).looked_at == 0


def test_a_run_that_did_not_look_at_drives_is_not_gone_on_from(world: World) -> None:
    first = world.scan(LINKS)
    narrow = world.scan("m365-sharing-capability")
    world.wait(1)
    second = world.scan(LINKS, earlier=found(narrow.snapshot, first.snapshot))
    assert second.sharing_of(SALES_DRIVE).looked_at == 0


# --------------------------------------------------------------------------- a large drive


class Million(Sequence[Json]):
    """Items made when asked for: a root, and among many private files a few shared ones."""

    def __init__(self, size: int, every: int) -> None:
        self._size = size
        self._every = every

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Json: ...
    @overload
    def __getitem__(self, index: slice) -> list[Json]: ...
    def __getitem__(self, index: int | slice) -> Json | list[Json]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._size))]
        if index == 0:
            return root(DATES)
        shared: dict[str, object] = {"shared": SHARED} if index % self._every == 0 else {}
        return item(f"i{index}", f"file {index}.txt", DATES, **shared)

    def __iter__(self) -> Iterator[Json]:
        return (self[index] for index in range(self._size))


def test_memory_does_not_grow_with_the_items_that_are_not_shared(world: World) -> None:
    peaks: list[int] = []
    world.fake.page = 250
    # What the first scan of a process loads is no cost of items.
    world.scan(LINKS)
    for size in (2_000, 12_000):
        drive_of(world, [], {f"i{number}": [] for number in range(0, size, 1_000)})
        world.estate.drives["d"].items = Million(size, 1_000)
        tracemalloc.start()
        scanned = world.scan(LINKS)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert scanned.sharing_of("d").looked_at == size
        assert len(scanned.items_of("d")) == size // 1_000
        world.estate.lists["/sites/" + world.estate.lists["/sites/getAllSites"][0]["id"] + "/drives"].pop()
    # The server is in this process too; six times the items may not cost more than a few pages.
    assert peaks[1] < peaks[0] + 1_000_000, peaks
