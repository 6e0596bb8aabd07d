import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers.aws.model import Bucket, DirectoryBucket, StorageBucket
from cloudaudit.testing import build, verdict

CHECK = "aws-s3-bucket-region"
JAPAN = AuditPolicy(allowed_countries=("JP",))


@pytest.mark.parametrize("kind", [Bucket, DirectoryBucket])
@pytest.mark.parametrize(
    ("region", "status"),
    [("ap-northeast-1", Status.PASS), ("ap-northeast-3", Status.PASS), ("us-east-1", Status.FAIL)],
)
def test_only_countries_on_the_list_pass(kind: type[StorageBucket], region: str, status: Status) -> None:
    assert verdict(CHECK, build(kind, region=region), policy=JAPAN).status is status


def test_the_verdict_names_the_place_in_both_languages() -> None:
    finding = verdict(CHECK, build(Bucket, region="eu-west-1"), policy=JAPAN)
    assert "Ireland (IE)" in finding.reason.en
    assert "アイルランド(IE)" in finding.reason.ja


@pytest.mark.parametrize(("region", "country"), [("eu-central-1", "DE"), ("xx-nowhere-1", None)])
def test_without_a_list_it_is_not_applicable_and_the_country_is_told(
    region: str, country: str | None
) -> None:
    finding = verdict(CHECK, build(Bucket, region=region))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence["country"] == country


@pytest.mark.parametrize(("region", "said"), [("xx-nowhere-1", "xx-nowhere-1"), ("", "(none)")])
def test_an_unknown_region_is_not_assessed_and_named(region: str, said: str) -> None:
    finding = verdict(CHECK, build(Bucket, region=region), policy=JAPAN)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert "このバージョンでは判定できません" in finding.reason.ja
    assert said in finding.reason.en
