"""The SDK's descriptions of services, cut down to what this provider may call.

A description of a service holds all its operations, with their documentation: EC2's takes 20 MB of which one operation
is ever called. What is left of an operation that is not on the read list is its name, so that calling it is still
refused by name.
"""

import gzip
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

SERVICE = "service-2"
"""What the SDK calls the file with a service's description."""

DOCUMENTATION = "documentation"

Data = dict[str, Any]


class Excerpts:
    """Opens the SDK's files: what its loader asks of a file loader."""

    def __init__(self, reads: Collection[tuple[str, str]]) -> None:
        self._reads: dict[str, set[str]] = {}
        for service, operation in reads:
            self._reads.setdefault(service, set()).add(operation)

    def exists(self, file_path: str) -> bool:
        """Return whether there is a file of this name, its ending left out."""
        return any(path.is_file() for path in _spellings(file_path))

    def load_file(self, file_path: str) -> Data | None:
        """Return what a file holds, its ending left out; None where there is none."""
        found = next((path for path in _spellings(file_path) if path.is_file()), None)
        if found is None:
            return None
        content = found.read_bytes()
        raw = gzip.decompress(content) if found.suffix == ".gz" else content
        path = Path(file_path)
        if path.name != SERVICE:
            return msgspec.json.decode(raw, type=Data)
        return service_excerpt(raw, self._reads.get(path.parent.parent.name, ()))


def _spellings(file_path: str) -> tuple[Path, Path]:
    return Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")


def service_excerpt(raw: bytes, reads: Collection[str]) -> Data:
    """Return a service's description with only the shapes that the operations in ``reads`` need."""
    parts = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    described = msgspec.json.decode(parts.pop("operations", b"{}"), type=dict[str, msgspec.Raw])
    shapes = msgspec.json.decode(parts.pop("shapes", b"{}"), type=dict[str, msgspec.Raw])
    parts.pop(DOCUMENTATION, None)
    operations = {
        name: _plain(part) if name in reads else _stub(_plain(part)) for name, part in described.items()
    }
    kept: Data = {}
    wanted = list(_named(operations))
    while wanted:
        name = wanted.pop()
        if name in kept or name not in shapes:
            continue
        kept[name] = _plain(shapes[name])
        wanted.extend(_named(kept[name]))
    return {
        **{name: _decoded(part) for name, part in parts.items()},
        "operations": operations,
        "shapes": kept,
    }


def _decoded(part: msgspec.Raw) -> Any:  # noqa: ANN401 - JSON
    return msgspec.json.decode(part)


def _plain(part: msgspec.Raw) -> Data:
    """Return an operation or a shape without its documentation."""
    return cast("Data", _undocumented(_decoded(part)))


def _undocumented(data: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(data, dict):
        members = cast("Data", data)
        return {
            name: _undocumented(value)
            for name, value in members.items()
            # A shape may have a member of that name; its value is no text then.
            if name != DOCUMENTATION or not isinstance(value, str)
        }
    if isinstance(data, list):
        return [_undocumented(item) for item in cast("Sequence[Any]", data)]
    return data


def _stub(operation: Data) -> Data:
    return {name: operation[name] for name in ("name", "http") if name in operation}


def _named(data: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the names of the shapes that operations or a shape refer to."""
    if isinstance(data, Mapping):
        for name, value in cast("Data", data).items():
            if name == "shape" and isinstance(value, str):
                yield value
            else:
                yield from _named(value)
    elif isinstance(data, list):
        for item in cast("Sequence[Any]", data):
            yield from _named(item)
