"""What verification says of a bundle that is whole, and of every way to tamper with a single one."""

import base64
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudaudit.assessment import Assessment
from cloudaudit.evidence import dsse, statement
from cloudaudit.evidence.container import write
from cloudaudit.evidence.keyfile import KeyFile
from cloudaudit.evidence.report import Mark, Report
from cloudaudit.evidence.seal import Sealer
from cloudaudit.evidence.statement import Original
from cloudaudit.evidence.trust import Trust
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket
from fakes.evidence.authority import Authority
from fakes.evidence.workshop import JUDGE, Workshop, digest, later, masked, said, wrong

Verifier = Callable[..., Report]
TAKEN = "2026-11-01T18:00:00Z"


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(files: dict[str, Any], place: Path) -> Path:
    """Write a canonical container of other contents: what a forger without the key can do."""
    out = io.BytesIO()
    write(out, files)
    place.write_bytes(out.getvalue())
    return place


# ----------------------------------------------------------------------------------------------------------- honest


def test_an_honest_night_verifies_on_every_level(night: Path, look: Verifier) -> None:
    report = look(night, judge=JUDGE)
    assert report.good, report.lines
    assert wrong(report) == ""
    verified = said(report, Mark.VERIFIED)
    for words in (
        "every byte",
        "which you named",
        "result.json comes out byte for byte",
        "完全に一致",
        "指定された鍵",
    ):
        assert words in verified
    unverified = said(report, Mark.NOT_VERIFIED)
    for words in ("when it was sealed", "--chain"):
        assert words in unverified


def test_nothing_is_trusted_by_default(night: Path, look: Verifier) -> None:
    report = look(night, trust=Trust(), judge=JUDGE)
    assert report.sound
    assert not report.good
    assert "--key" in said(report, Mark.NOT_VERIFIED)


def test_it_holds_what_a_reader_needs(night: Path) -> None:
    files = entries(night)
    assert set(files) == {
        "SHA256SUMS",
        "VERIFY.txt",
        "manifest.dsse.json",
        "manifest.pae",
        "manifest.sig",
        "policy.json",
        "public-key.pem",
        "reports/summary.md",
        "requests.tsv",
        "result.json",
        "snapshot.jsonl",
    }
    told = json.loads(base64.b64decode(json.loads(files["manifest.dsse.json"])["payload"]))
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    run = told["predicate"]
    assert run["counts"]["pass"] == 2
    assert isinstance(run["counts"]["pass"], int)
    assert run["unread"] == [
        {
            "cause": "denied",
            "count": 1,
            "operation": "s3:GetBucketPolicy",
            "permission": "s3:GetBucketPolicy",
        },
        *[one for one in run["unread"] if one["cause"] != "denied"],
    ]
    assert run["score"]["overall"]["coverage"] < 100
    assert run["checks_not_run"]
    assert run["scope"]["excluded"]
    assert run["chain"] == {
        "joined": True,
        "previous": "",
        "previous_taken_at": "",
        "reason": "",
        "sequence": 1,
    }
    assert run["keep_until"] == "2029-11-01"
    assert b"2026-11-01T18:00:00Z\ts3:GetBucketPolicy\tREQ-DENIED\n" in files["requests.tsv"]
    assert json.loads(files["policy.json"])["effective"]["access_key_max_age_days"] == 90
    for words in ("openssl pkeyutl -verify", "sha256sum -c", "検証方法", "How to verify"):
        assert words in files["VERIFY.txt"].decode()


def test_sealed_twice_it_is_the_same_bytes(tmp_path: Path, sealer: Sealer) -> None:
    made = [Workshop(tmp_path / name, sealer).night(TAKEN) for name in ("one", "two")]
    assert digest(made[0]) == digest(made[1])


def test_only_the_files_that_bear_signatures_differ(
    tmp_path: Path, sealer: Sealer, authority: Authority
) -> None:
    stamped = replace(sealer, timestamp=authority.at(later(TAKEN, minutes=11)), authority="test")
    made = [
        entries(Workshop(tmp_path / name, stamped).night(TAKEN, reports=("pdf",))) for name in ("one", "two")
    ]
    different = {name for name in made[0] if made[0][name] != made[1][name]}
    bearing = {"reports/report.ja.pdf", "manifest.tsr", "manifest.tsr.sig"}
    assert bearing <= different
    # The sums and the manifest tell of the PDF.
    assert different <= {*bearing, "SHA256SUMS", "manifest.dsse.json", "manifest.pae", "manifest.sig"}


# ---------------------------------------------------------------------------------------------------------- any byte


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_anywhere_shows(
    night: Path, look: Verifier, tmp_path: Path, place: float, bit: int
) -> None:
    content = bytearray(night.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    changed = tmp_path / "evidence-changed.zip"
    changed.write_bytes(content)
    report = look(changed)
    assert not report.good
    assert wrong(report)


@pytest.mark.parametrize(
    "name", ["VERIFY.txt", "result.json", "snapshot.jsonl", "policy.json", "manifest.sig"]
)
def test_a_flipped_bit_in_a_file_shows_in_a_container_that_was_written_anew(
    night: Path, look: Verifier, tmp_path: Path, name: str
) -> None:
    files = entries(night)
    changed = bytearray(files[name])
    changed[len(changed) // 2] ^= 1
    found = wrong(look(repacked({**files, name: bytes(changed)}, tmp_path / "evidence-x.zip")))
    assert name in found


def test_a_byte_in_every_file_of_the_manifest_shows(night: Path, look: Verifier, tmp_path: Path) -> None:
    files = entries(night)
    for name in ("manifest.dsse.json", "manifest.pae", "manifest.sig"):
        for place in range(0, len(files[name]), max(len(files[name]) // 25, 1)):
            changed = bytearray(files[name])
            changed[place] ^= 2
            report = look(repacked({**files, name: bytes(changed)}, tmp_path / "evidence-x.zip"))
            assert not report.good, (name, place)
            assert wrong(report), (name, place)


# -------------------------------------------------------------------------------------------------------------- files


def test_a_file_is_added_removed_renamed_or_exchanged(
    night: Path, look: Verifier, tmp_path: Path, workshop: Workshop
) -> None:
    files = entries(night)
    place = tmp_path / "evidence-x.zip"

    added = wrong(look(repacked({**files, "reports/better.md": b"100 points"}, place)))
    assert "added: 'reports/better.md'" in added
    assert "追加されたファイル" in added

    without = {name: content for name, content in files.items() if name != "reports/summary.md"}
    assert "missing: 'reports/summary.md'" in wrong(look(repacked(without, place)))

    renamed = wrong(look(repacked({**without, "reports/x.md": files["reports/summary.md"]}, place)))
    assert "missing: 'reports/summary.md'" in renamed
    assert "added: 'reports/x.md'" in renamed

    other = entries(workshop.night("2026-11-02T18:00:00Z", last=""))
    exchanged = wrong(look(repacked({**files, "result.json": other["result.json"]}, place)))
    assert "not as sealed: 'result.json'" in exchanged

    swapped = {
        **files,
        "result.json": files["snapshot.jsonl"],
        "snapshot.jsonl": files["result.json"],
    }
    assert "'result.json', 'snapshot.jsonl'" in wrong(look(repacked(swapped, place)))


def test_the_signature_is_stripped(night: Path, look: Verifier, tmp_path: Path) -> None:
    files = entries(night)
    envelope = dsse.decode(files["manifest.dsse.json"], dsse.IN_TOTO)
    bare = dsse.encode(dsse.Envelope(envelope.payload, envelope.payload_type, ()))
    files["manifest.dsse.json"] = bare
    del files["manifest.sig"]
    for trust in (None, Trust()):
        question = {} if trust is None else {"trust": trust}
        report = look(repacked(files, tmp_path / "evidence-x.zip"), **question)
        assert "the signature was taken away" in wrong(report)
        assert not report.good


def test_it_is_signed_with_another_key(
    tmp_path: Path, key: KeyFile, look: Verifier, other_key: KeyFile
) -> None:
    forged = Workshop(tmp_path / "x", Sealer(signer=other_key)).night(TAKEN)
    assert "not signed with a key that you named" in wrong(look(forged))
    # Not even when it claims to be of the right key.
    files = entries(forged)
    content = files["manifest.dsse.json"].replace(other_key.key.id.encode(), key.key.id.encode())
    renamed = repacked({**files, "manifest.dsse.json": content}, tmp_path / "evidence-x.zip")
    assert "exchanged" in wrong(look(renamed))


def test_unsigned_is_never_silent(tmp_path: Path, look: Verifier) -> None:
    bundle = Workshop(tmp_path / "x", Sealer()).night(TAKEN)
    report = look(bundle, judge=JUDGE)
    assert report.sound
    assert not report.good
    assert "UNSIGNED" in said(report, Mark.NOT_VERIFIED)
    assert "未署名" in said(report, Mark.NOT_VERIFIED)
    assert "it is not signed" in said(report, Mark.NOTE)  # and is no night of the chain
    assert "unsigned" in entries(bundle)["VERIFY.txt"].decode()


def test_the_statement_must_say_what_the_files_say(
    night: Path, look: Verifier, tmp_path: Path, key: KeyFile
) -> None:
    """A holder of the key signs a statement that flatters, over honest files."""
    files = entries(night)
    envelope = dsse.decode(files["manifest.dsse.json"], dsse.IN_TOTO)
    digests, run = statement.decode(envelope.content)
    assert isinstance(run, statement.Run)
    flattering = statement.encode(replace_struct(run, unread=(), checks_not_run=()), digests)
    again = dsse.envelope(dsse.IN_TOTO, flattering, [key])
    forged = {
        **files,
        "manifest.dsse.json": dsse.encode(again),
        "manifest.pae": again.signed_bytes,
        "manifest.sig": dsse.signature_of(again.signatures[0]),
    }
    found = wrong(look(repacked(forged, tmp_path / "evidence-x.zip")))
    assert "checks_not_run" in found
    assert "unread" in found


def replace_struct(run: statement.Run, **changes: Any) -> statement.Run:
    import msgspec

    return msgspec.structs.replace(run, **changes)


# ---------------------------------------------------------------------------------------------------------- judging


def _flattered(assessment: Assessment) -> Assessment:
    """Turn every verdict that is not a pass into one, as a company did that edited its reports."""
    from msgspec import structs

    findings = [
        structs.replace(one, status=Status.PASS, cause=None, missing_permissions=())
        for one in assessment.findings()
    ]
    counts = structs.replace(
        assessment.counts, pass_=len(findings), fail=0, not_assessed=0, not_applicable=0, by_severity={}
    )
    return replace(assessment, findings=lambda: iter(findings), counts=counts)


def test_an_edited_result_sealed_with_the_right_key_is_found_by_judging_again(
    workshop: Workshop, look: Verifier
) -> None:
    forged = workshop.night(TAKEN, last="", edit=_flattered)
    assert look(forged).good  # the bytes alone are what was sealed
    report = look(forged, judge=JUDGE)
    assert not report.good
    assert "another result comes out" in wrong(report)
    assert "一致しません" in wrong(report)


def test_what_people_told_is_taken_as_it_stands_and_said(workshop: Workshop, look: Verifier) -> None:
    """What does not follow from the snapshot is no reason to call a result false, nor to call it judged."""
    report = look(workshop.night(TAKEN, waivers=({"check": "x", "resource": "y"},)), judge=JUDGE)
    assert report.good, report.lines
    assert "other files told it: waivers" in said(report, Mark.NOT_VERIFIED)


def test_what_was_judged_with_is_sealed_and_handed_to_the_judge(
    workshop: Workshop, look: Verifier, tmp_path: Path
) -> None:
    (tmp_path / "受容.toml").write_text("[[waiver]]", encoding="utf-8")
    bundle = workshop.night(TAKEN, inputs={"waivers": tmp_path / "受容.toml"})
    seen: list[tuple[str, str]] = []

    def assess(inputs: Any) -> Any:
        path = inputs.files["waivers"]
        seen.append((path.name, path.read_text(encoding="utf-8")))
        return JUDGE.assess(inputs)

    assert look(bundle, judge=replace(JUDGE, assess=assess)).good
    assert seen == [("受容.toml", "[[waiver]]")]
    files = entries(bundle)
    edited = repacked({**files, "inputs/waivers/受容.toml": b""}, tmp_path / "evidence-x.zip")
    assert "inputs/waivers" in wrong(look(edited))


def test_a_line_that_would_not_fit_is_not_read(
    night: Path, look: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloudaudit.evidence.integrity.LONGEST_LINE", 1_000)
    assert "too long to be read" in wrong(look(night, judge=JUDGE))


def test_another_version_shows_differences_and_is_no_tampering(workshop: Workshop, look: Verifier) -> None:
    forged = workshop.night(TAKEN, last="", edit=_flattered)
    report = look(forged, judge=replace(JUDGE, version="9.9.9"))
    assert report.good
    assert "judged by version 0.1.0" in said(report, Mark.NOT_VERIFIED)
    note = said(report, Mark.NOTE)
    assert "which is no tampering" in note
    assert "1 failing now" in note
    assert "改ざんを意味しません" in note


@pytest.mark.parametrize("ran", [True, False])
def test_other_checks_are_another_version(night: Path, look: Verifier, *, ran: bool) -> None:
    """Also where only a check that could not run here is installed besides."""

    def fewer(provider: Any, selection: Any) -> Any:
        plan = JUDGE.plan_for(provider, selection)
        one = min(
            name for name, check in plan.checks.items() if (check.on is Bucket and not check.uses) is ran
        )
        return replace(plan, checks={name: check for name, check in plan.checks.items() if name != one})

    report = look(night, judge=replace(JUDGE, plan_for=fewer))
    assert report.good
    assert "no tampering" in said(report, Mark.NOTE)


def test_the_policy_that_was_in_force_judges_again(workshop: Workshop, look: Verifier) -> None:
    policy = AuditPolicy(access_key_max_age_days=33, rules={"access_key_max_age_days": "第12条"})
    assert look(workshop.night(TAKEN, policy=policy), judge=JUDGE).good


def test_a_snapshot_that_cannot_be_judged_by_its_own_version_does_not_verify(
    night: Path, look: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unusable(*_: Any, **__: Any) -> None:
        raise ValueError("no such setting")

    monkeypatch.setattr("cloudaudit.evidence.policyfile.decode", unusable)
    assert "cannot be judged again: no such setting" in wrong(look(night, judge=JUDGE))
    later_version = look(night, judge=replace(JUDGE, version="9.9.9"))
    assert later_version.good
    assert "cannot be judged again" in said(later_version, Mark.NOT_VERIFIED)


def test_a_masked_bundle_names_its_original_and_is_not_judged(workshop: Workshop, look: Verifier) -> None:
    original = Original(bundle="ab" * 32, snapshot="cd" * 32, result="ef" * 32)
    bundle = workshop.night(TAKEN, edit=masked, original=original)
    files = entries(bundle)
    assert not files.keys() & {"snapshot.jsonl", "policy.json", "requests.tsv"}
    report = look(bundle, judge=JUDGE)
    assert report.good
    assert "not judged again" in said(report, Mark.NOT_VERIFIED)
    assert "再判定していません" in said(report, Mark.NOT_VERIFIED)
    assert original.bundle in said(report, Mark.NOT_VERIFIED)
    assert "masked" in said(report, Mark.NOTE)


def test_a_bundle_without_its_snapshot_is_none_of_a_run(workshop: Workshop, look: Verifier) -> None:
    """Someone with the key leaves the snapshot out so that nobody can judge again, but masks nothing."""
    original = Original(bundle="ab" * 32, snapshot="cd" * 32, result="ef" * 32)
    bundle = workshop.night(TAKEN, original=original)
    assert "masked" in wrong(look(bundle))


# ------------------------------------------------------------------------------------------------------- timestamps


def test_a_timestamp_of_a_trusted_authority(
    tmp_path: Path, sealer: Sealer, authority: Authority, look: Verifier, trust: Trust
) -> None:
    stamped = replace(sealer, timestamp=authority.at(later(TAKEN, minutes=12)), authority="test")
    bundle = Workshop(tmp_path / "x", stamped).night(TAKEN)
    trusting = replace(trust, authorities=(authority.root,))
    report = look(bundle, trust=trusting)
    assert report.good, report.lines
    assert "2026-11-01 18:12:00 UTC" in said(report, Mark.VERIFIED)
    assert "2026-11-02 03:12:00 JST" in said(report, Mark.VERIFIED)
    assert "--tsa-ca" in said(look(bundle), Mark.NOT_VERIFIED)

    files = entries(bundle)
    without = {name: content for name, content in files.items() if name != "manifest.tsr"}
    assert "manifest.tsr" in wrong(look(repacked(without, tmp_path / "evidence-x.zip")))
    other = entries(Workshop(tmp_path / "y", stamped).night(TAKEN, last=""))["manifest.tsr"]
    exchanged = repacked({**files, "manifest.tsr": other}, tmp_path / "evidence-x.zip")
    assert "about other bytes" in wrong(look(exchanged))
    for place in range(0, len(files["manifest.tsr"]), 97):
        changed = bytearray(files["manifest.tsr"])
        changed[place] ^= 4
        report = look(repacked({**files, "manifest.tsr": bytes(changed)}, tmp_path / "evidence-x.zip"))
        assert not report.good, place


def test_an_authority_that_nobody_named_does_not_count(
    tmp_path: Path, sealer: Sealer, authority: Authority, trust: Trust, look: Verifier, key: KeyFile
) -> None:
    stamped = replace(sealer, timestamp=authority.at(later(TAKEN, minutes=11)), authority="test")
    bundle = Workshop(tmp_path / "x", stamped).night(TAKEN)
    assert "timestamp does not hold" in wrong(
        look(bundle, trust=replace(trust, authorities=(key.certificate,)))
    )


def test_who_asks_for_timestamps_accepts_none_without(
    night: Path, authority: Authority, look: Verifier, trust: Trust
) -> None:
    assert "bears no timestamp" in wrong(look(night, trust=replace(trust, authorities=(authority.root,))))


def test_a_timestamp_of_another_day_shows(
    tmp_path: Path, sealer: Sealer, authority: Authority, look: Verifier
) -> None:
    stamped = replace(sealer, timestamp=authority.at("2026-12-24T00:00:00Z"), authority="test")
    bundle = Workshop(tmp_path / "x", stamped).night(TAKEN)
    assert "but the timestamp is of 2026-12-24" in wrong(look(bundle))


# -------------------------------------------------------------------------------------------------------- what is not


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"PK", b"\0" * 5_000], ids=["empty", "json", "short", "zeros"]
)
def test_what_is_no_bundle(tmp_path: Path, look: Verifier, content: bytes) -> None:
    path = tmp_path / "evidence-x.zip"
    path.write_bytes(content)
    report = look(path, judge=JUDGE)
    assert not report.good
    assert len(report.lines) == 1


def test_a_zip_without_a_manifest(tmp_path: Path, look: Verifier) -> None:
    place = tmp_path / "evidence-x.zip"
    assert "manifest.dsse.json is missing" in wrong(look(repacked({"result.json": b"{}"}, place)))
    huge = {"manifest.dsse.json": b'{"payload":"' + b"A" * 200 + b'"}'}
    assert "manifest cannot be read" in wrong(look(repacked(huge, place)))
    deep = {"manifest.dsse.json": b"[" * 100_000}
    assert "manifest cannot be read" in wrong(look(repacked(deep, place)))


def test_verifying_changes_nothing(night: Path, look: Verifier, tmp_path: Path) -> None:
    copy = Path(shutil.copy(night, tmp_path / night.name))
    look(copy, judge=JUDGE)
    assert digest(copy) == digest(night)
    assert list(tmp_path.iterdir()) == [copy]
