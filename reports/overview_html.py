"""overview.html: all targets of a fleet on one page that fetches nothing and links to each target's own reports."""

from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import BinaryIO
from urllib.parse import quote

from cloudaudit.client import warning
from cloudaudit.fleet.rows import CHANGES, Overview, Row, State
from cloudaudit.model import Severity
from cloudaudit.reporting import CLEAN, EXIT_CODE, NO_SCORE, SEVERITIES, ReportOptions, moment
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible

from ._html_assets import asset, client_lines, policy, template, wrapped
from ._overview_words import STATES, WORDS

FILE_NAME = "overview.html"

_STYLES = ("base.css", "summary.css", "overview.css", "print.css")
_SCRIPTS = ("overview.js",)
_NAME = 160
_REASON = 400
_FOR_PEOPLE = frozenset({".html", ".md", ".pdf", ".xlsx"})


def render(overview: Overview, options: ReportOptions, out: BinaryIO) -> None:
    """Write the page; it opens in the first of the languages."""
    from markupsafe import Markup

    style, script = asset(_STYLES), wrapped(_SCRIPTS)
    counted = overview.counted()
    context: dict[str, object] = {
        "overview": overview,
        "languages": options.languages,
        "lang": options.languages[0],
        "w": SimpleNamespace(**WORDS),
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "policy": policy(style, script),
        "client": overview.client,
        "client_lines": client_lines(overview.client, options.languages),
        "client_fault": overview.client and warning(overview.client, overview.taken_at),
        "states": [(state.value, STATES[state], counted[state]) for state in _ORDER],
        "failures": overview.failures(),
        "severities": tuple(Severity),
        "compared": any(row.changes is not None for row in overview.targets),
        "f": _Functions,
        "SEVERITIES": SEVERITIES,
        "STATES": STATES,
        "CHANGES": CHANGES,
        "CLEAN": CLEAN,
        "EXIT_CODE": EXIT_CODE,
        "NO_SCORE": NO_SCORE,
    }
    out.writelines(
        text.encode("utf-8", "backslashreplace") for text in template("overview.html").generate(context)
    )


_ORDER = (State.SCANNED, State.FAILED, State.MISSING, State.NOT_SCANNED)


class _Functions:
    """What the template asks of Python."""

    figure = staticmethod("{:.1f}".format)
    moment = staticmethod(moment)

    @staticmethod
    def short(text: str) -> str:
        """Return a name that may be long, made visible."""
        return shortened(visible(text), _NAME)

    @staticmethod
    def long(text: str) -> str:
        """Return text of people that may be some lines long, made visible."""
        return shortened(visible(text), _REASON)

    @staticmethod
    def said(text: Text, language: Language) -> str:
        """Return a sentence that may name things of a tenant, made visible."""
        return shortened(visible(text.in_(language)), _REASON)

    @staticmethod
    def under(row: Row) -> str:
        """Return what stands below a target's title: cloud, account, and the name where it is another."""
        parts = (row.provider.upper(), row.account, row.name if row.name != row.title else "")
        return shortened(visible(" · ".join(part for part in parts if part)), _NAME)

    @staticmethod
    def links(row: Row) -> list[tuple[str, str]]:
        """Return address and label of each file that a person reads, the page first."""
        found = [name for name in row.files if PurePosixPath(name).suffix in _FOR_PEOPLE]
        found.sort(key=lambda name: (PurePosixPath(name).suffix != ".html", name))
        return [(quote(f"{row.name}/{name}"), visible(PurePosixPath(name).name)) for name in found]

    @staticmethod
    def filled(text: Text, **figures: object) -> Text:
        """Return a text with its figures."""
        return Text(en=text.en.format(**figures), ja=text.ja.format(**figures))
