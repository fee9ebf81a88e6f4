"""Rows of cases, or figures, that stand in the configuration itself: for examples, tests and a few numbers.

Records: every table is a row, and a key that a row lacks is a missing value. The values of a column are of one type;
whole numbers may stand beside decimal ones.

Figures: every table is a figure, with `indicator` and `as_of`, and `value`, `numerator`, `denominator`, `note`, `by`
and `expected` where they are known.
"""

from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal

from engine import DataError, Figure, Place, Problem, Source, embedded, hookimpl, nearest

SCHEMA = {
    "rows": {"type": "list", "schema": {"type": "dict"}, "required": True, "meta": "the rows, each a table"},
}
COLUMNS = ("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected")
TYPES = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", Decimal: "DECIMAL", str: "VARCHAR", date: "DATE"}


@contextmanager
def open_inline(options, at):
    if options["content"] == "figures":
        yield [_figure(options, number, row) for number, row in enumerate(options["rows"], 1)]
        return
    import duckdb
    import narwhals

    columns = _columns(options)
    parts = (f"unnest(?::{kind}[]) AS {duckdb.ColumnExpression(name)}" for name, (kind, _) in columns.items())
    with embedded(options) as connection:
        try:
            rows = [values for _, values in columns.values()]
            connection.execute(f"CREATE TABLE rows AS SELECT {', '.join(parts)}", rows)
        except duckdb.Error as error:
            hint = "whole numbers have up to 18 digits, and decimal numbers up to 38"
            raise _wrong(options, "the rows do not make a table", hint) from error
        yield narwhals.from_native(connection.table("rows"))


def _wrong(options, message, hint, number=0):
    return DataError(
        Problem(message=message, place=Place(file=f"sources.{options['name']}.rows", line=number), hint=hint)
    )


def _columns(options):
    """The type and the values of each column."""
    names = dict.fromkeys(name for row in options["rows"] for name in row)
    if not names:
        raise _wrong(options, "there are no rows", "records need at least one row, so that their columns are known")
    if len({name.lower() for name in names}) < len(names):
        raise _wrong(options, "names of columns differ in capital letters only", "capital letters make no difference")
    return {name: (_type(options, name), [row.get(name) for row in options["rows"]]) for name in names}


def _type(options, name):
    """The type of the values of a column; that of no values when there are none."""
    given = [(number, row[name]) for number, row in enumerate(options["rows"], 1) if row.get(name) is not None]
    first = {_kind(value): number for number, value in reversed(given)}
    if None in first:
        hint = "a value is text, a number, a date, a time, true or false"
        raise _wrong(options, f"the value of '{name}' is of no type that rows have", hint, first[None])
    if set(first) == {"BIGINT", "DECIMAL"} or set(first) == {"DECIMAL"}:
        return f"DECIMAL(38, {max(_decimals(value) for _, value in given)})"
    if len(first) > 1:
        hint = f"the first value is in row {min(first.values())}; dates and numbers stand without quotation marks"
        raise _wrong(options, f"the values of '{name}' are of different types", hint, max(first.values()))
    return next(iter(first), '"NULL"')


def _kind(value):
    if isinstance(value, datetime):
        return "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP"
    return None if value != value else TYPES.get(type(value))  # not-a-number is not equal to itself


def _decimals(value):
    return max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0


def _figure(options, number, row):
    for name in row:
        if name not in COLUMNS:
            hint = nearest(name, COLUMNS, f"the keys of figures are {', '.join(COLUMNS)}")
            raise _wrong(options, f"unknown key '{name}'", hint, number)
    for name in ("indicator", "as_of"):
        if name not in row:
            raise _wrong(options, f"there is no '{name}'", "figures need indicator and as_of", number)
    return Figure(**row, place=Place(file=f"sources.{options['name']}.rows", line=number))


@hookimpl
def engine_source():
    return Source(name="inline", contents=("records", "figures"), open=open_inline, schema=SCHEMA)
