"""Corrective actions: what people wrote beside findings, carried from one report to the next.

They are kept in a file of their own, apart from ``result.json``: what people write never touches what was judged.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from cloudaudit.errors import UsageError
from cloudaudit.model import Status
from cloudaudit.text import Language, Text
from cloudaudit.visible import encoded

SCHEMA = 1
FINDING_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Progress(StrEnum):
    """How far a corrective action is."""

    OPEN = "open"
    UNDERWAY = "underway"
    DONE = "done"


PROGRESS: dict[Progress, Text] = {
    Progress.OPEN: Text(en="not started", ja="未着手"),
    Progress.UNDERWAY: Text(en="under way", ja="対応中"),
    Progress.DONE: Text(en="done", ja="完了"),
}


class Action(Struct, frozen=True, kw_only=True):
    """What people wrote about one finding.

    Attributes:
        finding: the id of the finding.
        resource: what the sheet called the resource, for a finding that is no longer in any result.
        requirement: the title of the check, for the same.
        due: a day, ``2026-12-31``; empty where none was given. So is ``done_on``.
    """

    finding: str
    resource: str = ""
    requirement: str = ""
    cause: str = ""
    action: str = ""
    owner: str = ""
    due: str = ""
    progress: Progress | None = None
    done_on: str = ""
    note: str = ""


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: Literal[1]
    actions: tuple[Action, ...]


class Confirmation(StrEnum):
    """What a new result says about a finding with an action."""

    FIXED = "fixed"
    STILL_FAILING = "still-failing"
    NOT_ASSESSED = "not-assessed"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    GONE = "gone"


CONFIRMATIONS: dict[Confirmation, Text] = {
    Confirmation.FIXED: Text(en="fixed", ja="是正を確認"),
    Confirmation.STILL_FAILING: Text(en="still failing", ja="不適合が継続"),
    Confirmation.NOT_ASSESSED: Text(en="not assessed", ja="判定不能のため未確認"),
    Confirmation.WAIVED: Text(en="waived", ja="受容"),
    Confirmation.NOT_APPLICABLE: Text(en="no longer applicable", ja="対象外に変更"),
    Confirmation.GONE: Text(en="not in this result", ja="今回の結果に該当なし"),
}
_BY_STATUS = {
    Status.PASS: Confirmation.FIXED,
    Status.FAIL: Confirmation.STILL_FAILING,
    Status.NOT_ASSESSED: Confirmation.NOT_ASSESSED,
    Status.WAIVED: Confirmation.WAIVED,
    Status.NOT_APPLICABLE: Confirmation.NOT_APPLICABLE,
}


def confirmation(status: Status | None) -> Confirmation:
    """Return what a status means for the action on a finding; None where the finding is not in the result."""
    return Confirmation.GONE if status is None else _BY_STATUS[status]


class Column(StrEnum):
    """A column of the sheet of corrective actions that reading it back needs."""

    RESOURCE = "resource"
    REQUIREMENT = "requirement"
    CAUSE = "cause"
    ACTION = "action"
    OWNER = "owner"
    DUE = "due"
    PROGRESS = "progress"
    DONE_ON = "done_on"
    NOTE = "note"
    FINDING = "finding"


HEADINGS: dict[Column, Text] = {
    Column.RESOURCE: Text(en="Resource", ja="対象"),
    Column.REQUIREMENT: Text(en="Required state", ja="満たすべき状態"),
    Column.CAUSE: Text(en="Cause", ja="原因"),
    Column.ACTION: Text(en="Corrective action", ja="是正処置"),
    Column.OWNER: Text(en="Owner", ja="担当者"),
    Column.DUE: Text(en="Due date", ja="期限"),
    Column.PROGRESS: Text(en="Progress", ja="対応状況"),
    Column.DONE_ON: Text(en="Completed on", ja="完了日"),
    Column.NOTE: Text(en="Note", ja="備考"),
    Column.FINDING: Text(en="Finding ID", ja="検出 ID"),
}
"""The words in the head of the sheet, by which its columns are found again."""

SHEET = Text(en="Corrective actions", ja="是正処置一覧")


def heading(column: Column, language: Language) -> str:
    """Return the word in the head of a column."""
    return HEADINGS[column].in_(language)


def dump(actions: Iterable[Action]) -> bytes:
    """Return the actions file, ordered by finding."""
    encoder = msgspec.json.Encoder()
    lines = [encoded(encoder, action) for action in sorted(actions, key=lambda action: action.finding)]
    return b'{"schema": %d, "actions": [\n' % SCHEMA + b",\n".join(lines) + b"\n]}\n"


def load(path: Path) -> Mapping[str, Action]:
    """Read an actions file; return the actions by finding.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The actions file {path} cannot be read ({error.strerror}); check the path given with --actions.",
                ja=f"是正処置ファイル {path} を読み込めません({error.strerror})。--actions の指定を確認してください。",
            )
        ) from error
    try:
        read = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            Text(
                en=f"{path} is no actions file ({error}); make one with: cloudaudit actions import SHEET.xlsx",
                ja=f"{path} は是正処置ファイルではありません({error})。"
                "cloudaudit actions import で記入済みの表から作成してください。",
            )
        ) from error
    return {action.finding: action for action in read.actions}
