"""Pseudonyms: stable, keyed, complete, and no more than needed."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.mask import Masker
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result
from cloudaudit.text import Text
from fakes.client import ORIGINALS, both, client, named

GOLDEN = Path(__file__).parent.parent / "golden" / "result.json"
SCHEMA = Path(__file__).parents[2] / "docs" / "result.schema.json"
KEY = b"a key of thirty-two bytes, or so"


def rendered(assessment: Assessment, report: str = "json", **options: Any) -> bytes:
    out = io.BytesIO()
    discovery.report(report).render(assessment, ReportOptions(**options), out)
    return out.getvalue()


@pytest.fixture
def masked() -> str:
    with open_result(GOLDEN) as result:
        return rendered(Masker(KEY).mask(client(result))).decode()


@pytest.mark.parametrize("original", ORIGINALS)
def test_nothing_of_the_originals_is_left(masked: str, original: str) -> None:
    assert original not in masked
    assert json.dumps(original)[1:-1] not in masked


def test_a_masked_result_is_a_result(masked: str, tmp_path: Path) -> None:
    jsonschema.validate(json.loads(masked), json.loads(SCHEMA.read_text(encoding="utf-8")))
    path = tmp_path / "result.json"
    path.write_text(masked, encoding="utf-8", newline="")
    with open_result(path) as again:
        assert again.masked
        assert rendered(again).decode() == masked
        assert Masker(b"another key, sixteen or more").mask(again) is again


def test_what_tells_nothing_about_the_tenant_stays(masked: str) -> None:
    result = json.loads(masked)
    first = result["findings"][0]
    assert first["evidence"]["state"] == "Enabled"
    assert first["evidence"]["operation"] == "s3:GetBucketPolicy"
    assert first["evidence"]["trails"][1] == "2026-11-21T17:02:10Z"
    assert "*" in first["evidence"]["audience"]
    assert first["resource"]["region"] == "ap-northeast-1"
    assert result["gaps"][0]["operation"] == "backup:ListBackupPlans"
    assert result["sharing"][1] | {"resource": None} == {
        "resource": None,
        "audience": "*",
        "scope": "public",
        "right": "read",
        "via": "bucket policy, statement 1",
        "since": "",
        "expires": "",
        "item": "",
        "owner": "",
        "changed": "",
        "first_seen": "",
        "approved": "",
    }
    assert result["waivers"][0]["expires"] == "2026-12-31"


def test_the_same_name_is_the_same_pseudonym_wherever_it_stands(masked: str) -> None:
    result = json.loads(masked)
    first = result["findings"][0]
    name = first["resource"]["name"]
    assert name.startswith("bucket-")
    assert first["reason"]["en"].startswith(f"Bucket {name} of {result['target']['account']} lets ")
    assert first["reason"]["ja"].startswith(f"バケット{name}は、")
    assert first["evidence"]["bucket"] == result["resources"][1]["name"]
    assert first["evidence"]["trails"][0] in first["reason"]["en"]
    assert result["sharing"][0]["audience"] == first["evidence"]["audience"][0]


def test_the_key_decides_and_nothing_of_it_is_written(masked: str) -> None:
    with open_result(GOLDEN) as result:
        assert rendered(Masker(KEY).mask(client(result))).decode() == masked
        other = json.loads(rendered(Masker(b"another key, sixteen or more").mask(client(result))))
    assert other["findings"][0]["resource"]["name"] != json.loads(masked)["findings"][0]["resource"]["name"]
    assert other["findings"][0]["id"] != json.loads(masked)["findings"][0]["id"]
    assert KEY.decode() not in masked
    assert KEY.hex() not in masked


def test_a_finding_id_is_not_left_to_be_guessed(masked: str) -> None:
    ids = [finding["id"] for finding in json.loads(masked)["findings"]]
    assert "1" * 32 not in ids
    assert all(len(id_) == 32 for id_ in ids)


def test_words_that_are_names_too_stay_words_in_sentences() -> None:
    with open_result(GOLDEN) as result:
        changed = client(result)
        first = next(changed.findings())
        shaped = msgspec.structs.replace(
            first,
            resource=named("backup"),
            reason=both("There is no backup of the bucket."),
            evidence={},
            sub_findings=(),
        )
        shown = next(Masker(KEY).mask(replace(changed, findings=lambda: iter((shaped,)))).findings())
    assert shown.reason.en == "There is no backup of the bucket."
    assert "backup" not in shown.resource.name


def test_a_name_within_a_longer_word_is_not_torn_out() -> None:
    with open_result(GOLDEN) as result:
        changed = client(result)
        first = next(changed.findings())
        shaped = msgspec.structs.replace(
            first, resource=named("zzq"), reason=both("zzq and buzzqing, zzq-2"), evidence={}, sub_findings=()
        )
        shown = next(Masker(KEY).mask(replace(changed, findings=lambda: iter((shaped,)))).findings())
    assert "buzzqing" in shown.reason.en
    assert not shown.reason.en.startswith("zzq")
    assert "zzq-2" not in shown.reason.en


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Masker(b"short")


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_two_names_have_two_pseudonyms(one: str, other: str) -> None:
    masker = Masker(KEY)
    assert (masker.pseudonym(one, "x") == masker.pseudonym(other, "x")) == (
        one.encode("utf-8", "backslashreplace") == other.encode("utf-8", "backslashreplace")
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=4, max_size=30))
def test_an_unknown_string_in_evidence_never_stays_unless_it_is_plain(secret: str) -> None:
    with open_result(GOLDEN) as result:
        changed = client(result)
        first = msgspec.structs.replace(
            next(changed.findings()), evidence={"x": f"Qzx{secret}"}, reason=both("."), sub_findings=()
        )
        shown = next(Masker(KEY).mask(replace(changed, findings=lambda: iter((first,)))).findings())
    assert shown.evidence["x"] != f"Qzx{secret}"


@pytest.mark.parametrize("name", ["weekly-7-days", "public-backup-of-users", "daily backup"])
def test_a_name_of_several_common_words_is_still_a_name(name: str) -> None:
    with open_result(GOLDEN) as result:
        changed = client(result)
        first = next(changed.findings())
        shaped = msgspec.structs.replace(
            first,
            resource=named(name),
            reason=both(f"Too short: {name}."),
            evidence={"rule": name},
            sub_findings=(),
        )
        shown = next(Masker(KEY).mask(replace(changed, findings=lambda: iter((shaped,)))).findings())
    assert name not in shown.reason.en
    assert shown.evidence["rule"] == shown.resource.name


def test_the_words_of_the_company_about_its_rules_are_masked_as_a_whole() -> None:
    with open_result(GOLDEN) as result:
        rule = "株式会社見本商事 情報セキュリティ規程 第5条"
        line = msgspec.structs.replace(result.policy[0], rule=rule)
        (shown, other, *_) = Masker(KEY).mask(replace(result, policy=(line, *result.policy[1:]))).policy
    assert shown.rule.startswith("value-")
    assert "見本商事" not in shown.rule
    assert other.rule == ""


def test_a_target_named_after_its_account_keeps_being_so() -> None:
    with open_result(GOLDEN) as result:
        target = Masker(KEY).mask(result).target
        named_otherwise = msgspec.structs.replace(result.target, name="acme-production")
        other = Masker(KEY).mask(replace(result, target=named_otherwise)).target
    assert target.name == f"aws-{target.account}"
    assert other.name.startswith("target-")


def test_the_way_of_a_share_keeps_its_words_unless_they_name_something() -> None:
    with open_result(GOLDEN) as result:
        share = next(iter(result.shares()))
        plain = Text(en="anonymous link", ja="匿名リンク")
        telling = Text(
            en="managed folder 人事考課 IAM policy", ja="マネージド フォルダ 人事考課 の IAM ポリシー"
        )
        lines = tuple(msgspec.structs.replace(share, via=via) for via in (plain, telling, "ACL, READ"))
        found = Masker(KEY).mask(replace(result, shares=lambda: lines)).sharing
    assert found[0].via == plain
    assert "人事考課" not in str(found[1].via)
    assert found[2].via == "ACL, READ"
