"""What each cloud of the sample estate tells the demo."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from cloudaudit.cli.bilingual import Words


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One cloud of the sample estate.

    Attributes:
        name: the provider's.
        stand_in: what stands in for the cloud, as one sentence that is said when it starts.
        serve: serves it on a port (0 for a free one), with this process's environment pointing at it; yields the URL.
        exports: the environment, for a URL, with which another process reaches it and nothing else.
        arguments: the options, for a URL, that ``cloudaudit scan`` needs beside the environment.
        policy: the audit policy, as TOML.
        planned: the reasons for the exit code that are to be expected, in order. A crash would be one more.
    """

    name: str
    stand_in: Words
    serve: Callable[[int], AbstractContextManager[str]]
    exports: Callable[[str], Mapping[str, str]]
    arguments: Callable[[str], tuple[str, ...]]
    policy: str
    planned: tuple[int, ...]
