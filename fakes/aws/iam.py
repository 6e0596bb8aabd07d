"""Answers of IAM."""

import base64
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from fakes.aws import wire
from fakes.aws.answers import Context, Handler, policy_text
from fakes.aws.estate import Estate, IamGroup, IamRole, IamUser, ManagedPolicy, PolicyText
from fakes.aws.paging import page
from fakes.aws.wire import Answer, ApiError

NOT_FOUND = 404
CONFLICT = 409
GONE = 410
ITEMS_A_PAGE = 100

ROOT = "<root_account>"

REPORT_COLUMNS: tuple[str, ...] = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html"""

SWITCHES = frozenset(
    {
        "password_enabled",
        "mfa_active",
        "access_key_1_active",
        "access_key_2_active",
        "cert_1_active",
        "cert_2_active",
    }
)

USUAL_SUMMARY: Mapping[str, int] = {
    "AccountMFAEnabled": 1,
    "AccountAccessKeysPresent": 0,
    "AccountSigningCertificatesPresent": 0,
    "AccountPasswordPresent": 1,
    "UsersQuota": 5000,
    "RolesQuota": 1000,
}


def result(context: Context, members: Mapping[str, object]) -> Answer:
    """Return an answer of IAM."""
    return wire.query(wire.IAM, context.call.operation, members)


def paged(
    context: Context, name: str, items: Sequence[Mapping[str, Any]], most: int = ITEMS_A_PAGE
) -> Answer:
    """Return one page of a list."""
    arguments = context.call.arguments
    shown, marker = page(items, arguments.get("Marker"), context.size(arguments.get("MaxItems"), most))
    return result(context, {name: shown, "IsTruncated": marker is not None, "Marker": marker})


def unique_id(prefix: str, name: str) -> str:
    """Return an id such as IAM gives to everything, always the same for a name."""
    return f"{prefix}{zlib.crc32(name.encode()):010X}FAKEID"


# --------------------------------------------------------------------------- the credential report


def generate_report(context: Context) -> Answer:
    """GenerateCredentialReport: STARTED at first, COMPLETE when it is there."""
    iam, state = context.estate.iam, context.state
    if iam.report_state == "ready" or (state.report_asked and state.report_polls >= iam.report_waits):
        return result(context, {"State": "COMPLETE"})
    told = "INPROGRESS" if state.report_asked else "STARTED"
    if state.report_asked:
        state.report_polls += 1
    state.report_asked = True
    members = {"State": told, "Description": "No report exists. Starting a new report generation task"}
    return result(context, members)


def get_report(context: Context) -> Answer:
    """GetCredentialReport: refused until a report was asked for and had its time."""
    iam, state = context.estate.iam, context.state
    if iam.report_state != "ready":
        if not state.report_asked:
            expired = iam.report_state == "expired"
            code = "ReportExpired" if expired else "ReportNotPresent"
            raise ApiError(code, "No report exists, or it is too old. Generate a new one.", GONE)
        if state.report_polls < iam.report_waits:
            state.report_polls += 1
            raise ApiError("ReportInProgress", "The report is still being generated.", NOT_FOUND)
    members = {
        "Content": base64.b64encode(report(context.estate).encode()).decode(),
        "ReportFormat": "text/csv",
        "GeneratedTime": iam.report_generated,
    }
    return result(context, members)


def report(estate: Estate) -> str:
    """Return the credential report as CSV, root first."""
    root = root_row(estate)
    rows = [root, *(user_row(estate, user) for user in estate.iam.users)]
    lines = [",".join(REPORT_COLUMNS), *(",".join(row[name] for name in REPORT_COLUMNS) for row in rows)]
    return "\n".join(lines)


def root_row(estate: Estate) -> dict[str, str]:
    """Return root's line: with MFA and without keys unless the estate says otherwise."""
    usual = {
        **blank_row(),
        "user": ROOT,
        "arn": f"arn:{estate.partition}:iam::{estate.account}:root",
        "user_creation_time": "2020-04-01T00:00:00+00:00",
        "password_enabled": "not_supported",
        "password_last_used": "2024-04-01T00:00:00+00:00",
        "password_last_changed": "not_supported",
        "password_next_rotation": "not_supported",
        "mfa_active": "true",
    }
    return usual | dict(estate.iam.root)


def user_row(estate: Estate, user: IamUser) -> dict[str, str]:
    """Return a user's line."""
    usual = {
        **blank_row(),
        "user": user.name,
        "arn": user_arn(estate, user),
        "user_creation_time": user.created.replace("Z", "+00:00"),
    }
    return usual | dict(user.report)


def blank_row() -> dict[str, str]:
    """Return a line without any credential."""
    return {name: "false" if name in SWITCHES else "N/A" for name in REPORT_COLUMNS}


def user_arn(estate: Estate, user: IamUser) -> str:
    """Return a user's ARN."""
    return f"arn:{estate.partition}:iam::{estate.account}:user{user.path}{user.name}"


# --------------------------------------------------------------------------- the account


def summary(context: Context) -> Answer:
    """GetAccountSummary."""
    iam = context.estate.iam
    counted = {"Users": len(iam.users), "Groups": len(iam.groups), "Roles": len(iam.roles)}
    return result(context, {"SummaryMap": {**USUAL_SUMMARY, **counted, **iam.summary}})


def password_policy(context: Context) -> Answer:
    """GetAccountPasswordPolicy: an error where none is set."""
    policy = context.estate.iam.password_policy
    if policy is None:
        message = f"The Password Policy with domain name {context.estate.account} cannot be found."
        raise ApiError("NoSuchEntity", message, NOT_FOUND)
    return result(context, {"PasswordPolicy": policy})


def organization_features(context: Context) -> Answer:
    """ListOrganizationsFeatures: only the management account, or its delegate, may ask."""
    features, organization = context.estate.iam.organization_features, context.estate.organization
    if organization is None:
        raise ApiError("OrganizationNotFoundException", "The account is not in an organization.", NOT_FOUND)
    if features is None:
        code = "AccountNotManagementOrDelegatedAdministratorException"
        raise ApiError(code, "The account is not the management account or a delegated administrator.")
    return result(context, {"OrganizationId": organization.id, "EnabledFeatures": features})


def saml_providers(context: Context) -> Answer:
    """ListSAMLProviders."""
    rows = [{"Arn": arn} for arn in context.estate.iam.saml_providers]
    return result(context, {"SAMLProviderList": rows})


def oidc_providers(context: Context) -> Answer:
    """ListOpenIDConnectProviders."""
    rows = [{"Arn": arn} for arn in context.estate.iam.oidc_providers]
    return result(context, {"OpenIDConnectProviderList": rows})


def virtual_mfa(context: Context) -> Answer:
    """ListVirtualMFADevices: all, or those (not) assigned to a user."""
    wanted = context.call.arguments.get("AssignmentStatus", "Any")
    devices = [
        device
        for device in context.estate.iam.virtual_mfa
        if wanted == "Any" or ("User" in device) == (wanted == "Assigned")
    ]
    return paged(context, "VirtualMFADevices", devices)


# --------------------------------------------------------------------------- users


def user_of(context: Context) -> IamUser:
    """Return the user that a call names.

    Raises:
        ApiError: NoSuchEntity.
    """
    name = context.call.arguments.get("UserName", "")
    for user in context.estate.iam.users:
        if user.name == name:
            return user
    raise ApiError("NoSuchEntity", f"The user with name {name} cannot be found.", NOT_FOUND)


def ssh_keys(context: Context) -> Answer:
    """ListSSHPublicKeys of one user."""
    user = user_of(context)
    return paged(context, "SSHPublicKeys", [{"UserName": user.name, **key} for key in user.ssh_keys])


def service_credentials(context: Context) -> Answer:
    """ListServiceSpecificCredentials, of one user or of all."""
    everyone = str(context.call.arguments.get("AllUsers", "")).lower() == "true"
    users = context.estate.iam.users if everyone else [user_of(context)]
    rows = [
        {"UserName": user.name, **credential} for user in users for credential in user.service_credentials
    ]
    return paged(context, "ServiceSpecificCredentials", rows)


# --------------------------------------------------------------------------- authorization details


def document(policy: PolicyText) -> str:
    """Return a policy as these answers hold it: encoded as in a URL (RFC 3986)."""
    return quote(policy_text(policy), safe="")


def inline(policies: Mapping[str, PolicyText]) -> list[dict[str, str]]:
    """Return inline policies."""
    return [{"PolicyName": name, "PolicyDocument": document(policy)} for name, policy in policies.items()]


def attached(arns: Sequence[str]) -> list[dict[str, str]]:
    """Return references to managed policies."""
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def boundary(arn: str) -> dict[str, str] | None:
    """Return a permissions boundary."""
    if not arn:
        return None
    return {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}


def user_detail(estate: Estate, user: IamUser) -> dict[str, Any]:
    """Return an entry of UserDetailList."""
    return {
        "Path": user.path,
        "UserName": user.name,
        "UserId": unique_id("AIDA", user.name),
        "Arn": user_arn(estate, user),
        "CreateDate": user.created,
        "UserPolicyList": inline(user.inline) or None,
        "GroupList": list(user.groups),
        "AttachedManagedPolicies": attached(user.attached),
        "PermissionsBoundary": boundary(user.boundary),
        "Tags": [],
    }


def group_detail(estate: Estate, group: IamGroup) -> dict[str, Any]:
    """Return an entry of GroupDetailList."""
    return {
        "Path": group.path,
        "GroupName": group.name,
        "GroupId": unique_id("AGPA", group.name),
        "Arn": f"arn:{estate.partition}:iam::{estate.account}:group{group.path}{group.name}",
        "CreateDate": group.created,
        "GroupPolicyList": inline(group.inline),
        "AttachedManagedPolicies": attached(group.attached),
    }


def role_detail(estate: Estate, role: IamRole) -> dict[str, Any]:
    """Return an entry of RoleDetailList."""
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": unique_id("AROA", role.name),
        "Arn": f"arn:{estate.partition}:iam::{estate.account}:role{role.path}{role.name}",
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": document(role.trust),
        "InstanceProfileList": [],
        "RolePolicyList": inline(role.inline),
        "AttachedManagedPolicies": attached(role.attached),
        "PermissionsBoundary": boundary(role.boundary),
        "Tags": [],
    }


def policy_detail(policy: ManagedPolicy) -> dict[str, Any]:
    """Return an entry of Policies."""
    version = {
        "Document": document(policy.document),
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "CreateDate": policy.created,
    }
    return {
        "PolicyName": policy.name,
        "PolicyId": unique_id("ANPA", policy.arn),
        "Arn": policy.arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": policy.attachments,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": policy.created,
        "UpdateDate": policy.created,
        "PolicyVersionList": [version],
    }


DETAIL_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def authorization_details(context: Context) -> Answer:
    """GetAccountAuthorizationDetails: one sequence over all kinds, cut into pages."""
    arguments = context.call.arguments
    wanted = {value for name, value in arguments.items() if name.startswith("Filter.")}
    entries = [entry for entry in detail_entries(context.estate) if not wanted or entry.kind in wanted]
    size = context.size(arguments.get("MaxItems"), ITEMS_A_PAGE)
    shown, marker = page(entries, arguments.get("Marker"), size)
    members: dict[str, object] = {
        name: [entry.detail() for entry in shown if entry.place == name] for name in DETAIL_LISTS
    }
    return result(context, members | {"IsTruncated": marker is not None, "Marker": marker})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the authorization details: its kind as the filter names it, its list, and how it is made."""

    kind: str
    place: str
    detail: Callable[[], dict[str, Any]]


def detail_entries(estate: Estate) -> list[Entry]:
    """Return every entry, none of them made yet: a page needs but a few."""
    iam = estate.iam
    return [
        *(Entry("User", "UserDetailList", partial(user_detail, estate, user)) for user in iam.users),
        *(Entry("Group", "GroupDetailList", partial(group_detail, estate, group)) for group in iam.groups),
        *(Entry("Role", "RoleDetailList", partial(role_detail, estate, role)) for role in iam.roles),
        *(Entry(policy_kind(policy), "Policies", partial(policy_detail, policy)) for policy in iam.policies),
    ]


def policy_kind(policy: ManagedPolicy) -> str:
    """Return the kind of a managed policy, as the filter names it."""
    return "AWSManagedPolicy" if ":iam::aws:" in policy.arn else "LocalManagedPolicy"


HANDLERS: Mapping[str, Handler] = {
    "GenerateCredentialReport": generate_report,
    "GetCredentialReport": get_report,
    "GetAccountSummary": summary,
    "GetAccountPasswordPolicy": password_policy,
    "GetAccountAuthorizationDetails": authorization_details,
    "ListVirtualMFADevices": virtual_mfa,
    "ListSSHPublicKeys": ssh_keys,
    "ListServiceSpecificCredentials": service_credentials,
    "ListOrganizationsFeatures": organization_features,
    "ListSAMLProviders": saml_providers,
    "ListOpenIDConnectProviders": oidc_providers,
}
