"""A website endpoint serves a bucket to browsers, without TLS."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.aws.model import Bucket
from cloudaudit.providers.aws.policy import PUBLIC, Exposure, Opening, Right
from cloudaudit.providers.aws.public_verdict import USES, exposure_in, noted, save_for_objects, stands


@check(
    "aws-s3-bucket-website",
    title=Text(
        en="Bucket is not served as a public website, or the website is approved",
        ja="バケットが Web サイトとして公開されていない、または公開が承認されている",
    ),
    theme=Theme.SHARING,
    severity=Severity.MEDIUM,
    on=Bucket,
    uses=USES,
    rationale=Text(
        en="A website endpoint makes every readable object a page that search engines index, over plain "
        "HTTP.",
        ja="Web サイトエンドポイントでは、閲覧可能なオブジェクトがすべて暗号化なしの HTTP で公開され、検索"
        "エンジンにも登録されます。",
    ),
    remediation=Text(
        en="Delete the website configuration or serve the site through CloudFront; name an intended site in"
        " approved_websites.",
        ja="Web サイト設定を削除するか CloudFront 経由で配信してください。意図した公開であれば "
        "approved_websites に登録してください。",
    ),
    command="aws s3api delete-bucket-website --bucket NAME",
    references=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html",),
    settings=("approved_websites",),
)
def website(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge whether there is a website, whether it is approved, and whether the public can read its objects.

    To read the bucket's own settings, which is all that its ACL can give, makes no page.
    """
    if isinstance(bucket.website, Unread):
        shut = exposure_in(bucket, audit)
        if not _pages(shut) and not shut.unread(PUBLIC, (Right.READ,)):
            reason = Text(
                en="The public cannot read the objects, so that a website could show nothing to anyone.",
                ja="不特定多数がオブジェクトを閲覧できないため、Web サイト設定の有無にかかわらず公開されません。",
            )
            return passed(save_for_objects(reason, shut), shut.evidence(PUBLIC, (Right.READ,)))
    site = value(bucket.website)
    if site is None:
        return passed(
            Text(en="No website is configured.", ja="Web サイト設定はありません。"), {"website": False}
        )
    evidence = {"website": True, "index_document": site.index_document, "redirect_to": site.redirect_to}
    if bucket.name in audit.policy.approved_websites:
        return passed(
            Text(en="The website is approved by the policy.", ja="監査ポリシーで承認された Web サイトです。"),
            evidence,
        )
    if site.redirect_to:
        return passed(
            Text(
                en="The website only redirects to another host and serves no object.",
                ja="別ホストへのリダイレクトのみで、オブジェクトは配信していません。",
            ),
            evidence,
        )
    found = exposure_in(bucket, audit)
    if pages := _pages(found):
        stands(found, pages, found.unread(PUBLIC, (Right.READ,)))
        reason = Text(
            en="The bucket is served to everyone as a website that nobody approved.",
            ja="承認されていない Web サイトとして誰でも閲覧できる状態です。",
        )
        return failed(
            noted(reason, found),
            {**evidence, **found.evidence(PUBLIC, (Right.READ,))},
        )
    unread = found.unread(PUBLIC, (Right.READ,))
    if unread:
        not_read(*unread)
    reason = Text(
        en="A website is configured, but the public cannot read the objects.",
        ja="Web サイト設定はありますが、不特定多数による閲覧はできません。",
    )
    return passed(save_for_objects(reason, found), evidence)


def _pages(found: Exposure) -> tuple[Opening, ...]:
    """Return the ways by which everyone reads objects: a website answers with s3:GetObject."""
    return tuple(each for each in found.open_to(PUBLIC, (Right.READ,)) if "s3:getobject" in each.actions)
