"""Where things stand in a TOML file, and that all faults are told at once with their line."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.config.loading import load
from cloudaudit.errors import FaultyFileError, UsageError
from cloudaudit.text import Text
from cloudaudit.toml_file import Document, read

WHAT = Text(en="file", ja="ファイル")


def document(text: str) -> Document:
    import tomllib

    return Document(Path("x.toml"), text.encode(), tomllib.loads(text))


def test_the_line_of_every_kind_of_thing() -> None:
    made = document(
        '''# comment
top = 1
"quoted key".b = [
  1,  # one

  2, { inner = "x" },
]
multi = """
[fake]
"""
[a.b]
c = 1
[[list]]
name = "first"
[list.sub]
d = 1
[[list]]
name = "second"
inline = { x = 1, y = { z = 2 } }
'''
    )
    expected = {
        ("top",): 2,
        ("quoted key", "b"): 3,
        ("quoted key", "b", 0): 4,
        ("quoted key", "b", 1): 6,
        ("quoted key", "b", 2, "inner"): 6,
        ("multi",): 8,
        ("a", "b"): 11,
        ("a", "b", "c"): 12,
        ("list",): 13,
        ("list", 0): 13,
        ("list", 0, "name"): 14,
        ("list", 0, "sub", "d"): 16,
        ("list", 1): 17,
        ("list", 1, "name"): 18,
        ("list", 1, "inline", "y", "z"): 19,
    }
    assert {place: made.lines.get(place) for place in expected} == expected
    assert ("fake",) not in made.lines
    assert made.line(("list", 1, "nothing", "here")) == 17
    assert made.line(("nowhere",)) is None


KEYS = st.sampled_from(["a", "b", '"c d"', "'é'", "e1"])
VALUES = st.sampled_from(["1", '"x"', "[1,\n 2]", "{ k = 1 }", "true", "2026-01-01"])


@given(
    st.lists(
        st.one_of(st.tuples(KEYS, VALUES), st.tuples(st.just("[["), KEYS), st.tuples(st.just("["), KEYS)),
        max_size=8,
    )
)
def test_everything_that_tomllib_reads_has_a_line(parts: list[tuple[str, str]]) -> None:
    import tomllib

    lines = [
        f"[[{value}]]" if key == "[[" else f"[{value}]" if key == "[" else f"{key} = {value}"
        for key, value in parts
    ]
    text = "\n".join(lines) + "\n"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    made = Document(Path("x.toml"), text.encode(), data)
    written = text.splitlines()

    def walk(value: object, place: tuple[str | int, ...]) -> None:
        if place:
            line = made.lines[place]
            assert 1 <= line <= len(written)
            key = place[-1]
            if isinstance(key, str):
                assert key in written[line - 1]
        inside: Any = value
        items: list[tuple[str | int, object]] = []
        if isinstance(value, dict):
            items = list(inside.items())
        elif isinstance(value, list):
            items = list(enumerate(inside))  # pyright: ignore[reportUnknownArgumentType]  # what TOML holds
        for key, inner in items:
            walk(inner, (*place, key))

    walk(data, ())


def faults(tmp_path: Path, text: str, language: str = "en") -> list[str]:
    path = tmp_path / "cloudaudit.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyFileError) as caught:
        load(path)
    return [getattr(fault, language) for fault in caught.value.faults]


def test_all_faults_of_a_configuration_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """waiver = "x"
[gates]
fail_on = "severe"
fail_onn = "high"
[gates.themes.sharin]
min_score = 80
[policy]
acces_key_max_age_days = 1
trusted_accounts = [
  "111122223333",
  "12",
]
[scan.aws]
region = "x"
max_rps = 0
"""
    assert faults(tmp_path, text) == [
        "line 1, waiver: there is no such setting; did you mean waivers?",
        "line 3, gates.fail_on: Input should be 'critical', 'high', 'medium', 'low', 'info' or 'none'",
        "line 4, gates.fail_onn: there is no such setting; did you mean fail_on?",
        (
            "line 5, gates.themes.sharin: Input should be 'sharing', 'mfa', 'encryption', 'backup', "
            "'credentials', 'access', 'logging', 'network', 'retention' or 'residency'; did you mean sharing?"
        ),
        "line 8, policy.acces_key_max_age_days: there is no such setting; did you mean access_key_max_age_days?",
        r"line 11, policy.trusted_accounts.1: String should match pattern '^\d{12}$'",
        "line 14, scan.aws.region: there is no such setting; did you mean regions?",
        "line 15, scan.aws.max_rps: Input should be greater than 0",
    ]
    japanese = faults(tmp_path, text, "ja")
    assert japanese[0] == "1 行目、waiver: そのような設定項目はありません(waivers ではありませんか)"
    assert not any("Input" in said or "hould" in said for said in japanese)


SECRETS = [
    ("[scan.m365]", 'client_secret = "hunter2"', "AZURE_CLIENT_SECRET"),
    ("[scan.m365]", 'certificate_password = "hunter2"', "AZURE_CLIENT_CERTIFICATE_PASSWORD"),
    ("[scan.aws]", 'aws_secret_access_key = "hunter2"', "AWS_SECRET_ACCESS_KEY"),
    ("[scan.aws]", 'aws_session_token = "hunter2"', "AWS_SESSION_TOKEN"),
    ("[scan.aws]", 'profile = "AKIAIOSFODNN7EXAMPLE"', "AWS_SECRET_ACCESS_KEY"),
    ("[scan.gcs]", 'private_key = "hunter2"', "GOOGLE_APPLICATION_CREDENTIALS"),
    ("[seal]", 'passphrase = "hunter2"', "CLOUDAUDIT_KEY_PASSPHRASE"),
    ("[notify]", 'webhook = "hunter2"', "environment variable"),
    ("", 'token = "hunter2"', "environment variable"),
    ("", 'waivers = "-----BEGIN PRIVATE KEY-----hunter2"', "environment variable"),
    ("[[target]]", 'client_secret = "ghp_0123456789012345678901234567890123"', "environment variable"),
]


@pytest.mark.parametrize(("section", "line", "instead"), SECRETS)
def test_a_secret_is_refused_and_not_repeated(tmp_path: Path, section: str, line: str, instead: str) -> None:
    told = faults(tmp_path, f"{section}\n{line}\n")
    (said,) = [one for one in told if "secret never stands" in one]
    assert said.startswith("line 2, ")
    assert instead in said
    assert "hunter2" not in " ".join(told)
    assert "ghp_" not in " ".join(told)


def test_a_threshold_on_secrets_and_a_path_to_a_key_are_none(tmp_path: Path) -> None:
    path = tmp_path / "cloudaudit.toml"
    path.write_text(
        '[policy]\napp_secret_max_age_days = 90\n[scan.m365]\ncertificate = "cert.pem"\n[seal]\nkey = "seal.key"\n'
        '[policy.rules]\napp_secret_max_age_days = "規程"\n',
        encoding="utf-8",
    )
    config = load(path).value
    assert config.policy is not None
    assert config.policy.app_secret_max_age_days == 90
    assert config.scan.m365.certificate == tmp_path / "cert.pem"
    assert config.seal.key == str(tmp_path / "seal.key")


def test_a_file_in_shift_jis_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes('a = "情報"'.encode("cp932"))
    with pytest.raises(UsageError, match="save it as UTF-8"):
        read(path, WHAT, WHAT)


@pytest.mark.parametrize("content", [b"a = ", b"a = 1\na = 2"])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not valid TOML"):
        read(path, WHAT, WHAT)
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.toml", WHAT, WHAT)
