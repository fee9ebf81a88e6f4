"""What is wrong with requests, before a row is read: columns that are not there, and values that do not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import narwhals as nw

from engine.aggregates import Aggregate, Days, Distinct, Max, Min, Sum, Values
from engine.errors import nearest
from engine.filters import AllOf, AnyOf, Condition, Filter, Not, OnOrBefore, Passed, Within, columns_of
from engine.numbers import shown
from engine.scan.columns import DATES, GREATEST_WHOLE, NUMBERS, WORDS, Column, columns_of_frame
from engine.scan.request import Request, columns_read

HINTS = {
    "text": "write the value between quotation marks",
    "boolean": "write true or false",
    "integer": "write a number without quotation marks",
    "decimal": "write a number without quotation marks",
    "float": "write a number without quotation marks",
    "date": "write a date without quotation marks, such as 2025-05-31",
    "timestamp": "write a date or a time without a zone and without quotation marks, such as 2025-05-31",
    "instant": "write a date or a time without quotation marks, such as 2025-05-31",
}
SEGMENTS = ("text", "integer", "boolean", "date")
MOST_DIGITS = 37
MOST_DECIMALS = 15

Fault = tuple[str, str, str]
"""What is wrong, a hint, and the column."""


def check(
    frame: nw.LazyFrame[Any], requests: Collection[Request], by: Sequence[str] = ()
) -> list[tuple[Request, str, str, str]]:
    """Everything that is wrong with the requests: request, message, hint and column. No row is read."""
    columns = columns_of_frame(frame)
    found = dict.fromkeys((request, *fault) for request in requests for fault in _faults(request, columns, by))
    return list(found)


def _faults(request: Request, columns: dict[str, Column], by: Sequence[str]) -> Iterator[Fault]:
    missing = [name for name in dict.fromkeys((*by, *columns_read(request))) if name not in columns]
    for name in missing:
        yield f"there is no column '{name}'", nearest(name, columns), name
    if missing:
        return
    for name in by:
        yield from _must_be(columns[name], SEGMENTS, "be broken down by")
    if request.date is not None:
        yield from _must_be(columns[request.date], DATES, "date a row")
    yield from _condition_faults(request.aggregate.where, columns)
    yield from _aggregate_faults(request.aggregate, columns)


def _must_be(column: Column, kinds: Sequence[str], purpose: str) -> Iterator[Fault]:
    if column.kind not in (*kinds, "nothing"):
        message = f"'{column.name}' holds {WORDS[column.kind]} and cannot {purpose}"
        hint = f"it must hold {_either(kinds)}"
        yield message, hint, column.name


def _either(kinds: Sequence[str]) -> str:
    words = [WORDS[kind] for kind in kinds]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _condition_faults(condition: Condition, columns: dict[str, Column]) -> Iterator[Fault]:
    if isinstance(condition, (AllOf, AnyOf)):
        for member in condition.conditions:
            yield from _condition_faults(member, columns)
    elif isinstance(condition, Not):
        yield from _condition_faults(condition.condition, columns)
    elif isinstance(condition, Filter):
        yield from _filter_faults(condition, columns[condition.column])
    elif isinstance(condition, (Within, Passed, OnOrBefore)):
        for name in columns_of(condition):
            yield from _must_be(columns[name], DATES, "be counted in days")


def _filter_faults(condition: Filter, column: Column) -> Iterator[Fault]:
    operand: Any = condition.operand
    if condition.test == "older_than":
        yield from _must_be(column, DATES, "be older than something")
    elif condition.test != "missing":
        yield from _comparison_faults(operand if condition.test == "in" else (operand,), condition.test, column)


def _comparison_faults(literals: Sequence[Any], test: str, column: Column) -> Iterator[Fault]:
    if column.kind == "nothing":
        return
    if column.kind == "other" or (column.kind == "boolean" and test != "in"):
        yield f"'{column.name}' holds {WORDS[column.kind]} and cannot be compared so", "", column.name
        return
    for literal in literals:
        if not _fits(literal, column):
            message = f"'{column.name}' holds {WORDS[column.kind]}, and {shown(literal)} does not fit"
            yield message, HINTS[column.kind], column.name


def _fits(literal: Any, column: Column) -> bool:
    if column.kind in DATES:
        return _fits_day(literal, column)
    if column.kind in NUMBERS:
        return not isinstance(literal, bool) and isinstance(literal, (int, Decimal)) and _in_range(literal, column)
    return isinstance(literal, bool if column.kind == "boolean" else str)


def _in_range(number: int | Decimal, column: Column) -> bool:
    if column.kind == "integer":
        return -GREATEST_WHOLE - 1 <= number <= GREATEST_WHOLE
    return column.kind == "float" or abs(Decimal(number)) < 10 ** (MOST_DIGITS - column.scale)


def _fits_day(literal: Any, column: Column) -> bool:
    if isinstance(literal, datetime):
        return column.kind == "instant" or (column.kind == "timestamp" and literal.tzinfo is None)
    return isinstance(literal, date)


def _aggregate_faults(aggregate: Aggregate, columns: dict[str, Column]) -> Iterator[Fault]:
    if isinstance(aggregate, Days):
        for name in (aggregate.start, aggregate.end):
            yield from _must_be(columns[name], DATES, "be counted in days")
    elif isinstance(aggregate, Sum):
        yield from _sum_faults(aggregate, columns[aggregate.column])
    elif isinstance(aggregate, Values):
        yield from _must_be(columns[aggregate.column], ("text", "integer"), "name units")
    elif isinstance(aggregate, Min | Max):
        yield from _must_be(columns[aggregate.column], ("text", *NUMBERS, *DATES), "be put in order")
    elif isinstance(aggregate, Distinct):
        kinds = tuple(kind for kind in WORDS if kind != "other")
        yield from _must_be(columns[aggregate.column], kinds, "be counted by different values")


def _sum_faults(aggregate: Sum, column: Column) -> Iterator[Fault]:
    if column.kind not in (*NUMBERS, "text", "nothing"):
        yield from _must_be(column, NUMBERS, "be summed")
    elif aggregate.decimals is None:
        if column.kind in ("float", "text"):
            message = f"'{column.name}' holds {WORDS[column.kind]}, so its sum needs 'decimals'"
            yield message, "write how many decimals to keep, such as decimals = 2", column.name
    elif not 0 <= aggregate.decimals <= MOST_DECIMALS:
        yield f"'decimals' is from 0 to {MOST_DECIMALS}", "", column.name
    elif column.kind == "decimal" and aggregate.decimals < column.scale:
        message = f"the values of '{column.name}' have {column.scale} decimals, and fewer would change their sum"
        yield message, f"write decimals = {column.scale}, or leave it out", column.name
