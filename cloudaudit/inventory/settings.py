"""How the engines are set up: the table ``[objects.engine]`` of the settings."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cloudaudit.model import Writing
from cloudaudit.text import Text


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LocalSettings(_Settings):
    """DuckDB inside this process.

    Attributes:
        memory_mb: what DuckDB may use before it spills to disk; the process takes some 200 MB beside it.
        threads: how many; all cores where it is not set.
        temp_directory: where it spills; a folder of its own is made there, and removed at the end.
        temp_disk_mb: how much it may spill; without a limit, as much as the disk holds.
    """

    memory_mb: Annotated[int, Field(ge=128)] = 512
    threads: Annotated[int, Field(ge=1)] | None = None
    temp_directory: str | None = None
    temp_disk_mb: Annotated[int, Field(ge=0)] | None = None


class SparkSettings(_Settings):
    """Apache Spark.

    Attributes:
        master: ``local[2]``, ``spark://host:7077``, ``yarn`` or ``k8s://…``; ignored where ``remote`` is set.
        remote: a Spark Connect server, ``sc://host:15002``.
        conf: Spark's own settings, e.g. ``{"spark.executor.memory": "8g"}``.
        driver_memory: of a Spark that runs on this machine, as Java writes it.
    """

    master: str = "local[*]"
    remote: Annotated[str, Field(pattern=r"^sc://")] | None = None
    conf: dict[str, str] = {}
    driver_memory: Annotated[str, Field(pattern=r"^\d+[kmgKMG]$")] = "1g"


class TableSettings(_Settings):
    """A table that holds the objects of one or more buckets.

    Attributes:
        table: its dotted name.
        partition: the column that tells deliveries apart (``dt``); the newest is used. None where there is one state.
        versions: whether old versions are in it.
    """

    table: str
    partition: str | None = None
    versions: bool = False


class AthenaSettings(_Settings):
    """Amazon Athena, with credentials of its own.

    Attributes:
        results: ``s3://…`` where Athena writes the results of queries; the one thing that is written.
        profile: of the AWS configuration; the scan's own profile is not used.
        tables: bucket name to table; ``*`` for all others.
    """

    region: str
    results: Annotated[str, Field(pattern=r"^s3://[^/]+")]
    profile: str | None = None
    workgroup: str | None = None
    catalog: str = "AwsDataCatalog"
    database: str = "default"
    tables: dict[str, TableSettings]

    @property
    def writes(self) -> Writing:
        """What is written, although cloudaudit is read-only."""
        what = Text(en="Athena writes the results of its queries", ja="Athena がクエリ結果を書き込みます")
        return Writing(what=what, place=self.results)


class BigQuerySettings(_Settings):
    """Google BigQuery, with credentials of its own.

    Attributes:
        project: which pays for the queries and holds their results for a day.
        credentials: file of a service account's key; application default credentials where it is not set.
        tables: bucket name to table; ``*`` for all others.
    """

    project: str
    dataset: str = ""
    location: str | None = None
    credentials: str | None = None
    tables: dict[str, TableSettings]

    @property
    def writes(self) -> Writing:
        """What is written, although cloudaudit is read-only."""
        what = Text(
            en="BigQuery keeps the results of its queries for a day in the project that pays for them",
            ja="BigQuery がクエリ結果を課金先のプロジェクトに1日間保存します",
        )
        return Writing(what=what, place=self.project)


class EngineSettings(_Settings):
    """``[objects.engine]``: one table for each engine."""

    local: LocalSettings = LocalSettings()
    spark: SparkSettings = SparkSettings()
    athena: AthenaSettings | None = None
    bigquery: BigQuerySettings | None = None
