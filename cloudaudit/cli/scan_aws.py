"""``cloudaudit scan aws``."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, languages_of, option
from cloudaudit.text import Text

if TYPE_CHECKING:  # --help need not import the engine
    from cloudaudit.providers.aws.session import AwsSession

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


@click.command(
    cls=Command,
    words=Words(
        "Scan an AWS account with the ordinary boto3 credentials. Only settings are read, and nothing is changed.",
        "通常の boto3 の認証情報で AWS アカウントをスキャンします。設定の読み取りのみで、変更は行いません。",
    ),
)
@option(
    "--profile", metavar="NAME", words=Words("Profile of the AWS configuration.", "AWS 設定のプロファイル名")
)
@option("--role-arn", metavar="ARN", words=Words("Role to assume in the account.", "引き受けるロールの ARN"))
@option("--external-id", metavar="ID", words=Words("External id for that role.", "ロールの外部 ID"))
@options.regions
@options.buckets
@options.objects("local", "spark", "athena")
@options.scanning(concurrency=32)
@options.judging
@click.pass_context
def aws(
    ctx: click.Context,
    /,
    *,
    profile: str | None,
    role_arn: str | None,
    external_id: str | None,
    regions: tuple[str, ...],
    max_rps: float | None,
    concurrency: int,
    **given: Any,  # noqa: ANN401 - passed on by name
) -> None:
    """Scan an AWS account and leave with the exit code of its assessment."""
    from cloudaudit.cli.scanning import scan

    wish = options.objects_wish(given)

    def connect() -> "AwsSession":
        return session(
            profile=profile,
            role_arn=role_arn,
            external_id=external_id,
            region=min(regions, default=None),
            max_rps=max_rps,
            concurrency=concurrency,
            objects=wish,
        )

    faults = (*_region_faults(regions), *role_faults(role_arn))
    if wish.looking == "estimate":
        from cloudaudit.cli.telling_cost import Estimating, tell_cost
        from cloudaudit.inventory.cost import Pace
        from cloudaudit.providers.aws.object_reading import looks
        from cloudaudit.providers.aws.prices import PRICES

        what = Estimating(provider="aws", check="aws-s3-object-public-acl", looks=looks, prices=PRICES)
        pace = Pace(concurrency=concurrency, max_rps=max_rps)
        ctx.exit(
            tell_cost(
                what, connect, faults, wish, pace, regions=regions, languages=languages_of(ctx), **given
            )
        )
    ctx.exit(
        scan(
            "aws", connect, faults, regions=regions, languages=languages_of(ctx), objects=wish.label, **given
        )
    )


def session(**given: Any) -> "AwsSession":  # noqa: ANN401 - options of the connection, by name
    """Connect with what the user gave, named as in ``AwsOptions``.

    Raises:
        CredentialsError: there are no credentials, or AWS refuses them.
        UsageError: the SDK is not installed, or the region has a wrong name.
    """
    from cloudaudit.providers.aws.connect import AwsOptions
    from cloudaudit.providers.aws.session import open_session

    return open_session(AwsOptions(**given))


def _region_faults(regions: tuple[str, ...]) -> Iterator[Text]:
    if os.environ.get("AWS_ENDPOINT_URL"):  # another endpoint may name its regions as it likes
        return
    from cloudaudit.cli.naming import unknown
    from cloudaudit.providers.aws.regions import PLACES

    where = Text(en="see --region or AWS's list of regions.", ja="--region の指定を確認してください。")
    yield from unknown(regions, PLACES, Text(en="AWS region", ja="AWS リージョン"), where)


def role_faults(role_arn: str | None) -> Iterator[Text]:
    """Yield what is wrong with the ARN of a role."""
    if role_arn is not None and _ROLE.fullmatch(role_arn) is None:
        like = "arn:aws:iam::111122223333:role/cloudaudit"
        yield Text(
            en=f"{role_arn} is no ARN of a role; write it like {like}.",
            ja=f"{role_arn} はロールの ARN ではありません。{like} の形式で指定してください。",
        )
