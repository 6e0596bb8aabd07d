"""Golden files: `UPDATE_GOLDEN=1 pytest tests/reports/test_golden.py` rewrites them; read the difference then."""

import io
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from rich.cells import cell_len

from cloudaudit import discovery
from cloudaudit.reporting import ReportOptions
from cloudaudit.visible import visible

GOLDEN = Path(__file__).parent.parent / "golden"
FILES = ("cloudaudit-out/aws-123456789012/20261121T150405Z/result.json",)


def rendered(report: str, sample: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    discovery.report(report).render(sample.assessment, ReportOptions(**options), out)
    return out.getvalue()


def compare(name: str, content: bytes) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(content)
    assert content.decode() == path.read_bytes().decode()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_terminal(sample: Any, language: str, width: int) -> None:
    content = rendered("terminal", sample, languages=(language,), width=width, files=FILES)
    compare(f"terminal.{language}.{width}.txt", content)
    assert max(cell_len(line) for line in content.decode().splitlines() if line.strip() not in FILES) <= width


@pytest.mark.parametrize("language", ["en", "ja"])
def test_terminal_in_colour(sample: Any, language: str) -> None:
    compare(
        f"terminal.{language}.ansi", rendered("terminal", sample, languages=(language,), width=80, color=True)
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_plain(sample: Any, language: str) -> None:
    compare(
        f"terminal.{language}.plain.txt",
        rendered("terminal", sample, languages=(language,), plain=True, color=True),
    )


@pytest.mark.parametrize("languages", [("en",), ("ja",), ("ja", "en")])
def test_markdown(sample: Any, languages: tuple[str, ...]) -> None:
    compare(f"summary.{'-'.join(languages)}.md", rendered("markdown", sample, languages=languages))


def test_json(sample: Any) -> None:
    compare("result.json", rendered("json", sample))


def test_sharing(sample: Any) -> None:
    compare("sharing.json", rendered("sharing", sample))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("report", "name"),
    [
        ("csv", "findings.{}.csv"),
        ("junit", "junit.{}.xml"),
        ("sarif", "findings.{}.sarif"),
        ("ocsf", "findings.ocsf.{}.jsonl"),
        ("oscal", "assessment-results.oscal.{}.json"),
    ],
)
def test_exchange_formats(sample: Any, report: str, name: str, language: str) -> None:
    compare(name.format(language), rendered(report, sample, languages=(language,)))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_cells_of_the_workbook(sample: Any, language: str) -> None:
    book = load_workbook(io.BytesIO(rendered("xlsx", sample, languages=(language,))))
    lines: list[str] = []
    for sheet in book.worksheets:
        lines.append(f"# {sheet.title}")
        for row in sheet.iter_rows(values_only=True):
            cells = ["" if cell is None else str(cell).replace("\n", "\\n") for cell in row]
            lines.append("\t".join(cells).rstrip())
    compare(f"corrective-actions.{language}.tsv", ("\n".join(lines) + "\n").encode())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_the_pdf_says(sample: Any, language: str) -> None:
    facts = import_module("cloudaudit.reports._pdf_data").Facts(sample.assessment, language, visible, 1234)
    content = json.dumps(facts.all(), ensure_ascii=False, indent=1).replace("\u200b", "")
    compare(f"report.pdf.{language}.json", f"{content}\n".encode())
