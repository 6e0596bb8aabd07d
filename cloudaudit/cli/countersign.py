"""``cloudaudit countersign``: a second signature beside sealed evidence."""

from pathlib import Path

import click

from cloudaudit.cli import options
from cloudaudit.cli.bilingual import Command, Words, option


@click.command(
    cls=Command,
    words=Words(
        "Add a second signature over sealed evidence, in a file beside it. The evidence itself stays as it is.",
        "封印された証跡に対する副署を、同じフォルダーの別ファイルとして追加します。証跡自体は変更しません。",
    ),
)
@click.argument("bundle", type=click.Path(path_type=Path))
@options.key
@option(
    "--role",
    required=True,
    metavar="TEXT",
    words=Words(
        "In which role you sign, such as 個人情報保護管理者.",
        "署名者の役割(個人情報保護管理者、監査責任者など)",
    ),
)
@option("--name", required=True, metavar="NAME", words=Words("Your name.", "署名者の氏名"))
@options.lang
@options.debug
def countersign(bundle: Path, key: str | None, role: str, name: str) -> None:
    """Sign, and print the path of the file that was written."""
    from cloudaudit.cli.countersigning import countersigned

    click.echo(str(countersigned(bundle, key, role, name)))
