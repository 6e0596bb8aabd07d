"""The SDK is told less of the services, and says the same of what may be called."""

from pathlib import Path
from typing import Any

import botocore.session
import pytest

from cloudaudit.providers.aws.connect import reads, sdk_session
from cloudaudit.providers.aws.descriptions import Excerpts

READS = sorted(reads())


def described(session: Any, service: str) -> Any:
    from botocore.model import ServiceModel

    return ServiceModel(session.get_service_data(service), service)


@pytest.fixture(scope="module")
def whole() -> Any:
    return botocore.session.Session()


@pytest.fixture(scope="module")
def excerpt() -> Any:
    return sdk_session(None)


def shape(found: Any) -> Any:
    """A shape as plain data, with everything that parsers and serialisers look at."""
    if found is None:
        return None
    return (found.name, found.type_name, found.serialization, found.metadata, members(found))


def members(found: Any, within: tuple[str, ...] = ()) -> Any:
    if found.name in within:
        return "again"
    inner = (*within, found.name)
    if found.type_name == "structure":
        return [(name, part.serialization, members(part, inner)) for name, part in found.members.items()]
    if found.type_name == "list":
        return (found.member.serialization, members(found.member, inner))
    if found.type_name == "map":
        return (members(found.key, inner), members(found.value, inner))
    return found.type_name


@pytest.mark.parametrize(("service", "operation"), READS)
def test_what_may_be_called_is_described_in_full(
    whole: Any, excerpt: Any, service: str, operation: str
) -> None:
    before = described(whole, service).operation_model(operation)
    after = described(excerpt, service).operation_model(operation)
    assert after.http == before.http
    assert shape(after.input_shape) == shape(before.input_shape)
    assert shape(after.output_shape) == shape(before.output_shape)
    assert [shape(error) for error in after.error_shapes] == [shape(error) for error in before.error_shapes]
    assert after.auth_type == before.auth_type
    assert after.static_context_parameters == before.static_context_parameters
    assert after.http_checksum == before.http_checksum


@pytest.mark.parametrize("service", sorted({service for service, _ in READS} | {"dynamodb"}))
def test_of_the_rest_the_names_are_left(whole: Any, excerpt: Any, service: str) -> None:
    before, after = described(whole, service), described(excerpt, service)
    assert after.operation_names == before.operation_names
    assert after.metadata == before.metadata
    assert len(after.shape_names) < len(before.shape_names)


def test_places_are_all_known(whole: Any, excerpt: Any) -> None:
    for partition in whole.get_available_partitions():
        for service in {service for service, _ in READS}:
            assert excerpt.get_available_regions(service, partition) == whole.get_available_regions(
                service, partition
            )


def test_descriptions_of_ones_own_are_opened_too(tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(
        '{"metadata": {"a": "b"}, "documentation": "long", '
        '"operations": {"Get": {"name": "Get", "http": {}, "output": {"shape": "Out"}, "documentation": "x"}, '
        '"Put": {"name": "Put", "http": {}, "input": {"shape": "In"}}}, '
        '"shapes": {"Out": {"type": "structure", "members": {"documentation": {"shape": "Text"}}}, '
        '"In": {"type": "structure", "members": {}}, "Text": {"type": "string"}}}',
        encoding="utf-8",
    )
    (folder / "other.json").write_text('{"documentation": "kept"}', encoding="utf-8")
    files = Excerpts({("mine", "Get")})
    path = str(folder / "service-2")
    assert files.exists(path)
    assert files.load_file(path) == {
        "metadata": {"a": "b"},
        "operations": {
            "Get": {"name": "Get", "http": {}, "output": {"shape": "Out"}},
            "Put": {"name": "Put", "http": {}},
        },
        "shapes": {
            "Out": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
            "Text": {"type": "string"},
        },
    }
    assert files.load_file(str(folder / "other")) == {"documentation": "kept"}
    assert files.load_file(str(folder / "nothing")) is None
    assert not files.exists(str(folder / "nothing"))
