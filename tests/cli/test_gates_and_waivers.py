"""Gates, waivers and events through the command line, against a fake account of two buckets of which one fails."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from cloudaudit.ids import finding_id
from cloudaudit.model import Status
from cloudaudit.testing import ACCOUNT

CHECK = "aws-s3-bucket-versioning"
OFF = "arn:aws:test:::aws-s3-bucket/acme-[bold]\x1b[31moff"
FINDING = finding_id("aws", ACCOUNT, CHECK, OFF)
LOG = json.loads((Path(__file__).parents[2] / "docs" / "log.schema.json").read_text(encoding="utf-8"))
CONTRACT = """[[waiver]]
check = "{check}"
resource = "{resource}"
reason = "vendor"
owner = "tanaka"
approver = "{approver}"
compensating_control = "daily copy"
created = {created}
expires = {expires}
"""


def contract(folder: Path, **fields: str) -> str:
    given = {
        "check": CHECK,
        "resource": FINDING,
        "approver": "sato",
        "created": "2026-01-01",
        "expires": "2026-12-31",
        **fields,
    }
    path = folder / "w.toml"
    with path.open("a", encoding="utf-8") as file:
        file.write(CONTRACT.format_map(given))
    return str(path)


def judged(desk: Any, *arguments: str, day: str = "2026-11-21") -> tuple[Result, dict[str, Any]]:
    if not (desk.folder / "s" / "snapshot.jsonl").exists():
        assert desk.scan("--out", "s", "--quiet").exit_code == 0
    number = len(list(desk.folder.glob("out*")))
    out = f"out{number}"
    done = desk.run("judge", "s/snapshot.jsonl", "--as-of", day, "--out", out, "--plain", *arguments)
    path = desk.folder / out / "result.json"
    return done, json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def test_a_waiver_leaves_the_score_and_is_told_beside_it(desk: Any) -> None:
    name = contract(desk.folder)
    done, result = judged(desk, "--waivers", name, "--fail-on", "info")
    assert done.exit_code == 0
    assert result["counts"]["waived"] == 1
    assert result["score"]["overall"]["guaranteed"] == 100.0
    assert result["score"]["without_waivers"]["guaranteed"] == 50.0
    (entry,) = result["waivers"]
    assert (entry["state"], entry["waived"], entry["file"]) == ("in-force", 1, "w.toml")
    (waived,) = [one for one in result["findings"] if one["status"] == Status.WAIVED]
    assert waived["waiver"] == entry["id"]
    assert "owner: tanaka / approver: sato" in done.output
    assert "with what is waived counted as failed: 50 guaranteed" in done.output


def test_an_expired_waiver_lets_the_finding_fail_again(desk: Any) -> None:
    name = contract(desk.folder)
    done, result = judged(desk, "--waivers", name, "--fail-on", "info", day="2027-01-01")
    assert done.exit_code == 1
    assert result["counts"] == {**result["counts"], "fail": 1, "waived": 0}
    assert (result["waivers"][0]["state"], result["waivers"][0]["failing"]) == ("expired", 1)
    assert "expired: the finding fails again" in done.output


def test_a_faulty_waiver_file_stops_before_anything_is_read(desk: Any) -> None:
    (desk.folder / "w.toml").write_text(
        '[[waiver]]\ncheck = "x"\nresource = " "\nreason = "r"\nowner = "o"\napprover = "a"\nexpire = 2026-01-01\n'
        "created = 2026-02-01\n[[waiver]]\n",
        encoding="utf-8",
    )
    done = desk.scan("--waivers", "w.toml")
    assert done.exit_code == 2
    assert desk.options == []
    lines = done.output.splitlines()
    assert lines[0] == "The waiver file w.toml has faults:"
    assert "  line 3, waiver.0.resource: must not be empty" in lines
    assert "  line 7, waiver.0.expire: there is no such setting; did you mean expires?" in lines
    assert "  line 1, waiver.0.expires: must be given" in lines
    assert "  line 9, waiver.1.owner: must be given" in lines
    (desk.folder / "w.toml").unlink()
    name = contract(desk.folder, created="2026-02-01", expires="2026-01-31")
    said = desk.scan("--waivers", name, "--lang", "ja")
    assert "created(2026-02-01)以降の日付で指定してください" in said.output


def test_waivers_of_the_configuration_are_used_and_a_file_that_only_lies_there_is_not(desk: Any) -> None:
    contract(desk.folder)
    (desk.folder / "w.toml").rename(desk.folder / "waivers.toml")
    _, result = judged(desk)
    assert result["waivers"] == []
    (desk.folder / "cloudaudit.toml").write_text(
        'waivers = "waivers.toml"\n[policy]\nwaiver_max_days = 30\n', encoding="utf-8"
    )
    _, result = judged(desk)
    assert [one["state"] for one in result["waivers"]] == ["too-long"]
    line = next(one for one in result["policy"] if one["name"] == "waiver_max_days")
    assert (line["value"], line["origin"]) == (30, "policy file")
    (desk.folder / "p.toml").write_text("waiver_max_days = 365\n", encoding="utf-8")
    _, result = judged(desk, "--policy", "p.toml")
    assert [one["state"] for one in result["waivers"]] == ["in-force"]


def test_lint_tells_what_is_wrong_and_exits_with_1_for_it(desk: Any) -> None:
    good = contract(desk.folder, created="2026-01-01", expires="2026-12-31", resource="acme-*")
    judged(desk)
    result = str(desk.folder / "out0" / "result.json")
    fine = desk.run("waivers", "lint", good, "--result", result)
    assert fine.exit_code == 0
    assert fine.output.splitlines()[-1] == "waivers: 1, wrong: 0, ending soon: 0"
    contract(desk.folder, resource="gone")
    contract(desk.folder, resource="*", approver="TANAKA")
    contract(desk.folder, check="aws-s3-bucket-versionin")
    contract(desk.folder, expires="2026-11-30")
    bad = desk.run("waivers", "lint", good, "--result", result)
    assert bad.exit_code == 1
    lines = bad.output.splitlines()
    assert lines[1].startswith(
        "x in force; unused: nothing that it names fails · aws-s3-bucket-versioning · gone"
    )
    assert lines[2].startswith(
        "x in force; too broad: names more than an exception; approved by its own owner · "
    )
    assert lines[3].startswith("x in force; there is no such check")
    assert lines[4].startswith("! expires soon")
    assert lines[-1] == "waivers: 5, wrong: 3, ending soon: 1"
    alone = desk.run("waivers", "lint", good, "--lang", "ja")
    assert alone.exit_code == 1
    assert "不要" not in alone.output


def test_lint_needs_a_file_and_takes_that_of_the_configuration(desk: Any) -> None:
    none = desk.run("waivers", "lint")
    assert none.exit_code == 2
    assert "No waiver file is named" in none.output
    contract(desk.folder, approver="tanaka")
    (desk.folder / "cloudaudit.toml").write_text('waivers = "w.toml"\n', encoding="utf-8")
    assert desk.run("waivers", "lint").exit_code == 1


def test_lint_judges_a_waived_result_as_if_nothing_were_waived(desk: Any) -> None:
    name = contract(desk.folder)
    judged(desk, "--waivers", name)
    done = desk.run("waivers", "lint", name, "--result", "out0/result.json")
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 0, "Exit code 0: everything required was assessed"),
        (("--fail-on", "medium"), 1, "Exit code 1: failures of severity medium or above: 1"),
        (("--fail-on", "none"), 0, "Exit code 0"),
        (("--fail-on", "backup=medium"), 1, "failures of severity medium or above in Backup: 1"),
        (("--fail-on", "info", "--fail-on", "backup=none"), 0, "Exit code 0"),
        (("--min-score", "50"), 0, "Exit code 0"),
        (("--min-score", "50.1"), 1, "Exit code 1: the guaranteed score is 50, below the required 50.1"),
        (("--min-score", "backup=80"), 1, "the guaranteed score of Backup is 50, below the required 80"),
        (("--min-score", "mfa=1"), 3, "nothing could be assessed of MFA"),
        (("--min-coverage", "backup=100"), 0, "Exit code 0"),
    ],
)
def test_the_last_line_says_why_the_exit_code_is_what_it_is(
    desk: Any, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done, result = judged(desk, *arguments)
    assert done.exit_code == code
    assert said in done.output.splitlines()[-1]
    assert [one["code"] for one in result["exit"]] == ([code] if code else [])


def test_a_theme_that_does_not_exist_is_refused_with_the_nearest(desk: Any) -> None:
    done = desk.run("judge", "x", "--min-score", "sharin=80")
    assert done.exit_code == 2
    assert "did you mean sharing?" in done.output


def test_only_new_failures_fail_the_run_where_that_is_asked_for(desk: Any) -> None:
    without = desk.run("judge", "s/snapshot.jsonl", "--fail-on-new")
    assert without.exit_code == 2
    assert "--fail-on-new compares with an earlier result; name one with --baseline." in without.output
    judged(desk)
    baseline = str(desk.folder / "out0" / "result.json")
    options = ("--fail-on", "info", "--fail-on-new")
    same, _ = judged(desk, *options, "--baseline", baseline, day="2026-11-22")
    assert same.exit_code == 0
    # A failure that was waived is assessed and no failure: when the waiver ends, it is new.
    name = contract(desk.folder, expires="2026-11-21")
    judged(desk, "--waivers", name)
    waived = str(desk.folder / "out2" / "result.json")
    again, result = judged(desk, *options, "--waivers", name, "--baseline", waived, day="2026-11-22")
    assert again.exit_code == 1
    assert "new or worse failures of severity info or above since 2026-11-21" in again.output.splitlines()[-1]
    assert [one["code"] for one in result["exit"]] == [1]


def events(text: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        jsonschema.validate(event, LOG, format_checker=jsonschema.FormatChecker())
    return found


def test_events_are_json_lines_that_fit_their_schema(desk: Any) -> None:
    name = contract(desk.folder, approver="tanaka\\u202e")
    done = desk.scan("--log-format", "json", "--waivers", name, "--fail-on", "info", "--out", "out")
    found = events(done.stderr)
    kinds = [event["event"] for event in found]
    assert kinds[0] == "start"
    assert kinds[-1] == "end"
    assert {"note", "progress", "written"} <= set(kinds)
    assert found[0]["command"] == "scan aws"
    assert next(event for event in reversed(found) if event["event"] == "progress")["read"] == 2
    written = [event["path"] for event in found if event["event"] == "written"]
    assert sorted(Path(path).name for path in written) == sorted(
        path.name for path in (desk.folder / "out").iterdir()
    )
    assert found[-1]["exit_code"] == done.exit_code
    assert all(event["time"].endswith("Z") for event in found)
    assert done.stderr.isascii()
    assert "\x1b" not in done.stderr
    quiet = desk.scan("--log-format", "json", "--quiet")
    assert quiet.stdout == ""
    assert events(quiet.stderr)[-1]["event"] == "end"


def test_an_error_is_an_event_too_with_its_faults_apart(desk: Any) -> None:
    (desk.folder / "cloudaudit.toml").write_text('[log]\nformat = "json"\n', encoding="utf-8")
    done = desk.run("judge", "none.jsonl")
    assert [(event["event"], event.get("exit_code")) for event in events(done.stderr)] == [
        ("error", None),
        ("end", 2),
    ]
    (desk.folder / "cloudaudit.toml").write_text("[gates]\nx = 1\n", encoding="utf-8")
    faulty = events(desk.run("judge", "s", "--log-format", "json").stderr)
    assert faulty[0]["faults"] == ["line 2, gates.x: there is no such setting"]
    usage = events(desk.run("judge", "--config", os.devnull, "--log-format", "json").stderr)
    assert usage[-1]["exit_code"] == 2


def test_nothing_is_coloured_where_nobody_looks(desk: Any) -> None:
    contract(desk.folder)
    outputs = [
        desk.scan("--waivers", "w.toml"),
        desk.run("checks"),
        desk.run("checks", "show", CHECK),
        desk.run("waivers", "lint", "w.toml"),
        desk.run("config", "show"),
        desk.run("permissions", "aws"),
        desk.run("--help"),
        desk.run("judge", "none.jsonl"),
    ]
    for done in outputs:
        assert "\x1b" not in done.output
