import base64
import json
import os
import stat
import struct
import tomllib
import zipfile
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cloudaudit.cli.client_folder import is_link
from cloudaudit.cli.clients import contents_of
from cloudaudit.cli.private import restrict
from cloudaudit.errors import UsageError

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
NEW = (
    *("client", "new", "kitahama", "--title", "株式会社北浜", "--contact", "情シス 山田"),
    *(
        "--authorised-by",
        "代表取締役 佐藤",
        "--from",
        "2026-11-01",
        "--until",
        "2026-11-30",
        "--document",
        "契約書 第3条",
    ),
)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "result.schema.json").read_bytes())
CLIENT = Path("clients/kitahama")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps an ACL instead of these bits")


@pytest.fixture
def office(desk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("cloudaudit.cli.scanning._now", lambda: "2026-11-21T15:04:05Z")
    Path("logo.png").write_bytes(PNG)
    done = desk.run(*NEW, "--logo", "logo.png")
    assert done.exit_code == 0, done.output
    return desk


def newest() -> Path:
    (folder,) = (CLIENT / "out").glob("*/*")
    return folder


def test_a_new_client_has_everything_of_its_own(office: Any) -> None:
    assert sorted(path.name for path in CLIENT.iterdir()) == [
        ".gitignore",
        "cloudaudit.toml",
        "logo.png",
        "mask.key",
        "out",
    ]
    told = tomllib.loads((CLIENT / "cloudaudit.toml").read_text(encoding="utf-8"))
    assert told["client"]["name"] == "株式会社北浜"
    assert told["client"]["authorisation"]["until"].isoformat() == "2026-11-30"
    office.run("client", "new", "minato")
    assert (CLIENT / "mask.key").read_bytes() != Path("clients/minato/mask.key").read_bytes()


@posix
def test_nobody_else_can_read_it(office: Any) -> None:
    assert stat.S_IMODE(CLIENT.stat().st_mode) == 0o700
    assert stat.S_IMODE(CLIENT.parent.stat().st_mode) == 0o700
    CLIENT.chmod(0o750)
    assert "chmod 700" in office.scan("--client", "kitahama").stderr
    assert "chmod 700" in office.run("client", "list").stdout


def test_on_windows_the_folder_is_closed_by_an_acl_or_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_: Any) -> Done:
        asked.append(command)
        return Done()

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setenv("USERNAME", "yamada")
    monkeypatch.setenv("USERDOMAIN", "OFFICE")
    assert restrict(tmp_path) is None
    (command,) = asked
    assert command[0].endswith("icacls.exe")
    assert command[1:] == [str(tmp_path), "/inheritance:r", "/grant:r", "OFFICE\\yamada:(OI)(CI)F"]
    monkeypatch.setattr(Done, "returncode", 5)
    told = restrict(tmp_path)
    assert told is not None
    assert "could not be closed" in told.en


def test_a_scan_for_a_client_stays_in_its_folder(office: Any) -> None:
    done = office.scan("--client", "kitahama", "--format", "json,markdown,html", "--lang", "ja")
    assert done.exit_code == 0, done.output
    assert not Path("cloudaudit-out").exists()
    result = json.loads((newest() / "result.json").read_bytes())
    jsonschema.validate(result, SCHEMA)
    assert result["client"]["name"] == "株式会社北浜"
    assert result["client"]["logo"].startswith("data:image/png;base64,")
    for told in (done.stdout, (newest() / "summary.md").read_text(encoding="utf-8")):
        assert "対象企業: 株式会社北浜" in told
        assert "担当者: 情シス 山田" in told
        assert "点検の承諾: 代表取締役 佐藤 · 2026-11-01〜2026-11-30 · 契約書 第3条" in told
    page = (newest() / "report.html").read_text(encoding="utf-8")
    assert '<img class="logo" src="data:image/png;base64,' in page
    assert "2026-11-01〜2026-11-30" in page
    assert "承諾" not in done.stderr


def test_a_report_made_later_is_the_same_bytes(office: Any) -> None:
    office.scan("--client", "kitahama", "--format", "json,html,markdown,sharing")
    made = newest()
    done = office.run("report", str(made / "result.json"), "--format", "json,html,markdown", "--out", "again")
    assert done.exit_code == 0, done.output
    for name in ("result.json", "report.html", "summary.md"):
        assert Path("again", name).read_bytes() == (made / name).read_bytes()


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("2026-10-31T14:59:59Z", "begins on 2026-11-01"),
        ("2026-10-31T15:00:00Z", None),
        ("2026-11-30T14:59:59Z", None),
        ("2026-11-30T15:00:00Z", "ended on 2026-11-30"),
    ],
)
def test_an_authorisation_that_does_not_cover_the_day_is_told(
    office: Any, monkeypatch: pytest.MonkeyPatch, taken: str, said: str | None
) -> None:
    monkeypatch.setattr("cloudaudit.cli.scanning._now", lambda: taken)
    done = office.scan("--client", "kitahama", "--format", "json,markdown,html")
    assert done.exit_code == 0
    files = [(newest() / name).read_text(encoding="utf-8") for name in ("summary.md", "report.html")]
    told = [done.stderr, done.stdout, *files]
    assert ["The recorded authorisation" in text for text in told] == [said is not None] * 4
    assert said is None or all(said in text for text in told)


def test_a_missing_authorisation_is_told_everywhere(office: Any) -> None:
    made = office.run("client", "new", "minato")
    assert "No authorisation of this audit is recorded" in made.stdout
    done = office.scan("--client", "minato")
    assert "No authorisation of this audit is recorded" in done.stderr
    assert "Authorised by: not recorded" in done.stdout
    assert "No authorisation" in office.run("client", "list").stdout


def test_masked_reports_do_not_name_the_client(office: Any) -> None:
    done = office.scan("--client", "kitahama", "--mask", "--format", "json,html,markdown")
    assert done.exit_code == 0, done.output
    for path in (newest() / "masked").iterdir():
        told = path.read_text(encoding="utf-8")
        for name in ("北浜", "山田", "佐藤", "契約書", "data:image/png"):
            assert name not in told, path
        assert "2026-11-30" in told
    assert "北浜" not in done.stdout


def test_pseudonyms_are_made_with_the_clients_own_key(office: Any) -> None:
    office.run("client", "new", "minato")

    def masked(client: str, out: str) -> bytes:
        office.scan("--client", client, "--mask", "--out", out, "--format", "json")
        return Path(out, "masked", "result.json").read_bytes()

    first = json.loads(masked("kitahama", "a"))["target"]["account"]
    assert first == json.loads(masked("kitahama", "b"))["target"]["account"]
    assert first != json.loads(masked("minato", "c"))["target"]["account"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["CON"], "Windows keeps this name"),
        (["../out"], "cannot stand in it"),
        (["a."], "nor end with a dot"),
        (["😀"], "cp932"),
        (["kitahama"], "cannot be made"),
        (["b", "--logo", "no.png"], "cannot be read"),
        (["b", "--logo", "drawing.svg"], "no PNG or JPEG"),
        (["b", "--logo", "large.png"], "no PNG or JPEG of at most 100 KiB"),
        (["b", "--logo", "broken.png"], "no PNG or JPEG"),
        (["b", "--logo", "broken.jpg"], "no PNG or JPEG"),
        (["b", "--logo", "bomb.png"], "4000 pixels a side"),
        (["b", "--until", "2026-11-30"], "add --authorised-by"),
        (
            ["b", "--authorised-by", "x", "--from", "2026-11-02", "--until", "2026-11-01"],
            "earlier than --from",
        ),
        (["b", "--title", "a\nname = 1"], "control characters"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_makes_nothing(
    office: Any, arguments: list[str], said: str
) -> None:
    Path("drawing.svg").write_text("<svg onload='alert(1)'/>", encoding="utf-8")
    Path("large.png").write_bytes(PNG + bytes(100 * 1024))
    Path("broken.png").write_bytes(PNG[:40] + b"<svg onload=alert(1)>")
    Path("broken.jpg").write_bytes(b"\xff\xd8\xff" + bytes(500))
    sides = b"IHDR" + struct.pack(">II", 30_000, 30_000) + PNG[24:29]
    Path("bomb.png").write_bytes(PNG[:12] + sides + struct.pack(">I", zlib.crc32(sides)) + PNG[33:])
    done = office.run("client", "new", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert [path.name for path in Path("clients").iterdir()] == ["kitahama"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no table [client]"),
        ("[client\n", "not valid TOML"),
        ("[client]\n", "client.name"),
        ("[client]\nname = ''\nlogo = 3\nx = 1\n", "client.x"),
        (
            "[client]\nname = 'a'\n[client.authorisation]\nby = 'b'\nfrom = 2026-02-01\nuntil = 2026-01-01\n",
            "earlier",
        ),
        ("[client]\nname = 'a'\nlogo = 'none.png'\n", "cannot be read"),
    ],
)
def test_faults_of_the_file_are_told_before_anything_is_asked(office: Any, text: str, said: str) -> None:
    (CLIENT / "cloudaudit.toml").write_text(text, encoding="utf-8")
    done = office.scan("--client", "kitahama")
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert not office.session.tasks


def test_a_client_is_found_by_its_path_and_one_that_is_not_there_is_told(office: Any) -> None:
    assert office.scan("--client", str(CLIENT)).exit_code == 0
    done = office.scan("--client", "nobody")
    assert (done.exit_code, "There is no client nobody" in done.stderr) == (2, True)


def test_forgetting_removes_everything_and_says_what_remains(office: Any) -> None:
    office.scan("--client", "kitahama")
    refused = office.run("client", "forget", "kitahama")
    assert refused.exit_code in {1, 130}
    assert CLIENT.is_dir()
    done = office.run("client", "forget", "kitahama", "--yes")
    assert done.exit_code == 0, done.output
    assert not CLIENT.exists()
    for words in ("handed over", "--out", "backups", "the client's cloud"):
        assert words in done.stdout


@posix
def test_forgetting_follows_no_link_out_of_the_folder(office: Any) -> None:
    other = Path("other")
    other.mkdir()
    (other / "file").write_text("of another client", encoding="utf-8")
    (CLIENT / "out" / "link").symlink_to(other.resolve(), target_is_directory=True)
    (CLIENT / "file").symlink_to((other / "file").resolve())
    (CLIENT / "dangling").symlink_to("nowhere")
    os.link(other / "file", CLIENT / "second")
    done = office.run("client", "forget", "kitahama", "--yes")
    assert done.exit_code == 0, done.output
    assert (other / "file").read_text(encoding="utf-8") == "of another client"
    assert str(other.resolve()) in done.stdout
    assert "hard links" in done.stdout
    assert "second" in done.stdout


@posix
def test_only_a_clients_own_folder_is_forgotten(office: Any) -> None:
    Path("clients/linked").symlink_to(CLIENT.resolve(), target_is_directory=True)
    Path("clients/plain").mkdir()
    Path("clients/plain/photo.jpg").touch()
    for name in ("linked", "..", ".", "plain", "nobody", "kitahama/out", str(CLIENT.resolve())):
        done = office.run("client", "forget", name, "--yes")
        assert done.exit_code == 2, name
    assert Path("clients/plain/photo.jpg").exists()
    assert (CLIENT / "cloudaudit.toml").exists()


def test_a_second_attempt_goes_on_where_the_first_failed(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "in use", path)

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", refuse)
        done = office.run("client", "forget", "kitahama", "--yes")
    assert (done.exit_code, "run the same command again" in done.stderr) == (2, True)
    assert (CLIENT / "cloudaudit.toml").is_file()
    assert office.run("client", "forget", "kitahama", "--yes").exit_code == 0
    assert not CLIENT.exists()


def test_a_root_of_ones_own(desk: Any, tmp_path: Path) -> None:
    assert desk.run("client", "new", "a b", "--root", "本棚").exit_code == 0
    assert '--client "a b"' in desk.run("client", "new", "a b", "--root", "other").stdout
    assert "a b" in desk.run("client", "list", "--root", "本棚").stdout
    assert "There is no client in empty" in desk.run("client", "list", "--root", "empty").stdout
    with pytest.raises(UsageError):
        contents_of("..", tmp_path)


# ------------------------------------------------------------------------------- its key, history and configuration

PASSPHRASE = "correct horse battery"


@pytest.fixture
def sealed_office(desk: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client with a signing key of its own, and the passphrase in the environment."""
    monkeypatch.setenv("CLOUDAUDIT_KEY_PASSPHRASE", PASSPHRASE)
    done = desk.run(*NEW)
    assert done.exit_code == 0, done.output
    assert "sealed with its own signing.key (" in done.stdout
    return desk


def test_runs_of_a_client_are_sealed_with_its_key_and_join_its_history(sealed_office: Any) -> None:
    assert sealed_office.scan("--client", "kitahama", "--format", "json").exit_code == 0
    (bundle,) = newest().glob("evidence-*.zip")
    shown = sealed_office.run("keys", "show", "--key", str(CLIENT / "signing.key"))
    Path("public.pem").write_text(shown.stdout, encoding="utf-8")
    verified = sealed_office.run("verify", str(bundle), "--key", "public.pem")
    assert verified.exit_code == 0, verified.output
    # One check alone is a narrowed run, which never joins a history; that it was asked to is told.
    assert "history" in sealed_office.scan("--client", "kitahama", "--format", "json").stderr
    assert sealed_office.scan("--client", "kitahama", "--no-seal", "--out", "plain").exit_code == 0
    assert not list(Path("plain").glob("evidence-*"))


def test_without_a_passphrase_the_command_for_the_key_is_told(desk: Any) -> None:
    done = desk.run("client", "new", "minato")
    assert "cloudaudit keys new --out clients/minato/signing.key --name minato" in done.stdout.replace(
        "\\", "/"
    )
    assert not Path("clients/minato/signing.key").exists()
    short = desk.run("client", "new", "b", CLOUDAUDIT_KEY_PASSPHRASE="short")
    assert (short.exit_code, "shorter than" in short.stderr) == (2, True)
    assert not Path("clients/b").exists()


def test_the_clients_file_is_the_configuration_of_its_runs_and_no_other(office: Any) -> None:
    Path("cloudaudit.toml").write_text("[gates]\nfail_on = 'low'\nmistake = 1\n", encoding="utf-8")
    with (CLIENT / "cloudaudit.toml").open("a", encoding="utf-8") as file:
        file.write('\n[reports]\nformats = ["json", "markdown"]\nlanguages = ["ja"]\n')
    done = office.scan("--client", "kitahama")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in newest().iterdir()) == ["result.json", "snapshot.jsonl", "summary.md"]
    assert "点検の承諾" in done.stdout
    by_variable = office.scan("--out", "v", CLOUDAUDIT_CLIENT="kitahama")
    assert by_variable.exit_code == 0, by_variable.output
    assert not Path("v", "sharing.json").exists()
    assert office.scan("--client", "kitahama", "--config", "cloudaudit.toml").exit_code == 2


# ------------------------------------------------------------------------------------------------- from one to another


@posix
@pytest.mark.parametrize("name", ["", "out", "mask.key", "signing.key", "history.sqlite", "cloudaudit.toml"])
def test_a_folder_that_leads_to_another_clients_things_is_refused(office: Any, name: str) -> None:
    office.run("client", "new", "minato")
    other = Path("clients/minato")
    place = CLIENT / name if name else Path("clients/linked")
    if place.exists():
        place.rename(Path("aside"))
    place.symlink_to((other / name).resolve() if name else other.resolve())
    done = office.scan("--client", "kitahama" if name else "linked")
    assert (done.exit_code, "is a link" in done.stderr) == (2, True), done.output
    assert not office.session.tasks
    assert not list((other / "out").iterdir())


def test_results_of_a_client_are_never_written_into_anothers_folder(office: Any) -> None:
    office.run("client", "new", "minato")
    office.scan("--client", "kitahama")
    made = newest()
    before = {path: path.read_bytes() for path in CLIENT.rglob("*") if path.is_file()}
    asked = len(office.session.tasks)
    for arguments in (
        ("scan", "aws", "--resume", "--out", str(made)),
        ("scan", "aws", "--out", str(CLIENT / "out" / "x")),
        ("judge", str(made / "snapshot.jsonl"), "--out", str(CLIENT / "y")),
        ("report", str(made / "result.json"), "--format", "html"),
        ("fleet", "--out", str(CLIENT / "z"), "--targets", "t.toml"),
    ):
        done = office.run(*arguments, "--client", "minato", "--lang", "en")
        assert (done.exit_code, "folder of another client" in done.stderr) == (2, True), done.output
    assert len(office.session.tasks) == asked
    assert {path: path.read_bytes() for path in CLIENT.rglob("*") if path.is_file()} == before


# ---------------------------------------------------------------------------------------------------------- hand-over


def test_a_client_is_handed_over_without_its_keys(sealed_office: Any) -> None:
    sealed_office.scan("--client", "kitahama", "--no-seal")
    done = sealed_office.run("client", "export", "kitahama", "--out", "given", "--lang", "en")
    assert done.exit_code == 0, done.output
    bundle = Path(done.stdout.strip())
    assert "Left out, since they are secrets: mask.key, signing.key" in done.stderr
    with zipfile.ZipFile(bundle) as opened:
        names = opened.namelist()
        everything = b"".join(opened.read(name) for name in names)
    assert any(name.endswith("result.json") for name in names)
    assert any(name.endswith("cloudaudit.toml") for name in names)
    assert not [name for name in names if name.endswith(".key")]
    assert (CLIENT / "mask.key").read_bytes().strip() not in everything
    assert b"PRIVATE KEY" not in everything
    if os.name != "nt":
        assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    shown = sealed_office.run("keys", "show", "--key", str(CLIENT / "signing.key"))
    Path("public.pem").write_text(shown.stdout, encoding="utf-8")
    verified = sealed_office.run("verify", str(bundle), "--key", "public.pem")
    assert verified.exit_code == 0, verified.output


def test_what_cannot_be_handed_over_is_one_sentence(office: Any) -> None:
    inside = office.run("client", "export", "kitahama", "--out", str(CLIENT / "given"))
    assert (inside.exit_code, "name a folder elsewhere" in inside.stderr) == (2, True)
    for name in ("nobody", "..", "kitahama/out"):
        assert office.run("client", "export", name).exit_code == 2
    assert not list(Path().glob("evidence-*"))
    unsigned = office.run("client", "export", "kitahama")
    assert (unsigned.exit_code, "UNSIGNED" in unsigned.stderr) == (0, True)


@posix
def test_a_linked_file_of_another_client_is_not_handed_over(office: Any) -> None:
    Path("elsewhere").write_text("of another client", encoding="utf-8")
    (CLIENT / "out" / "note").symlink_to(Path("elsewhere").resolve())
    done = office.run("client", "export", "kitahama", "--out", "given")
    assert done.exit_code == 2
    assert not list(Path().glob("given/evidence-*"))


@posix
def test_what_is_marked_as_read_only_is_forgotten_too(office: Any) -> None:
    office.scan("--client", "kitahama")
    for path in (*CLIENT.rglob("*"), CLIENT):
        path.chmod(0o500 if path.is_dir() else 0o400)
    done = office.run("client", "forget", "kitahama", "--yes")
    assert done.exit_code == 0, done.output
    assert not CLIENT.exists()


def test_a_junction_counts_as_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        st_mode = stat.S_IFDIR | 0o700
        st_reparse_tag = 0xA0000003

    def lstat(_: Path) -> Found:
        return Found()

    assert not is_link(tmp_path)
    monkeypatch.setattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", 0xA0000003, raising=False)
    monkeypatch.setattr(Path, "lstat", lstat)
    assert is_link(tmp_path)
