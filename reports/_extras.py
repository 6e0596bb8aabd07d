"""Libraries that a report needs and that come with an extra of the package."""

from collections.abc import Sequence
from importlib.util import find_spec

from cloudaudit.errors import UsageError
from cloudaudit.text import Text


def lacking(report: str, modules: Sequence[str]) -> Text | None:
    """Return the sentence that says what to install, or None where all modules are there.

    Args:
        report: its name, which is the extra's too.
        modules: names of what it imports.
    """
    absent = [name for name in modules if not _is_there(name)]
    if not absent:
        return None
    names = ", ".join(absent)
    return Text(
        en=f"The report {report} needs {names}; install what is missing with: pip install 'cloudaudit[{report}]'",
        ja=f"レポート {report} の出力には {names} が必要です。"
        f"pip install 'cloudaudit[{report}]' でインストールしてください。",
    )


def require(sentence: Text | None) -> None:
    """Refuse to go on where something is lacking.

    Raises:
        UsageError: there is a sentence that says so.
    """
    if sentence is not None:
        raise UsageError(sentence)


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:  # it was put out of the way: sys.modules has None for it
        return False
