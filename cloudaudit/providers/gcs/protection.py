"""What protects a bucket's data against loss, in days and plain words. Pure."""

from collections.abc import Sequence

from cloudaudit.answers import Answer, holds
from cloudaudit.clock import SECONDS_A_DAY
from cloudaudit.providers.gcs.model import Bucket, SoftDelete

VISIBLE_KEY_CHARACTERS = 8


def days_of(seconds: int) -> float:
    """Return a duration in days, whole where it is whole."""
    days = seconds / SECONDS_A_DAY
    return int(days) if days.is_integer() else round(days, 2)


def soft_deleted_days(found: SoftDelete | None) -> float:
    """Return for how many days what is deleted can be restored; 0 where soft delete is off or was never known."""
    return days_of(found.seconds) if found else 0


def softly_deletes(bucket: Bucket, days: int) -> Answer:
    """Return whether soft delete keeps what is deleted for at least so many days; off is never enough."""
    return holds(
        bucket.soft_delete,
        lambda found: found is not None and found.seconds > 0 and found.seconds >= days * SECONDS_A_DAY,
    )


def sensitive_labels(labels: Sequence[tuple[str, str]], wanted: Sequence[str]) -> list[str]:
    """Return the labels that the policy calls sensitive, by key or as ``key=value``."""
    written = [(key, f"{key}={text}") for key, text in labels]
    return [whole for key, whole in written if whole in wanted or key in wanted]


def shortened(key: str) -> str:
    """Return a KMS key's name for people: its own name and ring, without project."""
    parts = key.split("/")
    return f"{parts[-3]}/{parts[-1]}" if len(parts) >= VISIBLE_KEY_CHARACTERS else key
