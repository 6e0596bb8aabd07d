"""``--notify``: one message of a change to a webhook over TLS; its failure costs nothing, and its address is shown nowhere."""

import json
import ssl
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.cli.notifying import door, job_link
from cloudaudit.notices import slack, teams
from cloudaudit.notices.change import Example, Notice

SECRET = "T0/B0/not-to-be-told"
HOSTILE = "a<!channel>&*b*`c`@here|[x](https://evil.example)\n"


@dataclass
class Chat:
    """A webhook on this machine."""

    port: int
    trust: Path
    status: int = 200
    got: list[Any] = field(default_factory=list[Any])

    @property
    def environ(self) -> dict[str, str]:
        return {
            "CLOUDAUDIT_WEBHOOK": f"https://127.0.0.1:{self.port}/services/{SECRET}",
            "CLOUDAUDIT_NOTIFY_AS": "slack",
            "SSL_CERT_FILE": str(self.trust),
            "NO_PROXY": "127.0.0.1",
        }


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trust, private = folder / "cert.pem", folder / "key.pem"
    trust.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return trust, private


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Chat]:
    trust, private = certificate(tmp_path_factory.mktemp("tls"))
    chat = Chat(0, trust)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            chat.got.append(json.loads(body))
            self.send_response(chat.status)
            if chat.status == 302:
                self.send_header("Location", f"https://127.0.0.1:{chat.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base has
            del format, args

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trust, private)
    served.socket = context.wrap_socket(served.socket, server_side=True)
    chat.port = served.server_address[1]
    thread = Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    yield chat
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def chat(server: Chat) -> Chat:
    server.got.clear()
    server.status = 200
    return server


def nights(desk: Any, chat: Chat, *arguments: str, first: str = "Enabled", second: str = "") -> Result:
    """Scan twice, the second time with the first for its baseline; return the second."""
    desk.session.versioning = first
    assert desk.scan("--out", "one", "--quiet", **chat.environ).exit_code == 0
    assert chat.got == [], "there was nothing to compare with"
    desk.session.versioning = second
    compared = ("--baseline", "one/result.json")
    done: Result = desk.scan("--out", "two", "--quiet", *compared, *arguments, **chat.environ)
    return done


def test_a_chat_is_told_what_got_worse(desk: Any, chat: Chat) -> None:
    desk.session.off_name = HOSTILE
    done = nights(desk, chat)
    assert done.exit_code == 0
    (message,) = chat.got
    said = json.dumps(message, ensure_ascii=False)
    assert "cloudaudit: something got worse" in said
    assert "newly failed: 1" in said
    assert "aws-s3-bucket-versioning" in said
    assert "<!channel>" not in said
    assert "@here" not in said
    assert "&lt;!channel&gt;&amp;" in said
    assert "was told of the change" in done.stderr
    assert SECRET not in done.output


@pytest.mark.parametrize(("first", "second"), [("", ""), ("Enabled", "Enabled")])
def test_nobody_is_told_where_nothing_changed(desk: Any, chat: Chat, first: str, second: str) -> None:
    done = nights(desk, chat, first=first, second=second)
    assert done.exit_code == 0
    assert chat.got == []


def test_teams_is_told_in_the_language_of_the_run_and_with_pseudonyms(desk: Any, chat: Chat) -> None:
    masked = ("--mask", "--mask-key", "k", "--lang", "ja", "--notify-as", "teams")
    done = nights(desk, chat, *masked)
    assert done.exit_code == 0, done.output
    (message,) = chat.got
    said = json.dumps(message, ensure_ascii=False)
    assert message["attachments"][0]["content"]["type"] == "AdaptiveCard"
    assert "悪化した項目があります" in said
    assert "acme-" not in said
    assert "123456789012" not in said


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_chat_that_refuses_changes_neither_result_nor_exit_code(desk: Any, chat: Chat, status: int) -> None:
    chat.status = status
    done = nights(desk, chat, "--fail-on", "medium")
    assert done.exit_code == 1
    assert f"was not told of the change (HTTP {status})" in done.stderr
    assert len(chat.got) == 1, "a redirection is not followed"
    assert (desk.folder / "two" / "result.json").is_file()
    assert SECRET not in done.output


def test_a_chat_that_is_not_there_or_not_trusted_is_told_in_a_sentence(desk: Any, chat: Chat) -> None:
    untrusting = Chat(chat.port, Path("/nowhere.pem"))
    done = nights(desk, untrusting, "--fail-on", "medium")
    assert done.exit_code == 1
    assert "was not told of the change (SSLCertVerificationError)" in done.stderr
    gone = {**chat.environ, "CLOUDAUDIT_WEBHOOK": f"https://127.0.0.1:1/{SECRET}"}
    compared = ("--baseline", "one/result.json", "--quiet")
    done = desk.scan("--out", "three", *compared, **gone)
    assert done.exit_code == 0
    assert "was not told of the change (ConnectionRefusedError)" in done.stderr
    assert SECRET not in done.output


@pytest.mark.parametrize(
    ("arguments", "environ", "said"),
    [
        (["--notify", "NOT_SET"], {}, "NOT_SET is not set"),
        (["--notify", "HOOK"], {"HOOK": f"http://hooks.slack.com/{SECRET}"}, "no https address"),
        ([], {"CLOUDAUDIT_WEBHOOK": f"https://chat.example/{SECRET}"}, "--notify-as slack"),
        ([], {"CLOUDAUDIT_WEBHOOK": f"https://[{SECRET}"}, "no https address"),
        ([], {"CLOUDAUDIT_WEBHOOK": f"https://me:{SECRET}@hooks.slack.com/"}, "no https address"),
        (["--notify", f"https://hooks.slack.com/{SECRET}"], {}, "The name of an environment variable"),
    ],
)
def test_what_is_no_webhook_is_refused_before_anything_is_read(
    desk: Any, arguments: list[str], environ: dict[str, str], said: str
) -> None:
    done = desk.scan(*arguments, **environ)
    assert done.exit_code == 2
    assert said in done.stderr
    assert SECRET not in done.output
    assert not desk.session.tasks


def test_the_file_names_a_variable_and_never_an_address(desk: Any) -> None:
    path = desk.folder / "cloudaudit.toml"
    path.write_text('[notify]\nvariable = "HOOK"\nkind = "teams"\n', encoding="utf-8")
    assert "HOOK is not set" in desk.scan().stderr
    path.write_text(f'[notify]\nvariable = "https://hooks.slack.com/services/{SECRET}"\n', encoding="utf-8")
    done = desk.scan()
    assert done.exit_code == 2
    assert SECRET not in done.output


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("hooks.slack.com", "slack"),
        ("prod-1.japaneast.logic.azure.com:443", "teams"),
        ("x.api.powerplatform.com", "teams"),
    ],
)
def test_whose_webhook_it_is_shows_in_its_host(monkeypatch: pytest.MonkeyPatch, host: str, kind: str) -> None:
    monkeypatch.setenv("CLOUDAUDIT_WEBHOOK", f"https://{host}/{SECRET}")
    found = door(None, None)
    assert found is not None
    assert found.kind == kind
    assert SECRET not in repr(found)


def test_the_job_is_linked() -> None:
    github = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
    assert job_link(github) == "https://github.com/a/b/actions/runs/7"
    assert job_link({"CI_JOB_URL": "https://gitlab.example/j/1"}) == "https://gitlab.example/j/1"
    assert job_link({"BUILD_URL": "javascript:alert(1)"}) == ""


NAMES = st.text(max_size=300) | st.sampled_from(
    [HOSTILE, "<https://evil.example|safe>", "\ud800", "@CHANNEL"]
)


@given(NAMES, NAMES, st.integers(0, 10**9))
def test_whatever_a_stranger_named_calls_nobody_and_fits(target: str, name: str, count: int) -> None:
    notice = Notice(
        target=target,
        worse=True,
        title="t",
        lines=("l",) * 4,
        counts={f"c{number}": count for number in range(8)},
        examples=(Example(what="w", severity="s", check="c", name=name),) * 5,
        more="m",
        link="https://ci.example/1",
        link_words="open",
    )
    said = slack.payload(notice)
    for block in said["blocks"]:
        if block["type"] == "section":
            assert len(block["text"]["text"]) <= 3000
            assert "<" not in block["text"]["text"]
            assert ">" not in block["text"]["text"]
    assert "@channel" not in json.dumps(said, ensure_ascii=False).lower()
    card = teams.payload(notice)
    assert len(json.dumps(card)) < 28_000
    body = card["attachments"][0]["content"]["body"]
    assert {block["type"] for block in body} == {"RichTextBlock"}, "no other block shows names as they are"
