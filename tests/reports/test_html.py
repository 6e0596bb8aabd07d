"""The HTML report as text: what it may hold, and how it looks to whoever cannot see colours."""

import base64
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

GOLDEN = Path(__file__).parent.parent / "golden"
FOLDER = Path(__file__).parents[2] / "reports" / "html_page"
PLACEHOLDER = re.compile(r"\{\w+\}")


def page(assessment: Assessment, *languages: str) -> str:
    out = io.BytesIO()
    options: Any = {"languages": languages or ("ja", "en")}
    discovery.report("html").render(assessment, ReportOptions(**options), out)
    return out.getvalue().decode()


class Parts(HTMLParser):
    """Takes a page apart: tags with their attributes, and the texts of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.raw.append(({**dict(attrs), "tag": tag}, ""))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            attributes, text = self.raw[-1]
            self.raw[-1] = (attributes, text + data)


def islands(text: str) -> list[tuple[dict[str, str | None], Any]]:
    return [
        (attributes, json.loads(content))
        for attributes, content in Parts(text).raw
        if attributes.get("type") == "application/json"
    ]


def test_only_its_own_style_and_script_may_run(sample: Any) -> None:
    parts = Parts(page(sample.assessment))
    (policy,) = (
        attributes["content"]
        for tag, attributes in parts.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for attributes, content in parts.raw:
        if attributes.get("type") == "application/json":
            continue
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{attributes['tag']}-src 'sha256-{digest}'" in policy


def test_nothing_is_fetched_and_nothing_is_styled_or_scripted_in_place(sample: Any) -> None:
    text = page(sample.assessment)
    for tag, attributes in Parts(text).tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"style", "src", "srcset", "action"}
            if name == "href":
                assert value
                assert value.startswith("#")
    style = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.css"))
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style


def test_no_name_can_end_a_script_or_begin_one(sample: Any) -> None:
    text = page(sample.assessment)
    assert len(re.findall(r"<script", text)) == len(re.findall(r"</script>", text)) == 6
    for _, content in Parts(text).raw:
        assert "<script" not in content
    assert all("<" not in raw for attributes, raw in Parts(text).raw if "type" in attributes)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_hostile_names_are_shown_with_what_is_hidden_in_them(sample: Any) -> None:
    shown = r"[bold]pay`roll`|<script>alert(1)</script>\x1b[31m\u202egnp.exe\ud800\x0anext"
    tables = next(
        data for attributes, data in islands(page(sample.assessment)) if attributes.get("id") == "tables"
    )
    assert shown in [resource[0] for resource in tables["resources"]]


def test_every_finding_is_in_it_with_its_evidence(sample: Any) -> None:
    data = islands(page(sample.assessment))
    (rows,) = (content for attributes, content in data if attributes.get("class") == "rows")
    (details,) = (content for attributes, content in data if attributes.get("class") == "details")
    assert len(rows["check"]) == len(rows["state"]) == len(details) == 12
    assert [detail["id"] for detail in details] == [finding.id for finding in sample.assessment.findings()]
    assert details[0]["evidence"] == {"statement": 2}
    assert details[3]["grant"] == ["s3:GetEncryptionConfiguration"]


@pytest.mark.parametrize(("language", "other"), [("ja", "Guaranteed score"), ("en", "保証スコア")])
def test_one_language_has_nothing_of_the_other(sample: Any, language: str, other: str) -> None:
    text = page(sample.assessment, language)
    assert other not in text
    assert f'<html lang="{language}"' in text


def many(sample: Any, statuses: list[Status]) -> Assessment:
    first = next(iter(sample.assessment.findings()))

    def made() -> Iterator[Finding]:
        for number, status in enumerate(statuses):
            yield msgspec.structs.replace(first, id=f"{number:032x}", status=status)

    counts = msgspec.structs.replace(
        sample.assessment.counts,
        fail=statuses.count(Status.FAIL),
        not_assessed=statuses.count(Status.NOT_ASSESSED),
        waived=statuses.count(Status.WAIVED),
        pass_=statuses.count(Status.PASS),
        not_applicable=statuses.count(Status.NOT_APPLICABLE),
    )
    assessment: Assessment = sample.with_(findings=made, counts=counts)
    return assessment


def test_a_page_that_would_not_open_leaves_out_what_passed_and_says_so(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = discovery.report("html")
    data = module.FindingData
    monkeypatch.setitem(data.__init__.__globals__, "ROWS", 8)
    statuses = [Status.PASS, Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED, Status.NOT_APPLICABLE] * 2
    text = page(many(sample, statuses), "en")
    (rows,) = (content for attributes, content in islands(text) if attributes.get("class") == "rows")
    kept = [
        list(data.__init__.__globals__["STATUS_ORDER"])[state // len(Severity)] for state in rows["state"]
    ]
    assert sorted(kept) == sorted([Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED, Status.PASS] * 2)
    assert "2 findings" in text
    assert "2 findings" not in page(many(sample, statuses[:5]), "en")


def test_rows_and_details_come_in_the_same_parts(sample: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = discovery.report("html")
    monkeypatch.setitem(module.FindingData.__init__.__globals__, "PART", 5)
    data = islands(page(sample.assessment))
    rows = [len(content["check"]) for attributes, content in data if attributes.get("class") == "rows"]
    details = [len(content) for attributes, content in data if attributes.get("class") == "details"]
    assert rows == details == [5, 5, 2]


def test_nothing_found_and_nothing_assessed_still_make_a_page(sample: Any) -> None:
    counts = msgspec.structs.replace(
        sample.assessment.counts, fail=0, pass_=0, not_assessed=0, waived=0, not_applicable=0, by_severity={}
    )
    measure = msgspec.structs.replace(
        sample.assessment.score.overall, guaranteed=None, best=None, coverage=None, grade=None
    )
    score = msgspec.structs.replace(
        sample.assessment.score, overall=measure, without_waivers=measure, themes={}
    )
    text = page(
        sample.with_(
            findings=lambda: iter(()),
            counts=counts,
            score=score,
            gaps=(),
            exit=(),
            shares=lambda: (),
            checks={},
        ),
        "en",
    )
    assert "no score: nothing was assessed" in text
    assert "Nothing failed." in text
    assert 'id="sharing"' not in text


def test_masked_and_narrowed_are_said(sample: Any) -> None:
    scope = msgspec.structs.replace(sample.assessment.scope, narrowed=True)
    text = page(sample.with_(masked=True, scope=scope), "en")
    assert "are pseudonyms in this report" in text
    assert "Narrowed run" in text
    plain = page(sample.assessment, "en")
    assert '<p class="notice">Accounts' not in plain
    assert '<p class="notice">Narrowed' not in plain


def test_the_words_have_the_same_figures_in_both_languages() -> None:
    module: Any = discovery.report("html")
    words: dict[str, Text] = module.WORDS
    for name, text in words.items():
        assert sorted(PLACEHOLDER.findall(text.en)) == sorted(PLACEHOLDER.findall(text.ja)), name


def colours(rule: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((ink, back) for ink in ("ink", "quiet", "accent") for back in ("page", "card", "soft", "mark")),
    ("ink", "notice"),
    ("accent-ink", "accent"),
    ("critical-back", "critical"),
    *((severity, f"{severity}-back") for severity in ("high", "medium", "low", "info")),
    *(
        (status, back)
        for status in ("fail", "not-assessed", "waived", "pass", "not-applicable")
        for back in ("card", "mark", "soft", "page")
    ),
]


@pytest.mark.parametrize("theme", [0, 1, 2])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_text_passes_wcag_aa(theme: int, pair: tuple[str, str]) -> None:
    css = (FOLDER / "base.css").read_text(encoding="utf-8")
    rules = [colours(rule) for rule in re.findall(r":root[^{]*\{([^}]*)\}", css)]
    assert len(rules) == 3
    assert rules[1] == rules[2]
    assert contrast(rules[theme][pair[0]], rules[theme][pair[1]]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_the_three_parts_of_a_bar_can_be_told_apart(theme: int) -> None:
    css = (FOLDER / "base.css").read_text(encoding="utf-8")
    rule = [colours(rule) for rule in re.findall(r":root[^{]*\{([^}]*)\}", css)][theme]
    assert contrast(rule["guaranteed"], rule["open"]) >= 3
    assert contrast(rule["guaranteed"], rule["lost"]) >= 3


@pytest.mark.parametrize("languages", [("en",), ("ja",), ("ja", "en")])
def test_golden(sample: Any, languages: tuple[str, ...]) -> None:
    """Compare the page with its golden file, without the style and the script, which change more often than it."""
    text = page(sample.assessment, *languages)
    bare = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1\3", text, flags=re.DOTALL)
    bare = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-", bare)
    path = GOLDEN / f"report.{'-'.join(languages)}.html"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(bare, encoding="utf-8", newline="")
    assert bare == path.read_bytes().decode()
