"""From a saved result and a finding to the worksheet for a suspected leak."""

from datetime import date
from functools import partial
from pathlib import Path

from cloudaudit import discovery
from cloudaudit.cli.naming import refuse
from cloudaudit.cli.output import make_folder, safe, write_whole
from cloudaudit.cli.remembering import with_history
from cloudaudit.errors import UsageError
from cloudaudit.incident.exposure import exposure
from cloudaudit.incident.worksheet import worksheet
from cloudaudit.result import open_result
from cloudaudit.text import Language, Text

_WRITERS = {".pdf": "pdf", ".md": "markdown"}


def write_worksheet(
    result: Path,
    wanted: str,
    entered: date | None,
    out: Path | None,
    history: Path | None,
    language: Language,
) -> list[Path]:
    """Write the worksheet and return the paths.

    Args:
        result: of the saved result.
        wanted: id of the finding.
        entered: the day on which somebody learnt of it.
        out: the file to write; None for a PDF and a Markdown file beside the result.
        history: of earlier runs; None for none.
        language: of the labels.

    Raises:
        UsageError: the result, the finding or the file cannot be used.
        OutputError: the file cannot be written.
    """
    paths = (
        [out] if out else [result.parent / f"incident-{safe(wanted)[:8]}.{language}{end}" for end in _WRITERS]
    )
    writers = [(path, discovery.form_writer(_writer_of(path))) for path in paths]
    refuse([sentence for _, writer in writers if (sentence := writer.missing())])
    with open_result(result) as opened:
        assessment = with_history(opened, history)
        finding = exposure(assessment, wanted)
        taken = [str(path) for path in paths if path.exists()]
        if taken:
            raise _taken(taken)
        document = worksheet(assessment, finding, entered, language)
    for path, writer in writers:
        make_folder(path.parent)
        write_whole(path, partial(writer.write, document))
    return paths


def _writer_of(path: Path) -> str:
    name = _WRITERS.get(path.suffix.lower())
    if name is None:
        raise UsageError(
            Text(
                en=f"{path.name} is neither .pdf nor .md; name a file with one of these endings.",
                ja=f"{path.name} は .pdf でも .md でもありません。いずれかの拡張子を指定してください。",
            )
        )
    return name


def _taken(paths: list[str]) -> UsageError:
    return UsageError(
        Text(
            en=f"There already: {', '.join(paths)}; nothing is overwritten, so name another file with --out.",
            ja=f"すでに存在するファイルがあり、上書きしません: {'、'.join(paths)}。"
            "--out で別のファイルを指定してください。",
        )
    )
