"""How each engine is given rows: a function that stores them, and gives the source's table of the configuration.

To add an engine, write a function `(project, name, rows) -> table` and name it in ENGINES. The function may skip the
test with `tests.engines.needs.lacking`. `rows` may be empty: then there is a table without rows.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import xlsxwriter

from tests.engines.rows import INSTANTS, TYPES, Row
from tests.project import Project
from tests.servers import running_postgres
from tests.servers_spark import IN_PROCESS, need_spark

Store = Callable[[Project, str, Sequence[Row]], Mapping[str, Any]]
SQL_TYPES = {
    int: "BIGINT", str: "VARCHAR", bool: "BOOLEAN", Decimal: "DECIMAL(18, 2)", float: "DOUBLE", datetime: "TIMESTAMP",
}  # fmt: skip
EXCEL_FORMATS = {"opened": "d.m.yyyy", "closed": "d.m.yyyy", "noted": "d.m.yyyy hh:mm:ss.000"}
EXCEL_TEXTS = ("number", *INSTANTS)
EMPTY = tuple(f"empty.{name}" for name in ("rows", "total", "share", "deadlines", "median", "areas"))


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Why an engine cannot answer some rules, and what the command says instead of an answer."""

    reason: str
    says: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """How an engine is given rows, and what it cannot hold."""

    store: Store
    lacks: Sequence[Lack] = field(default=())


def store_csv(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A CSV file; instants are text of ISO 8601 with their zone."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TYPES)
    writer.writerows([_as_text(row[column]) for column in TYPES] for row in rows)
    project.write(f"{name}.csv", text.getvalue())
    return {"type": "csv", "path": f"{name}.csv"}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def store_parquet(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A Parquet file."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_table(connection, name, rows)
        connection.table(name).write_parquet(str(project.folder / f"{name}.parquet"))
    return {"type": "parquet", "path": f"{name}.parquet"}


def create_table(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Row]) -> None:
    """A table of DuckDB with the rows."""
    columns = ", ".join(f"{column} {sql_type(column)}" for column in TYPES)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    if rows:
        marks = ", ".join("?" * len(TYPES))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [[row[key] for key in TYPES] for row in rows])


def sql_type(column: str) -> str:
    """The type of a column in SQL."""
    return "TIMESTAMPTZ" if column in INSTANTS else SQL_TYPES.get(TYPES[column], "DATE")


def store_inline(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """Tables of the configuration; a missing value is left out."""
    return {
        "type": "inline",
        "rows": [{key: value for key, value in row.items() if value is not None} for row in rows],
    }


def store_excel(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A sheet of Excel. What Excel cannot hold is text: times with a zone, and numbers of more than 15 digits."""
    with xlsxwriter.Workbook(project.folder / f"{name}.xlsx") as book:
        formats = {column: book.add_format({"num_format": text}) for column, text in EXCEL_FORMATS.items()}
        sheet = book.add_worksheet("Rows")
        sheet.write_row(0, 0, TYPES)
        for line, row in enumerate(rows, 1):
            for place, column in enumerate(TYPES):
                value = row[column]
                if value is not None and (column in EXCEL_TEXTS or isinstance(value, str)):
                    sheet.write_string(line, place, str(value))
                elif value is not None:
                    sheet.write(line, place, value, formats.get(column))
    return {"type": "excel", "path": f"{name}.xlsx"}


POLARS = '''"""Rows of a Parquet file as a lazy frame of Polars."""

from contextlib import contextmanager

import narwhals
import polars

from engine import Source, hookimpl

SCHEMA = {"path": {"type": "path", "required": True, "meta": "the file"}}


@contextmanager
def open_polars(options, at):
    yield narwhals.from_native(polars.scan_parquet(options["path"], glob=False))


@hookimpl
def engine_source():
    return Source(name="polars_rows", contents=("records",), open=open_polars, schema=SCHEMA)
'''


def store_polars(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A lazy frame of Polars, which a plugin of the project gives."""
    project.write("plugins/sources/polars_rows.py", POLARS)
    return {**store_parquet(project, name, rows), "type": "polars_rows"}


def store_duckdb(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A table of a DuckDB file, which one file has for all."""
    with duckdb.connect(str(project.folder / "rows.duckdb")) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_table(connection, name, rows)
    return {"type": "duckdb", "path": "rows.duckdb", "table": name}


def store_sqlite(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A table of a SQLite file; days and times are text of ISO 8601, and decimal numbers what SQLite makes of them."""
    with closing(sqlite3.connect(project.folder / "rows.sqlite")) as file, file:
        file.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {sql_type(column)}' for column in TYPES)})")
        values = [[_as_sqlite(row[column]) for column in TYPES] for row in rows]
        file.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(TYPES))})", values)
    return {"type": "sqlite", "path": "rows.sqlite", "table": name}


def _as_sqlite(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def store_postgres(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A table of a PostgreSQL server, which runs for the tests of this process."""
    types = {column: sql_type(column).replace("DOUBLE", "DOUBLE PRECISION") for column in TYPES}
    server = running_postgres()
    server.create(name, types, rows)
    return {"type": "sql", "url": server.url, "table": name}


def store_spark(project: Project, name: str, rows: Sequence[Row]) -> Mapping[str, Any]:
    """A Parquet file, for Spark in this process."""
    need_spark()
    store_parquet(project, name, rows)
    paths = [str(project.folder / f"{name}.parquet")]
    return {"type": "spark", "master": "local[2]", "paths": paths, "settings": IN_PROCESS}


ENGINES: dict[str, Engine] = {
    "parquet": Engine(store=store_parquet),
    "csv": Engine(store=store_csv),
    "excel": Engine(
        store=store_excel,
        lacks=(
            Lack(
                reason="a number in Excel has 15 digits, and as text it is not compared or summed",
                says="'number' holds text",
                indicators=("huge.exactly", "huge.from", "huge.beyond-floats", "huge.total"),
            ),
        ),
    ),
    "inline": Engine(
        store=store_inline,
        lacks=(Lack(reason="columns are known by their rows alone", says="there are no rows", indicators=EMPTY),),
    ),
    "polars": Engine(store=store_polars),
    "duckdb": Engine(store=store_duckdb),
    "sqlite": Engine(store=store_sqlite),
    "postgres": Engine(store=store_postgres),
    "spark": Engine(store=store_spark),
}
"""The engines by name. The first is the one that all others are compared with."""
