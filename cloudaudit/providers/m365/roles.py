"""Directory roles by their template ids, which are the same in every tenant.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from collections.abc import Iterable

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
SYNCHRONISATION = "d29b2b05-8046-44ba-8758-1e26182fcf32"

_MINOR = frozenset(
    {
        SYNCHRONISATION,
        "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",  # Directory Readers
        "95e79109-95c0-4d8e-aee3-d01accf2d47b",  # Guest Inviter
        "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b",  # Message Center Reader
        "4a5d8f65-41da-4de4-8968-e035b65339cf",  # Reports Reader
        "75934031-6c7e-415a-99d7-48dbd49e875e",  # Usage Summary Reports Reader
        "a0b1b346-4d3e-4e8b-98f8-753987be4970",  # User
        "10dae51f-b6af-4016-8d66-8c2a99b929b3",  # Guest User
    }
)


def administers(roles: Iterable[str]) -> bool:
    """Say whether one of these roles can change something or read what others cannot."""
    return any(role.casefold() not in _MINOR for role in roles)
