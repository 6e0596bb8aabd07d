"""Signatures inside PDFs, and the ways around them that a library alone lets through."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cloudaudit.assessment import Assessment
from cloudaudit.errors import SealError
from cloudaudit.evidence.keyfile import KeyFile
from cloudaudit.evidence.pdf import PdfSigner, fault
from cloudaudit.evidence.report import Mark, Report
from cloudaudit.evidence.seal import Sealer
from cloudaudit.evidence.trust import Trust
from cloudaudit.evidence.verify import verify_pdf
from fakes.evidence.authority import Authority
from fakes.evidence.workshop import JUDGE, Workshop, said, wrong

TAKEN = "2026-11-01T18:00:00Z"
Verifier = Callable[..., Report]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The PDF report of a night, not signed, with its result attached."""
    pytest.importorskip("typst")
    folder = tmp_path_factory.mktemp("plain")
    Workshop(folder, Sealer()).night(TAKEN, reports=("pdf",))
    (path,) = folder.rglob("report.ja.pdf")
    return path.read_bytes()


@pytest.fixture(scope="module")
def signed(plain: bytes, key: KeyFile, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pdf") / "report.ja.pdf"
    path.write_bytes(plain)
    return PdfSigner(key).signed(path)


@pytest.fixture
def check(key: KeyFile) -> Callable[[bytes], str]:
    der = key.certificate.public_bytes(Encoding.DER)
    return lambda content: fault(content, lambda one: one == der)


def test_a_signed_pdf(signed: bytes, plain: bytes, check: Callable[[bytes], str]) -> None:
    assert check(signed) == ""
    assert "exactly the one" in check(plain)


def test_flipped_bits(signed: bytes, plain: bytes, check: Callable[[bytes], str]) -> None:
    places = [
        *range(100, len(plain), len(plain) // 12),
        *range(len(plain), len(signed), 701),
        len(signed) - 3,
    ]
    for place in places:
        changed = bytearray(signed)
        changed[place] ^= 1
        assert check(bytes(changed)), place


def replaced_attachment(content: bytes) -> bytes:
    """Replace the attached result by an incremental update, as any PDF library can."""
    generic: Any = import_module("pyhanko.pdf_utils.generic")
    incremental: Any = import_module("pyhanko.pdf_utils.incremental_writer")
    out = BytesIO()
    writer = incremental.IncrementalPdfFileWriter(BytesIO(content))
    names: Any = writer.root["/Names"]["/EmbeddedFiles"]
    while "/Names" not in names:
        names = names["/Kids"][0]
    specification: Any = names["/Names"][1].get_object()
    stream = specification["/EF"].raw_get("/F")
    writer.update_container(specification)
    better = generic.StreamObject(stream_data=b'{"score": 100}')
    specification["/EF"] = generic.DictionaryObject({generic.pdf_name("/F"): writer.add_object(better)})
    assert stream is not None
    writer.write(out)
    return out.getvalue()


def test_the_attached_result_is_replaced(signed: bytes, check: Callable[[bytes], str]) -> None:
    changed = replaced_attachment(signed)
    assert changed.startswith(signed)  # what was signed is all there
    assert b'{"score": 100}' in changed
    assert check(changed) == "it was changed after it was signed"


def test_the_hole_that_the_signature_stands_in(signed: bytes, check: Callable[[bytes], str]) -> None:
    """What is not signed there: zeros to the end, and whether digits are small or capital letters."""
    start = signed.index(b"<", signed.rindex(b"/Contents"))
    end = signed.index(b">", start)
    for place, byte in ((end - 1, b"1"), (end - 9, b"f")):
        assert "more beside the signature" in check(signed[:place] + byte + signed[place + 1 :])
    letter = next(place for place in range(start + 1, end) if signed[place : place + 1] in b"ABCDEF")
    small = signed[:letter] + signed[letter : letter + 1].lower() + signed[letter + 1 :]
    assert "more beside the signature" in check(small)


def test_bytes_after_the_end(signed: bytes, check: Callable[[bytes], str]) -> None:
    assert check(signed + b"\n% and one thing more\n")
    assert check(signed + signed)


def test_the_signature_is_cut_off(signed: bytes, plain: bytes, check: Callable[[bytes], str]) -> None:
    assert signed.startswith(plain)
    assert "exactly the one" in check(signed[: len(plain)])


def test_a_second_signature(
    signed: bytes, key: KeyFile, other_key: KeyFile, tmp_path: Path, check: Callable[[bytes], str]
) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(signed)
    with pytest.raises(SealError):  # no change is allowed, and the field is taken
        PdfSigner(other_key).signed(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == signed
    other = fault(signed, lambda _: False)
    assert other == "it is signed with another certificate"
    assert key.certificate != other_key.certificate
    assert check(b"%PDF-1.7 nothing")
    assert check(b"")


def test_a_pdf_by_itself(signed: bytes, key: KeyFile, other_key: KeyFile, tmp_path: Path) -> None:
    path = tmp_path / "report.ja.pdf"
    path.write_bytes(signed)
    assert verify_pdf(path, Trust(certificates=(key.certificate,))).good
    unknown = verify_pdf(path, Trust())
    assert unknown.sound
    assert not unknown.good
    assert "another certificate" in wrong(verify_pdf(path, Trust(certificates=(other_key.certificate,))))
    path.write_bytes(replaced_attachment(signed))
    assert "changed after" in wrong(verify_pdf(path, Trust(certificates=(key.certificate,))))
    assert not verify_pdf(tmp_path / "none.pdf", Trust()).sound


def test_a_bundle_with_a_pdf(
    tmp_path: Path, sealer: Sealer, look: Verifier, authority: Authority, key: KeyFile
) -> None:
    pytest.importorskip("typst")
    stamped = replace(sealer, pdf=PdfSigner(key, authority.at("2026-11-01T18:11:00Z")))
    bundle = Workshop(tmp_path / "x", stamped).night(TAKEN, reports=("pdf",))
    report = look(bundle, judge=JUDGE)
    assert report.good, report.lines
    assert "the signature inside each PDF (1)" in said(report, Mark.VERIFIED)
    assert "ファイル全体が署名対象" in said(report, Mark.VERIFIED)


def test_a_pdf_in_a_bundle_that_was_changed_before_it_was_sealed(
    tmp_path: Path, sealer: Sealer, look: Verifier, key: KeyFile
) -> None:
    """The holder of the bundle's key replaces the attachment and seals that."""
    pytest.importorskip("typst")

    class Replacing(PdfSigner):
        def signed(self, path: Path) -> bytes:
            return replaced_attachment(super().signed(path))

    forged = replace(sealer, pdf=Replacing(key))
    assert "report.ja.pdf" in wrong(look(Workshop(tmp_path / "x", forged).night(TAKEN, reports=("pdf",))))


def test_the_authority_does_not_answer(plain: bytes, key: KeyFile, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(plain)

    def silent(_: bytes) -> bytes:
        raise OSError

    with pytest.raises(SealError):
        PdfSigner(key, silent).signed(path)
    assert path.read_bytes() == plain
    assert list(tmp_path.iterdir()) == [path]


def test_the_key_can_be_read_in_the_pdf(tmp_path: Path, key: KeyFile) -> None:
    """It breaks over lines, and at none of its breaks a mark is printed."""
    pytest.importorskip("typst")
    pdfium = pytest.importorskip("pypdfium2")

    def named(assessment: Assessment) -> Assessment:
        return replace(assessment, signed_with=key.key.id)

    shop = Workshop(tmp_path / "x", Sealer(signer=key))
    shop.night(TAKEN, reports=("pdf",), edit=named)
    (path,) = tmp_path.rglob("report.ja.pdf")
    with pdfium.PdfDocument(path) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    plain = "".join(
        character
        for character in text
        if character.isascii() and character.isprintable() and character != " "
    )
    assert key.key.id in plain
    assert "\\u200b" not in text
