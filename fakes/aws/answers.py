"""What every service's answers are made from."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fakes.aws.estate import Bucket, Estate, PolicyText, Region, S3Object
from fakes.aws.routes import Call
from fakes.aws.wire import Answer


@dataclass(kw_only=True)
class State:
    """What the server remembers of an account between requests.

    Attributes:
        buckets: the account's buckets by name.
        report_asked: whether a credential report was asked for.
        report_polls: how often it was asked for since then while not ready.
        held: objects of buckets that were asked for, by key and version.
    """

    buckets: Mapping[str, Bucket]
    report_asked: bool = False
    report_polls: int = 0
    held: dict[str, Mapping[tuple[bytes, str], S3Object]] = field(
        default_factory=dict[str, Mapping[tuple[bytes, str], S3Object]]
    )

    def stored(self, bucket: Bucket) -> Mapping[tuple[bytes, str], S3Object]:
        """Return a bucket's objects by key and version; without a version, the current ones."""
        if bucket.name in self.held:
            return self.held[bucket.name]
        found = {(each.name, each.version or "null"): each for each in bucket.stored}
        current = {(each.name, ""): each for each in bucket.stored if each.latest and not each.marker}
        self.held[bucket.name] = found | current
        return self.held[bucket.name]

    def listed(self, bucket: Bucket) -> Mapping[bytes, tuple[str, int]]:
        """Return the current objects of a bucket: key to time of last change and size."""
        plain = {key.encode(): (changed, 1) for key, changed in bucket.objects.items()}
        current = (each for each in bucket.stored if each.latest and not each.marker)
        return plain | {each.name: (each.changed, each.size) for each in current}


@dataclass(frozen=True, kw_only=True)
class Context:
    """A call together with the account that it reaches; roles may be assumed into ``others``."""

    call: Call
    estate: Estate
    state: State
    others: Mapping[str, Estate] = field(default_factory=dict[str, Estate])

    @property
    def region(self) -> Region:
        """What lies in the region that the request was signed for."""
        return self.estate.regions.get(self.call.region) or Region()

    def size(self, wanted: object, most: int) -> int:
        """Return how many items a page holds: those wanted, but not more than service and test allow."""
        limits = [most, self.estate.page_size or most]
        if wanted:
            limits.append(int(str(wanted)))
        return min(limits)


Handler = Callable[[Context], Answer]


def policy_text(policy: PolicyText) -> str:
    """Return a policy as text."""
    return policy if isinstance(policy, str) else json.dumps(policy)
