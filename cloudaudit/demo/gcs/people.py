"""The sample estate's people, service accounts and keys."""

from datetime import datetime, timedelta

from cloudaudit.clock import stamp
from cloudaudit.demo.gcs import names
from cloudaudit.demo.gcs.estate import Json
from cloudaudit.demo.gcs.make import account_key, hmac_key, user

NEVER = "1970-01-01T00:00:00.000Z"


def people(now: datetime) -> list[Json]:
    """Return the users of the Workspace customer."""

    def make(name: str, days: int | None, **members: bool | str) -> Json:
        signed_in = NEVER if days is None else _ago(now, days)
        return user(f"{name}@{names.DOMAIN}", names.CUSTOMER, lastLoginTime=signed_in, **members)

    off = {"isEnrolledIn2Sv": False, "isEnforcedIn2Sv": False}
    return [
        make("suzuki", 1, isAdmin=True),
        # An administrator without a second step.
        make("tanaka", 0, isAdmin=True, **off),
        make("sato", 3, isDelegatedAdmin=True),
        make("ito", 2),
        make("yamamoto", 5, isEnforcedIn2Sv=False),
        make("takahashi", 4, **off),
        make("watanabe", 210),
        make("nakamura", None, creationTime=_ago(now, 400)),
        make("kobayashi", 700, suspended=True, suspensionReason="ADMIN", **off),
        make("kato", 900, archived=True, **off),
        make("yoshida", 12),
        make("yamada", 30),
    ]


def robot(name: str, project: str) -> str:
    """Return the address of a service account."""
    return f"{name}@{project}.iam.gserviceaccount.com"


def production_accounts(now: datetime) -> dict[str, list[Json]]:
    """Return the production project's service accounts with their keys."""
    return {
        robot("erp-batch", names.PROD): [account_key("1f2e3d4c5b6a7988", _ago(now, 400))],
        robot("backup-job", names.PROD): [account_key("2f2e3d4c5b6a7988", _ago(now, 20))],
        robot("audit", names.PROD): [],
        # As many keys as Google allows.
        robot("old-connector", names.PROD): [
            account_key(f"3{number}2e3d4c5b6a798", _ago(now, 100 + 90 * number)) for number in range(10)
        ],
    }


def web_accounts(now: datetime) -> dict[str, list[Json]]:
    """Return the web project's service accounts with their keys."""
    managed = {"keyType": "SYSTEM_MANAGED", "validBeforeTime": _ago(now, -10)}
    return {
        robot("deploy", names.WEB): [account_key("4f2e3d4c5b6a7988", _ago(now, 5), **managed)],
        robot("retired", names.WEB): [account_key("5f2e3d4c5b6a7988", _ago(now, 900), disabled=True)],
    }


def hmac_keys(now: datetime) -> tuple[list[Json], dict[str, str]]:
    """Return the production project's HMAC keys, and when each was used."""
    batch, backup = robot("erp-batch", names.PROD), robot("backup-job", names.PROD)
    used, unused, fresh, inactive = (f"GOOG1SAMPLE{number}EXAMPLE{number}" for number in range(4))
    keys = [
        hmac_key(used, names.PROD, batch, _ago(now, 500)),
        hmac_key(unused, names.PROD, batch, _ago(now, 300)),
        hmac_key(fresh, names.PROD, backup, _ago(now, 10)),
        hmac_key(inactive, names.PROD, backup, _ago(now, 600), state="INACTIVE"),
    ]
    return keys, {used: _ago(now, 1), fresh: _ago(now, 0)}


def _ago(now: datetime, days: int) -> str:
    return stamp(now - timedelta(days=days))
