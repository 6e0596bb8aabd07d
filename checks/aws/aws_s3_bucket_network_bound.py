"""Stolen credentials are worth less where only known networks are answered."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_applicable,
    passed,
    value,
)
from cloudaudit.providers.aws.model import Account, Bucket
from cloudaudit.providers.aws.policy_allowances import listed
from cloudaudit.providers.aws.policy_demands import NETWORK_KEYS, document_of, network_bound
from cloudaudit.providers.aws.policy_exposure import capped
from cloudaudit.providers.aws.trust import trusted


@check(
    "aws-s3-bucket-network-bound",
    title=Text(
        en="Sensitive bucket accepts only known networks or VPC endpoints",
        ja="機微データのバケットへのアクセスが既知のネットワークまたは VPC エンドポイントに限定されている",
    ),
    theme=Theme.NETWORK,
    severity=Severity.INFO,
    on=Bucket,
    uses=(Account,),
    rationale=Text(
        en="With a bound network, leaked access keys alone do not open the data.",
        ja="ネットワークを限定しておけば、アクセスキーが漏えいしても、それだけではデータにアクセスできませ"
        "ん。",
    ),
    remediation=Text(
        en="Deny everyone unless the request comes from aws:SourceVpce, aws:SourceVpc or aws:SourceIp "
        "values you know.",
        ja="既知の aws:SourceVpce・aws:SourceVpc・aws:SourceIp 以外からのリクエストを拒否するステートメント"
        "を追加してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html",
    ),
    settings=("sensitive_tags", "trusted_networks"),
)
def network_bound_bucket(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge only buckets that carry a tag which the policy calls sensitive."""
    wanted = audit.policy.sensitive_tags
    if not wanted:
        return not_applicable(
            Text(
                en="The policy names no sensitive_tags, so no bucket counts as sensitive.",
                ja="監査ポリシーに sensitive_tags の指定がないため、対象のバケットはありません。",
            )
        )
    tags = [f"{key}={text}" for key, text in value(bucket.tags)]
    matched = [each for each in tags if each in wanted or each.partition("=")[0] in wanted]
    if not matched:
        return not_applicable(
            Text(
                en="The bucket carries no tag that the policy calls sensitive.",
                ja="監査ポリシーで機微と定めたタグが付いていないバケットです。",
            ),
            {"sensitive_tags": list(wanted)},
        )
    document = document_of(bucket.policy)
    spared = network_bound(document, bucket) if document else None
    if spared is None:
        return failed(
            Text(
                en="The sensitive bucket accepts requests from any network.",
                ja="機微データのバケットですが、任意のネットワークからのリクエストを受け付けます。",
            ),
            {"tags": matched},
        )
    evidence = {"tags": matched, **capped("accepted", [f"{party.kind}={party.value}" for party in spared])}
    # Without a list of known networks nobody can say that those named here are others.
    networks = (
        [party for party in spared if party.kind in NETWORK_KEYS] if audit.policy.trusted_networks else []
    )
    strange = [
        party.value for party in networks if trusted(party, (), audit.only(Account), audit.policy) is not True
    ]
    if strange:
        names = listed(strange)
        return failed(
            Text(
                en=f"The sensitive bucket accepts networks that are not in trusted_networks: {names.en}.",
                ja=f"機微データのバケットが、trusted_networks にないネットワークを許可しています: {names.ja}",
            ),
            {**evidence, **capped("untrusted", strange)},
        )
    return passed(
        Text(
            en="Requests from other than the named networks are denied.",
            ja="指定されたネットワーク以外からのリクエストは拒否されます。",
        ),
        evidence,
    )
