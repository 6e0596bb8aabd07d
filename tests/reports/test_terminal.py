import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, Counts, Excluded
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Gap
from cloudaudit.reporting import ReportOptions
from cloudaudit.scoring import Measure, Score
from cloudaudit.text import Text


def shown(assessment: Assessment, **options: Any) -> str:
    out = io.BytesIO()
    chosen = ReportOptions(**options)
    discovery.report("terminal").render(assessment, chosen, out)
    return out.getvalue().decode(chosen.encoding)


def nothing() -> Iterator[Finding]:
    return iter(())


def test_what_could_steer_the_terminal_is_shown_and_not_obeyed(sample: Any) -> None:
    text = shown(sample.assessment, width=120)
    assert "[bold]pay" in text
    assert "\\x1b[31m" in text
    assert "\\u202e" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_hostile_names_end_no_colour_sequence(sample: Any) -> None:
    text = shown(sample.assessment, width=120, color=True)
    assert set(re.findall(r"\x1b.", text)) == {"\x1b["}
    assert not re.search(r"\x1b\[(?![0-9;]*m)", text)


def test_plain_has_neither_sequences_nor_bars_nor_wrapped_lines(sample: Any) -> None:
    text = shown(sample.assessment, plain=True, color=True)
    assert "\x1b" not in text
    assert not set(text) & set("━╍─█")
    assert (
        "Public because statement 2 of the bucket policy allows s3:GetObject to everyone and no block" in text
    )


def test_plain_wraps_where_a_width_is_given(sample: Any) -> None:
    assert max(map(len, shown(sample.assessment, plain=True, width=60).splitlines())) <= 60


def test_an_encoding_without_our_signs_gets_ascii_ones(sample: Any) -> None:
    text = shown(sample.assessment, languages=("ja",), encoding="cp932", width=80)
    assert "保証" in text
    assert "====" in text


def test_the_last_line_says_why_the_exit_code_is_what_it_is(sample: Any) -> None:
    lines = shown(sample.assessment, width=120).splitlines()
    assert lines[-1].strip() == "Exit code 3: critical checks were not wholly assessed: aws-iam-user-mfa"
    assert "Also: failures of severity high or above: 4 (exit code 1)" in lines[-2]


def test_a_clean_run_says_so_and_has_no_section_without_content(sample: Any) -> None:
    measure = Measure(guaranteed=100.0, best=100.0, coverage=100.0, grade="A")
    clean = sample.with_(
        exit=(),
        findings=nothing,
        gaps=(),
        shares=lambda: (),
        counts=Counts(pass_=3),
        score=Score(overall=measure, themes={"mfa": measure}, without_waivers=measure),
    )
    text = shown(clean, width=80)
    assert text.splitlines()[-2].strip().startswith("Exit code 0: everything required was assessed")
    for absent in (
        "Fix first",
        "Not assessed ",
        "Could not be listed",
        "open to others",
        "Files",
        "waived counted",
    ):
        assert absent not in text


def test_without_a_score_there_is_no_number_and_no_bar(sample: Any) -> None:
    empty = Score(overall=Measure(), themes={"mfa": Measure()}, without_waivers=Measure())
    text = shown(sample.with_(score=empty, findings=nothing), width=80)
    assert "no score: nothing was assessed" in text
    assert "━" not in text


@pytest.mark.parametrize(("language", "said"), [("en", "Narrowed run"), ("ja", "範囲を限定した実行です")])
def test_a_narrowed_run_says_so(sample: Any, language: str, said: str) -> None:
    narrowed = sample.with_(scope=msgspec.structs.replace(sample.assessment.scope, narrowed=True))
    assert said in shown(narrowed, languages=(language,), width=80)
    assert said not in shown(sample.assessment, languages=(language,), width=80)


def test_an_inventory_of_sharing_that_is_not_complete_says_so(sample: Any) -> None:
    reason = Text(en="not all was read", ja="一部を読み取れていません")
    scope = msgspec.structs.replace(
        sample.assessment.scope, excluded=(Excluded(what="sharing", id="*", reason=reason),)
    )
    assert "not all was read" in shown(sample.with_(scope=scope, shares=lambda: ()), width=80)
    assert "not all was read" not in shown(sample.assessment, width=80)


def test_a_whole_service_that_was_not_looked_at_is_said_on_the_first_page(sample: Any) -> None:
    reason = Text(en="Drive was not looked at", ja="ドライブは確認対象外です")
    excluded = (Excluded(what="service", id="drive", reason=reason),)
    scope = msgspec.structs.replace(sample.assessment.scope, excluded=excluded)
    text = shown(sample.with_(scope=scope), languages=("ja", "en"), width=80)
    assert "ドライブは確認対象外です" in text
    assert "Drive was not looked at" in text


def test_long_lists_are_cut_with_a_count(sample: Any) -> None:
    import msgspec

    blind = next(finding for finding in sample.assessment.findings() if finding.missing_permissions)
    failed = next(iter(sample.assessment.findings()))

    def many() -> Iterator[Finding]:
        for number in range(20):
            yield msgspec.structs.replace(blind, missing_permissions=(f"s3:Get{number:02}",))
            yield msgspec.structs.replace(failed, check=f"aws-made-up-{number:02}")

    gaps = tuple(
        Gap(of="aws-backup-vault", region=f"r-{number}", cause=Cause.DENIED, operation="x")
        for number in range(20)
    )
    regions = msgspec.structs.replace(
        sample.assessment.scope, regions=tuple(f"r-{number}" for number in range(20))
    )
    text = shown(sample.with_(findings=many, gaps=gaps, scope=regions), width=100)
    assert "and 14 more kinds of failure" in text
    assert "and 12 more reasons" in text
    assert "and 14 more\n" in text
    assert "regions: 20" in text
    assert "aws-made-up-00" in text


def test_both_languages_follow_each_other(sample: Any) -> None:
    text = shown(sample.assessment, languages=("ja", "en"), width=80)
    assert text.index("終了コード") < text.index("Exit code")


def test_the_environment_changes_nothing(sample: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(sample.assessment, width=80, color=True)
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "33", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert shown(sample.assessment, width=80, color=True) == before
