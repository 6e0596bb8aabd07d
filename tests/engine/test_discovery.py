import hashlib
import py_compile
import re
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

import pytest

from cloudaudit import discovery
from cloudaudit.check import AnyCheck
from cloudaudit.errors import Exit, UsageError
from cloudaudit.model import Theme
from cloudaudit.text import Text

JAPANESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")

CATALOGUE: dict[Theme, tuple[str, ...]] = {
    Theme.SHARING: (
        "aws-s3-account-public-access-block",
        "aws-s3-bucket-public-access",
        "aws-s3-bucket-public-write",
        "aws-s3-bucket-public-access-block",
        "aws-s3-bucket-acl-disabled",
        "aws-s3-access-point-public-access",
        "aws-s3-bucket-website",
        "aws-s3-bucket-cross-account",
        "gcs-bucket-public-access",
        "gcs-bucket-public-write",
        "gcs-bucket-public-access-prevention",
        "gcs-bucket-uniform-access",
        "gcs-bucket-external-members",
    ),
    Theme.ENCRYPTION: (
        "aws-s3-bucket-encryption",
        "aws-s3-bucket-inventory",
        "aws-s3-bucket-tls-only",
        "aws-s3-bucket-kms-key-health",
        "aws-backup-vault-encryption",
        "gcs-bucket-cmek",
        "gcs-bucket-inventory",
        "gcs-kms-key-rotation",
    ),
    Theme.BACKUP: (
        "aws-s3-bucket-versioning",
        "aws-s3-bucket-recovery-point",
        "aws-s3-bucket-offsite-copy",
        "aws-s3-bucket-deletion-protection",
        "aws-s3-bucket-noncurrent-retention",
        "aws-backup-plan-retention",
        "aws-backup-vault-lock",
        "gcs-bucket-versioning",
        "gcs-bucket-soft-delete",
        "gcs-bucket-redundancy",
        "gcs-bucket-retention-lock",
    ),
    Theme.MFA: (
        "aws-iam-root-mfa",
        "aws-iam-root-hardware-mfa",
        "aws-iam-user-mfa",
        "aws-iam-federated-mfa",
        "google-user-2sv-enrolled",
        "google-user-2sv-enforced",
    ),
    Theme.CREDENTIALS: (
        "aws-iam-root-access-key",
        "aws-iam-root-unused",
        "aws-iam-password-policy-length",
        "aws-iam-password-policy-reuse",
        "aws-iam-password-age",
        "aws-iam-access-key-age",
        "aws-iam-credential-unused",
        "aws-iam-legacy-credential-age",
        "gcp-service-account-key-age",
        "gcs-hmac-key-age",
        "google-user-unused",
    ),
    Theme.ACCESS: (
        "aws-iam-admin-policy",
        "aws-iam-storage-wildcard",
        "aws-iam-role-external-trust",
        "aws-accessanalyzer-enabled",
        "gcp-project-storage-admin",
    ),
    Theme.LOGGING: (
        "aws-s3-bucket-object-logging",
        "aws-cloudtrail-protected",
        "aws-guardduty-s3",
        "aws-macie-enabled",
        "gcs-bucket-data-access-log",
    ),
    Theme.NETWORK: (
        "aws-s3-bucket-network-bound",
        "gcs-bucket-ip-filter",
    ),
    Theme.RETENTION: (
        "aws-s3-bucket-lifecycle",
        "gcs-bucket-lifecycle",
    ),
    Theme.RESIDENCY: (
        "aws-s3-bucket-region",
        "gcs-bucket-location",
    ),
}
"""The ids of the published catalogue that need no object data. They are fixed: waivers and history name them."""

CRITICAL = {
    "aws-s3-bucket-public-access",
    "aws-s3-bucket-public-write",
    "aws-s3-access-point-public-access",
    "aws-iam-root-mfa",
    "aws-iam-user-mfa",
    "aws-iam-root-access-key",
    "gcs-bucket-public-access",
    "gcs-bucket-public-write",
    "google-user-2sv-enrolled",
}
FOLDERS = {"gcp": "gcs", "google": "gcs"}
"""Where a check lies whose id does not begin with its provider's name."""

ALL = list(discovery.checks().values())


def text_of(check: AnyCheck) -> Iterator[Text]:
    yield from (check.title, check.rationale, check.remediation)


@pytest.mark.parametrize("theme", CATALOGUE)
def test_every_check_of_the_catalogue_is_there_under_its_theme(theme: Theme) -> None:
    known = discovery.checks()
    for check_id in CATALOGUE[theme]:
        assert known[check_id].theme is theme


def test_the_critical_checks_are_those_of_the_catalogue() -> None:
    listed = {check_id for ids in CATALOGUE.values() for check_id in ids}
    assert {check.id for check in ALL if check.severity == "critical"} & listed == CRITICAL


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_a_check_stands_in_the_file_of_its_name(check: AnyCheck) -> None:
    assert check.judge.__module__.rpartition(".")[2] == check.id.replace("-", "_")
    first = check.id.partition("-")[0]
    assert check.judge.__module__.startswith(f"cloudaudit.checks.{FOLDERS.get(first, first)}.")


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_a_check_is_told_in_both_languages(check: AnyCheck) -> None:
    for text in text_of(check):
        assert text.en.strip()
        assert not JAPANESE.search(text.en)
        assert JAPANESE.search(text.ja)
    assert check.references
    assert all(reference.startswith("https://") for reference in check.references)
    assert not JAPANESE.search(check.command)


def test_checks_come_in_the_order_of_their_ids() -> None:
    ids = list(discovery.checks())
    assert ids == sorted(ids)
    assert all(check_id == check.id for check_id, check in discovery.checks().items())


# --------------------------------------------------------------------------- --checks-dir

CHECK = """
from cloudaudit.check import *
from cloudaudit.check import Text, Theme, Severity
from cloudaudit.providers.aws.model import Bucket

X = Text(en="x", ja="x")

@check({id!r}, title=X, theme=Theme.BACKUP, severity=Severity.LOW, on=Bucket, rationale=X, remediation=X, references=())
def judge(bucket, audit):
    return passed(X)
"""


def write(folder: Path, name: str, check_id: str) -> Path:
    path = folder / name
    path.write_text(CHECK.format(id=check_id), encoding="utf-8")
    return path


def test_a_folder_adds_its_checks_and_shows_their_digests(tmp_path: Path) -> None:
    path = write(tmp_path, "own.py", "aws-own-check")
    write(tmp_path, "_helper.py", "aws-helper")
    (tmp_path / "notes.txt").write_text("not a check")
    found, files = discovery.checks_with(tmp_path)
    assert set(found) == {*discovery.checks(), "aws-own-check"}
    assert list(found) == sorted(found)
    assert [(file.name, file.sha256) for file in files] == [
        ("own.py", hashlib.sha256(path.read_bytes()).hexdigest())
    ]
    assert "aws-own-check" not in discovery.checks()


def test_an_id_that_is_installed_already_names_both_origins(tmp_path: Path) -> None:
    path = write(tmp_path, "own.py", "aws-s3-bucket-versioning")
    with pytest.raises(UsageError) as caught:
        discovery.checks_with(tmp_path)
    for text in (caught.value.text.en, caught.value.text.ja):
        assert "aws-s3-bucket-versioning" in text
        assert "cloudaudit.checks.aws.aws_s3_bucket_versioning" in text
        assert str(path) in text
    assert caught.value.exit is Exit.USAGE


def test_an_id_in_two_files_names_both(tmp_path: Path) -> None:
    paths = [write(tmp_path, name, "aws-own") for name in ("a.py", "b.py")]
    with pytest.raises(UsageError) as caught:
        discovery.checks_with(tmp_path)
    assert all(str(path) in caught.value.text.en for path in paths)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("import no_such_module_anywhere\n", "ModuleNotFoundError"),
        ("def (\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("raise SystemExit(0)\n", "SystemExit"),
    ],
)
def test_a_file_that_does_not_import_is_named(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "broken.py"
    path.write_text(content)
    with pytest.raises(UsageError) as caught:
        discovery.checks_with(tmp_path)
    for text in (caught.value.text.en, caught.value.text.ja):
        assert str(path) in text
        assert says in text
    assert caught.value.exit is Exit.USAGE


def test_what_runs_is_what_was_digested_and_no_bytecode_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path, "own.py", "aws-evil")
    planted = Path(py_compile.compile(str(path), invalidation_mode=PycInvalidationMode.UNCHECKED_HASH) or "")
    write(tmp_path, "own.py", "aws-good")
    before = planted.read_bytes()
    found, files = discovery.checks_with(tmp_path)
    assert "aws-good" in found
    assert "aws-evil" not in found
    assert files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert planted.read_bytes() == before


def test_no_bytecode_is_left_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "own.py", "aws-own")
    discovery.checks_with(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["own.py"]


def test_a_folder_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        discovery.checks_with(tmp_path / "none")


def test_an_empty_folder_adds_nothing(tmp_path: Path) -> None:
    found, files = discovery.checks_with(tmp_path)
    assert found == discovery.checks()
    assert files == ()


# --------------------------------------------------------------------------- plug-ins


def entry_point(monkeypatch: pytest.MonkeyPatch, group: str, value: str) -> None:
    def chosen(**wanted: Any) -> list[EntryPoint]:
        return [EntryPoint("third-party", value, group)] if wanted["group"] == group else []

    monkeypatch.setattr(discovery, "entry_points", chosen)
    discovery.checks.cache_clear()


@pytest.fixture
def _fresh_checks() -> Iterator[None]:
    yield
    discovery.checks.cache_clear()


@pytest.mark.usefixtures("_fresh_checks")
def test_a_plug_in_that_does_not_import_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    entry_point(monkeypatch, "cloudaudit.checks", "no_such_package.checks")
    with pytest.raises(UsageError) as caught:
        discovery.checks()
    assert "third-party" in caught.value.text.en
    assert "no_such_package" in caught.value.text.ja


@pytest.mark.usefixtures("_fresh_checks")
def test_two_packages_with_one_id_are_both_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("plugin_one", "plugin_two"):
        package = tmp_path / name
        package.mkdir()
        write(package, "__init__.py", "aws-twice")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    made = [EntryPoint(name, name, "cloudaudit.checks") for name in ("plugin_one", "plugin_two")]

    def both(**_wanted: Any) -> list[EntryPoint]:
        return made

    monkeypatch.setattr(discovery, "entry_points", both)
    discovery.checks.cache_clear()
    with pytest.raises(UsageError, match="plugin_one and plugin_two"):
        discovery.checks()


@pytest.mark.parametrize("find", [discovery.provider, discovery.report])
def test_an_unknown_name_lists_the_known_ones(find: Any) -> None:
    with pytest.raises(UsageError, match="installed: ") as caught:
        find("nonsense")
    assert "nonsense" in caught.value.text.ja


def test_the_own_provider_and_reports_are_found() -> None:
    assert discovery.provider("aws").name == "aws"
    assert discovery.report("json") is not None


def test_the_digest_follows_the_ids_and_the_source(tmp_path: Path) -> None:
    known = discovery.checks()
    one = {"aws-s3-bucket-versioning": known["aws-s3-bucket-versioning"]}
    assert discovery.digest(one) == discovery.digest(dict(one))
    assert discovery.digest(one) != discovery.digest({})
    path = write(tmp_path, "own.py", "aws-own")
    before = discovery.digest(discovery.checks_with(tmp_path)[0])
    path.write_text(path.read_text() + "# changed\n")
    assert discovery.digest(discovery.checks_with(tmp_path)[0]) != before
