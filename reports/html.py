"""report.html: the whole posture as one file that opens by double click and fetches nothing.

The page is HTML first: whoever has no JavaScript reads the score, the themes, what to fix, what is not known and the
worst findings. Scripts add the list of all findings. Every string of the tenant is escaped by the template, or stands
in JSON that cannot end its element; the policy in the head allows the page's own style and script, by their hashes.
"""

from collections.abc import Callable
from itertools import islice
from types import SimpleNamespace
from typing import Any, BinaryIO

from cloudaudit.assessment import Assessment, CheckInfo, Excluded
from cloudaudit.client import warning
from cloudaudit.digest import condense
from cloudaudit.explain import CAUSES
from cloudaudit.ledger import COLUMNS, STANDINGS, Entry, shown_stores, summary
from cloudaudit.model import Finding, Gap, Share, Status
from cloudaudit.reporting import (
    CLEAN,
    EXIT_CODE,
    SEVERITIES,
    STATUSES,
    THEMES,
    ReportOptions,
    detail_in,
    headline,
    moment,
    signature,
    theme_name,
    who,
)
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible
from cloudaudit.waiver_words import HEADS, LEAD, cells, sources, urgent_first
from cloudaudit.waivers import WaiverEntry

from ._html_assets import asset, client_lines, policy, template, wrapped
from ._html_data import SEVERITY_ORDER, STATUS_ORDER, FindingData, island
from ._html_words import WORDS
from ._trend import chart
from ._words import RIGHTS, SCOPES, WHATS, threshold

FILE_NAME = "report.html"

_STYLES = ("base.css", "summary.css", "findings.css", "trend.css", "print.css")
_SCRIPTS = ("text.js", "data.js", "list.js", "detail.js", "app.js")
_FIXES = 8
_EXAMPLES = 3
_WORST = 50
_SHARES = 100
_LEDGER = 200
_BLIND = 4
_TOLD = 6
_NAME = 160
_CELL = 600


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the page; it opens in the first of the languages, and switches between them where there are two."""
    out.writelines(
        text.encode("utf-8", "backslashreplace")
        for text in template("page.html").generate(_context(assessment, options.languages))
    )


def _context(assessment: Assessment, languages: tuple[Language, ...]) -> dict[str, object]:
    from markupsafe import Markup

    style, script = asset(_STYLES), wrapped(_SCRIPTS)
    digest = condense(assessment.findings(), examples=_EXAMPLES)
    data = FindingData(assessment, languages)
    shares = list(islice(assessment.shares(), _SHARES + 1))
    return {
        "assessment": assessment,
        "languages": languages,
        "lang": languages[0],
        "w": SimpleNamespace(**WORDS),
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own file
        "policy": policy(style, script),
        "client": assessment.client,
        "client_lines": client_lines(assessment.client, languages),
        "client_fault": assessment.client and warning(assessment.client, assessment.taken_at),
        "digest": digest,
        "fixes": digest.fix[:_FIXES],
        "more_fixes": max(len({group.check for group in digest.fix[_FIXES:]}), 0),
        "blind_first": digest.blind[:_BLIND],
        "blind_told": _TOLD,
        "worst": assessment.worst(_WORST),
        "shares": shares[:_SHARES],
        "more_shares": _count(assessment) - _SHARES if len(shares) > _SHARES else 0,
        "counts": _counts(assessment),
        "ledger": assessment.ledger,
        "unlisted": assessment.ledger.unlisted[:_LEDGER] if assessment.ledger else (),
        "entries": assessment.ledger.differences[:_LEDGER] if assessment.ledger else (),
        "STANDINGS": STANDINGS,
        "COLUMNS": COLUMNS,
        "ledger_summary": summary(assessment.ledger) if assessment.ledger else None,
        "trend": chart(assessment.trend),
        "data": data,
        "island": _safe_island,
        "ready": Markup,
        "page_words": _page_words(languages, script),
        "f": _Functions(languages),
        "SEVERITIES": SEVERITIES,
        "STATUSES": STATUSES,
        "CLEAN": CLEAN,
        "EXIT_CODE": EXIT_CODE,
        "waivers": urgent_first(assessment),
        "waiver_heads": HEADS,
        "waiver_lead": LEAD,
        "waiver_sources": sources(assessment),
    }


def _safe_island(value: object) -> Any:  # noqa: ANN401 - jinja2's own type of text, imported when a page is made
    from markupsafe import Markup

    return Markup(island(value))  # noqa: S704 - nothing in it can end its element


def _count(assessment: Assessment) -> int:
    return sum(1 for _ in assessment.shares())


def _counts(assessment: Assessment) -> dict[Status, int]:
    counts = assessment.counts
    figures = (counts.fail, counts.not_assessed, counts.waived, counts.pass_, counts.not_applicable)
    return dict(zip(STATUS_ORDER, figures, strict=True))


def _page_words(languages: tuple[Language, ...], script: str) -> dict[str, object]:
    """Return the words that scripts print, by language."""
    return {
        "languages": languages,
        "words": {
            name: [text.in_(language) for language in languages]
            for name, text in WORDS.items()
            if f"'{name}'" in script
        },
        "statuses": [
            {"id": status.value, "name": [STATUSES[status].in_(language) for language in languages]}
            for status in STATUS_ORDER
        ],
        "severities": [
            {"id": severity.value, "name": [SEVERITIES[severity].in_(language) for language in languages]}
            for severity in SEVERITY_ORDER
        ],
        "themes": {
            theme.value: [text.in_(language) for language in languages] for theme, text in THEMES.items()
        },
    }


class _Functions:
    """What the template asks of Python."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self._languages = languages

    visible = staticmethod(visible)
    figure = staticmethod("{:.1f}".format)
    headline = staticmethod(headline)
    moment = staticmethod(moment)
    signature = staticmethod(signature)
    theme_name = staticmethod(theme_name)
    detail_in = staticmethod(detail_in)

    @staticmethod
    def via(share: Share) -> Text:
        """Return what opens it."""
        en, ja = (
            shortened(visible(detail_in(share.via, language)), _NAME) or "–" for language in ("en", "ja")
        )
        return Text(en=en, ja=ja)

    @staticmethod
    def threshold(value: object) -> Text:
        """Return the value of a threshold as a person reads it."""
        return Text(en=threshold(value, "en") or "–", ja=threshold(value, "ja") or "–")

    @staticmethod
    def who(assessment: Assessment) -> str:
        """Return the target, made visible."""
        return visible(who(assessment.target))

    @staticmethod
    def waiver_cell(column: int) -> Callable[[WaiverEntry, Language], str]:
        """Return what fills a column of the table of waivers."""
        return lambda entry, language: shortened(cells(entry, language)[column], _CELL)

    @staticmethod
    def short(text: str) -> str:
        """Return a name that may be long, made visible."""
        return shortened(visible(text), _NAME)

    @staticmethod
    def long(text: str) -> str:
        """Return text of people that may be some lines long, made visible."""
        return shortened(visible(text), 4 * _NAME)

    @staticmethod
    def cause(cause: Any) -> Text:  # noqa: ANN401 - a cause or none, as the digest has it
        """Return why something was not assessed."""
        return CAUSES[cause] if cause else STATUSES[Status.NOT_ASSESSED]

    @staticmethod
    def reason(finding: Finding, language: Language) -> str:
        """Return the fact of a finding, made visible."""
        return visible(finding.reason.in_(language))

    @staticmethod
    def title(info: CheckInfo, language: Language) -> str:
        """Return the title of a check, which may come from a stranger's package."""
        return visible(info.title.in_(language))

    @staticmethod
    def remedy(info: CheckInfo, language: Language) -> str:
        """Return what to do about failures of a check."""
        return visible(info.remediation.in_(language))

    @staticmethod
    def gap_detail(gap: Gap, language: Language) -> str:
        """Return more about a gap, in the provider's words."""
        return shortened(visible(detail_in(gap.detail, language)), _NAME)

    @staticmethod
    def stores(entry: Entry) -> list[str]:
        """Return the names of the stores of a row of the ledger, made visible."""
        return [shortened(visible(name), _NAME) for name in shown_stores(entry)]

    @staticmethod
    def audience(share: Share) -> Text:
        """Return who gets in; everyone in words."""
        if share.audience == "*":
            return Text(en="everyone", ja="すべての人")
        name = visible(share.audience) or "?"
        return Text(en=name, ja=name)

    @staticmethod
    def scope_of(share: Share) -> Text:
        """Return the word for whether everyone or some outsider gets in."""
        return SCOPES.get(share.scope) or Text(en=visible(share.scope) or "?", ja=visible(share.scope) or "?")

    @staticmethod
    def what(item: Excluded) -> Text:
        """Return the word for what was left out."""
        return WHATS.get(item.what) or Text(en=visible(item.what), ja=visible(item.what))

    @staticmethod
    def right_of(share: Share) -> Text:
        """Return the word for a right."""
        return RIGHTS.get(share.right) or Text(en=visible(share.right) or "?", ja=visible(share.right) or "?")

    @staticmethod
    def filled(text: Text, **figures: object) -> Text:
        """Return a text with its figures."""
        return Text(en=text.en.format(**figures), ja=text.ja.format(**figures))
