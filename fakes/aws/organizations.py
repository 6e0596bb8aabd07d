"""Answers of AWS Organizations."""

from collections.abc import Mapping

from fakes.aws import wire
from fakes.aws.answers import Context, Handler, policy_text
from fakes.aws.estate import Organization, OrganizationPolicy
from fakes.aws.paging import page
from fakes.aws.wire import Answer, ApiError

ITEMS_A_PAGE = 20


def organization_of(context: Context) -> Organization:
    """Return the account's organisation.

    Raises:
        ApiError: AWSOrganizationsNotInUseException.
    """
    if context.estate.organization is None:
        code = "AWSOrganizationsNotInUseException"
        raise ApiError(code, "Your account is not a member of an organization.")
    return context.estate.organization


def result(members: Mapping[str, object]) -> Answer:
    """Return an answer."""
    return wire.json_answer(wire.ORGANIZATIONS, members)


def paged(context: Context, name: str, items: list[Mapping[str, object]]) -> Answer:
    """Return one page of a list."""
    arguments = context.call.arguments
    size = context.size(arguments.get("MaxResults"), ITEMS_A_PAGE)
    shown, token = page(items, arguments.get("NextToken"), size, code="InvalidInputException")
    return result({name: shown, "NextToken": token})


def describe_organization(context: Context) -> Answer:
    """DescribeOrganization: every member may ask."""
    found = organization_of(context)
    stem = f"arn:{context.estate.partition}:organizations::{found.management_account}"
    members: dict[str, object] = {
        "Id": found.id,
        "Arn": f"{stem}:organization/{found.id}",
        "FeatureSet": "ALL",
        "MasterAccountArn": f"{stem}:account/{found.id}/{found.management_account}",
        "MasterAccountId": found.management_account,
        "MasterAccountEmail": "management@example.com",
        "AvailablePolicyTypes": [],
    }
    return result({"Organization": members})


def list_accounts(context: Context) -> Answer:
    """ListAccounts."""
    return paged(context, "Accounts", list(organization_of(context).accounts))


def effective_policy(context: Context) -> Answer:
    """DescribeEffectivePolicy.

    Raises:
        ApiError: EffectivePolicyNotFoundException; ConstraintViolationException for a kind not in use.
    """
    found, kind = organization_of(context), str(context.call.arguments.get("PolicyType", ""))
    require_type(found, kind)
    target = context.call.arguments.get("TargetId", context.estate.account)
    content = found.effective.get(kind)
    if content is None:
        code = "EffectivePolicyNotFoundException"
        raise ApiError(code, "If you ran this action on the management account, no effective policy exists.")
    members = {
        "PolicyContent": policy_text(content),
        "LastUpdatedTimestamp": "2025-12-01T00:00:00Z",
        "TargetId": target,
        "PolicyType": kind,
    }
    return result({"EffectivePolicy": members})


def require_type(found: Organization, kind: str) -> None:
    """Refuse a kind of policy that the organisation does not use.

    Raises:
        ApiError: ConstraintViolationException.
    """
    if kind not in found.enabled_types:
        message = "You cannot perform this operation: the policy type is not enabled for the organization."
        raise ApiError("ConstraintViolationException", message)


def summary(context: Context, policy: OrganizationPolicy) -> Mapping[str, object]:
    """Return what a listing tells of a policy."""
    found = organization_of(context)
    stem = f"arn:{context.estate.partition}:organizations::{found.management_account}:policy/{found.id}"
    return {
        "Id": policy.id,
        "Arn": f"{stem}/{policy.type.lower()}/{policy.id}",
        "Name": policy.name,
        "Description": "",
        "Type": policy.type,
        "AwsManaged": policy.aws_managed,
    }


def list_policies(context: Context) -> Answer:
    """ListPolicies of one kind."""
    found, kind = organization_of(context), context.call.arguments.get("Filter")
    return paged(
        context, "Policies", [summary(context, policy) for policy in found.policies if policy.type == kind]
    )


def policies_for_target(context: Context) -> Answer:
    """ListPoliciesForTarget: those attached to it directly, not those it inherits.

    Raises:
        ApiError: TargetNotFoundException.
    """
    found, arguments = organization_of(context), context.call.arguments
    target = str(arguments.get("TargetId"))
    if target not in known_targets(context, found):
        raise ApiError("TargetNotFoundException", "You specified a target that does not exist.")
    attached = [
        summary(context, policy)
        for policy in found.policies
        if policy.type == arguments.get("Filter") and target in policy.targets
    ]
    return paged(context, "Policies", attached)


def known_targets(context: Context, found: Organization) -> set[str]:
    """Return ids of the root, units and accounts, as far as the estate names them."""
    accounts = {str(account["Id"]) for account in found.accounts}
    return {context.estate.account, *accounts, *found.parents.keys(), *found.parents.values()}


def policy_of(context: Context) -> OrganizationPolicy:
    """Return the policy that a call names.

    Raises:
        ApiError: PolicyNotFoundException.
    """
    for policy in organization_of(context).policies:
        if policy.id == context.call.arguments.get("PolicyId"):
            return policy
    raise ApiError("PolicyNotFoundException", "You specified a policy that does not exist.")


def describe_policy(context: Context) -> Answer:
    """DescribePolicy."""
    policy = policy_of(context)
    members = {"PolicySummary": summary(context, policy), "Content": policy_text(policy.content)}
    return result({"Policy": members})


TARGET_TYPES = {"r-": "ROOT", "ou": "ORGANIZATIONAL_UNIT"}


def target_type(identifier: str) -> str:
    """Return what an id stands for: the root, a unit or an account."""
    return TARGET_TYPES.get(identifier[:2], "ACCOUNT")


def list_targets(context: Context) -> Answer:
    """ListTargetsForPolicy."""
    rows: list[Mapping[str, object]] = [
        {"TargetId": target, "Arn": "", "Name": target, "Type": target_type(target)}
        for target in policy_of(context).targets
    ]
    return paged(context, "Targets", rows)


def list_parents(context: Context) -> Answer:
    """ListParents: exactly one.

    Raises:
        ApiError: ChildNotFoundException.
    """
    parent = organization_of(context).parents.get(str(context.call.arguments.get("ChildId")))
    if parent is None:
        raise ApiError("ChildNotFoundException", "You specified a child that does not exist.")
    return result({"Parents": [{"Id": parent, "Type": target_type(parent)}]})


HANDLERS: Mapping[str, Handler] = {
    "DescribeOrganization": describe_organization,
    "ListAccounts": list_accounts,
    "DescribeEffectivePolicy": effective_policy,
    "ListPolicies": list_policies,
    "ListPoliciesForTarget": policies_for_target,
    "DescribePolicy": describe_policy,
    "ListTargetsForPolicy": list_targets,
    "ListParents": list_parents,
}
