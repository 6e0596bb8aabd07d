import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec import structs

from cloudaudit import discovery
from cloudaudit.assessment import Assessment, Excluded
from cloudaudit.model import ResourceRef, Share, Status, Theme
from cloudaudit.reporting import ReportOptions
from cloudaudit.text import Text

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "sharing.schema.json"
HOSTILE = '=HYPERLINK("http://evil")\u202e</script>\x1b[31m\x00\n📎見積書.xlsx'
DRIVE = ResourceRef(
    provider="m365", account="tenant", region="global", kind="m365-drive", id="b!1", name=HOSTILE
)


def inventory(assessment: Assessment, **options: Any) -> bytes:
    out = io.BytesIO()
    discovery.report("sharing").render(assessment, ReportOptions(**options), out)
    return out.getvalue()


def share(number: int, scope: str = "outside") -> Share:
    return Share(
        resource=DRIVE,
        audience="*" if scope == "public" else f"guest{number}@example.com",
        scope=scope,
        right="write",
        via=Text(en="anonymous link", ja="匿名リンク"),
        expires="2027-01-01T00:00:00Z",
        item=f"/{HOSTILE}/{number}",
        owner="佐藤 花子",
        changed="2026-11-01T00:00:00Z",
        first_seen="2026-11-20T00:00:00Z",
    )


@pytest.fixture
def assessment(sample: Any) -> Assessment:
    shares = (share(1, "public"), share(2), share(3))
    made: Assessment = sample.assessment
    return replace(made, shares=lambda: shares, findings=lambda: iter(()))


def test_it_is_valid_by_its_schema(sample: Any, assessment: Assessment) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for each in (sample.assessment, assessment, replace(assessment, shares=lambda: ())):
        jsonschema.validate(json.loads(inventory(each)), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(inventory(assessment)) | {"more": 1}, schema)


def test_every_line_is_there_as_in_the_result(assessment: Assessment) -> None:
    found = json.loads(inventory(assessment))
    out = io.BytesIO()
    discovery.report("json").render(assessment, ReportOptions(), out)
    assert found["sharing"] == json.loads(out.getvalue())["sharing"]
    assert found["counts"] == {"outside": 2, "public": 1}
    first = found["sharing"][0]
    assert first["resource"]["name"] == HOSTILE
    assert (first["owner"], first["first_seen"]) == ("佐藤 花子", "2026-11-20T00:00:00Z")


def test_one_line_of_the_file_is_one_line_of_the_inventory(assessment: Assessment) -> None:
    lines = inventory(assessment).splitlines()
    assert sum(b"anonymous link" in line for line in lines) == 3
    assert b"\x1b" not in inventory(assessment)


def test_a_list_that_may_be_too_short_says_so(assessment: Assessment) -> None:
    assert json.loads(inventory(assessment))["complete"] is True
    reason = Text(en="not everything was read", ja="一部を読み取れていません")
    scope = structs.replace(assessment.scope, excluded=(Excluded(what="sharing", id="*", reason=reason),))
    doubtful = json.loads(inventory(replace(assessment, scope=scope)))
    assert doubtful["complete"] is False
    assert doubtful["incomplete_because"] == [{"en": reason.en, "ja": reason.ja}]


def test_sharing_that_was_not_assessed_and_a_narrowed_run_make_it_doubtful(
    sample: Any, assessment: Assessment
) -> None:
    denied = structs.replace(
        next(sample.assessment.findings()), theme=Theme.SHARING, status=Status.NOT_ASSESSED
    )
    unread = json.loads(inventory(replace(assessment, findings=lambda: iter((denied,)))))
    assert unread["complete"] is False
    assert "not assessed" in unread["incomplete_because"][0]["en"]
    narrowed = replace(assessment, scope=structs.replace(assessment.scope, narrowed=True))
    assert json.loads(inventory(narrowed))["complete"] is False


def test_no_option_changes_it(assessment: Assessment) -> None:
    assert inventory(assessment, languages=("ja",), plain=True, width=40) == inventory(assessment)


def test_its_lines_are_streamed(assessment: Assessment) -> None:
    def many(count: int) -> int:
        def shares() -> Iterator[Share]:
            return (share(number) for number in range(count))

        class Nowhere(io.RawIOBase):
            def writable(self) -> bool:
                return True

            def write(self, data: Any) -> int:
                return len(data)

        tracemalloc.start()
        discovery.report("sharing").render(
            replace(assessment, shares=shares),
            ReportOptions(),
            Nowhere(),  # type: ignore[arg-type]
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    many(10)
    assert many(20_000) < many(1_000) + 100_000
