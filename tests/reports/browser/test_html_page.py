"""The HTML report in a browser: filter, search, languages, colours, keyboard, print, and names that want to run."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pypdfium2
import pytest
from playwright.sync_api import Page

from cloudaudit.actions import Action, Progress
from cloudaudit.model import Finding
from cloudaudit.text import Text

HOSTILE = (
    "</script><script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "<!--<script>",
    "]]></script>",
    '"onmouseover="window.ran=1',
    "javascript:window.ran=1",
    "{{ 7 * 7 }}",
    '=HYPERLINK("http://evil.example/")',
    "[red]x[/red]",
    "nul\x00esc\x1b[31m",
    "\u202egpj.exe\u2066",
    "line\u2028sep\u2029",
    "\ud800",
    "名" * 1_000,
)


def rows(page: Page) -> list[str]:
    return page.locator("#list .row .about b").all_inner_texts()


def tally(page: Page) -> str:
    return page.locator("#tally").inner_text()


def many(sample: Any, count: int) -> Any:
    first = next(iter(sample.assessment.findings()))

    def made() -> Iterator[Finding]:
        for number in range(count):
            resource = msgspec.structs.replace(first.resource, name=f"bucket-{number:05d}", id=f"id-{number}")
            yield msgspec.structs.replace(first, id=f"{number:032x}", resource=resource)

    counts = msgspec.structs.replace(
        sample.assessment.counts, fail=count, pass_=0, not_assessed=0, waived=0, not_applicable=0
    )
    return sample.with_(findings=made, counts=counts)


def test_it_opens_without_a_complaint_and_fetches_nothing(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment)
    assert page.title() == "クラウドストレージ セキュリティ点検報告書 · AWS 123456789012"
    assert desk.complaints == []
    assert len(desk.requests) == 1


def test_what_was_not_looked_at_is_on_the_first_screen(desk: Any, sample: Any) -> None:
    for width in (1400, 400):
        page = desk.open(sample.assessment, width=width)
        box = page.locator(".blind .line").first.bounding_box()
        assert box
        assert box["y"] + box["height"] < 900
        assert "4 件が判定不能" in page.locator(".blind").inner_text()


def test_the_worst_stand_first_and_nothing_unknown_is_hidden(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment)
    marks = page.locator("#list .row .status").all_inner_texts()
    assert marks == ["不適合"] * 5 + ["判定不能"] * 4 + ["受容"]
    assert tally(page) == "12 件中 10 件を表示"
    page.get_by_role("button", name="すべて表示").click()
    assert page.locator("#list .row").count() == 12


def test_a_filter_says_what_it_hides(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment)
    page.locator("#severities button", has_text="緊急").click()
    assert tally(page) == "12 件中 4 件を表示 · この絞り込みで非表示: 判定不能 4 件、受容 0 件"
    page.locator("#theme").select_option("backup")
    assert page.locator("#nothing").is_visible()
    page.get_by_role("button", name="すべて表示").click()
    assert page.locator("#nothing").is_hidden()
    page.locator("#theme").select_option("backup")
    assert tally(page).startswith("12 件中 3 件を表示")


@pytest.mark.parametrize(
    "query", ["acme-invoices", "ＡＣＭＥ－ｉｎｖｏｉｃｅｓ", "ACME-Invoices", "  invoices  "]
)
def test_search_folds_width_and_case(desk: Any, sample: Any, query: str) -> None:
    page = desk.open(sample.assessment)
    page.locator("#query").fill(query)
    assert rows(page) == ["acme-invoices"]


@pytest.mark.parametrize("query", ["バケット", "ﾊﾞｹｯﾄ", "ばけっと", "顧客名簿-ﾊﾞｯｸｱｯﾌﾟ"])
def test_search_folds_kana(desk: Any, sample: Any, query: str) -> None:
    page = desk.open(sample.assessment)
    page.locator("#query").fill(query)
    assert "顧客名簿-バックアップ" in rows(page)


def test_every_word_of_a_search_must_match_somewhere(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment)
    page.locator("#query").fill("versioning acme")
    assert rows(page) == ["acme-logs", "acme-tmp"]


def test_the_language_is_switched_everywhere(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment)
    assert page.locator("html").get_attribute("lang") == "ja"
    page.locator("#list").press("ArrowDown")
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    visible = page.locator("main").inner_text()
    assert "Not looked at" in visible
    assert "Guaranteed score" in visible
    # Names may be Japanese; our own words may not.
    for ours in ("保証スコア", "不適合", "判定不能", "対処", "根拠"):
        assert ours not in visible
    assert "What to do" in page.locator("#detail").inner_text()
    assert page.locator("#query").get_attribute("placeholder") == "Search names, checks, reasons ( / )"
    assert page.title().startswith("Cloud storage security audit")


def test_a_page_in_one_language_has_no_switch(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, ("en",))
    assert page.locator("[data-language]").count() == 0
    assert "保証" not in page.content()


def test_the_detail_shows_fact_evidence_and_remedy_with_its_command(desk: Any, sample: Any) -> None:
    name = "aws-s3-bucket-public-access"
    checks = dict(sample.assessment.checks)
    checks[name] = msgspec.structs.replace(
        checks[name], command="aws s3api put-public-access-block --bucket NAME"
    )
    page = desk.open(sample.with_(checks=checks), ("en",))
    page.locator("#list .row").first.click()
    detail = page.locator("#detail").inner_text()
    for part in (
        "Public because statement 2",
        "statement\n2",
        "Mend it.",
        "Because.",
        "aws s3api put-public",
        "00000001",
    ):
        assert part in detail
    assert page.locator("#detail a").get_attribute("href") == "https://example.com/"


def test_parts_and_missing_permissions_are_shown(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, ("en",))
    page.locator("#query").fill("tanaka")
    page.locator("#list .row").first.click()
    assert "AKIA…1234" in page.locator("#detail .part").inner_text()
    page.locator("#query").fill("acme-site")
    page.locator("#list .row").first.click()
    assert "s3:GetEncryptionConfiguration" in page.locator("#detail ul.code").inner_text()


def test_what_people_wrote_about_a_finding_is_shown_with_it(desk: Any, sample: Any) -> None:
    first = next(iter(sample.assessment.findings()))
    action = Action(
        finding=first.id,
        owner="情報システム部 佐藤",
        due="2026-12-25",
        progress=Progress.UNDERWAY,
        note="<b>申請中</b>",
    )
    page = desk.open(sample.with_(actions={first.id: action}))
    page.locator("#list .row").first.click()
    shown = page.locator("#detail").inner_text()
    for part in (
        "是正処置",
        "担当者\n情報システム部 佐藤",
        "期限\n2026-12-25",
        "進捗\n対応中",
        "備考\n<b>申請中</b>",
    ):
        assert part in shown
    page.get_by_role("button", name="English").click()
    assert "Progress\nunder way" in page.locator("#detail").inner_text()


def test_everything_can_be_reached_by_keyboard(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, ("en",))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.type("acme")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "list"
    first = page.locator("#detail h3").inner_text()
    page.keyboard.press("End")
    assert page.locator("#list [aria-selected=true]").count() == 1
    assert page.locator("#list").get_attribute("aria-activedescendant")
    assert page.locator("#detail h3").inner_text() != first
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "detail"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "list"
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    assert page.locator("#query").input_value() == ""


def test_on_a_narrow_screen_a_finding_covers_the_page_and_gives_it_back(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, width=400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.locator("#detail").is_hidden()
    page.locator("#list .row").first.click()
    assert page.locator("#detail").is_visible()
    page.get_by_role("button", name="閉じる").click()
    assert page.locator("#detail").is_hidden()


def test_colours_follow_the_system_and_the_button(desk: Any, sample: Any) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = desk.open(sample.assessment), desk.open(sample.assessment, dark=True)
    bright, gloomy = light.evaluate(colour), dark.evaluate(colour)
    assert bright != gloomy
    light.locator("#theme-button").click()
    dark.locator("#theme-button").click()
    assert (light.evaluate(colour), dark.evaluate(colour)) == (gloomy, bright)


def test_only_what_is_in_sight_is_in_the_page(desk: Any, sample: Any) -> None:
    page = desk.open(many(sample, 5_000))
    assert page.locator("#list .row").count() < 60
    page.locator("#list").press("End")
    assert "bucket-04999" in rows(page)
    assert page.locator("#list .row").count() < 60
    page.locator("#query").fill("bucket-02345")
    assert rows(page) == ["bucket-02345"]


def test_a_check_to_fix_leads_to_its_findings(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, ("en",))
    page.locator("[data-check=aws-iam-user-mfa]").first.click()
    assert rows(page) == ["tanaka"]


def printed(page: Page) -> str:
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_it_prints_what_the_list_shows_without_its_controls(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, ("en",), dark=True)
    page.locator("#query").fill("acme-tmp")
    text = printed(page)
    assert "Guaranteed score" in text
    assert "2 of 12 shown" in text
    assert "acme-tmp" in text
    assert "Show all" not in text
    assert "Details" not in text


def test_a_long_list_is_cut_in_print_and_says_so(desk: Any, sample: Any) -> None:
    page = desk.open(many(sample, 400), ("en",))
    assert re.search(r"100\s+more\s+findings\s+match", printed(page))


def test_without_scripts_the_summary_can_be_read(desk: Any, sample: Any) -> None:
    page = desk.open(sample.assessment, ("ja", "en"), scripts=False)
    text = page.locator("main").inner_text()
    for part in (
        "62.0",
        "4 件が判定不能",
        "テーマ別の状況",
        "優先して是正する項目",
        "acme-invoices",
        "JavaScript が必要",
    ):
        assert part in text
    assert "Guaranteed score" not in text
    assert page.locator("noscript table tbody tr").count() == 9


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_do_not_run_and_are_not_lost(desk: Any, sample: Any, name: str) -> None:
    first = next(iter(sample.assessment.findings()))
    bad = msgspec.structs.replace(
        first,
        check=name,
        resource=msgspec.structs.replace(
            first.resource, name=name, id=name, region=name, kind=name, account=name
        ),
        reason=Text(en=name, ja=name),
        evidence={name: [name, {name: name}], "en": name},
        missing_permissions=(name,),
        sub_findings=(
            msgspec.structs.replace(
                list(sample.assessment.findings())[9].sub_findings[0],
                key=name,
                reason=Text(en=name, ja=name),
                evidence={name: name},
            ),
        ),
    )
    info = msgspec.structs.replace(
        sample.assessment.checks["aws-iam-user-mfa"],
        id=name,
        title=Text(en=name, ja=name),
        command=name,
        references=(name,),
    )
    assessment = replace(
        sample.assessment,
        findings=lambda: iter([bad]),
        checks={name: info},
        target=msgspec.structs.replace(sample.assessment.target, identity=name, name=name),
        gaps=tuple(
            msgspec.structs.replace(gap, of=name, region=name, detail=name) for gap in sample.assessment.gaps
        ),
        shares=lambda: tuple(
            msgspec.structs.replace(share, resource=bad.resource, audience=name, via=name)
            for share in sample.assessment.shares()
        ),
        counts=msgspec.structs.replace(
            sample.assessment.counts, fail=1, pass_=0, not_assessed=0, waived=0, not_applicable=0
        ),
    )
    page = desk.open(assessment)
    page.locator("#list").press("ArrowDown")
    shown = page.locator("#detail .name").inner_text()
    page.get_by_role("button", name="English").click()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator("#query").fill(shown[:40])
    assert page.locator("#list .row").count() == 1
    assert page.evaluate("window.ran") is None
    assert desk.dialogs == []
    assert desk.complaints == []
    assert len(desk.requests) == 1
    assert page.locator("script").count() == 6
    assert page.locator("img").count() == 0
    expected = name.encode("utf-8", "backslashreplace").decode()
    for hidden in ("\x00", "\x1b", "\u202e", "\u2066", "\u2028", "\u2029"):
        escape = f"\\x{ord(hidden):02x}" if ord(hidden) < 256 else f"\\u{ord(hidden):04x}"
        expected = expected.replace(hidden, escape)
    assert shown == expected
