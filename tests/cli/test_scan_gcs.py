"""``cloudaudit scan gcs`` and ``cloudaudit permissions gcs``: options, faults, both languages, exit codes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudaudit.cli.root import cli
from cloudaudit.demo.gcs.estate import binding
from cloudaudit.errors import UsageError
from cloudaudit.providers.gcs.connect import GcsOptions
from cloudaudit.providers.gcs.operations import OPERATIONS
from cloudaudit.providers.gcs.permissions import parts_of, permissions_for
from cloudaudit.text import Text
from fakes.gcs import FakeGoogle
from fakes.gcs.build import NUMBER, PROJECT, VIEWER, bucket, estate
from fakes.gcs.fake import serving

ONE = "gcs-bucket-versioning"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "STORAGE_EMULATOR_HOST", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(cli, arguments)


@pytest.fixture
def served() -> Iterator[tuple[str, FakeGoogle]]:
    made = estate(bucket("a", binding(VIEWER, "user:a@sample.example")), bucket("b", versioning=None))
    with serving(made) as both:
        yield both


def test_a_scan_writes_its_files_under_the_projects_number(
    run: Run, served: tuple[str, FakeGoogle], tmp_path: Path
) -> None:
    url, _ = served
    done = run("scan", "gcs", "--project", PROJECT, "--endpoint", url, "--check", ONE)
    assert done.exit_code == 0, done.output
    (folder,) = (tmp_path / "cloudaudit-out" / f"gcs-{NUMBER}").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        "result.json",
        "sharing.json",
        "snapshot.jsonl",
        "summary.md",
    ]
    result = json.loads((folder / "result.json").read_bytes())
    assert (result["target"]["provider"], result["target"]["account"]) == ("gcs", NUMBER)
    assert {finding["resource"]["name"] for finding in result["findings"]} == {"a", "b"}


def test_the_default_project_is_that_of_the_environment(
    run: Run, served: tuple[str, FakeGoogle], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, fake = served
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)
    assert run("scan", "gcs", "--endpoint", url, "--check", ONE).exit_code == 0
    assert fake.count("projects.get", PROJECT) == 1


def test_options_reach_the_session(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[GcsOptions] = []

    def opened(options: GcsOptions) -> Any:
        given.append(options)
        raise UsageError(Text(en="enough.", ja="以上。"))

    monkeypatch.setattr("cloudaudit.providers.gcs.session.open_session", opened)
    done = run(
        *("scan", "gcs", "--project", "sample-one", "--project", "sample-two", "--project", "sample-one"),
        *("--workspace-customer", "C0123abcd", "--workspace-admin", "admin@sample.example"),
        *("--credentials", str(tmp_path / "robot.json"), "--impersonate", "auditor@sample.example"),
        *("--endpoint", "http://127.0.0.1:1", "--bulk", "--max-rps", "5", "--concurrency", "7"),
        *("--region", "ASIA-NORTHEAST1", "--organization", "123456789012"),
    )
    assert "enough." in done.stderr
    assert given == [
        GcsOptions(
            projects=("sample-one", "sample-two"),
            organization="123456789012",
            customer="C0123abcd",
            workspace_admin="admin@sample.example",
            credentials=tmp_path / "robot.json",
            impersonate="auditor@sample.example",
            endpoint="http://127.0.0.1:1",
            bulk=True,
            max_rps=5,
            concurrency=7,
        )
    ]


FAULTS: list[tuple[list[str], str, str]] = [
    (["--project", "X"], "X is no id of a project", "X はプロジェクト ID ではありません"),
    (["--organization", "acme"], "acme is no number", "acme は番号ではありません"),
    (["--folder", "folders/1"], "folders/1 is no number", "folders/1 は番号ではありません"),
    (["--organization", "1", "--folder", "2"], "either --organization or --folder", "いずれか一方"),
    (["--workspace-customer", "acme"], "no id of a Workspace customer", "顧客 ID ではありません"),
    (["--workspace-admin", "admin"], "admin is no address", "メールアドレスではありません"),
    (["--impersonate", "robot"], "robot is no address", "メールアドレスではありません"),
    (["--region", "asia-northeast9"], "did you mean asia-northeast", "ではありませんか"),
    (["--endpoint", "nowhere"], "nowhere is no endpoint", "エンドポイントとして使用できません"),
    (["--credentials", "none.json"], "none.json cannot be read", "none.json を読み込めません"),
    ([], "There are no Google credentials", "Google の認証情報が見つかりません"),
]


@pytest.mark.parametrize(("arguments", "english", "japanese"), FAULTS)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_started(
    run: Run, tmp_path: Path, arguments: list[str], english: str, japanese: str
) -> None:
    project = [] if "--project" in arguments else ["--project", PROJECT]
    for language, part in (("en", english), ("ja", japanese)):
        done = run("scan", "gcs", *project, *arguments, "--lang", language)
        assert done.exit_code == 2, done.output
        assert part in done.stderr.replace("\n", "")
    assert not (tmp_path / "cloudaudit-out").exists()


@pytest.mark.parametrize("name", [PROJECT, "example.com:sample-proj", "123456789012"])
def test_every_way_to_name_a_project_is_taken(run: Run, name: str) -> None:
    done = run("scan", "gcs", "--project", name)
    assert "no Google credentials" in done.stderr.replace("\n", " ")


def test_a_project_that_does_not_answer(run: Run, served: tuple[str, FakeGoogle]) -> None:
    url, fake = served
    fake.revoked = True
    fake.expires_after = 0
    done = run("scan", "gcs", "--project", PROJECT, "--endpoint", url)
    assert done.exit_code == 2
    assert "does not accept the credentials" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("form", ["yaml", "terraform"])
def test_the_role_is_printed(run: Run, form: str) -> None:
    done = run("permissions", "gcs", "--format", form)
    assert done.exit_code == 0
    assert all(permission in done.stdout for permission in permissions_for(parts_of(OPERATIONS, "off")))
    project = run("permissions", "gcs", "--format", form, "--level", "project").stdout
    assert len(project.splitlines()) != len(done.stdout.splitlines())


def test_what_objects_need_is_printed_where_it_is_asked_for(run: Run) -> None:
    assert "storage.objects" not in run("permissions", "gcs").stdout
    assert "storage.objects.list" in run("permissions", "gcs", "--objects", "list").stdout
    done = run("permissions", "gcs", "--objects", "inventory", "--inventory-prefix", "gs://reports/weekly")
    assert 'resource.name.startsWith("projects/_/buckets/reports/objects/weekly/")' in done.stdout
    done = run("permissions", "gcs", "--objects", "inventory", "--inventory-prefix", "gs://reports")
    assert done.exit_code == 2
    assert "gs://reports is no place of reports" in done.stderr.replace("\n", " ")


def test_both_commands_are_listed(run: Run) -> None:
    for command in ("scan", "permissions"):
        assert "gcs" in run(command, "--help").stdout
