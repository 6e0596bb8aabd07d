"""A bucket whose name tells its department can be given back to somebody."""

import re

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed
from cloudaudit.providers.aws.model import Bucket

NAME = re.compile(r"acme-(sales|hr|it)-[a-z0-9-]+")


@check(
    "acme-bucket-name",
    title=Text(en="The bucket's name tells its department", ja="バケット名から所管部門がわかる"),
    theme=Theme.ACCESS,
    severity=Severity.LOW,
    on=Bucket,
    rationale=Text(
        en="Rule 7 of ACME: nobody reviews the access to a bucket of which nobody knows whose it is.",
        ja="ACME 社規程 第7条。所管が不明なバケットは、アクセス権の見直しの対象から漏れます。",
    ),
    remediation=Text(
        en="Make a bucket named acme-<department>-<purpose>, move the objects, and delete the old one.",
        ja="acme-<部門>-<用途> という名称のバケットを作成してオブジェクトを移し、元のバケットを削除してください。",
    ),
    references=("https://wiki.acme.example/rules/7",),
    since="1.0.0",
)
def bucket_name(bucket: Bucket, _audit: Audit) -> Verdict:
    """The name is known of every bucket that was listed, so that this check always comes to an end."""
    evidence = {"pattern": NAME.pattern}
    if NAME.fullmatch(bucket.name):
        return passed(Text(en="The name tells the department.", ja="部門を示す名称です。"), evidence)
    return failed(
        Text(
            en="The name does not begin with acme- and a department.",
            ja="名称が「acme-部門」で始まっていません。",
        ),
        evidence,
    )
