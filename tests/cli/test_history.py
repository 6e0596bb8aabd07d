"""History, trend and diff at the command line."""

import json
from pathlib import Path

from cloudaudit.cli.remembering import DEFAULT
from cloudaudit.testing import ACCOUNT

from .conftest import Desk


def whole(desk: Desk, *arguments: str, lang: str = "en") -> int:
    """A scan that is not narrowed; its exit code."""
    return desk.run("scan", "aws", "--quiet", "--lang", lang, *arguments).exit_code


def earlier(result: Path, day: str, folder: Path) -> Path:
    """The same result as of another day."""
    document = result.read_text(encoding="utf-8")
    taken = json.loads(document)["taken_at"]
    folder.mkdir(parents=True)
    path = folder / "result.json"
    path.write_text(
        document.replace(f'"taken_at": "{taken}"', f'"taken_at": "{day}T00:00:00Z"'), encoding="utf-8"
    )
    return path


def test_a_run_joins_its_history_and_reports_tell_since_when(desk: Desk) -> None:
    whole(desk, "--out", "first")
    old = earlier(desk.folder / "first" / "result.json", "2026-01-02", desk.folder / "old")
    told = desk.run("history", "import", str(old.parent), "--history", "h.sqlite", "--lang", "ja")
    assert told.exit_code == 0
    assert "取り込み 1 件" in told.output
    assert (
        "there already: 1"
        in desk.run("history", "import", "old", "--history", "h.sqlite", "--lang", "en").output
    )
    code = whole(desk, "--out", "second", "--history", "h.sqlite", "--format", "json,html,markdown")
    assert code in {1, 3}
    result = json.loads((desk.folder / "second" / "result.json").read_text(encoding="utf-8"))
    assert {each["since"] for each in result["failing_since"]} == {"2026-01-02T00:00:00Z"}
    assert 'id="trend"' in (desk.folder / "second" / "report.html").read_text(encoding="utf-8")
    trend = desk.run("trend", "--history", "h.sqlite", "--plain", "--days", "3000", "--lang", "ja")
    lines = trend.output.splitlines()
    assert lines[0] == f"aws-{ACCOUNT}"
    assert len(lines) == 3
    assert lines[1].startswith("2026-01-02: ")
    drawn = desk.run("trend", "--history", "h.sqlite", "--days", "3000", "--lang", "en", COLUMNS="70")
    assert "assessed" in drawn.output
    assert max(map(len, drawn.output.splitlines())) <= 70


def test_what_is_narrowed_masked_or_unreadable_stays_out_and_says_so(desk: Desk) -> None:
    desk.scan("--quiet", "--out", "narrow", "--history", "h.sqlite")
    assert "no history" in desk.run("trend", "--history", "h.sqlite", "--lang", "en").output
    told = desk.scan("--quiet", "--out", "narrow2", "--history", "h.sqlite", "--lang", "ja")
    assert "履歴には取り込みません" in told.output
    whole(desk, "--out", "whole", "--mask", "--mask-key", "k")
    told = desk.run("history", "import", "whole/masked", "narrow", "--history", "h.sqlite", "--lang", "en")
    assert told.exit_code == 0
    assert "left out: 2" in told.output
    (desk.folder / "bad").mkdir()
    (desk.folder / "bad" / "result.json").write_text("{}")
    told = desk.run("history", "import", "bad", "--history", "h.sqlite", "--lang", "en")
    assert told.exit_code == 2
    assert "unreadable: 1" in told.output
    assert desk.run("history", "import", "nothing-here", "--lang", "en").exit_code == 2


def test_a_damaged_history_stops_a_scan_before_it_starts(desk: Desk) -> None:
    (desk.folder / "h.sqlite").write_bytes(b"not a database, and long enough to tell" * 100)
    told = desk.run("scan", "aws", "--history", "h.sqlite", "--lang", "en")
    assert told.exit_code == 2
    assert "no result is lost" in told.output
    assert desk.session.tasks == []


def test_the_default_history_lies_beside_the_runs(desk: Desk) -> None:
    whole(desk)
    assert desk.run("history", "import", "cloudaudit-out", "--lang", "en").exit_code == 0
    assert (desk.folder / DEFAULT).is_file()
    assert desk.run("trend", "--lang", "ja", "--plain").exit_code == 0
    assert desk.run("trend", "--target", "aws-1", "--lang", "en").exit_code == 2


def test_diff_tells_by_its_exit_code_whether_anything_got_worse(desk: Desk) -> None:
    whole(desk, "--out", "now")
    now = desk.folder / "now" / "result.json"
    before = earlier(now, "2026-01-02", desk.folder / "before")
    same = desk.run("diff", str(before), str(now), "--lang", "en")
    assert same.exit_code == 0, same.output
    assert "Nothing got worse." in same.output
    assert "(since 2026-01-02)" in same.output
    assert desk.run("diff", str(now), str(before)).exit_code == 2
    text = before.read_text(encoding="utf-8")
    failing = next(line for line in text.splitlines() if '"status":"fail"' in line)
    counts = next(line for line in text.splitlines() if line.startswith('"counts"'))
    told = json.loads(text)["counts"]
    told["pass"] += 1
    told["fail"] -= 1
    told["by-severity"][json.loads(failing.rstrip(","))["severity"]] -= 1
    passing = failing.replace('"status":"fail"', '"status":"pass"')
    fixed = text.replace(failing, passing).replace(counts, f'"counts": {json.dumps(told)},')
    before.write_text(fixed, encoding="utf-8")
    worse = desk.run("diff", str(before), str(now), "--format", "json")
    assert worse.exit_code == 1, worse.output
    assert json.loads(worse.stdout)["regressed"] == 1
    page = desk.run("diff", str(before), str(now), "--format", "markdown", "--lang", "ja")
    assert page.exit_code == 1
    assert "うち前回は適合: 1" in page.output
