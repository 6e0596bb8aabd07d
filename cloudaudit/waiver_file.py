"""``waivers.toml``: contracts as people write them, validated whole."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from cloudaudit.policy import AuditPolicy
from cloudaudit.text import Text
from cloudaudit.toml_file import read, validated
from cloudaudit.waivers import Book, Terms, Waiver

_WHAT = Text(en="waiver file", ja="受容ファイル")
_HOW = Text(en="the path given with --waivers", ja="--waivers の指定")
_Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Contract(BaseModel):
    """One ``[[waiver]]``; see ``Waiver`` for what each key means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: _Said
    resource: _Said
    account: str = ""
    reason: _Said
    owner: _Said
    approver: _Said
    ticket: str = ""
    compensating_control: _Said
    created: date
    expires: date

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires < self.created:
            raise PydanticCustomError(
                "ends_before",
                "expires must not be before created ({created})",
                {"created": self.created.isoformat()},
            )
        return self


class WaiverFile(BaseModel):
    """The whole file: a list of ``[[waiver]]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    waiver: Annotated[tuple[_Contract, ...], Field()] = ()


def load(path: Path) -> Book:
    """Read waivers from a TOML file.

    Raises:
        UsageError: the file cannot be read, is not TOML, or has faults; all faults are named at once.
    """
    document = read(path, _WHAT, _HOW)
    found = validated(document, WaiverFile, _WHAT)
    return Book(
        waivers=tuple(Waiver(**contract.model_dump()) for contract in found.waiver),
        file=path.name,
        sha256=hashlib.sha256(document.raw).hexdigest(),
    )


def terms_of(policy: AuditPolicy) -> Terms:
    """Return what a policy says of waivers."""
    return Terms(
        max_days=policy.waiver_max_days,
        warn_days=policy.waiver_warn_days,
        broad_percent=policy.waiver_broad_percent,
    )
