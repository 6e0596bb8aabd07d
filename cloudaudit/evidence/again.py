"""The second and third level: the sealed snapshot is judged again, and the result is compared."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from pathlib import Path

from msgspec import structs

from cloudaudit import discovery, run
from cloudaudit.assessment import Assessment
from cloudaudit.diff import Change, comparison
from cloudaudit.errors import SnapshotError, UsageError
from cloudaudit.evidence import policyfile, statement
from cloudaudit.evidence.bundle import Bundle
from cloudaudit.evidence.container import digest_of
from cloudaudit.evidence.report import Report
from cloudaudit.evidence.statement import Run
from cloudaudit.gates import Gates
from cloudaudit.policy import AuditPolicy
from cloudaudit.providers import Provider
from cloudaudit.reporting import ReportOptions, headline
from cloudaudit.result import open_result, settled
from cloudaudit.snapshot import Selection
from cloudaudit.text import Text

_LARGEST_POLICY = 16 << 20
_DEEP = 2

CHANGES: dict[Change, Text] = {
    Change.NEW: Text(en="failing now", ja="新たに不適合"),
    Change.WORSE: Text(en="failing worse", ja="悪化"),
    Change.UNCOVERED: Text(en="failing, not assessed then", ja="当時は判定不能で今回不適合"),
    Change.BLIND: Text(en="not assessed now", ja="今回は判定不能"),
    Change.FIXED: Text(en="passing now", ja="今回は適合"),
    Change.WAIVED: Text(en="waived now", ja="今回は受容"),
    Change.NOT_APPLICABLE: Text(en="not applicable now", ja="今回は対象外"),
    Change.GONE: Text(en="gone", ja="対象なし"),
    Change.OUT_OF_SCOPE: Text(en="checked by this version no more", ja="このバージョンでは点検対象外"),
}


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a sealed run is judged from again.

    Attributes:
        files: that judging read besides, by what they are, under the names that they had.
    """

    snapshot: Path
    plan: run.Plan
    policy: AuditPolicy
    gates: Gates
    as_of: str
    tool_version: str
    files: Mapping[str, Path]


@dataclass(frozen=True, kw_only=True)
class Judge:
    """What judges here: this version, and the checks that are installed.

    Attributes:
        plan_for: which checks run for a provider and a selection.
        assess: judges; the assessment can be read as long as the context lasts.
    """

    version: str
    plan_for: Callable[[Provider, Selection], run.Plan]
    assess: Callable[[Inputs], AbstractContextManager[Assessment]]


def judge_again(bundle: Bundle, judge: Judge, report: Report) -> None:
    """Judge the snapshot of a bundle that is whole, and compare with the result inside."""
    sealed = bundle.predicate
    if not isinstance(sealed, Run):
        report.not_verified(
            "nothing was judged: this is a folder that was handed over",
            "判定: 引き渡し用のフォルダーのため対象外",
        )
        return
    if sealed.original is not None:
        report.not_verified(
            "not judged again: names are masked, so no snapshot is inside. "
            f"The original with the names has the SHA-256 {sealed.original.bundle}",
            "再判定: 仮名化されておりスナップショットを含まないため、再判定していません。"
            f"原本の SHA-256 は {sealed.original.bundle} です",
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            _compare(bundle, sealed, judge, Path(folder), report)
        except (SnapshotError, ValueError) as error:
            why = (
                error.diagnostics()
                if isinstance(error, SnapshotError)
                else Text(en=str(error), ja=str(error))
            )
            say = report.failed if sealed.tool.version == judge.version else report.not_verified
            say(f"it cannot be judged again: {why.en}", f"再判定できません: {why.ja}")
        except UsageError as error:
            why = error.diagnostics()
            report.not_verified(f"not judged again: {why.en}", f"再判定していません: {why.ja}")


def _compare(bundle: Bundle, sealed: Run, judge: Judge, folder: Path, report: Report) -> None:
    snapshot, result, again = (folder / name for name in (statement.SNAPSHOT, statement.RESULT, "again.json"))
    bundle.container.extract(statement.SNAPSHOT, snapshot)
    bundle.container.extract(statement.RESULT, result)
    policy = policyfile.decode(bundle.container.read(statement.POLICY, _LARGEST_POLICY))
    with run.open_snapshot(snapshot) as opened:
        header = opened.header
    plan = judge.plan_for(discovery.provider(header.provider), header.selection)
    inputs = Inputs(
        snapshot=snapshot,
        plan=plan,
        policy=policy,
        gates=sealed.gates,
        as_of=sealed.as_of,
        tool_version=judge.version,
        files=_inputs(bundle, folder),
    )
    with judge.assess(inputs) as judged, open_result(result) as inside:
        if not _same_checks(judged, sealed):
            _differences(inside, judged, report)
            return
        with again.open("wb") as out:
            discovery.report("json").render(_as_sealed(judged, inside, sealed.gates), ReportOptions(), out)
        beside = _beside(inside)
    if digest_of(again) != bundle.files[statement.RESULT]:
        report.failed(
            f"judged again with the same version ({judge.version}) and checks, another result comes out: "
            "result.json was not made from this snapshot",
            f"同一バージョン({judge.version})・同一チェックで再判定した結果が一致しません"
            "(result.json はこのスナップショットから作成されたものではありません)",
        )
        return
    report.verified(
        f"judged again with the same version ({judge.version}) and checks: result.json comes out byte for byte",
        f"同一バージョン({judge.version})・同一チェックで再判定し、result.json が完全に一致",
    )
    if beside:
        report.not_verified(
            f"what stands in result.json besides what was judged, as people or other files told it: {', '.join(beside)}",
            f"result.json のうち判定結果以外の記載(人または他のファイルによるもの): {'、'.join(beside)}",
        )


def _inputs(bundle: Bundle, folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for name in bundle.files:
        if name.startswith(statement.INPUTS) and name.count("/") == _DEEP:
            _, what, file = name.split("/")
            place = folder / statement.INPUTS / what / file
            place.parent.mkdir(parents=True, exist_ok=True)
            bundle.container.extract(name, place)
            found[what] = place
    return found


JUDGED = frozenset(
    {
        "tool",
        "target",
        "taken_at",
        "scope",
        "policy",
        "score",
        "counts",
        "gaps",
        "exit",
        "shares",
        "checks",
        "findings",
        "resources",
    }
)
"""What follows from the snapshot alone. All else in a result was told by people or other files, and is taken as it stands."""

_NOT_IN_A_RESULT = frozenset({"schema", "masked", "actions", "changes", "signed_with"})


def _as_sealed(judged: Assessment, inside: Assessment, gates: Gates) -> Assessment:
    """Return the sealed result with everything that was judged in the place of what stood there."""
    # The same version and checks in another installation: only the installation's own digest may differ.
    tool = structs.replace(judged.tool, wheel_digest=inside.tool.wheel_digest)
    rendered = settled(replace(judged, tool=tool))
    # What is new follows from the night before, which is not in the bundle.
    judged_here = JUDGED - {"exit"} if gates.only_new else JUDGED
    return replace(inside, **{name: getattr(rendered, name) for name in judged_here})


def _beside(inside: Assessment) -> list[str]:
    """Return the names of what a result holds that no judging brings."""
    names = (field.name for field in fields(Assessment))
    told = [name for name in names if name not in JUDGED | _NOT_IN_A_RESULT]
    return [name for name in told if not callable(getattr(inside, name)) and getattr(inside, name)]


def _same_checks(judged: Assessment, sealed: Run) -> bool:
    """Whether the same version judges here, with the same checks, and leaves out the same."""
    here, there = judged.tool, sealed.tool
    known = {one.id for one in judged.scope.excluded if one.what == "check"}
    return (here.version, here.checks_digest, known) == (
        there.version,
        there.checks_digest,
        set(sealed.checks_not_run),
    )


def _differences(sealed: Assessment, judged: Assessment, report: Report) -> None:
    """Say what another version finds; that is no tampering, and no proof either."""
    report.not_verified(
        f"that the result follows from the snapshot: it was judged by version {sealed.tool.version} with checks "
        f"{sealed.tool.checks_digest[:12]}, here are {judged.tool.version} and {judged.tool.checks_digest[:12]}",
        f"結果の再現性: 封印時のバージョン {sealed.tool.version}・チェック {sealed.tool.checks_digest[:12]} と、"
        f"この環境の {judged.tool.version}・{judged.tool.checks_digest[:12]} が異なります",
    )
    with comparison(sealed, judged) as changes:
        told = {change: count for change, count in changes.counts.items() if change in CHANGES}
    en = ", ".join(f"{count} {CHANGES[change].en}" for change, count in told.items()) or "no finding differs"
    ja = (
        "、".join(f"{CHANGES[change].ja} {count} 件" for change, count in told.items())
        or "判定に差はありません"
    )
    then, now = sealed.score.overall, judged.score.overall
    report.note(
        f"judged again by another version, which is no tampering: {en}; "
        f"score then {headline(then, 'en')}, now {headline(now, 'en')}",
        f"別バージョンによる再判定(差異は改ざんを意味しません): {ja}。"
        f"スコア: 封印時 {headline(then, 'ja')}、今回 {headline(now, 'ja')}",
    )
