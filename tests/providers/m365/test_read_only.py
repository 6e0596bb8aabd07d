"""Nothing but reads leaves the process, whoever asks the SDK for more."""

import asyncio
import importlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cloudaudit.providers.m365.clouds import CLOUDS
from cloudaudit.providers.m365.connect import M365Options, place_of
from cloudaudit.providers.m365.graph import SdkGraph, WriteRefusedError

from .conftest import World

SDK_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""The SDK's request builders, which only these tests use, warn of their own classes when they are imported."""


def through_sdk(world: World, act: Callable[[Any], Awaitable[Any]]) -> Any:
    """Act with the SDK's own client on our guarded adapter."""
    # By name, so that type checkers do not follow an import of thousands of modules.
    client = importlib.import_module("msgraph").GraphServiceClient

    async def bearer(_claims: str) -> str:
        return "token"

    async def run() -> Any:
        place = place_of(M365Options(tenant="x", endpoint=world.fake.url))
        graph = SdkGraph(place, bearer, concurrency=2, read_timeout=5)
        graph.adapter.base_url = f"{place.graph}/v1.0"
        try:
            return await act(client(request_adapter=graph.adapter))
        finally:
            await graph.close()

    return asyncio.run(run())


def send(world: World, method: str, target: str, body: object = None, *, base: str = "") -> Any:
    async def bearer(_claims: str) -> str:
        return "token"

    async def run() -> Any:
        place = place_of(M365Options(tenant="x", endpoint=world.fake.url))
        graph = SdkGraph(place, bearer, concurrency=2, read_timeout=5)
        content = None if body is None else json.dumps(body).encode()
        try:
            return await graph.send(method, (base or place.graph) + target, {}, content)
        finally:
            await graph.close()

    return asyncio.run(run())


@SDK_WARNS
def test_the_sdks_own_models_read_through_the_guard(world: World) -> None:
    page = through_sdk(world, lambda client: client.users.get())
    assert page.value[0].display_name == "田中 一郎"


@SDK_WARNS
def test_the_sdk_cannot_write_through_the_guard(world: World) -> None:
    user = importlib.import_module("msgraph.generated.models.user").User
    writes: list[Callable[[Any], Awaitable[Any]]] = [
        lambda client: client.users.post(user(display_name="x")),
        lambda client: client.users.by_user_id("1").patch(user(display_name="x")),
        lambda client: client.users.by_user_id("1").delete(),
    ]
    for write in writes:
        with pytest.raises(WriteRefusedError):
            through_sdk(world, write)
    assert world.fake.requests == []


GET = {"id": "1", "method": "GET", "url": "/users"}


@pytest.mark.parametrize(
    "inner",
    [
        {"id": "1", "method": "DELETE", "url": "/users/1"},
        {"id": "1", "method": "POST", "url": "/$batch"},
        {"id": "1", "method": "GET", "url": "/$batch"},
        {"id": "1", "method": "GET", "url": "https://evil.example/users"},
        {"id": "1", "method": "get", "url": "users"},
    ],
)
def test_a_batch_with_one_thing_that_is_no_read_is_not_sent(world: World, inner: dict[str, str]) -> None:
    with pytest.raises(WriteRefusedError):
        send(world, "POST", "/v1.0/$batch", {"requests": [GET, inner]})
    assert world.fake.requests == []


def test_a_batch_of_reads_is_sent(world: World) -> None:
    assert send(world, "POST", "/v1.0/$batch", {"requests": [GET]}).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_other_method_is_sent(world: World, method: str) -> None:
    with pytest.raises(WriteRefusedError):
        send(world, method, "/v1.0/users", {})
    assert world.fake.requests == []


@pytest.mark.parametrize(
    "base", ["https://evil.example", "http://127.0.0.1:1", "http://localhost:9", "http://u:p@127.0.0.1"]
)
def test_nothing_is_sent_to_another_host(world: World, base: str) -> None:
    with pytest.raises(WriteRefusedError):
        send(world, "GET", "/v1.0/users", base=base)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://graph.microsoft.com/v1.0/users", True),
        ("https://GRAPH.microsoft.com:443/v1.0/users", True),
        ("http://graph.microsoft.com/v1.0/users", False),
        ("https://graph.microsoft.com.evil.example/v1.0", False),
        ("https://graph.microsoft.com@evil.example/v1.0", False),
        ("https://evil.example\\@graph.microsoft.com/v1.0", False),
        ("https://graph.microsoft.us/v1.0", False),
        ("https://graph.microsoft.com:8443/v1.0", False),
        ("https://[graph", False),
        ("//graph.microsoft.com/v1.0", False),
    ],
)
def test_a_cloud_owns_its_own_addresses_only(url: str, ours: bool) -> None:  # noqa: FBT001 - a case of the table
    assert CLOUDS["global"].owns(url) is ours


def test_a_whole_scan_sends_gets_and_batches_of_gets(world: World) -> None:
    world.scan()
    assert {(method, target) for method, target in world.fake.requests if method != "GET"} == {
        ("POST", "/v1.0/$batch")
    }
    assert world.fake.methods == {"GET", "POST"}
