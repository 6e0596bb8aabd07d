"""``cloudaudit.toml``: what it says becomes the defaults of options; what ``init`` writes is without fault."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner

from cloudaudit.cli.bilingual import Group, Option
from cloudaudit.cli.root import cli
from cloudaudit.config.describing import sample, schema
from cloudaudit.config.fields import settings
from cloudaudit.config.loading import ANY, commands_of, defaults, load, sections
from cloudaudit.config.sections import Config
from cloudaudit.text import Language

OF_OTHERS = {"seal", "key", "chain", "timestamp_url", "history", "ledger", "ledger_columns"}
"""Options of what is kept of a run; a command that has none of the name is told nothing."""


def commands(command: click.Command = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    yield " ".join(path), command
    if isinstance(command, Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from commands(inner, (*path, name))


COMMANDS = dict(commands())
NOT_IN_THE_FILE = {
    "client",
    "debug",
    "resume",
    "as_of",
    "form",
    "level",
    "result",
    "config",
    "policy",
}
"""Options that concern one run, or stand for a section (``policy``)."""


def written(folder: Path, text: str) -> Path:
    path = folder / "cloudaudit.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_init_writes_has_no_fault_and_says_nothing(tmp_path: Path, language: Language) -> None:
    config = load(written(tmp_path, sample(language))).value
    assert config.model_dump(exclude={"policy"}) == Config().model_dump(exclude={"policy"})
    assert config.policy is not None
    assert config.policy.model_fields_set == {"profile"}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_line_that_init_comments_out_can_be_taken(tmp_path: Path, language: Language) -> None:
    text = sample(language)
    taken = re.sub(r"^# (?=\[|[a-z_0-9]+ = )", "", text, flags=re.MULTILINE)
    assert taken.count("\n# ") < text.count("\n# ") / 3
    config = load(written(tmp_path, taken)).value
    jsonschema.validate(tomllib.loads(taken), json.loads(schema()))
    for _, section in sections(config):
        assert [found.name for found in settings(section) if found.value is None] == []


def test_the_schema_refuses_what_the_file_may_not_say() -> None:
    made = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(made)
    faulty: tuple[Any, ...] = ({"gate": {}}, {"gates": {"fail_on": "severe"}}, {"policy": {"profile": 1}})
    for bad in faulty:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, made)
    assert "null" not in schema()


def test_every_setting_is_an_option_of_the_commands_that_it_names(tmp_path: Path) -> None:
    taken = re.sub(r"^# (?=\[|[a-z_0-9]+ = )", "", sample("en"), flags=re.MULTILINE)
    config = load(written(tmp_path, taken)).value
    for place, section in sections(config):
        for found in settings(section):
            if not found.setting.option or found.setting.option in OF_OTHERS:
                continue
            for path in commands_of(place, found.setting):
                if path != ANY:
                    assert found.setting.option in {one.name for one in COMMANDS[path].params}, (path, found)


def test_every_option_of_a_scan_can_stand_in_the_file(tmp_path: Path) -> None:
    taken = re.sub(r"^# (?=\[|[a-z_0-9]+ = )", "", sample("en"), flags=re.MULTILINE)
    config = load(written(tmp_path, taken)).value
    for path in ("scan aws", "scan gcs", "scan m365", "judge", "report", "waivers lint", "checks list"):
        options = {one.name for one in COMMANDS[path].params if isinstance(one, Option)}
        # Another rendering of a result goes where its command says: what scans write is there already.
        own = {"reports", "out"} if path == "report" else set[str]()
        assert options - NOT_IN_THE_FILE - own <= defaults(config, path).keys(), path


def run(*arguments: str, **environ: str) -> Any:
    return CliRunner().invoke(cli, arguments, env={"LANG": "C.UTF-8", "LC_ALL": "", **environ})


def shown(*arguments: str, **environ: str) -> dict[str, tuple[Any, str]]:
    done = run("config", "show", "--format", "json", *arguments, **environ)
    assert done.exit_code == 0, done.output
    return {
        one["key"]: (one["value"], ":".join(str(part) for part in one["origin"].values() if part))
        for one in json.loads(done.output)["settings"]
    }


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    written(
        tmp_path,
        """waivers = "w.toml"
[gates]
fail_on = "medium"
min_coverage = 90
[gates.themes.mfa]
fail_on = "low"
[scan.aws]
regions = ["ap-northeast-1", "us-east-1"]
[policy]
access_key_max_age_days = 30
""",
    )
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_flag_comes_before_the_environment_and_that_before_the_file() -> None:
    file = shown("scan", "aws")
    assert file["fail_on"] == (["medium", "mfa=low"], "file:cloudaudit.toml:3")
    assert file["region"] == (["ap-northeast-1", "us-east-1"], "file:cloudaudit.toml:8")
    assert file["policy.access_key_max_age_days"] == (30, "file:cloudaudit.toml:10")
    assert file["concurrency"] == (32, "default")
    assert shown("scan", "gcs")["region"] == ([], "default")
    general = {"CLOUDAUDIT_FAIL_ON": "high,sharing=low", "CLOUDAUDIT_REGION": "eu-west-1"}
    general["CLOUDAUDIT_PROFILE"] = "not of a scan alone"
    environment = shown("scan", "aws", **general)
    assert environment["fail_on"] == (["high", "sharing=low"], "environment:CLOUDAUDIT_FAIL_ON")
    assert environment["profile"] == (None, "default")
    assert environment["region"] == (["eu-west-1"], "environment:CLOUDAUDIT_REGION")
    own = shown("scan", "aws", **general, CLOUDAUDIT_SCAN_AWS_FAIL_ON="none")
    assert own["fail_on"] == (["none"], "environment:CLOUDAUDIT_SCAN_AWS_FAIL_ON")
    flag = shown("scan", "aws", "--fail-on", "info", **general)
    assert flag["fail_on"] == (["info"], "flag")


@pytest.mark.usefixtures("folder")
def test_the_whole_file_is_shown_with_where_each_value_came_from() -> None:
    found = shown(CLOUDAUDIT_QUIET="1", CLOUDAUDIT_MIN_SCORE="")
    assert found["waivers"] == ("w.toml", "file:cloudaudit.toml:1")
    assert found["reports.quiet"] == (True, "environment:CLOUDAUDIT_QUIET")
    assert found["gates.min_coverage"] == (["90.0"], "file:cloudaudit.toml:4")
    assert found["gates.min_score"] == (None, "default")
    assert found["scan.aws.regions"][1] == "file:cloudaudit.toml:8"
    assert found["scan.gcs.regions"][1] == "default"
    assert found["reports.formats"] == (["json", "markdown", "sharing"], "default")
    text = run("config", "show", "--lang", "ja").output
    assert 'waivers = "w.toml"  # 設定ファイル (cloudaudit.toml:1)' in text
    assert "# profile: 未設定" in text


def test_another_file_is_named_by_option_or_environment_and_paths_are_counted_from_it(folder: Path) -> None:
    other = folder / "sub" / "other.toml"
    other.parent.mkdir()
    other.write_text('waivers = "w.toml"\n[reports]\nlanguages = ["ja"]\n', encoding="utf-8")
    place = str(Path("sub") / "other.toml")
    for found in (shown("--config", place), shown(CLOUDAUDIT_CONFIG=place)):
        assert found["waivers"] == (str(Path("sub") / "w.toml"), f"file:{place}:1")
        assert found["reports.languages"] == (["ja"], f"file:{place}:3")
    done = run("judge", "--config", place, "none.jsonl")
    assert done.exit_code == 2
    assert "受容ファイル" in done.output


def test_faults_stop_every_command_but_help(folder: Path) -> None:
    written(folder, "[gates]\nfail_onn = 1\nmin_score = 101\n")
    done = run("checks")
    assert done.exit_code == 2
    assert done.output.splitlines() == [
        "The configuration file cloudaudit.toml has faults:",
        "  line 2, gates.fail_onn: there is no such setting; did you mean fail_on?",
        "  line 3, gates.min_score: Input should be less than or equal to 100",
    ]
    assert run("scan", "aws", "--help").exit_code == 0
    assert run("--help").exit_code == 0
    assert run("checks", "--config", "none.toml").exit_code == 2


def test_init_writes_once_and_never_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "--lang", "ja").exit_code == 0
    content = (tmp_path / "cloudaudit.toml").read_bytes()
    assert content.decode().startswith("#:schema ")
    assert "監査ポリシー" in content.decode()
    again = run("init")
    assert again.exit_code == 2
    assert "never overwritten" in again.output
    assert (tmp_path / "cloudaudit.toml").read_bytes() == content
    assert run("config", "schema").output == schema()


def test_a_variable_for_scans_leaves_options_of_the_same_name_alone(folder: Path) -> None:
    done = run("init", "--out", "x.toml", CLOUDAUDIT_OUT="elsewhere", CLOUDAUDIT_FORMAT="html")
    assert done.exit_code == 0
    assert (folder / "x.toml").exists()
    assert run("config", "show", CLOUDAUDIT_FORMAT="html", CLOUDAUDIT_OUT="elsewhere").exit_code == 0


def test_a_file_as_windows_writes_it_is_read(folder: Path) -> None:
    text = '\ufeff[gates]\r\nmin_score = 50\r\n[scan.aws]\r\nregions = ["ap-northeast-1"]\r\n'
    (folder / "cloudaudit.toml").write_bytes(text.encode())
    assert shown("scan", "aws")["region"] == (["ap-northeast-1"], "file:cloudaudit.toml:4")


@pytest.mark.usefixtures("folder")
def test_a_command_that_does_not_exist_is_not_shown() -> None:
    done = run("config", "show", "scan", "aw")
    assert done.exit_code == 2
    assert "There is no command aw" in done.output
