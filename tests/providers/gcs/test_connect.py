"""Credentials of every kind, found, scoped, refused; and where the APIs are."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.gcs.connect import (
    BROAD_SCOPE,
    DIRECTORY_SCOPE,
    MONITORING_SCOPE,
    READ_SCOPE,
    STORAGE_SCOPE,
    GcsOptions,
    connect,
    scope_of,
)
from cloudaudit.providers.gcs.model import Bucket, User
from cloudaudit.providers.gcs.operations import OPERATIONS
from cloudaudit.providers.gcs.session import open_session
from fakes.gcs import Fault, Kind
from fakes.gcs.build import NUMBER, PROJECT, bucket, estate, user

from .collected import ONE, World, records
from .complete import complete_estate

ROBOT = f"auditor@{PROJECT}.iam.gserviceaccount.com"
SECRET = "-----BEGIN PRIVATE KEY-----"


@pytest.fixture(scope="session")
def private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def robot(world: World, private_key: str, tmp_path: Path) -> Path:
    """A service account's file, whose tokens the fake gives."""
    world.become(complete_estate())
    world.fake.tokens.clear()
    path = tmp_path / "robot.json"
    info = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "1",
        "private_key": private_key,
        "client_email": ROBOT,
        "client_id": "1",
        "token_uri": f"{world.url}/token",
    }
    path.write_text(json.dumps(info), encoding="utf-8")
    return path


def test_a_service_account_reads_with_the_narrowest_scopes(world: World, robot: Path) -> None:
    scanned = world.scan(projects=(), credentials=robot, workspace_admin="admin@sample.example")
    assert scanned.gaps == ()
    tokens = world.fake.tokens
    assert {scope for token in tokens.values() for scope in token.scopes} == {
        READ_SCOPE,
        STORAGE_SCOPE,
        BROAD_SCOPE,
        MONITORING_SCOPE,
        DIRECTORY_SCOPE,
    }
    assert {(len(token.scopes), token.subject) for token in tokens.values()} == {
        (1, ""),
        (1, "admin@sample.example"),
    }
    used = {
        (path, scope)
        for _, path, token in world.fake.asked
        for scope in (tokens[token].scopes if token else {"none"})
    }
    assert {scope for path, scope in used if path.startswith("/storage/")} == {STORAGE_SCOPE}
    assert {scope for path, scope in used if "/admin/" in path} == {DIRECTORY_SCOPE}
    assert {scope for path, scope in used if "cloudresourcemanager" in path} == {READ_SCOPE}


def test_the_identity_and_the_project_come_from_the_file(world: World, robot: Path) -> None:
    session = open_session(GcsOptions(endpoint=world.url, credentials=robot))
    assert (session.identity, session.account) == (ROBOT, NUMBER)


def test_every_service_has_a_read_only_scope_where_google_offers_one() -> None:
    scopes = {operation.service: scope_of(operation.service) for operation in OPERATIONS}
    broad = {service for service, scope in scopes.items() if scope == BROAD_SCOPE}
    assert broad == {
        "accesscontextmanager",
        "cloudasset",
        "cloudkms",
        "iam",
        "orgpolicy",
        "storageinsights",
        "storagetransfer",
    }
    # Cloud Storage tells ACLs to no token of a read-only scope: https://cloud.google.com/storage/docs/oauth-scopes
    assert scopes["storage"] == "https://www.googleapis.com/auth/devstorage.full_control"
    assert {scope for scope in scopes.values() if scope != BROAD_SCOPE} == {
        READ_SCOPE,
        STORAGE_SCOPE,
        MONITORING_SCOPE,
        DIRECTORY_SCOPE,
    }


def test_revoked_credentials_in_the_middle_stop_the_scan_and_it_resumes(
    world: World, robot: Path, tmp_path: Path
) -> None:
    world.become(estate(*(bucket(f"b{number:02}") for number in range(40))))
    world.fake.expires_after = 30
    path = tmp_path / "s.jsonl"
    stopped = world.scan(ONE, credentials=robot, path=path)
    assert stopped.outcome.stopped == "expired"
    kept = records(stopped, Bucket)
    assert 0 < len(kept) < 40
    assert {each.cause for each in stopped.findings if each.status is Status.NOT_ASSESSED} == {Cause.EXPIRED}
    world.fake.expires_after = None
    resumed = world.scan(ONE, credentials=robot, path=path, resume=True)
    assert {each.status for each in resumed.findings} == {Status.PASS}
    assert world.fake.count("buckets.getIamPolicy") == 40 - len(kept)
    assert SECRET not in path.read_text(encoding="utf-8")


def test_a_token_that_runs_out_is_renewed(world: World, robot: Path) -> None:
    world.become(estate(bucket("a"), bucket("b")))
    world.fake.faults.append(Fault(Kind.STALE, "managedFolders.list", times=1))
    scanned = world.scan(ONE, credentials=robot)
    assert (scanned.gaps, scanned.outcome.stopped) == ((), "")
    assert world.fake.count("managedFolders.list") == 3
    assert len({token for _, path, token in world.fake.asked if path.startswith("/storage/")}) == 2


def test_a_netrc_does_not_take_the_place_of_the_token(
    world: World, robot: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    world.scan(ONE, credentials=robot)
    assert {token for _, _, token in world.fake.asked} <= set(world.fake.tokens)


def test_without_delegation_people_are_denied_and_the_rest_is_read(
    world: World, robot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = type(world.fake).grant

    def not_for_people(fake: Any, request: Any) -> Any:
        reply = grant(fake, request)
        newest = list(fake.tokens.values())[-1]
        if newest.subject:
            return type(reply)(401, b'{"error": "unauthorized_client"}')
        return reply

    monkeypatch.setattr(type(world.fake), "grant", not_for_people)
    scanned = world.scan(credentials=robot, workspace_admin="admin@sample.example")
    (gap,) = scanned.gaps
    assert (gap.of, gap.cause) == ("google-user", Cause.DENIED)
    assert gap.permission == DIRECTORY_SCOPE
    assert scanned.outcome.stopped == ""
    assert records(scanned, Bucket)


def test_impersonation_and_workload_identity_are_asked_of_google_auth(
    world: World, robot: Path, tmp_path: Path
) -> None:
    options = GcsOptions(endpoint=world.url, credentials=robot, impersonate="other@sample.example")
    connections = connect(options)
    made = connections.session("storage").credentials
    assert type(made).__module__ == "google.auth.impersonated_credentials"
    assert (connections.identity, made.service_account_email) == ("other@sample.example",) * 2
    connections.close()
    workload = tmp_path / "workload.json"
    pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q"
    info = {
        "type": "external_account",
        "audience": pool,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": str(tmp_path / "token")},
    }
    workload.write_text(json.dumps(info), encoding="utf-8")
    connections = connect(GcsOptions(endpoint=world.url, credentials=workload))
    made = connections.session("storage").credentials
    assert type(made).__module__ == "google.auth.identity_pool"
    assert made.scopes == [STORAGE_SCOPE]
    connections.close()


# --------------------------------------------------------------------------- wrong from the start


def said_by(options: GcsOptions) -> str:
    with pytest.raises(UsageError) as failed:
        open_session(options)
    told = failed.value.diagnostics()
    assert told.en.endswith(".")
    assert told.ja.endswith("。")
    assert SECRET not in told.en
    return told.en


def test_no_credentials() -> None:
    assert "no Google credentials" in said_by(GcsOptions(projects=(PROJECT,)))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"type": "oracle"}', '{"type": "service_account"}'])
def test_a_file_that_holds_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "robot.json"
    path.write_text(content, encoding="utf-8")
    assert "redentials" in said_by(GcsOptions(projects=(PROJECT,), credentials=path))
    assert "cannot be read" in said_by(GcsOptions(projects=(PROJECT,), credentials=tmp_path / "none.json"))


def test_refused_credentials(world: World, robot: Path) -> None:
    world.fake.revoked = True
    assert "does not accept the credentials (RefreshError)" in said_by(
        GcsOptions(endpoint=world.url, credentials=robot)
    )


def test_a_refused_token(world: World, robot: Path) -> None:
    world.fake.expires_after = 0
    assert "does not accept" in said_by(world.options(credentials=robot))
    assert "does not accept" in said_by(world.options())


def test_no_project(world: World) -> None:
    assert "name no project" in said_by(GcsOptions(endpoint=world.url))


@pytest.mark.parametrize(
    ("kind", "part"), [(Kind.PAGE, "is not Google"), (Kind.NETWORK, "cannot be reached")]
)
def test_what_answers_is_not_google(world: World, kind: Kind, part: str) -> None:
    world.become(complete_estate())
    world.fake.faults.append(Fault(kind, "projects.get"))
    assert part in said_by(world.options(retries=0))


@pytest.mark.parametrize("endpoint", ["nowhere", "ftp://127.0.0.1", "http://"])
def test_an_endpoint_that_is_no_url(endpoint: str) -> None:
    assert "is no endpoint" in said_by(GcsOptions(projects=(PROJECT,), endpoint=endpoint))


def test_credentials_errors_are_told_as_such() -> None:
    with pytest.raises(CredentialsError):
        open_session(GcsOptions(projects=(PROJECT,)))


# --------------------------------------------------------------------------- places


def test_the_emulators_variable_is_honoured_and_no_token_is_sent_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.become(complete_estate())
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", world.url.partition("://")[2])
    scanned = world.scan(ONE, endpoint=None)
    assert scanned.gaps == ()
    assert len(records(scanned, Bucket)) == 4
    assert {token for _, _, token in world.fake.asked} == {""}


def test_the_environment_names_the_project(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.become(complete_estate())
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)
    assert open_session(GcsOptions(endpoint=world.url)).account == NUMBER


def test_the_account_of_several_projects_is_the_same_for_the_same_ones(world: World) -> None:
    made = complete_estate()
    world.become(made)
    one = open_session(world.options(projects=(PROJECT, "sample-proj-2"))).account
    other = open_session(world.options(projects=("sample-proj-2", PROJECT))).account
    assert one == other == f"{NUMBER},200000000002"
    assert open_session(world.options(organization="900000000001")).account == "organizations/900000000001"


def test_people_belong_to_the_customer(world: World) -> None:
    world.become(estate(users=[user("hanako@sample.example")]))
    scanned = world.scan("google-user-2sv-enrolled", customer="C0sample1")
    assert records(scanned, User)["hanako@sample.example"].account == "C0sample1"
    wrong = world.scan("google-user-2sv-enrolled", customer="C0other12")
    (gap,) = wrong.gaps
    assert (gap.of, gap.cause, gap.account) == ("google-user", Cause.UNSUPPORTED, "C0other12")


def test_people_alone_may_be_read_and_projects_are_not_none_but_unknown(world: World) -> None:
    world.become(estate(bucket("a"), users=[user("hanako@sample.example")]))
    scanned = world.scan("google-user-2sv-enrolled", projects=(), customer="C0sample1")
    assert (len(scanned.findings), scanned.gaps) == (1, ())
    everything = world.scan(projects=(), customer="C0sample1")
    assert {gap.of for gap in everything.gaps} == {
        "gcp-project",
        "gcs-bucket",
        "gcp-service-account",
        "gcs-hmac-key",
        "gcp-kms-key",
    }
    assert world.fake.count("buckets.list") == 0


def test_importing_the_provider_loads_no_google_library() -> None:
    code = (
        "import sys, cloudaudit, cloudaudit.providers.gcs, cloudaudit.cli.root;"
        "import cloudaudit.providers.gcs.connect, cloudaudit.providers.gcs.session;"
        "print([name for name in sys.modules if name.split('.')[0] in {'google', 'requests', 'urllib3'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout.strip() == "[]"
