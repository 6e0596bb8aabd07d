"""Completion: what the shells are given, and what they are answered."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from cloudaudit.cli.completion import SHELLS, VARIABLE
from cloudaudit.cli.root import cli

ROOT = Path(__file__).parents[2]


def answered(monkeypatch: pytest.MonkeyPatch, words: str, index: int) -> list[str]:
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(index))
    return BashComplete(cli, {}, "cloudaudit", VARIABLE).complete().splitlines()


@pytest.mark.parametrize(
    ("words", "index", "wanted"),
    [
        ("cloudaudit sc", 1, ["plain,scan"]),
        ("cloudaudit scan ", 2, ["plain,aws", "plain,gcs", "plain,m365"]),
        ("cloudaudit scan aws --fail-on-", 3, ["plain,--fail-on-new"]),
        ("cloudaudit scan m365 --cloud us", 4, ["plain,usgov", "plain,usgovdod"]),
        ("cloudaudit completion ", 2, [f"plain,{shell}" for shell in SHELLS]),
    ],
)
def test_commands_options_and_choices_are_completed(
    monkeypatch: pytest.MonkeyPatch, words: str, index: int, wanted: list[str]
) -> None:
    assert answered(monkeypatch, words, index) == wanted


def test_completing_looks_at_no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cloudaudit.toml").write_text("not toml", encoding="utf-8")
    assert answered(monkeypatch, "cloudaudit scan aws --pla", 3) == ["plain,--plain"]


def test_another_shell_is_refused() -> None:
    done = CliRunner().invoke(cli, ["completion", "powershell"])
    assert done.exit_code == 2


COMPLETED: dict[str, str] = {
    "bash": 'source "$1"; COMP_WORDS=(cloudaudit sc); COMP_CWORD=1; _cloudaudit_completion cloudaudit; '
    'printf "%s\\n" "${COMPREPLY[@]}"',
    # Without a terminal zsh completes nothing: compdef is there only to be called, and compadd prints.
    "zsh": "compdef() { :; }; compadd() { print -l -- ${(P)@[-1]}; }; _describe() { print -l -- ${(P)3}; }; "
    'source "$1"; words=(cloudaudit sc); CURRENT=2; _cloudaudit_completion',
    "fish": 'source $argv[1]; complete --do-complete "cloudaudit sc"',
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_itself_completes(shell: str, tmp_path: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    made: Any = CliRunner().invoke(cli, ["completion", shell])
    assert made.exit_code == 0
    script = tmp_path / f"completion.{shell}"
    script.write_text(made.output, encoding="utf-8", newline="\n")
    starter = tmp_path / "cloudaudit"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cloudaudit "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    environ = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    named = [str(script)] if shell == "fish" else [shell, str(script)]
    done = subprocess.run(  # noqa: S603 - the shell on this machine
        [program, "-c", COMPLETED[shell], *named],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "scan" in done.stdout.replace(":", " ").split(), done.stdout + done.stderr
