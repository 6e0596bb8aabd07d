"""findings.<language>.csv: every finding a row, then every waiver, for spreadsheets; nothing in it runs as a formula.

Excel reads the byte order mark as UTF-8. A cell that would begin like a formula begins with an apostrophe instead, and
so does one that begins with an apostrophe: taking one away gives the original back.
"""

import csv
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from cloudaudit.actions import HEADINGS, PROGRESS, Action
from cloudaudit.actions import Column as Heading
from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding
from cloudaudit.reporting import SEVERITIES, STATUSES, ReportOptions, theme_name
from cloudaudit.text import Language, Text
from cloudaudit.visible import encoded, visible
from cloudaudit.waiver_words import TITLE as WAIVERS
from cloudaudit.waiver_words import of_finding, people, source, standing, subject, whole

from ._words import cause, parts, remedy_of, title_of

FILE_NAME = "findings.{language}.csv"

Column = tuple[Text, Callable[[Finding], str]]
"""The head of a column, and what it says of a finding."""

_SAID = (Heading.OWNER, Heading.DUE, Heading.DONE_ON, Heading.CAUSE, Heading.ACTION, Heading.NOTE)
_TRIGGERS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")


def safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in _TRIGGERS and text else text


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write a row for each finding, whatever its status; one language."""
    language = options.languages[0]
    out.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Encoded(out), quoting=csv.QUOTE_ALL)
    columns = [
        *_columns(assessment, language),
        *_waiver(assessment, language),
        *_people(assessment, language),
    ]
    writer.writerow([head.in_(language) for head, _ in columns])
    for finding in assessment.findings():
        writer.writerow([safe(cell(finding)) for _, cell in columns])
    for entry in assessment.waivers:
        # In the columns of findings, so that the table stays one; the status tells them apart.
        told = (
            WAIVERS.in_(language),
            "",
            "",
            standing(entry, language),
            subject(entry),
            whole(entry, (language,)),
        )
        rest = {"check": visible(entry.check), "finding id": f"waiver {entry.id}"}
        cells = [*told, *(rest.get(head.en, "") for head, _ in columns[len(told) :])]
        writer.writerow([safe(cell) for cell in cells])


class _Encoded:
    """What the csv module writes to: text to bytes."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode())


def _waiver(assessment: Assessment, language: Language) -> list[Column]:
    """Return the column for what waives a finding, where there are waivers."""
    if not assessment.waivers:
        return []

    def said(one: Finding) -> str:
        return " / ".join(
            f"{standing(entry, language)} · {people(entry, language)} · {source(entry)}"
            for entry in of_finding(one, assessment)
        )

    return [(WAIVERS, said)]


def _people(assessment: Assessment, language: Language) -> list[Column]:
    """Return the columns for what people wrote, where there is any."""
    if not assessment.actions:
        return []
    actions = assessment.actions
    nothing = Action(finding="")

    def said(name: str) -> Callable[[Finding], str]:
        return lambda one: visible(str(getattr(actions.get(one.id, nothing), name) or ""))

    def progress(one: Finding) -> str:
        found = actions.get(one.id, nothing).progress
        return PROGRESS[found].in_(language) if found else ""

    columns: list[Column] = [(HEADINGS[name], said(name.value)) for name in _SAID]
    return [*columns, (HEADINGS[Heading.PROGRESS], progress)]


def _columns(assessment: Assessment, language: Language) -> list[Column]:
    evidence = msgspec.json.Encoder(order="deterministic")
    return [
        (Text(en="status", ja="判定"), lambda one: STATUSES[one.status].in_(language)),
        (Text(en="severity", ja="重要度"), lambda one: SEVERITIES[one.severity].in_(language)),
        (Text(en="theme", ja="テーマ"), lambda one: theme_name(one.theme, language)),
        (Text(en="should be so", ja="満たすべき状態"), lambda one: title_of(assessment, one.check, language)),
        (Text(en="resource", ja="対象"), lambda one: visible(one.resource.name)),
        (Text(en="what was found", ja="確認した事実"), lambda one: visible(one.reason.in_(language))),
        (Text(en="details", ja="内訳"), lambda one: " / ".join(parts(one, language))),
        (Text(en="what to do", ja="対処"), lambda one: remedy_of(assessment, one, language)),
        (Text(en="why not assessed", ja="判定できない理由"), lambda one: cause(one, language)),
        (
            Text(en="permissions to grant", ja="不足している権限"),
            lambda one: visible(", ".join(one.missing_permissions)),
        ),
        (Text(en="kind", ja="種別"), lambda one: visible(one.resource.kind)),
        (Text(en="region", ja="リージョン"), lambda one: visible(one.resource.region)),
        # A bare account number would lose its leading zeros, or become 1.23E+11.
        (
            Text(en="account", ja="アカウント"),
            lambda one: visible(f"{one.resource.provider}:{one.resource.account}"),
        ),
        (Text(en="resource id", ja="対象 ID"), lambda one: visible(one.resource.id)),
        (Text(en="check", ja="チェック ID"), lambda one: visible(one.check)),
        (Text(en="finding id", ja="検出 ID"), lambda one: one.id),
        (Text(en="evidence", ja="証跡"), lambda one: visible(encoded(evidence, one.evidence).decode())),
    ]
