"""How long it takes to say the version and the help: ``python -m bench startup``."""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path

from bench.measure import ROOT, machine, python, table

COMMANDS = (("--version",), ("--help",))
HEAD = ("installed", "command", "median", "least", "most")


def milliseconds(command: Sequence[str]) -> float:
    """Run a command and return how long it took."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def fresh(folder: Path) -> list[str]:
    """Install a wheel of this checkout, with the AWS extra, into a new environment; return its command."""
    source = folder / "source"
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(".venv", ".git", "*.egg-info", "build", "dist", "tests", ".*_cache"),
    )
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, f"{source}[aws]"], check=True)
    return [str(scripts / "cloudaudit")]


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench startup", description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument(
        "--wheel", action="store_true", help="also from a wheel in a new environment (needs pip)"
    )
    options = parser.parse_args(arguments)
    print(f"{options.runs} runs · {machine()}\n")
    with tempfile.TemporaryDirectory() as folder:
        ways = {
            "bare Python": python("-c", "pass"),
            "checkout": [str(Path(sys.executable).parent / "cloudaudit")],
        }
        if options.wheel:
            ways["wheel"] = fresh(Path(folder))
        measured: dict[tuple[str, str], list[float]] = {}
        for _ in range(options.runs + 1):
            for way, command in ways.items():
                for words in COMMANDS if way != "bare Python" else ((),):
                    measured.setdefault((way, " ".join(words)), []).append(milliseconds([*command, *words]))
        rows = [
            [way, words, *(f"{figure:.0f} ms" for figure in _figures(times[1:]))]
            for (way, words), times in measured.items()
        ]
    table(HEAD, rows)
    print(f"\nend: {machine()}")


def _figures(times: Sequence[float]) -> tuple[float, float, float]:
    return statistics.median(times), min(times), max(times)
