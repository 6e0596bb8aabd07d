"""The work of ``cloudaudit init``; apart so that ``--help`` need not import pydantic."""

from pathlib import Path

import click

from cloudaudit.config.describing import sample
from cloudaudit.errors import OutputError, UsageError
from cloudaudit.text import Language, Text


def begin(path: Path, language: Language) -> None:
    """Write a commented configuration, and say what to do with it.

    Raises:
        UsageError: there is such a file.
        OutputError: it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(sample(language))
    except FileExistsError as error:
        raise UsageError(
            Text(
                en=f"{path} is there already and is never overwritten; name another file with --out.",
                ja=f"{path} はすでに存在し、上書きしません。--out で別のファイルを指定してください。",
            )
        ) from error
    except OSError as error:
        raise OutputError(
            Text(
                en=f"{path} cannot be written ({error.strerror}); name another file with --out.",
                ja=f"{path} に書き込めません({error.strerror})。--out で別のファイルを指定してください。",
            )
        ) from error
    told = Text(
        en=f"{path} is written; take the # away from what you want, then look at it with `cloudaudit config show`.",
        ja=f"{path} を作成しました。必要な行の # を外し、cloudaudit config show で確認してください。",
    )
    click.echo(told.in_(language))
