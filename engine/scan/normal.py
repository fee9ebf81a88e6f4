"""Conditions in the form that a read answers.

Literals are values that the column holds, spans of time are dates, `Not` stands only before single
tests, and what says the same looks the same, so that equal conditions are found and asked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from engine.calendars import Calendar
from engine.filters import (
    AllOf,
    AnyOf,
    Condition,
    Filter,
    Not,
    OnOrBefore,
    Passed,
    Within,
    columns_of,
    members,
    missing,
    tests,
)
from engine.periods import Limit
from engine.scan.columns import DATES, Column, Columns
from engine.scan.cutoffs import beginning, latest_start, moment, next_day

NO_ROW = AnyOf()
UPWARD = ("at_least", "above")
EXACT_BOUNDS = ("at_least", "below")
MONTH = 32
"""How far apart months are when a day is numbered by month and day of the month (`engine.scan.dates`)."""


@dataclass(frozen=True)
class Elapsed(Condition):
    """Both days are there, the `end` is not before the `start`, and at most `most` units after it.

    `unit` is a way to number days: `day`, `month` or `late_month` (see `engine.scan.dates`).
    """

    start: str
    end: str
    unit: str
    most: int | None = None


class WorkingDay(NamedTuple):
    """The number that a calendar gives the day of a column, or the day so many months and then days later."""

    column: str
    calendar: Calendar
    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class Worked(Condition):
    """Both days are there and in order, and the number of `last` is at most `most` greater than that of `first`."""

    start: str
    end: str
    first: WorkingDay
    last: WorkingDay
    most: int = 0


def normal(condition: Condition, columns: Columns, as_of: date) -> Condition:
    """The normal form of a condition that fits the columns; `as_of` is the day that `older_than` counts from."""
    if isinstance(condition, AllOf):
        return all_of(normal(member, columns, as_of) for member in condition.conditions)
    if isinstance(condition, AnyOf):
        return any_of(normal(member, columns, as_of) for member in condition.conditions)
    if isinstance(condition, Not):
        return negated(normal(condition.condition, columns, as_of))
    if any(columns[name].kind == "nothing" for name in columns_of(condition)):
        return negated(NO_ROW) if isinstance(condition, Filter) and condition.test == "missing" else NO_ROW
    if isinstance(condition, Within):
        return _within(condition)
    if isinstance(condition, Passed):
        return _until(columns[condition.start], latest_start(condition.limit, condition.day))
    if isinstance(condition, OnOrBefore):
        return _until(columns[condition.column], condition.day)
    if isinstance(condition, Filter):
        return _filter(condition, columns[condition.column], as_of)
    raise TypeError(f"{condition!r} is no condition that the engine knows")


def present(*names: str) -> Condition:
    """True of rows that have a value in every one of the columns."""
    return all_of(Not(missing(name)) for name in names)


def between(column: Column, first: date, last: date) -> Condition:
    """True of rows dated from the first to the last day."""
    return all_of((_compared(column, "at_least", first), _until(column, last)))


def working_days_of(condition: Condition) -> Iterator[WorkingDay]:
    """The working days that a condition in normal form compares, some of them more than once."""
    for test in tests(condition):
        if isinstance(test, Worked):
            yield from (test.first, test.last)


def all_of(conditions: Iterable[Condition]) -> Condition:
    """The normal form of: all of these hold."""
    found = {member for condition in conditions for member in members(condition)}
    if NO_ROW in found or any(negated(member) in found for member in found):
        return NO_ROW
    return found.pop() if len(found) == 1 else AllOf(tuple(sorted(found, key=repr)))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """The normal form of: one of these holds."""
    return negated(all_of(negated(condition) for condition in conditions))


def negated(condition: Condition) -> Condition:
    """The normal form of the complement of a condition in normal form."""
    if isinstance(condition, Not):
        return condition.condition
    if not isinstance(condition, (AllOf, AnyOf)):
        return Not(condition)
    kind = AnyOf if isinstance(condition, AllOf) else AllOf
    return kind(tuple(sorted((negated(member) for member in condition.conditions), key=repr)))


def _within(condition: Within) -> Condition:
    start, end, limit = condition.start, condition.end, condition.limit
    if limit is None:
        return Elapsed(start, end, "day")
    if limit.calendar:
        return _worked(start, end, limit, limit.calendar)
    if limit.unit == "d":
        days = limit.number if limit.inclusive else limit.number - 1
        return Elapsed(start, end, "day", days) if days >= 0 else NO_ROW
    if limit.inclusive:
        return Elapsed(start, end, "month", limit.number * MONTH)
    return Elapsed(start, end, "late_month", limit.number * MONTH - 1)


def _worked(start: str, end: str, limit: Limit, calendar: Calendar) -> Condition:
    """The normal form of a limit by a calendar.

    A last day that moves to the next working day is not passed as long as no working day lies from it to the
    day before the end.
    """
    if limit.unit == "working_days":
        most = limit.number if limit.inclusive else limit.number - 1
        days = WorkingDay(start, calendar), WorkingDay(end, calendar)
        return Worked(start, end, *days, most) if most >= 0 else NO_ROW
    before = -1 if limit.inclusive else -2
    later = (limit.number, before) if limit.unit == "months" else (0, limit.number + before)
    return Worked(start, end, WorkingDay(start, calendar, *later), WorkingDay(end, calendar, days=-1))


def _until(column: Column, day: date | None) -> Condition:
    return NO_ROW if day is None else _compared(column, "at_most", day)


def _filter(condition: Filter, column: Column, as_of: date) -> Condition:
    operand: Any = condition.operand
    if condition.test == "missing":
        return missing(column.name)
    if condition.test == "older_than":
        return _until(column, latest_start(operand, as_of))
    if condition.test == "in":
        return _listed(column, operand)
    return _compared(column, condition.test, operand)


def _listed(column: Column, operand: tuple[Any, ...]) -> Condition:
    if column.kind in ("timestamp", "instant"):
        return any_of(
            all_of((_compared(column, "at_least", literal), _compared(column, "at_most", literal)))
            for literal in operand
        )
    held = {value for literal in operand if (value := _held(column, literal)) is not None}
    return Filter(column.name, "in", tuple(sorted(held))) if held else NO_ROW


def _held(column: Column, literal: Any) -> Any:
    """The literal as a value that the column can hold, or None."""
    if column.kind == "float":
        return float(literal)
    if column.kind not in ("integer", "decimal"):
        return literal
    scaled = Fraction(literal) * 10**column.scale
    beyond = column.kind == "decimal" and abs(scaled) > column.greatest
    return None if beyond or scaled.denominator != 1 else _unscaled(column, scaled.numerator)


def _compared(column: Column, test: str, literal: Any) -> Condition:
    """What has a next value is compared in two ways only: at least this value, or below it."""
    if column.kind in ("integer", "decimal"):
        scaled = Fraction(literal) * 10**column.scale
        bound = -(-scaled // 1) if test in EXACT_BOUNDS else scaled // 1 + 1
        if abs(bound) > column.greatest:
            return present(column.name) if (bound < 0) == (test in UPWARD) else NO_ROW
        return _bounded(column, test, _unscaled(column, bound))
    if column.kind not in DATES:
        return Filter(column.name, test, float(literal) if column.kind == "float" else literal)
    if isinstance(literal, datetime):
        return Filter(column.name, test, moment(literal, column))
    day = literal if test in EXACT_BOUNDS else next_day(literal)
    return _bounded(column, test, None if day is None else beginning(day, column))


def _bounded(column: Column, test: str, bound: Any) -> Condition:
    """At least the bound, or below it; without a bound there is no value that is so great."""
    if bound is None:
        return NO_ROW if test in UPWARD else present(column.name)
    return Filter(column.name, "at_least" if test in UPWARD else "below", bound)


def _unscaled(column: Column, number: int) -> int | Decimal:
    return number if column.kind == "integer" else Decimal(f"{number}E-{column.scale}")
