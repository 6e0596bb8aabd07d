import json
import os
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.errors import CredentialsError
from cloudaudit.text import Text

ROLE = "arn:aws:iam::111122223333:role/audits/cloudaudit"


def test_a_scan_writes_its_files_and_prints_the_posture(desk: Any) -> None:
    done = desk.scan()
    assert done.exit_code == 0, done.output
    (run,) = desk.runs
    assert sorted(path.name for path in run.iterdir()) == ["result.json", "snapshot.jsonl", "summary.md"]
    assert "50 guaranteed, up to 50, 100 % assessed" in done.stdout
    assert str(run.relative_to(desk.folder) / "result.json") in done.stdout
    assert done.stdout.splitlines()[-1].startswith(" ")
    assert "Exit code 0" in done.stdout
    assert "that was all" in done.stderr


def test_hostile_names_reach_no_terminal(desk: Any) -> None:
    done = desk.scan()
    assert "acme-[bold]\\x1b[31moff" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_exit_code_follows_the_gates(desk: Any) -> None:
    assert desk.scan("--fail-on", "medium").exit_code == 1
    assert desk.scan("--fail-on", "medium", "--min-coverage", "100").exit_code == 1
    assert desk.scan("--fail-on", "critical").exit_code == 0


def test_a_second_scan_in_the_same_second_gets_a_folder_of_its_own(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloudaudit.cli.scanning._now", lambda: "2026-11-21T00:00:00Z")
    desk.scan()
    desk.scan()
    desk.scan()
    assert [run.name for run in desk.runs] == ["20261121T000000Z", "20261121T000000Z-2", "20261121T000000Z-3"]


def test_judging_again_gives_the_same_bytes(desk: Any) -> None:
    desk.scan()
    (first,) = desk.runs
    assert desk.run("judge", str(first / "snapshot.jsonl"), "--out", "again").exit_code == 0
    assert Path("again/result.json").read_bytes() == (first / "result.json").read_bytes()
    assert not Path("again/snapshot.jsonl").exists()


def test_options_reach_the_session_and_the_selection(desk: Any) -> None:
    given = [
        "--profile",
        "p",
        "--role-arn",
        ROLE,
        "--external-id",
        "e",
        "--max-rps",
        "5",
        "--concurrency",
        "7",
    ]
    desk.scan(
        *given, "--region", "us-east-1", "--region", "ap-northeast-1", "--bucket", "b", "--theme", "backup"
    )
    (options,) = desk.options
    assert (options.profile, options.role_arn, options.external_id) == ("p", ROLE, "e")
    assert (options.max_rps, options.concurrency, options.region) == (5, 7, "ap-northeast-1")
    (task,) = desk.session.tasks
    assert task.selection.regions == ("ap-northeast-1", "us-east-1")
    assert (task.selection.buckets, task.selection.themes) == (("b",), ("backup",))


def test_quiet_prints_nothing(desk: Any) -> None:
    done = desk.scan("--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_plain_has_no_bars(desk: Any) -> None:
    assert "━" in desk.scan().stdout
    assert "━" not in desk.scan("--plain").stdout


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [(["--lang", "ja"], {}), ([], {"LANG": "ja_JP.UTF-8"}), ([], {"LC_ALL": "ja_JP.UTF-8"})],
)
def test_the_language_is_that_of_the_option_or_the_locale(
    desk: Any, arguments: list[str], environ: dict[str, str]
) -> None:
    done = desk.scan(*arguments, **environ)
    assert "終了コード 0" in done.stdout
    assert "以上です" in done.stderr
    assert "終了コード" in (desk.runs[0] / "summary.md").read_text(encoding="utf-8")


def test_reports_are_chosen_by_name(desk: Any) -> None:
    desk.scan("--report", "json")
    assert sorted(path.name for path in desk.runs[0].iterdir()) == ["result.json", "snapshot.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--check", "aws-s3-bucket-versionin"], "did you mean aws-s3-bucket-versioning?"),
        (["--check", "zzz"], "There is no check zzz; `cloudaudit checks` lists them all."),
        (["--theme", "shraing"], "did you mean sharing?"),
        (["--region", "ap-northeast-9"], "There is no AWS region ap-northeast-9; did you mean ap-northeast-"),
        (["--report", "pdff"], "There is no report pdff"),
        (["--report", "terminal"], "The report terminal is printed anyway"),
        (["--role-arn", "notanarn"], "notanarn is no ARN of a role"),
        (["--role-arn", "arn:aws:iam::111122223333:user/me"], "is no ARN of a role"),
        (["--policy", "nowhere.toml"], "The policy file nowhere.toml cannot be read"),
        (["--checks-dir", "nowhere"], "The folder nowhere cannot be read"),
        (["--resume"], "There is no scan to resume"),
        (["--out", "file"], "file cannot be written"),
    ],
)
def test_wrong_input_is_one_sentence_and_starts_nothing(desk: Any, arguments: list[str], said: str) -> None:
    Path("file").write_text("", encoding="utf-8")
    done = desk.scan(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not desk.session.tasks


def test_all_names_that_are_not_known_are_told_at_once(desk: Any) -> None:
    done = desk.scan("--check", "nope", "--theme", "nada", "--region", "moon-1", "--report", "foo")
    assert done.exit_code == 2
    for said in ("check nope", "theme nada", "AWS region moon-1", "report foo"):
        assert f"There is no {said}" in done.stderr
    japanese = desk.scan("--theme", "nada", "--report", "foo", "--lang", "ja").stderr
    assert "テーマ nada はありません。" in japanese
    assert "レポート foo はありません。" in japanese
    assert not desk.session.tasks


def test_another_endpoint_may_name_its_regions(desk: Any) -> None:
    assert desk.scan("--region", "moon-1", AWS_ENDPOINT_URL="http://localhost:1").exit_code == 0


def test_wrong_input_is_said_in_japanese(desk: Any) -> None:
    done = desk.scan("--check", "zzz", "--lang", "ja")
    assert "チェック zzz はありません。" in done.stderr


def test_no_credentials_is_exit_2(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_options: Any) -> None:
        raise CredentialsError(Text(en="There are none.", ja="ありません。"))

    monkeypatch.setattr("cloudaudit.providers.aws.session.open_session", refuse)
    done = desk.scan()
    assert (done.exit_code, done.stderr) == (2, "There are none.\n")
    assert not Path("cloudaudit-out").exists()


def test_a_folder_with_a_result_is_not_overwritten(desk: Any) -> None:
    assert desk.scan("--out", "mine").exit_code == 0
    before = Path("mine/result.json").read_bytes()
    done = desk.scan("--out", "mine")
    assert done.exit_code == 2
    assert "never overwritten" in done.stderr
    assert Path("mine/result.json").read_bytes() == before


def test_a_disk_that_fills_up_while_reading_keeps_what_was_read(desk: Any) -> None:
    desk.session.fail = OSError(28, "No space left on device")
    done = desk.scan()
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert "--resume" in done.stderr
    kept = (desk.runs[0] / "snapshot.jsonl").read_text(encoding="utf-8")
    assert kept.count('"kind":"aws-s3-bucket"') == 1


def test_a_disk_that_fills_up_while_writing_leaves_no_half_file(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = desk.scan()
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert [path.name for path in desk.runs[0].iterdir()] == ["snapshot.jsonl"]


def test_an_interrupted_scan_is_130_and_can_be_resumed(desk: Any) -> None:
    desk.session.fail = KeyboardInterrupt()
    done = desk.scan()
    assert done.exit_code == 130
    assert "Interrupted" in done.stderr
    desk.session.fail = None
    assert desk.scan("--resume").exit_code == 0
    (run,) = desk.runs
    assert json.loads((run / "result.json").read_bytes())["counts"]["not-assessed"] == 0
    assert desk.session.tasks[1].done


def test_a_collection_that_was_interrupted_is_judged_and_is_130(desk: Any) -> None:
    desk.session.stopped = "interrupted"
    done = desk.scan()
    assert done.exit_code == 130
    reasons = json.loads((desk.runs[0] / "result.json").read_bytes())["exit"]
    assert reasons[0]["code"] == 130
    assert "Exit code 130: the scan was interrupted" in " ".join(done.stdout.split())
    assert desk.run("judge", str(desk.runs[0] / "snapshot.jsonl"), "--out", "again").exit_code == 130
    desk.session.stopped = ""
    assert desk.scan("--resume", "--out", str(desk.runs[0])).exit_code == 0


def test_expired_credentials_are_incomplete(desk: Any) -> None:
    desk.session.stopped = "expired"
    done = desk.scan()
    assert done.exit_code == 3
    assert "--resume" in done.stdout


def test_an_internal_error_shows_its_trace_only_when_asked(desk: Any) -> None:
    desk.session.fail = ZeroDivisionError("secret")
    done = desk.scan()
    assert done.exit_code == 3
    assert done.stderr.splitlines() == [
        "cloudaudit failed inside (ZeroDivisionError); run the same command with --debug and report what it prints."
    ]
    assert "Traceback" in desk.scan("--debug").stderr


def test_a_checks_dir_stands_in_the_result(desk: Any) -> None:
    Path("own").mkdir()
    Path("own/own_check.py").write_text("", encoding="utf-8")
    desk.scan("--checks-dir", "own")
    tool = json.loads((desk.runs[0] / "result.json").read_bytes())["tool"]
    assert [file["name"] for file in tool["checks_dir"]] == ["own_check.py"]


def test_a_policy_file_is_used(desk: Any) -> None:
    Path("policy.toml").write_text("access_key_max_age_days = 30\n", encoding="utf-8")
    assert desk.scan("--policy", "policy.toml").exit_code == 0
    policy = json.loads((desk.runs[0] / "result.json").read_bytes())["policy"]
    assert {"name": "access_key_max_age_days", "origin": "policy file", "value": 30}.items() <= next(
        line for line in policy if line["origin"] == "policy file"
    ).items()
