"""What is known of a bucket's objects, judged: only a look at all of them, or a sample that bounds enough, passes."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from cloudaudit.check import Audit
from cloudaudit.facts import Cause, Fact, NotRead, Read, Unread
from cloudaudit.inventory.model import (
    EncryptionCount,
    EncryptionState,
    Mode,
    Objects,
    Offender,
    PublicCount,
    Tally,
)
from cloudaudit.inventory.verdicts import Question, exposed, judge, unencrypted
from cloudaudit.model import Status, Verdict
from cloudaudit.policy import AuditPolicy
from cloudaudit.testing import denied, read, unread
from cloudaudit.text import Text

TAKEN_AT = datetime(2026, 11, 21, tzinfo=UTC)
UNENCRYPTED = Question(found=unencrypted, bad=Text(en="stored unencrypted", ja="暗号化されていないもの"))
EXPOSED = Question(
    found=lambda objects: exposed(objects, lambda count: count.right != "write"),
    bad=Text(en="public", ja="公開されているもの"),
)
NO: Fact[bool] = read(given=False)
YES: Fact[bool] = read(given=True)


class _Audit:
    def __init__(self, **settings: Any) -> None:
        self.policy = AuditPolicy(**settings)
        self.taken_at = TAKEN_AT


def tally(objects: int) -> Tally:
    return Tally(objects=objects, bytes=objects)


def known(bad: int = 0, **given: Any) -> Objects:
    good = given.pop("good", 300 - bad)
    state = given.pop("state", EncryptionState.NONE)
    counts = [EncryptionCount(state=EncryptionState.SSE_S3, tally=tally(good))]
    if bad:
        counts.append(EncryptionCount(state=state, tally=tally(bad)))
    facts: dict[str, Any] = {
        "mode": Mode.LISTING,
        "why": Text(en="it is small", ja="小さいため"),
        "source": "listed",
        "as_of": "2026-11-20T00:00:00Z",
        "total": read(tally(good + bad)),
        "examined": good + bad,
        "versions": True,
        "encryption": read(tuple(counts)),
        "public": read(()),
        "ages": read(()),
    }
    return Objects(**{**facts, **given})


def sample(bad: int = 0, *, of: int = 1_000_000, **given: Any) -> Objects:
    return known(bad, **{"mode": Mode.SAMPLE, "total": read(tally(of)), **given})


def judged(
    objects: Fact[Objects] | Objects,
    question: Question = UNENCRYPTED,
    old_versions: Fact[bool] = YES,
    **settings: Any,
) -> Verdict:
    fact = objects if isinstance(objects, Read | Unread) else read(objects)
    return judge(fact, question, cast("Audit", _Audit(**settings)), old_versions=old_versions)


def not_assessed(*arguments: Any, **settings: Any) -> Unread:
    with pytest.raises(NotRead) as caught:
        judged(*arguments, **settings)
    (fact,) = caught.value.facts
    return fact


@pytest.mark.parametrize("mode", [Mode.LISTING, Mode.INVENTORY])
def test_a_look_at_all_objects_decides_both_ways(mode: Mode) -> None:
    good = judged(known(mode=mode))
    assert good.status is Status.PASS
    assert good.reason.en == "Of all 300 objects none is stored unencrypted."
    assert good.reason.ja == "全300件のオブジェクトに、暗号化されていないものはありません。"
    assert good.evidence["mode"] == mode
    assert good.evidence["why"] == {"en": "it is small", "ja": "小さいため"}
    bad = judged(known(1, mode=mode))
    assert bad.status is Status.FAIL
    assert bad.reason.en.startswith("1 of 300 objects is stored unencrypted")
    assert "2026-11-20" in bad.reason.ja if mode is Mode.INVENTORY else "2026" not in bad.reason.ja


def test_a_failure_names_the_first_objects() -> None:
    offenders = tuple(
        Offender(key=f"{number}" * 200, what="none", version="7", client_encrypted="x-amz-key")
        for number in range(9)
    )
    verdict = judged(known(9, unencrypted=offenders))
    assert "9 of 300 objects are stored unencrypted, such as 000" in verdict.reason.en
    assert len(verdict.reason.en) < 300
    assert verdict.evidence["first"][0] == {
        "key": "0" * 200,
        "what": "none",
        "version": "7",
        "client_encrypted": "x-amz-key",
    }


def test_a_bucket_without_objects_is_not_applicable() -> None:
    assert judged(known(good=0)).status is Status.NOT_APPLICABLE


def test_a_sample_passes_where_its_bound_is_at_the_limit() -> None:
    verdict = judged(sample())
    assert verdict.status is Status.PASS
    assert "0 of 300 (of 1,000,000); at most 1.0 % with 95 % confidence" in verdict.reason.en
    assert "1,000,000件から抽出した300件中0件。信頼度95 %で最大1.0 %" in verdict.reason.ja
    assert judged(sample(good=299)).status is Status.PASS


def test_a_smaller_sample_is_not_assessed_and_says_how_large_it_should_be() -> None:
    fact = not_assessed(sample(good=298))
    assert fact.cause is Cause.TOO_SMALL
    assert isinstance(fact.detail, Text)
    assert "at most 1.1 %" in fact.detail.en
    assert "for which 299 would do" in fact.detail.en
    assert "299件の確認が必要" in fact.detail.ja


@pytest.mark.parametrize(
    ("settings", "needed"),
    [({"object_sample_max_share": 0}, "1,000,000"), ({"object_sample_max_share": 0.1}, "2,995")],
)
def test_the_limit_is_the_policys(settings: dict[str, float], needed: str) -> None:
    fact = not_assessed(sample(), **settings)
    assert isinstance(fact.detail, Text)
    assert f"for which {needed} would do" in fact.detail.en
    assert judged(sample(good=50), object_sample_max_share=10).status is Status.PASS


def test_a_sample_of_everything_is_no_sample() -> None:
    assert judged(sample(of=300)).reason.en.startswith("Of all 300")


def test_a_sample_with_a_finding_fails() -> None:
    assert judged(sample(2)).status is Status.FAIL


def test_a_sample_of_an_unknown_number_bounds_nothing() -> None:
    assert not_assessed(sample(total=denied("s3:ListBucket"))).cause is Cause.DENIED


def test_an_indicative_look_fails_and_never_passes() -> None:
    assert judged(known(1, mode=Mode.INDICATIVE)).status is Status.FAIL
    assert not_assessed(known(mode=Mode.INDICATIVE)).cause is Cause.TOO_SMALL
    fact = not_assessed(known(mode=Mode.INDICATIVE, total=read(tally(10_000_000)), good=5_000))
    assert isinstance(fact.detail, Text)
    assert "0 of 5,000" in fact.detail.en
    assert "no uniform sample" in fact.detail.en


def test_an_old_inventory_never_passes_and_can_fail() -> None:
    as_of = "2026-11-13T00:00:00Z"
    fact = not_assessed(known(mode=Mode.INVENTORY, as_of=as_of))
    assert isinstance(fact.detail, Text)
    assert "8 days old" in fact.detail.en
    assert judged(known(mode=Mode.INVENTORY, as_of="2026-11-13T12:00:00Z")).status is Status.PASS
    assert judged(known(mode=Mode.INVENTORY, as_of=as_of), inventory_max_age_days=9).status is Status.PASS
    assert judged(known(3, mode=Mode.INVENTORY, as_of=as_of)).status is Status.FAIL


def test_a_time_that_is_none_is_malformed() -> None:
    assert not_assessed(known(as_of="yesterday")).cause is Cause.MALFORMED


def test_without_old_versions_nothing_passes_that_may_have_some() -> None:
    fact = not_assessed(known(versions=False))
    assert fact.cause is Cause.UNSUPPORTED
    assert judged(known(versions=False), old_versions=NO).status is Status.PASS
    assert judged(known(1, versions=False)).status is Status.FAIL
    assert not_assessed(known(versions=False), UNENCRYPTED, denied("x")).cause is Cause.DENIED


def test_a_state_that_nobody_knows_is_never_encrypted() -> None:
    assert not_assessed(known(1, state=EncryptionState.OTHER)).cause is Cause.UNSUPPORTED


def test_a_whole_look_that_is_not_whole_is_malformed() -> None:
    assert not_assessed(known(total=read(tally(301)))).cause is Cause.MALFORMED


def test_objects_that_vanished_while_they_were_looked_at_are_not_missing() -> None:
    verdict = judged(known(total=read(tally(305)), vanished=5))
    assert verdict.status is Status.PASS
    assert verdict.evidence["vanished"] == 5


def test_what_was_not_read_or_not_told_is_not_assessed() -> None:
    assert not_assessed(unread(Cause.DISABLED)).cause is Cause.DISABLED
    assert not_assessed(known(encryption=denied("x"))).cause is Cause.DENIED
    assert not_assessed(known(public=denied("x")), EXPOSED).cause is Cause.DENIED
    assert not_assessed(known(total=denied("x"))).cause is Cause.DENIED


def test_only_grants_that_are_in_force_count() -> None:
    counts = (
        PublicCount(audience="everyone", right="write", tally=tally(4)),
        PublicCount(audience="everyone", right="read", tally=tally(2)),
    )
    assert judged(known(public=read(counts)), EXPOSED).evidence["found"] == 2
    assert judged(known(public=read(counts[:1])), EXPOSED).status is Status.PASS
