import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest

from cloudaudit import discovery
from cloudaudit.assessment import SCHEMA, Assessment
from cloudaudit.facts import Cause
from cloudaudit.model import Finding, Severity, Status, Theme
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Language

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "result.schema.json"
KEYS = [
    "schema",
    "tool",
    "target",
    "taken_at",
    "masked",
    "scope",
    "policy",
    "score",
    "counts",
    "gaps",
    "exit",
    "checks",
    "resources",
    "waivers",
    "sharing",
    "findings",
]


def result(assessment: Assessment, **options: Any) -> bytes:
    out = io.BytesIO()
    discovery.report("json").render(assessment, ReportOptions(**options), out)
    return out.getvalue()


@pytest.fixture
def schema() -> Any:
    loaded = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return loaded


def test_it_is_valid_by_its_schema(sample: Any, schema: Any) -> None:
    jsonschema.validate(json.loads(result(sample.assessment)), schema)


def test_the_schema_refuses_another_key_and_a_wrong_cause(sample: Any, schema: Any) -> None:
    extra = json.loads(result(sample.assessment)) | {"more": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(extra, schema)
    causeless = json.loads(result(sample.assessment))
    causeless["findings"][3]["cause"] = None
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(causeless, schema)


def test_the_schema_knows_the_closed_lists(schema: Any) -> None:
    finding = schema["$defs"]["finding"]["properties"]
    assert schema["properties"]["schema"]["const"] == SCHEMA
    assert schema["$defs"]["cause"]["enum"] == [cause.value for cause in Cause]
    assert finding["status"]["enum"] == [status.value for status in Status]
    assert finding["severity"]["enum"] == [severity.value for severity in Severity]
    assert finding["theme"]["enum"] == [theme.value for theme in Theme]


def test_the_keys_are_those_of_the_contract(sample: Any) -> None:
    read = json.loads(result(sample.assessment))
    assert list(read) == KEYS
    assert set(read["findings"][0]) == {
        "id",
        "check",
        "theme",
        "severity",
        "status",
        "cause",
        "missing_permissions",
        "resource",
        "reason",
        "evidence",
        "sub_findings",
    }


def test_no_option_changes_a_byte(sample: Any) -> None:
    expected = result(sample.assessment)
    for language in get_args(Language):
        assert result(sample.assessment, languages=(language,), plain=True, width=40, color=True) == expected


def test_the_order_of_a_mapping_changes_nothing(sample: Any) -> None:
    first = next(iter(sample.assessment.findings()))
    one = msgspec.structs.replace(first, evidence={"a": 1, "b": {"c": 1, "d": 2}})
    other = msgspec.structs.replace(first, evidence={"b": {"d": 2, "c": 1}, "a": 1})
    assert result(sample.with_findings(lambda: iter([one]))) == result(
        sample.with_findings(lambda: iter([other]))
    )


def test_lone_surrogates_become_escapes(sample: Any) -> None:
    read = json.loads(result(sample.assessment))
    name = read["findings"][1]["resource"]["name"]
    assert name == sample.hostile.replace("\ud800", "\\ud800")
    assert read["findings"][1]["evidence"]["names"] == [name]
    assert name in read["findings"][1]["evidence"]


def test_empty_lists_are_lists(sample: Any) -> None:
    read = json.loads(result(sample.with_(findings=lambda: iter(()), resources=lambda: iter(()))))
    assert read["findings"] == read["resources"] == []


def test_one_finding_a_line(sample: Any) -> None:
    lines = result(sample.assessment).decode().splitlines()
    assert sum('"missing_permissions"' in line for line in lines) == 12


def test_findings_are_streamed(sample: Any) -> None:
    first = next(iter(sample.assessment.findings()))

    def many() -> Iterator[Finding]:
        for number in range(20_000):
            yield msgspec.structs.replace(first, id=f"{number:032x}")

    class Sink(io.RawIOBase):
        def write(self, data: Any) -> int:
            return len(data)

    assessment = sample.with_findings(many)
    tracemalloc.start()
    try:
        discovery.report("json").render(assessment, ReportOptions(), Sink())  # type: ignore[arg-type]  # a raw sink writes bytes too
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
