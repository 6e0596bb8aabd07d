"""The example package of examples/acme-checks, built and installed apart, found by its entry point, and its own tests.

Nothing is asked of a registry: setuptools is here, and the wheel's dependency is this very cloudaudit.
"""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "acme-checks"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    source = copytree(
        EXAMPLE, folder / "source", ignore=ignore_patterns("build", "*.egg-info", "__pycache__")
    )
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    subprocess.run(  # noqa: S603 - this interpreter's own pip
        [sys.executable, "-m", "pip", "install", *options, "--target", str(folder / "site"), str(source)],
        check=True,
        timeout=300,
    )
    return folder / "site"


def ran(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-m", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(ROOT))), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        cwd=site,
    )


def test_its_checks_are_found_as_ours_are(installed: Path) -> None:
    done = ran(installed, "cloudaudit", "checks", "list", "--plain")
    assert done.returncode == 0, done.stderr
    assert {"acme-bucket-name", "acme-bucket-owner-tag", "aws-s3-bucket-versioning"} <= set(
        done.stdout.split()
    )


def test_its_own_tests_pass(installed: Path) -> None:
    done = ran(
        installed, "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE / "tests"), "--rootdir", str(EXAMPLE)
    )
    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout


def test_the_guide_shows_what_the_example_is() -> None:
    guide = (ROOT / "docs" / "writing-a-check.md").read_text(encoding="utf-8")
    for name in (
        "pyproject.toml",
        "acme_checks/acme_bucket_owner_tag.py",
        "tests/test_acme_bucket_owner_tag.py",
    ):
        assert (EXAMPLE / name).read_text(encoding="utf-8").strip() in guide, name
