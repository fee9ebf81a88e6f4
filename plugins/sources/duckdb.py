"""A table of a DuckDB database file: rows of cases, or figures.

```toml
[sources.contacts]
type = "duckdb"
content = "records"
path = "data/cases.duckdb"
table = "contacts"
```

`table` is a table or view of the file, as `schema.table` when it is not in the schema `main`. The file is opened for
reading only, and nothing beside it is read: a view that reads other files is an error. No query can be written here:
make a view. A file that another program has open for writing cannot be read at the same time; it is asked for again a
few times.

Records are counted by DuckDB where they are. Figures have a row for each figure, and the columns of the CSV source:
`indicator` and `as_of`, and `value`, `numerator`, `denominator`, `note`, `by` and `expected` where they are known. A
floating-point number counts as what it is written as: 0.1 is one tenth.
"""

import difflib
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine import DataError, Figure, Place, Problem, Source, Unreachable, embedded, hookimpl

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the database file, from the folder of the configuration"},
    "table": {"type": "string", "required": True, "meta": "the table or view, with its schema when it is not `main`"},
}
COLUMNS = ("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected")
TABLES = """SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'data' AND NOT internal
    UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'data' AND NOT internal"""
CONNECTIONS: dict[int, Any] = {}
"""The connection of each frame that is open, by the frame's identity: frames cannot be keys."""


@contextmanager
def open_duckdb(options, at):
    _check_file(options)
    with embedded(options) as connection:
        _attach(connection, options)
        rows = _rows(connection, options)
        if options["content"] == "figures":
            yield _figures(options, rows)
            return
        import narwhals

        frame = narwhals.from_native(rows)
        CONNECTIONS[id(frame)] = connection
        try:
            yield frame
        finally:
            del CONNECTIONS[id(frame)]


def _wrong(options, message, hint, kind=DataError):
    return kind(Problem(message=message, place=Place(file=options["shown_path"]), hint=hint))


def _check_file(options):
    """Raise DataError unless the path leads to a file that can be read."""
    file = Path(options["path"])
    try:
        if file.exists() and not file.is_file():
            raise _wrong(options, f"this is not a file{' but a folder' * file.is_dir()}", "name a DuckDB file")
        file.open("rb").close()
    except (OSError, ValueError) as error:
        names = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        hint = _nearest(file.name, names) or "paths are from the folder of the configuration"
        reason = getattr(error, "strerror", None) or "the path is not possible"
        missing = isinstance(error, FileNotFoundError)
        message = "there is no such file" if missing else f"cannot be read: {reason.lower()}"
        raise _wrong(options, message, hint) from error


def _nearest(name, names):
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean '{close[0]}'?" if close else ""


def _attach(connection, options):
    """Attach the file, which may be open elsewhere in this process with other settings; then read nothing beside it."""
    import duckdb

    path = options["path"].replace("'", "''")
    try:
        connection.execute(f"ATTACH '{path}' AS data (READ_ONLY, TYPE duckdb)")
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise _wrong(options, "another program writes to the file", "close it there", Unreachable) from None
        hint = "it may be of another program, not whole, or of a newer version of DuckDB"
        raise _wrong(options, "this is not a DuckDB file that can be read", hint) from None
    connection.execute("SET enable_external_access = false")


def _rows(connection, options):
    """The rows of the table or view. Raises DataError when it is not there, or is a view that cannot be read."""
    import duckdb

    place = _place(connection, options)
    try:
        return connection.sql(f"FROM {place}")
    except duckdb.PermissionException:
        message = f"the view '{options['table']}' reads other files, which is not allowed"
        raise _wrong(options, message, "make a table of it") from None
    except duckdb.Error:
        message = f"the view '{options['table']}' does not fit the tables of the file"
        raise _wrong(options, message, "make the view anew") from None


def _place(connection, options):
    """The table as SQL names it. Raises DataError with the nearest name when it is not there."""
    tables = {}
    for schema, name in sorted(connection.execute(TABLES).fetchall()):
        tables[f"{schema}.{name}"] = (schema, name)
        if schema == "main":
            tables[name] = (schema, name)
    if options["table"] not in tables:
        hint = _nearest(options["table"], tables) or "a table of another schema than main is named schema.table"
        raise _wrong(options, f"there is no table '{options['table']}'", hint)
    return ".".join(_quoted(name) for name in ("data", *tables[options["table"]]))


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _figures(options, rows):
    names = [name.strip().lower() for name in rows.columns]
    for name in names:
        if name not in COLUMNS:
            hint = _nearest(name, COLUMNS) or f"the columns of figures are {', '.join(COLUMNS)}"
            raise _wrong(options, f"unknown column '{name}'", hint)
    for name in ("indicator", "as_of"):
        if name not in names:
            raise _wrong(options, f"there is no column '{name}'", "figures need the columns indicator and as_of")
    for row in rows.fetchall():
        cells = {name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None}
        yield Figure(**{"indicator": "", "as_of": "", **cells}, place=Place(file=options["shown_path"]))


def _plain(value):
    """A number as it is written, and the day of a time."""
    if isinstance(value, float):
        return Decimal(repr(value))
    return value.date() if isinstance(value, datetime) else value


def cancel(data):
    """Stop a read of a frame that is open."""
    connection = CONNECTIONS.get(id(data))
    if connection:
        connection.interrupt()


@hookimpl
def engine_source():
    return Source(name="duckdb", contents=("records", "figures"), open=open_duckdb, schema=SCHEMA, cancel=cancel)
