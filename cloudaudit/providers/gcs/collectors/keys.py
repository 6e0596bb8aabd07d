"""Service accounts and their keys, HMAC keys and when they were used, and Cloud KMS keys."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

from cloudaudit.clock import stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.gcs.collectors.times import seconds, utc
from cloudaudit.providers.gcs.failures import NOT_FOUND
from cloudaudit.providers.gcs.model import HmacKey, KmsKeyState, ServiceAccount, ServiceAccountKey
from cloudaudit.providers.gcs.operations import (
    GET_CRYPTO_KEY,
    LIST_HMAC_KEYS,
    LIST_SERVICE_ACCOUNT_KEYS,
    LIST_SERVICE_ACCOUNTS,
    LIST_TIME_SERIES,
)
from cloudaudit.providers.gcs.reader import Answer, CallFailed, Page, Reader

SHORT = 8
"""Characters that are kept of an id of a key."""

SHOWN = 4
"""Characters that are kept at either end of an access id."""

KEPT_DAYS = 42
"""How long Monitoring keeps the counts of requests by key."""

USED = "storage.googleapis.com/authn/authentication_count"

# --------------------------------------------------------------------------- service accounts


class AccountLine(Struct, frozen=True, rename="camel"):
    """A service account of the listing."""

    email: str
    disabled: bool = False


class _Accounts(Struct, frozen=True, rename="camel"):
    accounts: tuple[AccountLine, ...] = ()
    next_page_token: str = ""


class _Key(Struct, frozen=True, rename="camel"):
    name: str
    valid_after_time: str
    key_type: str
    valid_before_time: str = ""
    disabled: bool = False


class _Keys(Struct, frozen=True):
    keys: tuple[_Key, ...] = ()


def service_account_id(project: str, email: str) -> str:
    """Return the full resource name of a service account."""
    return f"//iam.googleapis.com/projects/{project}/serviceAccounts/{email}"


def list_service_accounts(reader: Reader, project: str) -> Answer[tuple[AccountLine, ...]]:
    """Return a project's service accounts.

    Raises:
        CallFailed: they cannot be listed.
    """
    return reader.pages(
        LIST_SERVICE_ACCOUNTS,
        (project,),
        _Accounts,
        lambda told: Page(told.accounts, told.next_page_token),
        params={"pageSize": "100"},
    )


def read_service_account(
    reader: Reader, line: AccountLine, source: Source, *, project: str, account: str
) -> ServiceAccount:
    """Return a service account with its keys."""
    return ServiceAccount(
        id=service_account_id(project, line.email),
        name=line.email,
        account=account,
        region="global",
        disabled=Read(line.disabled, source),
        keys=reader.fact(LIST_SERVICE_ACCOUNT_KEYS, (project, line.email), _Keys, _keys),
    )


def _keys(told: _Keys) -> tuple[ServiceAccountKey, ...]:
    return tuple(
        ServiceAccountKey(
            id=key.name.rpartition("/")[2][:SHORT],
            user_managed=key.key_type == "USER_MANAGED",
            created_at=utc(key.valid_after_time),
            expires_at=utc(key.valid_before_time) if key.valid_before_time else "",
            disabled=key.disabled,
        )
        for key in told.keys
    )


# --------------------------------------------------------------------------- HMAC keys


class HmacLine(Struct, frozen=True, rename="camel"):
    """An HMAC key of the listing."""

    access_id: str
    service_account_email: str
    state: str
    time_created: str

    @property
    def id(self) -> str:
        """Its id in a snapshot, which holds no access id."""
        digest = hashlib.sha256(self.access_id.encode()).hexdigest()[:16]
        return f"//storage.googleapis.com/hmacKeys/{digest}"

    @property
    def name(self) -> str:
        """Its access id, shortened."""
        # They all begin alike; the end tells them apart, and opens nothing.
        return f"{self.access_id[:SHOWN]}…{self.access_id[-SHOWN:]}"


class _HmacPage(Struct, frozen=True):
    kind: Literal["storage#hmacKeysMetadata"]
    items: tuple[HmacLine, ...] = ()


def list_hmac_keys(reader: Reader, project: str) -> Answer[tuple[HmacLine, ...]]:
    """Return a project's HMAC keys, active or not; those that were deleted are not told.

    Raises:
        CallFailed: they cannot be listed.
    """

    def ask(client: Any) -> tuple[HmacLine, ...]:  # noqa: ANN401 - the client has no types
        pages = client.list_hmac_keys(project_id=project, show_deleted_keys=False, retry=None).pages
        lines: list[HmacLine] = []
        for page in pages:
            told = msgspec.convert(page.raw_page, _HmacPage)
            lines.extend(line for line in told.items if line.state != "DELETED")
        return tuple(lines)

    return reader.storage(LIST_HMAC_KEYS, ask)


class _Labels(Struct, frozen=True):
    labels: dict[str, str] = {}


class _Interval(Struct, frozen=True, rename="camel"):
    end_time: str


class _Point(Struct, frozen=True):
    interval: _Interval
    value: dict[str, object] = {}

    @property
    def counted(self) -> bool:
        """Whether anything was counted in it."""
        return any(str(told) not in {"0", "0.0"} for told in self.value.values())


class _Series(Struct, frozen=True):
    metric: _Labels
    points: tuple[_Point, ...] = ()


class _AllSeries(Struct, frozen=True, rename="camel"):
    time_series: tuple[_Series, ...] = ()
    next_page_token: str = ""


def read_uses(reader: Reader, project: str, now: datetime) -> Fact[Mapping[str, str]]:
    """Return when each access id was last used to sign a request, as far back as that is kept; one call a project."""
    params = {
        "filter": f'metric.type="{USED}"',
        "interval.startTime": stamp(now - timedelta(days=KEPT_DAYS)),
        "interval.endTime": stamp(now),
        "aggregation.alignmentPeriod": "86400s",
        "aggregation.perSeriesAligner": "ALIGN_SUM",
        "aggregation.crossSeriesReducer": "REDUCE_SUM",
        "aggregation.groupByFields": "metric.labels.access_id",
    }
    try:
        answer = reader.pages(
            LIST_TIME_SERIES,
            (project,),
            _AllSeries,
            lambda told: Page(told.time_series, told.next_page_token),
            params=params,
        )
    except CallFailed as failure:
        return failure.unread
    uses: dict[str, str] = {}
    for series in answer.body:
        for point in series.points:
            if point.counted:
                access_id = series.metric.labels.get("access_id", "")
                uses[access_id] = max(uses.get(access_id, ""), utc(point.interval.end_time))
    return Read(uses, answer.source)


def make_hmac_key(line: HmacLine, source: Source, uses: Fact[Mapping[str, str]], *, account: str) -> HmacKey:
    """Return an HMAC key; one that is not active was used by nobody."""
    used: Fact[str | None]
    if line.state != "ACTIVE":
        used = Read(None, source)
    elif isinstance(uses, Unread):
        used = uses
    else:
        used = Read(uses.value.get(line.access_id), uses.source)
    return HmacKey(
        id=line.id,
        name=line.name,
        account=account,
        region="global",
        service_account=line.service_account_email,
        state=Read(line.state, source),
        created_at=utc(line.time_created),
        last_used=used,
    )


# --------------------------------------------------------------------------- KMS keys


class _Version(Struct, frozen=True, rename="camel"):
    state: str = ""
    create_time: str = ""
    protection_level: str = ""


class _Template(Struct, frozen=True, rename="camel"):
    protection_level: str = ""


class _CryptoKey(Struct, frozen=True, rename="camel"):
    name: str
    purpose: str = ""
    primary: _Version | None = None
    rotation_period: str = ""
    next_rotation_time: str = ""
    version_template: _Template | None = None


_KEY_PARTS = ("projects", "locations", "keyRings", "cryptoKeys")


def location_of(name: str) -> str:
    """Return the location of a key by its name; ``unknown`` where the name is none of a key."""
    variables = _variables(name)
    return variables[1] if variables else "unknown"


def read_key(reader: Reader, name: str) -> Fact[KmsKeyState | None]:
    """Return a key as it is found; Read(None) where there is none of that name."""
    variables = _variables(name)
    if variables is None:
        return Unread(Cause.MALFORMED, Source(GET_CRYPTO_KEY.label), permission=GET_CRYPTO_KEY.permission)
    return reader.fact(GET_CRYPTO_KEY, variables, _CryptoKey, _state, absent={NOT_FOUND: None})


def _variables(name: str) -> tuple[str, ...] | None:
    parts = name.split("/")
    variables = tuple(parts[1::2])
    whole = len(parts) >= 2 * len(_KEY_PARTS) and tuple(parts[0:8:2]) == _KEY_PARTS and all(variables[:4])
    # A bucket may name a version; its key is what rotates.
    return variables[:4] if whole else None


def _state(told: _CryptoKey) -> KmsKeyState:
    primary, template = told.primary or _Version(), told.version_template or _Template()
    return KmsKeyState(
        primary_state=primary.state,
        purpose=told.purpose,
        protection=primary.protection_level or template.protection_level,
        rotation_seconds=seconds(told.rotation_period) if told.rotation_period else None,
        next_rotation=utc(told.next_rotation_time) if told.next_rotation_time else "",
        primary_created_at=utc(primary.create_time) if primary.create_time else "",
    )
