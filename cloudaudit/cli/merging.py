"""The work of ``cloudaudit merge``; apart from it so that ``--help`` need not import the engine."""

from pathlib import Path

from cloudaudit.cli.fleet_output import print_overview, write_overviews
from cloudaudit.cli.output import make_folder
from cloudaudit.errors import OutputError, UsageError
from cloudaudit.fleet.merge import merged, read_parts
from cloudaudit.text import Language, Text
from cloudaudit.version import version


def run_merge(
    folders: tuple[Path, ...], out: Path, languages: tuple[Language, ...], *, quiet: bool, plain: bool
) -> int:
    """Merge shards, write the overview and return the exit code.

    Raises:
        UsageError: the folders are not shards of one run, or the output folder is not empty.
        OutputError: the output cannot be written.
    """
    parts = read_parts(folders)
    if out.exists() and any(out.iterdir()):
        raise UsageError(
            Text(
                en=f"The folder {out} is not empty, and nothing is overwritten; name another with --out.",
                ja=f"フォルダー {out} は空ではなく、上書きしません。--out で別のフォルダーを指定してください。",
            )
        )
    make_folder(out)
    try:
        whole = merged(parts, out, version())
    except OSError as error:
        raise OutputError(
            Text(
                en=f"{out} cannot be written ({error.strerror}); free space and merge again.",
                ja=f"{out} に書き込めません({error.strerror})。空き容量を確保して再実行してください。",
            )
        ) from error
    whole, written = write_overviews(whole, out, languages)
    if not quiet:
        print_overview(whole, written, languages[0], plain=plain)
    return whole.code
