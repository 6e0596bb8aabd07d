"""Whoever holds s3:* on every bucket can copy or delete all data."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
)
from cloudaudit.providers.aws.identity_policy import holds_all_storage, is_administrator, joined
from cloudaudit.providers.aws.model import Principal, Role
from cloudaudit.providers.aws.policy import Answer

SERVICE_LINKED = "/aws-service-role/"


@check(
    "aws-iam-storage-wildcard",
    title=Text(
        en="Only administrators hold every S3 right on every bucket",
        ja="全バケットに対する S3 の全権限が管理者以外に付与されていない",
    ),
    theme=Theme.ACCESS,
    severity=Severity.MEDIUM,
    on=Principal,
    rationale=Text(
        en="One such key or role is enough to copy, publish or delete the data of every department.",
        ja="このようなキーやロールが1つ悪用されるだけで、全部門のデータが複製・公開・削除され得ます。",
    ),
    remediation=Text(
        en="Name the buckets and actions that are needed instead of s3:* on every resource.",
        ja="全リソースへの s3:* に代えて、必要なバケットと操作だけを指定してください。",
    ),
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",),
)
def storage_wildcard(principal: Principal, _audit: Audit) -> Verdict:
    """Judge users and roles alike; administrators are the business of aws-iam-admin-policy."""
    if isinstance(principal, Role) and principal.path.startswith(SERVICE_LINKED):
        return not_applicable(
            Text(
                en="AWS alone decides what a service-linked role may do.",
                ja="サービスにリンクされたロールの権限は AWS が管理しています。",
            )
        )
    storage = holds_all_storage(principal)
    evidence = {"all_storage": str(storage.answer), "policies": [each.en for each in storage.policies]}
    if storage.answer is Answer.NO:
        return passed(
            Text(
                en="No policy gives every S3 right on every bucket.",
                ja="全バケットへの S3 の全権限を与えるポリシーはありません。",
            ),
            evidence,
        )
    administrator = is_administrator(principal)
    if administrator.answer is Answer.YES:
        return passed(
            Text(en="An administrator, who holds every right.", ja="すべての権限を持つ管理者です。"),
            {**evidence, "administrator": "yes"},
        )
    unread = tuple(dict.fromkeys((*storage.unread, *administrator.unread)))
    if unread:
        not_read(*unread)
    names = joined(storage.policies)
    return failed(
        Text(
            en=f"The rights to read, overwrite, delete and give away the data of every bucket are given by {names.en}.",
            ja=f"{names.ja}により、全バケットのデータの読み取り・上書き・削除・共有ができる権限が付与されています。",
        ),
        evidence,
    )
