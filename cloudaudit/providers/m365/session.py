"""A connection to one tenant."""

import asyncio
import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import msgspec
from msgspec import Struct

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.facts import Cause
from cloudaudit.model import Resource
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.m365.clouds import Place
from cloudaudit.providers.m365.collect import Collection, Tenancy
from cloudaudit.providers.m365.collectors import tenant
from cloudaudit.providers.m365.connect import (
    M365Options,
    Prompt,
    SignIn,
    place_of,
    refused,
    sign_in,
    unreachable,
)
from cloudaudit.providers.m365.graph import SdkGraph, UnreachableError
from cloudaudit.providers.m365.operations import (
    GET_ORGANIZATION,
    LIST_CHANGES,
    LIST_SHARING_CHANGES,
    OPERATIONS,
)
from cloudaudit.providers.m365.previous import Previous, previous_of
from cloudaudit.providers.m365.reader import Answer, CallFailed, Reader, SignInEndedError, Tokens
from cloudaudit.providers.m365.trial import TrialReader
from cloudaudit.providers.trials import Nowhere, Trials, Tried
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text

T = TypeVar("T")

TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
DENIED = frozenset({Cause.DENIED, Cause.PLAN})


class _Quiet:
    """Hears and says nothing: while connecting, nothing takes long enough to be told."""

    def expect(self, resources: int) -> None:
        """Ignore."""

    def done(self, resources: int = 1) -> None:
        """Ignore."""

    def say(self, text: Text) -> None:
        """Ignore."""


class M365Session:
    """Knows who reads which tenant. Each call opens its own event loop and closes its connections."""

    def __init__(
        self,
        options: M365Options,
        place: Place,
        signed: SignIn,
        tenancy: Tenancy,
        earlier: Previous,
        calls: int,
    ) -> None:
        self._options = options
        self._place = place
        self._signed = signed
        self._tenancy = tenancy
        self._earlier = earlier
        self._calls = calls

    @property
    def account(self) -> str:
        """The tenant id."""
        return self._tenancy.tenant_id

    @property
    def spans(self) -> bool:
        """Always one tenant."""
        return False

    @property
    def partition(self) -> str:
        """The cloud: ``global``, ``usgov``, ``usgovdod`` or ``china``."""
        return self._place.name

    @property
    def identity(self) -> str:
        """The application or the person that reads."""
        return self._signed.identity

    def collect(self, task: Task, sink: Sink, progress: Progress) -> Outcome:
        """Read everything that the task names."""
        counted = 0
        stopped = ""

        async def read(reader: Reader) -> None:
            nonlocal counted, stopped
            try:
                await Collection(
                    reader, self._tenancy, self._options, self._earlier, task, sink, progress
                ).run()
            finally:
                counted, stopped = reader.calls, reader.stopped

        try:
            _with_reader(self._options, self._place, self._signed, progress, read)
        except KeyboardInterrupt:
            stopped = stopped or "interrupted"
        finally:
            self._earlier.close()
        return Outcome(calls=counted + self._calls, stopped=stopped)

    def try_out(self, kinds: Sequence[type[Resource]], progress: Progress) -> tuple[Tried, ...]:
        """Try each operation that reading these kinds takes."""
        options = replace(self._options, full_pass=True, concurrency=1)
        opted = options.sharing_changes
        trials = Trials(
            each
            for each in OPERATIONS
            # Links are told with the opt-in, or without it: never both.
            if (each.optional and opted) or (not each.optional and not (opted and each is LIST_CHANGES))
        )
        found = self._tenancy.organization
        if trials.begin(GET_ORGANIZATION):
            # It was asked for when the session was opened, and is not again.
            if isinstance(found, CallFailed):
                trials.failed(GET_ORGANIZATION, found.unread)
            else:
                trials.answered(GET_ORGANIZATION)
        task = Task(kinds=frozenset(kind.of_kind() for kind in kinds), selection=Selection())
        nothing = Previous(None, account=self.account, partition=self.partition)

        async def read(reader: Reader) -> None:
            await Collection(reader, self._tenancy, options, nothing, task, Nowhere(), progress).run()

        def make(graph: SdkGraph, tokens: Tokens) -> Reader:
            return TrialReader(graph, tokens, self._place, options, progress, trials)

        try:
            _with_reader(options, self._place, self._signed, progress, read, make)
        finally:
            self._earlier.close()
        return trials.results()


def open_session(
    options: M365Options,
    prompt: Prompt,
    signed: SignIn | None = None,
) -> M365Session:
    """Sign in and ask which tenant this is.

    Args:
        options: what the user gave.
        prompt: shows a person a sentence, such as the code to sign in with.
        signed: an existing sign-in; None to look for credentials.

    Raises:
        CredentialsError: there are no credentials, or Microsoft refuses them.
        UsageError: the SDK is not installed, an option is wrong, or it is another tenant.
    """
    place = place_of(options)
    if signed is None:
        signed = sign_in(options, place, scopes(sharing_changes=options.sharing_changes), prompt)
    if options.sharing_changes and signed.delegated:
        raise UsageError(
            Text(
                en="--sharing-changes is for applications only; leave out --device-code or --sharing-changes.",
                ja="--sharing-changes はアプリケーションとしての実行時のみ利用できます。"
                "--device-code か --sharing-changes のいずれかを外してください。",
            )
        )
    found: Answer[tuple[tenant.OrganizationWire, ...]] | CallFailed | None = None
    token = ""
    calls = 0

    async def ask(reader: Reader) -> None:
        nonlocal found, token, calls
        try:
            token = await reader.tokens.current()
            found = await tenant.read_organization(reader)
        except CallFailed as failure:
            found = failure
        calls = reader.calls

    try:
        _with_reader(options, place, signed, _Quiet(), ask)
    except SignInEndedError as error:
        raise CredentialsError(
            refused(error.__cause__ if isinstance(error.__cause__, Exception) else error)
        ) from error
    except UnreachableError as error:
        raise CredentialsError(unreachable(str(error))) from error
    if found is None:
        raise AssertionError
    tenancy = Tenancy(
        tenant_id=_tenant(options, found),
        organization=found,
        delegated=signed.delegated,
        control_refused=options.sharing_changes and _lacks_control(options, token),
    )
    earlier = previous_of(options.previous, options.earlier, account=tenancy.tenant_id, partition=place.name)
    return M365Session(options, place, signed, tenancy, earlier, calls)


def scopes(*, sharing_changes: bool) -> tuple[str, ...]:
    """Return the permissions that a scan needs, each once, in order."""
    return tuple(
        sorted(
            {
                permission
                for operation in OPERATIONS
                if sharing_changes or not operation.optional
                for permission in operation.permissions
            }
        )
    )


def _with_reader(
    options: M365Options,
    place: Place,
    signed: SignIn,
    progress: Progress,
    work: Callable[[Reader], Awaitable[None]],
    make: Callable[[SdkGraph, Tokens], Reader] | None = None,
) -> None:
    async def run() -> None:
        tokens = Tokens(signed)
        graph = SdkGraph(
            place, tokens.current, concurrency=options.concurrency, read_timeout=options.read_timeout
        )
        try:
            await work(make(graph, tokens) if make else Reader(graph, tokens, place, options, progress))
        finally:
            await graph.close()

    asyncio.run(run())


def _tenant(options: M365Options, found: Answer[tuple[tenant.OrganizationWire, ...]] | CallFailed) -> str:
    """Return the tenant's id, once it is known to be the one that was asked for."""
    wanted = options.tenant.casefold()
    if isinstance(found, CallFailed):
        if found.unread.cause in DENIED and found.status and TENANT_ID.fullmatch(wanted):
            # Whose tenant it is may not be read, but the sign-in was for this one.
            return wanted
        raise CredentialsError(_refused(found))
    line = next(iter(found.body), None)
    if line is None or not TENANT_ID.fullmatch(line.id.casefold()):
        raise CredentialsError(_NOT_GRAPH)
    names = {line.id.casefold(), *(domain.name.casefold() for domain in line.verified_domains)}
    if wanted not in names:
        raise UsageError(
            Text(
                en=f"The credentials are for tenant {line.id}, not for {options.tenant}; check --tenant.",
                ja=f"認証情報はテナント {line.id} のもので、{options.tenant} ではありません。"
                "--tenant を確認してください。",
            )
        )
    return line.id.casefold()


class _Claims(Struct, frozen=True):
    roles: tuple[str, ...] = ()


def _lacks_control(options: M365Options, token: str) -> bool:
    """Whether the application was not granted what changes of sharing need.

    Graph does not refuse: it quietly leaves changes out, which would make a pass of what nobody looked at.
    """
    if options.endpoint is not None:
        return False
    try:
        body = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=_Claims)
    except (IndexError, binascii.Error, ValueError):
        return True
    return LIST_SHARING_CHANGES.permission not in claims.roles


_NOT_GRAPH = Text(
    en="What answers is not Microsoft Graph; check --cloud, the network and the proxy.",
    ja="応答が Microsoft Graph のものではありません。--cloud、ネットワーク、プロキシを確認してください。",
)


def _refused(failure: CallFailed) -> Text:
    cause = failure.unread.cause
    reason = failure.code or cause.value
    if cause in {Cause.NETWORK, Cause.THROTTLED}:
        return unreachable(str(failure.unread.detail) or reason)
    if cause is Cause.MALFORMED or failure.status not in {0, 401, 403}:
        return _NOT_GRAPH
    if cause in DENIED:
        return Text(
            en=f"Whose tenant it is cannot be read ({reason}); give --tenant the tenant's id, or grant "
            f"{failure.unread.permission}.",
            ja=f"テナント情報を読み取れません({reason})。--tenant にテナント ID を指定するか、"
            f"{failure.unread.permission} を付与してください。",
        )
    return Text(
        en=f"Microsoft Graph does not accept the sign-in ({reason}); check the application, --tenant and --cloud.",
        ja=f"Microsoft Graph がサインインを受け付けません({reason})。"
        "アプリケーション、--tenant、--cloud を確認してください。",
    )
