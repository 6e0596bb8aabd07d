"""IAM of the sample estate: users, groups, roles, and the ages that the credential report tells."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cloudaudit.clock import stamp
from cloudaudit.demo.aws.names import ACCOUNT, OUTSIDER, TRUSTED
from cloudaudit.demo.aws.sdk import Sdk
from cloudaudit.demo.aws.told import Told
from cloudaudit.providers.aws.connect import Client

ADMINISTRATORS = "administrators"
SSH_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDsample sample"
NEVER = "no_information"
SLOTS = (1, 2)
KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    *("user", "arn", "user_creation_time"),
    *("password_enabled", "password_last_used", "password_last_changed", "password_next_rotation"),
    "mfa_active",
    *(f"access_key_{slot}_{what}" for slot in SLOTS for what in KEY_COLUMNS),
    *(f"cert_{slot}_{what}" for slot in SLOTS for what in ("active", "last_rotated")),
)


@dataclass(frozen=True)
class Key:
    """An access key: days since it was made and, unless never, since it was used."""

    age: int
    used: int | None
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user or a program; ages are in days.

    Attributes:
        password: age of the console password; None for none.
        signed_in: days since the last sign-in; None for never.
        allows: statements of an inline policy: actions on every resource.
    """

    name: str
    age: int = 700
    password: int | None = None
    signed_in: int | None = None
    mfa: bool = False
    keys: tuple[Key, ...] = ()
    group: str = ""
    allows: tuple[str, ...] = ()
    ssh_key: bool = False
    git_password: int | None = None


PEOPLE: tuple[Person, ...] = (
    Person(name="tanaka", password=300, signed_in=1, allows=("*",)),
    Person(name="sato", password=60, signed_in=2, mfa=True, group=ADMINISTRATORS),
    Person(name="suzuki", password=40, signed_in=0, mfa=True),
    Person(name="takahashi", password=120, signed_in=6),
    Person(name="ito", keys=(Key(412, 3),)),
    Person(name="watanabe", password=500, signed_in=213, mfa=True),
    Person(name="yamamoto", age=120, password=120, mfa=True),
    Person(name="nakamura", keys=(Key(30, 2), Key(400, 200, active=False))),
    Person(name="backup-job", keys=(Key(20, 0),), allows=("s3:GetObject", "s3:ListBucket")),
    Person(name="erp-batch", age=900, keys=(Key(820, 0),), allows=("s3:*",)),
    Person(name="kobayashi", age=1500, mfa=True, password=30, signed_in=4, ssh_key=True),
    Person(name="deploy-pipeline", age=1200, git_password=640),
)

ROOT = Person(name="<root_account>", age=3000, password=420, signed_in=410, mfa=True)

SERVICE = {"Service": "lambda.amazonaws.com"}
ROLES: dict[str, dict[str, Any]] = {
    "vendor-monitoring": {"Principal": {"AWS": f"arn:aws:iam::{OUTSIDER}:root"}},
    "vendor-backup": {
        "Principal": {"AWS": f"arn:aws:iam::{OUTSIDER}:root"},
        "Condition": {"StringEquals": {"sts:ExternalId": "sample-shoji-7f3a"}},
    },
    "tax-accountant": {"Principal": {"AWS": f"arn:aws:iam::{TRUSTED}:root"}},
    "invoice-import": {"Principal": SERVICE},
    "s3-replication": {"Principal": {"Service": "s3.amazonaws.com"}},
}


def make_people(sdk: Sdk, told: Told) -> None:
    """Make users, groups and roles, and tell their ages."""
    iam = sdk.client("iam")
    iam.create_group(GroupName=ADMINISTRATORS)
    iam.put_group_policy(GroupName=ADMINISTRATORS, PolicyName="all", PolicyDocument=_document(("*",)))
    for person in PEOPLE:
        _make_person(iam, person)
    for name, trust in ROLES.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_trust(trust))
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
    )
    iam.update_account_password_policy(MinimumPasswordLength=8, PasswordReusePrevention=5)
    _age(told.now)
    _tell(told)


def _make_person(iam: Client, person: Person) -> None:
    iam.create_user(UserName=person.name)
    if person.group:
        iam.add_user_to_group(UserName=person.name, GroupName=person.group)
    if person.allows:
        iam.put_user_policy(UserName=person.name, PolicyName="own", PolicyDocument=_document(person.allows))
    if person.ssh_key:
        iam.upload_ssh_public_key(UserName=person.name, SSHPublicKeyBody=SSH_KEY)


def _document(actions: tuple[str, ...]) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _trust(trust: dict[str, Any]) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **trust}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _age(now: datetime) -> None:
    """Set dates in moto's own model, which no API call can."""
    from moto.iam.models import iam_backends

    users = iam_backends[ACCOUNT]["aws"].users
    for person in PEOPLE:
        made = now - timedelta(days=person.age)
        users[person.name].create_date = made
        for key in users[person.name].ssh_public_keys:
            key.upload_date = made


def _tell(told: Told) -> None:
    file = io.StringIO()
    root = {**_row(ROOT, told.now), "arn": f"arn:aws:iam::{ACCOUNT}:root"}
    rows = [root, *(_row(person, told.now) for person in PEOPLE)]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row[column] for column in COLUMNS] for row in rows)
    told.summary.update(
        AccountMFAEnabled=1,
        AccountAccessKeysPresent=0,
        AccountSigningCertificatesPresent=0,
        AccountPasswordPresent=1,
        Users=len(PEOPLE),
        Groups=1,
        Roles=len(ROLES),
    )
    told.credential_report = file.getvalue()
    told.service_credentials.extend(
        {
            "UserName": person.name,
            "Status": "Active",
            "ServiceUserName": f"{person.name}-at-{ACCOUNT}",
            "CreateDate": told.now - timedelta(days=person.git_password),
            "ServiceSpecificCredentialId": "ACCADEMODEMODEMODEMO",
            "ServiceName": "codecommit.amazonaws.com",
        }
        for person in PEOPLE
        if person.git_password is not None
    )


def _row(person: Person, now: datetime) -> dict[str, str]:
    def ago(days: int | None, otherwise: str) -> str:
        return otherwise if days is None else stamp(now - timedelta(days=days))

    has_password = person.password is not None
    row = dict.fromkeys(COLUMNS, "N/A") | {
        "user": person.name,
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{person.name}",
        "user_creation_time": ago(person.age, ""),
        "password_enabled": str(has_password).lower(),
        "password_last_used": ago(person.signed_in, NEVER if has_password else "N/A"),
        "password_last_changed": ago(person.password, "N/A"),
        "mfa_active": str(person.mfa).lower(),
    }
    for slot in SLOTS:
        key = person.keys[slot - 1] if slot <= len(person.keys) else None
        row[f"access_key_{slot}_active"] = str(key is not None and key.active).lower()
        row[f"cert_{slot}_active"] = "false"
        if key:
            row[f"access_key_{slot}_last_rotated"] = ago(key.age, "N/A")
            row[f"access_key_{slot}_last_used_date"] = ago(key.used, "N/A")
    return row
