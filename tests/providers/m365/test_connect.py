"""Credentials as azure-identity finds them, against an authority of our own; and who may not connect."""

import base64
import datetime as dt
import json
import logging
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from cloudaudit.demo.m365.names import CLIENT, DOMAIN, INITIAL, TENANT
from cloudaudit.demo.m365.writing import uid
from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.providers.m365.clouds import CLOUDS
from cloudaudit.providers.m365.connect import M365Options, place_of, sign_in
from cloudaudit.providers.m365.session import M365Session, open_session, scopes
from cloudaudit.text import Text
from fakes.m365 import Fault

from .conftest import World

SECRET = "top-secret-value"
VARIABLES = (
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
)


JOB = "/job/idtoken?api-version=2.0"
"""Where a job of GitHub is told its token."""


class Authority:
    """Signs in whoever shows the secret, an assertion, or the code of a device."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[dict[str, str]] = []
        self.ca = folder / "ca.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, "127.0.0.1")
        self.ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        own = folder / "server.pem"
        own.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + self.ca.read_bytes()
        )
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

            def do_GET(self) -> None:
                if self.path.startswith(JOB):
                    token = self.headers["authorization"]
                    authority.requests.append({"path": self.path, "authorization": token})
                    self._write(200, {"count": 1, "value": "token-of-the-job"})
                    return
                base = f"https://{self.headers['host']}/{self.path.split('/')[1]}"
                self._write(
                    200,
                    {
                        "issuer": f"{base}/v2.0",
                        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                        "token_endpoint": f"{base}/oauth2/v2.0/token",
                        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                    },
                )

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                given = {name: each[0] for name, each in parse_qs(self.rfile.read(length).decode()).items()}
                authority.requests.append(given | {"path": self.path})
                self._write(*authority.answer(self.path, given))

            def _write(self, status: int, body: object) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str, given: dict[str, str]) -> tuple[int, object]:
        if "devicecode" in path:
            return 200, {
                "device_code": "device",
                "user_code": "ABCD-1234",
                "verification_uri": "https://microsoft.com/devicelogin",
                "expires_in": 60,
                "interval": 1,
                "message": "go there",
            }
        if given.get("client_secret", SECRET) != SECRET:
            error = f"AADSTS7000215: Invalid client secret provided: {given['client_secret']}"
            return 401, {"error": "invalid_client", "error_description": error, "error_codes": [7000215]}
        token = {"token_type": "Bearer", "expires_in": 3600, "access_token": "token-of-the-authority"}
        if given.get("grant_type", "").endswith("device_code"):
            token |= {
                "id_token": ".".join((_part({"alg": "none"}), _part(_claims(given["client_id"])), "")),
                "client_info": _part({"uid": uid(1), "utid": TENANT}),
                "refresh_token": "refresh",
                "scope": "openid profile",
            }
        return 200, token


def _claims(client: str) -> dict[str, Any]:
    now = int(dt.datetime.now(dt.UTC).timestamp())
    return {
        "aud": client,
        "iss": f"https://x/{TENANT}/v2.0",
        "exp": now + 600,
        "iat": now,
        "nbf": now - 60,
        "sub": "s",
        "oid": uid(1),
        "tid": TENANT,
        "preferred_username": "hanako@sample-shoji.example",
    }


def _part(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def _certificate(key: Any, name: str) -> x509.Certificate:
    import ipaddress

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    made = Authority(tmp_path_factory.mktemp("authority"))
    yield made
    made.close()


@pytest.fixture
def environment(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", authority.url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca))
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    authority.requests.clear()
    return monkeypatch


def connected(world: World, said: list[Text] | None = None, **options: Any) -> M365Session:
    """Sign in at the authority, and then connect to the fake with that sign-in."""
    chosen: dict[str, Any] = {"tenant": TENANT, **options}
    given = M365Options(**chosen)
    signed = sign_in(
        given, place_of(given), scopes(sharing_changes=False), (said if said is not None else []).append
    )
    local: dict[str, Any] = {**chosen, "endpoint": world.fake.url}
    fake = M365Options(**local)
    return open_session(fake, lambda _: None, signed)


def test_a_secret_from_the_environment_signs_in(
    world: World, environment: pytest.MonkeyPatch, authority: Authority
) -> None:
    environment.setenv("AZURE_CLIENT_SECRET", SECRET)
    session = connected(world)
    assert (session.account, session.identity, session.partition) == (TENANT, f"app:{CLIENT}", "global")
    assert world.fake.tokens == {"Bearer token-of-the-authority"}
    (request,) = authority.requests
    assert request["scope"].split()[0] == "https://graph.microsoft.com/.default"
    assert request["path"].startswith(f"/{TENANT}/")


def test_a_wrong_secret_is_refused_in_one_sentence_that_does_not_repeat_it(
    world: World, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("AZURE_CLIENT_SECRET", "wrong-secret-value")
    with pytest.raises(CredentialsError, match="AADSTS7000215") as caught:
        connected(world)
    assert "wrong-secret-value" not in f"{caught.value.text}"
    assert "受け付けられませんでした" in caught.value.text.ja


def test_the_sdk_prints_nothing_of_its_own(
    world: World, environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("AZURE_CLIENT_SECRET", "wrong-secret-value")
    root = logging.getLogger()
    environment.setattr(root, "handlers", [])
    with pytest.raises(CredentialsError):
        connected(world)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("password", [None, "密碼"])
def test_a_certificate_signs_in(
    world: World, environment: pytest.MonkeyPatch, authority: Authority, tmp_path: Path, password: str | None
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    lock: Any = (
        serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    )
    file = tmp_path / "own.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
        + _certificate(key, "own").public_bytes(serialization.Encoding.PEM)
    )
    if password:
        environment.setenv("AZURE_CLIENT_CERTIFICATE_PASSWORD", password)
    assert connected(world, certificate=file).account == TENANT
    assert "client_assertion" in authority.requests[-1]


def test_a_file_that_is_no_certificate_is_refused(
    world: World, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("AZURE_CLIENT_SECRET", raising=False)
    file = tmp_path / "own.pem"
    file.write_text("not a certificate but a password: hunter2", encoding="utf-8")
    with pytest.raises(CredentialsError) as caught:
        connected(world, certificate=file)
    assert "hunter2" not in f"{caught.value.text}"


def test_a_federated_token_signs_in(
    world: World, environment: pytest.MonkeyPatch, authority: Authority, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("token-of-the-ci", encoding="utf-8")
    environment.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    connected(world)
    assert authority.requests[-1]["client_assertion"] == "token-of-the-ci"


def test_a_federated_token_that_is_not_there_is_said_to_be_refused(
    world: World, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(CredentialsError, match="FileNotFoundError"):
        connected(world)


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [
        ("global", "api%3A%2F%2FAzureADTokenExchange"),
        ("usgov", "api%3A%2F%2FAzureADTokenExchangeUSGov"),
        ("usgovdod", "api%3A%2F%2FAzureADTokenExchangeUSGov"),
        ("china", "api%3A%2F%2FAzureADTokenExchangeChina"),
    ],
)
def test_a_job_of_github_signs_in_with_its_own_token(
    world: World, environment: pytest.MonkeyPatch, authority: Authority, cloud: str, audience: str
) -> None:
    environment.setenv("SSL_CERT_FILE", str(authority.ca))
    environment.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{authority.url}{JOB}")
    environment.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SECRET)
    given = M365Options(tenant=TENANT, cloud=cloud)
    signed = sign_in(given, place_of(given), scopes(sharing_changes=False), print)
    local = M365Options(tenant=TENANT, endpoint=world.fake.url)
    assert open_session(local, print, signed).account == TENANT
    told, exchanged = authority.requests
    assert told == {"path": f"{JOB}&audience={audience}", "authorization": f"Bearer {SECRET}"}
    assert exchanged["client_assertion"] == "token-of-the-job"
    assert exchanged["scope"] == f"{CLOUDS[cloud].graph}/.default"


def test_a_job_of_github_is_not_asked_for_its_token_without_tls(
    world: World, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/?a=b")
    environment.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SECRET)
    with pytest.raises(CredentialsError) as caught:
        connected(world)
    assert SECRET not in f"{caught.value.text}"


def test_a_person_signs_in_with_a_code(
    world: World, environment: pytest.MonkeyPatch, authority: Authority
) -> None:
    del environment
    said: list[Text] = []
    session = connected(world, said, device_code=True)
    assert session.identity == "hanako@sample-shoji.example"
    (sentence,) = said
    assert "ABCD-1234" in sentence.en
    assert "ABCD-1234" in sentence.ja
    asked = authority.requests[0]["scope"]
    assert "https://graph.microsoft.com/Files.Read.All" in asked
    assert "Write" not in asked
    assert "FullControl" not in asked


def test_without_credentials_one_sentence_says_what_to_do(
    world: World, environment: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CredentialsError, match="AZURE_CLIENT_SECRET"):
        connected(world)
    environment.delenv("AZURE_CLIENT_ID")
    with pytest.raises(CredentialsError, match="--client-id"):
        connected(world)


def test_an_authority_that_is_not_there_is_said_to_be_unreachable(
    world: World, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("AZURE_AUTHORITY_HOST", "https://127.0.0.1:1")
    environment.setenv("AZURE_CLIENT_SECRET", SECRET)
    environment.setattr("azure.core.pipeline.policies.RetryPolicy.sleep", no_sleep)
    with pytest.raises(CredentialsError, match="cannot be reached"):
        connected(world)


def no_sleep(*_: object) -> None:
    """Not wait between two attempts to reach nobody."""


# --------------------------------------------------------------------------- which tenant


@pytest.mark.parametrize("name", [TENANT, TENANT.upper(), DOMAIN, INITIAL])
def test_a_tenant_is_named_by_id_or_domain(world: World, name: str) -> None:
    assert world.session(tenant=name).account == TENANT


@pytest.mark.parametrize("name", [uid(1, 77), "contoso.onmicrosoft.com"])
def test_credentials_for_another_tenant_are_refused(world: World, name: str) -> None:
    with pytest.raises(UsageError, match="not for"):
        world.session(tenant=name)


def test_a_tenant_whose_name_may_not_be_read_is_taken_by_its_id(world: World) -> None:
    world.fake.faults.append(Fault("/organization", 403, "Authorization_RequestDenied"))
    assert world.session().account == TENANT
    with pytest.raises(CredentialsError, match=r"Organization\.Read\.All"):
        world.session(tenant=INITIAL)


@pytest.mark.parametrize("raw", [b"<html>sign in</html>", b'{"value":[]}', b'{"value":[{"id":"x"}]}'])
def test_what_is_not_graph_is_refused(world: World, raw: bytes) -> None:
    world.fake.faults.append(Fault("/organization", 200, raw=raw))
    with pytest.raises(CredentialsError, match="not Microsoft Graph"):
        world.session()


def test_nothing_at_the_endpoint_is_said_to_be_unreachable() -> None:
    options = M365Options(tenant=TENANT, endpoint="http://127.0.0.1:1", retries=0)
    with pytest.raises(CredentialsError, match="cannot be reached"):
        open_session(options, lambda _: None)


# --------------------------------------------------------------------------- which cloud


@pytest.mark.parametrize("name", list(CLOUDS))
def test_each_cloud_has_its_own_graph_and_its_own_door(name: str) -> None:
    place = place_of(M365Options(tenant="x", cloud=name))
    assert place.owns(f"{place.graph}/v1.0/users")
    assert not place.is_local
    assert all(other.name == name or not place.owns(other.graph) for other in CLOUDS.values())


def test_an_unknown_cloud_is_refused() -> None:
    with pytest.raises(UsageError, match="--cloud takes"):
        place_of(M365Options(tenant="x", cloud="mars"))


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example",
        "http://127.0.0.1@evil.example",
        "file:///etc",
        "http://10.0.0.1",
        "127.0.0.1:80",
    ],
)
def test_an_endpoint_is_on_this_machine_or_refused(endpoint: str) -> None:
    with pytest.raises(UsageError, match="--endpoint"):
        place_of(M365Options(tenant="x", endpoint=endpoint))


def test_a_stand_in_is_never_shown_a_real_token(world: World, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AZURE_CLIENT_SECRET", SECRET)
    world.session()
    assert world.fake.tokens == {"Bearer stand-in"}
