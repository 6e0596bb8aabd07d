"""Key files: encrypted, private, never overwritten; and keys that lie elsewhere."""

import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cloudaudit.errors import OutputError, SealError, UsageError
from cloudaudit.evidence import trust as trusting
from cloudaudit.evidence.keyfile import KeyFile, make, open_key, public_part
from cloudaudit.evidence.seal import Sealer
from cloudaudit.evidence.settings import KmsSettings, Pkcs11Settings, named_key
from cloudaudit.evidence.signers import Signer
from cloudaudit.evidence.trust import Trust
from cloudaudit.evidence.verify import Question, verify
from fakes.evidence.workshop import PASSPHRASE, Workshop, needed

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TAKEN = "2026-11-01T18:00:00Z"


def test_a_key_is_encrypted_and_its_owners_alone(key_path: Path) -> None:
    content = key_path.read_bytes()
    assert content.count(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") == 2
    assert b"-----BEGIN PRIVATE KEY-----" not in content
    with pytest.raises(TypeError):
        load_pem_private_key(content, None)
    if os.name == "posix":
        assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert list(key_path.parent.iterdir()) == [key_path]


def test_what_a_key_signs_its_public_part_verifies(key_path: Path, key: KeyFile) -> None:
    public = trusting.load_pem(public_part(key_path), key_path)
    assert public.keys[0].verifies(key.sign(b"message"), b"message")
    assert not public.keys[0].verifies(key.sign(b"message"), b"massage")
    assert not public.keys[0].verifies(b"", b"message")
    assert public.certificates == (key.certificate,)
    assert b"PRIVATE" not in public_part(key_path)
    assert key.certificate.subject.rfc4514_string() == "CN=株式会社サンプル商事"


def test_a_key_is_never_overwritten(key_path: Path) -> None:
    before = key_path.read_bytes()
    with pytest.raises(UsageError, match="never overwritten"):
        make(key_path, "x", PASSPHRASE, NOW)
    assert key_path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "passphrase"), [("x", b"short"), ("", PASSPHRASE), ("a\nb", PASSPHRASE), ("x" * 65, PASSPHRASE)]
)
def test_what_makes_no_key(tmp_path: Path, name: str, passphrase: bytes) -> None:
    with pytest.raises(UsageError):
        make(tmp_path / "k", name, passphrase, NOW)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        make(tmp_path / "file" / "k", "x", PASSPHRASE, NOW)


def test_what_opens_no_key(key_path: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="passphrase is wrong"):
        open_key(key_path, b"another passphrase")
    with pytest.raises(UsageError, match="cannot be read"):
        open_key(tmp_path / "none", PASSPHRASE)
    (tmp_path / "public").write_bytes(public_part(key_path))
    with pytest.raises(UsageError, match="no private key"):
        open_key(tmp_path / "public", PASSPHRASE)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(UsageError):
        public_part(tmp_path / "text")


def test_what_the_user_trusts(key_path: Path, tmp_path: Path, key: KeyFile) -> None:
    public = tmp_path / "public.pem"
    public.write_bytes(public_part(key_path))
    loaded = trusting.load([public], [public])
    assert loaded.keys[0].id == key.key.id
    assert loaded.authorities == (key.certificate,)
    only_key = tmp_path / "only-key.pem"
    only_key.write_bytes(key.key.pem)
    with pytest.raises(UsageError):  # an authority is named by its certificate
        trusting.load([], [only_key])
    for content in (b"", b"nothing", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        public.write_bytes(content)
        with pytest.raises(UsageError):
            trusting.load([public], [])
    with pytest.raises(UsageError):
        trusting.load([tmp_path / "none"], [])


def sealed_with(signer: Signer, folder: Path) -> None:
    bundle = Workshop(folder, Sealer(signer=signer)).night(TAKEN)
    report = verify(bundle, Question(trust=Trust(keys=(signer.key,))))
    assert report.good, report.lines
    assert b"openssl dgst -sha256 -verify" in bundle.read_bytes()
    if shutil.which("openssl"):
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder / "unpacked")
        command = "openssl dgst -sha256 -verify public-key.pem -signature manifest.sig manifest.pae"
        subprocess.run(command.split(), cwd=folder / "unpacked", check=True, capture_output=True)  # noqa: S603 - our own
    assert signer.key.id.startswith("ecdsa-p256-sha256:")


def test_of_the_two_forms_of_an_ecdsa_signature_one_holds(key: KeyFile) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    public = trusting.PublicKey(key.pdf_key.public_key())
    made = trusting.low_s(key.pdf_key.sign(b"message", ECDSA(hashes.SHA256())))
    r, s = decode_dss_signature(made)
    other = encode_dss_signature(r, trusting.ORDER - s)
    key.pdf_key.public_key().verify(other, b"message", ECDSA(hashes.SHA256()))
    assert public.verifies(made, b"message")
    assert not public.verifies(other, b"message")


# --------------------------------------------------------------------------------------------------------- AWS KMS


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from moto import mock_aws
    from moto.kms.utils import ECDSAPrivateKey

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    def sign(own: Any, message: bytes, _: str) -> bytes:
        return bytes(own.private_key.sign(message, ECDSA(Prehashed(hashes.SHA256()))))

    # moto hashes again what is a digest already; KMS itself takes at most 4,096 bytes otherwise.
    monkeypatch.setattr(ECDSAPrivateKey, "sign", sign)
    sdk: Any = import_module("boto3")  # without types
    with mock_aws():
        yield sdk.client("kms", region_name="ap-northeast-1")


def test_a_key_in_kms(kms: Any, tmp_path: Path) -> None:
    from cloudaudit.evidence.kms import open_kms

    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signer = open_kms(KmsSettings(key_id=made, region="ap-northeast-1"))
    sealed_with(signer, tmp_path / "nights")
    # Nothing but the two declared operations leaves.
    with pytest.raises(PermissionError, match="ScheduleKeyDeletion"):
        signer.client.schedule_key_deletion(KeyId=made)
    with pytest.raises(PermissionError, match="ListKeys"):
        signer.client.list_keys()
    kms.disable_key(KeyId=made)
    kms.schedule_key_deletion(KeyId=made, PendingWindowInDays=7)


def test_a_key_in_kms_that_cannot_be_used(kms: Any) -> None:
    from cloudaudit.evidence.kms import open_kms

    with pytest.raises(UsageError, match="NotFoundException"):
        open_kms(KmsSettings(key_id="00000000-0000-0000-0000-000000000000", region="ap-northeast-1"))
    rsa = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with pytest.raises(UsageError, match="ECC_NIST_P256"):
        open_kms(KmsSettings(key_id=rsa, region="ap-northeast-1"))


def test_kms_does_not_sign(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError

    from cloudaudit.evidence.kms import open_kms

    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signer = open_kms(KmsSettings(key_id=made, region="ap-northeast-1"))

    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "Sign")

    monkeypatch.setattr(signer.client, "sign", denied)
    with pytest.raises(SealError, match="AccessDeniedException") as caught:
        signer.sign(b"message")
    assert caught.value.exit == 3


# ---------------------------------------------------------------------------------------------------------- PKCS#11

_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    *map(str, Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")),
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
SOFTHSM = next((path for path in map(Path, _PLACES) if path.exists()), None)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pkcs11Settings:
    if SOFTHSM is None:
        if "CI" in os.environ:
            pytest.fail("SoftHSM is not installed")
        pytest.skip("no software token here: apt-get install softhsm2")
    pkcs11 = needed("pkcs11")
    (tmp_path / "tokens").mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(config))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "audit", "--pin", "1234", "--so-pin", "5678"],  # noqa: S607 - wherever it is installed
        check=True,
        capture_output=True,
    )
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    with library.get_token(token_label="audit").open(rw=True, user_pin="1234") as session:
        from pkcs11.util.ec import encode_named_curve_parameters

        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )
        parameters.generate_keypair(store=True, label="evidence")
    return Pkcs11Settings(module=SOFTHSM, token="audit", label="evidence")


def test_a_key_in_a_token(token: Pkcs11Settings, tmp_path: Path) -> None:
    from cloudaudit.evidence.pkcs11 import open_token

    sealed_with(open_token(token, "1234"), tmp_path / "nights")
    with pytest.raises(UsageError, match="PinIncorrect"):
        open_token(token, "9999")
    with pytest.raises(UsageError, match="NoSuchKey"):
        open_token(token.model_copy(update={"label": "other"}), "1234")
    with pytest.raises(UsageError, match="NoSuchToken"):
        open_token(token.model_copy(update={"token": "other"}), "1234")
    signer = open_token(token, "1234")
    broken = type(signer)(token.model_copy(update={"token": "unplugged"}), "1234", signer.key)
    with pytest.raises(SealError, match="plugged in"):
        broken.sign(b"message")


def test_addresses_of_keys() -> None:
    assert named_key("my.key") == {"key": Path("my.key")}
    assert named_key("pkcs11:token=my%20card;object=evidence?module-path=/usr/lib/x.so") == {
        "pkcs11": Pkcs11Settings(module=Path("/usr/lib/x.so"), token="my card", label="evidence")
    }
    arn = "arn:aws:kms:ap-northeast-1:123456789012:key/1234"
    assert named_key(f"awskms:///{arn}") == {"aws_kms": KmsSettings(key_id=arn, region="ap-northeast-1")}
    for incomplete in ("pkcs11:token=x", "pkcs11:", "awskms:///key", "awskms:"):
        with pytest.raises(ValueError, match="=" if incomplete.startswith("p") else "arn:"):
            named_key(incomplete)


def test_a_library_of_a_token_that_is_not_there(tmp_path: Path) -> None:
    needed("pkcs11")
    from cloudaudit.evidence.pkcs11 import open_token

    with pytest.raises(UsageError, match="check its address"):
        open_token(Pkcs11Settings(module=tmp_path / "none.so", token="a", label="b"), "1234")


def test_the_fingerprint_is_that_of_openssl(key: KeyFile) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.bundle_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.key.id == f"ed25519:{sha256(der).hexdigest()}"
