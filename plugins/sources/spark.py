"""Apache Spark: rows of cases in a table or in files, counted on one machine or on a cluster.

```toml
[sources.contacts]
type = "spark"
content = "records"
master = "spark://cluster.example.org:7077"
paths = ["hdfs://cluster.example.org/cases/contacts/*.parquet"]
```

A plan stays as it is when its rows move from a file to a cluster. Two lines of the source change: instead of
`type = "parquet"` and `path = "contacts.parquet"`, write `type = "spark"` and `paths = ["hdfs://…"]`, and add `master`.

`master` says where Spark counts:

- `local[2]`: in this process, with two threads
- `spark://host:7077`, `yarn`, `k8s://…`: on a cluster, with the driver in this process
- `sc://host:15002`: over Spark Connect, with the driver at the server; `sc://host:443/;use_ssl=true;token=${TOKEN}`
  where it asks for a token

Write tokens and passwords as `${NAME}`: the value then comes from the environment, and no file or message has it.

`table` is a table or view of a catalog, such as `cases.contacts`. `paths` are files instead, each a path or a pattern
with `*`; `format` is their kind: `parquet` if nothing is said, or `orc`, `json`, `delta` and others, as far as Spark
has them. Files without a scheme such as `hdfs://` must be in the same place on every worker. `settings` are settings
of Spark, such as `{ "spark.executor.memory" = "4g", "spark.sql.catalogImplementation" = "hive" }`.

Rows stay where they are: Spark counts them, and only the counts come here. Days are those of the plan's time zone,
whatever the zone of the cluster. Text is compared by its characters' codes. A number that does not fit is an error
(ANSI mode). A column whose name has a dot or a backtick in it cannot be asked for: a view can give it another name.

The extra `spark` brings PySpark: `pip install 'objective-engine[spark]'`. Masters other than `sc://` need Java 17 or
later, too. A process has one Spark driver: its sources have one master, and others are asked over Spark Connect. A
driver that is there already, as in a notebook, is used and left as it is, with its settings and its log. A driver that
is started here is stopped when nothing is read any more. It has no log and no web page, since they show values of rows;
`"spark.ui.enabled" = true` in `settings` gives the page.
"""

import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

from engine import DataError, Problem, Source, Unreachable, hookimpl, nearest

SCHEMA = {
    "master": {"type": "string", "required": True, "empty": False, "meta": "where Spark counts, such as local[2]"},
    "table": {"type": "string", "excludes": ["paths"], "meta": "the table or view"},
    "paths": {
        "type": "list", "schema": {"type": "path"}, "minlength": 1, "excludes": ["table"],
        "meta": "the files, each a path or a pattern with *; instead of a table",
    },
    "format": {"type": "string", "default": "parquet", "meta": "the kind of the files"},
    "settings": {"type": "dict", "default": {}, "meta": "settings of Spark by name"},
}  # fmt: skip
INSTALL = "install it with: pip install 'objective-engine[spark]'"
PATIENCE = 10  # seconds for a server to answer
ATTEMPTS = 2  # of Spark Connect, before a server counts as out of reach
OURS = {
    "spark.app.name": "objective-engine", "spark.log.level": "OFF", "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false", "spark.python.sql.dataFrameDebugging.enabled": "false",
    "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir(), f"objective-engine-{os.getpid()}")),
}  # fmt: skip
SECRET = re.compile(r"secret|password|token|access[.]?key|account[.]?key|credential", re.IGNORECASE)
QUOTING_LOGS = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")  # they print the value that does not fit
NO_NEWS = (  # warnings of what does no harm here, and of what an error says anyway
    ("PySpark does not yet fully support pandas", FutureWarning),
    ("This process .* is multi-threaded", DeprecationWarning),
    (r"\[RETRIES_EXCEEDED\]", UserWarning),
)

DRIVER = threading.RLock()
USERS = {"open": 0}  # how many opened sources use the driver that was started here


@contextmanager
def open_spark(options, at):
    _silence()
    with _session(options) as session:
        if "stop" in options:
            options["stop"].add(session.interruptAll)
        _set(session, options)
        rows = _rows(session, options)
        import narwhals

        yield narwhals.from_native(rows)


def _wrong(message, hint, kind=DataError):
    return kind(Problem(message=message, hint=hint))


def _silence():
    """Keep PySpark from printing what Spark says of a failure, which may quote a row."""
    for message, kind in NO_NEWS:
        warnings.filterwarnings("ignore", message, kind)
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        from pyspark.logger import PySparkLogger
    except ImportError:
        raise _wrong("this source needs PySpark 4, which is not installed", INSTALL) from None
    for name in QUOTING_LOGS:
        PySparkLogger.getLogger(name).disabled = True
    logging.getLogger("py4j").setLevel(logging.CRITICAL + 1)


@contextmanager
def _session(options):
    """A session of its own for a source: its settings are nobody else's, and its reads can be stopped alone."""
    if not options["master"].startswith("sc://"):
        with _driver(options) as context:
            from pyspark.sql import SparkSession

            yield SparkSession(context).newSession()
        return
    session = _connected(options)
    try:
        yield session
    finally:
        with suppress(Exception):  # a server that is gone has no session to end
            session.stop()


def _connected(options):
    """A session of Spark Connect."""
    try:
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession
    except ImportError:
        raise _wrong("Spark Connect needs packages that are not installed", INSTALL) from None
    _check_server(options["master"])
    try:
        session = SparkSession.builder.remote(options["master"]).create()
    except Exception:  # its words have the address in them, and so the token
        hint = "write it as in sc://host:15002, or sc://host:443/;use_ssl=true;token=${TOKEN}"
        raise _wrong("master is no address of Spark Connect", hint) from None
    session.client.set_retry_policies([DefaultPolicy(max_retries=ATTEMPTS)])
    return session


@contextmanager
def _driver(options):
    """The driver of this process: the one that is there, or one that is started and stopped when nobody uses it."""
    from pyspark import SparkContext

    with DRIVER:
        context = SparkContext._active_spark_context
        if context is not None and context.master != options["master"]:
            hint = "give all sources of a configuration one master, or ask the others over Spark Connect (sc://)"
            raise _wrong("this process has a Spark driver with another master already", hint)
        ours = context is None or USERS["open"] > 0
        context = context or _started(options)
        USERS["open"] += ours
    try:
        yield context
    finally:
        with DRIVER:
            USERS["open"] -= ours
            if ours and not USERS["open"]:
                _stop(context)


def _started(options):
    """A driver without a log: its words, and those of its start, go nowhere."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    _check_server(options["master"])
    if SparkContext._gateway is None:
        _check_java()
    settings = {**OURS, "spark.master": options["master"], **dict(_settings(options["settings"]))}
    on_the_command_line = [(key, value) for key, value in settings.items() if not SECRET.search(key)]
    handler = signal.getsignal(signal.SIGINT)
    try:
        gateway = SparkContext._gateway or launch_gateway(
            SparkConf(loadDefaults=False).setAll(on_the_command_line),
            {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL},
        )
        return SparkContext(conf=SparkConf(_jvm=gateway.jvm).setAll(list(settings.items())), gateway=gateway)
    except Exception as error:
        hint = "master is written as in local[2], spark://host:7077, yarn or sc://host:15002"
        raise _wrong("Spark does not start with this master and these settings", hint) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, handler)  # Spark puts its own in


def _stop(context):
    """Stop the driver. The Java process stays, so that the next start is quick, until this process ends."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with suppress(Exception):
        SparkSession(context).stop()
    shutil.rmtree(OURS["spark.sql.warehouse.dir"], ignore_errors=True)  # Spark makes it, and has no need of it
    process = getattr(SparkContext._gateway, "proc", None)
    if process is not None and process.poll() is not None:
        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
        SparkSession._instantiatedSession = SparkSession._activeSession = None


def _check_java():
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if java is None:
        where = "JAVA_HOME leads to none" if home else "it is not on the PATH, and JAVA_HOME is not set"
        hint = f"install Java 17 or later ({where}), or let a server run Spark: sc://host:15002"
        raise _wrong("this master needs Java, which is not found", hint)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version and int(version[1]) < 17:
        raise _wrong("Java is too old for Spark", "install Java 17 or later, and let JAVA_HOME lead to it")


def _check_server(master):
    """Raise Unreachable when nobody answers where the master should be: Spark itself would wait for minutes."""
    if not _is_there(master):
        hint = "is the address right, and the server up? Spark listens at 7077, and Spark Connect at 15002"
        raise _wrong("the Spark server does not answer", hint, Unreachable)


def _is_there(master):
    found = re.match(r"(?:spark|sc)://([^/;]+)", master)
    return not found or any(_answers(address) for address in found[1].split(","))


def _answers(address):
    host, _, port = address.rpartition(":") if re.search(r":\d+$", address) else (address, "", "15002")
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
    except OSError:
        return False
    return True


def _settings(table, prefix=""):
    """The settings as Spark reads them. Names with dots may be tables in tables: spark.executor.memory = "4g"."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value).lower() if isinstance(value, bool) else str(value)


def _set(session, options):
    """Settings of the session; those of the driver can only be given before it starts."""
    for key, value in _settings(options["settings"]):
        if session.conf.isModifiable(key):
            session.conf.set(key, value)
            continue
        there = session.conf.get(key, "")  # Spark puts options of its own before those of Java
        if not f" {there}".endswith(f" {value}"):
            hint = "give it to all sources with this master, or to the server itself"
            raise _wrong(f"'{key}' cannot be set: the Spark driver runs with another value already", hint)
    session.conf.set("spark.sql.session.timeZone", options["time_zone"])
    session.conf.set("spark.sql.ansi.enabled", "true")


def _rows(session, options):
    """The rows, none of them read yet. Raises DataError when there is no such table, or no such files."""
    if not options.get("table") and not options.get("paths"):
        raise _wrong("neither 'table' nor 'paths' is given", 'write table = "cases.contacts", or paths = ["…"]')
    try:
        if options.get("table"):
            rows = session.read.table(options["table"])
        else:
            rows = session.read.format(options["format"]).load(list(options["paths"]))
        rows.schema  # noqa: B018 - Spark Connect looks now, not later
    except Exception as error:
        missing = "TABLE_OR_VIEW_NOT_FOUND" in str(error)
        raise (_no_table(session, options) if missing else translate(options, error) or error) from None
    return rows


def _no_table(session, options):
    table, names = options["table"].replace("`", ""), []
    parent, dot, _ = table.rpartition(".")
    with suppress(Exception):  # a hint is not worth an error
        names = [parent + dot + found.name for found in session.catalog.listTables(parent or None)]
    hint = nearest(table, names) or "name its catalog and schema, too"
    return _wrong(f"there is no table '{options['table']}'", hint)


NAMES = re.compile(  # what an error names itself by, and its causes; all else it says may quote values
    r"\[[A-Z][A-Z0-9_.]+\]|\b\w+(?:Exception|Error|Failure|Failed)\b|StatusCode\.[A-Z_]+|SparkContext was shut down"
    r"|stopped SparkContext|Master removed our application|masters are unresponsive|No FileSystem for scheme"
)
GONE = (
    "ConnectException|UnknownHost|NoRouteToHost|SocketTimeout|SocketException|UNAVAILABLE|INVALID_HANDLE|FetchFailed"
    "|SESSION_(NOT_FOUND|CLOSED|CHANGED)|SparkContext|Master|ExecutorLostFailure|Py4JNetworkError|ConnectionError"
)
MEANINGS = (  # what an error is named, what it means, and a hint
    ("CANCEL|INTERRUPTED|Interrupted", "the read was stopped", "raise time_limit, or read less"),
    ("OutOfMemory|UNABLE_TO_ACQUIRE_MEMORY", "Spark has not enough memory for the read",
     'raise "spark.executor.memory" or "spark.driver.memory" in settings'),
    ("UNAUTHENTICATED|PERMISSION|AccessControl|AccessDenied", "the user of this source may not read this",
     "give the user the right to read, or the source another token"),
    ("PATH_NOT_FOUND", "there are no such files", "where a path has no scheme, every worker must have the files"),
    ("FILE_NOT_EXIST", "a file was removed while it was read", "read files that nobody changes meanwhile"),
    ("COLUMN_DATA_TYPE_MISMATCH|CANNOT_MERGE", "a column is not of the same type in all files",
     "write the files anew with one type for each column"),
    ("UNABLE_TO_INFER_SCHEMA", "there are no columns at these paths", "are the paths and the format right?"),
    ("READ_FILE", "a file cannot be read to its end", "is it whole, and is the format right?"),
    ("DATA_SOURCE_NOT_FOUND", "Spark does not know this format", "formats are parquet, orc, json, csv and others"),
    ("ClassNotFound|UnsupportedFileSystem|No FileSystem", "Spark lacks a library for these paths",
     'name it in "spark.jars.packages" of settings'),
    ("PARSE_SYNTAX|IDENTIFIER|NAMESPACE", "'table' is not the name of a table",
     "write it as in cases.contacts, other characters between `backticks`"),
    ("UNRESOLVED_COLUMN|AMBIGUOUS|COLUMN_ALREADY_EXISTS|INVALID_EXTRACT", "a column cannot be asked for by its name",
     "a view can rename it: names have no dot and no backtick, and differ in more than capital letters"),
    ("CAST|OVERFLOW|OUT_OF_RANGE|DIVIDE", "a value is not of the type of its column", "check the data, or their view"),
)  # fmt: skip


def translate(options, error):
    """What an error of Spark, Py4J or gRPC means, without its words; None for other errors."""
    if type(error).__module__.partition(".")[0] not in ("pyspark", "py4j", "grpc") and not isinstance(error, OSError):
        return None
    words = _names(error)
    stopped = "CANCEL" in words and not _is_there(options["master"])  # a cluster that is gone makes reads wait
    if stopped or re.search(GONE, words) or isinstance(error, OSError):
        return _wrong("the Spark server does not answer any more", "is it up, and is the network?", Unreachable)
    for pattern, message, hint in MEANINGS:
        if re.search(pattern, words):
            return _wrong(message, hint)
    condition = getattr(error, "getCondition", lambda: None)() or type(error).__name__
    return _wrong(f"Spark cannot read this ({condition})", "ask for it in Spark itself to see why")


def _names(error):
    """The names of an error and of its causes: no lines of a stack, and nothing that it quotes."""
    said = re.sub(r"(?m)^\s+at .*$", "", str(error))
    return " ".join([type(error).__name__, str(getattr(error, "getGrpcStatusCode", str)()), *NAMES.findall(said)])


@hookimpl
def engine_source():
    return Source(
        name="spark",
        contents=("records",),
        open=open_spark,
        schema=SCHEMA,
        translate=translate,
    )
