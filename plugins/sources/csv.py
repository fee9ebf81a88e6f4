"""CSV files: rows of cases, or figures.

The first line names the columns. Values are apart by `,`, `;`, a tab or `|`: the one that `delimiter` names, that a
line such as `sep=;` before the names gives, or by which the names and the first rows fall into equally many values.
Quotation marks enclose a value that has the delimiter in it. A file is UTF-8, with or without a byte order mark, or
else cp1252, as Windows writes it; which of them is found, or said by `encoding`. An empty value is missing, and so is
one that `missing` lists.

Records are read by DuckDB, a file in cp1252 from a copy in UTF-8 that is deleted in the end. The type of a column is
that of all its values:

- whole numbers of up to 18 digits, or 19 that 64 bits hold. Codes with zeros in front stay text.
- decimal numbers, kept exactly, with `.` or `,` before at most 15 decimals. Numbers with more, or such as `1.5e-3`, are
  floating-point numbers. Groups of three digits may be apart by a space, also one that does not break (`1 234,5`), and
  `−` is a minus as `-` is.
- dates such as `2025-05-31` or `31.5.2025`.
- times such as `2025-05-31 14:30`, `31.5.2025 14:30` or `31.5.2025 klo 14.30`, dates being times at midnight among
  them; or all with a zone, such as `2025-05-31T14:30:00Z`.
- `true` and `false`.
- text, when a single value is something else, in another form, or in `as_text`. Dates such as `01/02/2025` are text,
  since countries read them in two ways.

What can be read in two ways is an error that names the option to write: two delimiters that both fit; numbers such as
`1,234`, when no other number of the file tells that its comma is a decimal sign; and numbers such as `1.234` in a file
where other columns have decimal commas, or where `;` stands between values and no number has a certain decimal point:
people who write decimal commas use `;`.

Figures need the columns `indicator` and `as_of`, and may have `value`, `numerator`, `denominator`, `note`, `by` and
`expected`. Blank lines are skipped.
"""

import contextlib
import csv
import functools
import itertools
import re
from collections import Counter, namedtuple
from contextlib import contextmanager
from pathlib import Path

from engine import (
    DataError,
    Figure,
    Place,
    Problem,
    Source,
    check_figure_columns,
    embedded,
    hookimpl,
    in_utf_8,
    nearest,
    text_encoding,
)

DELIMITERS = (",", ";", "\t", "|")
SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the file, from the folder of the configuration"},
    "encoding": {"type": "string", "allowed": ["utf-8", "cp1252"], "meta": "how letters are kept; found if not given"},
    "delimiter": {"type": "string", "allowed": DELIMITERS, "meta": "what stands between values; found if not given"},
    "missing": {
        "type": "names",
        "default": [],
        "meta": 'values that say that there is none, such as "-", ".." or "ei tietoa"',
    },
    "as_text": {
        "type": "names",
        "default": [],
        "meta": "columns of records that are text even where all values look like numbers or dates",
    },
    "decimal": {
        "type": "string",
        "allowed": [".", ","],
        "meta": "the decimal sign of records; found for each column if not given",
    },
    "date_format": {
        "type": "string",
        "allowed": ["iso", "finnish"],
        "meta": "dates of records are all as 2025-05-31, or all as 31.5.2025; found for each column if not given",
    },
}
TEXTS = ("indicator", "as_of", "note", "by")
FIRST_ROWS = 100
MOST_ROWS = 1_000_000  # are looked at for the value that makes text of a column: up to fifteen seconds
MOST_REMEMBERED = 50_000  # different values whose kind is remembered meanwhile

Layout = namedtuple("Layout", "encoding delimiter skipped names")


@contextmanager
def open_csv(options, at):
    layout = _layout(options, text_encoding(options))
    if options["content"] == "figures":
        yield _figures(options, layout._replace(names=[name.lower() for name in layout.names]))
        return
    import narwhals

    with in_utf_8(options, layout.encoding) as path, embedded(options) as connection:
        yield narwhals.from_native(_records(connection, path, options, layout))


def _wrong(options, message, hint, line=0):
    return DataError(Problem(message=message, place=Place(file=options["shown_path"], line=line), hint=hint))


def _layout(options, encoding):
    """Encoding, delimiter, whether a line stands before the names, and the names of the columns."""
    with Path(options["path"]).open(encoding=encoding, newline="") as file:
        told = re.fullmatch('"?sep=([,;\t|])"?', file.readline(10).rstrip("\r\n"))
    choices = told[1] if told else options.get("delimiter", DELIMITERS)
    tables = {choice: _first_rows(options, Layout(encoding, choice, bool(told), [])) for choice in choices}
    divided = {choice: rows for choice, rows in tables.items() if len(rows[0]) > 1} or dict([*tables.items()][:1])
    fitting = [choice for choice, rows in divided.items() if len({len(row) for row in rows}) == 1]
    if len(fitting) > 1:
        hint = " or ".join(f"write delimiter = {_written(choice)}" for choice in fitting)
        raise _wrong(options, "two delimiters fit equally well", hint, 1 + bool(told))
    delimiter = fitting[0] if fitting else max(divided, key=lambda choice: len(divided[choice][0]))
    names = [name.strip() for name in divided[delimiter][0]]
    _check_names(options, names, 1 + bool(told))
    return Layout(encoding, delimiter, bool(told), names)


def _written(choice):
    return '"\\t"' if choice == "\t" else f'"{choice}"'


def _first_rows(options, layout):
    rows = []
    with contextlib.suppress(csv.Error), _lines(options, layout) as file:
        reader = csv.reader(file, delimiter=layout.delimiter)
        rows.append(next(reader, []))
        rows.extend(row for row in itertools.islice(reader, FIRST_ROWS) if any(row))
    return rows or [[]]


@contextmanager
def _lines(options, layout):
    """The file from the line with the names."""
    with Path(options["path"]).open(encoding=layout.encoding, newline="") as file:
        if layout.skipped:
            file.readline()
        yield file


def _check_names(options, names, line):
    if not any(names):
        raise _wrong(options, "there are no names of columns", "the first line names the columns", line)
    same = [name.lower() for name in names if name]
    for name in names:
        if same.count(name.lower()) > 1:
            raise _wrong(options, f"two columns are named '{name}'", "capital letters make no difference", line)


def _rows(options, layout):
    """Every row after the names that is not blank, with the line where it begins."""
    with _lines(options, layout) as file:
        reader = csv.reader(file, delimiter=layout.delimiter, strict=True)
        first = 1 + layout.skipped
        line = first
        try:
            for row in reader:
                if line > first and any(value.strip() for value in row):
                    if len(row) != len(layout.names):
                        message = f"this row has {len(row)} values, and the first line {len(layout.names)}"
                        hint = f"a value that has a '{layout.delimiter}' in it stands between quotation marks"
                        raise _wrong(options, message, hint, line)
                    yield line, row
                line = reader.line_num + first
        except csv.Error as error:
            hint = "a quotation mark in a value is doubled, and the value between quotation marks"
            raise _wrong(options, f"this is not CSV: {error}", hint, line) from error


def _figures(options, layout):
    names = layout.names
    check_figure_columns(filter(None, names), Place(file=options["shown_path"], line=1 + layout.skipped))
    lines = Path(options["path"]).read_text(encoding=layout.encoding).split("\n")
    nothing = {"", *options.get("missing", ())}
    for line, row in _rows(options, layout):
        cells = {name: value.strip() for name, value in zip(names, row, strict=True) if name}
        given = {name: value for name, value in cells.items() if value not in nothing or name in TEXTS}
        place = Place(file=options["shown_path"], line=line)
        yield Figure(**given, place=place, columns=_columns(names, row, layout.delimiter, lines[line - 1]))


def _columns(names, row, delimiter, line):
    """The column, from 1, where each value begins in its line; quotation marks move it, so then there is none."""
    if delimiter.join(row) != line.rstrip("\r\n"):
        return {}
    starts = itertools.accumulate((len(value) + 1 for value in row), initial=1)
    return {name: start for name, start in zip(names, starts, strict=False) if name}


def _records(connection, path, options, layout):
    """The rows as a relation. All are read once, so that what is wrong with them shows now, and not later."""
    import glob

    import duckdb

    from engine import AmbiguityError, typed

    names = [name or f" {place}" for place, name in enumerate(layout.names)]  # no name begins with a space
    for name in options["as_text"]:
        if name not in names:
            hint = nearest(name, names, "as_text lists columns of the file")
            raise _wrong(options, f"there is no column '{name}'", hint, 1 + layout.skipped)
    try:
        rows = connection.read_csv(
            glob.escape(path), auto_detect=False, header=True, sep=layout.delimiter, quotechar='"', escapechar='"',
            comment="", skiprows=int(layout.skipped), hive_partitioning=False, na_values=["", *options["missing"]],
            columns=dict.fromkeys(names, "VARCHAR"),
        )  # fmt: skip
        kinds = {key: options.get(key, "") for key in ("decimal", "date_format")}
        return typed(rows, as_text=options["as_text"], likely="," if layout.delimiter == ";" else ".", **kinds)
    except AmbiguityError as error:
        raise DataError([_ambiguous(options, layout, *found) for found in error.columns.items()]) from None
    except duckdb.ProgrammingError:
        raise _explained(options, layout) from None  # its words quote rows


def _ambiguous(options, layout, name, pattern):
    """The problem with a column whose numbers can be read in two ways, at the first of them."""
    column = layout.names.index(name)
    line = next((line for line, row in _rows(options, layout) if re.fullmatch(pattern, row[column])), 0)
    hint = f'write decimal = "," or decimal = "." to say which it is, or as_text = ["{name}"]'
    message = f"the sign in the numbers of '{name}' can be a decimal sign, or stand between groups of three digits"
    return Problem(message=message, place=Place(file=options["shown_path"], line=line), hint=hint)


def _explained(options, layout):
    """What is wrong, without the values that DuckDB names: the row that is not CSV, if it is found."""
    try:
        for _ in _rows(options, layout):
            pass
    except DataError as error:
        return error
    hint = "save it again as CSV in UTF-8, with line ends of one kind"
    return _wrong(options, "the file cannot be read as CSV", hint)


def odd_value(options, column):
    """The place of the first value of another kind than most of the column have."""
    from engine import family

    layout = _layout(options, text_encoding(options))
    if column in options["as_text"] or column not in layout.names:
        return None
    place = layout.names.index(column)
    nothing = {"", *options["missing"]}
    kind_of = functools.lru_cache(MOST_REMEMBERED)(family)
    numbers, first = Counter[str](), dict[str, int]()
    for line, row in itertools.islice(_rows(options, layout), MOST_ROWS):
        if row[place] not in nothing:
            kind = kind_of(row[place])
            numbers[kind] += 1
            first.setdefault(kind, line)
    most = max(first, key=numbers.__getitem__, default="text")
    others = [line for kind, line in first.items() if kind != most]
    return Place(file=options["shown_path"], line=min(others)) if others and most != "text" else None


@hookimpl
def engine_source():
    return Source(name="csv", contents=("records", "figures"), open=open_csv, schema=SCHEMA, odd_value=odd_value)
