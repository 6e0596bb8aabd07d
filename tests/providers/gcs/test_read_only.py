"""Nothing that could change or open anything is ever sent, whoever asks for it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.providers.gcs.connect import Connections, connect
from cloudaudit.providers.gcs.operations import OPERATIONS, Operation
from cloudaudit.providers.gcs.transport import WriteRefusedError

from .collected import World
from .complete import KEY, complete_estate

READ_POSTS = {
    "projects.getAncestry",
    "projects.getIamPolicy",
    "folders.getIamPolicy",
    "organizations.getIamPolicy",
}
"""Reads that take a body, and for that reason alone a POST."""

WRITES: dict[str, tuple[str, str]] = {
    "accesscontextmanager": ("DELETE", "/v1/accessPolicies/1/servicePerimeters/main"),
    "admin": ("PUT", "/admin/directory/v1/users/hanako@sample.example"),
    "cloudasset": ("POST", "/v1/projects/1:exportAssets"),
    "cloudkms": ("POST", f"/v1/{KEY}/cryptoKeyVersions/1:destroy"),
    "cloudresourcemanager": ("POST", "/v3/projects/1:setIamPolicy"),
    "iam": ("POST", "/v1/projects/p/serviceAccounts/a/keys"),
    "monitoring": ("POST", "/v3/projects/p/timeSeries"),
    "orgpolicy": ("DELETE", "/v2/projects/1/policies/storage.publicAccessPrevention"),
    "storage": ("PUT", "/storage/v1/b/invoices/iam"),
    "storageinsights": ("DELETE", "/v1/projects/p/locations/l/reportConfigs/r"),
    "storagetransfer": ("POST", "/v1/transferJobs"),
}
MORE = [
    ("storage", "GET", "/storage/v1/b/invoices/o/secret.csv?alt=media"),
    ("storage", "GET", "/storage/v1/b/invoices/o"),
    ("storage", "GET", "/download/storage/v1/b/invoices/o/secret.csv?alt=media"),
    ("storage", "POST", "/upload/storage/v1/b/invoices/o?uploadType=media"),
    ("storage", "POST", "/batch/storage/v1"),
    ("storage", "DELETE", "/storage/v1/b/invoices"),
    ("iam", "POST", "/v1/projects/p/serviceAccounts/a:signBlob"),
    ("cloudkms", "POST", f"/v1/{KEY}:decrypt"),
    ("cloudkms", "GET", f"/v1/{KEY}/cryptoKeyVersions/1/publicKey"),
    ("secretmanager", "GET", "/v1/projects/p/secrets/s/versions/1:access"),
    ("cloudresourcemanager", "POST", "/v3/projects/1:testIamPermissions"),
    ("cloudresourcemanager", "GET", "/v3/projects/1/../../v1/x"),
]


@pytest.fixture(scope="module")
def connections(world: World) -> Connections:
    return connect(world.options())


def refused(world: World, call: Callable[[], object]) -> None:
    world.become(complete_estate())
    with pytest.raises(WriteRefusedError, match="not on the read list"):
        call()
    assert world.fake.asked == []


@pytest.mark.parametrize("service", sorted({operation.service for operation in OPERATIONS}))
def test_a_write_of_each_service_is_refused_before_anything_is_sent(
    world: World, connections: Connections, service: str
) -> None:
    method, path = WRITES[service]
    url = f"{connections.endpoint.base_of(service)}{path}"
    refused(world, lambda: connections.session(service).request(method, url, data=b"{}"))


@pytest.mark.parametrize(("service", "method", "path"), MORE)
def test_contents_and_secrets_are_never_opened(
    world: World, connections: Connections, service: str, method: str, path: str
) -> None:
    url = f"{connections.endpoint.base_of(service)}{path}"
    refused(world, lambda: connections.session(service).request(method, url))


CLIENT_WRITES: list[Callable[[Any], object]] = [
    lambda client: client.create_bucket("new"),
    lambda client: client.bucket("invoices").delete(),
    lambda client: client.bucket("invoices").patch(),
    lambda client: client.bucket("invoices").blob("a").upload_from_string("x"),
    lambda client: client.bucket("invoices").blob("a").download_as_bytes(),
    lambda client: list(client.list_blobs("invoices")),
    lambda client: client.create_hmac_key("robot@sample.example", project_id="p"),
    lambda client: client.bucket("invoices").test_iam_permissions(["storage.buckets.get"]),
]


@pytest.mark.parametrize("write", CLIENT_WRITES)
def test_the_storage_client_is_guarded_too(
    world: World, connections: Connections, write: Callable[[Any], object]
) -> None:
    refused(world, lambda: write(connections.storage()))


@pytest.mark.parametrize(
    "url",
    [
        "https://storage.googleapis.com/storage/v1/b",
        "http://127.0.0.1:9/storage/v1/b",
        "{url}@example.com/storage/v1/b",
    ],
)
def test_another_host_is_refused(world: World, connections: Connections, url: str) -> None:
    session = connections.session("storage")
    refused(world, lambda: session.request("GET", url.format(url=world.url)))


def test_the_guard_lets_reads_through(world: World, connections: Connections) -> None:
    world.become(complete_estate())
    assert connections.storage().bucket("invoices").get_iam_policy(requested_policy_version=3) is not None
    assert world.fake.count("buckets.getIamPolicy") == 1
    connections.close()


def test_a_whole_scan_sends_gets_and_reading_posts_alone(world: World) -> None:
    world.become(complete_estate())
    world.scan(organization="900000000001", bulk=True)
    posts = {path for method, path, _ in world.fake.asked if method == "POST"}
    assert {method for method, _, _ in world.fake.asked} == {"GET", "POST"}
    assert all(re.search(r":(getIamPolicy|getAncestry)$", path) for path in posts)
    assert world.fake.refused == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_list_holds_reads_alone(operation: Operation) -> None:
    verb = operation.name.partition("(")[0].rpartition(".")[2]
    assert re.fullmatch(r"(get|list)([A-Z]\w*)?", verb)
    assert operation.method == ("POST" if operation.name in READ_POSTS else "GET")
