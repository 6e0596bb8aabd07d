"""Who signs in elsewhere brings an MFA that AWS does not see."""

import re
from collections.abc import Sequence

from cloudaudit.check import (
    Audit,
    Cause,
    Read,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    not_applicable,
    not_read,
    value,
)
from cloudaudit.providers.aws.model import Account, FederatedProvider

# Issuers that only ever sign tokens of machines. An issuer that people can use too is not on the list.
WORKLOAD_ISSUERS = re.compile(
    r"token\.actions\.githubusercontent\.com"
    r"|oidc\.circleci\.com/org/.+"
    r"|agent\.buildkite\.com"
    r"|app\.terraform\.io"
    r"|api\.bitbucket\.org/2\.0/workspaces/.+"
    r"|vstoken\.dev\.azure\.com/.+"
    r"|oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/id/.+"
)
# Identity Center makes a SAML provider of this name in every account to which it lets people in.
IDENTITY_CENTER = ":saml-provider/AWSSSO_"


@check(
    "aws-iam-federated-mfa",
    title=Text(
        en="People who come through federation have MFA",
        ja="フェデレーション経由の利用者に MFA が適用されている",
    ),
    theme=Theme.MFA,
    severity=Severity.MEDIUM,
    on=Account,
    rationale=Text(
        en="People who come through Identity Center, SAML or OpenID Connect sign in at their provider. "
        "Whether MFA was asked for there cannot be seen in AWS.",
        ja="Identity Center・SAML・OpenID Connect の利用者は ID プロバイダー側で認証されるため、"
        "MFA が適用されているかどうかを AWS 側から確認できません。",
    ),
    remediation=Text(
        en="Demand MFA from everyone at the identity provider, and keep its setting as evidence.",
        ja="ID プロバイダー側で全利用者に MFA を必須とし、その設定内容を証跡として保管してください。",
    ),
    references=(
        "https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-mfa.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html",
    ),
)
def federated_mfa(account: Account, _audit: Audit) -> Verdict:
    centers, providers = account.identity_centers, account.federated_providers
    doors: list[Unread] = []
    if isinstance(centers, Read) and centers.value:
        detail = _detail(("Identity Center", [center.arn for center in centers.value]))
        doors.append(Unread(Cause.UNSUPPORTED, centers.source, detail=detail))
    if isinstance(providers, Read) and (people := _for_people(providers.value)):
        reserved = [arn for arn in people if IDENTITY_CENTER in arn]
        others = [arn for arn in people if IDENTITY_CENTER not in arn]
        detail = _detail(("Identity Center", reserved), ("SAML / OpenID Connect", others))
        doors.append(Unread(Cause.UNSUPPORTED, providers.source, detail=detail))
    if doors:
        not_read(*doors, *(fact for fact in (centers, providers) if isinstance(fact, Unread)))
    value(centers)
    workloads = [provider.arn for provider in value(providers)]
    if workloads:
        return not_applicable(
            Text(
                en="No person comes through federation: the providers found sign tokens for workloads only.",
                ja="フェデレーション経由の利用者はいません。"
                "検出されたプロバイダーは CI などのワークロード専用です。",
            ),
            {"workload_providers": workloads},
        )
    return not_applicable(
        Text(
            en="Neither Identity Center nor a federated provider is set up.",
            ja="Identity Center およびフェデレーション用プロバイダーは設定されていません。",
        )
    )


def _detail(*doors: tuple[str, Sequence[str]]) -> Text:
    """Return what the identity provider alone knows, for each way in with the ARNs that show it."""
    named = "; ".join(f"{door}: {', '.join(arns)}" for door, arns in doors if arns)
    return Text(
        en=f"whether MFA is asked for is set elsewhere, {named}",
        ja=f"MFA の設定は AWS の外にあります。{named}",
    )


def _for_people(providers: Sequence[FederatedProvider]) -> list[str]:
    return [
        provider.arn
        for provider in providers
        if provider.type != "oidc" or not _is_for_workloads(provider.arn)
    ]


def _is_for_workloads(arn: str) -> bool:
    return WORKLOAD_ISSUERS.fullmatch(arn.partition(":oidc-provider/")[2]) is not None
