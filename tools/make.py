"""What the Makefile does, where there is no make, as on Windows: ``py tools/make.py demo`` and ``py tools/make.py test``.

It needs Python 3.11 or newer and nothing else; the virtual environment is ``.venv`` of the checkout.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
NEWEST_PIP = ("install", "--quiet", "--disable-pip-version-check", "--upgrade", "pip>=25.1")
DEMO = ("install", "--quiet", "--disable-pip-version-check", "--editable", ".[demo]")
TESTS = (
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--editable",
    ".[all,spark,athena,bigquery]",
    "--group",
    "dev",
)

COMMANDS: Mapping[str, tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "demo": (".demo", DEMO, (("cloudaudit.demo",),)),
    "lint": (
        ".tests",
        TESTS,
        (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("pyright",)),
    ),
    "docs": (".tests", TESTS, (("tools.docs",),)),
    "test": (
        ".tests",
        TESTS,
        (
            ("ruff", "check", "."),
            ("ruff", "format", "--check", "."),
            ("mypy",),
            ("pyright",),
            ("tools.docs", "--check"),
            ("pytest", "-n", "2", "--dist", "loadfile"),
        ),
    ),
}
"""For each word: the marker of what is installed, how it is installed, and the modules that are run, in order."""


def interpreter(venv: Path, system: str = os.name) -> Path:
    """Return the Python of a virtual environment, which lies elsewhere on Windows."""
    return venv / "Scripts" / "python.exe" if system == "nt" else venv / "bin" / "python"


def fresh(marker: Path, project: Path) -> bool:
    """Whether what a marker stands for was installed after the project was last described."""
    return marker.is_file() and marker.stat().st_mtime >= project.stat().st_mtime


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; return the exit code of the first part that failed."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python tools/make.py {'|'.join(COMMANDS)} [OPTIONS]", file=sys.stderr)  # noqa: T201 - a script
        return 2
    if sys.version_info < (3, 11):  # noqa: UP036 - run before anything is installed, by whatever Python is there
        print("cloudaudit needs Python 3.11 or newer: py -3.11 tools/make.py ...", file=sys.stderr)  # noqa: T201 - a script
        return 1
    marker, install, modules = COMMANDS[arguments[0]]
    python = str(interpreter(VENV))
    steps: list[list[str]] = []
    if not Path(python).is_file():
        steps.append([sys.executable, "-m", "venv", str(VENV)])
    if not fresh(VENV / marker, ROOT / "pyproject.toml"):
        steps += [[python, "-m", "pip", *NEWEST_PIP], [python, "-m", "pip", *install]]
    for step in steps:
        if code := _run(step):
            return code
    (VENV / marker).touch()
    for module in modules:
        more = arguments[1:] if module == modules[-1] else ()
        if code := _run([python, "-m", *module, *more]):
            return code
    return 0


def _run(step: list[str]) -> int:
    return subprocess.run(step, check=False, cwd=ROOT).returncode  # noqa: S603 - the commands above


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
