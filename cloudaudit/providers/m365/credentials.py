"""Ages and use of accounts, passwords, secrets and certificates; and who needs no MFA. Pure."""

from datetime import datetime

from msgspec import Struct

from cloudaudit.check import failed_part, passed_part
from cloudaudit.clock import age_days, parse
from cloudaudit.facts import Cause, Fact, Read, Source, Unread, value
from cloudaudit.model import Part
from cloudaudit.providers.m365.model import AppCredential, CredentialHolder, Domain, Registration, User
from cloudaudit.providers.m365.roles import SYNCHRONISATION
from cloudaudit.text import Text

NEVER = 2_147_483_647
"""Graph's ``passwordValidityPeriodInDays`` for passwords that never expire."""

PHISHING_RESISTANT = frozenset(
    {
        "fido",
        "fido2securitykey",
        "windowshelloforbusiness",
        "passkeydevicebound",
        "passkeydeviceboundauthenticator",
        "passkeydeviceboundwindowshello",
        "passkeysynced",
        "macossecureenclavekey",
    }
)
"""Source: https://learn.microsoft.com/graph/api/resources/userregistrationdetails, for the older report's ``fido``
https://learn.microsoft.com/graph/api/resources/credentialuserregistrationdetails, and
https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths"""

_PURPOSES = {
    "room": Text(en="a room", ja="会議室"),
    "equipment": Text(en="equipment", ja="備品"),
    "shared": Text(en="a shared mailbox", ja="共有メールボックス"),
}


def strong_methods(registration: Registration | None) -> tuple[str, ...]:
    """Return the registered methods that cannot be phished."""
    methods = registration.methods if registration else ()
    return tuple(method for method in methods if method.casefold() in PHISHING_RESISTANT)


def not_a_person(user: User) -> Text | None:
    """Return what an account is when nobody signs in with it, or None for a person's.

    Raises:
        NotRead: it hangs on a fact that was not read.
    """
    if not value(user.enabled):
        return Text(en="a disabled account", ja="無効化されたアカウント")
    if SYNCHRONISATION in value(user.roles):
        return Text(en="an account of directory synchronisation", ja="ディレクトリ同期用のアカウント")
    if value(user.room):
        return _PURPOSES["room"]
    return _PURPOSES.get((value(user.mailbox) or "").casefold())


def password_age(user: User, domains: tuple[Domain, ...], now: datetime) -> Fact[int | None]:
    """Return the password's age in days; Read(None) when it was never set.

    For hybrid users the date is not authoritative: the password is changed on-premises. For a federated domain it is
    kept by another identity provider. Source: https://learn.microsoft.com/graph/api/resources/user
    (lastPasswordChangeDateTime, onPremisesSyncEnabled).
    """
    changed = user.password_changed_at
    if isinstance(changed, Unread):
        return changed
    if user.synced:
        return Unread(Cause.UNSUPPORTED, changed.source, detail=_HYBRID)
    name = user.name.rpartition("@")[2].casefold()
    domain = next((each for each in domains if each.name.casefold() == name), None)
    if domain is not None and domain.authentication.casefold() == "federated":
        return Unread(Cause.FOREIGN_ACCOUNT, changed.source, detail=_FEDERATED)
    if changed.value is None:
        return Read(None, changed.source)
    age = _age(changed.value, changed.source, now)
    return age if isinstance(age, Unread) else Read(age.value, age.source)


def last_used(user: User, now: datetime) -> Fact[int | None]:
    """Return the days since the last sign-in of any sort; Read(None) when there was none."""
    signed_in = user.signed_in
    if isinstance(signed_in, Unread):
        return signed_in
    if signed_in.value is None:
        return Read(None, signed_in.source)
    times = (signed_in.value.interactive, signed_in.value.non_interactive, signed_in.value.successful)
    days: list[int] = []
    for time in filter(None, times):
        age = _age(time, signed_in.source, now)
        if isinstance(age, Unread):
            return age
        days.append(age.value)
    return Read(min(days) if days else None, signed_in.source)


def account_age(user: User, now: datetime) -> Fact[int]:
    """Return the days since the account was made."""
    return _age(user.created_at, user.enabled.source, now)


def _age(time: str, source: Source, now: datetime) -> Fact[int]:
    try:
        days = age_days(time, now)
    except ValueError:
        return Unread(Cause.MALFORMED, source, detail=time)
    # A day is room for clocks that differ and for a scan that takes hours.
    return Read(max(days, 0), source) if days >= -1 else Unread(Cause.MALFORMED, source, detail=time)


class JudgedSecrets(Struct, frozen=True, kw_only=True):
    """Secrets and certificates with their verdicts; ``unread`` are those without usable dates."""

    parts: tuple[Part, ...]
    bad: tuple[str, ...]
    unread: tuple[Unread, ...]


def judge_secrets(holder: CredentialHolder, limit_days: int, now: datetime) -> JudgedSecrets:
    """Judge each secret and certificate: neither expired, nor older, nor made to last longer than the rule.

    Raises:
        NotRead: they were not read.
    """
    parts: list[Part] = []
    bad: list[str] = []
    unread: list[Unread] = []
    seen: set[str] = set()
    for credential in value(holder.credentials):
        if credential.key in seen:
            continue
        seen.add(credential.key)
        fault = _fault(credential, limit_days, now)
        evidence: dict[str, object] = {
            "kind": credential.kind,
            "name": credential.name,
            "start": credential.start or None,
            "end": credential.end or None,
            "limit_days": limit_days,
        }
        if isinstance(fault, Unread):
            unread.append(fault)
        elif fault is None:
            parts.append(passed_part(credential.key, _GOOD, evidence))
        else:
            bad.append(credential.name or credential.key)
            parts.append(failed_part(credential.key, fault, evidence))
    return JudgedSecrets(parts=tuple(parts), bad=tuple(bad), unread=tuple(unread))


def _fault(credential: AppCredential, limit: int, now: datetime) -> Text | Unread | None:
    try:
        end = parse(credential.end) if credential.end else None
        start = parse(credential.start) if credential.start else None
    except ValueError:
        return Unread(Cause.MALFORMED, _SECRETS, detail=credential.key)
    if end is not None and end <= now:
        return Text(en=f"It expired on {end:%Y-%m-%d}.", ja=f"{end:%Y-%m-%d}に有効期限が切れています。")
    if start is not None and (age := (now - start).days) >= limit:
        return Text(
            en=f"It is {age} days old; the rule is {limit} days.",
            ja=f"発行から{age}日が経過しています(基準は{limit}日)。",
        )
    if start is None or end is None:
        return Unread(Cause.MALFORMED, _SECRETS, detail=credential.key)
    # Whole years are granted in days that count a leap day or not.
    if (life := (end - start).days) > limit + 1:
        return Text(
            en=f"It is valid for {life} days; the rule is {limit} days.",
            ja=f"有効期間が{life}日に設定されています(基準は{limit}日)。",
        )
    return None


_SECRETS = Source("graph:GET /applications")
_GOOD = Text(en="It is within the rule.", ja="基準の範囲内です。")
_HYBRID = Text(
    en="the password is changed on-premises, so the date in the cloud is not authoritative",
    ja="パスワードはオンプレミスで変更されるため、クラウド側の日付では判断できません",
)
_FEDERATED = Text(
    en="the password is kept by a federated identity provider",
    ja="パスワードはフェデレーション先の ID プロバイダーで管理されています",
)
