"""Parquet files: rows of cases, or figures.

Both are read by DuckDB. Figures have a row for each figure, and the columns of the CSV source: `indicator` and
`as_of`, and `value`, `numerator`, `denominator`, `note`, `by` and `expected` where they are known. A floating-point
number counts as what it is written as: 0.1 is one tenth.
"""

import difflib
import glob
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from engine import DataError, Figure, Place, Problem, Source, hookimpl

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the file, from the folder of the configuration"},
}
COLUMNS = ("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected")
TEXTS = ("indicator", "note", "by")


@contextmanager
def open_parquet(options, at):
    import duckdb

    _check_file(options)
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "temp_directory": ""}
    )
    try:
        connection.execute("SET TimeZone = ?", [options["time_zone"]])
        rows = connection.read_parquet(glob.escape(options["path"]), hive_partitioning=False)
        if options["content"] == "figures":
            yield _figures(options, rows)
        else:
            import narwhals

            yield narwhals.from_native(rows)
    except duckdb.Error as error:
        raise _wrong(options, "this is not a whole Parquet file", "write the file anew") from error
    finally:
        connection.close()


def _wrong(options, message, hint):
    return DataError(Problem(message=message, place=Place(file=options["shown_path"]), hint=hint))


def _check_file(options):
    """Raise DataError unless the path leads to a file that can be read."""
    file = Path(options["path"])
    try:
        if file.exists() and not file.is_file():
            raise _wrong(options, f"this is not a file{' but a folder' * file.is_dir()}", "name a Parquet file")
        file.open("rb").close()
    except (OSError, ValueError) as error:
        names = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        close = difflib.get_close_matches(file.name, names, n=1)
        hint = f"did you mean '{close[0]}'?" if close else "paths are from the folder of the configuration"
        reason = getattr(error, "strerror", None) or "the path is not possible"
        missing = isinstance(error, FileNotFoundError)
        raise _wrong(
            options, "there is no such file" if missing else f"cannot be read: {reason.lower()}", hint
        ) from error


def _figures(options, rows):
    names = [name.strip().lower() for name in rows.columns]
    for name in names:
        if name not in COLUMNS:
            close = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"the columns of figures are {', '.join(COLUMNS)}"
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


@hookimpl
def engine_source():
    return Source(name="parquet", contents=("records", "figures"), open=open_parquet, schema=SCHEMA)
