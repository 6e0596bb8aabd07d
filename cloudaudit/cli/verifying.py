"""The work of ``cloudaudit verify``."""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloudaudit import run
from cloudaudit.assessment import Assessment
from cloudaudit.cli.judging import plan_for
from cloudaudit.cli.sealing import refuse_missing_library
from cloudaudit.cli.streams import printing
from cloudaudit.errors import Exit, UsageError
from cloudaudit.evidence.report import Line, Mark, Report
from cloudaudit.text import Language, Text
from cloudaudit.version import version
from cloudaudit.visible import visible
from cloudaudit.waiver_file import load as load_waivers
from cloudaudit.waivers import Book

if TYPE_CHECKING:  # cryptography is imported when something is verified
    from cloudaudit.evidence.again import Inputs

_DIGEST = re.compile(r"[0-9a-f]{64}")

_HEADINGS: dict[Mark, Text] = {
    Mark.FAILED: Text(en="WRONG", ja="不一致・異常"),
    Mark.VERIFIED: Text(en="Verified", ja="検証済み"),
    Mark.NOT_VERIFIED: Text(en="NOT verified", ja="未検証"),
    Mark.NOTE: Text(en="Note", ja="参考"),
}
_GOOD = Text(
    en="VERIFIED: it is what was sealed, by a key that you named, and the result follows from the snapshot. "
    "What was not verified is listed above.",
    ja="検証結果: 検証済み(指定された鍵で封印された内容と一致し、再判定の結果も一致)。未検証の項目は上記のとおりです。",
)
_SEALED = Text(
    en="VERIFIED as sealed, by a key that you named; nothing was judged again here. "
    "What was not verified is listed above.",
    ja="検証結果: 封印のみ検証済み(指定された鍵で封印された内容と一致。再判定による一致は確認していません)。"
    "未検証の項目は上記のとおりです。",
)
_UNKNOWN = Text(
    en="NOT VERIFIED: nothing is wrong with what was looked at, but the signer is not known.",
    ja="検証結果: 未検証(確認した範囲に異常はありませんが、署名者を確認できません)。",
)
_BAD = Text(
    en="DOES NOT VERIFY: do not rely on it.",
    ja="検証結果: 検証できません(異常あり)。証跡として使用しないでください。",
)


@dataclass(frozen=True, kw_only=True)
class Named:
    """What the user named."""

    keys: tuple[Path, ...]
    authorities: tuple[Path, ...]
    chain: Path | None
    head: str
    checks_dir: Path | None


def verified(file: Path, named: Named, language: Language, *, judge: bool) -> int:
    """Verify a file and print what was found; return the exit code: 0, or 4 where it does not verify.

    Raises:
        CloudauditError: what the user named cannot be used.
    """
    refuse_missing_library()
    report = _report(file, named, judge=judge)
    with printing():
        for mark, heading in _HEADINGS.items():
            _print([line for line in report.lines if line.mark is mark], heading.in_(language), language)
        click.echo(_verdict(report).in_(language))
    return Exit.CLEAN if report.good else Exit.EVIDENCE


def _verdict(report: Report) -> Text:
    if report.good:
        return _GOOD if report.judged_equal else _SEALED
    return _UNKNOWN if report.sound else _BAD


def _report(file: Path, named: Named, *, judge: bool) -> Report:
    from cloudaudit.evidence.again import Judge
    from cloudaudit.evidence.chain import bundles_in
    from cloudaudit.evidence.trust import load
    from cloudaudit.evidence.verify import Question, verify, verify_pdf

    head = named.head.strip().lower()
    if head and not _DIGEST.fullmatch(head):
        raise UsageError(
            Text(
                en=f"{named.head} is no SHA-256; --head takes the 64 digits that `cloudaudit evidence head` printed.",
                ja=f"{named.head} は SHA-256 の値ではありません。"
                "--head には cloudaudit evidence head が表示した 64 桁の値を指定してください。",
            )
        )
    trust = load(named.keys, named.authorities)
    if file.suffix.lower() == ".pdf":
        return verify_pdf(file, trust)
    judging = Judge(
        version=version(),
        assess=_assess,
        plan_for=lambda provider, selection: plan_for(provider, selection, named.checks_dir),
    )
    question = Question(
        trust=trust,
        chain=bundles_in(named.chain) if named.chain else None,
        head=head,
        judge=judging if judge else None,
        now=_now(),
    )
    return verify(file, question)


def _now() -> datetime:
    return datetime.now(UTC)


def _assess(inputs: "Inputs") -> AbstractContextManager[Assessment]:
    """Judge as ``scan`` and ``judge`` do."""
    return run.assess(
        inputs.snapshot,
        inputs.plan,
        inputs.policy,
        inputs.gates,
        tool_version=inputs.tool_version,
        as_of=inputs.as_of,
        waivers=load_waivers(inputs.files["waivers"]) if "waivers" in inputs.files else Book(),
    )


def _print(lines: list[Line], heading: str, language: Language) -> None:
    if not lines:
        return
    click.echo(f"{heading}:")
    for line in lines:
        click.echo(f"  - {visible(line.text.in_(language))}")
