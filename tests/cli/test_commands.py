import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from cloudaudit import discovery
from cloudaudit.cli.gate_options import SEVERITIES
from cloudaudit.cli.root import cli
from cloudaudit.model import Severity
from cloudaudit.providers.aws.permissions import Format

COMMANDS = [
    ["scan"],
    ["scan", "aws"],
    ["judge"],
    ["checks"],
    ["checks", "list"],
    ["checks", "show"],
    ["permissions"],
    ["permissions", "aws"],
]


def cloudaudit(*arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cloudaudit", *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_both_languages(desk: Any, command: list[str]) -> None:
    english = desk.run(*command, "--help")
    japanese = desk.run(*command, "--help", LANG="ja_JP.UTF-8")
    assert english.exit_code == japanese.exit_code == 0
    assert english.output.isascii()
    described = [
        line for line in japanese.output.splitlines() if line.startswith("  ") and not line.isascii()
    ]
    assert described


def test_the_list_of_commands_is_true(desk: Any) -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert name in desk.run("--help").output
    assert cli.get_command(context, "destroy") is None


@pytest.mark.parametrize(
    "order", [("--lang", "ja", "--help"), ("--help", "--lang", "ja"), ("-h", "--lang=ja")]
)
def test_lang_counts_for_help(desk: Any, order: tuple[str, ...]) -> None:
    assert "監査ポリシー" in desk.run("judge", *order).output


def test_severities_are_those_of_the_model() -> None:
    assert tuple(severity.value for severity in Severity) == SEVERITIES


def test_checks_lists_every_check(desk: Any) -> None:
    for arguments in (["checks"], ["checks", "list"]):
        output = desk.run(*arguments).output
        assert all(check_id in output for check_id in discovery.checks())
    wide = desk.run("checks", COLUMNS="160").output
    assert any("aws-s3-bucket-versioning" in line and "Bucket keeps" in line for line in wide.splitlines())


def test_checks_plain_is_one_line_a_check(desk: Any) -> None:
    lines = desk.run("checks", "--plain", "--lang", "ja").output.splitlines()
    assert len(lines) == len(discovery.checks())
    assert all(line.count("\t") == 3 for line in lines)


def test_checks_of_a_folder_are_listed(desk: Any) -> None:
    Path("own").mkdir()
    Path("own/bad.py").write_text("import nowhere_at_all", encoding="utf-8")
    done = desk.run("checks", "--checks-dir", "own")
    assert done.exit_code == 2
    assert "does not import" in done.stderr
    Path("own/bad.py").write_text("", encoding="utf-8")
    assert desk.run("checks", "--checks-dir", "own").exit_code == 0


def test_checks_show_explains_in_both_languages_or_the_one_asked_for(desk: Any) -> None:
    both = desk.run("checks", "show", "aws-s3-bucket-versioning").output
    assert both.index("What to do:") < both.index("対処:")
    assert "https://" in both
    assert "never run" in both
    only = desk.run("checks", "show", "aws-s3-bucket-versioning", "--lang", "ja", "--plain").output
    assert "What to do:" not in only
    assert "対処:" in only


def test_checks_has_no_blanks_at_the_ends_of_lines(desk: Any) -> None:
    for width in ("70", "140"):
        lines = desk.run("checks", COLUMNS=width).output.splitlines()
        assert [line for line in lines if line != line.rstrip()] == []


def test_a_command_is_never_wrapped(desk: Any) -> None:
    check = max(discovery.checks().values(), key=lambda check: len(check.command))
    for arguments in ([], ["--plain"]):
        output = desk.run("checks", "show", check.id, *arguments, COLUMNS="40").output
        assert sum(line.endswith(check.command) for line in output.splitlines()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["checks"],
        ["checks", "--plain"],
        ["checks", "show", "aws-s3-bucket-versioning"],
        ["permissions", "aws"],
        ["judge", "--help"],
        ["--help"],
        ["--version"],
    ],
)
def test_standard_output_that_is_full_is_one_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "cloudaudit", *arguments],
            env={**os.environ, "LC_ALL": "C"},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
        )
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines() == [
        "Standard output cannot be written (No space left on device); free space where it is sent to."
    ]


@pytest.mark.parametrize(
    "arguments", [["checks"], ["checks", "--plain"], ["permissions", "aws"], ["judge", "--help"]]
)
def test_a_reader_that_leaves_early_ends_it_quietly(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "cloudaudit", *arguments], stdout=gone, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_checks_show_of_an_unknown_check_suggests_one(desk: Any) -> None:
    done = desk.run("checks", "show", "aws-s3-bucket-versionin")
    assert done.exit_code == 2
    assert "did you mean aws-s3-bucket-versioning?" in done.stderr


@pytest.mark.parametrize("form", get_args(Format))
def test_permissions_are_printed_in_every_format(desk: Any, form: str) -> None:
    done = desk.run("permissions", "aws", "--format", form)
    assert done.exit_code == 0
    assert "s3:GetBucketVersioning" in done.stdout


def test_permissions_are_json_by_default(desk: Any) -> None:
    assert json.loads(desk.run("permissions", "aws").stdout)["Version"] == "2012-10-17"


@pytest.mark.parametrize(
    "arguments", [["destroy"], ["scan", "aws", "--nope"], ["judge"], ["scan", "aws", "--max-rps", "0"]]
)
def test_wrong_usage_is_exit_2(desk: Any, arguments: list[str]) -> None:
    assert desk.run(*arguments).exit_code == 2


def test_version() -> None:
    done = cloudaudit("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, b"cloudaudit")


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_the_start_loads_nothing_heavy(argument: str) -> None:
    code = (
        "import sys\nsys.argv = ['cloudaudit', sys.argv[1]]\n"
        "from cloudaudit.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'rich', 'pydantic', 'msgspec', 'botocore', 'boto3', 'cloudaudit.discovery'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))\n"
    )
    command = [sys.executable, "-c", code, argument]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own code
    assert done.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_terminal_without_japanese_gets_utf_8(environ: dict[str, str]) -> None:
    done = cloudaudit("checks", "--plain", "--lang", "ja", **environ)
    assert done.returncode == 0, done.stderr
    assert "バケット" in done.stdout.decode()


def test_a_japanese_terminal_keeps_its_encoding() -> None:
    done = cloudaudit("checks", "show", "aws-s3-bucket-versioning", PYTHONIOENCODING="cp932")
    assert done.returncode == 0, done.stderr
    assert "バケット" in done.stdout.decode("cp932")


def test_an_error_reaches_a_terminal_without_japanese() -> None:
    done = cloudaudit("judge", "無い", "--lang", "ja", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert "スナップショット" in done.stderr.decode()
