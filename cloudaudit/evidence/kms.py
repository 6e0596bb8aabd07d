"""A key in AWS KMS: the one place where cloudaudit calls an operation that is not a read of what it audits.

``kms:GetPublicKey`` and ``kms:Sign`` on the one key, only where ``[seal.aws_kms]`` names it; the client refuses anything
else before it is sent.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cloudaudit.errors import SealError, UsageError
from cloudaudit.evidence.settings import KmsSettings
from cloudaudit.evidence.trust import PublicKey, low_s, public_key
from cloudaudit.text import Text

OPERATIONS = frozenset({"GetPublicKey", "Sign"})
_ALGORITHM = "ECDSA_SHA_256"


@dataclass(frozen=True)
class KmsSigner:
    """Signs with ECDSA on P-256 over SHA-256, inside KMS."""

    settings: KmsSettings
    client: Any
    key: PublicKey

    def sign(self, message: bytes) -> bytes:
        """Return the signature over a message, in DER.

        Raises:
            SealError: KMS does not sign.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self.client.sign(
                KeyId=self.settings.key_id,
                Message=sha256(message).digest(),
                MessageType="DIGEST",
                SigningAlgorithm=_ALGORITHM,
            )
        except (BotoCoreError, ClientError) as error:
            raise SealError(
                Text(
                    en=f"AWS KMS does not sign ({_why(error)}), so the evidence is not sealed; grant kms:Sign on "
                    f"{self.settings.key_id}, then run `cloudaudit judge --seal` on the snapshot.",
                    ja=f"AWS KMS で署名できないため({_why(error)})、証跡を封印していません。{self.settings.key_id} への "
                    "kms:Sign を許可し、cloudaudit judge --seal を実行してください。",
                )
            ) from error
        return low_s(bytes(answer["Signature"]))


def open_kms(settings: KmsSettings) -> KmsSigner:
    """Read the public half of the key in KMS.

    Raises:
        UsageError: there are no credentials, or the key is not there, is not readable, or is of another kind.
    """
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise UsageError(
            Text(
                en="A key in AWS KMS needs the AWS library; run: pip install 'cloudaudit[aws]'",
                ja="AWS KMS の鍵を使うには AWS のライブラリが必要です。pip install 'cloudaudit[aws]' を実行してください。",
            )
        ) from error
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_der_public_key,
    )

    try:
        session: Any = boto3.Session(profile_name=settings.profile, region_name=settings.region)
        client = session.client("kms")
        client.meta.events.register_first("before-parameter-build.kms", _refuse_others)
        answer = client.get_public_key(KeyId=settings.key_id)
        loaded = load_der_public_key(answer["PublicKey"])
        pem = loaded.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return KmsSigner(settings, client, public_key(pem))
    except (BotoCoreError, ClientError, ValueError) as error:
        raise UsageError(
            Text(
                en=f"The key {settings.key_id} in AWS KMS cannot be used ({_why(error)}); check [seal.aws_kms]: "
                "it must be an ECC_NIST_P256 key for SIGN_VERIFY, with kms:GetPublicKey and kms:Sign granted.",
                ja=f"AWS KMS の鍵 {settings.key_id} を使用できません({_why(error)})。[seal.aws_kms] の設定、"
                "鍵の種類(ECC_NIST_P256・SIGN_VERIFY)、kms:GetPublicKey と kms:Sign の許可を確認してください。",
            )
        ) from error


def _refuse_others(model: Any, **_: Any) -> None:  # noqa: ANN401 - botocore's event
    if model.name not in OPERATIONS:
        message = f"{model.name} is not an operation that sealing calls"
        raise PermissionError(message)


def _why(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)
