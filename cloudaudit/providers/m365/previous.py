"""What an earlier night left for this one: delta links, and the items known to be shared."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from cloudaudit.errors import SnapshotError, UsageError
from cloudaudit.providers.m365.model import KINDS, Drive
from cloudaudit.snapshot import Snapshot
from cloudaudit.text import Text


class Previous:
    """The drives of an earlier snapshot, read one by one. Without a snapshot there are none."""

    def __init__(self, path: Path | None, *, account: str, partition: str) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._snapshot: Snapshot | None = None
        if path is None:
            return
        try:
            self._file = cast("BinaryIO", path.open("rb"))
        except OSError as error:
            raise SnapshotError(
                Text(
                    en=f"The snapshot {path} cannot be read ({error.strerror}); check --previous.",
                    ja=f"スナップショット {path} を読み込めません({error.strerror})。"
                    "--previous の指定を確認してください。",
                )
            ) from error
        try:
            self._open(path, self._file, account, partition)
        except BaseException:
            self.close()
            raise

    def _open(self, path: Path, file: BinaryIO, account: str, partition: str) -> None:
        self._snapshot = Snapshot(file, KINDS, path.name)
        header = self._snapshot.header
        if (header.provider, header.account, header.partition) != ("m365", account, partition):
            raise UsageError(
                Text(
                    en=f"{path} is of another target; give --previous a snapshot of this tenant.",
                    ja=f"{path} は別の対象のスナップショットです。--previous には同じテナントのものを指定してください。",
                )
            )

    @property
    def has_drives(self) -> bool:
        """Whether that run looked at drives at all."""
        return self._snapshot is not None and Drive in self._snapshot.kinds

    def drive(self, drive_id: str) -> Drive | None:
        """Return the earlier record of a drive."""
        return self._snapshot.get(Drive, drive_id) if self._snapshot else None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def previous_of(
    path: Path | None, found: Callable[[str], Sequence[Path]], *, account: str, partition: str
) -> Previous:
    """Open the snapshot that was named, else the newest usable one that can be found.

    Raises:
        SnapshotError: the one that was named cannot be read.
        UsageError: the one that was named is of another target.
    """
    if path is not None:
        return Previous(path, account=account, partition=partition)
    for candidate in found(account):
        try:
            earlier = Previous(candidate, account=account, partition=partition)
        except UsageError:
            # Nobody asked for this one: an older one will do, or none, at the price of a full pass.
            continue
        if earlier.has_drives:
            return earlier
        earlier.close()
    return Previous(None, account=account, partition=partition)
