"""Verify a bundle on every level, alone and in its chain, without a network; nothing is trusted but what was named."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cloudaudit.errors import EvidenceError
from cloudaudit.evidence import chain, countersign, pdf
from cloudaudit.evidence.again import Judge, judge_again
from cloudaudit.evidence.bundle import open_bundle
from cloudaudit.evidence.chain import Night
from cloudaudit.evidence.integrity import examine
from cloudaudit.evidence.report import Report
from cloudaudit.evidence.statement import Export, Run
from cloudaudit.evidence.trust import Trust
from cloudaudit.reporting import headline, moment, who


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the verifier brings along.

    Attributes:
        chain: bundles of the same target's other nights; None where the chain was not asked for.
        head: SHA-256 that an auditor kept of a bundle; empty for none.
        judge: None to leave the judging out.
    """

    trust: Trust
    chain: tuple[Path, ...] | None = None
    head: str = ""
    judge: Judge | None = None


def verify(path: Path, question: Question) -> Report:
    """Return what was found; a file that is no bundle is one fault, and nothing else is said of it."""
    report = Report()
    try:
        with open_bundle(path) as bundle:
            waivers = examine(bundle, question.trust, report)
            if question.judge is not None and report.sound:
                judge_again(bundle, question.judge, report)
            countersign.examine(path, bundle.sha256, bundle.predicate.signing.key, question.trust, report)
            _about(bundle.predicate, report)
            if isinstance(bundle.predicate, Run):
                night = Night(path, bundle.sha256, bundle.predicate, waivers)
                _in_chain(night, question, report)
            elif question.head:
                _alone(bundle.sha256, question.head, report)
    except EvidenceError as error:
        text = error.diagnostics()
        report.failed(text.en, text.ja)
    return report


def verify_pdf(path: Path, trust: Trust) -> Report:
    """Return what was found about a PDF by itself: only its own signature can be looked at."""
    report = Report()
    try:
        with path.open("rb") as file:
            content = file.read(pdf.MOST + 1)
    except OSError as error:
        report.failed(
            f"{path} cannot be read ({error.strerror})", f"{path} を読み込めません({error.strerror})"
        )
        return report
    from cryptography.hazmat.primitives.serialization import Encoding

    known = {one.public_bytes(Encoding.DER) for one in trust.certificates}
    fault = pdf.fault(content, lambda der: not known or der in known)
    if fault:
        report.failed(f"the PDF's signature: {fault}", f"PDF の電子署名: {fault}")
    elif known:
        report.signer_known = True
        report.verified(
            "the PDF as a whole is as it was signed, with the certificate that you named",
            "PDF 全体が署名時のままであること(指定された証明書による電子署名)",
        )
    else:
        report.not_verified(
            "who signed it: the PDF is as it was signed, but its certificate is its own word; name it with --key",
            "署名者: PDF は署名時のままですが、証明書はこのファイル自身のものです。--key で指定してください",
        )
    return report


def _about(predicate: Run | Export, report: Report) -> None:
    """Say what the bundle is of, as it says itself."""
    if isinstance(predicate, Export):
        report.note(
            f"the folder {predicate.name}, sealed at {moment(predicate.sealed_at, 'en')}; "
            f"left out: {', '.join(predicate.left_out) or 'nothing'}",
            f"フォルダー {predicate.name}({moment(predicate.sealed_at, 'ja')} 封印)。"
            f"除外: {'、'.join(predicate.left_out) or 'なし'}",
        )
        return
    score, counts = predicate.score.overall, predicate.counts
    report.note(
        f"{who(predicate.target)}, {moment(predicate.taken_at, 'en')}: {headline(score, 'en')}; "
        f"{counts.fail} failed, {counts.not_assessed} not assessed",
        f"{who(predicate.target)}、{moment(predicate.taken_at, 'ja')}: {headline(score, 'ja')}、"
        f"不適合 {counts.fail} 件、判定不能 {counts.not_assessed} 件",
    )


def _alone(sha256: str, head: str, report: Report) -> None:
    if sha256 == head:
        report.verified("it is the bundle whose digest you kept", "控えておいた値と一致")
    else:
        report.failed(
            f"it is not the bundle whose digest you kept: its SHA-256 is {sha256}",
            f"控えておいた値と一致しません(このファイルの SHA-256: {sha256})",
        )


def _in_chain(night: Night, question: Question, report: Report) -> None:
    if not night.run.chain.joined:
        reason = chain.REASONS.get(night.run.chain.reason)
        report.note(
            f"it is no night of the chain: {reason.en if reason else '?'}",
            f"連鎖に含まれない証跡です({reason.ja if reason else '?'})",
        )
    if question.chain is None:
        _without_chain(night, question, report)
        return
    nights = _nights(night, question.chain, question.trust, report)
    faults = chain.faults(nights)
    report.fail_each(faults)
    report.fail_each(chain.waiver_faults(nights))
    if night.run.chain.joined and night.sha256 not in {one.sha256 for one in nights}:
        report.failed("it is not in the chain", "指定された連鎖の中にこの証跡がありません")
    if nights and not faults:
        report.verified(
            f"the chain: {len(nights)} night(s) from {nights[0].run.taken_at} to {nights[-1].run.taken_at}, "
            "each naming the one before",
            f"連鎖: {nights[0].run.taken_at} から {nights[-1].run.taken_at} までの {len(nights)} 件が連続",
        )
    _kept_head(nights, question.head, report)


def _without_chain(night: Night, question: Question, report: Report) -> None:
    if question.head:
        _alone(night.sha256, question.head, report)
    if night.run.chain.joined:
        report.not_verified(
            f"the nights before and after (this is night {night.run.chain.sequence}): name their folder with --chain",
            f"前後の証跡との連続性(この証跡は {night.run.chain.sequence} 番目): "
            "--chain でフォルダーを指定してください",
        )


def _kept_head(nights: list[Night], head: str, report: Report) -> None:
    if not head:
        if nights:
            report.not_verified(
                "that no night was cut off at the end: compare with a digest that you kept, with --head",
                "末尾の証跡が取り除かれていないこと: 控えておいた値を --head で指定してください",
            )
        return
    places = [place for place, night in enumerate(nights) if night.sha256 == head]
    if not places:
        report.failed(
            "the night whose digest you kept is not in the chain: its end was cut off, or it was made anew",
            "控えておいた値の証跡が連鎖の中にありません(末尾が取り除かれたか、作り直されています)",
        )
        return
    later = len(nights) - 1 - places[0]
    report.verified(
        f"the night whose digest you kept is in the chain, with {later} after it",
        f"控えておいた値の証跡が連鎖に含まれること(以後 {later} 件)",
    )


def _nights(night: Night, paths: Iterable[Path], trust: Trust, report: Report) -> list[Night]:
    """Examine every bundle of the chain; return its nights in order."""
    found: dict[str, Night] = {night.sha256: night} if night.run.chain.joined else {}
    counted: Counter[str] = Counter()
    for path in paths:
        if path.resolve() == night.path.resolve():
            continue
        own = Report()
        try:
            with open_bundle(path) as bundle:
                if not chain.is_night_of(bundle.predicate, night.run.target):
                    continue
                if not isinstance(bundle.predicate, Run):
                    continue
                waivers = examine(bundle, trust, own)
                found.setdefault(bundle.sha256, Night(path, bundle.sha256, bundle.predicate, waivers))
        except EvidenceError as error:
            own.fail_each([error.diagnostics()])
        for line in own.lines:
            if line.mark.value == "failed":
                report.failed(f"{path.name}: {line.text.en}", f"{path.name}: {line.text.ja}")
        counted["unknown"] += not own.signer_known
    if counted["unknown"]:
        report.signer_known = False
        report.not_verified(
            f"who signed {counted['unknown']} of the other nights",
            f"他の {counted['unknown']} 件の証跡の署名者",
        )
    return sorted(found.values(), key=lambda one: (one.run.chain.sequence, one.path.name))
