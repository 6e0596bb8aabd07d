"""Nothing that could change or open anything is ever sent, whoever asks for it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from cloudaudit.inventory.plan import Looking, ObjectsWish
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


@pytest.fixture(scope="module")
def looking(world: World) -> Connections:
    """Connections of a scan that looks at objects, and was told of one place of reports."""
    made = connect(world.options(objects=ObjectsWish(looking=Looking.AUTO)))
    made.announce_reports("logs", "reports/all-objects")
    return made


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


NOT_OF_THE_REPORT = [
    "/storage/v1/b/invoices/o/secret.csv?alt=media",
    "/storage/v1/b/invoices/o/reports%2Fall-objects_1_0.csv?alt=media",
    "/storage/v1/b/logs/o/secret.csv?alt=media",
    "/storage/v1/b/logs/o/reports%2Fanother_1_0.csv?alt=media",
    "/storage/v1/b/logs/o/x%2Freports%2Fall-objects_1_0.csv?alt=media",
    "/storage/v1/b/logs/o/reports/all-objects_1_0.csv?alt=media",
    "/storage/v1/b/logs/o/reports%2Fall-objects_1_0.csv",
    "/storage/v1/b/logs/o/reports%2Fall-objects_1_0.csv?alt=media&generation=1",
    "/storage/v1/b/logs/o/reports%2Fall-objects_1_0.csv/acl?alt=media",
    "/download/storage/v1/b/logs/o/reports%2Fall-objects_1_0.csv?alt=media",
    "/storage/v1/b/logs/o?alt=media",
    "/storage/v1/b/logs/o?fields=kind&%61lt=media",
    "/storage/v1/b/logs/o?$alt=media",
    "/storage/v1/b/logs/o?alt=",
    "/storage/v1/b/logs/o?alt=json&alt=media",
    "/storage/v1/b/logs/o/..?alt=media",
]


@pytest.mark.parametrize("path", NOT_OF_THE_REPORT)
def test_contents_of_anything_but_a_reports_files_are_never_opened(
    world: World, looking: Connections, path: str
) -> None:
    url = f"{looking.endpoint.base_of('storage')}{path}"
    refused(world, lambda: looking.session("storage").request("GET", url))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD"])
def test_a_reports_files_are_read_and_no_more(world: World, looking: Connections, method: str) -> None:
    url = f"{looking.endpoint.base_of('storage')}/storage/v1/b/logs/o/reports%2Fall-objects_1_0.csv?alt=media"
    refused(world, lambda: looking.session("storage").request(method, url))


@pytest.mark.parametrize("place", [("", "reports/x"), ("logs", ""), ("logs", "reports/")])
def test_no_whole_bucket_or_folder_is_a_place_of_reports(
    looking: Connections, place: tuple[str, str]
) -> None:
    with pytest.raises(ValueError, match="no place of reports"):
        looking.announce_reports(*place)


def test_what_was_announced_is_let_through(world: World, looking: Connections) -> None:
    world.become(complete_estate())
    base = f"{looking.endpoint.base_of('storage')}/storage/v1/b/logs/o"
    session = looking.session("storage")
    assert session.request("GET", f"{base}/reports%2Fall-objects_1_0.csv?alt=media").status_code == 404
    assert session.request("GET", f"{base}?alt=json").status_code == 404
    assert world.fake.count("objects.get") == world.fake.count("objects.list") == 1
    looking.close()


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
