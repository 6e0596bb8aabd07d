"""The templates of ci/: their own steps, run as the CI would, for two nights against the fake AWS.

What stands behind ``uses:`` is GitHub's and not run: caching is imitated by copying, the rest is only noted.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from fakes.aws.estate import Bucket, Estate
from fakes.aws.server import FakeAws

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "ci" / "github" / "action.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((ROOT / "ci" / "gitlab" / "cloudaudit.gitlab-ci.yml").read_text(encoding="utf-8"))
JENKINS = (ROOT / "ci" / "jenkins" / "Jenkinsfile").read_text(encoding="utf-8")
CHECK = "--check=aws-s3-bucket-versioning"
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the steps are for bash and sh on Linux runners")


@dataclass
class Runner:
    """A machine of the CI: programs that pip would have installed, and a folder that is fresh each night."""

    folder: Path
    fake: FakeAws
    estate: Estate
    environ: dict[str, str]
    cache: Path
    night: int = 0
    noted: list[str] = field(default_factory=list[str])

    @property
    def work(self) -> Path:
        return self.folder / f"night{self.night}"

    def next_night(self) -> None:
        self.night += 1
        self.work.mkdir()

    def shell(self, interpreter: list[str], script: str, **environ: str) -> subprocess.CompletedProcess[str]:
        path = self.folder / "step.sh"
        path.write_text(script, encoding="utf-8")
        return subprocess.run(  # noqa: S603 - the project's own steps
            [*interpreter, str(path)],
            cwd=self.work,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path) -> Generator[Runner]:
    programs = tmp_path / "bin"
    programs.mkdir()
    log = tmp_path / "pip.log"
    program(programs / "cloudaudit", f'exec "{sys.executable}" -m cloudaudit "$@"')
    # No registry is asked in a test: what would be installed is noted. A virtual environment is the programs' folder.
    program(
        programs / "python",
        f'echo "$@" >> "{log}"\nif [ "$2" = venv ]; then mkdir -p "$3" && ln -s "{programs}" "$3/bin"; fi',
    )
    estate = Estate(buckets=[Bucket(name="ledger")])
    with FakeAws(estate) as fake:
        environ = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": fake.url,
            "AWS_ACCESS_KEY_ID": "AKIACI",
            "AWS_SECRET_ACCESS_KEY": "not-to-be-told",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "LANG": "C.UTF-8",
        }
        yield Runner(tmp_path, fake, estate, environ, tmp_path / "cache")


def got_worse(runner: Runner) -> None:
    """Let somebody make a bucket without versions during the day."""
    runner.estate.buckets = [*runner.estate.buckets, Bucket(name="made-by-day", versioning={})]
    runner.fake.forget()


def result(runner: Runner) -> Any:
    return json.loads((runner.work / "cloudaudit-out" / "result.json").read_bytes())


# ------------------------------------------------------------------------------------------------------------ GitHub


class GitHub:
    """As much of a GitHub runner as the action uses."""

    def __init__(self, runner: Runner, **given: str) -> None:
        self._runner = runner
        declared = cast("Mapping[str, Mapping[str, str]]", ACTION["inputs"])
        assert given.keys() <= declared.keys()
        self._inputs = {name: given.get(name, one.get("default", "")) for name, one in declared.items()}
        self._outputs: dict[str, dict[str, str]] = {}
        self.page = ""
        self.log = ""
        self.code = 0

    def value(self, named: str) -> str:
        match named.split("."):
            case ["inputs", name]:
                return self._inputs[name]
            case ["steps", step, "outputs", name]:
                return self._outputs.get(step, {}).get(name, "")
            case ["github", "action_path"]:
                return str(ROOT / "ci" / "github")
            case ["github", "run_id"]:
                return str(1000 + self._runner.night)
            case ["github", "run_attempt"]:
                return "1"
            case _:
                raise AssertionError(named)

    def filled(self, text: object) -> str:
        return EXPRESSION.sub(lambda found: self.value(found[1]), str(text))

    def holds(self, condition: str) -> bool:
        if self.code and "always()" not in condition:
            return False
        terms = condition.replace("always() && ", "").split(" && ")
        for term in terms:
            left, operator, right = term.split(" ")
            if (self.value(left) == right.strip("'")) is not (operator == "=="):
                return False
        return True

    def run(self) -> None:
        for step in ACTION["runs"]["steps"]:
            if not (self.holds(step["if"]) if "if" in step else not self.code):
                continue
            if "run" in step:
                self._script(step)
            else:
                self._use(step["uses"].partition("@")[0], step.get("with", {}))

    def _script(self, step: Mapping[str, Any]) -> None:
        files = {name: self._runner.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        assert "${{" not in step["run"], "what a user typed never becomes part of a script"
        environ = {name: self.filled(value) for name, value in step.get("env", {}).items()}
        done = self._runner.shell(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
            step["run"],
            GITHUB_ACTIONS="true",
            **{name: str(file) for name, file in files.items()},
            **environ,
        )
        self.log += done.stdout + done.stderr
        self.page += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        if "id" in step:
            self._outputs[step["id"]] = dict(cast("tuple[str, str]", line.split("=", 1)) for line in lines)
        self.code = self.code or done.returncode

    def _use(self, what: str, given: Mapping[str, str]) -> None:
        self._runner.noted.append(what)
        cache, work = self._runner.cache, self._runner.work
        if what == "actions/cache/save":
            shutil.copytree(work / given["path"], cache / self.filled(given["key"]))
        if what == "actions/cache/restore":
            prefix = self.filled(given["restore-keys"])
            newest = max(cache.glob(f"{prefix}*"), default=None)
            if newest is not None:
                shutil.copytree(newest, work / given["path"])


def test_two_nights_on_github(runner: Runner) -> None:
    given = {
        "provider": "aws",
        "aws-role": "arn:x",
        "fail-on-new": "true",
        "options": f"{CHECK}\n--fail-on=medium\n",
    }
    runner.next_night()
    first = GitHub(runner, **given)
    first.run()
    assert first.code == 0, first.log
    assert "What changed" not in first.page
    assert first.page.startswith("## cloudaudit")
    assert "aws-actions/configure-aws-credentials" in runner.noted
    assert runner.noted.count("actions/upload-artifact") == 1
    assert "github/codeql-action/upload-sarif" not in runner.noted
    assert f"{ROOT}/ci/github/../..[aws]" in (runner.folder / "pip.log").read_text(encoding="utf-8")

    got_worse(runner)
    runner.next_night()
    second = GitHub(runner, **given, sarif="true")
    second.run()
    assert second.code == 1, second.log
    assert "What changed since" in second.page
    assert "made-by-day" in second.page
    assert "::warning title=aws-s3-bucket-versioning" in second.log
    assert runner.noted[-1] == "github/codeql-action/upload-sarif", "kept and told before the job fails"
    assert (runner.work / "cloudaudit-out" / "findings.sarif").is_file()
    assert len(list(runner.cache.iterdir())) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"provider": "azure"}, "provider must be"),
        ({"provider": "aws", "name": "a/b"}, "name may have"),
        ({"provider": "aws", "options": "--no-such=$(touch pwned)"}, "--no-such"),
    ],
)
def test_a_wrong_input_fails_the_job_and_runs_nothing(
    runner: Runner, given: dict[str, str], said: str
) -> None:
    runner.next_night()
    job = GitHub(runner, **given)
    job.run()
    assert job.code == 2
    assert said in job.log
    assert not list(runner.folder.rglob("pwned"))
    assert not runner.cache.exists()


def test_the_example_gives_what_the_action_takes() -> None:
    nightly = yaml.safe_load((ROOT / "ci" / "github" / "nightly.yml").read_text(encoding="utf-8"))
    assert nightly["permissions"]["id-token"] == "write"
    for job in nightly["jobs"].values():
        given = job["steps"][-1]["with"]
        assert given.keys() <= ACTION["inputs"].keys()
        assert given["provider"] in job["steps"][-1]["uses"] or given["provider"] in {"aws", "gcs", "m365"}


# ------------------------------------------------------------------------------------------------------------ GitLab


def gitlab(runner: Runner, job: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a job as a runner does: everything in one shell that stops at the first error."""
    template, own = GITLAB[".cloudaudit"], GITLAB[job]
    assert own["extends"] == ".cloudaudit"
    builds = runner.folder / "builds"
    builds.mkdir(exist_ok=True)
    given = {
        "CI_BUILDS_DIR": str(builds),
        "CI_JOB_ID": "7",
        "CLOUDAUDIT_ID_TOKEN": "header.body.signature",
        **variables,
    }
    environ = dict(given)
    for name, value in {**GITLAB["variables"], **own["variables"]}.items():
        environ.setdefault(name, re.sub(r"\$(\w+)", lambda found: given.get(found[1], ""), value))
    # The fake's keys come before a role in boto3, so that no token is sent anywhere.
    for path in template["cache"]["paths"]:
        if (runner.cache / path).exists():
            shutil.copytree(runner.cache / path, runner.work / path)
    done = runner.shell(["sh", "-e"], "\n".join((*template["before_script"], *template["script"])), **environ)
    for path in template["cache"]["paths"]:
        if (runner.work / path).exists():
            shutil.copytree(runner.work / path, runner.cache / path, dirs_exist_ok=True)
    assert environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", str(builds / "cloudaudit-token")) == str(
        builds / "cloudaudit-token"
    )
    return done


def test_two_nights_on_gitlab(runner: Runner) -> None:
    given = {
        "CLOUDAUDIT_SOURCE": "git+https://x.example/cloudaudit@v1",
        "CLOUDAUDIT_OPTIONS": f"{CHECK} --fail-on=medium",
        "CLOUDAUDIT_AWS_ROLE": "arn:aws:iam::111122223333:role/cloudaudit",
        "ONLY_NEW": "true",
    }
    runner.next_night()
    first = gitlab(runner, "cloudaudit-aws", **given)
    assert first.returncode == 0, first.stderr
    assert "cloudaudit[aws] @ git+https://x.example/cloudaudit@v1" in (runner.folder / "pip.log").read_text()
    token = runner.folder / "builds" / "cloudaudit-token"
    assert token.read_text() == "header.body.signature"
    assert token.stat().st_mode & 0o077 == 0

    got_worse(runner)
    runner.next_night()
    second = gitlab(runner, "cloudaudit-aws", **given)
    assert second.returncode == 1, second.stderr
    summary = (runner.work / "cloudaudit-out" / "summary.md").read_text(encoding="utf-8")
    assert "What changed since" in summary
    assert (runner.work / "cloudaudit-out" / "junit.xml").is_file()


def test_gitlab_says_what_must_be_set(runner: Runner) -> None:
    runner.next_night()
    done = gitlab(runner, "cloudaudit-aws")
    assert done.returncode == 2
    assert "Set CLOUDAUDIT_SOURCE" in done.stdout


# ----------------------------------------------------------------------------------------------------------- Jenkins


def test_two_nights_on_jenkins(runner: Runner) -> None:
    steps = [
        re.sub(r"(?m)^ {8,}", "", found) for found in re.findall(r"sh '''\n(.*?)'''", JENKINS, re.DOTALL)
    ]
    assert len(steps) == 2
    kept = runner.cache / "cloudaudit-last"
    for night, code in ((1, 0), (2, 0)):
        runner.next_night()
        install = runner.shell(["sh", "-xe"], steps[0], CLOUDAUDIT_SOURCE="source")
        assert install.returncode == 0, install.stderr
        if kept.exists():
            shutil.copytree(kept, runner.work / "cloudaudit-last")
        done = runner.shell(["sh", "-xe"], steps[1], CLOUDAUDIT_CHECK="", CLOUDAUDIT_SCAN_AWS_CHECK=CHECK[8:])
        assert done.returncode == code, done.stderr
        shutil.copytree(runner.work / "cloudaudit-last", kept, dirs_exist_ok=True)
        assert ("--baseline" in done.stderr) is (night == 2)
        assert len(result(runner)["findings"]) == night
        got_worse(runner)
