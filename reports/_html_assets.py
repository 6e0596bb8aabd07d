"""Templates, styles and scripts of the pages, and the policy that allows a page its own and nothing else."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cloudaudit.client import Client, lines
from cloudaudit.text import Language

_FOLDER = Path(__file__).with_name("html_page")


def template(name: str) -> Any:  # noqa: ANN401 - jinja2 is imported when a page is made
    """Return a template that escapes every string by itself."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def asset(names: Sequence[str]) -> str:
    """Return files one after the other."""
    # Read as text, so that line ends are those that a browser makes of them before it compares the hash.
    return "".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def wrapped(names: Sequence[str]) -> str:
    """Return scripts as one that leaves no names behind."""
    return f"(() => {{\n'use strict';\n{asset(names)}}})();\n"


def policy(style: str, script: str) -> str:
    """Return the content security policy of a page that fetches nothing."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def client_lines(
    client: Client | None, languages: Sequence[Language]
) -> list[dict[Language, tuple[str, str]]]:
    """Return what is said of the client, each line in every language; nothing where there is none."""
    if client is None:
        return []
    told = [list(lines(client, language)) for language in languages]
    return [dict(zip(languages, line, strict=True)) for line in zip(*told, strict=True)]


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
