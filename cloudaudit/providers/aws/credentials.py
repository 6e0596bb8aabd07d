"""Ages and use of credentials, and the credential report that tells them. Pure."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct, structs

from cloudaudit.clock import age_days, parse, stamp
from cloudaudit.facts import Cause, Fact, Read, Source, Unread, not_read, value
from cloudaudit.model import Evidence, Part, Status
from cloudaudit.providers.aws.model import (
    Account,
    CredentialCertificate,
    CredentialKey,
    CredentialRow,
    LegacyCredential,
    User,
)
from cloudaudit.text import Text

ROOT = "<root_account>"
NOT_SUPPORTED = "not_supported"

C = TypeVar("C", CredentialKey, CredentialCertificate)

# A date alone or a week is a form of ISO 8601 as well, but none that the provider uses.
_FULL_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)

_COLUMNS = frozenset(
    {
        "user",
        "arn",
        "user_creation_time",
        "password_enabled",
        "password_last_used",
        "password_last_changed",
        "mfa_active",
        *(
            f"access_key_{slot}_{what}"
            for slot in (1, 2)
            for what in ("active", "last_rotated", "last_used_date")
        ),
        *(f"cert_{slot}_{what}" for slot in (1, 2) for what in ("active", "last_rotated")),
    }
)


# --------------------------------------------------------------------------- the report


def parse_credential_report(text: str) -> tuple[CredentialRow, ...]:
    """Return the lines of an IAM credential report, root's among them, each ARN once.

    Where a user comes twice with different lines, the worse of both is kept: what one line holds against the
    user is not undone by the other.

    Raises:
        ValueError: it is not a credential report, a line is torn, or root comes twice with different lines.
    """
    try:
        lines = [cells for cells in csv.reader(io.StringIO(text, newline=""), strict=True) if cells]
    except csv.Error as error:
        message = f"the credential report is not CSV: {error}"
        raise ValueError(message) from error
    if not lines:
        message = "the credential report is empty"
        raise ValueError(message)
    header, *body = lines
    if len(set(header)) < len(header) or not _COLUMNS.issubset(header):
        message = f"the credential report lacks or repeats columns: {sorted(_COLUMNS.difference(header))}"
        raise ValueError(message)
    rows: dict[str, CredentialRow] = {}
    for cells in body:
        if len(cells) != len(header):
            message = f"a line of the credential report has {len(cells)} cells instead of {len(header)}"
            raise ValueError(message)
        row = _row(dict(zip(header, cells, strict=True)))
        rows[row.arn] = _worse(rows[row.arn], row) if row.arn in rows else row
    return tuple(rows.values())


def _row(cells: Mapping[str, str]) -> CredentialRow:
    return CredentialRow(
        user=cells["user"],
        arn=cells["arn"],
        created_at=_time(cells["user_creation_time"]),
        password_enabled=_flag_if_told(cells["password_enabled"]),
        password_last_used=_time(cells["password_last_used"]),
        password_last_changed=_time(cells["password_last_changed"]),
        mfa_active=_flag(cells["mfa_active"]),
        keys=tuple(key for slot in (1, 2) if _exists(key := _key(cells, slot))),
        certificates=tuple(
            certificate for slot in (1, 2) if _exists(certificate := _certificate(cells, slot))
        ),
        unlisted=cells.get("additional_credentials_info", "").strip().lower() not in {"", "n/a", "0"},
    )


def _key(cells: Mapping[str, str], slot: int) -> CredentialKey:
    return CredentialKey(
        slot=slot,
        active=_flag(cells[f"access_key_{slot}_active"]),
        last_rotated=_time(cells[f"access_key_{slot}_last_rotated"]),
        last_used=_time(cells[f"access_key_{slot}_last_used_date"]),
    )


def _certificate(cells: Mapping[str, str], slot: int) -> CredentialCertificate:
    return CredentialCertificate(
        slot=slot,
        active=_flag(cells[f"cert_{slot}_active"]),
        last_rotated=_time(cells[f"cert_{slot}_last_rotated"]),
    )


def _exists(credential: CredentialKey | CredentialCertificate) -> bool:
    # An inactive key keeps its date; a slot without either is empty.
    return credential.active or bool(credential.last_rotated)


def _flag(cell: str) -> bool:
    lowered = cell.strip().lower()
    if lowered not in {"true", "false"}:
        message = f"the credential report says {cell!r} where TRUE or FALSE belongs"
        raise ValueError(message)
    return lowered == "true"


def _flag_if_told(cell: str) -> bool | None:
    return None if cell.strip().lower() in {"n/a", "no_information", NOT_SUPPORTED} else _flag(cell)


def _time(cell: str) -> str:
    lowered = cell.strip().lower()
    if lowered in {"", "n/a", "no_information"}:
        return ""
    if lowered == NOT_SUPPORTED:
        return lowered
    if not _FULL_TIME.fullmatch(cell.strip()):
        message = f"the credential report says {cell!r} where a time belongs"
        raise ValueError(message)
    return stamp(parse(cell.strip()))


def _worse(first: CredentialRow, second: CredentialRow) -> CredentialRow:
    if first == second:
        return first
    if first.user == ROOT:
        message = "root comes twice in the credential report, with different lines"
        raise ValueError(message)
    enabled = {first.password_enabled, second.password_enabled}
    return structs.replace(
        first,
        created_at=_worse_time(first.created_at, second.created_at),
        password_enabled=True if True in enabled else None if None in enabled else False,
        password_last_used=_worse_time(first.password_last_used, second.password_last_used),
        password_last_changed=_worse_time(first.password_last_changed, second.password_last_changed),
        mfa_active=first.mfa_active and second.mfa_active,
        keys=tuple(dict.fromkeys((*first.keys, *second.keys))),
        certificates=tuple(dict.fromkeys((*first.certificates, *second.certificates))),
        unlisted=first.unlisted or second.unlisted,
    )


def _worse_time(first: str, second: str) -> str:
    # Not told is worse than never, and never is worse than long ago.
    return NOT_SUPPORTED if NOT_SUPPORTED in {first, second} else min(first, second)


# --------------------------------------------------------------------------- ages


class Event(StrEnum):
    """What the age of a credential counts from."""

    MADE = "made"
    USED = "used"
    NEVER_USED = "never-used"


_PHRASES: dict[Event, Text] = {
    Event.MADE: Text(
        en="{label} was made or last changed {days} days ago.",
        ja="{label}は、作成または最後の変更から{days}日が経過しています。",
    ),
    Event.USED: Text(
        en="{label} was last used {days} days ago.",
        ja="{label}は、最後の使用から{days}日が経過しています。",
    ),
    Event.NEVER_USED: Text(
        en="{label} was never used in the {days} days since it was made or last changed.",
        ja="{label}は、作成または最後の変更から{days}日間、一度も使用されていません。",
    ),
}


class Dated(Struct, frozen=True, kw_only=True):
    """A credential and the time that its age counts from.

    Attributes:
        key: tells it from the user's other credentials, stable across runs.
        field: the provider's name of the time, for the text of NOT ASSESSED.
        since: UTC time as in a snapshot; empty where the provider gives none.
        source: where the time came from.
    """

    key: str
    label: Text
    event: Event
    field: str
    since: str
    source: Source


class Ages(Struct, frozen=True, kw_only=True):
    """The ages of a user's credentials against a limit.

    Attributes:
        limit_days: at this age a credential is too old.
        parts: a verdict for each credential whose age is known.
        unread: the credentials whose age cannot be told.
    """

    limit_days: int
    parts: tuple[Part, ...]
    unread: tuple[Unread, ...]

    @property
    def too_old(self) -> tuple[Part, ...]:
        """The parts that failed."""
        return tuple(part for part in self.parts if part.status is Status.FAIL)

    @property
    def evidence(self) -> Evidence:
        """The limit, how many were judged and failed, and what could not be told."""
        return {
            "limit_days": self.limit_days,
            "judged": len(self.parts),
            "too_old": len(self.too_old),
            "not_told": [fact.detail for fact in self.unread],
        }


def age(then: str, now: datetime, source: Source, field: str) -> Fact[int]:
    """Return the whole days from a time of the report to ``now``.

    A time at most one day ahead counts as now: a snapshot is dated at its start, and reads follow. A time
    further ahead, or none, gives no age; it never reads as young.
    """
    if then == NOT_SUPPORTED:
        return Unread(Cause.UNSUPPORTED, source, detail=f"{field}={NOT_SUPPORTED}")
    unusable = Unread(Cause.MALFORMED, source, detail=f"{field}={then or 'N/A'}, taken_at={stamp(now)}")
    if not _FULL_TIME.fullmatch(then):
        return unusable
    try:
        days = age_days(then, now)
    except ValueError:
        return unusable
    return unusable if days < -1 else Read(max(days, 0), source)


def judge_ages(credentials: Sequence[Dated], limit_days: int, now: datetime) -> Ages:
    """Return which credentials are younger than the limit, which are not, and which have no usable date."""
    ages = [(one, age(one.since, now, one.source, one.field)) for one in credentials]
    return Ages(
        limit_days=limit_days,
        parts=tuple(_part(one, fact.value, limit_days) for one, fact in ages if isinstance(fact, Read)),
        unread=tuple(fact for _, fact in ages if isinstance(fact, Unread)),
    )


def _part(credential: Dated, days: int, limit_days: int) -> Part:
    phrase = _PHRASES[credential.event]
    return Part(
        key=credential.key,
        status=Status.PASS if days < limit_days else Status.FAIL,
        reason=Text(
            en=phrase.en.format(label=credential.label.en, days=days),
            ja=phrase.ja.format(label=credential.label.ja, days=days),
        ),
        evidence={"counted_from": credential.event.value, "since": credential.since, "age_days": days},
    )


# --------------------------------------------------------------------------- a user's credentials


def has_console_password(credentials: Fact[CredentialRow]) -> bool:
    """Return whether the user can sign in to the console with a password.

    Raises:
        NotRead: the report was not read, or does not tell.
    """
    enabled = value(credentials).password_enabled
    if enabled is None:
        not_read(Unread(Cause.UNSUPPORTED, credentials.source, detail=f"password_enabled={NOT_SUPPORTED}"))
    return enabled


def beyond_the_report(credentials: Fact[CredentialRow]) -> tuple[Unread, ...]:
    """Return what stands for what the report does not tell of a user; empty when it tells all."""
    if isinstance(credentials, Unread):
        return (credentials,)
    if not credentials.value.unlisted:
        return ()
    return (Unread(Cause.UNSUPPORTED, credentials.source, detail="additional_credentials_info"),)


def access_key_ages(credentials: Fact[CredentialRow]) -> tuple[Dated, ...]:
    """Return the active access keys, each with the time when it was made."""
    return tuple(
        Dated(
            key=name,
            label=_access_key_label(key.slot),
            event=Event.MADE,
            field=f"access_key_{key.slot}_last_rotated",
            since=key.last_rotated,
            source=credentials.source,
        )
        for name, key in _named("access-key", value(credentials).keys)
        if key.active
    )


def access_key_uses(credentials: Fact[CredentialRow]) -> tuple[Dated, ...]:
    """Return the active access keys, each with its last use, or with its making where it was never used."""
    return tuple(
        Dated(
            key=name,
            label=_access_key_label(key.slot),
            event=Event.USED if key.last_used else Event.NEVER_USED,
            field=f"access_key_{key.slot}_last_{'used_date' if key.last_used else 'rotated'}",
            since=key.last_used or key.last_rotated,
            source=credentials.source,
        )
        for name, key in _named("access-key", value(credentials).keys)
        if key.active
    )


def password_age(credentials: Fact[CredentialRow], now: datetime) -> Fact[int]:
    """Return the days since the console password was last changed."""
    if isinstance(credentials, Unread):
        return credentials
    return age(credentials.value.password_last_changed, now, credentials.source, "password_last_changed")


def password_use(credentials: Fact[CredentialRow]) -> Dated:
    """Return the console password with its last use, or with its last change where it was never used."""
    row = value(credentials)
    return Dated(
        key="password",
        label=Text(en="The console password", ja="コンソールパスワード"),
        event=Event.USED if row.password_last_used else Event.NEVER_USED,
        field=f"password_last_{'used' if row.password_last_used else 'changed'}",
        since=row.password_last_used or row.password_last_changed,
        source=credentials.source,
    )


def legacy_credential_ages(user: User) -> tuple[Dated, ...]:
    """Return the active SSH keys, service-specific credentials and signing certificates, each with its date.

    What was not read is left out: whoever asks has to look at the facts before saying that all is well.
    """
    return (
        *_legacy_ages("ssh-key", Text(en="SSH key", ja="SSH キー"), user.ssh_keys),
        *_legacy_ages(
            "service-credential",
            Text(en="Service-specific credential", ja="サービス固有の認証情報"),
            user.service_credentials,
        ),
        *_certificate_ages(user.credentials),
    )


def _legacy_ages(kind: str, label: Text, fact: Fact[tuple[LegacyCredential, ...]]) -> list[Dated]:
    if isinstance(fact, Unread):
        return []
    active = [one for one in fact.value if one.active]
    return [
        Dated(
            key=name,
            label=Text(en=f"{label.en} {one.id}", ja=f"{label.ja} {one.id} "),
            event=Event.MADE,
            field=f"{one.type} {one.id}",
            since=one.created_at,
            source=fact.source,
        )
        # Shortened ids of two keys may be alike.
        for name, one in zip(
            _distinct([f"{kind}:{one.id}:{one.created_at}" for one in active]), active, strict=True
        )
    ]


def _certificate_ages(credentials: Fact[CredentialRow]) -> list[Dated]:
    if isinstance(credentials, Unread):
        return []
    return [
        Dated(
            key=name,
            label=Text(en=f"Signing certificate {certificate.slot}", ja=f"署名用証明書{certificate.slot}"),
            event=Event.MADE,
            field=f"cert_{certificate.slot}_last_rotated",
            since=certificate.last_rotated,
            source=credentials.source,
        )
        for name, certificate in _named("signing-certificate", credentials.value.certificates)
        if certificate.active
    ]


def _access_key_label(slot: int) -> Text:
    return Text(en=f"Access key {slot}", ja=f"アクセスキー{slot}")


def _named(kind: str, credentials: Sequence[C]) -> list[tuple[str, C]]:
    # Named by date, since the report fills the first slot again when its key is deleted.
    return list(
        zip(_distinct([f"{kind}:{one.last_rotated}" for one in credentials]), credentials, strict=True)
    )


def _distinct(names: Sequence[str]) -> list[str]:
    before = [names[:index].count(name) for index, name in enumerate(names)]
    return [f"{name}#{count + 1}" if count else name for name, count in zip(names, before, strict=True)]


# --------------------------------------------------------------------------- root


def root_can_sign_in(account: Account) -> bool:
    """Return whether root has anything to sign in or sign requests with.

    Raises:
        NotRead: nothing that was read tells.
    """
    summary = value(account.summary)
    if summary.root_access_keys or summary.root_signing_certificates:
        return True
    if summary.root_password is not None:
        return summary.root_password
    told = isinstance(account.root, Read) and account.root.value.password_enabled is not None
    if not told and isinstance(account.organization, Read) and account.organization.value is None:
        return True  # only an organisation can take root's password away
    return has_console_password(account.root)


def root_uses(root: Fact[CredentialRow], now: datetime) -> dict[str, Fact[int]]:
    """Return the days since each last use of root, by the report's column; without what was never used."""
    row = value(root)
    times = {
        "password_last_used": row.password_last_used,
        **{f"access_key_{key.slot}_last_used_date": key.last_used for key in row.keys},
    }
    return {field: age(then, now, root.source, field) for field, then in times.items() if then}
