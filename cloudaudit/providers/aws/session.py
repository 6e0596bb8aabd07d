"""A connection to one AWS account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from msgspec import Meta, Struct

from cloudaudit.errors import CredentialsError
from cloudaudit.facts import Cause
from cloudaudit.inventory.evaluating import Evaluator
from cloudaudit.model import Resource
from cloudaudit.providers import Outcome, Progress, Sink, Task
from cloudaudit.providers.aws.bucket_reading import BucketReading
from cloudaudit.providers.aws.collect import Collection, Identity
from cloudaudit.providers.aws.connect import AwsOptions, Clients, connect
from cloudaudit.providers.aws.object_inventory import ObjectInventories
from cloudaudit.providers.aws.object_reading import ObjectReading, Requests
from cloudaudit.providers.aws.operations import GET_CALLER_IDENTITY, OPERATIONS
from cloudaudit.providers.aws.reader import CallFailed, Reader
from cloudaudit.providers.aws.trial import TrialReader
from cloudaudit.providers.trials import Nowhere, Trials, Tried
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text


class _Caller(Struct, frozen=True, rename="pascal"):
    account: str
    arn: Annotated[str, Meta(pattern="^arn:[^:]+:")]


class AwsSession:
    """Knows who reads which account."""

    def __init__(
        self, clients: Clients, options: AwsOptions, *, account: str, partition: str, identity: str
    ) -> None:
        self._clients = clients
        self._options = options
        self._account = account
        self._partition = partition
        self._identity = identity

    @property
    def account(self) -> str:
        """The account id."""
        return self._account

    @property
    def spans(self) -> bool:
        """Always one account."""
        return False

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""
        return self._partition

    @property
    def identity(self) -> str:
        """The ARN of the principal that reads."""
        return self._identity

    def collect(self, task: Task, sink: Sink, progress: Progress) -> Outcome:
        """Read everything that the task names."""
        reader = Reader(self._clients)
        identity = Identity(self._account, self._partition)
        bucket_reading = BucketReading(reader, self._clients, self._options, self._partition)
        wish = self._options.objects
        requests = Requests(wish.budget)
        evaluator = Evaluator(wish)
        inventories = ObjectInventories(reader, self._clients.inventories, wish, requests, evaluator)
        collection = Collection(
            reader,
            bucket_reading,
            identity,
            task=task,
            sink=sink,
            progress=progress,
            objects=ObjectReading(reader, wish, requests, inventories.read),
        )
        try:
            return collection.run(self._options.concurrency)
        finally:
            evaluator.close()

    def try_out(self, kinds: Sequence[type[Resource]], progress: Progress) -> tuple[Tried, ...]:
        """Try each operation that reading these kinds takes."""
        trials = Trials(OPERATIONS)
        reader = TrialReader(self._clients, trials)
        identity = Identity(self._account, self._partition)
        options = replace(self._options, concurrency=1)
        bucket_reading = BucketReading(reader, self._clients, options, self._partition)
        task = Task(kinds=frozenset(kind.of_kind() for kind in kinds), selection=Selection())
        Collection(reader, bucket_reading, identity, task=task, sink=Nowhere(), progress=progress).run(1)
        return trials.results()


def open_session(options: AwsOptions) -> AwsSession:
    """Connect and ask who we are.

    Raises:
        CredentialsError: there are no credentials, or AWS refuses them.
        UsageError: the SDK is not installed, or the region has a wrong name.
    """
    clients = connect(options)
    try:
        caller = Reader(clients).call(GET_CALLER_IDENTITY, clients.region, {}, _Caller).body
    except CallFailed as failure:
        raise CredentialsError(_refused(failure)) from failure
    return AwsSession(
        clients, options, account=caller.account, partition=caller.arn.split(":")[1], identity=caller.arn
    )


def _refused(failure: CallFailed) -> Text:
    unread = failure.unread
    if unread.cause is Cause.NETWORK:
        return Text(
            en=f"AWS cannot be reached ({unread.detail}); check the network, the proxy and AWS_ENDPOINT_URL.",
            ja=f"AWS に接続できません({unread.detail})。ネットワーク、プロキシ、AWS_ENDPOINT_URL を確認してください。",
        )
    if unread.cause is Cause.MALFORMED:
        return Text(
            en="What answers is not AWS; check AWS_ENDPOINT_URL, the network and the proxy.",
            ja="応答が AWS のものではありません。AWS_ENDPOINT_URL、ネットワーク、プロキシを確認してください。",
        )
    reason = failure.code or unread.detail
    return Text(
        en=f"AWS does not accept the credentials ({reason}); sign in again, or check --profile and --role-arn.",
        ja=f"AWS が認証情報を受け付けません({reason})。再度サインインするか、--profile と --role-arn を確認してください。",
    )
