"""The wheel, built and installed as a user would, and what an import costs."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = {
    "pkcs11",
    "aws",
    "gcs",
    "m365",
    "pdf",
    "xlsx",
    "sign",
    "objects",
    "fleet",
    "demo",
    "all",
    "spark",
    "athena",
    "bigquery",
}
APART = {"spark", "athena", "bigquery"}
"""Too large for everyone: the query of objects on an engine that lies elsewhere."""
SDKS = {"boto3", "botocore", "google", "msgraph", "azure", "moto"}
HEAVY = {"typst", "xlsxwriter", "openpyxl"}
FOLDERS = {"checks": "cloudaudit.checks", "reports": "cloudaudit.reports", "cloudaudit": "cloudaudit"}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Return what a command printed, having checked that it succeeded."""
    # Nothing of this checkout may be importable by accident.
    clean = {
        name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    done = subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command],
        cwd=cwd,
        env={**clean, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel that was built from a copy, so that the checkout stays as it is."""
    source = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a fresh environment that holds the wheel and its dependencies, no extra."""
    environment = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", environment)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(python, "-m", "pip", "install", "--quiet", wheel)
    return python


def test_every_folder_with_code_is_packaged() -> None:
    found: set[str] = set()
    for folder, package in FOLDERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            steps = path.parent.relative_to(ROOT / folder).parts
            found.add(".".join((package, *steps)))
    assert set(project()["tool"]["setuptools"]["packages"]) == found


def test_every_package_says_what_it_is() -> None:
    for package in project()["tool"]["setuptools"]["packages"]:
        steps = package.split(".")
        folder = ROOT.joinpath(
            *(steps[1:] if package.startswith(("cloudaudit.checks", "cloudaudit.reports")) else steps)
        )
        assert (folder / "__init__.py").is_file(), package


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"cloudaudit"}
    assert "cloudaudit/py.typed" in names
    modules = {name for name in names if name.endswith(".py")}
    on_disk = {
        f"{package.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, package in FOLDERS.items()
        for path in (ROOT / folder).rglob("*.py")
    }
    assert modules == on_disk
    data = {
        f"cloudaudit/reports/{path.relative_to(ROOT / 'reports').as_posix()}"
        for path in (ROOT / "reports").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert "cloudaudit/reports/report.typ" in data
    assert data <= set(names)
    frameworks = {
        f"cloudaudit/frameworks/data/{path.name}" for path in (ROOT / "cloudaudit/frameworks/data").iterdir()
    }
    assert frameworks
    assert frameworks <= set(names)


def test_all_extras_are_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS
    needed = [each for each in metadata.get_all("Requires-Dist", []) if re.search(r"extra == .all.", each)]
    assert needed
    (everything,) = project()["project"]["optional-dependencies"]["all"]
    assert set(re.findall(r"[a-z0-9]+", everything.partition("[")[2])) == EXTRAS - APART - {"all"}


def test_the_installed_package_runs(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("cloudaudit.exe" if os.name == "nt" else "cloudaudit")
    version = project()["project"]["version"]
    assert version in run(command, "--version", cwd=tmp_path)
    assert version in run(installed, "-m", "cloudaudit", "--version", cwd=tmp_path)
    assert "aws-s3-bucket-versioning" in run(command, "checks", cwd=tmp_path)
    shown = run(command, "checks", "show", "aws-s3-bucket-versioning", cwd=tmp_path)
    assert "Bucket keeps old versions of its objects" in shown
    assert "バケット" in shown
    result = ROOT / "tests" / "golden" / "result.json"
    run(
        command,
        "report",
        result,
        "--format",
        "html,markdown",
        "--lang",
        "ja,en",
        "--out",
        tmp_path / "out",
        cwd=tmp_path,
    )
    assert "保証スコア" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_nothing_of_ours_lands_beside_the_package(installed: Path, tmp_path: Path) -> None:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(installed, "-c", code, cwd=tmp_path).strip())
    assert (site / "cloudaudit" / "checks" / "aws").is_dir()
    assert (site / "cloudaudit" / "reports").is_dir()
    beside = {path.name.removesuffix(".py") for path in site.iterdir()}
    assert beside.isdisjoint({"checks", "reports", "tests", "bench", "docs", "fakes", "tools"})


def test_the_installed_package_finds_every_check_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "from cloudaudit import discovery; print(*discovery.checks())"
    found = set(run(installed, "-c", code, cwd=tmp_path).split())
    files = {path.stem.replace("_", "-") for path in (ROOT / "checks").glob("*/[!_]*.py")}
    assert found == files


def test_the_wheel_names_itself_by_its_digest(installed: Path, tmp_path: Path) -> None:
    code = "from cloudaudit.run import wheel_digest; print(wheel_digest())"
    assert re.fullmatch(r"[0-9a-f]{64}", run(installed, "-c", code, cwd=tmp_path).strip())


def imported(*arguments: str) -> set[str]:
    """Return the top-level names of all modules that a run of this checkout's Python imports."""
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-X", "importtime", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = re.findall(r"^import time:.*\|\s*([\w.]+)$", done.stderr, re.MULTILINE)
    assert "cloudaudit" in lines
    return {line.partition(".")[0] for line in lines}


def test_importing_the_package_loads_no_sdk() -> None:
    assert imported("-c", "import cloudaudit").isdisjoint(SDKS)


@pytest.mark.parametrize(
    "module", ["cloudaudit.run", "cloudaudit.providers.aws.provider", "cloudaudit.testing"]
)
def test_judging_loads_no_sdk(module: str) -> None:
    code = f"import {module}; from cloudaudit import discovery; discovery.checks(); discovery.provider('aws')"
    assert imported("-c", code).isdisjoint(SDKS)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_is_not_paid_for_with_heavy_imports(option: str) -> None:
    names = imported("-m", "cloudaudit", option)
    assert names.isdisjoint({*SDKS, *HEAVY, "rich", "pydantic"})


@pytest.mark.parametrize("report", ["pdf", "xlsx"])
def test_a_report_is_found_without_its_libraries(report: str) -> None:
    code = f"from cloudaudit import discovery; discovery.report('{report}')"
    assert imported("-c", code).isdisjoint(HEAVY)
