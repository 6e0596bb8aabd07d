"""The yardstick: a bare boto3 loop, 64 threads in one process, that makes the calls of a plan and nothing else.

Run by ``bench.scan`` as ``python -m bench.bare PLAN``. It is boto3 as everyone writes it, with its defaults and one
client; only the pool of connections is as large as the number of threads. The answers are parsed and dropped.
"""

import json
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

THREADS = 64

Job = tuple[str, Mapping[str, int]]
"""A bucket, and how often each operation is called about it."""


def methods(client: Any, jobs: list[Job]) -> dict[str, Callable[..., object]]:  # noqa: ANN401 - the SDK has no types
    """Return the client's method of each operation."""
    python_names: Mapping[str, str] = {
        name: method for method, name in client.meta.method_to_api_mapping.items()
    }
    names = {name for _, operations in jobs for name in operations}
    return {name: getattr(client, python_names[name]) for name in names}


def read(calls: Mapping[str, Callable[..., object]], job: Job) -> None:
    """Make every call about one bucket."""
    bucket, operations = job
    for name, times in operations.items():
        for _ in range(times):
            try:
                calls[name](Bucket=bucket)
            except ClientError:
                continue  # "there is none" is an answer like any other


def main() -> None:
    """Make every call of the plan."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    jobs: list[Job] = [(bucket, operations) for bucket, operations in plan["buckets"].items()]
    boto3: Any = import_module("boto3")  # it has no types
    client = boto3.client("s3", region_name=plan["region"], config=Config(max_pool_connections=THREADS))
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(partial(read, methods(client, jobs)), jobs):
            pass


if __name__ == "__main__":
    main()
