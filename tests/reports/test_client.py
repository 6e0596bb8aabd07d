"""What reports for people say of the client, and of who allowed the audit."""

import io
from importlib import import_module
from typing import Any

import openpyxl
import pytest

from cloudaudit import discovery
from cloudaudit.client import Authorisation, Client, warning
from cloudaudit.mask import Masker
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import settled
from cloudaudit.text import Language
from cloudaudit.visible import visible

LOGO = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
ALLOWED = Authorisation(
    by="代表取締役 佐藤",
    scope="AWS 3 accounts",
    since="2026-11-01",
    until="2026-11-20",
    document="契約書 第3条",
)
PAST = {
    "en": "The recorded authorisation ended on 2026-11-20",
    "ja": "記録された承諾の期間は 2026-11-20 まで",
}


def rendered(name: str, assessment: Any, language: Language) -> bytes:
    out = io.BytesIO()
    discovery.report(name).render(assessment, ReportOptions(languages=(language,), width=100), out)
    return out.getvalue()


def told(name: str, assessment: Any, language: Language) -> str:
    if name == "pdf":
        facts = import_module("cloudaudit.reports._pdf_data").Facts(assessment, language, visible, None)
        return str(facts.all()["client"]).replace("\u200b", "")
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(rendered(name, assessment, language)), read_only=True)
        cells = (
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell
        )
        return "\n".join(cells)
    return rendered(name, assessment, language).decode()


@pytest.mark.parametrize("name", ["terminal", "markdown", "html", "pdf", "xlsx"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_report_for_people_says_who_allowed_it_and_that_the_time_is_past(
    sample: Any, name: str, language: Language
) -> None:
    client = Client(name="株式会社北浜", contact="山田", logo=LOGO, authorisation=ALLOWED)
    said = told(name, settled(sample.with_(client=client)), language)
    period = {"en": "2026-11-01 to 2026-11-20", "ja": "2026-11-01〜2026-11-20"}[language]
    for words in ("株式会社北浜", "山田", "代表取締役 佐藤", period, "契約書 第3条", PAST[language]):
        assert words in said.replace("\n ", " ").replace("  ", " ") or words in said
    assert "2026-11-20" not in told(name, sample.with_(client=None), language)


@pytest.mark.parametrize("name", ["terminal", "markdown", "html", "pdf", "xlsx"])
def test_a_client_with_a_hostile_name_breaks_nothing(sample: Any, name: str) -> None:
    client = Client(
        name=sample.hostile, contact=sample.hostile, authorisation=Authorisation(by=sample.hostile)
    )
    said = told(name, settled(sample.with_(client=client)), "en")
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert name != "html" or "<script>alert" not in said


def test_a_pdf_with_a_logo_is_made(sample: Any) -> None:
    client = Client(name="北浜", logo=LOGO, authorisation=ALLOWED)
    made = rendered("pdf", settled(sample.with_(client=client)), "ja")
    assert made.startswith(b"%PDF")
    assert b"/Subtype /Image" in made or b"/Subtype/Image" in made


def test_a_masked_client_keeps_the_days_alone(sample: Any) -> None:
    client = Client(name="北浜", contact="山田", logo=LOGO, authorisation=ALLOWED)
    masked = Masker(bytes(16)).mask(sample.with_(client=client)).client
    assert masked is not None
    assert masked.authorisation is not None
    assert (masked.logo, masked.authorisation.until) == ("", "2026-11-20")
    for name in ("北浜", "山田", "佐藤", "AWS", "契約書"):
        assert name not in str(masked)


def test_days_are_days_in_japan() -> None:
    client = Client(name="x", authorisation=Authorisation(by="y", since="2026-11-01", until="2026-11-01"))
    assert warning(client, "2026-10-31T14:59:59Z") is not None
    assert warning(client, "2026-10-31T15:00:00Z") is None
    assert warning(client, "2026-11-01T14:59:59Z") is None
    assert warning(client, "2026-11-01T15:00:00Z") is not None
    assert warning(Client(name="x", authorisation=Authorisation(by="y")), "2026-11-01T15:00:00Z") is None
