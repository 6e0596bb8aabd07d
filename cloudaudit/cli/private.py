"""A folder that its owner alone can read."""

import os
import subprocess
from pathlib import Path

from cloudaudit.errors import OutputError
from cloudaudit.text import Text

_PRIVATE = 0o700


def make_private(folder: Path) -> Text | None:
    """Make a folder for its owner alone; return what to say where that could not be done.

    Raises:
        OutputError: it is there already, or cannot be made.
    """
    try:
        folder.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        folder.mkdir(mode=_PRIVATE)
    except OSError as error:
        raise OutputError(
            Text(
                en=f"The folder {folder} cannot be made ({error.strerror}); name another with --root.",
                ja=f"フォルダー {folder} を作成できません({error.strerror})。--root で別の場所を指定してください。",
            )
        ) from error
    return restrict(folder) if os.name == "nt" else None


def restrict(folder: Path) -> Text | None:
    """Give a folder on Windows to its owner alone, with all that will lie in it; return what to say where that failed.

    Source: https://learn.microsoft.com/windows-server/administration/windows-commands/icacls
    """
    system = os.environ.get("SYSTEMROOT", r"C:\Windows")
    owner = "\\".join(filter(None, (os.environ.get("USERDOMAIN"), os.environ.get("USERNAME"))))
    command = [
        str(Path(system) / "System32" / "icacls.exe"),
        str(folder),
        "/inheritance:r",
        "/grant:r",
        f"{owner}:(OI)(CI)F",
    ]
    try:
        done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - Windows's own program by its path
        if owner and done.returncode == 0:
            return None
    except OSError:
        pass
    return Text(
        en=f"{folder} could not be closed to other users; set its permissions in the properties of the folder.",
        ja=f"{folder} のアクセス権を本人のみに制限できませんでした。フォルダーのプロパティで設定してください。",
    )
