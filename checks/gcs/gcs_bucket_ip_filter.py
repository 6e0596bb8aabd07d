"""Stolen credentials are worth less where only known networks are answered."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from cloudaudit.answers import any_of, asked, decided, holds, shown
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
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import Bucket, IpFilter, Project
from cloudaudit.providers.gcs.policy_exposure import capped, named
from cloudaudit.providers.gcs.protection import sensitive_labels


@check(
    "gcs-bucket-ip-filter",
    title=Text(
        en="Sensitive bucket accepts only known networks, or lies in a perimeter",
        ja="機微データのバケットへのアクセスが、既知のネットワークまたはサービス境界に限定されている",
    ),
    theme=Theme.NETWORK,
    severity=Severity.INFO,
    on=Bucket,
    uses=(Project,),
    rationale=Text(
        en="With a bound network, leaked keys alone do not open the data.",
        ja="ネットワークを限定しておけば、鍵が漏えいしても、それだけではデータにアクセスできません。",
    ),
    remediation=Text(
        en="Enable an IP filter with the ranges and VPC networks you know, or put the project into a VPC Service Controls "
        "perimeter that restricts Cloud Storage.",
        ja="既知の IP アドレス範囲と VPC ネットワークを指定してバケットの IP フィルタを有効にするか、"
        "Cloud Storage を制限対象とする VPC Service Controls のサービス境界にプロジェクトを追加してください。",
    ),
    references=(
        "https://cloud.google.com/storage/docs/ip-filtering-overview",
        "https://cloud.google.com/vpc-service-controls/docs/overview",
    ),
    settings=("sensitive_tags", "trusted_networks"),
)
def ip_filter(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge only buckets that carry a label which the policy calls sensitive; a perimeter or a filter will do."""
    wanted = audit.policy.sensitive_tags
    if not wanted:
        return not_applicable(
            Text(
                en="The policy names no sensitive_tags, so no bucket counts as sensitive.",
                ja="監査ポリシーに sensitive_tags の指定がないため、対象のバケットはありません。",
            )
        )
    labels = value(bucket.labels)
    matched = sensitive_labels(labels, wanted)
    if not matched:
        return not_applicable(
            Text(
                en="The bucket carries no label that the policy calls sensitive.",
                ja="監査ポリシーで機微と定めたラベルが付いていないバケットです。",
            ),
            {"sensitive_tags": list(wanted)},
        )
    filtered = holds(bucket.ip_filter, lambda found: _narrows(found, audit))
    perimeter = asked(lambda: holds(project_of(bucket, audit).perimeters, bool))
    evidence = {"labels": matched, "ip_filter": shown(bucket.ip_filter, _evidence)}
    if decided(any_of((filtered, perimeter))):
        return passed(
            Text(
                en="Requests from other than known networks or from outside the perimeter are denied.",
                ja="既知のネットワーク以外、またはサービス境界の外部からのリクエストは拒否されます。",
            ),
            {**evidence, "in_perimeter": perimeter is True},
        )
    return failed(_open(value(bucket.ip_filter), audit), {**evidence, "in_perimeter": False})


def _narrows(found: IpFilter | None, audit: Audit) -> bool:
    return found is not None and found.enabled and not _strange(found, audit)


def _strange(found: IpFilter, audit: Audit) -> list[str]:
    """Return the public ranges that bind nothing, or that the policy does not know where it names networks."""
    known = [_network(name) for name in audit.policy.trusted_networks]
    ranges = [(text, _network(text)) for text in found.public_ranges]
    return [
        text
        for text, network in ranges
        if network is None or network.prefixlen == 0 or (any(known) and not _inside(network, known))
    ]


def _inside(network: IPv4Network | IPv6Network, known: list[IPv4Network | IPv6Network | None]) -> bool:
    if isinstance(network, IPv4Network):
        return any(isinstance(each, IPv4Network) and network.subnet_of(each) for each in known)
    return any(isinstance(each, IPv6Network) and network.subnet_of(each) for each in known)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Return a network, or None for what names none, such as the id of a VPC."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _open(found: IpFilter | None, audit: Audit) -> Text:
    if found is None or not found.enabled:
        return Text(
            en="The sensitive bucket accepts requests from any network.",
            ja="機微データのバケットですが、任意のネットワークからのリクエストを受け付けます。",
        )
    names = named(_strange(found, audit))
    return Text(
        en=f"The IP filter lets in networks that are not known: {names.en}.",
        ja=f"IP フィルタが、既知でないネットワークを許可しています: {names.ja}。",
    )


def _evidence(found: IpFilter | None) -> object:
    if found is None:
        return None
    return {
        "enabled": found.enabled,
        **capped("public_ranges", found.public_ranges),
        **capped("vpc_networks", [source.network for source in found.vpc_sources]),
        "cross_org_vpcs": found.cross_org_vpcs,
        "all_service_agents": found.all_service_agents,
    }
