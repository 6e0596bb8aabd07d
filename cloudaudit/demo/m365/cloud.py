"""The Microsoft 365 part of the sample estate, as the demo runs it."""

from cloudaudit.cli.bilingual import Words
from cloudaudit.demo.cloud import Cloud
from cloudaudit.demo.m365.estate import POLICY, arguments, exports, running
from cloudaudit.errors import Exit

M365 = Cloud(
    name="m365",
    stand_in=Words(
        "Starting the Microsoft 365 part of the sample estate: an own stand-in for Graph, not Microsoft ...",
        "サンプル環境(Microsoft 365)を起動しています(Microsoft ではなく、Graph を模した独自の応答です)…",
    ),
    serve=running,
    exports=exports,
    arguments=arguments,
    policy=POLICY,
    # The estate refuses some reads, and it has findings.
    planned=(Exit.INCOMPLETE, Exit.FINDINGS),
)
