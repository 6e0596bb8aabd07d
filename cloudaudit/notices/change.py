"""What a message to a chat says: that something changed, what got worse, and where to read on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, islice

from cloudaudit.assessment import Assessment
from cloudaudit.changes_text import CHANGES, blind_warning
from cloudaudit.diff import GOT_WORSE, Change, ChangedFinding, Changes
from cloudaudit.model import Severity
from cloudaudit.reporting import CLEAN, EXIT_CODE, SEVERITIES, headline, moment, who
from cloudaudit.text import Language, Text

EXAMPLES = 5
"""Findings that are named, the worst of what got worse."""

_NO_CHANGE = frozenset({Change.STILL, Change.OUT_OF_SCOPE})


@dataclass(frozen=True, kw_only=True)
class Example:
    """A finding that got worse. All of it but ``what`` and ``severity`` may be a stranger's words."""

    what: str
    severity: str
    check: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said, in one language, before it is dressed for a chat.

    Attributes:
        target: what was scanned; may be a stranger's words.
        worse: something got worse, or is not known any more.
        lines: whole sentences of ours.
        counts: how many findings changed in each way.
        link: web address of the job; empty for none.
    """

    target: str
    worse: bool
    title: str
    lines: tuple[str, ...]
    counts: Mapping[str, int]
    examples: tuple[Example, ...]
    more: str
    link: str
    link_words: str


def changed(changes: Changes) -> bool:
    """Whether any finding changed; what still fails, or was not looked at, did not."""
    return any(count for change, count in changes.counts.items() if change not in _NO_CHANGE)


def notice_of(assessment: Assessment, changes: Changes, language: Language, link: str) -> Notice:
    """Return what is said of a change."""
    worse = any(changes.counts.get(change) for change in GOT_WORSE)
    lead = assessment.exit[0].reason if assessment.exit else CLEAN
    blind = changes.counts.get(Change.BLIND, 0)
    sentences = (
        Text(
            en=f"Before ({moment(changes.since, 'en')}): {headline(changes.before, 'en')}",
            ja=f"前回({moment(changes.since, 'ja')}): {headline(changes.before, 'ja')}",
        ),
        Text(
            en=f"Now ({moment(assessment.taken_at, 'en')}): {headline(assessment.score.overall, 'en')}",
            ja=f"今回({moment(assessment.taken_at, 'ja')}): {headline(assessment.score.overall, 'ja')}",
        ),
        *([blind_warning(blind)] if blind else []),
        Text(
            en=f"{EXIT_CODE.en.capitalize()} {assessment.exit_code}: {lead.en}",
            ja=f"{EXIT_CODE.ja} {assessment.exit_code}: {lead.ja}",
        ),
    )
    examples = tuple(_examples(changes, language))
    left = sum(changes.counts.get(change, 0) for change in GOT_WORSE) - len(examples)
    more = Text(en=f"and {left} more in the report", ja=f"ほか {left} 件はレポートを参照")
    title = Text(
        en="cloudaudit: something got worse" if worse else "cloudaudit: something changed",
        ja="cloudaudit: 悪化した項目があります" if worse else "cloudaudit: 変化がありました",
    )
    return Notice(
        target=who(assessment.target),
        worse=worse,
        title=title.in_(language),
        lines=tuple(one.in_(language) for one in sentences),
        counts={
            CHANGES[change].in_(language): changes.counts[change]
            for change in Change
            if changes.counts.get(change) and change not in _NO_CHANGE
        },
        examples=examples,
        more=more.in_(language) if left else "",
        link=link,
        link_words=Text(en="Open the job", ja="ジョブを開く").in_(language),
    )


def _examples(changes: Changes, language: Language) -> list[Example]:
    every = chain.from_iterable(changes.examples.get(change, ()) for change in Change if change in GOT_WORSE)
    worst = sorted(every, key=lambda one: (-_rank(one), one.check, one.resource.id))
    return [
        Example(
            what=CHANGES[one.change].in_(language),
            severity=SEVERITIES[one.severity].in_(language),
            check=one.check,
            name=one.resource.name or one.resource.id,
        )
        for one in islice(worst, EXAMPLES)
    ]


def _rank(one: ChangedFinding) -> int:
    severity: Severity = one.severity
    return severity.rank
