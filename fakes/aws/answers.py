"""What every service's answers are made from."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fakes.aws.estate import Bucket, Estate, PolicyText, Region
from fakes.aws.routes import Call
from fakes.aws.wire import Answer


@dataclass(kw_only=True)
class State:
    """What the server remembers of an account between requests.

    Attributes:
        buckets: the account's buckets by name.
        report_asked: whether a credential report was asked for.
        report_polls: how often it was asked for since then while not ready.
    """

    buckets: Mapping[str, Bucket]
    report_asked: bool = False
    report_polls: int = 0


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
