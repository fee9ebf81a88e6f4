"""A table of a SQLite file: rows of cases, or figures.

```toml
[sources.contacts]
type = "sqlite"
content = "records"
path = "data/cases.sqlite"
table = "contacts"
columns = ["kind", "held_on", "closed_on"]
```

`table` is a table or view of the file, which is opened for reading only. No query can be written here: make a view.

SQLite has no dates, times and decimal numbers of its own, and its sums can overflow or lose digits. Rows are therefore
read, in one transaction, into the embedded database, which counts them exactly. That takes about a second for a
million values; `columns` names the columns that are needed when a table has many more.

SQLite takes any value in any column, so the declared type says what values are to be. `INT…`: whole numbers. `BOOLEAN`:
0 or 1. `DATE`: text such as `2025-05-31`. `DATETIME` and `TIMESTAMP`: text such as `2025-05-31 12:30:00`, with a zone
(`Z`, `+02:00`) in all rows or in none; parts of a second are cut to six digits. `DECIMAL(p,s)` and `NUMERIC(p,s)`:
numbers with so many decimals, of which SQLite keeps 15 digits. `REAL`, `FLOAT` and `DOUBLE`, and `DECIMAL` and
`NUMERIC` without decimals: floating-point numbers. `CHAR…`, `TEXT` and `CLOB`: text. `BLOB`: bytes, as the text of
their hexadecimal digits. A column of another type or none, such as one that a view works out, is what all its values
are. A value that is not of the declared type makes the column an error for the parts that use it, with the number of
such values.

Figures have a row for each figure, and the columns of the CSV source: `indicator` and `as_of`, and `value`,
`numerator`, `denominator`, `note`, `by` and `expected` where they are known. A floating-point number counts as what it
is written as: 0.1 is one tenth.
"""

import itertools
import json
import re
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine import DataError, Place, Problem, Source, Unreachable, embedded, existing_file, figures, hookimpl, nearest

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the file, from the folder of the configuration"},
    "table": {"type": "string", "required": True, "meta": "the table or view"},
    "columns": {"type": "names", "default": [], "meta": "the columns that are needed; all when it is left out"},
}
AT_ONCE = 20_000  # rows
STEPS = 100_000  # steps of SQLite between two looks at the clock
PATIENCE = 10  # seconds for another program to end its writing
MARK = "A column of SQLite: "

DECLARED = (  # what a declared type says; the first that fits
    ("BOOL", "boolean"),
    ("^DATE$", "date"),
    ("^(DATETIME|TIMESTAMP)(?!.*WITHOUT).*(TZ|ZONE|OFFSET)", "instant"),
    ("^(DATETIME|TIMESTAMP)", "time"),
    (r"^(DEC|NUMERIC).*\(", "decimal"),
    ("^(DEC|NUMERIC)|REAL|FLOA|DOUB", "float"),
    ("INT(?!ERVAL)", "whole"),
    ("CHAR|CLOB|TEXT", "text"),
    ("BLOB", "bytes"),
)
TOO_GREAT = f"typeof({{0}}) = 'integer' AND {{0}} NOT BETWEEN {-(2**53)} AND {2**53}"  # for floating point
# which values of a kind there are not, in the words of SQLite: {0} is the column, and {1} its number of decimals
UNFIT = {
    "boolean": "typeof({0}) NOT IN ('integer', 'null') OR {0} NOT IN (0, 1)",
    "decimal": "typeof({0}) NOT IN ('integer', 'real', 'null') OR typeof({0}) = 'real' AND abs({0}) >= 1e15 / 1e{1}",
    "float": "typeof({0}) NOT IN ('integer', 'real', 'null') OR " + TOO_GREAT,
    "whole": "typeof({0}) NOT IN ('integer', 'null')",
    "bytes": "typeof({0}) NOT IN ('blob', 'null')",
    "any": TOO_GREAT,
}
TEXT_UNFIT = "typeof({0}) NOT IN ('text', 'null')"
TAKEN = {
    "bytes": "CASE WHEN {0} IS NOT NULL THEN lower(hex({0})) END",
    "decimal": "CASE typeof({0}) WHEN 'real' THEN printf('%!.15g', {0}) ELSE CAST({0} AS TEXT) END",
}
KEPT = {"boolean": "BIGINT", "whole": "BIGINT", "float": "DOUBLE"}  # all others are text until they are read
HINTS = {
    "boolean": "write 0 or 1",
    "date": "dates are text such as 2025-05-31",
    "time": "times are text such as 2025-05-31 12:30:00, with a zone in all rows or in none; a view can make them",
    "instant": "times with a zone are text such as 2025-05-31 12:30:00+03:00",
    "decimal": "write numbers with no more decimals than are declared, and of up to 15 digits",
    "float": "write numbers, whole ones of up to 15 digits",
    "whole": "write whole numbers",
    "text": "write text",
    "bytes": "write bytes",
    "any": "let a view turn them into one type, as in CAST(… AS TEXT)",
}
DAY, CLOCK, ZONE = r"\d{4}-\d\d-\d\d", r"[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?", r"(Z|[+-]\d\d(:?\d\d)?)"
WRITTEN = {  # how texts are written that can be read as a type of DuckDB
    "DATE": DAY,
    "TIMESTAMP": f"{DAY}({CLOCK})?",
    "TIMESTAMPTZ": f"{DAY}{CLOCK}{ZONE}",
}
READ_AS = {"date": ("DATE",), "time": ("TIMESTAMP", "TIMESTAMPTZ"), "instant": ("TIMESTAMPTZ",), "any": tuple(WRITTEN)}


@dataclass
class Column:
    """A column: its name and declared type, the kind of its values, and its decimals.

    `type` is what DuckDB has it as, and `unfit` how many values are not of the declared type.
    """

    name: str
    declared: str
    kind: str
    decimals: int = 0
    type: str = ""
    unfit: int = 0

    @property
    def quoted(self):
        return _quoted(self.name)


@contextmanager
def open_sqlite(options, at):
    existing_file(options, "a SQLite file")
    with embedded(options) as connection:
        rows = _copied(connection, options)
        if options["content"] == "figures":
            yield figures(rows.columns, rows.iter_rows(), Place(file=options["shown_path"]))
            return
        import narwhals

        yield narwhals.from_native(rows)


def _wrong(options, message, hint, kind=DataError):
    return kind(Problem(message=message, place=Place(file=options["shown_path"]), hint=hint))


def _quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _copied(connection, options):
    """The rows in DuckDB, taken out of the file in one transaction."""
    address = f"{Path(options['path']).absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as file:
        if options.get("time_limit"):
            end = time.monotonic() + options["time_limit"]
            file.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        if "stop" in options:
            options["stop"].add(file.interrupt)
        file.execute("BEGIN")
        table = _quoted(_table(file, options))
        columns = _columns(file, table, options)
        _look(file, table, columns)
        _copy(file, table, columns, connection)
    _read(connection, columns)
    return connection.sql(f"SELECT {', '.join(_shown(column) for column in columns)} FROM copied")


def _table(file, options):
    """The name of the table or view as the file has it; capital letters make no difference."""
    found = file.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    names = [name for (name,) in found if not name.startswith("sqlite_")]
    for name in names:
        if name.lower() == options["table"].lower():
            return name
    hint = nearest(options["table"], names) or "name a table or view of the file"
    raise _wrong(options, f"there is no table '{options['table']}'", hint)


def _columns(file, table, options):
    """The columns that are needed."""
    found = {
        name: declared for _, name, declared, *_, hidden in file.execute(f"PRAGMA table_xinfo({table})") if hidden != 1
    }
    for name in options["columns"]:
        if name not in found:
            hint = nearest(name, found) or "columns lists columns of the table"
            raise _wrong(options, f"there is no column '{name}'", hint)
    return [_column(name, found[name].strip().upper()) for name in options["columns"] or found]


def _column(name, declared):
    kind = next((kind for words, kind in DECLARED if re.search(words, declared)), "any")
    if kind != "decimal":
        return Column(name, declared, kind)
    digits, decimals = (*map(int, re.findall(r"\d+", declared)), 0, 0)[:2]
    if not 0 <= decimals <= digits <= 38:
        return Column(name, declared, "float")
    return Column(name, declared, kind, decimals, f"DECIMAL({digits}, {decimals})")


def _look(file, table, columns):
    """Count what is not of the declared type as SQLite keeps it, and find out what columns without one hold."""
    asked = []
    for column in columns:
        asked.append(UNFIT.get(column.kind, TEXT_UNFIT).format(column.quoted, column.decimals))
        if column.kind == "any":
            asked += [f"typeof({column.quoted}) = '{kept}'" for kept in ("integer", "real", "text", "blob")]
    totals = ", ".join(f"total({condition})" for condition in asked)
    found = map(int, file.execute(f"SELECT {totals} FROM {table}").fetchone())
    for column in columns:
        column.unfit = next(found)
        if column.kind == "any":
            column.kind, column.unfit = _kind_of(column.unfit, *itertools.islice(found, 4))
        column.type = column.type or KEPT.get(column.kind, "VARCHAR")


def _kind_of(great, whole, real, text, blob):
    """The kind of the values of a column without a known type, and how many values differ from the rest."""
    number = {"float": whole + real} if real else {"whole": whole}
    kinds = {**number, "any": text, "bytes": blob}
    most = max(kinds, key=lambda kind: kinds[kind])
    others = sum(kinds.values()) - kinds[most]
    return (most if kinds[most] else "nothing"), others + (great if most == "float" else 0)


def _copy(file, table, columns, connection):
    """Copy the columns, without those that have a value of another type; JSON is the fastest way into DuckDB."""
    kept = ["INTEGER" if column.unfit else KEPT.get(column.kind, "VARCHAR") for column in columns]
    taken = ["NULL" if column.unfit else TAKEN.get(column.kind, "{0}").format(column.quoted) for column in columns]
    named = [f"{column.quoted} {kind}" for column, kind in zip(columns, kept, strict=True)]
    lists = ", ".join(f"unnest(from_json_strict(?, '[\"{kind}\"]'))" for kind in kept)
    connection.execute(f"CREATE TABLE copied ({', '.join(named)})")
    rows = file.execute(f"SELECT {', '.join(taken)} FROM {table}")
    while portion := rows.fetchmany(AT_ONCE):
        texts = [json.dumps(values, ensure_ascii=False) for values in zip(*portion, strict=True)]
        connection.execute(f"INSERT INTO copied SELECT {lists}", texts)


def _read(connection, columns):
    """Find out as what the texts of each column can be read, and count those that cannot."""
    for column in columns:
        kinds = (column.type,) if column.kind == "decimal" else READ_AS.get(column.kind, ())
        counts = {} if column.unfit else {kind: _unread(connection, column, kind) for kind in kinds}
        best = min(counts, key=lambda kind: counts[kind], default="")
        if counts and (column.kind != "any" or not counts[best]):
            column.type, column.unfit = best, counts[best]


def _unread(connection, column, kind):
    """How many texts of a column cannot be read as a type of DuckDB."""
    read = f"TRY_CAST({column.quoted} AS {kind})"
    if kind in WRITTEN:
        fits = f"regexp_full_match({column.quoted}, '{WRITTEN[kind]}') AND {read} IS NOT NULL"
    else:
        fits = f"CAST({read} AS DOUBLE) = TRY_CAST({column.quoted} AS DOUBLE)"
    question = f"SELECT count(*) FROM copied WHERE {column.quoted} IS NOT NULL AND NOT coalesce({fits}, false)"
    return connection.execute(question).fetchall()[0][0]


def _shown(column):
    """A column as it is counted: one with values of another type is an error for whoever asks for it."""
    if column.unfit:
        value = f"CAST(error('{_failure(column)}') AS {column.type})"
    elif column.kind == "nothing":
        value = "NULL"
    else:
        value = f"{column.quoted} = 1" if column.kind == "boolean" else f"CAST({column.quoted} AS {column.type})"
    return f"{value} AS {column.quoted}"


def _failure(column):
    values = "one value" if column.unfit == 1 else f"{column.unfit} values"
    verb = "is" if column.unfit == 1 else "are"
    as_declared = f"not of the declared type {column.declared}"
    message = (
        f"{values} of '{column.name}' {verb} {as_declared if column.declared else 'of another type than the rest'}"
    )
    return (MARK + json.dumps([message, HINTS[column.kind]])).replace("'", "''")


def translate(options, error):
    """What an error of SQLite means, without its own words, which may quote values."""
    if MARK in str(error):
        message, hint = json.JSONDecoder().raw_decode(str(error).partition(MARK)[2])[0]
        return _wrong(options, message, hint)
    if not isinstance(error, sqlite3.Error):
        return None
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _wrong(options, "another program writes to the file", "wait until it is done", Unreachable)
    if name.startswith("SQLITE_INTERRUPT"):
        message = f"no answer within {options['time_limit']} seconds"
        return _wrong(options, message, "raise its time_limit, or name the columns that are needed")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _wrong(options, "this is not a whole SQLite file", "it may be of another program, or encrypted")
    if "decode" in str(error):
        return _wrong(options, "a text is not UTF-8", "a view can turn it, as in CAST(hex(…) AS TEXT)")
    message = f"'{options['table']}' cannot be read ({name or type(error).__name__})"
    return _wrong(options, message, "a view may need functions or tables that are not there")


@hookimpl
def engine_source():
    contents = ("records", "figures")
    return Source(name="sqlite", contents=contents, open=open_sqlite, schema=SCHEMA, translate=translate)
