import io
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, Excluded
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text


def page(assessment: Assessment, **options: Any) -> str:
    out = io.BytesIO()
    discovery.report("markdown").render(assessment, ReportOptions(**options), out)
    return out.getvalue().decode()


def test_a_hostile_name_is_shown_as_it_is(sample: Any) -> None:
    html = MarkdownIt("commonmark").enable("table").render(page(sample.assessment))
    assert "<script" not in html
    assert (
        "[bold]pay`roll`|&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m\\u202egnp.exe\\ud800\\x0anext" in html
    )


def test_a_hostile_name_makes_no_cell_and_no_line_of_its_own(sample: Any) -> None:
    html = MarkdownIt("commonmark").enable("table").render(page(sample.assessment))
    rows = html.split("<tr>")
    fix = next(row for row in rows if "pay`roll`" in row)
    assert fix.count("<td") == 5


@pytest.mark.parametrize(
    "hostile", ["a_b_ *c* ~~d~~ [x](http://e.com) ![i](y) www.f.com #1 $x$ & &lt;", "`" * 9, "\\"]
)
def test_no_syntax_survives(sample: Any, hostile: str) -> None:
    first = next(iter(sample.assessment.findings()))
    changed = msgspec.structs.replace(first, reason=Text(en=hostile, ja=hostile))
    html = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .render(page(sample.with_findings(lambda: iter([changed]))))
    )
    cell = next(row for row in html.split("<tr>") if "acme-invoices" in row)
    for tag in ("<a ", "<em>", "<img", "<s>"):
        assert tag not in cell
    assert hostile.replace("&", "&amp;").replace("<", "&lt;") in cell


@pytest.mark.parametrize("languages", [("en",), ("ja",), ("ja", "en")])
def test_it_stays_small_and_says_what_was_left_out(sample: Any, languages: tuple[str, ...]) -> None:
    first = next(iter(sample.assessment.findings()))
    blind = next(finding for finding in sample.assessment.findings() if finding.missing_permissions)
    long = "名" * 5_000

    def many() -> Iterator[Finding]:
        for number in range(3_000):
            resource = msgspec.structs.replace(first.resource, name=long)
            yield msgspec.structs.replace(
                first, check=f"c-{number}", resource=resource, reason=Text(en=long, ja=long)
            )
            yield msgspec.structs.replace(blind, missing_permissions=(f"p-{number}" + long,))

    gaps = tuple(Gap(of=long, region=long, cause=Cause.DENIED, operation=long) for _ in range(1_000))
    exits = sample.assessment.exit * 1_000
    text = page(sample.with_(findings=many, gaps=gaps, exit=exits), languages=languages)
    assert len(text.encode()) < 60_000
    assert (" more in result.json" in text) == ("en" in languages)
    assert ("件は result.json を参照" in text) == ("ja" in languages)
    assert ("### Themes" in text) == ("en" in languages)
    assert ("### テーマ別" in text) == ("ja" in languages)


def test_what_matters_comes_first(sample: Any) -> None:
    text = page(sample.assessment)
    places = [
        text.index(part)
        for part in ("Grade D", "Exit code 3", "### Fix first", "### Not assessed", "### Themes")
    ]
    assert places == sorted(places)


def test_a_narrowed_run_says_so(sample: Any) -> None:
    narrowed = sample.with_(scope=msgspec.structs.replace(sample.assessment.scope, narrowed=True))
    assert "Narrowed run: left out 1" in page(narrowed)
    assert "Narrowed run" not in page(sample.assessment)


def test_a_whole_service_that_was_not_looked_at_is_said_on_top(sample: Any) -> None:
    reason = Text(en="Drive was not looked at", ja="ドライブは確認対象外です")
    excluded = (Excluded(what="service", id="drive", reason=reason),)
    scope = msgspec.structs.replace(sample.assessment.scope, excluded=excluded)
    text = page(sample.with_(scope=scope), languages=("ja", "en"))
    assert text.index("ドライブは確認対象外です") < text.index("| ")
    assert "Drive was not looked at" in text


def test_nothing_found_has_no_empty_sections(sample: Any) -> None:
    text = page(sample.with_(findings=lambda: iter(()), gaps=(), exit=()))
    assert "Fix first" not in text
    assert "### Not assessed" not in text
    assert "Could not be listed" not in text
    assert "Exit code 0" in text


def test_a_masked_result_says_so(sample: Any) -> None:
    assert "> Accounts, names, people and addresses are pseudonyms" in page(sample.with_(masked=True))
    assert "pseudonyms" not in page(sample.assessment)
