"""What one conditional access policy demands, and what narrows it. Pure.

Sources: https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-grant and
https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset
"""

from cloudaudit.providers.m365.model import AccessPolicy, AuthenticationStrength

ENABLED = "enabled"
MODERN = frozenset({"browser", "mobileappsanddesktopclients"})
EXCHANGE_ACTIVE_SYNC = "exchangeactivesync"
OTHER_CLIENTS = "other"
LEGACY = (EXCHANGE_ACTIVE_SYNC, OTHER_CLIENTS)

# https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths
_STRONG_ALONE = frozenset(
    {
        "windowshelloforbusiness",
        "fido2",
        "x509certificatemultifactor",
        "devicebasedpush",
        "temporaryaccesspassonetime",
        "temporaryaccesspassmultiuse",
        "federatedmultifactor",
        "qrcodepin",
    }
)


def enforced(policy: AccessPolicy) -> bool:
    """Say whether it is in force; a report-only policy enforces nothing."""
    return policy.state.casefold() == ENABLED


def blocks(policy: AccessPolicy) -> bool:
    """Say whether it refuses the sign-in."""
    return policy.has_grant and "block" in _lower(policy.controls)


def demands_mfa(policy: AccessPolicy) -> bool:
    """Say whether nobody whom it concerns gets in without a second factor.

    With AND one of the controls must ask for it, with OR each of them.
    """
    if not policy.has_grant:
        return False
    if blocks(policy):
        return True
    alternatives = [control == "mfa" for control in _lower(policy.controls)]
    if policy.strength is not None:
        alternatives.append(is_multifactor(policy.strength))
    alternatives.extend(False for _ in (*policy.custom_factors, *policy.terms))
    if policy.operator.casefold() == "and":
        return any(alternatives)
    return bool(alternatives) and all(alternatives)


def mentions_mfa(policy: AccessPolicy) -> bool:
    """Say whether it asks for a second factor at all, be it as one alternative of several."""
    return policy.has_grant and ("mfa" in _lower(policy.controls) or policy.strength is not None)


def is_multifactor(strength: AuthenticationStrength) -> bool:
    """Say whether every combination that the strength allows has two factors."""
    if strength.satisfies.casefold() in {"mfa", "none"}:
        return strength.satisfies.casefold() == "mfa"
    return bool(strength.combinations) and all(
        "," in combination or combination.strip().casefold() in _STRONG_ALONE
        for combination in strength.combinations
    )


def narrowed_by(policy: AccessPolicy) -> tuple[str, ...]:
    """Return what keeps it from applying to every sign-in of the people it names, in Graph's words.

    Client application types are not among them; ``reaches_modern`` and ``reaches_legacy`` tell.
    """
    found: list[str] = []
    if "all" not in _lower(policy.include_apps):
        found.append("includeApplications: " + (", ".join(policy.include_apps) or "none"))
    found.extend(f"excludeApplications: {app}" for app in policy.exclude_apps)
    if policy.app_filter:
        found.append(f"applicationFilter: {policy.app_filter}")
    found.extend(f"userAction: {action}" for action in policy.user_actions)
    found.extend(f"authenticationContext: {context}" for context in policy.contexts)
    found.extend(f"risk: {risk}" for risk in policy.risks)
    if policy.include_platforms and "all" not in _lower(policy.include_platforms):
        found.append("includePlatforms: " + ", ".join(policy.include_platforms))
    found.extend(f"excludePlatforms: {platform}" for platform in policy.exclude_platforms)
    if policy.include_locations and "all" not in _lower(policy.include_locations):
        found.append("includeLocations: " + ", ".join(policy.include_locations))
    found.extend(f"excludeLocations: {place}" for place in policy.exclude_locations)
    if policy.device_filter:
        found.append(f"deviceFilter: {policy.device_filter}")
    if policy.authentication_flows:
        found.append(f"authenticationFlows: {policy.authentication_flows}")
    found.extend(f"condition: {name}" for name in policy.other_conditions)
    return tuple(found)


def reaches_modern(policy: AccessPolicy) -> bool:
    """Say whether browsers and modern clients are all concerned."""
    clients = _lower(policy.client_apps)
    return not clients or "all" in clients or clients >= MODERN


def reaches_legacy(policy: AccessPolicy, client: str) -> bool:
    """Say whether a kind of client without modern authentication is concerned.

    Args:
        policy: the policy.
        client: one of ``LEGACY``.
    """
    clients = _lower(policy.client_apps)
    if not clients or "all" in clients:
        return True
    return client in clients


def _lower(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)
