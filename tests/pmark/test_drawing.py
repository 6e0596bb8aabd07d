"""PDF, workbook and Markdown: they hold what the forms hold, and no name can stop or steer them."""

import importlib
import io
import json
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pypdfium2
import pytest

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.forms import Document, Fields, Table
from cloudaudit.incident.exposure import exposure
from cloudaudit.incident.worksheet import worksheet
from cloudaudit.pmark.options import PackOptions
from cloudaudit.pmark.pack import pack
from cloudaudit.visible import visible

HOSTILE = "=cmd|'/c calc'!A1\u202egnp\x1b[31m\ud800 #read(\"/etc/passwd\") | <b>x</b>\n□適合"
GOLDEN = Path(__file__).parent.parent / "golden" / "pmark-pack.pdf.ja.json"
BLANK = re.compile(r"[\s\u200b\u0002\ufffe\u00ad]+")


@pytest.fixture(scope="module")
def document(saved: Assessment) -> Document:
    return pack(saved, PackOptions(expires=date(2027, 6, 30)), rows=50)


@pytest.fixture(scope="module")
def hostile(saved: Assessment) -> Document:
    findings = [
        msgspec.structs.replace(
            each, resource=msgspec.structs.replace(each.resource, id=HOSTILE, name=HOSTILE)
        )
        for each in saved.findings()
    ]
    shares = tuple(msgspec.structs.replace(each, audience=HOSTILE, via=HOSTILE) for each in saved.sharing)
    masked = replace(saved, findings=lambda: iter(findings), shares=lambda: shares, masked=True)
    return pack(masked, PackOptions(performer=HOSTILE, auditor="x" * 3000), rows=50)


@pytest.fixture(scope="module")
def workbook(document: Document) -> bytes:
    return drawn(document, "xlsx")


def drawn(document: Document, writer: str) -> bytes:
    out = io.BytesIO()
    discovery.form_writer(writer).write(document, out)
    return out.getvalue()


def bare(text: str) -> str:
    return BLANK.sub("", text)


def test_the_template_of_the_pdf_is_given_what_was_agreed(document: Document) -> None:
    data_of = importlib.import_module("cloudaudit.reports._forms_data").data_of
    given = json.dumps(data_of(document, visible), ensure_ascii=False, indent=1).replace("\u200b", "") + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(given, encoding="utf-8")
    assert given == GOLDEN.read_text(encoding="utf-8")


def test_the_pdf_holds_hostile_names_as_text(hostile: Document) -> None:
    content = drawn(hostile, "pdf")
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    pdf: Any = pypdfium2.PdfDocument(content)
    text = "".join(bare(page.get_textpage().get_text_bounded()) for page in pdf)
    assert bare(visible(HOSTILE)) in text
    assert "仮名に置き換えています" in text
    for form in hostile.forms:
        assert bare(form.title) in text
    assert any(page.get_width() > page.get_height() for page in pdf)


def test_the_workbook_holds_every_cell_of_the_forms(document: Document, workbook: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)
    assert book.sheetnames == [document.contents, *dict.fromkeys(form.name for form in document.forms)]
    for form in document.forms:
        cells = {
            str(cell)
            for row in book[form.name].iter_rows(values_only=True)
            for cell in row
            if cell is not None
        }
        for block in form.blocks:
            if isinstance(block, Fields):
                wanted = [each.value for each in block.fields]
            else:
                wanted = [cell for row in block.rows for cell in row] if isinstance(block, Table) else []
            for value in wanted:
                said = "\n".join(map(visible, value)) if isinstance(value, tuple) else value
                assert said is None or said == "" or visible(said) in cells or said in cells, (
                    form.name,
                    said,
                )


def test_no_name_becomes_a_formula_or_a_link(hostile: Document) -> None:
    book = openpyxl.load_workbook(io.BytesIO(drawn(hostile, "xlsx")), read_only=True)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert "\x1b" not in str(cell.value)
    archive = zipfile.ZipFile(io.BytesIO(drawn(hostile, "xlsx")))
    assert not any(
        b"<hyperlink" in archive.read(name) or b"<f>" in archive.read(name) for name in archive.namelist()
    )


def test_a_list_can_be_filtered_and_cells_for_people_are_open(document: Document, workbook: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(workbook))
    names = [document.contents, *dict.fromkeys(form.name for form in document.forms)]
    sheet = archive.read(f"xl/worksheets/sheet{names.index('外部共有一覧') + 1}.xml").decode()
    assert "<autoFilter" in sheet
    assert b'locked="0"' in archive.read("xl/styles.xml")


def test_equal_forms_give_equal_workbooks(document: Document, workbook: bytes) -> None:
    assert drawn(document, "xlsx") == workbook


@pytest.mark.parametrize("language", ["ja", "en"])
def test_markdown_holds_the_worksheet_and_no_markup_of_strangers(saved: Assessment, language: Any) -> None:
    found = exposure(saved, f"{2:032x}")
    text = drawn(worksheet(saved, found, None, language), "markdown").decode()
    assert "<script>" not in text
    assert "\x1b" not in text
    assert ("報告対象事態" if language == "ja" else "The four cases") in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
