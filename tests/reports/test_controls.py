"""The result by control, in every report that has it."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.frameworks.loading import NAMES, framework
from cloudaudit.frameworks.results import OUTCOMES, Outcome, by_control
from cloudaudit.mask import Masker
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.policy import AuditPolicy, describe
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result, settled

CLAUSE = "山田商店 情報セキュリティ規程 第8条"


def rendered(report: str, assessment: Assessment, language: Any = "ja", *frameworks: str) -> bytes:
    out = io.BytesIO()
    options = ReportOptions(languages=(language,), frameworks=frameworks)
    discovery.report(report).render(assessment, options, out)
    return out.getvalue()


def whole(sample: Any) -> Assessment:
    """Return the sample as a run that left no check out."""
    scope = msgspec.structs.replace(sample.assessment.scope, excluded=())
    made: Assessment = replace(sample.assessment, scope=scope)
    return made


def outcomes(assessment: Assessment, name: str) -> dict[str, Outcome]:
    return {one.control.id: one.outcome for one in by_control(assessment, framework(name)).results}


def test_findings_are_counted_by_status_for_each_control(sample: Any) -> None:
    results = {one.control.id: one for one in by_control(whole(sample), framework("ppc")).results}
    counted = dict.fromkeys(Status, 0)
    for finding in sample.assessment.findings():
        if finding.theme in {"mfa", "credentials", "network"}:
            counted[finding.status] += 1
    assert results["10-6(2)"].counts == counted
    assert results["10-6(2)"].checks == ("aws-iam-user-mfa",)
    assert sum(results["10-3(5)"].counts.values()) == sum(1 for _ in sample.assessment.findings())


def test_controls_stand_worst_first_and_those_for_a_person_apart(sample: Any) -> None:
    result = by_control(whole(sample), framework("pmark"))
    order = [tuple(Outcome).index(one.outcome) for one in result.results]
    assert order == sorted(order)
    assert order[0] == 0
    assert "J.2.2" in {control.id for control in result.manual}
    told = {one.control.id for one in result.results} | {control.id for control in result.manual}
    assert told == {control.id for control in framework("pmark").controls}


def test_a_check_that_was_left_out_is_said_wherever_it_may_count(sample: Any) -> None:
    results = by_control(sample.assessment, framework("iso27001")).results
    themed = [one for one in results if one.control.themes]
    assert all(Outcome.NOT_RUN in one.outcomes for one in themed)
    assert all("未実施のチェックあり" in one.said.ja for one in themed)
    named = next(one for one in results if one.control.id == "A.5.25")
    assert named.outcomes == (Outcome.EMPTY,)


STATUSES = st.lists(st.sampled_from(tuple(Status)), max_size=6)


@given(statuses=STATUSES)
def test_no_control_is_called_clear_with_a_failure_or_with_something_not_assessed(
    statuses: list[Status], law_sample: Any
) -> None:
    first = next(law_sample.findings())
    findings = [msgspec.structs.replace(first, status=status) for status in statuses]
    made = replace(law_sample, findings=lambda: iter(findings))
    for one in by_control(made, framework("appi")).results:
        if not one.control.takes(first.check, first.theme):
            continue
        had = {status for status in statuses if one.counts[status]}
        assert (Outcome.FAILED in one.outcomes) is (Status.FAIL in had)
        assert (Outcome.INCOMPLETE in one.outcomes) is (Status.NOT_ASSESSED in had)
        if had & {Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED}:
            assert one.outcome not in {Outcome.CLEAR, Outcome.EMPTY}
        elif Status.PASS not in had:
            assert one.outcome is Outcome.EMPTY


@pytest.fixture(scope="module")
def law_sample() -> Assessment:
    with open_result(Path(__file__).parent.parent / "golden" / "result.json") as result:
        findings: list[Finding] = list(result.findings())
        scope = msgspec.structs.replace(result.scope, excluded=())
        return replace(result, scope=scope, findings=lambda: iter(findings))


def test_the_worst_severity_of_a_control_orders_it(sample: Any) -> None:
    results = by_control(whole(sample), framework("ppc")).results
    failing = [one for one in results if one.outcome is Outcome.FAILED]
    ranks = [one.worst.rank for one in failing if one.worst]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == Severity.CRITICAL.rank


@pytest.mark.parametrize("name", NAMES)
def test_every_framework_is_rendered_by_page_sheet_and_summary(sample: Any, name: str) -> None:
    one = framework(name)
    page = rendered("html", sample.assessment, "ja", name).decode()
    summary = rendered("markdown", sample.assessment, "ja", name).decode()
    book = load_workbook(io.BytesIO(rendered("xlsx", sample.assessment, "ja", name)))
    cells = {str(cell) for line in book["項番別の証跡"].iter_rows(values_only=True) for cell in line}
    for control in one.controls:
        assert control.shown("ja") in page
        assert control.shown("ja") in cells
    assert one.name.ja.split("(")[0][:20] in summary
    assert one.source in page


def test_reports_show_the_usual_frameworks_of_their_language(sample: Any) -> None:
    assert "安全管理措置" in rendered("html", sample.assessment, "ja").decode()
    english = rendered("html", sample.assessment, "en").decode()
    assert "NIST Cybersecurity Framework" in english
    assert "Evidence by control" in english
    assert "J.9.2" not in english


def test_no_report_says_that_a_control_is_met(sample: Any) -> None:
    for report in ("html", "markdown"):
        said = rendered(report, sample.assessment, "ja", *NAMES).decode()
        assert "適合を証明するものではありません" in said
        assert "適合証明" not in said
    assert not {"適合", "準拠"} & {text.ja for text in OUTCOMES.values()}


def test_an_unknown_framework_is_refused(sample: Any) -> None:
    with pytest.raises(UsageError):
        rendered("markdown", sample.assessment, "ja", "soc2")


def test_each_threshold_is_printed_with_the_kind_of_its_basis_and_its_clause(sample: Any) -> None:
    policy = AuditPolicy(password_min_length=10, rules={"password_min_length": CLAUSE})
    made = replace(sample.assessment, policy=tuple(describe(policy)))
    page = rendered("html", made).decode()
    for said in ("根拠の種別", "自社規程", "ガイドライン", "規格・ベンチマーク", "ツール既定値", CLAUSE):
        assert said in page
    assert "https://www.ppc.go.jp/all_faq_index/faq1-q10-19/" in page
    summary = rendered("markdown", made).decode()
    assert f"自社規程 | 規程条項: {CLAUSE}" in summary
    book = load_workbook(io.BytesIO(rendered("xlsx", made)))
    cells = [str(cell) for line in book["実施概要"].iter_rows(values_only=True) for cell in line]
    assert any(cell.startswith(f"[自社規程] 規程条項: {CLAUSE}") for cell in cells)
    lines = {line["name"]: line for line in msgspec.json.decode(rendered("json", made))["policy"]}
    assert lines["password_min_length"]["kind"] == "own-rule"
    assert lines["access_key_max_age_days"]["kind"] == "standard"


def test_a_result_without_kinds_is_not_given_any(sample: Any) -> None:
    old = tuple(msgspec.structs.replace(line, kind=msgspec.UNSET) for line in sample.assessment.policy)
    made = replace(sample.assessment, policy=old)
    assert "記載なし" in rendered("html", made).decode()
    assert all("kind" not in line for line in msgspec.json.decode(rendered("json", made))["policy"])


def test_the_clause_in_a_finding_is_masked_with_the_rest(sample: Any) -> None:
    first = next(sample.assessment.findings())
    named = msgspec.structs.replace(
        first,
        reason=msgspec.structs.replace(first.reason, ja=f"{first.reason.ja}(規程条項: {CLAUSE})"),
        evidence={**first.evidence, "own_rules": {"password_min_length": CLAUSE}},
    )
    made = settled(replace(sample.assessment, findings=lambda: iter((named,))))
    masked = Masker(b"a key of thirty-two bytes, or so").mask(made)
    said = rendered("json", masked).decode()
    assert "山田商店" not in said
    assert "規程条項: " in said
