"""The work of ``cloudaudit countersign``."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from cloudaudit.cli.keeping import signing_settings
from cloudaudit.cli.output import write_whole
from cloudaudit.cli.sealing import open_sealer, refuse_missing_library
from cloudaudit.errors import UsageError
from cloudaudit.text import Text


def countersigned(bundle: Path, key: str | None, role: str, name: str) -> Path:
    """Write a second signature beside a bundle that is whole, and return its path.

    Raises:
        EvidenceError: the bundle is not as it was sealed; nobody should sign it.
        UsageError: the key, the role or the name cannot be used.
        OutputError: the file cannot be written.
    """
    refuse_missing_library()
    from cloudaudit.evidence import countersign
    from cloudaudit.evidence.bundle import open_bundle
    from cloudaudit.evidence.container import not_a_bundle
    from cloudaudit.evidence.integrity import examine
    from cloudaudit.evidence.report import Report
    from cloudaudit.evidence.trust import Trust

    report = Report()
    with open_bundle(bundle) as opened:
        examine(opened, Trust(), report)
        sha256 = opened.sha256
    if not report.sound:
        raise not_a_bundle(bundle, "it is not as it was sealed", "封印時の状態ではありません")
    signer = open_sealer(signing_settings(key)).signer
    if signer is None:
        raise AssertionError  # the settings name a key
    try:
        content = countersign.countersign(bundle.name, sha256, role, name, datetime.now(UTC), signer)
    except ValueError as error:
        raise UsageError(
            Text(
                en=f"The role or the name cannot be used: {error}; type them again.",
                ja="役割または氏名を使用できません(空、長すぎる、または表示できない文字を含んでいます)。入力し直してください。",
            )
        ) from error
    place = next(
        path for number in count(1) if not (path := countersign.place_of(bundle, signer, number)).exists()
    )
    write_whole(place, lambda out: out.writelines([content]))
    return place
