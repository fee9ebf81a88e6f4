"""The source `spark`: what it gives and says in this process, on a real cluster, and over Spark Connect."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pytest

from engine.aggregates import Count, Days, Distinct, Sum, Values
from engine.errors import DataError, Unreachable
from engine.filters import Filter
from engine.scan import Reading, check, scan
from engine.stopping import Stop
from plugins.sources.spark import open_spark, translate
from tests import cases
from tests.cases import Case
from tests.project import Project
from tests.servers_spark import (
    IN_PROCESS,
    SETTINGS,
    Servers,
    cluster_fixture,  # noqa: F401 - fixtures
    connect_fixture,  # noqa: F401
    need_spark,
    start_cluster,
    start_connect,
)
from tests.test_scan import dated

pytestmark = pytest.mark.xdist_group("spark")

LOCAL = "local[2]"
SECRET = "SalainenSirpa"
ROWS = f"""SELECT '{SECRET}' AS person, CASE WHEN i % 3 = 0 THEN 'a' ELSE 'b' END AS kind, i % 7 AS number,
    DATE '2024-01-01' + (i % 300)::INTEGER AS started, DATE '2024-01-01' + (i % 300 + i % 13)::INTEGER AS ended,
    TIMESTAMPTZ '2024-01-31 22:30:00+00' AS seen FROM range(3000) AS t(i)"""
ENDLESS = "SELECT id % 7 AS number FROM range(1000000000000000)"


def parquet(folder: Path, query: str, name: str) -> str:
    """A Parquet file with what a query of DuckDB gives."""
    with duckdb.connect() as connection:
        connection.sql(query).write_parquet(str(folder / name))
    return str(folder / name)


def options(master: str, settings: Mapping[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """The options of a source as the engine hands them over."""
    shared = IN_PROCESS if master == LOCAL else {}
    fixed = {"name": "cases", "content": "records", "format": "parquet", "time_zone": "Europe/Helsinki"}
    return {**fixed, "master": master, "settings": {**shared, **(settings or {})}, **given}


def opened(*where: Any, **given: Any) -> AbstractContextManager[nw.LazyFrame[Any]]:
    """The source, open."""
    return open_spark(options(*where, **given), None)


def rows_of(frame: nw.LazyFrame[Any]) -> int:
    """How many rows Spark counts."""
    request = dated(Count(), by=None)[0]
    return int(scan(frame, [request], time_zone="Europe/Helsinki")[request][((), None)])


def failure(call: Callable[[], object], given: Mapping[str, Any]) -> DataError:
    """What the source makes of an error, in words that show nothing of what they should not show."""
    try:
        call()
    except DataError as error:
        found = error
    except Exception as error:
        found = translate(given, error) or DataError(repr(error))
    else:
        raise AssertionError("it did not fail")
    assert found.problems[0].hint
    for word in (SECRET, "/tmp", "127.0.0.1"):
        assert word not in str(found)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files: a good one, one with another type, one that is not Parquet, and a folder without files."""
    place = tmp_path_factory.mktemp("files")
    parquet(place, ROWS, "good.parquet")
    parquet(place, f"SELECT '{SECRET}' AS number, 1 AS kind", "other.parquet")
    (place / "broken.parquet").write_text(f"PAR1{SECRET}" * 20)
    (place / "empty").mkdir()
    return place


# Drivers in this process: these come first, for afterwards one driver stays for all tests.


def test_sources_share_a_driver_that_the_last_one_stops(folder: Path) -> None:
    need_spark()
    from pyspark import SparkContext

    found: list[int] = []
    paths = [str(folder / "good.parquet")]

    def read() -> None:
        with opened(LOCAL, paths=paths) as frame:
            found.append(rows_of(frame))

    with opened(LOCAL, {"spark": {"sql": {"shuffle": {"partitions": 3}}}}, paths=paths) as frame:
        context = SparkContext._active_spark_context
        reader = threading.Thread(target=read)
        reader.start()
        reader.join()
        assert SparkContext._active_spark_context is context
        assert (rows_of(frame), found) == (3000, [3000])
        assert frame.to_native().sparkSession.conf.get("spark.sql.shuffle.partitions") == "3"
        with pytest.raises(DataError, match="a Spark driver with another master"), opened("local[1]", paths=paths):
            pass
    assert SparkContext._active_spark_context is None
    assert not Path("spark-warehouse").exists()


def test_a_driver_that_is_there_is_used_and_left_as_it_is(folder: Path) -> None:
    need_spark()
    from pyspark.sql import SparkSession

    settings = {**IN_PROCESS, "spark.ui.enabled": "false", "spark.sql.session.timeZone": "Asia/Tokyo"}
    session = SparkSession.builder.master(LOCAL).config(map=settings).getOrCreate()
    try:
        session.read.parquet(str(folder / "good.parquet")).createGlobalTempView("contacts")
        month = dated(Count(), by="seen")[0]
        with opened(LOCAL, table="global_temp.contacts") as frame:
            assert scan(frame, [month], time_zone="Europe/Helsinki")[month] == {((), 2024 * 12 + 1): 3000}
        assert session.conf.get("spark.sql.session.timeZone") == "Asia/Tokyo"
        assert session.range(5).count() == 5
        with pytest.raises(DataError, match="there is no table") as caught, opened(LOCAL, table="global_temp.contcats"):
            pass
        assert caught.value.problems[0].hint == "did you mean 'global_temp.contacts'?"
        with pytest.raises(DataError, match=r"'spark\.driver\.memory' cannot be set"):
            opened(LOCAL, {"spark.driver.memory": "3g"}, table="global_temp.contacts").__enter__()
        assert session.range(5).count() == 5
    finally:
        session.stop()


def test_a_cluster_that_goes_while_it_is_read_is_out_of_reach(tmp_path: Path, folder: Path) -> None:
    need_spark()
    servers = Servers(tmp_path)
    try:
        master = start_cluster(servers)
        stop = Stop()
        given = {**options(master, SETTINGS, paths=[str(folder / "good.parquet")]), "stop": stop}
        with open_spark(given, None) as frame:
            assert rows_of(frame) == 3000
            session = frame.to_native().sparkSession
            endless = nw.from_native(session.sql(ENDLESS))
            later(2, servers.stop)
            later(6, stop.now)
            found = failure(lambda: rows_of(endless), given)
        assert type(found) is Unreachable
        assert type(failure(lambda: open_spark(given, None).__enter__(), given)) is Unreachable
    finally:
        servers.stop()


def test_a_server_that_goes_while_it_is_read_is_out_of_reach(tmp_path: Path, folder: Path) -> None:
    need_spark()
    servers = Servers(tmp_path)
    try:
        given = options(start_connect(servers), paths=[str(folder / "good.parquet")])
        with open_spark(given, None) as frame:
            endless = nw.from_native(frame.to_native().sparkSession.sql(ENDLESS))
            later(3, servers.stop)
            found = failure(lambda: rows_of(endless), given)
        assert type(found) is Unreachable
        assert type(failure(lambda: open_spark(given, None).__enter__(), given)) is Unreachable
    finally:
        servers.stop()


def later(seconds: float, action: Callable[[], object]) -> None:
    """Do something in another thread, in some seconds."""
    threading.Timer(seconds, action).start()


def test_what_is_not_installed_is_named_with_the_command_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.logger", None)
    with (
        pytest.raises(DataError, match="needs PySpark 4, which is not installed") as caught,
        opened(LOCAL, paths=["x"]),
    ):
        pass
    assert caught.value.problems[0].hint == "install it with: pip install 'objective-engine[spark]'"
    monkeypatch.undo()
    need_spark()
    monkeypatch.setitem(sys.modules, "pyspark.sql.connect.session", None)
    with pytest.raises(DataError, match="Spark Connect needs packages") as caught, opened("sc://host", paths=["x"]):
        pass
    assert "pip install 'objective-engine[spark]'" in caught.value.problems[0].hint


@pytest.mark.parametrize(("java", "message"), [("", "needs Java, which is not found"), ("11", "Java is too old")])
def test_java_is_asked_for_by_name(java: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_spark()
    from pyspark import SparkContext

    monkeypatch.setattr(SparkContext, "_gateway", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    if java:
        program = tmp_path / "java"
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{java}.0.2\"' >&2\n")
        program.chmod(0o755)
    with pytest.raises(DataError, match=message) as caught, opened(LOCAL, paths=["x"]):
        pass
    assert "install Java 17 or later" in caught.value.problems[0].hint


@pytest.mark.parametrize(
    "master", ["spark://127.0.0.1:1", "sc://127.0.0.1:1/;token=SalainenSirpa", "spark://nowhere.invalid:7077"]
)
def test_a_master_that_does_not_answer_is_out_of_reach_at_once(master: str) -> None:
    need_spark()
    given = options(master, paths=["x"])
    begin = time.monotonic()
    assert type(failure(lambda: open_spark(given, None).__enter__(), given)) is Unreachable
    assert time.monotonic() - begin < 20


@pytest.mark.parametrize("master", ["lokal[2]", "sc:///;token=SalainenSirpa"])
def test_a_master_that_is_none_is_told_how_to_write_one(master: str) -> None:
    need_spark()
    given = options(master, paths=["x"])
    assert "sc://host" in failure(lambda: open_spark(given, None).__enter__(), given).problems[0].hint


PLAN = """
[plan]
title = "Plan"
period = { start = 2024-01-01, end = 2024-12-31 }
as_of = 2024-12-31
[objective.a]
title = "A"
"""
PART = """
[objective.a.indicator.NAME]
title = "NAME"
source = "NAME"
metric = "count_threshold"
date = "started"
where = { kind = "a" }
target = ">= 1"
"""
SOURCE = """
[sources.{name}]
type = "spark"
content = "records"
master = "local[1]"
paths = {paths}
settings = {{ "spark.driver.host" = "127.0.0.1", "spark.hadoop.token" = "${{SPARK_TEST}}" }}
"""
SOURCES = {
    "good": ["good.parquet"],
    "types": ["good.parquet", "other.parquet"],
    "broken": ["broken.parquet"],
    "away": ["nothing.parquet"],
}


def test_the_command_shows_nothing_of_rows_and_nothing_of_what_spark_says(tmp_path: Path) -> None:
    need_spark()
    project = Project(tmp_path)
    text = ", ".join(f"'{SECRET}' AS {name}" for name in ("kind", "person", "number", "seen"))
    parquet(tmp_path, f"SELECT {text}, DATE '2024-01-31' AS started FROM range(5)", "good.parquet")
    parquet(tmp_path, f"SELECT '{SECRET}' AS started, 1 AS kind, 2 AS number", "other.parquet")
    (tmp_path / "broken.parquet").write_text(f"PAR1{SECRET}" * 20)
    project.write("config.toml", "".join(SOURCE.format(name=name, paths=paths) for name, paths in SOURCES.items()))
    project.write("rules/p/plan.toml", PLAN + "".join(PART.replace("NAME", name) for name in SOURCES))
    run = subprocess.run(
        [sys.executable, "-c", "from engine.cli import main; main()", "evaluate", "--lang", "en", "--format", "json"],
        capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"SPARK_TEST": SECRET}, check=False,
    )  # fmt: skip
    said = run.stdout + run.stderr
    assert run.returncode == 3, said
    for words in ("there are no such files", "cannot be read to its end", "not of the same type in all files"):
        assert words in run.stdout
    for word in (SECRET, "WARN", "ERROR", "Exception", "Traceback", "org.apache", "Stage", str(tmp_path)):
        assert word not in said
    assert {file.name for file in tmp_path.iterdir()} - {"rules", "actuals.csv", "config.toml"} == {
        "good.parquet", "other.parquet", "broken.parquet",
    }  # fmt: skip


# On a cluster.


@pytest.fixture(scope="module")
def on_cluster(cluster: str, folder: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Options of the cluster. A source that stays open keeps the driver for all tests."""
    with opened(cluster, SETTINGS, paths=[str(folder / "good.parquet")]):
        yield lambda **given: options(cluster, SETTINGS, **given)


class FaultError(Exception):
    """What is wrong with a source, and its hint."""

    def __init__(self, error: DataError) -> None:
        super().__init__(str(error))
        self.hint = error.problems[0].hint


@pytest.mark.parametrize("case", cases.load("spark", "options"))
def test_what_leads_to_nothing_is_said_without_a_value(
    case: Case, on_cluster: Callable[..., dict[str, Any]], folder: Path
) -> None:
    paths = {"paths": [path if "://" in path else str(folder / path) for path in case["options"].get("paths", ())]}
    given = on_cluster(**{**case["options"], **paths})

    def outcome() -> None:
        def read() -> None:
            with open_spark(given, None) as frame:
                request = dated(Count(Filter("number", "in", (1,))), by=None)
                scan(frame, request, time_zone="Europe/Helsinki")

        raise FaultError(failure(read, given))

    case.check(outcome, FaultError)


def test_a_value_that_does_not_fit_is_not_printed(
    on_cluster: Callable[..., dict[str, Any]], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = on_cluster(paths=[str(folder / "good.parquet")])
    with open_spark(given, None) as frame:
        for wrong in ("CAST(person AS INT)", "CAST(person AS DATE)", "CAST(kind AS BOOLEAN)", "number / 0"):
            view = frame.to_native().selectExpr(f"{wrong} AS number")
            found = failure(lambda view=view: rows_of(nw.from_native(view.filter("number IS NOT NULL"))), given)
            assert found.problems[0].message == "a value is not of the type of its column"
    assert capfd.readouterr() == ("", "")


def test_a_read_is_stopped_from_another_thread_and_no_other_read_is(
    on_cluster: Callable[..., dict[str, Any]], folder: Path
) -> None:
    stop = Stop()
    given = on_cluster(paths=[str(folder / "good.parquet")])
    with open_spark({**given, "stop": stop}, None) as frame, open_spark(given, None) as other:
        endless = nw.from_native(frame.to_native().sparkSession.sql(ENDLESS))
        later(2, stop.now)
        begin = time.monotonic()
        assert failure(lambda: rows_of(endless), given).problems[0].message == "the read was stopped"
        assert time.monotonic() - begin < 30
        later(0, stop.now)
        assert rows_of(other) == 3000
        assert rows_of(frame) == 3000


ACTIONS = (
    "collect", "toLocalIterator", "take", "head", "first", "tail", "count", "show", "foreach", "foreachPartition",
    "toPandas", "toArrow", "isEmpty",
)  # fmt: skip


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each fetch from Spark brings; every other way to bring some fails the test."""
    from pyspark.sql.classic.dataframe import DataFrame

    numbers: list[int] = []
    collect = DataFrame.collect

    def counted(frame: Any) -> Any:
        rows = collect(frame)
        numbers.append(len(rows))
        return rows

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("rows were fetched in another way")

    for action in ACTIONS:
        monkeypatch.setattr(DataFrame, action, counted if action == "collect" else refuse)
    return numbers


def test_only_cells_cross_to_the_driver(
    on_cluster: Callable[..., dict[str, Any]], tmp_path: Path, fetched: list[int]
) -> None:
    file = parquet(tmp_path, ROWS.replace("range(3000)", "range(200000)"), "many.parquet")
    asked = [Count(), Sum("number"), Days("started", "ended"), Values("kind", units=("a",)), Distinct("person")]
    requests = [*dated(*asked), *dated(*(Count(Filter("number", "at_least", number)) for number in range(6)))]
    readings: list[Reading] = []
    with open_spark(on_cluster(paths=[file]), None) as frame:
        assert check(frame, requests, ["kind"]) == []
        found = scan(frame, requests, time_zone="Europe/Helsinki", by=["kind"], on_read=readings.append)
    assert sum(found[requests[0]].values()) == 200_000
    assert fetched == [reading.cells for reading in readings]
    assert 0 < sum(fetched) < 2_000


def test_no_more_cells_cross_than_the_limit_and_one(
    on_cluster: Callable[..., dict[str, Any]], folder: Path, fetched: list[int]
) -> None:
    with (
        open_spark(on_cluster(paths=[str(folder / "good.parquet")]), None) as frame,
        pytest.raises(DataError, match="more than 20 cells"),
    ):
        scan(frame, dated(Days("started", "ended")), time_zone="Europe/Helsinki", by=["number"], cell_limit=20)
    assert fetched == [21]


# Over Spark Connect.


def test_a_server_gives_rows_and_the_nearest_name_of_a_table(connect: str, folder: Path) -> None:
    with ExitStack() as stack:
        frame = stack.enter_context(
            opened(connect, {"spark.sql.shuffle.partitions": 3}, paths=[str(folder / "good.parquet")])
        )
        native = frame.to_native()
        native.createOrReplaceGlobalTempView("contacts")
        month = dated(Count(), by="seen")[0]
        assert scan(frame, [month], time_zone="Europe/Helsinki")[month] == {((), 2024 * 12 + 1): 3000}
        assert native.sparkSession.conf.get("spark.sql.shuffle.partitions") == "3"
        assert rows_of(stack.enter_context(opened(connect, table="global_temp.contacts"))) == 3000
        given = options(connect, table="global_temp.contcats")
        found = failure(lambda: open_spark(given, None).__enter__(), given)
        assert found.problems[0].hint == "did you mean 'global_temp.contacts'?"
        given = options(connect, {"spark.driver.memory": "3g"}, table="global_temp.contacts")
        assert "cannot be set" in str(failure(lambda: open_spark(given, None).__enter__(), given))
        endless = nw.from_native(native.sparkSession.sql(ENDLESS))
        later(2, native.sparkSession.interruptAll)
        assert failure(lambda: rows_of(endless), given).problems[0].message == "the read was stopped"


def test_a_server_says_what_is_wrong_with_files_without_a_value(connect: str, folder: Path) -> None:
    for name, message in (("broken", "a file cannot be read to its end"), ("nothing", "there are no such files")):
        given = options(connect, paths=[str(folder / f"{name}.parquet")])
        assert message in str(failure(lambda given=given: open_spark(given, None).__enter__(), given))
    given = options(f"{connect}/;token={SECRET}", paths=[str(folder / "good.parquet")])
    failure(lambda: open_spark(given, None).__enter__(), given)
