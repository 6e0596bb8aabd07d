"""A key in a token (smart card, HSM) through PKCS#11: ECDSA on P-256, which every token knows."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cloudaudit.errors import SealError, UsageError
from cloudaudit.evidence.settings import Pkcs11Settings
from cloudaudit.evidence.trust import PublicKey, low_s, public_key
from cloudaudit.text import Text

if TYPE_CHECKING:  # an extra of its own
    from pkcs11 import PublicKey as TokenKey
    from pkcs11 import SignMixin

_HALF = 32


@dataclass(frozen=True)
class TokenSigner:
    """Signs with a key that never leaves its token; a session is opened for each signature."""

    settings: Pkcs11Settings
    pin: str
    key: PublicKey

    def sign(self, message: bytes) -> bytes:
        """Return the signature over a message.

        Raises:
            SealError: the token does not sign.
        """
        import pkcs11

        try:
            token = pkcs11.lib(str(self.settings.module)).get_token(token_label=self.settings.token)
            with token.open(user_pin=self.pin) as session:
                private = cast(
                    "SignMixin",
                    session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.settings.label),
                )
                raw = private.sign(sha256(message).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise SealError(
                Text(
                    en=f"The token {self.settings.token} does not sign ({type(error).__name__}), so the evidence is not "
                    "sealed; check that it is plugged in, then run `cloudaudit judge --seal` on the snapshot.",
                    ja=f"トークン {self.settings.token} で署名できないため({type(error).__name__})、"
                    "証跡を封印していません。接続を確認し、cloudaudit judge --seal を実行してください。",
                )
            ) from error
        r, s = (int.from_bytes(raw[place : place + _HALF]) for place in (0, _HALF))
        return low_s(encode_dss_signature(r, s))


def open_token(settings: Pkcs11Settings, pin: str) -> TokenSigner:
    """Find the key in the token and read its public half.

    Raises:
        UsageError: the library, the token or the key is not there, the PIN is wrong, or the key is of another kind.
    """
    try:
        import pkcs11
        from pkcs11.util.ec import encode_ec_public_key
    except ImportError as error:
        raise UsageError(
            Text(
                en="A key in a token needs another library; run: pip install 'cloudaudit[pkcs11]'",
                ja="PKCS#11 トークンの鍵を使うには追加のライブラリが必要です。"
                "pip install 'cloudaudit[pkcs11]' を実行してください。",
            )
        ) from error
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_der_public_key,
    )

    try:
        token = pkcs11.lib(str(settings.module)).get_token(token_label=settings.token)
        with token.open(user_pin=pin) as session:
            public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=settings.label)
            der = encode_ec_public_key(cast("TokenKey", public))
        loaded = load_der_public_key(der)
        pem = loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return TokenSigner(settings, pin, public_key(pem))
    except (pkcs11.PKCS11Error, RuntimeError, ValueError) as error:
        why = f"{type(error).__name__}: {error}".rstrip(": ")
        raise UsageError(
            Text(
                en=f"The key {settings.label} in the token {settings.token} cannot be used ({why}); check [seal.pkcs11] "
                "and CLOUDAUDIT_KEY_PASSPHRASE, which holds the PIN.",
                ja=f"トークン {settings.token} の鍵 {settings.label} を使用できません({why})。[seal.pkcs11] の設定と、"
                "PIN を指定する CLOUDAUDIT_KEY_PASSPHRASE を確認してください。",
            )
        ) from error
