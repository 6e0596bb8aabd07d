"""RFC 3161: a third party says that bytes were there at a time."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography import x509

from cloudaudit.errors import SealError
from cloudaudit.text import Text

_MOST = 1 << 18
_OK = 200
_PHRASE = re.compile(r'Verify error: ([^"]+)"')
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")

Timestamp = Callable[[bytes], bytes]
"""From a request of RFC 3161 in DER to the authority's answer in DER."""


@dataclass(frozen=True)
class Told:
    """What a token says of bytes that were compared with it.

    Attributes:
        at: the time, UTC.
        trusted: whether one of the authorities that the verifier trusts said so.
    """

    at: datetime
    trusted: bool


def authority(url: str, seconds: float) -> Timestamp:
    """Return how to ask the authority at an address."""

    def ask(request: bytes) -> bytes:
        import requests

        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            with requests.post(url, data=request, headers=headers, timeout=seconds, stream=True) as answer:
                status, content = answer.status_code, b""
                for chunk in answer.iter_content(1 << 14):
                    content += chunk
                    if len(content) > _MOST:
                        break
        except (requests.RequestException, OSError) as error:
            raise _not_stamped(url, type(error).__name__) from error
        if status != _OK:
            raise _not_stamped(url, f"HTTP {status}")
        return content

    return ask


def stamped(message: bytes, ask: Timestamp, name: str) -> bytes:
    """Return the authority's answer over a message, in DER, when it is about exactly this message.

    Args:
        message: what is stamped.
        ask: the authority.
        name: of the authority, for the error.

    Raises:
        SealError: there is no answer, or it is none for this request.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    content = ask(request.as_bytes())
    try:
        answer = decode_timestamp_response(content)
        info = answer.tst_info
        fits = (
            answer.status == 0
            and info.nonce == request.nonce
            and info.message_imprint.message == sha256(message).digest()
        )
    except Exception as error:
        # The library raises several kinds on what is no answer.
        raise _not_stamped(name, "no answer of RFC 3161") from error
    if not fits:
        raise _not_stamped(name, "the answer is not for this request")
    return answer.as_bytes()


def told(token: bytes, message: bytes, authorities: Iterable[x509.Certificate]) -> Told:
    """Return the time that a token gives a message.

    Raises:
        ValueError: it is no token, or is about other bytes, or contradicts the authority's certificate.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        answer = decode_timestamp_response(token)
        imprint = answer.tst_info.message_imprint
        at = answer.tst_info.gen_time
    except Exception as error:
        raise ValueError(str(error)) from error
    if answer.as_bytes() != token or answer.status != 0:
        message_ = "no answer of RFC 3161 in its one form"
        raise ValueError(message_)
    if imprint.hash_algorithm != _SHA256 or imprint.message != sha256(message).digest():
        message_ = "the timestamp is about other bytes"
        raise ValueError(message_)
    builder = VerifierBuilder()
    roots = tuple(authorities)
    for root in roots:
        builder = builder.add_root_certificate(root)
    trusted = False
    if roots:
        try:
            trusted = builder.build().verify_message(answer, message)
        except VerificationError as error:
            raise ValueError(_why(error)) from error
    return Told(at if at.tzinfo else at.replace(tzinfo=UTC), trusted)


def _why(error: Exception) -> str:
    """Return the one phrase for a person in what the library hands on of OpenSSL's stack."""
    found = _PHRASE.search(str(error))
    return found[1] if found else "it is not of an authority that was named"


def _not_stamped(name: str, why: str) -> SealError:
    return SealError(
        Text(
            en=f"The timestamp authority {name} gave no timestamp ({why}), so the evidence is not sealed; "
            "snapshot and reports are kept: run `cloudaudit judge --seal` on the snapshot when it answers again.",
            ja=f"時刻認証局 {name} からタイムスタンプを取得できないため({why})、証跡を封印していません。"
            "スナップショットとレポートは保存済みです。復旧後に cloudaudit judge --seal を実行してください。",
        )
    )
