"""Allow policies: of buckets, folders in them, projects and what stands above these."""

from collections.abc import Iterable

from msgspec import Struct

from cloudaudit.facts import Fact, Read
from cloudaudit.providers.gcs.model import AuditLogConfig, Binding, Condition, IamPolicy

POLICY_VERSION = "3"
"""Only with this are conditions told; an older version leaves them out, and the binding looks unconditional."""

POLICY_REQUEST = {"options": {"requestedPolicyVersion": 3}}


class _Condition(Struct, frozen=True):
    expression: str
    title: str = ""


class _Binding(Struct, frozen=True):
    role: str
    members: tuple[str, ...] = ()
    condition: _Condition | None = None


class _LogConfig(Struct, frozen=True, rename="camel"):
    log_type: str
    exempted_members: tuple[str, ...] = ()


class _AuditConfig(Struct, frozen=True, rename="camel"):
    service: str
    audit_log_configs: tuple[_LogConfig, ...] = ()


class PolicyAnswer(Struct, frozen=True, rename="camel"):
    """An allow policy as every Google API tells it; one without an etag is none."""

    etag: str
    bindings: tuple[_Binding, ...] = ()
    audit_configs: tuple[_AuditConfig, ...] = ()


def policy_of(answer: PolicyAnswer) -> IamPolicy:
    """Return a policy from its answer, in an order that does not depend on who told it."""
    bindings = [
        Binding(
            role=binding.role,
            members=tuple(sorted(binding.members)),
            condition=_condition(binding.condition),
        )
        for binding in answer.bindings
    ]
    return IamPolicy(
        bindings=tuple(sorted(bindings, key=_order)),
        audit_logs=tuple(
            AuditLogConfig(
                service=config.service, log_type=log.log_type, exempted=tuple(sorted(log.exempted_members))
            )
            for config in answer.audit_configs
            for log in config.audit_log_configs
        ),
    )


def _order(binding: Binding) -> tuple[str, str, tuple[str, ...]]:
    condition = binding.condition
    return binding.role, "" if condition is None else condition.expression, binding.members


def _condition(told: _Condition | None) -> Condition | None:
    return None if told is None else Condition(expression=told.expression, title=told.title)


def roles_in(policies: Iterable[Fact[IamPolicy]]) -> set[str]:
    """Return the roles that the bindings of those policies name that were read."""
    return {
        binding.role for policy in policies if isinstance(policy, Read) for binding in policy.value.bindings
    }
