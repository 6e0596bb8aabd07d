from pathlib import Path

import pytest

from cloudaudit.fleet import process
from cloudaudit.fleet.plan import Job
from cloudaudit.fleet.process import Order, TargetProcess
from cloudaudit.fleet.rows import State

ORDER = Order(job=Job(name="a", title="A", provider="aws", arguments=("aws",)), folder="nowhere")


def test_a_process_that_dies_is_a_row_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START", "import sys; sys.stderr.write('boom \\x1b[31m'); sys.exit(9)")
    row = TargetProcess(ORDER).row()
    assert (row.state, row.code) == (State.FAILED, 3)
    assert "without a result (9)" in row.reasons[0].reason.en
    assert "boom \\x1b[31m" in row.reasons[0].reason.en


def test_a_process_that_says_something_else_is_a_row_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START", "print('{}')")
    assert TargetProcess(ORDER).row().state is State.FAILED


def test_it_breaks_off_when_it_is_told_to_and_hears_nothing_of_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(5)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        process, "START", "import json, sys; sys.stdin.readline(); sys.stdin.read(); sys.exit(7)"
    )
    running = TargetProcess(ORDER)
    running.interrupt()
    running.interrupt()
    assert "(7)" in running.row().reasons[0].reason.en
