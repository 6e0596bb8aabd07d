"""The first level: every byte is what was sealed, by whom, and when."""

import tempfile
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from cloudaudit import clock
from cloudaudit.errors import EvidenceError, ResultError
from cloudaudit.evidence import dsse, pdf, statement, timestamp
from cloudaudit.evidence.bundle import Bundle
from cloudaudit.evidence.reads import Reads
from cloudaudit.evidence.report import Report
from cloudaudit.evidence.seal import plain_waivers, sums, waivers_file
from cloudaudit.evidence.statement import Run
from cloudaudit.evidence.trust import PublicKey, Trust, public_key
from cloudaudit.reporting import moment
from cloudaudit.result import open_result

TOKEN_WITHIN = timedelta(hours=1)
"""How far the authority's time may lie from the one that a bundle claims: nobody can have an old night stamped today."""
_TOKEN_FILES = (statement.TOKEN, statement.TOKEN_SIGNATURE)
_LARGEST_TOKEN = 1 << 20
_LARGEST_MANIFEST = 64 << 20
LONGEST_LINE = 128 << 20
"""Bytes of a record at most; lines are held while they are read."""
_SHOWN = 3


def examine(bundle: Bundle, trust: Trust, report: Report) -> tuple[dict[str, str], ...]:
    """Look at everything that needs no judging; return the waivers of the run.

    Args:
        bundle: an open one.
        trust: what the verifier holds to be true.
        report: takes what is found.
    """
    _files(bundle, report)
    _manifest(bundle, report)
    waivers: tuple[dict[str, str], ...] = ()
    _signature(bundle, trust, report)
    _token(bundle, trust, report)
    if isinstance(bundle.predicate, Run) and report.sound:
        waivers = _told_twice(bundle, bundle.predicate, report)
        _pdfs(bundle, bundle.predicate, report)
    return waivers


def _files(bundle: Bundle, report: Report) -> None:
    present = {entry.name for entry in bundle.container.entries} - statement.MANIFEST
    missing, added = sorted(bundle.files.keys() - present), sorted(present - bundle.files.keys())
    changed = sorted(
        name for name in present & bundle.files.keys() if bundle.container.digest(name) != bundle.files[name]
    )
    for names, en, ja in (
        (missing, "missing", "なくなっているファイル"),
        (added, "added", "追加されたファイル"),
        (changed, "not as sealed", "封印時と異なるファイル"),
    ):
        if names:
            more = f" (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
            listed = ", ".join(map(repr, names[:_SHOWN]))
            report.failed(f"{en}: {listed}{more}", f"{ja}: {listed}{more}")
    if report.sound:
        report.verified(
            f"every byte of the container, and the SHA-256 of all {len(present)} files",
            f"ファイル全体のバイト列、および全 {len(present)} ファイルの SHA-256",
        )


def _manifest(bundle: Bundle, report: Report) -> None:
    """Compare what stands in a bundle for people without this tool with what it is made from."""
    signing, envelope = bundle.predicate.signing, bundle.envelope
    expected: dict[str, bytes] = {statement.SIGNED_BYTES: envelope.signed_bytes}
    if envelope.signatures:
        expected[statement.SIGNATURE] = dsse.signature_of(envelope.signatures[0])
    there = {entry.name for entry in bundle.container.entries} & statement.MANIFEST
    wanted = {*expected, statement.ENVELOPE, *(_TOKEN_FILES if signing.timestamp else ())}
    derived = {name for name in expected if name in there and not _is(bundle, name, expected[name])}
    listed = {name: digest for name, digest in bundle.files.items() if name != statement.SUMS}
    if statement.SUMS not in bundle.files or not _is(bundle, statement.SUMS, sums(listed)):
        derived.add(statement.SUMS)
    odd = sorted((there ^ wanted) | derived)
    if odd:
        report.failed(
            f"the manifest's files do not belong together: {', '.join(odd)}",
            f"マニフェストのファイルが整合していません: {', '.join(odd)}",
        )


def _is(bundle: Bundle, name: str, content: bytes) -> bool:
    if name not in {entry.name for entry in bundle.container.entries}:
        return False
    return bundle.container.digest(name) == sha256(content).hexdigest()


def _told_twice(bundle: Bundle, run: Run, report: Report) -> tuple[dict[str, str], ...]:
    """Compare what the statement says of the run with the result and the snapshot; return the waivers."""
    holds = {
        statement.RESULT: True,
        statement.SNAPSHOT: run.original is None,
        statement.POLICY: run.original is None,
        statement.REQUESTS: run.original is None,
    }
    if any((name in bundle.files) is not wanted for name, wanted in holds.items()):
        report.failed("it does not hold the files of a run", "実行結果として必要なファイルが揃っていません")
        return ()
    lined = [name for name in (statement.RESULT, statement.SNAPSHOT) if name in bundle.files]
    if any(bundle.container.longest_line(name) > LONGEST_LINE for name in lined):
        report.failed("a line of it is too long to be read", "長すぎる行があるため読み取れません")
        return ()
    waivers: tuple[dict[str, str], ...] = ()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / statement.RESULT
        bundle.container.extract(statement.RESULT, place)
        try:
            with open_result(place) as assessment:
                told = statement.told_by(assessment)
                waivers = plain_waivers(assessment.waivers)
        except ResultError:
            report.failed("its result.json cannot be read", "result.json を読み取れません")
            return ()
    different = sorted(name for name, value in told.items() if getattr(run, name) != value)
    if (statement.WAIVERS in bundle.files) != bool(waivers) or (
        waivers and not _is(bundle, statement.WAIVERS, waivers_file(waivers))
    ):
        different.append(statement.WAIVERS)
    if run.masked != (run.original is not None):
        different.append("masked")
    if run.original is None:
        different += _snapshot_differs(bundle, run)
    if different:
        report.failed(
            f"the statement does not say what the files say: {', '.join(different)}",
            f"マニフェストの記載とファイルの内容が一致しません: {', '.join(different)}",
        )
    else:
        report.verified(
            "the statement says of scope, exclusions, unread calls, coverage and score what the files say",
            "範囲・除外・判定不能・判定率・スコアについて、マニフェストの記載とファイルの内容が一致",
        )
    return waivers


def _snapshot_differs(bundle: Bundle, run: Run) -> list[str]:
    reads, state = Reads(), sha256()
    with bundle.container.stream(statement.SNAPSHOT) as lines:
        for line in reads.requests(lines):
            state.update(line)
    different = [name for name in ("ended_at", "unread") if getattr(run, name) != getattr(reads, name)]
    if bundle.files[statement.REQUESTS] != state.hexdigest():
        different.append(statement.REQUESTS)
    return different


def _pdfs(bundle: Bundle, run: Run, report: Report) -> None:
    names = [name for name in bundle.files if name.endswith(".pdf")]
    wanted = run.signing.pdf_certificate
    if not names:
        return
    if not wanted:
        report.not_verified("the PDFs bear no signature of their own", "PDF に電子署名はありません")
        return
    if not report.signer_known:
        # A PDF can be made to exhaust who parses it; this one is of nobody knows whom.
        report.not_verified(
            "the signatures inside the PDFs, since who sealed them is not known",
            "PDF 内の電子署名(封印者を確認できないため検証していません)",
        )
        return
    for name in names:
        content = bundle.container.read(name, pdf.MOST)
        fault = pdf.fault(content, lambda der: sha256(der).hexdigest() == wanted)
        if fault:
            report.failed(f"{name}: {fault}", f"{name}: PDF の電子署名が無効です({fault})")
            return
    report.verified(
        f"the signature inside each PDF ({len(names)}), which covers all of it, with the certificate that was sealed",
        f"PDF 内の電子署名(全 {len(names)} 件、ファイル全体が署名対象、封印時の証明書と一致)",
    )


def _signature(bundle: Bundle, trust: Trust, report: Report) -> None:
    signatures, sealed_by = bundle.envelope.signatures, bundle.predicate.signing.key
    if not sealed_by and not signatures:
        report.not_verified(
            "who made it: it is UNSIGNED, so anyone can have made or remade it",
            "作成者: 未署名のため確認できません(誰でも作成・作り直しが可能です)",
        )
        return
    if len(signatures) != 1 or signatures[0].keyid != sealed_by:
        report.failed(
            f"the signature was taken away or exchanged; it was sealed with {sealed_by or 'no key'}",
            f"電子署名が取り除かれたか差し替えられています(封印時の鍵: {sealed_by or 'なし'})",
        )
        return
    if _signed_by(bundle, trust.keys):
        report.signer_known = True
        report.verified(
            f"signed with the key {sealed_by}, which you named", f"指定された鍵 {sealed_by} による電子署名"
        )
    elif trust.keys:
        report.failed(
            f"it is not signed with a key that you named, but, as it says, with {sealed_by}",
            f"指定された鍵による電子署名ではありません(記載されている鍵: {sealed_by})",
        )
    elif _signed_by(bundle, _key_inside(bundle)):
        report.not_verified(
            f"who signed it: the key {sealed_by} is the bundle's own word; name the signer's public key with --key",
            f"署名者: 鍵 {sealed_by} はこのファイル自身の記載です。署名者の公開鍵を --key で指定してください",
        )
    else:
        report.failed(
            "the signature is not of the key it names", "電子署名が記載されている鍵のものではありません"
        )


def _key_inside(bundle: Bundle) -> tuple[PublicKey, ...]:
    try:
        return (public_key(bundle.container.read(statement.PUBLIC_KEY, 1 << 16)),)
    except (ValueError, EvidenceError):
        return ()


def _signed_by(bundle: Bundle, keys: Iterable[PublicKey]) -> bool:
    """Whether one of these keys is the one that the bundle names, and made its signatures."""
    (signature,) = bundle.envelope.signatures
    pairs = [(dsse.signature_of(signature), bundle.envelope.signed_bytes)]
    there = {entry.name for entry in bundle.container.entries}
    if bundle.predicate.signing.timestamp and there.issuperset(_TOKEN_FILES):
        token, over_token = (bundle.container.read(name, _LARGEST_TOKEN) for name in _TOKEN_FILES)
        pairs.append((over_token, token))
    return any(
        key.id == bundle.predicate.signing.key and all(key.verifies(*pair) for pair in pairs) for key in keys
    )


def _token(bundle: Bundle, trust: Trust, report: Report) -> None:
    predicate = bundle.predicate
    if not predicate.signing.timestamp:
        say = report.failed if trust.authorities else report.not_verified
        say(
            f"when it was sealed: it bears no timestamp, and {predicate.sealed_at} is the word of the machine that did it",
            f"封印日時: タイムスタンプがありません({predicate.sealed_at} は作成した端末の時計によるものです)",
        )
        return
    message = bundle.container.read(statement.ENVELOPE, _LARGEST_MANIFEST)
    try:
        told = timestamp.told(
            bundle.container.read(statement.TOKEN, _LARGEST_TOKEN), message, trust.authorities
        )
    except ValueError as error:
        report.failed(f"the timestamp does not hold ({error})", f"タイムスタンプが無効です({error})")
        return
    at = clock.stamp(told.at)
    if abs(told.at - clock.parse(predicate.sealed_at)) > TOKEN_WITHIN:
        report.failed(
            f"it claims to have been sealed at {predicate.sealed_at}, but the timestamp is of {at}",
            f"封印日時の記載({predicate.sealed_at})とタイムスタンプの日時({at})が1時間以上離れています",
        )
    elif told.trusted:
        report.verified(
            f"it was there at {moment(at, 'en')}, as an authority says that you trust",
            f"{moment(at, 'ja')} の時点での存在(指定された時刻認証局によるタイムスタンプ)",
        )
    else:
        report.not_verified(
            f"when it was sealed: the timestamp of {at} is of an authority that you did not name; use --tsa-ca",
            f"封印日時: {at} のタイムスタンプの認証局が指定されていません(--tsa-ca で指定してください)",
        )
