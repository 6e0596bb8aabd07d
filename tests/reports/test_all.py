"""What every report must keep, whichever is installed: the same bytes later, pseudonyms everywhere, hostile names."""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import pytest
from msgspec import structs

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, Excluded, temporary_spool
from cloudaudit.mask import Masker
from cloudaudit.model import Finding, Writing
from cloudaudit.reporting import ReportOptions, output_files
from cloudaudit.result import open_result, settled
from cloudaudit.text import Text
from cloudaudit.visible import visible
from fakes.client import ORIGINALS, client

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"
KEY = b"a key of thirty-two bytes, or so"
FILES = [name for name in discovery.report_names() if discovery.report(name).FILE_NAME is not None]
ALL = discovery.report_names()
HOSTILE = (
    "</script><script>alert(1)</script>",
    '=HYPERLINK("http://evil.example/","x")',
    "[red]x[/red]",
    "nul\x00esc\x1b[31m",
    "\u202egpj.exe\u2066",
    "lone\ud800",
    "L" * 1_000,
    '{{ 7 * 7 }}#read("/etc/passwd")',
    "a|b`c`<br>*d*\r\n# e",
)


@pytest.fixture
def clients() -> Iterator[Assessment]:
    with open_result(GOLDEN) as result:
        yield client(result)


def rendered(report: str, assessment: Assessment) -> dict[str, bytes]:
    module = discovery.report(report)
    made: dict[str, bytes] = {}
    for name, languages in output_files(module, ("ja", "en")) or (("", ("ja", "en")),):
        out = io.BytesIO()
        module.render(assessment, ReportOptions(languages=languages), out)
        made[name] = out.getvalue()
    return made


def told(name: str, content: bytes) -> str:
    """Return everything that a file tells, whoever opens it: unpacked, unescaped, attachments included."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(html.unescape(archive.read(member).decode()) for member in archive.namelist())
    if content[:4] == b"%PDF":
        document: Any = pypdfium2.PdfDocument(content)
        try:
            texts = [page.get_textpage().get_text_range() for page in document]
            files = [document.get_attachment(place) for place in range(document.count_attachments())]
            attached = [told(file.get_name(), bytes(file.get_data())) for file in files]
        finally:
            document.close()
        return "\n".join((re.sub(r"\s+", "", "".join(texts)), *attached))
    text = content.decode()
    unescaped = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    return "\n".join(
        (
            name,
            text,
            html.unescape(text),
            text.replace('""', '"'),
            unescaped.replace('\\"', '"').replace("\\\\", "\\"),
        )
    )


@pytest.mark.parametrize("report", ALL)
def test_it_is_the_same_bytes_at_once_and_from_the_result(report: str, sample: Any, tmp_path: Path) -> None:
    (result,) = rendered("json", sample.assessment).values()
    path = tmp_path / "result.json"
    path.write_bytes(result)
    with open_result(path) as again, temporary_spool() as spool:
        for finding in sample.assessment.findings():
            spool.add(finding)
        at_once = replace(settled(sample.assessment), findings=lambda: iter(spool), resources=again.resources)
        assert rendered(report, again) == rendered(report, at_once)
        assert rendered(report, again) == rendered(report, again)


@pytest.mark.parametrize("report", ALL)
def test_no_original_is_left_when_masked(report: str, clients: Assessment) -> None:
    masked = settled(Masker(KEY).mask(clients))
    for name, content in rendered(report, masked).items():
        everything = told(name, content)
        assert "bucket-" in everything
        for original in ORIGINALS:
            assert original not in everything, original
            assert original not in name


@pytest.mark.parametrize("report", ALL)
def test_the_originals_are_there_when_not_masked(report: str, clients: Assessment) -> None:
    everything = "".join(told(name, content) for name, content in rendered(report, settled(clients)).items())
    assert ORIGINALS[1] in everything


def hostile(sample: Any, name: str, *, region: str = "", permission: str = "") -> Assessment:
    """Return an assessment in which everything that a stranger names is named so, and the provider's names too."""
    worst = next(iter(sample.assessment.findings()))
    part = list(sample.assessment.findings())[9].sub_findings[0]
    resource = msgspec.structs.replace(
        worst.resource, name=name, id=name, region=region or name, account=name
    )
    bad = msgspec.structs.replace(
        worst,
        resource=resource,
        reason=Text(en=name, ja=name),
        evidence={name: [name, {name: name}]},
        missing_permissions=(permission or name,),
        sub_findings=(
            msgspec.structs.replace(part, key=name, reason=Text(en=name, ja=name), evidence={name: name}),
        ),
    )

    def findings() -> Iterator[Finding]:
        yield bad

    made: Assessment = replace(
        sample.assessment,
        findings=findings,
        resources=lambda: iter((resource,)),
        target=msgspec.structs.replace(sample.assessment.target, account=name, identity=name, name=name),
        gaps=tuple(
            msgspec.structs.replace(gap, region=region or name, account=name, detail=name)
            for gap in sample.assessment.gaps
        ),
        shares=lambda: tuple(
            msgspec.structs.replace(share, resource=resource, audience=name, via=name)
            for share in sample.assessment.shares()
        ),
        waivers=(
            msgspec.structs.replace(
                sample.assessment.waivers[0],
                check=name,
                resource=name,
                account=name,
                reason=name,
                owner=name,
                approver=name,
                ticket=name,
                compensating_control=name,
                file=name,
            ),
        ),
        counts=msgspec.structs.replace(
            sample.assessment.counts,
            fail=1,
            pass_=0,
            not_assessed=0,
            waived=0,
            not_applicable=0,
            by_severity={"critical": 1},
        ),
    )
    return made


def squeezed(text: str) -> str:
    return re.sub(r"[\s\\\u200b]+", "", text)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("report", ALL)
def test_hostile_names_break_nothing_and_are_not_lost(report: str, name: str, sample: Any) -> None:
    bad = hostile(sample, name)
    for file, content in rendered(report, settled(bad)).items():
        everything = told(file, content)
        if content[:2] != b"PK" and content[:4] != b"%PDF":
            assert not any(control in content for control in (b"\x00", b"\x1b"))
        # Where there is no room for a thousand characters, its beginning is there.
        shown = squeezed(everything)
        as_json = json.dumps(name, ensure_ascii=False)[1:-1]
        assert any(squeezed(form)[:40] in shown for form in (visible(name), name, as_json))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_masked_like_others(name: str, sample: Any) -> None:
    masked = Masker(KEY).mask(hostile(sample, name, region="eu-west-1", permission="s3:GetBucketPolicy"))
    (result,) = rendered("json", masked).values()
    finding = json.loads(result)["findings"][0]
    assert visible(name) not in json.dumps(finding, ensure_ascii=False)


@pytest.mark.parametrize("report", ["html", "markdown", "pdf", "terminal", "xlsx"])
def test_what_nobody_looked_at_is_told_by_every_report_for_people(clients: Assessment, report: str) -> None:
    def left_out(what: str, name: str) -> Excluded:
        return Excluded(what=what, id=name, reason=Text(en=f"{name} was not seen", ja=f"{name}は未確認"))

    scope = msgspec.structs.replace(
        clients.scope,
        excluded=(
            *(left_out("check", f"other-check-{number}") for number in range(20)),
            left_out("setting", "some-setting"),
            left_out("service", "somedrive"),
        ),
    )
    for name, content in rendered(report, replace(clients, scope=scope)).items():
        said = told(name, content)
        first = said[: said.index("other-check-19")] if "other-check-19" in said else said
        assert "somedrive" in (said if report == "xlsx" else first)
        assert report == "terminal" or "some-setting" in said
        assert "\\u200b" not in said


@pytest.mark.parametrize("report", ["html", "json", "markdown", "pdf", "terminal", "xlsx"])
def test_what_an_engine_wrote_in_a_cloud_is_told_and_its_place_can_be_masked(
    clients: Assessment, report: str
) -> None:
    what = Text(en="Athena writes the results of its queries", ja="Athena がクエリ結果を書き込みます")
    written = Writing(what=what, place="s3://acme-athena/results/")
    assessment = replace(clients, scope=structs.replace(clients.scope, writes=written))
    for masked in (False, True):
        shown = settled(Masker(KEY).mask(assessment) if masked else assessment)
        texts = [re.sub(r"[\s\u200b]+", "", told(*file)) for file in rendered(report, shown).items()]
        assert texts
        for text in texts:
            assert any(re.sub(r"\s+", "", said) in text for said in (what.en, what.ja))
            assert ("acme-athena" in text) is not masked
