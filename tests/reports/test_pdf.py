"""The PDF, read back by PDFium: what stands in it, what is attached, and that no name can stop it or run."""

import importlib
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2
import pytest

from cloudaudit import discovery
from cloudaudit.actions import Action, Progress
from cloudaudit.assessment import Assessment, Counts, Excluded
from cloudaudit.errors import UsageError
from cloudaudit.model import Finding, Status
from cloudaudit.reporting import ReportOptions, output_files
from cloudaudit.scoring import Measure, Score
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

NASTY = (
    "</script>",
    '#read("/etc/passwd") *x* $y$ @z <label> #panic()',
    '"]} \\u{41} // /* */',
    "[red]x[/red]",
    "a\x00b\x1b[31m\x07",
    "\u202egnp.exe\u200f\u2066",
    "lone\ud800",
    "not\ufffea\uffffcharacter",
    "한국 𠮷野家 髙橋﨑 简体 ⚠ ✗ 😀 ไทย עברית \ufe0f \U000e0100",
    "\u200b\u00ad\u2060",
    "x" * 1000,
    "長" * 3000,
    "a b " * 3000,
)
LANGUAGES: tuple[Language, ...] = ("ja", "en")
BLANK = re.compile(r"[\s\u200b\u0002\ufffe\u00ad]+")
"""What a reader of PDF puts in or takes away where lines break."""


def rendered(assessment: Assessment, language: Language = "ja") -> bytes:
    out = io.BytesIO()
    discovery.report("pdf").render(assessment, ReportOptions(languages=(language,)), out)
    return out.getvalue()


def opened(content: bytes) -> Any:
    """Return the document; the types of pypdfium2 are partial."""
    return pypdfium2.PdfDocument(content)


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page, without blanks."""
    document = opened(content)
    return [BLANK.sub("", page.get_textpage().get_text_bounded()) for page in document]


def bare(text: str) -> str:
    return BLANK.sub("", text)


def attachment_of(content: bytes) -> tuple[str, bytes]:
    document = opened(content)
    assert document.count_attachments() == 1
    attachment = document.get_attachment(0)
    return attachment.get_name(), bytes(attachment.get_data())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_equal_input_gives_equal_bytes(sample: Any, language: Language) -> None:
    assert rendered(sample.assessment, language) == rendered(sample.assessment, language)


def test_it_declares_pdf_a_3a_and_embeds_its_fonts(sample: Any) -> None:
    content = rendered(sample.assessment)
    assert re.search(rb"<pdfaid:part>3</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", content)
    document = opened(content)
    info = document.get_metadata_dict()
    assert info["Title"] == "クラウドストレージ セキュリティ点検報告書 AWS 123456789012"
    assert info["CreationDate"].startswith("D:20261121150405")
    fonts = {
        (font.get_base_name().rpartition("+")[2], font.is_embedded)
        for page in document
        for each in page.get_objects()
        if (font := getattr(each, "get_font", lambda: None)())
    }
    assert fonts == {("NotoSansCJKjp-Regular", True), ("NotoSansCJKjp-Bold", True)}


def test_the_result_is_attached_as_it_is(sample: Any) -> None:
    out = io.BytesIO()
    discovery.report("json").render(sample.assessment, ReportOptions(), out)
    assert attachment_of(rendered(sample.assessment)) == ("result.json", out.getvalue())


def test_one_file_a_language() -> None:
    names = [file.name for file in output_files(discovery.report("pdf"), ("ja", "en"))]
    assert names == ["report.ja.pdf", "report.en.pdf"]


def test_the_first_page_says_what_matters(sample: Any) -> None:
    japanese, english = (pages_of(rendered(sample.assessment, language))[0] for language in LANGUAGES)
    for said in (
        "62点を保証、最大88点、判定率81.4%",
        "受容した項目も不適合とした場合:58点を保証",
        "2026-11-2200:04:05JST(+09:00)",
        "アカウント外の誰もバケットの読み取り・一覧取得ができない",
        "修正してください。",
        "aws-backup-vaultus-east-1:読み取りが拒否されました",
        "s3:GetEncryptionConfiguration:3件",
        "aws-s3-object-public-acl:オブジェクト単位の確認は行いません",
        "ap-northeast-1,us-east-1",
        "公開1",
    ):
        assert said in japanese, said
    for said in (
        "62guaranteed,upto88,81.4%assessed",
        "2026-11-2115:04:05UTC",
        "aws-s3-object-public-acl:objectsarenotlookedat",
    ):
        assert said in english, said


def test_every_failure_and_every_unknown_is_printed(sample: Any) -> None:
    text = "".join(pages_of(rendered(sample.assessment)))
    for finding in sample.assessment.findings():
        if finding.status in {Status.FAIL, Status.NOT_ASSESSED}:
            assert bare(visible(finding.resource.name)) in text
            assert bare(visible(finding.reason.ja)) in text


def test_the_sign_off_is_left_blank_and_nothing_is_certified(sample: Any) -> None:
    text = "".join(pages_of(rendered(sample.assessment)))
    for said in (
        "確認(個人情報保護管理者)",
        "監査(個人情報保護監査責任者)",
        "空欄のまま出力",
        "適合を証明するものではありません",
    ):
        assert bare(said) in text


def nasty(sample: Any) -> Assessment:
    first = next(iter(sample.assessment.findings()))

    def findings() -> Iterator[Finding]:
        for number, name in enumerate(NASTY):
            resource = msgspec.structs.replace(first.resource, id=name, name=name)
            text = Text(en=f"Found {name}", ja=f"検出 {name}")
            yield msgspec.structs.replace(first, id=f"{number:032x}", resource=resource, reason=text)

    made: Assessment = sample.with_(
        findings=findings,
        resources=lambda: (finding.resource for finding in findings()),
        counts=Counts(fail=len(NASTY), by_severity={"critical": len(NASTY)}),
    )
    return made


def test_no_name_stops_it_runs_or_is_lost(sample: Any) -> None:
    content = rendered(nasty(sample))
    text = "".join(pages_of(content))
    for name in NASTY[:5]:
        assert bare(visible(name)) in text, name
    assert "\\u202egnp.exe\\u200f\\u2066" in text
    assert "lone\\ud800" in text
    assert "not\\ufffea\\uffffcharacter" in text
    # What the font has is shown; what it lacks becomes an escape.
    for said in ("한국𠮷野家髙橋﨑", "⚠\\u2717\\U0001f600\\u0e44\\u0e17\\u0e22", "\\ufe0f\\U000e0100"):
        assert said in text, said
    assert "\\u200b\\xad\\u2060" in text
    assert text.count("x") >= 2 * 1000
    assert text.count("長") >= 2 * 3000
    _, attached = attachment_of(content)
    assert json.loads(attached)["findings"][0]["resource"]["name"] == "</script>"


def test_a_long_name_stays_within_the_page(sample: Any) -> None:
    for page in opened(rendered(nasty(sample))):
        width = page.get_width()
        text = page.get_textpage()
        for at in range(text.count_rects()):
            assert text.get_rect(at)[2] <= width - 40


def many(sample: Any, count: int) -> Assessment:
    first = next(iter(sample.assessment.findings()))

    def findings() -> Iterator[Finding]:
        for number in range(count):
            name = f"bucket-{number:05}"
            resource = msgspec.structs.replace(first.resource, id=name, name=name)
            yield msgspec.structs.replace(first, id=f"{number:032x}", resource=resource)

    made: Assessment = sample.with_(
        findings=findings, counts=Counts(fail=count, by_severity={"critical": count})
    )
    return made


def test_two_thousand_rows_are_printed_and_the_rest_is_counted(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = importlib.import_module("cloudaudit.reports._pdf_data")
    assert data.ROWS == 2_000
    monkeypatch.setattr(data, "ROWS", 30)
    text = "".join(pages_of(rendered(many(sample, 42))))
    assert len(set(re.findall(r"bucket-\d{5}", text))) == 30
    assert "残り12件は是正処置一覧(corrective-actions.ja.xlsx)" in text
    assert "不適合42件のうち30件を" in text


def test_what_several_resources_have_in_common_is_said_once(sample: Any) -> None:
    reason = bare(next(iter(sample.assessment.findings())).reason.ja)
    assert "".join(pages_of(rendered(many(sample, 20)))).count(reason) == 1
    assert "".join(pages_of(rendered(many(sample, 2)))).count(reason) == 2


def test_what_people_wrote_stands_beside_the_finding_and_in_a_list(sample: Any) -> None:
    first = next(iter(sample.assessment.findings()))
    action = Action(
        finding=first.id,
        owner="髙橋 #strong[x]",
        due="2026-12-25",
        progress=Progress.UNDERWAY,
        note="至急",
        action="閉じる\nこと",
    )
    gone = Action(finding="e" * 32, owner="佐藤", resource="acme-old", requirement="公開されていない")
    text = "".join(pages_of(rendered(sample.with_(actions={first.id: action, gone.finding: gone}))))
    assert (
        bare("担当: 髙橋 #strong[x] / 期限: 2026-12-25 / 状況: 対応中 / 是正処置: 閉じること / 備考: 至急")
        in text
    )
    assert bare("引き継いだ是正処置は 2 件です。今回の結果に該当なし 1 件、不適合が継続 1 件") in text
    assert "acme-old·公開されていない" in text


def test_masked_and_narrowed_reports_say_so(sample: Any) -> None:
    scope = msgspec.structs.replace(sample.assessment.scope, narrowed=True)
    first = pages_of(rendered(sample.with_(masked=True, scope=scope)))[0]
    assert "仮名に置き換えています" in first
    assert "範囲を限定した点検です" in first
    assert "仮名" not in pages_of(rendered(sample.assessment))[0]


def test_a_clean_and_an_empty_result_make_a_report_too(sample: Any) -> None:
    measure = Measure(guaranteed=100.0, best=100.0, coverage=100.0, grade="A")
    scope = msgspec.structs.replace(sample.assessment.scope, excluded=())
    clean = sample.with_(
        findings=lambda: iter(()),
        resources=lambda: iter(()),
        shares=lambda: (),
        gaps=(),
        exit=(),
        scope=scope,
        counts=Counts(),
        score=Score(overall=measure, themes={"mfa": measure}, without_waivers=measure),
    )
    text = "".join(pages_of(rendered(clean)))
    for said in (
        "不適合はありません。",
        "対象外・判定不能の範囲はありません。",
        "終了コード0:",
        "共有されているものはありません。",
    ):
        assert said in text
    empty = msgspec.structs.replace(clean.score, overall=Measure())
    assert "スコアなし" in "".join(pages_of(rendered(sample.with_(score=empty))))


def test_a_long_list_of_exclusions_is_counted(sample: Any) -> None:
    excluded = tuple(
        Excluded(what="bucket", id=f"left-{number:03}", reason=Text(en="not asked for", ja="指定外"))
        for number in range(205)
    )
    scope = msgspec.structs.replace(sample.assessment.scope, excluded=excluded)
    text = "".join(pages_of(rendered(sample.with_(scope=scope))))
    assert "left-199" in text
    assert "left-200" not in text
    assert "ほか5件はresult.jsonを参照" in text


def test_a_result_too_long_to_attach_is_said_to_lie_beside(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = importlib.import_module("cloudaudit.reports._pdf_file")
    monkeypatch.setattr(file, "ATTACHED_LIMIT", 100)
    content = rendered(sample.assessment)
    assert opened(content).count_attachments() == 0
    assert "サイズが大きいため添付していません" in "".join(pages_of(content))


def test_without_the_extra_one_sentence_says_what_to_install(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match=r"pip install 'cloudaudit\[pdf\]'"):
        rendered(sample.assessment)


def test_a_file_that_is_no_font_is_told(tmp_path: Path) -> None:
    glyphs = importlib.import_module("cloudaudit.reports._glyphs")
    path = tmp_path / "font.otf"
    for content in (b"", b"OTTO" + b"\0" * 8, b"OTTO\0\1" + b"\0" * 6 + b"head" + b"\0" * 12):
        path.write_bytes(content)
        with pytest.raises(glyphs.FontError):
            list(glyphs.characters(path))
