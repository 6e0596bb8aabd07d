"""Evidence from the command line: sealed by scan and judge, verified, countersigned, listed, handed over."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cloudaudit import clock
from cloudaudit.evidence.keyfile import KeyFile, make, open_key
from fakes.evidence.authority import Authority, authority
from fakes.evidence.workshop import needed

PASSPHRASE = "correct horse battery staple"
LATER = "2027-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def made_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "signing.key"
    make(path, "株式会社サンプル商事", PASSPHRASE.encode(), datetime(2026, 10, 1, tzinfo=UTC))
    return path


@pytest.fixture
def office(desk: Any, made_key: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A desk with a key and its public half, whose clock goes on by a day with each scan."""
    shutil.copy(made_key, desk.folder / "my.key")
    monkeypatch.setenv("CLOUDAUDIT_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("CLOUDAUDIT_KEY", raising=False)
    # Some tests seal on days of their own, which are yet to come where the clock is behind.
    monkeypatch.setattr("cloudaudit.cli.verifying._now", lambda: max(datetime.now(UTC), clock.parse(LATER)))
    shown = desk.run("keys", "show", "--key", "my.key")
    assert shown.exit_code == 0
    (desk.folder / "public.pem").write_text(shown.stdout)
    return desk


def bundles(desk: Any) -> list[Path]:
    return sorted((desk.folder / "cloudaudit-out").rglob("evidence-*.zip"))


def sealed(desk: Any, *arguments: str) -> Path:
    result = desk.scan("--key", "my.key", *arguments)
    assert result.exit_code == 0, result.output
    return bundles(desk)[-1]


# ------------------------------------------------------------------------------------------------------------ sealing


def test_a_run_is_sealed_where_a_key_is_configured(office: Any) -> None:
    result = office.scan("--format", "html,markdown", CLOUDAUDIT_KEY="my.key", LANG="ja_JP.UTF-8")
    assert result.exit_code == 0
    (bundle,) = bundles(office)
    assert re.fullmatch(r"evidence-aws-\d{12}-\d{8}T\d{6}Z\.zip", bundle.name)
    assert bundle.name in "".join(result.output.split())
    assert "本レポートを含む証跡(zip)に署名" in result.output
    # The result is evidence even where it was not asked for.
    assert {path.name for path in bundle.parent.iterdir()} == {
        "result.json",
        "report.html",
        "summary.md",
        "snapshot.jsonl",
        bundle.name,
    }
    for name in ("report.html", "summary.md"):
        assert "に署名(鍵: ed25519:" in (bundle.parent / name).read_text(encoding="utf-8")
    verified = office.run("verify", str(bundle), "--key", "public.pem", "--lang", "ja")
    assert verified.exit_code == 0, verified.output
    assert "再判定の結果も一致" in verified.output
    assert "完全に一致" in verified.output


def test_without_a_key_it_says_unsigned(office: Any) -> None:
    result = office.scan("--format", "json,markdown,html")
    assert bundles(office) == []
    assert "Signature: unsigned" in result.output
    run = office.runs[0]
    assert "unsigned" in (run / "summary.md").read_text()
    assert "unsigned" in (run / "report.html").read_text()
    assert office.scan("--seal").exit_code == 0
    (bundle,) = bundles(office)
    verified = office.run("verify", str(bundle))
    assert verified.exit_code == 4
    assert "UNSIGNED" in verified.output
    assert "NOT VERIFIED" in verified.output


def test_the_file_says_how_runs_are_sealed(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the configuration is a key: the run is sealed without being asked."""
    (office.folder / "sub").mkdir()
    config = office.folder / "sub" / "cloudaudit.toml"
    config.write_text('[seal]\nkey = "../my.key"\nkeep_years = 7\ntimestamp_timeout_seconds = 0.5\n')
    assert office.scan("--config", str(config)).exit_code == 0
    (bundle,) = bundles(office)
    with zipfile.ZipFile(bundle) as archive:
        told = json.loads(archive.read("manifest.pae").split(b" ", 4)[4])["predicate"]
    assert int(told["keep_until"][:4]) == int(told["taken_at"][:4]) + 7
    assert office.scan("--config", str(config), "--no-seal").exit_code == 0
    assert bundles(office) == [bundle]
    # An address is no path.
    asked: list[Any] = []

    def token(settings: Any, pin: str) -> Any:
        asked.append((settings.token, settings.label, str(settings.module), pin))
        return open_key(office.folder / "my.key", PASSPHRASE.encode())

    monkeypatch.setattr("cloudaudit.evidence.pkcs11.open_token", token)
    config.write_text('[seal]\nkey = "pkcs11:token=card;object=evidence?module-path=/lib/x.so"\n')
    assert office.scan("--config", str(config)).exit_code == 0
    assert asked == [("card", "evidence", str(Path("/lib/x.so")), PASSPHRASE)]
    for wrong in ("keep_years = 0", "timestamp_timeout_seconds = 0", 'key = "pkcs11:token=a?pin-value=1234"'):
        config.write_text(f"[seal]\n{wrong}\n")
        refused = office.scan("--config", str(config))
        assert refused.exit_code == 2, wrong
        assert "1234" not in refused.output


def test_a_key_of_its_own_signs_the_pdfs(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in KMS or in a token signs no PDF; a file beside it does, with its own passphrase."""
    needed("typst")
    other = office.folder / "pdf.key"
    make(other, "PDF", b"another passphrase", datetime(2026, 10, 1, tzinfo=UTC))
    kms = open_key(office.folder / "my.key", PASSPHRASE.encode())

    def opened(_: object) -> KeyFile:
        return kms

    monkeypatch.setattr("cloudaudit.evidence.kms.open_kms", opened)
    arn = "awskms:///arn:aws:kms:ap-northeast-1:123456789012:key/1234"
    arguments = ("--key", arn, "--pdf-key", "pdf.key", "--format", "pdf")
    assert office.scan(*arguments).exit_code == 2  # the passphrase of the other key opens nothing
    assert office.scan(*arguments, CLOUDAUDIT_PDF_KEY_PASSPHRASE="another passphrase").exit_code == 0
    (bundle,) = bundles(office)
    told = office.run("verify", str(bundle), "--key", "public.pem")
    assert told.exit_code == 0, told.output
    assert "the signature inside each PDF (1)" in told.output
    (office.folder / "pdf.pem").write_text(office.run("keys", "show", "--key", "pdf.key").stdout)
    assert office.run("verify", str(bundle.parent / "report.en.pdf"), "--key", "pdf.pem").exit_code == 0


def test_all_that_a_run_may_bring_along_is_judged_again_equal(office: Any) -> None:
    """Waivers, a ledger, a history, a client, a baseline, only new failures: none of it makes a true result false."""
    assert office.run("client", "new", "kitahama", "--title", "株式会社北浜").exit_code == 0
    Path("ledger.csv").write_text("業務名,格納先\n顧客管理,acme-on\n", encoding="utf-8")
    Path("受容.toml").write_text(waiver("2026-11-01"), encoding="utf-8")
    common = ("--key", "my.key", "--history", "h.sqlite", "--fail-on", "info")
    assert office.scan(*common, "--format", "json").exit_code == 1
    before = str(office.runs[0] / "result.json")
    named = ("--waivers", "受容.toml", "--ledger", "ledger.csv", "--client", "kitahama", "--baseline", before)
    assert office.scan(*common, *named, "--fail-on-new").exit_code == 0
    # What is new is the reason of the exit code, and cannot be judged without the earlier result.
    office.session.versioning = "Enabled"
    assert office.scan(*common, "--out", "good").exit_code == 0
    office.session.versioning = ""
    since = ("--baseline", "good/result.json", "--fail-on-new")
    assert office.scan(*common, *since, "--out", "new").exit_code == 1
    masked = office.scan(*common, *since, "--mask", "--format", "json,html", "--out", "hidden")
    assert masked.exit_code == 1, masked.output
    made = sorted(office.folder.rglob("evidence-*.zip"))
    assert len(made) == 6
    for bundle in made:
        told = office.run("verify", str(bundle), "--key", "public.pem")
        assert told.exit_code == 0, told.output
        assert ("not judged again" if bundle.parent.name == "masked" else "byte for byte") in told.output
        if "clients" in bundle.parts:
            (line,) = (one for one in told.output.splitlines() if "other files told it" in one)
            assert {"waivers", "ledger"} <= set(line.partition("told it: ")[2].split(", "))
        with zipfile.ZipFile(bundle) as archive:
            reasons = json.loads(archive.read("result.json"))["exit"]
        if {"new", "hidden"} & set(bundle.relative_to(office.folder).parts):
            assert "new or worse" in reasons[0]["reason"]["en"]
            assert bundle.parent.name == "masked" or "other files told it: exit" in told.output


def waiver(created: str) -> str:
    return (
        '[[waiver]]\ncheck = "aws-s3-bucket-versioning"\nresource = "arn:aws:s3:::acme-*"\n'
        'reason = "理由"\nowner = "田中"\napprover = "部長"\ncompensating_control = "なし"\n'
        f"created = {created}\nexpires = 2027-01-01\n"
    )


def test_a_waiver_of_a_file_is_back_dated(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("honest.toml").write_text(waiver("2026-11-08"), encoding="utf-8")
    Path("dated-back.toml").write_text(waiver("2026-11-02"), encoding="utf-8")
    nightly(office, [6, 7], monkeypatch)
    made = nightly(office, [8], monkeypatch, "--waivers", "honest.toml")
    chain = ("--key", "public.pem", "--chain", "cloudaudit-out")
    assert office.run("verify", str(made[-1]), *chain).exit_code == 0
    made[-1].unlink()
    made = nightly(office, [9], monkeypatch, "--waivers", "dated-back.toml")
    told = office.run("verify", str(made[-1]), *chain)
    assert told.exit_code == 4
    assert "says it was created on 2026-11-02" in told.output
    assert "judged again with the same version" in told.output


def test_no_seal(office: Any) -> None:
    assert office.scan("--key", "my.key", "--no-seal").exit_code == 0
    assert bundles(office) == []


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (("--key", "my.key"), {"CLOUDAUDIT_KEY_PASSPHRASE": "wrong"}, "passphrase is wrong"),
        (("--key", "my.key"), {"CLOUDAUDIT_KEY_PASSPHRASE": ""}, "passphrase is wrong"),
        (("--key", "none.key"), {}, "cloudaudit keys new"),
        (("--key", "public.pem"), {}, "no private key in public.pem"),
        (
            ("--key", "pkcs11:token=a;object=b?module-path=c&pin-value=1234"),
            {},
            "pkcs11:token=TOKEN;object=KEY?",
        ),
        (("--key", "awskms:///x"), {}, "awskms:///arn:aws:kms:REGION:ACCOUNT:key/ID"),
        (("--seal", "--chain", "nowhere"), {}, "There is no folder nowhere"),
        (("--seal", "--timestamp-url", "https://tsa.example.com"), {}, "there is no key"),
        (("--seal", "--timestamp-url", "ftp://x"), {}, "no address of a timestamp authority"),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_is_read(
    office: Any, arguments: tuple[str, ...], environ: dict[str, str], words: str
) -> None:
    result = office.scan(*arguments, **environ)
    assert result.exit_code == 2
    assert words in result.output
    assert office.session.tasks == []
    assert not (office.folder / "cloudaudit-out").exists()


@pytest.mark.parametrize(("typed", "code"), [(PASSPHRASE, 0), ("wrong", 2), ("", 2)])
def test_a_person_is_asked_for_the_passphrase(
    office: Any, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    monkeypatch.delenv("CLOUDAUDIT_KEY_PASSPHRASE")
    monkeypatch.setattr("cloudaudit.cli.sealing.at_terminal", lambda: True)
    # Who types nothing is asked again, and may give up.
    done = office.typing(
        f"{typed}\n", "scan", "aws", "--check", "aws-s3-bucket-versioning", "--key", "my.key"
    )
    assert done.exit_code == (code if typed else 130), done.output
    assert "Passphrase / パスフレーズ (my.key)" in done.stderr
    assert PASSPHRASE not in done.output
    assert len(bundles(office)) == (code == 0 and bool(typed))


def test_a_person_chooses_a_passphrase_twice(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDAUDIT_KEY_PASSPHRASE")
    monkeypatch.setattr("cloudaudit.cli.sealing.at_terminal", lambda: True)
    new = ("keys", "new", "--out", "typed.key", "--name", "x")
    chosen = "a passphrase of mine"
    done = office.typing(f"{chosen}\nanother\n{chosen}\n{chosen}\n", *new)
    assert done.exit_code == 0, done.output
    assert chosen not in done.output
    assert open_key(office.folder / "typed.key", chosen.encode()).key.id
    assert office.typing("short\nshort\n", *new[:3], "other.key", *new[4:]).exit_code == 2


def test_without_a_passphrase_and_without_a_terminal(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDAUDIT_KEY_PASSPHRASE")
    result = office.scan("--key", "my.key")
    assert result.exit_code == 2
    assert "CLOUDAUDIT_KEY_PASSPHRASE" in result.output


def test_judge_seals_too(office: Any) -> None:
    scanned = sealed(office)
    judged = office.run("judge", str(scanned.parent / "snapshot.jsonl"), "--key", "my.key")
    assert judged.exit_code == 0, judged.output
    _, again = bundles(office)
    with zipfile.ZipFile(scanned) as one, zipfile.ZipFile(again) as two:
        assert one.read("result.json") == two.read("result.json")
    at = office.run(
        "judge", str(scanned.parent / "snapshot.jsonl"), "--key", "my.key", "--as-of", "2027-01-01"
    )
    assert at.exit_code == 0
    for bundle in bundles(office):
        assert office.run("verify", str(bundle), "--key", "public.pem").exit_code == 0
    assert "2027-01-01" in office.run("evidence", "list").output


def test_of_a_masked_run_two_bundles_are_made(office: Any) -> None:
    result = office.scan(
        "--key", "my.key", "--mask", "--mask-key", "mask.key", "--format", "json,markdown,html"
    )
    assert result.exit_code == 0, result.output
    whole = next(path for path in bundles(office) if path.parent.name != "masked")
    masked = next(path for path in bundles(office) if path.parent.name == "masked")
    assert "123456789012" not in masked.name
    content = masked.read_bytes()
    for name in (b"acme-on", b"acme-", b"123456789012", b"REQ-"):
        assert name not in content
    with zipfile.ZipFile(masked) as archive:
        assert not {"snapshot.jsonl", "policy.json", "requests.tsv"} & set(archive.namelist())
    told = office.run("verify", str(masked), "--key", "public.pem")
    assert told.exit_code == 0, told.output
    assert "not judged again" in told.output
    assert "VERIFIED as sealed" in told.output
    import hashlib

    assert hashlib.sha256(whole.read_bytes()).hexdigest() in told.output
    assert office.run("verify", str(whole), "--key", "public.pem").exit_code == 0


def nightly(desk: Any, days: list[int], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[Path]:
    """Scan the whole account on some days, as a nightly job does."""
    times: list[str] = []
    for day in days:
        moment = f"2026-11-{day:02}T18:00:00Z"
        monkeypatch.setattr("cloudaudit.cli.scanning._now", lambda moment=moment: moment)

        monkeypatch.setattr("cloudaudit.cli.sealing._now", lambda moment=moment: clock.parse(moment))
        result = desk.run("scan", "aws", "--key", "my.key", "--quiet", "--min-coverage", "0", *arguments)
        assert result.exit_code in {0, 1}, result.output
        times.append(moment)
    return bundles(desk)


def test_nights_their_gaps_and_their_head(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = nightly(office, [1, 2, 6], monkeypatch)
    listed = office.run("evidence", "list")
    assert listed.exit_code == 0
    for words in ("#1", "#3", "no scan between 2026-11-02 and 2026-11-06 (3 day(s)", "keep until 2029-11-06"):
        assert words in listed.output
    japanese = office.run("evidence", "list", "--lang", "ja").output
    for words in ("3 日間", "保管期限 2029-11-01", "署名あり"):
        assert words in japanese
    assert "no scan" not in office.run("evidence", "list", "--every", "7").output

    head = office.run("evidence", "head").output
    assert head.count("\n") == 1
    assert "night 3, 2026-11-06" in head
    kept = head.split()[0]
    chain = ("--key", "public.pem", "--chain", "cloudaudit-out")
    verified = office.run("verify", str(made[0]), *chain, "--head", kept.upper())
    assert verified.exit_code == 0, verified.output
    assert "3 night(s)" in verified.output

    made[1].unlink()
    assert "1 sealed night(s) are not in this folder" in office.run("evidence", "list").output
    assert office.run("verify", str(made[0]), *chain).exit_code == 4
    made[2].unlink()
    assert office.run("verify", str(made[0]), *chain, "--no-judge").exit_code == 0
    cut = office.run("verify", str(made[0]), *chain, "--head", kept, "--lang", "ja")
    assert cut.exit_code == 4
    assert "末尾が取り除かれた" in cut.output
    assert office.run("verify", str(made[0]), "--head", "abc").exit_code == 2


def test_the_chain_may_lie_elsewhere(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CI job restores the bundles of earlier nights into a folder."""
    made = nightly(office, [1], monkeypatch)
    (office.folder / "restored" / "deep").mkdir(parents=True)
    shutil.move(made[0], office.folder / "restored" / "deep" / made[0].name)
    monkeypatch.setattr("cloudaudit.cli.scanning._now", lambda: "2026-11-02T18:00:00Z")
    result = office.run(
        "scan",
        "aws",
        "--key",
        "my.key",
        "--quiet",
        "--chain",
        "restored",
        "--out",
        "out",
        "--min-coverage",
        "0",
    )
    assert result.exit_code in {0, 1}, result.output
    assert bundles(office) == []
    (second,) = (office.folder / "out").glob("evidence-*.zip")
    with zipfile.ZipFile(second) as archive:
        assert b'"sequence":' in archive.read("manifest.pae")
    told = office.run("evidence", "list", "out").output
    assert "not sealed within an hour" in told or "#2" in told


def test_in_fleets_the_chain_goes_from_one_to_the_next(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    for day in (1, 2):
        moment = f"2026-11-{day:02}T18:00:00Z"
        monkeypatch.setattr("cloudaudit.cli.scanning._now", lambda moment=moment: moment)
        monkeypatch.setattr("cloudaudit.cli.sealing._now", lambda moment=moment: clock.parse(moment))
        fleet = office.folder / "fleets" / str(day)
        (fleet / "[production]").mkdir(parents=True)
        (fleet / "fleet.json").write_text("{}")
        options = ("--key", "my.key", "--quiet", "--min-coverage", "0", "--out", str(fleet / "[production]"))
        assert office.run("scan", "aws", *options).exit_code in {0, 1}
        made += (fleet / "[production]").glob("evidence-*.zip")
    chain = ("--key", "public.pem", "--chain", "fleets")
    told = office.run("verify", str(made[1]), *chain)
    assert told.exit_code == 0, told.output
    assert "2 night(s) from 2026-11-01" in told.output


# --------------------------------------------------------------------------------------------------------- timestamps


@pytest.fixture(scope="module")
def tsa() -> Authority:
    return authority()


HANGING, GARBAGE = 0, 1


@pytest.fixture
def served(tsa: Authority) -> Iterator[Callable[[int], str]]:
    """Serve the authority on this machine with a status; return its address."""
    servers: list[HTTPServer] = []
    ended = threading.Event()

    def serve(status: int) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                if status == HANGING:
                    ended.wait(30)
                    return
                assert self.headers["Content-Type"] == "application/timestamp-query"
                content = b"<html>" if status == GARBAGE else tsa.at(clock.stamp(datetime.now(UTC)))(asked)
                self.send_response(200 if status == GARBAGE else status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/tsr"

    yield serve
    ended.set()
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_timestamp_and_the_commands_of_verify_txt(
    office: Any, served: Callable[[int], str], tsa: Authority
) -> None:
    """Every command for people without this tool is run as it stands there."""
    bundle = sealed(office, "--timestamp-url", served(200))
    (office.folder / "tsa.pem").write_bytes(tsa.root.public_bytes(Encoding.PEM))
    arguments = ("--key", "public.pem", "--tsa-ca", "tsa.pem")
    verified = office.run("verify", str(bundle), *arguments)
    assert verified.exit_code == 0, verified.output
    assert "as an authority says that you trust" in verified.output

    if shutil.which("openssl") is None or shutil.which("sha256sum") is None:
        if "CI" in os.environ:
            pytest.fail("openssl or sha256sum is missing")
        pytest.skip("no openssl or sha256sum here")
    unpacked = office.folder / "unpacked"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(unpacked)
    lines = (unpacked / "VERIFY.txt").read_text(encoding="utf-8").splitlines()
    places = {
        "<公開鍵>.pem": "../public.pem",
        "<public key>.pem": "../public.pem",
        "<時刻認証局の証明書>.pem": "../tsa.pem",
        "<authority's certificate>.pem": "../tsa.pem",
    }
    commands = [
        line.strip().partition("  #")[0]
        for line in lines
        if line.strip().startswith(("openssl", "sha256sum"))
    ]
    assert len(commands) == 6  # three in each language
    for command in commands:
        typed = command
        for place, path in places.items():
            typed = typed.replace(place, path)
        done = subprocess.run(shlex.split(typed), cwd=unpacked, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        assert done.returncode == 0, (typed, done.stdout, done.stderr)
    # And they fail where something was changed.
    (unpacked / "manifest.pae").write_bytes(
        (unpacked / "manifest.pae").read_bytes().replace(b"aws", b"gcs", 1)
    )
    (unpacked / "result.json").write_bytes(b"{}")
    (unpacked / "manifest.dsse.json").write_bytes(b"{}")
    for command in commands[:3]:
        typed = command
        for place, path in places.items():
            typed = typed.replace(place, path)
        done = subprocess.run(shlex.split(typed), cwd=unpacked, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        assert done.returncode != 0, typed


@pytest.mark.parametrize("fault", [None, 503, GARBAGE, HANGING], ids=["refused", "503", "garbage", "hangs"])
def test_the_authority_cannot_be_reached(
    office: Any, served: Callable[[int], str], fault: int | None
) -> None:
    url = "http://127.0.0.1:9/tsr" if fault is None else served(fault)
    result = office.scan(
        *("--key", "my.key", "--timestamp-url", url, "--timestamp-timeout", "0.3", "--log-format", "json")
    )
    assert result.exit_code == 3
    # Nothing that was written or told says that it is sealed, and the exit code has its reason.
    assert "Signature: unsigned" in result.stdout
    assert "unsigned" in (office.runs[0] / "summary.md").read_text(encoding="utf-8")
    for told in (
        json.loads((office.runs[0] / "result.json").read_bytes())["exit"],
        json.loads(result.stderr.splitlines()[-2])["reasons"],
    ):
        assert "gave no timestamp" in json.dumps(told[0]["reason"])
        assert told[0]["code"] == 3
    assert "cloudaudit judge --seal" in result.output
    assert "50 guaranteed" in result.output  # the reading is told first
    assert bundles(office) == []
    assert {path.name for path in office.runs[0].iterdir()} == {
        "result.json",
        "sharing.json",
        "summary.md",
        "snapshot.jsonl",
    }
    # No silent downgrade: what is offered makes the same bundle when it answers again.
    again = office.run(
        "judge", str(office.runs[0] / "snapshot.jsonl"), "--key", "my.key", "--timestamp-url", served(200)
    )
    assert again.exit_code == 0
    assert len(bundles(office)) == 1


# ------------------------------------------------------------------------------------------------- keys, countersigning


def test_keys(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = office.run("keys", "new", "--out", "other.key", "--name", "山田 太郎", "--lang", "ja")
    assert made.exit_code == 0
    assert "鍵を作成しました" in made.stderr
    assert "ed25519:" in made.stderr
    again = office.run("keys", "new", "--out", "other.key", "--name", "x")
    assert again.exit_code == 2
    assert "never overwritten" in again.output
    monkeypatch.setenv("CLOUDAUDIT_KEY_PASSPHRASE", "short")
    assert office.run("keys", "new", "--out", "third.key", "--name", "x").exit_code == 2
    monkeypatch.delenv("CLOUDAUDIT_KEY_PASSPHRASE")
    shown = office.run("keys", "show", "--key", "other.key")  # needs no passphrase
    assert shown.stdout.count("-----BEGIN") == 2
    assert "PRIVATE" not in shown.stdout
    assert office.run("keys", "show", "--key", "none").exit_code == 2


def test_countersigning(office: Any) -> None:
    bundle = sealed(office)
    before = bundle.read_bytes()
    assert office.run("keys", "new", "--out", "auditor.key", "--name", "監査 花子").exit_code == 0
    (office.folder / "auditor.pem").write_text(office.run("keys", "show", "--key", "auditor.key").stdout)
    who = ("--role", "個人情報保護監査責任者", "--name", "監査 花子")
    signed = office.run("countersign", str(bundle), "--key", "auditor.key", *who)
    assert signed.exit_code == 0, signed.output
    place = Path(signed.stdout.strip())
    assert place.parent == bundle.parent
    assert place.name.startswith(bundle.name)
    assert bundle.read_bytes() == before

    both = office.run("verify", str(bundle), "--key", "public.pem", "--key", "auditor.pem", "--lang", "ja")
    assert both.exit_code == 0, both.output
    assert "副署: 個人情報保護監査責任者 監査 花子" in both.output
    one = office.run("verify", str(bundle), "--key", "public.pem")
    assert one.exit_code == 0
    assert "its key is none that you named" in one.output

    # A second one by the same person does not overwrite the first.
    second = office.run("countersign", str(bundle), "--key", "auditor.key", *who)
    assert Path(second.stdout.strip()) != place

    # Who sealed it is no second person.
    own = office.run(
        "countersign", str(bundle), "--key", "my.key", "--role", "個人情報保護管理者", "--name", "x"
    )
    assert own.exit_code == 0
    told = office.run("verify", str(bundle), "--key", "public.pem", "--key", "auditor.pem")
    assert "the same key that sealed it" in told.output

    # One that was edited, and one that belongs to another bundle.
    envelope = json.loads(place.read_text())
    import base64

    payload = base64.b64decode(envelope["payload"]).replace(bundle.name.encode(), bundle.name.encode()[::-1])
    edited = {**envelope, "payload": base64.b64encode(payload).decode()}
    place.write_text(json.dumps(edited, separators=(",", ":")) + "\n")
    wrong = office.run("verify", str(bundle), "--key", "public.pem", "--key", "auditor.pem")
    assert wrong.exit_code == 4
    place.write_text("junk")
    assert office.run("verify", str(bundle), "--key", "public.pem").exit_code == 4


def test_nobody_signs_what_is_not_whole(office: Any) -> None:
    bundle = sealed(office)
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)
    who = ("--role", "監査責任者", "--name", "x")
    assert office.run("countersign", str(bundle), "--key", "my.key", *who).exit_code == 4
    assert not list(bundle.parent.glob("*.countersign.json"))


def test_a_role_that_cannot_be_shown(office: Any) -> None:
    bundle = sealed(office)
    result = office.run("countersign", str(bundle), "--key", "my.key", "--role", "a\x1b[2Jb", "--name", "x")
    assert result.exit_code == 2
    assert "\x1b" not in result.output


# ---------------------------------------------------------------------------------------------------------- verifying


def test_verify_fails_closed(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = sealed(office)
    with monkeypatch.context() as patched:
        patched.setattr("cloudaudit.cli.verifying._now", lambda: clock.parse("2026-01-01T00:00:00Z"))
        early = office.run("verify", str(bundle), "--key", "public.pem")
    assert early.exit_code == 4
    assert "yet to come" in early.output
    unknown = office.run("verify", str(bundle))
    assert unknown.exit_code == 4
    assert "name the signer's public key with --key" in unknown.output
    bundle.write_bytes(bundle.read_bytes() + b"\0")
    assert office.run("verify", str(bundle), "--key", "public.pem").exit_code == 4
    assert office.run("verify", "nowhere.zip", "--key", "public.pem").exit_code == 4
    assert office.run("verify", str(bundle), "--key", "nowhere.pem").exit_code == 2
    assert office.run("verify", str(bundle), "--chain", "nowhere").exit_code == 2


def test_hostile_names_do_not_reach_the_terminal(office: Any) -> None:
    office.session.account, office.session.spans = "12\x1b[31m", True
    bundle = sealed(office)
    for arguments in (("evidence", "list"), ("verify", str(bundle), "--key", "public.pem")):
        output = office.run(*arguments).output
        assert "\x1b" not in output
        assert "\\x1b[31m" in output


def test_a_signed_pdf_by_itself(office: Any) -> None:
    needed("typst")
    bundle = sealed(office, "--format", "pdf")
    pdf = bundle.parent / "report.en.pdf"
    with zipfile.ZipFile(bundle) as archive:
        assert archive.read("reports/report.en.pdf") == pdf.read_bytes()  # the signed one is handed on
    assert office.run("verify", str(pdf), "--key", "public.pem").exit_code == 0
    assert office.run("verify", str(pdf)).exit_code == 4
    pdf.write_bytes(pdf.read_bytes() + b" ")
    assert office.run("verify", str(pdf), "--key", "public.pem").exit_code == 4


# ----------------------------------------------------------------------------------------------------------- hand-over


def test_a_folder_is_handed_over(office: Any) -> None:
    sealed(office)
    folder = office.folder / "客先A"
    shutil.copytree(office.folder / "cloudaudit-out", folder)
    shutil.copy("my.key", folder / "signing.key")
    shutil.copy("my.key", folder / "renamed.txt")
    (folder / "mask.key").write_text("ab" * 32)
    (folder / "覚書.txt").write_text("契約", encoding="utf-8")
    result = office.run("evidence", "export", str(folder), "--key", "my.key", "--out", "given")
    assert result.exit_code == 0, result.output
    bundle = Path(result.stdout.strip())
    assert "signing.key" in result.stderr
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        assert "files/覚書.txt" in names
        assert not [name for name in names if name.endswith(".key") or "renamed" in name]
        assert b"PRIVATE KEY" not in b"".join(archive.read(name) for name in names)
    verified = office.run("verify", str(bundle), "--key", "public.pem")
    assert verified.exit_code == 0, verified.output
    bundle.write_bytes(bundle.read_bytes().replace("契約".encode(), "解約".encode()))
    assert office.run("verify", str(bundle), "--key", "public.pem").exit_code == 4

    if hasattr(os, "symlink"):
        (folder / "link").symlink_to("/etc/hostname")
        refused = office.run("evidence", "export", str(folder))
        assert refused.exit_code == 2
        assert "lead out of the folder" in refused.output
    (office.folder / "empty").mkdir()
    assert office.run("evidence", "export", "empty").exit_code == 2


def test_an_unsigned_hand_over_says_so(office: Any) -> None:
    (office.folder / "x").mkdir()
    (office.folder / "x" / "a.txt").write_text("a")
    result = office.run("evidence", "export", "x")
    assert result.exit_code == 0
    assert "UNSIGNED" in result.stderr
    assert office.run("verify", result.stdout.strip()).exit_code == 4


def test_listing_what_is_damaged(office: Any) -> None:
    assert office.run("evidence", "list").exit_code == 2  # no such folder
    sealed(office)
    (office.folder / "cloudaudit-out" / "evidence-x.zip").write_bytes(b"")
    result = office.run("evidence", "list")
    assert result.exit_code == 4
    assert "evidence-x.zip" in result.output
    assert "signed" in result.output  # the others are listed all the same
    assert office.run("evidence", "head").exit_code == 4


def test_help_does_not_pay_for_cryptography() -> None:
    code = (
        "import sys\n"
        "from cloudaudit.cli.root import cli\n"
        "for words in (['--help'], ['verify', '--help'], ['keys', '--help'], ['scan', 'aws', '--help']):\n"
        "    try:\n"
        "        cli(words)\n"
        "    except SystemExit:\n"
        "        pass\n"
        "heavy = {'cryptography', 'pyhanko', 'rfc3161_client', 'requests', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr
