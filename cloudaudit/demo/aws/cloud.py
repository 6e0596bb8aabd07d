"""The AWS part of the sample estate, as the demo runs it."""

from collections.abc import Generator
from contextlib import contextmanager

from cloudaudit.cli.bilingual import Words
from cloudaudit.demo.aws.estate import POLICY, exports, running
from cloudaudit.demo.cloud import Cloud
from cloudaudit.errors import Exit


@contextmanager
def _served(port: int) -> Generator[str]:
    with running(port) as estate:
        yield estate.url


AWS = Cloud(
    name="aws",
    stand_in=Words(
        "Starting the AWS part of the sample estate: moto with own handlers in front of it, not AWS ...",
        "サンプル環境(AWS)を起動しています(AWS ではなく、moto に独自の応答を加えたものです)…",
    ),
    serve=_served,
    exports=exports,
    arguments=lambda _url: ("--objects", "auto"),
    policy=POLICY,
    # The estate refuses some reads, and it has findings.
    planned=(Exit.INCOMPLETE, Exit.FINDINGS),
)
