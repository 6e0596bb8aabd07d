"""One region can fail, with all that lies in it."""

from cloudaudit.answers import Answer, Unknown, any_of, asked, decided
from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Source,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    passed,
    value,
)
from cloudaudit.providers.gcs.locations import is_spread
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import Bucket, Project, Transfer, bucket_id
from cloudaudit.providers.gcs.operations import LIST_TRANSFERS


@check(
    "gcs-bucket-redundancy",
    title=Text(
        en="The data lies in two regions, or is copied to another place",
        ja="データが複数のリージョンに保管されるか、別の場所へ複製されている",
    ),
    theme=Theme.BACKUP,
    severity=Severity.LOW,
    on=Bucket,
    uses=(Project,),
    rationale=Text(
        en="A disaster in the one region makes the data unreachable or takes it away. A provider's durability figure "
        "does not replace a second place.",
        ja="単一リージョンでの保管は、災害等によりデータの利用不能や消失につながります。"
        "事業者の公表する耐久性は、別の場所での保管に代わるものではありません。",
    ),
    remediation=Text(
        en="Keep the data in a dual-region or multi-region of allowed countries (Tokyo and Osaka: ASIA1), or replicate "
        "it to a bucket in another region.",
        ja="許可された国のデュアルリージョン(東京・大阪は ASIA1)やマルチリージョンを使用するか、"
        "別リージョンのバケットへ複製してください。",
    ),
    references=(
        "https://cloud.google.com/storage/docs/availability-durability",
        "https://cloud.google.com/storage/docs/using-cross-bucket-replication",
    ),
)
def redundancy(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the location type; a single region needs a lasting copy of the whole bucket elsewhere."""
    location = value(bucket.location)
    evidence: dict[str, object] = {
        "location": location.name,
        "type": location.type or None,
        "data_locations": list(location.data_locations),
        "rpo": location.rpo or None,
    }
    if is_spread(location):
        return passed(
            Text(
                en=f"The data lies in two or more regions ({location.name}).",
                ja=f"データは複数のリージョン({location.name})に保管されています。",
            ),
            evidence,
        )
    jobs = [job for job in value(project_of(bucket, audit).transfers) if job.source == bucket.name]
    evidence["copies"] = [_evidence(job) for job in jobs]
    lasting = [job for job in jobs if job.enabled and job.repeats and job.whole_bucket]
    if decided(any_of(_elsewhere(job, bucket, audit) for job in lasting)):
        return passed(
            Text(
                en="A standing job copies the whole bucket to another region.",
                ja="バケット全体を別リージョンへ複製するジョブが稼働しています。",
            ),
            evidence,
        )
    return failed(
        Text(
            en=f"The data lies in one region only ({location.name}), and no standing job of the project copies all of it "
            "elsewhere.",
            ja=f"データが単一リージョン({location.name})のみに保管されており、"
            "全体を別の場所へ複製するジョブもプロジェクトにありません。",
        ),
        evidence,
    )


def _elsewhere(job: Transfer, bucket: Bucket, audit: Audit) -> Answer:
    """Return whether a job copies to another region; a bucket that was not scanned may be anywhere."""
    return asked(lambda: _other_region(job, bucket, audit))


def _other_region(job: Transfer, bucket: Bucket, audit: Audit) -> Answer:
    sink = audit.get(Bucket, bucket_id(job.sink))
    if sink is not None:
        return sink.name != bucket.name and sink.region != bucket.region
    detail = Text(
        en=f"bucket {job.sink}, to which the data is copied, was not scanned",
        ja=f"複製先のバケット {job.sink} はスキャンされていません",
    )
    return Unknown((Unread(Cause.FOREIGN_ACCOUNT, Source(LIST_TRANSFERS.label), detail=detail),))


def _evidence(job: Transfer) -> dict[str, object]:
    return {
        "job": job.name,
        "to": job.sink,
        "enabled": job.enabled,
        "repeats": job.repeats,
        "whole_bucket": job.whole_bucket,
    }
