"""The sources for databases: what they give, what they say of what is wrong, and that they only read."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.aggregates import Count, Distinct, Sum, Total
from engine.errors import DataError, Place, PluginError, Unreachable
from engine.model import Figure
from engine.scan import scan
from engine.stopping import Stop
from tests.databases import CANARY, FIGURES, ROWS, SOURCES, counted, in_duckdb, opened, problem, read, stored
from tests.test_scan import dated

KINDS = pytest.mark.parametrize("kind", SOURCES)


@KINDS
def test_records(kind: str, tmp_path: Path) -> None:
    assert read(kind, stored(kind, tmp_path, ROWS)) == [3, 1, Total(Decimal("3.3"), 2)]


@KINDS
def test_figures(kind: str, tmp_path: Path) -> None:
    place = Place(file={"duckdb": "cases.duckdb", "sqlite": "cases.sqlite", "sql": "sources.s"}[kind])
    found = read(kind, stored(kind, tmp_path, FIGURES), list, table="figures", content="figures")
    day = date(2025, 5, 31)
    assert found == [
        Figure(indicator="a", as_of=day, value=Decimal("0.1"), numerator=1, note="x", place=place),
        Figure(indicator="b", as_of=day, place=place),
    ]


@KINDS
@pytest.mark.parametrize(
    ("columns", "message", "hint"),
    [
        ("indicator VARCHAR, value DATE", "there is no column 'as_of'", "figures need"),
        ("indicator VARCHAR, as_of DATE, valeu DATE", "unknown column 'valeu'", "did you mean 'value'?"),
        ("indicator VARCHAR, as_of DATE, xyz DATE", "unknown column 'xyz'", "the columns of figures are"),
    ],
)
def test_figures_with_other_columns(kind: str, columns: str, message: str, hint: str, tmp_path: Path) -> None:
    place = stored(kind, tmp_path, f"CREATE TABLE figures ({columns})")
    found = problem(kind, place, list, table="figures", content="figures")
    assert found.message == message
    assert hint in found.hint


@KINDS
def test_views_and_names_that_are_hard_to_write(kind: str, tmp_path: Path) -> None:
    place = stored(
        kind, tmp_path, ROWS, 'CREATE VIEW "odd ""view"" %s.x" AS SELECT kind, paid, kind AS "a %s "" b" FROM cases'
    )
    assert read(kind, place, table='odd "view" %s.x') == [3, 1, Total(Decimal("3.3"), 2)]
    request = dated(Distinct('a %s " b'), by=None)[0]
    found = read(kind, place, lambda frame: scan(frame, [request], time_zone="UTC"), table='odd "view" %s.x')
    assert found[request] == {((), None): 2}


@KINDS
def test_a_table_that_is_not_there(kind: str, tmp_path: Path) -> None:
    place = stored(kind, tmp_path, ROWS)
    found = problem(kind, place, table="casse")
    assert (found.message, found.hint) == ("there is no table 'casse'", "did you mean 'cases'?")
    assert "there is no table 'x y'; DROP TABLE cases'" in problem(kind, place, table="x y'; DROP TABLE cases").message
    assert read(kind, place)[0] == 3


@KINDS
def test_no_rows(kind: str, tmp_path: Path) -> None:
    place = stored(kind, tmp_path, "CREATE TABLE cases (kind VARCHAR, paid DECIMAL(9,2), seen TIMESTAMP)")
    request = dated(Count(), by="seen")[0]
    assert read(kind, place, lambda frame: scan(frame, [request], time_zone="UTC"))[request] == {}


@KINDS
def test_two_readers_at_once(kind: str, tmp_path: Path) -> None:
    place = stored(kind, tmp_path, ROWS)
    with opened(kind, place) as first, opened(kind, place, time_zone="UTC") as second:
        assert counted(first) == counted(second)


@KINDS
def test_a_source_is_closed(kind: str, tmp_path: Path) -> None:
    with opened(kind, stored(kind, tmp_path, ROWS)) as frame:
        pass
    with pytest.raises(Exception, match="clos"):
        counted(frame)


@KINDS
def test_a_read_can_be_stopped_from_another_thread(kind: str, tmp_path: Path) -> None:
    """The rows are joined with themselves, again and again: that takes longer than anybody waits."""
    place = stored(
        kind, tmp_path, ROWS, "INSERT INTO cases SELECT a.* FROM cases a, cases b, cases c, cases d, cases e"
    )

    def long(frame: Any) -> Any:
        for number in range(6):
            names = {name: f"{name}_{number}" for name in frame.columns}
            frame = frame.join(frame.rename(names).select(list(names.values())[:1]), how="cross")
        return scan(frame, dated(Count(), Sum("paid"), by=None), time_zone="UTC")

    stop, done = Stop(), threading.Event()

    def keep_stopping() -> None:
        while not done.wait(0.3):
            stop.now()

    def stopped(frame: Any) -> Any:
        other = threading.Thread(target=keep_stopping)
        other.start()
        try:
            return long(frame)
        finally:
            done.set()
            other.join()

    begun = time.monotonic()
    with pytest.raises((DataError, PluginError)):
        read(kind, place, stopped, time_limit=60, stop=stop)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_paths_to_no_database(kind: str, tmp_path: Path) -> None:
    place = stored(kind, tmp_path, ROWS)
    before = place.read_bytes()
    assert read(kind, place)[0] == 3
    assert place.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [place.name]
    found = problem(kind, tmp_path / f"casse.{kind}")
    assert (found.message, found.hint) == ("there is no such file", f"did you mean 'cases.{kind}'?")
    assert problem(kind, tmp_path).message == "this is not a file but a folder"
    for content in (b"", b"kind,paid\n", before[:1000], before[:4096] + b"\0" * 8192):
        place.write_bytes(content)
        with pytest.raises(DataError):
            read(kind, place)


def test_tables_of_other_schemas_of_duckdb(tmp_path: Path) -> None:
    place = in_duckdb(tmp_path, "CREATE SCHEMA s", ROWS.replace("cases", "s.cases"))
    assert read("duckdb", place, table="s.cases")[0] == 3
    assert problem("duckdb", place).hint == "did you mean 's.cases'?"


def test_views_of_duckdb_read_nothing_beside_the_file(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text(f"kind\n{CANARY}\n")
    view = f"CREATE VIEW v AS SELECT * FROM read_csv('{other}')"
    found = problem("duckdb", in_duckdb(tmp_path, view), table="v")
    assert found.message == "the view 'v' reads other files, which is not allowed"
    place = in_duckdb(tmp_path, ROWS, "CREATE VIEW w AS SELECT kind FROM cases", "ALTER TABLE cases DROP COLUMN kind")
    assert problem("duckdb", place, table="w").message == "the view 'w' does not fit the tables of the file"


def test_a_duckdb_file_that_another_program_writes_to(tmp_path: Path) -> None:
    place = in_duckdb(tmp_path, ROWS)
    code = f"import duckdb; c = duckdb.connect({str(place)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        found = problem("duckdb", place, error=Unreachable)
        other.communicate(b"\n")
    assert found.message == "another program writes to the file"
    assert read("duckdb", place)[0] == 3


@KINDS
def test_no_value_of_a_row_is_ever_quoted(kind: str, tmp_path: Path) -> None:
    """Texts are in every column, and are asked for as numbers and dates, which they are not."""
    place = stored(
        kind,
        tmp_path,
        "CREATE TABLE cases (kind VARCHAR, paid VARCHAR, day VARCHAR)",
        f"INSERT INTO cases VALUES ('{CANARY}', '{CANARY}', '{CANARY}')",
    )

    def forced(frame: Any) -> Any:
        import narwhals

        return frame.select(narwhals.col("paid").cast(narwhals.Date)).collect().rows()

    words: Mapping[str, str] = {"sql": "type of its column"}
    found = problem(kind, place, forced)
    assert words.get(kind, "not of the type") in found.message
