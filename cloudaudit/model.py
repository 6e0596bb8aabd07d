"""The shapes that collectors, checks, the engine and reports share."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from msgspec import UNSET, Struct, UnsetType

from cloudaudit.facts import Cause
from cloudaudit.text import Text

Evidence = Mapping[str, Any]
"""Plain JSON values that decided a verdict."""


class Theme(StrEnum):
    """What a check is about. The first five are the mission's; order is the order of reports."""

    SHARING = "sharing"
    MFA = "mfa"
    ENCRYPTION = "encryption"
    BACKUP = "backup"
    CREDENTIALS = "credentials"
    ACCESS = "access"
    LOGGING = "logging"
    NETWORK = "network"
    RETENTION = "retention"
    RESIDENCY = "residency"


class Severity(StrEnum):
    """How bad a failure is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for INFO up to 4 for CRITICAL."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(reversed(Severity))}


class Status(StrEnum):
    """The outcome of one check on one resource."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NOT_ASSESSED = "not-assessed"
    NOT_APPLICABLE = "not-applicable"
    WAIVED = "waived"


class Resource(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Something that was audited. Providers subclass it and add facts.

    Attributes:
        id: the provider's own unique id (an ARN, a full resource name), stable across runs.
        name: the name people use for it; chosen by the tenant, so hostile.
        account: AWS account id, project number or Workspace customer, tenant id.
        region: where it lies; ``global`` when it lies nowhere in particular.
    """

    provider: ClassVar[str] = ""

    id: str
    name: str
    account: str
    region: str

    @classmethod
    def of_kind(cls) -> str:
        """Return the kind's name, e.g. ``aws-s3-bucket``; it tags the record in a snapshot."""
        return str(cls.__struct_config__.tag)


class Part(Struct, frozen=True, kw_only=True):
    """A part of a resource with a verdict of its own: a key of a user, a statement of a policy.

    Attributes:
        key: what tells this part from its siblings, stable across runs (not an index that moves).
    """

    key: str
    status: Status
    reason: Text
    severity: Severity | None = None
    evidence: Evidence = {}


class Verdict(Struct, frozen=True, kw_only=True):
    """What a check says. Checks say pass, fail or not applicable; the engine alone says the rest."""

    status: Status
    reason: Text
    severity: Severity | None = None
    evidence: Evidence = {}
    parts: tuple[Part, ...] = ()


class ResourceRef(Struct, frozen=True, kw_only=True):
    """Which resource a finding is about."""

    provider: str
    account: str
    region: str
    kind: str
    id: str
    name: str


class SubFinding(Struct, frozen=True, kw_only=True):
    """A part's verdict with an id of its own, so that waivers and history can address it.

    Attributes:
        waiver: id of the waiver that covers it; only then.
    """

    id: str
    key: str
    status: Status
    severity: Severity
    reason: Text
    evidence: Evidence = {}
    waiver: str | UnsetType = UNSET


class Finding(Struct, frozen=True, kw_only=True):
    """One check on one resource.

    Attributes:
        id: 32 hexadecimal digits, a digest of provider, account, check and resource.
        cause: why it was not assessed; only then.
        missing_permissions: what to grant so that it can be assessed, in the provider's own spelling.
        waiver: id of the waiver that covers it, of several for its parts the first; only then.
    """

    id: str
    check: str
    theme: Theme
    severity: Severity
    status: Status
    resource: ResourceRef
    reason: Text
    cause: Cause | None = None
    missing_permissions: tuple[str, ...] = ()
    evidence: Evidence = {}
    sub_findings: tuple[SubFinding, ...] = ()
    waiver: str | UnsetType = UNSET


class Writing(Struct, frozen=True, kw_only=True):
    """What an engine that the user chose writes in a cloud; everything else here only reads.

    Attributes:
        what: who writes what, without an end.
        place: where; the tenant's own name.
    """

    what: Text
    place: str

    @property
    def sentence(self) -> Text:
        """Both together, without a full stop."""
        return Text(en=f"{self.what.en} ({self.place})", ja=f"{self.what.ja}({self.place})")


class Share(Struct, frozen=True, kw_only=True):
    """One line of the inventory of what is open to whom (the cloud's 持ち出し管理簿).

    Attributes:
        audience: who gets in, in the provider's words (``*``, an account, an e-mail address).
        scope: ``public`` or ``outside``.
        right: ``read``, ``list``, ``write`` or ``administer``.
        via: what grants it; a plain string is the same in every language.
        since: UTC time since when it is so, when the provider's logs tell; else empty.
        expires: UTC time when it ends, when it does; else empty.
        item: what of the resource is open, such as the path of a file; empty for the whole.
        owner: whose it is, when the provider tells; else empty.
        changed: UTC time of its last change, when the provider tells; else empty.
        first_seen: UTC time of the first run that saw it so, where runs are kept; else empty.
        approved: why it is approved, and until when, by the rule of the audit policy; empty where none approves it.
    """

    resource: ResourceRef
    audience: str
    scope: str
    right: str
    via: str | Text
    since: str = ""
    expires: str = ""
    item: str = ""
    owner: str = ""
    changed: str = ""
    first_seen: str = ""
    approved: str = ""


class Gap(Struct, frozen=True, kw_only=True, tag="gap", tag_field="kind"):
    """A listing that failed as a whole: nobody knows what is there.

    Attributes:
        of: the kind of resource that could not be listed.
        account: whose, where the target spans several accounts; empty for the target's own.
        region: where; ``global`` when it is not regional.
    """

    of: str
    region: str
    cause: Cause
    operation: str
    permission: str = ""
    detail: str | Text = ""
    at: str = ""
    account: str = ""


def ref(resource: Resource) -> ResourceRef:
    """Return the reference that findings and reports carry."""
    return ResourceRef(
        provider=resource.provider,
        account=resource.account,
        region=resource.region,
        kind=resource.of_kind(),
        id=resource.id,
        name=resource.name,
    )
