"""The work of ``cloudaudit waivers lint``; apart so that ``--help`` need not import the engine."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from cloudaudit import clock, discovery
from cloudaudit.assessment import Assessment
from cloudaudit.cli.catalogue import installed
from cloudaudit.cli.streams import encoding
from cloudaudit.errors import Exit, UsageError
from cloudaudit.policy import AuditPolicy, policy_of
from cloudaudit.result import open_result
from cloudaudit.text import Language, Text
from cloudaudit.waiver_file import load, terms_of
from cloudaudit.waiver_words import days, people, standing, subject
from cloudaudit.waivers import Book, Reach, Register, Terms, WaiverEntry, unwaived


def look_over(
    path: Path | None,
    *,
    result: Path | None,
    policy: Path | AuditPolicy | None,
    checks_dir: Path | None,
    language: Language,
) -> int:
    """Print how every waiver of a file stands, and return the exit code: 1 when something is wrong.

    Raises:
        UsageError: no file is named, or one cannot be used.
    """
    if path is None:
        raise UsageError(
            Text(
                en="No waiver file is named; write cloudaudit waivers lint waivers.toml, or set waivers in cloudaudit.toml.",
                ja="受容ファイルが指定されていません。cloudaudit waivers lint waivers.toml のように指定するか、"
                "cloudaudit.toml の waivers に記載してください。",
            )
        )
    book = load(path)
    terms = terms_of(policy_of(policy))
    known = frozenset(installed(checks_dir))
    if result is None:
        entries = _alone(book, terms, known, datetime.now(UTC).date())
    else:
        with open_result(result) as assessment:
            entries = _against(book, terms, known, assessment)
    for entry in entries:
        mark = "x" if entry.wrong else "!" if entry.remarkable else " "
        said = (standing(entry, language), subject(entry), people(entry, language), days(entry, language))
        # Windows' Japanese consoles have no middle dot.
        dot = "·" if _has(encoding(), "·") else "|"
        click.echo(f"{mark} {f' {dot} '.join(said)}".replace("·", dot))
    wrong = sum(entry.wrong for entry in entries)
    soon = sum(entry.remarkable for entry in entries) - wrong
    told = Text(
        en=f"waivers: {len(entries)}, wrong: {wrong}, ending soon: {soon}",
        ja=f"受容 {len(entries)} 件、要対応 {wrong} 件、期限間近 {soon} 件",
    )
    click.echo(told.in_(language))
    return Exit.FINDINGS if wrong else Exit.CLEAN


def _has(encoding_name: str, mark: str) -> bool:
    try:
        mark.encode(encoding_name)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _alone(book: Book, terms: Terms, known: frozenset[str], day: date) -> tuple[WaiverEntry, ...]:
    """Judge the waivers by themselves: no check ran, so none can be unused."""
    register = Register(
        book, terms, day, Reach(account="", known=known, ours=known, ran=(), any_account=True)
    )
    return register.entries()


def _against(
    book: Book, terms: Terms, known: frozenset[str], assessment: Assessment
) -> tuple[WaiverEntry, ...]:
    """Judge the waivers against the findings of a result, as they were before waivers.

    Raises:
        UsageError: the result has pseudonyms.
    """
    if assessment.masked:
        raise UsageError(
            Text(
                en="The result has pseudonyms, which no waiver names; give the result.json with names.",
                ja="仮名化された結果とは照合できません。仮名化していない result.json を指定してください。",
            )
        )
    provider = discovery.provider(assessment.target.provider)
    kinds = set(provider.kinds)
    here = {
        name
        for name, check in discovery.checks().items()
        if any(issubclass(kind, check.on) for kind in kinds)
    }
    ran = frozenset(assessment.scope.checks)
    reach = Reach(
        account=assessment.target.account,
        known=known | ran,
        ours=here | ran,
        ran=ran,
        # A run of some checks alone still looked at all resources of theirs.
        narrowed=any(one.what in {"region", "bucket"} for one in assessment.scope.excluded),
    )
    day = clock.parse(assessment.taken_at).date()
    register = Register(book, terms, day, reach)
    for _ in register.apply(map(unwaived, assessment.findings())):
        pass
    return register.entries()
