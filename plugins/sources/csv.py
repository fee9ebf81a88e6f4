"""CSV files: rows of cases, or figures.

The first line names the columns. Values are apart by `,`, `;` or a tab, whichever the first line has most of, and
quotation marks enclose a value that has one in it. Files are UTF-8, with or without a byte order mark.

Records are read where they are, by DuckDB. The type of a column is that of all its values: whole numbers, numbers,
dates, times, true and false, or else text. Columns in `as_text`, such as codes, are text whatever they look like. An
empty value is missing.

Figures need the columns `indicator` and `as_of`, and may have `value`, `numerator`, `denominator`, `note`, `by` and
`expected`. Blank lines are skipped.
"""

import csv
import itertools
import re
from contextlib import contextmanager
from pathlib import Path

from engine import DataError, Figure, Place, Problem, Source, hookimpl

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the file, from the folder of the configuration"},
    "as_text": {
        "type": "list",
        "schema": {"type": "string"},
        "default": [],
        "meta": "columns of records that are text even where all values look like numbers or dates",
    },
    "decimal": {"type": "string", "allowed": [".", ","], "default": ".", "meta": "the decimal sign of records"},
}
COLUMNS = ("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected")
TEXTS = ("indicator", "as_of", "note", "by")
KINDS = {"BIGINT": "a whole number", "DOUBLE": "a number", "BOOLEAN": "true or false", "DATE": "a date like the others"}


@contextmanager
def open_csv(options, at):
    _check_text(options)
    delimiter, names = _header(options)
    if options["content"] == "figures":
        yield _figures(options, delimiter, [name.lower() for name in names])
        return
    import duckdb
    import narwhals

    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "temp_directory": ""}
    )
    try:
        connection.execute("SET TimeZone = ?", [options["time_zone"]])
        yield narwhals.from_native(_records(connection, options, delimiter, names))
    finally:
        connection.close()


def _nearest(name, names):
    import difflib  # only mistakes need it

    return next(iter(difflib.get_close_matches(name, names, n=1)), "")


def _wrong(options, message, hint, line=0):
    return DataError(Problem(message=message, place=Place(file=options["shown_path"], line=line), hint=hint))


def _check_text(options):
    """Raise DataError unless the path leads to a file of UTF-8 text."""
    file, number, line = Path(options["path"]), 0, b""
    try:
        if file.exists() and not file.is_file():
            raise _wrong(options, f"this is not a file{' but a folder' * file.is_dir()}", "name a CSV file")
        with file.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                line.decode("utf-8")
                if b"\0" in line:
                    raise _wrong(options, "there is a NUL byte, so this is not text", "export the data as CSV", number)
    except UnicodeDecodeError as error:
        message = f"the byte 0x{line[error.start]:02x} is not UTF-8"
        raise _wrong(options, message, "save the file as UTF-8; it may be latin-1, or no text at all", number) from None
    except (OSError, ValueError) as error:
        raise _unreadable(options, file, error) from error


def _unreadable(options, file, error):
    folder = file.parent
    names = [other.name for other in folder.iterdir()] if folder.is_dir() else []
    close = _nearest(file.name, names)
    hint = f"did you mean '{close}'?" if close else "paths are from the folder of the configuration"
    reason = getattr(error, "strerror", None) or "the path is not possible"
    missing = isinstance(error, FileNotFoundError)
    return _wrong(options, "there is no such file" if missing else f"cannot be read: {reason.lower()}", hint)


def _header(options):
    """The delimiter, and the names of the columns."""
    with Path(options["path"]).open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
    delimiter = max(",;\t", key=re.sub('"[^"]*"', "", first).count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    if not any(names):
        raise _wrong(options, "there are no names of columns", "the first line names the columns", 1)
    same = [name.lower() for name in names if name]
    for name in names:
        if same.count(name.lower()) > 1:
            raise _wrong(options, f"two columns are named '{name}'", "capital letters make no difference", 1)
    return delimiter, names


def _rows(options, delimiter):
    """Every row after the header that is not blank, with the line where it begins."""
    with Path(options["path"]).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        width, line = len(next(reader)), 2
        try:
            for row in reader:
                if any(value.strip() for value in row):
                    if len(row) != width:
                        message = f"this row has {len(row)} values, and the first line {width}"
                        hint = f"a value that has a '{delimiter}' in it stands between quotation marks"
                        raise _wrong(options, message, hint, line)
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            hint = "a quotation mark in a value is doubled, and the value between quotation marks"
            raise _wrong(options, f"this is not CSV: {error}", hint, line) from error


def _figures(options, delimiter, names):
    for name in filter(None, names):
        if name not in COLUMNS:
            close = _nearest(name, COLUMNS)
            hint = f"did you mean '{close}'?" if close else f"the columns of figures are {', '.join(COLUMNS)}"
            raise _wrong(options, f"unknown column '{name}'", hint, 1)
    for name in ("indicator", "as_of"):
        if name not in names:
            raise _wrong(options, f"there is no column '{name}'", "figures need the columns indicator and as_of", 1)
    lines = Path(options["path"]).read_text(encoding="utf-8-sig").split("\n")
    for line, row in _rows(options, delimiter):
        cells = {name: value.strip() for name, value in zip(names, row, strict=True) if name}
        given = {name: value for name, value in cells.items() if value or name in TEXTS}
        place = Place(file=options["shown_path"], line=line)
        yield Figure(**given, place=place, columns=_columns(names, row, delimiter, lines[line - 1]))


def _columns(names, row, delimiter, line):
    """The column, from 1, where each value begins in its line; quotation marks move it, so then there is none."""
    if delimiter.join(row) != line.rstrip("\r\n"):
        return {}
    starts = itertools.accumulate((len(value) + 1 for value in row), initial=1)
    return {name: start for name, start in zip(names, starts, strict=False) if name}


def _records(connection, options, delimiter, names):
    """The rows as a relation. All are read once, so that what is wrong with them shows now, and not later."""
    import glob

    import duckdb

    for name in options["as_text"]:
        if name not in names:
            close = _nearest(name, names)
            hint = f"did you mean '{close}'?" if close else "as_text lists columns of the file"
            raise _wrong(options, f"there is no column '{name}'", hint, 1)
    try:
        rows = connection.read_csv(
            glob.escape(options["path"]), header=True, sep=delimiter, quotechar='"', escapechar='"', comment="",
            encoding="utf-8", skiprows=0, sample_size=-1, hive_partitioning=False, decimal=options["decimal"],
            names=[name or f"column{place}" for place, name in enumerate(names)],
            dtype=dict.fromkeys(options["as_text"], "VARCHAR"),
        )  # fmt: skip
        counts = rows.aggregate("count(COLUMNS(*))").fetchall()[0]
    except duckdb.Error as error:
        raise _explained(options, delimiter, str(error)) from None  # its words quote rows
    nothing = duckdb.ConstantExpression(None)  # a column without values fits every question
    found = zip(rows.columns, counts, strict=True)
    return rows.select(*(duckdb.ColumnExpression(name) if count else nothing.alias(name) for name, count in found))


def _explained(options, delimiter, words):
    """What is wrong, without the values that DuckDB names. Raises DataError itself for a row that is not CSV."""
    for _ in _rows(options, delimiter):
        pass
    line = re.search(r"CSV Error on Line: (\d+)", words)
    column = re.search(r'converting column "(.*?)"\. Could not convert string .* to \'(\w+)', words, re.DOTALL)
    message, hint = "the file cannot be read as CSV", "save it again as CSV in UTF-8, with line ends of one kind"
    if column:
        message = f"a value of '{column[1]}' is not {KINDS.get(column[2], 'a time like the others')}"
        hint = f'write all values of the column in one way, or read it as text with as_text = ["{column[1]}"]'
    return _wrong(options, message, hint, int(line[1]) if line else 0)


@hookimpl
def engine_source():
    return Source(name="csv", contents=("records", "figures"), open=open_csv, schema=SCHEMA)
