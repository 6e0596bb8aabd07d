"""The chain of nights, and what is done to it by someone who holds the folder, or even the key."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.errors import SealError, UsageError
from cloudaudit.evidence.bundle import peek
from cloudaudit.evidence.chain import bundles_in
from cloudaudit.evidence.report import Mark, Report
from cloudaudit.evidence.seal import Sealer
from cloudaudit.evidence.statement import Link, Run
from cloudaudit.evidence.trust import Trust
from fakes.evidence.authority import Authority
from fakes.evidence.workshop import Workshop, digest, later, masked, said, wrong

Verifier = Callable[..., Report]
NIGHTS = [f"2026-11-{day:02}T18:00:00Z" for day in range(1, 6)]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory, sealer: Sealer) -> list[Path]:
    shop = Workshop(tmp_path_factory.mktemp("five") / "nights", sealer)
    return [shop.night(moment) for moment in NIGHTS]


@pytest.fixture
def nights(five: list[Path], tmp_path: Path) -> list[Path]:
    """Five nights in a folder of their own, to tamper with."""
    folder = tmp_path / "chain"
    folder.mkdir()
    return [Path(shutil.copy(night, folder / night.name)) for night in five]


@pytest.fixture
def chained(look: Verifier) -> Verifier:
    def verified(path: Path, **question: Any) -> Report:
        return look(path, chain=bundles_in(path.parent), **question)

    return verified


def always(answer: object) -> Callable[..., Any]:
    def answered(*_: Any) -> Any:
        return answer

    return answered


def link_of(path: Path) -> Link:
    run = peek(path).predicate
    assert isinstance(run, Run)
    return run.chain


def test_each_night_names_the_one_before(five: list[Path]) -> None:
    links = [link_of(night) for night in five]
    assert [link.sequence for link in links] == [1, 2, 3, 4, 5]
    assert [link.previous for link in links] == ["", *(digest(night) for night in five[:-1])]
    assert [link.previous_taken_at for link in links] == ["", *NIGHTS[:-1]]


def test_an_honest_chain(nights: list[Path], chained: Verifier) -> None:
    report = chained(nights[2], head=digest(nights[-1]))
    assert report.good, report.lines
    assert "5 night(s) from 2026-11-01" in said(report, Mark.VERIFIED)
    assert "with 0 after it" in said(report, Mark.VERIFIED)
    assert "5 件が連続" in said(report, Mark.VERIFIED)
    # The head of an earlier day is still in the chain that grew since.
    assert "with 3 after it" in said(chained(nights[2], head=digest(nights[1])), Mark.VERIFIED)
    assert "--head" in said(chained(nights[2]), Mark.NOT_VERIFIED)


def test_a_copy_of_a_night_is_no_second_one(nights: list[Path], chained: Verifier) -> None:
    shutil.copy(nights[1], nights[1].with_name("evidence-copy.zip"))
    assert chained(nights[0]).good


def test_a_night_is_edited(nights: list[Path], chained: Verifier) -> None:
    content = bytearray(nights[1].read_bytes())
    content[len(content) // 2] ^= 1
    nights[1].write_bytes(content)
    found = wrong(chained(nights[4]))
    assert nights[1].name in found
    assert "does not verify" in found


def test_a_night_is_removed(nights: list[Path], chained: Verifier) -> None:
    nights[2].unlink()
    report = chained(nights[4])
    assert "1 night(s) are missing" in wrong(report)
    assert "1 件の証跡がありません" in wrong(report)


def test_the_first_nights_are_removed(nights: list[Path], chained: Verifier) -> None:
    nights[0].unlink()
    nights[1].unlink()
    assert "the 2 night(s) before" in wrong(chained(nights[4]))


def test_the_names_of_two_nights_are_exchanged(nights: list[Path], chained: Verifier) -> None:
    """The order is that of the statements; a name of a file says nothing."""
    one, two = nights[1].read_bytes(), nights[2].read_bytes()
    nights[1].write_bytes(two)
    nights[2].write_bytes(one)
    assert chained(nights[4]).good


def test_a_night_that_is_older_than_the_last_does_not_join(workshop: Workshop) -> None:
    workshop.night(NIGHTS[1])
    assert link_of(workshop.night(NIGHTS[0])) == Link(joined=False, reason="not-newer")


def test_nights_are_reordered_with_the_key(
    workshop: Workshop, chained: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder of the key makes the tool link them in another order than they were taken in."""
    late = workshop.night(NIGHTS[1])
    forged = Link(joined=True, sequence=2, previous=digest(late), previous_taken_at=NIGHTS[1])
    monkeypatch.setattr("cloudaudit.evidence.seal.link", always(forged))
    early = workshop.night(NIGHTS[0])
    assert f"{early.name} is not later than {late.name}" in wrong(chained(early))


def test_a_night_is_exchanged_with_the_key(
    nights: list[Path], chained: Verifier, tmp_path: Path, sealer: Sealer
) -> None:
    shop = Workshop(tmp_path / "forge", sealer)
    for night in nights[:2]:
        (tmp_path / "forge").mkdir(exist_ok=True)
        shutil.copy(night, tmp_path / "forge" / night.name)
    forged = shop.night(NIGHTS[2], last="")
    shutil.copy(forged, nights[2])
    found = wrong(chained(nights[4]))
    assert "was sealed behind another bundle" in found
    assert "差し替えられています" in found


def test_the_tail_is_cut(nights: list[Path], chained: Verifier) -> None:
    head = digest(nights[-1])
    nights[-1].unlink()
    nights[-2].unlink()
    assert chained(nights[0]).good  # nothing inside can tell
    report = chained(nights[0], head=head)
    assert "its end was cut off" in wrong(report)
    assert "取り除かれたか" in wrong(report)


def test_a_head_without_its_chain(nights: list[Path], look: Verifier) -> None:
    assert look(nights[0], head=digest(nights[0])).good
    assert "not the bundle whose digest you kept" in wrong(look(nights[0], head=digest(nights[1])))


def test_two_nights_of_one_number(
    nights: list[Path], chained: Verifier, tmp_path: Path, sealer: Sealer
) -> None:
    forge = tmp_path / "forge"
    forge.mkdir()
    shutil.copy(nights[0], forge / nights[0].name)
    forked = Workshop(forge, sealer).night(NIGHTS[1], last="")
    shutil.copy(forked, nights[0].with_name("evidence-fork.zip"))
    assert "both claim to be night 2" in wrong(chained(nights[4]))


def test_another_begins_a_chain_of_its_own(
    nights: list[Path], chained: Verifier, tmp_path: Path, sealer: Sealer
) -> None:
    alone = Workshop(tmp_path / "alone", sealer).night("2026-11-20T18:00:00Z")
    shutil.copy(alone, nights[0].with_name(alone.name))
    assert "both claim to be night 1" in wrong(chained(nights[4]))


def test_a_night_signed_by_another(nights: list[Path], look: Verifier, key: Any, other_key: Any) -> None:
    shop = Workshop(nights[0].parent, Sealer(signer=other_key))
    shop.night("2026-11-06T18:00:00Z")
    paths = bundles_in(nights[0].parent)
    assert "evidence-aws-2026-11-06" in wrong(look(nights[0], chain=paths))
    both = Trust(keys=(key.key, other_key.key))
    assert look(nights[0], chain=paths, trust=both).good
    # Without any key: nothing is wrong, and nothing is known.
    unknown = look(nights[0], chain=paths, trust=Trust())
    assert unknown.sound
    assert not unknown.good


# ---------------------------------------------------------------------------------------- rebuilt by the key's holder


def stamped(sealer: Sealer, authority: Authority, moment: str) -> Sealer:
    return replace(sealer, timestamp=authority.at(moment), authority="test")


def rebuilt(folder: Path, sealer: Sealer, clock_of: Callable[[str], Sealer]) -> list[Path]:
    shop = Workshop(folder, sealer)
    return [shop.night(moment, last="", sealer=clock_of(moment)) for moment in NIGHTS[:3]]


def test_the_chain_is_rebuilt_with_the_key(
    tmp_path: Path, sealer: Sealer, authority: Authority, look: Verifier, trust: Trust
) -> None:
    trusting = replace(trust, authorities=(authority.root,))

    def verified(made: list[Path]) -> Report:
        return look(made[-1], chain=bundles_in(made[0].parent), trust=trusting)

    honest = rebuilt(
        tmp_path / "honest", sealer, lambda moment: stamped(sealer, authority, later(moment, minutes=12))
    )
    assert verified(honest).good, verified(honest).lines
    # A real authority cannot be made to say an old time: all new tokens are of today.
    today = rebuilt(tmp_path / "today", sealer, lambda _: stamped(sealer, authority, "2026-12-24T09:00:00Z"))
    found = wrong(verified(today))
    assert found.count("but the timestamp is of 2026-12-24T09:00:00Z") == 3
    # Without tokens it does not pass who asks for them.
    bare = rebuilt(tmp_path / "bare", sealer, lambda _: sealer)
    assert wrong(verified(bare)).count("bears no timestamp") == 3


def test_a_rebuilt_night_cannot_claim_to_have_been_sealed_today(
    workshop: Workshop,
) -> None:
    """Then the timestamp would fit, but a night is sealed when its scan ends."""
    late = workshop.night(NIGHTS[0], sealed_at="2026-12-24T09:00:00Z")
    assert link_of(late) == Link(joined=False, reason="late")
    long = workshop.night(NIGHTS[1], ended_at="2026-12-24T08:59:00Z", sealed_at="2026-12-24T09:00:00Z")
    assert link_of(long).reason == "late"


def test_who_lies_about_being_a_night_is_found(
    workshop: Workshop, chained: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed tool, run with the key, joins what is no night."""
    monkeypatch.setattr("cloudaudit.evidence.seal.link", always(Link(joined=True, sequence=1)))
    late = workshop.night(NIGHTS[0], sealed_at="2026-12-24T09:00:00Z")
    found = wrong(chained(late))
    assert "claims to be a night, though it was not sealed within an hour" in found
    assert "1時間以内に封印されていない" in found


# ----------------------------------------------------------------------------------------------------------- waivers

WAIVER = {
    "check": "aws-s3-bucket-versioning",
    "resource": "arn:aws:s3:::acme-on",
    "owner": "sato",
    "created": "2026-11-02",
    "expires": "2027-01-31",
}


def test_a_waiver_is_back_dated(workshop: Workshop, chained: Verifier) -> None:
    for moment in NIGHTS[:4]:
        workshop.night(moment)
    last = workshop.night(NIGHTS[4], waivers=(WAIVER,))
    found = wrong(chained(last))
    assert "created on 2026-11-02, but first appears in evidence-aws-2026-11-05" in found
    assert "back-dated" in found
    assert "作成日の遡り" in found


def test_an_honest_waiver(workshop: Workshop, chained: Verifier) -> None:
    workshop.night(NIGHTS[0])
    workshop.night(NIGHTS[1], waivers=({**WAIVER, "created": "2026-11-02"},))
    last = workshop.night(NIGHTS[2], waivers=({**WAIVER, "expires": "2027-02-28"},))
    assert chained(last).good, chained(last).lines
    # In Tokyo it is tomorrow already, and in Honolulu still yesterday.
    for moment, day in zip(NIGHTS[3:], ("2026-11-03", "2026-11-04"), strict=True):
        waiver = {**WAIVER, "resource": day, "created": day}
        assert chained(workshop.night(moment, waivers=(waiver,))).good


def test_a_waiver_that_is_in_the_result_alone(
    workshop: Workshop, look: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloudaudit.evidence.seal.waivers_file", always(b"[]\n"))
    assert "waivers.json" in wrong(look(workshop.night(NIGHTS[0], waivers=(WAIVER,))))


# ----------------------------------------------------------------------------------------------------------- sealing


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sealer": Sealer()}, "unsigned"),
        ({"edit": masked}, "masked"),
        ({"ended_at": "nonsense"}, "late"),
    ],
    ids=["unsigned", "masked", "no time"],
)
def test_what_is_no_night(workshop: Workshop, changes: dict[str, Any], reason: str) -> None:
    first = workshop.night(NIGHTS[0])
    assert link_of(workshop.night(NIGHTS[1], **changes)) == Link(joined=False, reason=reason)
    after = link_of(workshop.night(NIGHTS[2]))
    assert (after.sequence, after.previous) == (2, digest(first))


def test_a_damaged_end_is_not_built_upon(workshop: Workshop) -> None:
    first = workshop.night(NIGHTS[0])
    content = bytearray(first.read_bytes())
    content[content.index(b"arn:aws")] ^= 1
    first.write_bytes(content)
    with pytest.raises(SealError) as caught:
        workshop.night(NIGHTS[1])
    assert caught.value.exit == 3
    assert first.name in caught.value.diagnostics().ja
    first.write_bytes(b"")
    with pytest.raises(SealError):
        workshop.night(NIGHTS[2])


def test_two_ends_are_not_built_upon(workshop: Workshop, tmp_path: Path, sealer: Sealer) -> None:
    workshop.night(NIGHTS[0])
    other = Workshop(tmp_path / "other", sealer).night(NIGHTS[0], last="")
    shutil.copy(other, workshop.folder / "evidence-other.zip")
    with pytest.raises(SealError, match="twice"):
        workshop.night(NIGHTS[1])


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        bundles_in(tmp_path / "nowhere")
