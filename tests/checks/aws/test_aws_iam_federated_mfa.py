import pytest

from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.aws.model import Account, FederatedProvider, IdentityCenter
from cloudaudit.testing import build, denied, verdict

CHECK = "aws-iam-federated-mfa"
CENTER = IdentityCenter(arn="arn:aws:sso:::instance/ssoins-1", region="ap-northeast-1", owner_account="1")


def _oidc(issuer: str) -> FederatedProvider:
    return FederatedProvider(arn=f"arn:aws:iam::123456789012:oidc-provider/{issuer}", type="oidc")


SAML = FederatedProvider(arn="arn:aws:iam::123456789012:saml-provider/corporate", type="saml")
CENTERS_OWN = FederatedProvider(
    arn="arn:aws:iam::123456789012:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE", type="saml"
)


@pytest.mark.parametrize(
    ("centers", "providers", "named"),
    [
        ((CENTER,), (), CENTER.arn),
        ((), (SAML,), SAML.arn),
        ((), (CENTERS_OWN,), f"Identity Center: {CENTERS_OWN.arn}"),
        ((), (SAML, CENTERS_OWN), f"Identity Center: {CENTERS_OWN.arn}; SAML / OpenID Connect: {SAML.arn}"),
        (denied("sso:ListInstances"), (CENTERS_OWN,), f"Identity Center: {CENTERS_OWN.arn}"),
        ((), (_oidc("accounts.google.com"),), "accounts.google.com"),
        # A stranger's host that begins like a known issuer is not one.
        ((), (_oidc("app.terraform.io.example.com"),), "app.terraform.io.example.com"),
        ((), (_oidc("oidc.eks.example.com/id/A"),), "oidc.eks.example.com/id/A"),
        ((CENTER,), denied("iam:ListSAMLProviders"), CENTER.arn),
        (denied("sso:ListInstances"), (SAML,), SAML.arn),
    ],
)
def test_people_from_elsewhere_are_not_assessed_and_their_door_is_named(
    centers: object, providers: object, named: str
) -> None:
    account = build(Account, identity_centers=centers, federated_providers=providers)
    finding = verdict(CHECK, account)
    assert finding.status is Status.NOT_ASSESSED
    assert finding.cause is Cause.UNSUPPORTED
    assert named in finding.reason.en
    assert named in finding.reason.ja
    assert "MFA の設定は AWS の外にあります" in finding.reason.ja


def test_only_the_providers_for_people_are_named() -> None:
    runner = _oidc("token.actions.githubusercontent.com")
    finding = verdict(CHECK, build(Account, identity_centers=(), federated_providers=(runner, SAML)))
    assert SAML.arn in finding.reason.en
    assert runner.arn not in finding.reason.en


@pytest.mark.parametrize(
    "issuer",
    [
        "token.actions.githubusercontent.com",
        "oidc.eks.ap-northeast-1.amazonaws.com/id/ABC",
        "oidc.circleci.com/org/1",
    ],
)
def test_providers_for_workloads_are_not_people(issuer: str) -> None:
    finding = verdict(CHECK, build(Account, identity_centers=(), federated_providers=(_oidc(issuer),)))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.evidence["workload_providers"] == [_oidc(issuer).arn]


def test_no_federation_is_not_applicable() -> None:
    finding = verdict(CHECK, build(Account, identity_centers=(), federated_providers=()))
    assert finding.status is Status.NOT_APPLICABLE
    assert not finding.evidence


@pytest.mark.parametrize(
    ("centers", "providers", "permission"),
    [
        (denied("sso:ListInstances"), (), "sso:ListInstances"),
        ((), denied("iam:ListSAMLProviders"), "iam:ListSAMLProviders"),
    ],
)
def test_a_denied_listing_is_not_assessed_and_names_the_permission(
    centers: object, providers: object, permission: str
) -> None:
    finding = verdict(CHECK, build(Account, identity_centers=centers, federated_providers=providers))
    assert finding.status is Status.NOT_ASSESSED
    assert finding.missing_permissions == (permission,)
