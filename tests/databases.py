"""Databases with a few rows of each kind, and reads of them as the engine does them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.aggregates import Count, Sum
from engine.database import reason
from engine.errors import DataError, Problem
from engine.filters import missing
from engine.guard import call_source
from engine.scan import scan
from plugins.sources import duckdb as duckdb_source
from plugins.sources import sql as sql_source
from plugins.sources import sqlite as sqlite_source
from tests.servers import Postgres, running_postgres
from tests.test_scan import dated

PASSWORD = "hunter2-Kanarialintu"
CANARY = "Sirpa Salainen"
SOURCES = {"duckdb": duckdb_source, "sqlite": sqlite_source, "sql": sql_source}
ROWS = """CREATE TABLE cases (kind VARCHAR, paid DECIMAL(9,2), day DATE);
    INSERT INTO cases VALUES ('a', 1.10, '2024-02-29'), ('b', 2.20, '2024-03-01'), (NULL, NULL, NULL);"""
FIGURES = """CREATE TABLE figures ("Indicator" VARCHAR, as_of DATE, value DOUBLE PRECISION, numerator INTEGER,
    note VARCHAR);
    INSERT INTO figures VALUES ('a', '2025-05-31', 0.1, 1, 'x'), ('b', '2025-05-31', NULL, NULL, NULL);"""

Read = Callable[[Any], Any]


def opened(kind: str, place: Any, table: str = "cases", **options: Any) -> AbstractContextManager[Any]:
    """A source opened as the engine opens it."""
    fixed = {"table": table, "name": "s", "content": "records", "time_zone": "Europe/Helsinki"}
    if isinstance(place, Path):
        fixed |= {"path": str(place), "shown_path": place.name}
        fixed |= {"columns": []} if kind == "sqlite" else {}
    else:
        fixed["url"] = place.url if isinstance(place, Postgres) else place
    module: Any = SOURCES[kind]
    opener = getattr(module, f"open_{kind}")
    found: AbstractContextManager[Any] = opener({**fixed, **options}, None)
    return found


def counted(frame: Any) -> Any:
    """What a scan says of all rows."""
    requests = dated(Count(), Count(missing("kind")), Sum("paid"), by=None)
    found = scan(frame, requests, time_zone="Europe/Helsinki")
    return [found[request].get(((), None)) for request in requests]


def read(kind: str, place: Any, what: Read = counted, **options: Any) -> Any:
    """What a read gives; errors are those that the engine makes of them."""

    def translated(error: BaseException) -> DataError | None:
        module: Any = SOURCES[kind]
        known = module.translate(options, error) if hasattr(module, "translate") else None
        other = reason(error)
        return known or (DataError(Problem(message=other[0], hint=other[1])) if other else None)

    def run() -> Any:
        with opened(kind, place, **options) as data:
            return what(data)

    if kind == "sqlite":
        options = {"table": "cases", "shown_path": place.name, **options}
    return call_source("source", "read", run, translate=translated, quiet=True)


def problem(kind: str, place: Any, what: Read = counted, error: type[DataError] = DataError, **options: Any) -> Problem:
    """What is wrong, of this kind of error; no words of it have a secret."""
    with pytest.raises(DataError) as caught:
        read(kind, place, what, **options)
    assert type(caught.value) is error
    (found,) = caught.value.problems
    assert found.hint
    assert not any(secret in str(found) for secret in (PASSWORD, CANARY, "/tmp"))
    return found


def in_duckdb(folder: Path, *statements: str) -> Path:
    """A DuckDB file after statements."""
    file = folder / "cases.duckdb"
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)
    return file


def in_sqlite(folder: Path, *scripts: str) -> Path:
    """A SQLite file after scripts."""
    file = folder / "cases.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        for script in scripts:
            connection.executescript(script)
    return file


def in_postgres(*statements: str) -> Postgres:
    """The PostgreSQL server, emptied, after statements."""
    server = running_postgres()
    server.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC")
    server.execute(*statements)
    return server


def stored(kind: str, folder: Path, *statements: str) -> Any:
    """A database of each kind after statements."""
    if kind == "sql":
        return in_postgres(*statements)
    return {"duckdb": in_duckdb, "sqlite": in_sqlite}[kind](folder, *statements)
