"""The account itself and what stands above it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from msgspec import Struct

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.collectors.principals import row_of
from cloudaudit.providers.aws.model import (
    Account,
    AccountSummary,
    ControlPolicy,
    CredentialRow,
    FederatedProvider,
    IdentityCenter,
    Organization,
    PasswordPolicy,
    PublicAccessBlock,
)
from cloudaudit.providers.aws.operations import (
    DESCRIBE_EFFECTIVE_POLICY,
    DESCRIBE_ORGANIZATION,
    DESCRIBE_POLICY,
    GET_ACCOUNT_SUMMARY,
    GET_PASSWORD_POLICY,
    LIST_ACCOUNTS,
    LIST_IDENTITY_CENTERS,
    LIST_OIDC_PROVIDERS,
    LIST_PARENTS,
    LIST_POLICIES_FOR_TARGET,
    LIST_SAML_PROVIDERS,
    LIST_VIRTUAL_MFA_DEVICES,
    Operation,
)
from cloudaudit.providers.aws.reader import CallFailed, Page, Reader, malformed
from cloudaudit.text import Text

NO_ORGANIZATION = "AWSOrganizationsNotInUseException"
NOT_ASKED = Text(en="regions not asked", ja="確認していないリージョンがあります")
MAX_DEPTH = 10
"""Organisational units nest five deep; more would be a circle."""


class _Summary(Struct, frozen=True, rename="pascal"):
    summary_map: Mapping[str, int]


class _PasswordPolicy(Struct, frozen=True, rename="pascal"):
    minimum_password_length: int = 6
    expire_passwords: bool = False
    max_password_age: int | None = None
    password_reuse_prevention: int | None = None


class _PasswordPolicyAnswer(Struct, frozen=True, rename="pascal"):
    password_policy: _PasswordPolicy


class _MfaUser(Struct, frozen=True, rename="pascal"):
    arn: str = ""


class _VirtualMfa(Struct, frozen=True, rename="pascal"):
    serial_number: str
    user: _MfaUser = _MfaUser()
    enable_date: datetime | None = None


class _VirtualMfas(Struct, frozen=True, rename={"devices": "VirtualMFADevices", "marker": "Marker"}):
    devices: tuple[_VirtualMfa, ...] = ()
    marker: str = ""


class _Saml(Struct, frozen=True, rename="pascal"):
    arn: str


class _SamlProviders(Struct, frozen=True, rename={"providers": "SAMLProviderList"}):
    providers: tuple[_Saml, ...] = ()


class _OidcProviders(Struct, frozen=True, rename={"providers": "OpenIDConnectProviderList"}):
    providers: tuple[_Saml, ...] = ()


class _Organization(Struct, frozen=True, rename="pascal"):
    id: str
    master_account_id: str = ""


class _OrganizationAnswer(Struct, frozen=True, rename="pascal"):
    organization: _Organization


class _Member(Struct, frozen=True, rename="pascal"):
    id: str


class _Members(Struct, frozen=True, rename="pascal"):
    accounts: tuple[_Member, ...]
    next_token: str = ""


class _EffectivePolicy(Struct, frozen=True, rename="pascal"):
    policy_content: str


class _EffectivePolicyAnswer(Struct, frozen=True, rename="pascal"):
    effective_policy: _EffectivePolicy


class _PolicyLine(Struct, frozen=True, rename="pascal"):
    id: str
    name: str = ""


class _PolicyLines(Struct, frozen=True, rename="pascal"):
    policies: tuple[_PolicyLine, ...]
    next_token: str = ""


class _PolicyBody(Struct, frozen=True, rename="pascal"):
    content: str


class _PolicyAnswer(Struct, frozen=True, rename="pascal"):
    policy: _PolicyBody


class _Parents(Struct, frozen=True, rename="pascal"):
    parents: tuple[_Member, ...]
    next_token: str = ""


class _Instance(Struct, frozen=True, rename="pascal"):
    instance_arn: str
    owner_account_id: str = ""


class _Instances(Struct, frozen=True, rename="pascal"):
    instances: tuple[_Instance, ...]
    next_token: str = ""


class ReadElsewhere(Struct, frozen=True, kw_only=True):
    """What others ask for too, so that it is read once.

    Attributes:
        report: the credential report.
        canonical_user: the account's canonical user id.
        block: the account's public access block.
    """

    report: Fact[Mapping[str, CredentialRow]]
    canonical_user: Fact[str]
    block: Fact[PublicAccessBlock | None]


def read_account(
    reader: Reader,
    known: ReadElsewhere,
    *,
    partition: str,
    account: str,
    regions: tuple[str, ...],
    all_regions: bool,
) -> Account:
    """Read what belongs to the account as a whole.

    Args:
        reader: calls.
        known: what was read elsewhere.
        partition: of the account.
        account: its id.
        regions: where to look for Identity Center.
        all_regions: whether these are all that are enabled.
    """
    arn = f"arn:{partition}:iam::{account}:root"
    organization = _organization(reader)
    return Account(
        id=arn,
        name=account,
        account=account,
        region="global",
        partition=partition,
        public_access_block=known.block,
        summary=_summary(reader),
        root=row_of(known.report, arn),
        root_virtual_mfa=_root_virtual_mfa(reader, arn),
        password_policy=_password_policy(reader),
        organization=organization,
        organization_accounts=_members(reader, organization),
        organization_s3_block=_s3_policy(reader, organization),
        resource_control_policies=_control_policies(reader, organization, account),
        identity_centers=_identity_centers(reader, regions, all_regions=all_regions),
        federated_providers=_federation(reader),
        canonical_user=known.canonical_user,
    )


def _summary(reader: Reader) -> Fact[AccountSummary]:
    def make(body: _Summary) -> AccountSummary:
        numbers = body.summary_map
        needed = (
            "AccountMFAEnabled",
            "AccountAccessKeysPresent",
            "AccountSigningCertificatesPresent",
            "Users",
        )
        missing = [name for name in needed if name not in numbers]
        if missing:
            message = f"missing: {', '.join(missing)}"
            raise ValueError(message)
        password = numbers.get("AccountPasswordPresent")
        return AccountSummary(
            root_mfa=numbers["AccountMFAEnabled"] > 0,
            root_access_keys=numbers["AccountAccessKeysPresent"] > 0,
            root_signing_certificates=numbers["AccountSigningCertificatesPresent"] > 0,
            root_password=None if password is None else password > 0,
            users=numbers["Users"],
        )

    return reader.fact(GET_ACCOUNT_SUMMARY, reader.home, {}, _Summary, make)


def _password_policy(reader: Reader) -> Fact[PasswordPolicy | None]:
    return reader.fact(
        GET_PASSWORD_POLICY,
        reader.home,
        {},
        _PasswordPolicyAnswer,
        lambda body: PasswordPolicy(
            minimum_length=body.password_policy.minimum_password_length,
            max_age_days=body.password_policy.max_password_age or None,
            reuse_prevention=body.password_policy.password_reuse_prevention or None,
        ),
        absent={"NoSuchEntity": None, "NoSuchEntityException": None},
    )


def _root_virtual_mfa(reader: Reader, root: str) -> Fact[bool]:
    try:
        answer = reader.pages(
            LIST_VIRTUAL_MFA_DEVICES,
            reader.home,
            {"AssignmentStatus": "Assigned"},
            _VirtualMfas,
            lambda body: Page(body.devices, body.marker),
            "Marker",
        )
    except CallFailed as failure:
        return failure.unread
    return Read(any(device.user.arn == root for device in answer.body), answer.source)


def _organization(reader: Reader) -> Fact[Organization | None]:
    return reader.fact(
        DESCRIBE_ORGANIZATION,
        reader.home,
        {},
        _OrganizationAnswer,
        lambda body: Organization(
            id=body.organization.id, management_account=body.organization.master_account_id
        ),
        absent={NO_ORGANIZATION: None},
    )


def _without(organization: Fact[Organization | None]) -> Source | None:
    """Return the source that says so when the account is in no organisation."""
    alone = isinstance(organization, Read) and organization.value is None
    return organization.source if alone else None


def _none_or(failure: CallFailed) -> Fact[tuple[Any, ...]]:
    """Return an empty fact where the failure says that there is no organisation."""
    if failure.code == NO_ORGANIZATION:
        return Read((), failure.unread.source)
    return failure.unread


def _members(reader: Reader, organization: Fact[Organization | None]) -> Fact[tuple[str, ...]]:
    if alone := _without(organization):
        return Read((), alone)
    try:
        answer = reader.pages(
            LIST_ACCOUNTS,
            reader.home,
            {},
            _Members,
            lambda body: Page(body.accounts, body.next_token),
            "NextToken",
        )
    except CallFailed as failure:
        return _none_or(failure)
    return Read(tuple(sorted(member.id for member in answer.body)), answer.source)


def _s3_policy(reader: Reader, organization: Fact[Organization | None]) -> Fact[bool | None]:
    """Read the organisation's S3 policy: whether it blocks public access for the account."""
    if alone := _without(organization):
        return Read(None, alone)
    return reader.fact(
        DESCRIBE_EFFECTIVE_POLICY,
        reader.home,
        {"PolicyType": "S3_POLICY"},
        _EffectivePolicyAnswer,
        lambda body: blocks_public_access(body.effective_policy.policy_content),
        absent={"EffectivePolicyNotFoundException": None, NO_ORGANIZATION: None},
    )


def blocks_public_access(content: str) -> bool:
    """Return whether an effective S3 policy turns all of Block Public Access on.

    Raises:
        ValueError: it is not an S3 policy.
    """
    try:
        body: Any = json.loads(content)
    except RecursionError as error:
        message = "the policy is nested too deep"
        raise ValueError(message) from error
    for step in ("s3_attributes", "public_access_block_configuration"):
        body = cast("Any", body).get(step) if isinstance(body, dict) else None
    settings = cast("Any", body).get("@@assign") if isinstance(body, dict) else body
    if not isinstance(settings, str):
        message = "missing: public_access_block_configuration"
        raise ValueError(message)  # noqa: TRY004 - a malformed answer, not a programming error
    return settings == "all"


def _control_policies(
    reader: Reader, organization: Fact[Organization | None], account: str
) -> Fact[tuple[ControlPolicy, ...]]:
    """Read the resource control policies attached to the account and to everything above it."""
    if alone := _without(organization):
        return Read((), alone)
    found: dict[str, ControlPolicy] = {}
    target = account
    source = Source(LIST_POLICIES_FOR_TARGET.label)
    try:
        for _ in range(MAX_DEPTH):
            lines = reader.pages(
                LIST_POLICIES_FOR_TARGET,
                reader.home,
                {"TargetId": target, "Filter": "RESOURCE_CONTROL_POLICY"},
                _PolicyLines,
                lambda body: Page(body.policies, body.next_token),
                "NextToken",
            )
            source = lines.source
            for line in lines.body:
                if line.id not in found:
                    text = reader.call(
                        DESCRIBE_POLICY, reader.home, {"PolicyId": line.id}, _PolicyAnswer
                    ).body
                    found[line.id] = ControlPolicy(id=line.id, name=line.name, document=text.policy.content)
            if target.startswith("r-"):
                return Read(tuple(found[key] for key in sorted(found)), source)
            target = _parent(reader, target)
        raise malformed(
            LIST_PARENTS,
            Text(en="the organisation's units go round in circles", ja="組織単位が循環しています"),
        )
    except CallFailed as failure:
        return _none_or(failure)


def _parent(reader: Reader, child: str) -> str:
    parents = reader.pages(
        LIST_PARENTS,
        reader.home,
        {"ChildId": child},
        _Parents,
        lambda body: Page(body.parents, body.next_token),
        "NextToken",
    )
    if not parents.body:
        raise malformed(LIST_PARENTS, "a unit of the organisation lies in nothing")
    return parents.body[0].id


def _identity_centers(
    reader: Reader, regions: tuple[str, ...], *, all_regions: bool
) -> Fact[tuple[IdentityCenter, ...]]:
    """Read Identity Center's instances; one region has it, so "none" needs an answer of every region."""
    found: list[IdentityCenter] = []
    answered = Source(LIST_IDENTITY_CENTERS.label)
    missing: Unread | None = None
    for region in regions:
        if not reader.offers(LIST_IDENTITY_CENTERS.service, region):
            continue
        try:
            answer = reader.pages(
                LIST_IDENTITY_CENTERS,
                region,
                {},
                _Instances,
                lambda body: Page(body.instances, body.next_token),
                "NextToken",
            )
        except CallFailed as failure:
            missing = missing or failure.unread
            continue
        found.extend(
            IdentityCenter(arn=line.instance_arn, region=region, owner_account=line.owner_account_id)
            for line in answer.body
        )
        answered = answer.source
    if found:
        return Read(tuple(found), answered)
    if missing is None and not (all_regions and answered.at):
        missing = Unread(Cause.UNSUPPORTED, answered, detail=NOT_ASKED)
    return missing or Read((), answered)


def _federation(reader: Reader) -> Fact[tuple[FederatedProvider, ...]]:
    saml: Fact[tuple[FederatedProvider, ...]] = _providers(
        reader, LIST_SAML_PROVIDERS, _SamlProviders, "saml"
    )
    if isinstance(saml, Unread):
        return saml
    oidc = _providers(reader, LIST_OIDC_PROVIDERS, _OidcProviders, "oidc")
    if isinstance(oidc, Unread):
        return oidc
    return Read(tuple(sorted((*saml.value, *oidc.value), key=lambda line: line.arn)), oidc.source)


def _providers(
    reader: Reader, operation: Operation, shape: type[_SamlProviders] | type[_OidcProviders], kind: str
) -> Fact[tuple[FederatedProvider, ...]]:
    return reader.fact(
        operation,
        reader.home,
        {},
        shape,
        lambda body: tuple(FederatedProvider(arn=line.arn, type=kind) for line in body.providers),
    )
