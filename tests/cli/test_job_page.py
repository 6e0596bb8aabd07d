"""GitHub's summary page and annotations, and that no name of a stranger becomes a command."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.cli.job_page import LIMIT
from cloudaudit.notices.github import command

ON = {"GITHUB_ACTIONS": "true"}


def test_findings_become_annotations_and_the_report_the_page(desk: Any) -> None:
    page = desk.folder / "page.md"
    page.write_text("before\n", encoding="utf-8")
    done = desk.scan(GITHUB_STEP_SUMMARY=str(page), **ON)
    told = [line for line in done.stdout.splitlines() if line.startswith(("::error", "::warning"))]
    assert len(told) == 1
    assert told[0].startswith("::warning title=aws-s3-bucket-versioning (medium%2C failed)::acme-[bold]")
    assert "\x1b" not in told[0]
    said = page.read_text(encoding="utf-8")
    assert said.startswith("before\n## cloudaudit")
    assert said.strip().endswith((desk.runs[0] / "summary.md").read_text(encoding="utf-8").strip())


def test_outside_of_github_nothing_is_told(desk: Any) -> None:
    done = desk.scan(GITHUB_ACTIONS="false")
    assert "::" not in re.sub(r"arn:aws[^ ]*", "", done.stdout)


def test_quiet_leaves_the_page_and_prints_nothing(desk: Any) -> None:
    page = desk.folder / "page.md"
    done = desk.scan("--quiet", GITHUB_STEP_SUMMARY=str(page), **ON)
    assert done.stdout == ""
    assert page.stat().st_size


def test_what_is_printed_between_cannot_command_the_runner(desk: Any) -> None:
    desk.session.off_name = "::add-mask::x"
    first, second = (desk.scan(**ON).stdout.splitlines() for _ in range(2))
    tokens: list[str] = []
    for lines in (first, second):
        begin = next(line for line in lines if line.startswith("::stop-commands::"))
        token = begin.removeprefix("::stop-commands::")
        start, end = lines.index(begin), lines.index(f"::{token}::")
        assert any("::add-mask::x" in line for line in lines[start:end])
        assert not any(line.lstrip().startswith("::add-mask") for line in (*lines[:start], *lines[end:]))
        tokens.append(token)
    assert tokens[0] != tokens[1], "nobody can guess it"


def test_a_page_that_is_full_or_cannot_be_written_costs_no_result(desk: Any) -> None:
    page = desk.folder / "page.md"
    page.write_bytes(b"x" * LIMIT)
    done = desk.scan(GITHUB_STEP_SUMMARY=str(page))
    assert done.exit_code == 0
    assert "full (1 MiB)" in done.stderr
    assert page.stat().st_size == LIMIT
    done = desk.scan(GITHUB_STEP_SUMMARY=str(desk.folder))
    assert done.exit_code == 0
    assert "cannot be written" in done.stderr


@given(st.text(), st.text())
def test_a_command_is_one_line_whatever_is_in_it(title: str, message: str) -> None:
    line = command("error", title, message)
    assert len(line.splitlines()) == 1
    heading, _, said = line.removeprefix("::error title=").partition("::")
    assert ":" not in heading
    assert "," not in heading
    assert not re.search(r"%(?!25|0A|0D|3A|2C)", heading + said)
