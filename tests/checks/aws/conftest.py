"""Builders for the facts that checks of credentials look at."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from cloudaudit.clock import parse, stamp
from cloudaudit.providers.aws.model import AccountSummary, CredentialRow
from cloudaudit.testing import TAKEN_AT


@pytest.fixture
def ago() -> Callable[[int], str]:
    """The time so many days before the snapshot."""

    def time(days: int) -> str:
        return stamp(parse(TAKEN_AT) - timedelta(days=days))

    return time


@pytest.fixture
def row() -> Callable[..., CredentialRow]:
    """A line of the credential report: a user with a password, without MFA and keys, save what is given."""
    bare = CredentialRow(
        user="x",
        arn="arn:aws:iam::123456789012:user/x",
        created_at="2020-01-01T00:00:00Z",
        password_enabled=True,
        password_last_used="",
        password_last_changed="2020-01-01T00:00:00Z",
        mfa_active=False,
        keys=(),
        certificates=(),
    )

    def make(**fields: Any) -> CredentialRow:
        return replace(bare, **fields)

    return make


@pytest.fixture
def summary() -> Callable[..., AccountSummary]:
    """An account summary: root with a password and nothing else, save what is given."""
    bare = AccountSummary(
        root_mfa=False,
        root_access_keys=False,
        root_signing_certificates=False,
        root_password=True,
        users=1,
    )

    def make(**fields: Any) -> AccountSummary:
        return replace(bare, **fields)

    return make
