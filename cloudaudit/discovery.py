"""Find checks, providers and reports: one door for ours and everyone else's."""

import hashlib
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from msgspec import Struct

from cloudaudit.check import AnyCheck, Check
from cloudaudit.errors import CloudauditError, UsageError
from cloudaudit.providers import Provider
from cloudaudit.reporting import OverviewReport, Report
from cloudaudit.text import Text

if TYPE_CHECKING:  # packs find their writers here
    from cloudaudit.packs import FormWriter


class CheckFile(Struct, frozen=True):
    """A file that ``--checks-dir`` ran: its name, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    sha256: str


@cache
def checks() -> Mapping[str, AnyCheck]:
    """Return every installed check by id, ordered by id.

    Raises:
        UsageError: two checks have the same id, or a check package cannot be imported.
    """
    found: dict[str, tuple[AnyCheck, str]] = {}
    for entry in entry_points(group="cloudaudit.checks"):
        for module in _modules(_load(entry)):
            _add(found, module, module.__name__)
    return {check_id: found[check_id][0] for check_id in sorted(found)}


def checks_with(directory: Path) -> tuple[Mapping[str, AnyCheck], tuple[CheckFile, ...]]:
    """Return the installed checks and those of a folder, which is code that runs.

    Args:
        directory: every ``*.py`` in it that does not begin with an underscore is imported; each stands alone.

    Raises:
        UsageError: the folder cannot be read, a file does not import, or an id is there twice.
    """
    found = {check_id: (check, _origin(check)) for check_id, check in checks().items()}
    files: list[CheckFile] = []
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix == ".py" and path.name[0] != "_")
        contents = [path.read_bytes() for path in paths]
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The folder {directory} cannot be read ({error.strerror}); check the path given with --checks-dir.",
                ja=f"フォルダー {directory} を読み込めません({error.strerror})。--checks-dir の指定を確認してください。",
            )
        ) from error
    for path, content in zip(paths, contents, strict=True):
        _add(found, _module_of(path, content), str(path))
        files.append(CheckFile(path.name, hashlib.sha256(content).hexdigest()))
    return {check_id: found[check_id][0] for check_id in sorted(found)}, tuple(files)


def _add(found: dict[str, tuple[AnyCheck, str]], module: ModuleType, origin: str) -> None:
    for member in vars(module).values():
        if not _is_check(member) or member.judge.__module__ != module.__name__:
            continue
        other = found.get(member.id)
        if other is not None and other[0] is not member:
            raise UsageError(
                Text(
                    en=f"Two checks have the id {member.id}: {other[1]} and {origin}; rename one of them.",
                    ja=f"チェック ID {member.id} が重複しています({other[1]} と {origin})。いずれかの ID を変更してください。",
                )
            )
        found[member.id] = (member, origin)


def _is_check(member: object) -> TypeGuard[AnyCheck]:
    return isinstance(member, Check)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for info in sorted(pkgutil.iter_modules(getattr(package, "__path__", [])), key=lambda info: info.name):
        yield importlib.import_module(f"{package.__name__}.{info.name}")


def _module_of(path: Path, content: bytes) -> ModuleType:
    """Run these bytes, and no cached bytecode, so that their SHA-256 in the result is of what ran."""
    origin = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()
    module = ModuleType(f"cloudaudit_checks_dir_{origin[:8]}_{path.stem}")
    module.__file__ = str(path)
    try:
        code = compile(content, path, "exec", dont_inherit=True)
        exec(code, vars(module))  # noqa: S102 - to run code that the user trusts is what --checks-dir is for
    except (Exception, SystemExit) as error:
        raise UsageError(
            Text(
                en=f"The check file {path} does not import ({type(error).__name__}: {error}); mend or remove it.",
                ja=f"チェックファイル {path} を読み込めません({type(error).__name__}: {error})。修正するか取り除いてください。",
            )
        ) from error
    return module


def _load(entry: EntryPoint) -> Any:  # noqa: ANN401 - an entry point can name anything
    try:
        return entry.load()
    except CloudauditError:
        raise
    except Exception as error:
        raise UsageError(
            Text(
                en=f"The plug-in {entry.name} ({entry.value}) does not import ({type(error).__name__}: {error}); "
                "update or uninstall it.",
                ja=f"プラグイン {entry.name}({entry.value})を読み込めません({type(error).__name__}: {error})。"
                "更新またはアンインストールしてください。",
            )
        ) from error


def _origin(check: AnyCheck) -> str:
    return check.judge.__module__


def provider(name: str) -> Provider:
    """Return a provider by name.

    Raises:
        UsageError: no installed provider has that name.
    """
    found = {entry.name: entry for entry in entry_points(group="cloudaudit.providers")}
    if name not in found:
        raise UsageError(
            Text(
                en=f"There is no provider {name}; installed: {', '.join(sorted(found))}.",
                ja=f"プロバイダー {name} はありません。利用できるもの: {', '.join(sorted(found))}。",
            )
        )
    return cast("Provider", _load(found[name]))


def provider_names() -> list[str]:
    """Return the names of the installed providers, ordered."""
    return sorted({entry.name for entry in entry_points(group="cloudaudit.providers")})


def report_names() -> list[str]:
    """Return the names of the installed reports, ordered."""
    return sorted({entry.name for entry in entry_points(group="cloudaudit.reports")})


def report(name: str) -> Report:
    """Return a report writer by name.

    Raises:
        UsageError: no installed report has that name.
    """
    found = {entry.name: entry for entry in entry_points(group="cloudaudit.reports")}
    if name not in found:
        raise UsageError(
            Text(
                en=f"There is no report {name}; installed: {', '.join(sorted(found))}.",
                ja=f"レポート {name} はありません。利用できるもの: {', '.join(sorted(found))}。",
            )
        )
    return cast("Report", _load(found[name]))


def overview_report(name: str) -> OverviewReport:
    """Return a writer of a fleet's overview by name.

    Raises:
        UsageError: no installed overview has that name.
    """
    found = {entry.name: entry for entry in entry_points(group="cloudaudit.overviews")}
    if name not in found:
        raise UsageError(
            Text(
                en=f"There is no overview {name}; installed: {', '.join(sorted(found))}.",
                ja=f"一覧の形式 {name} はありません。利用できるもの: {', '.join(sorted(found))}。",
            )
        )
    return cast("OverviewReport", _load(found[name]))


def form_writer(name: str) -> "FormWriter":
    """Return the module that draws forms as ``pdf``, ``xlsx`` or ``markdown``.

    Raises:
        UsageError: none is installed by that name.
    """
    found = {entry.name: entry for entry in entry_points(group="cloudaudit.forms")}
    if name not in found:
        raise UsageError(
            Text(
                en=f"Nothing installed draws forms as {name}; install cloudaudit again.",
                ja=f"様式を {name} で出力する機能がありません。cloudaudit を再インストールしてください。",
            )
        )
    return cast("FormWriter", _load(found[name]))


def digest(selected: Mapping[str, AnyCheck]) -> str:
    """Return the SHA-256 over the ids and the source of these checks, in hexadecimal."""
    total = hashlib.sha256()
    for check_id in sorted(selected):
        source = inspect.getsourcefile(inspect.unwrap(selected[check_id].judge))
        content = Path(source).read_bytes() if source else b""
        total.update(f"{check_id}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()
