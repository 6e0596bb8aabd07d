"""The accounts of an organisation, for a fleet that scans each with a role of its own."""

from msgspec import Struct

from cloudaudit.errors import CredentialsError
from cloudaudit.providers.aws.connect import AwsOptions, connect
from cloudaudit.providers.aws.operations import GET_CALLER_IDENTITY, LIST_ACCOUNTS
from cloudaudit.providers.aws.reader import CallFailed, Page, Reader
from cloudaudit.text import Text

ACTIVE = "ACTIVE"


class Member(Struct, frozen=True):
    """An account of the organisation.

    Attributes:
        state: ``ACTIVE``, ``SUSPENDED``, ``PENDING_CLOSURE`` …; empty where AWS does not say.
    """

    id: str
    name: str
    state: str


class Organization(Struct, frozen=True):
    """Who lists, and every account by its id."""

    partition: str
    members: tuple[Member, ...]


class _Caller(Struct, frozen=True, rename="pascal"):
    arn: str


class _Account(Struct, frozen=True, rename="pascal"):
    id: str
    name: str = ""
    # AWS replaces Status by State: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    status: str = ""
    state: str = ""


class _Accounts(Struct, frozen=True, rename="pascal"):
    accounts: tuple[_Account, ...]
    next_token: str = ""


def list_organization(options: AwsOptions) -> Organization:
    """List the accounts with a session of the management account or of a delegated administrator.

    Raises:
        CredentialsError: there are no credentials, or they may not list the accounts.
        UsageError: the SDK is not installed, or the region has a wrong name.
    """
    clients = connect(options)
    reader = Reader(clients)
    try:
        caller = reader.call(GET_CALLER_IDENTITY, clients.region, {}, _Caller).body
        accounts = reader.pages(
            LIST_ACCOUNTS,
            clients.region,
            {},
            _Accounts,
            lambda body: Page(body.accounts, body.next_token),
            "NextToken",
        ).body
    except CallFailed as failure:
        raise CredentialsError(_refused(failure)) from failure
    members = [Member(one.id, one.name, one.state or one.status) for one in accounts]
    return Organization(
        partition=caller.arn.split(":")[1] if caller.arn.count(":") > 1 else "aws",
        members=tuple(sorted(members, key=lambda member: member.id)),
    )


def _refused(failure: CallFailed) -> Text:
    reason = failure.code or str(failure.unread.detail)
    need = failure.unread.permission or failure.unread.source.operation
    return Text(
        en=f"The accounts of the organisation cannot be listed ({reason}); use a session of the management account "
        f"or of a delegated administrator that may call {need}.",
        ja=f"組織のアカウント一覧を取得できません({reason})。{need} を実行できる管理アカウントまたは委任管理者の"
        "認証情報を使用してください。",
    )
