"""Conditions on rows, as data: they are combined, compared and handed to a source, and never evaluated as code.

Every condition is two-valued: a comparison with a missing value is false, only `missing` is true of it,
and `~` is the complement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.errors import nearest
from engine.periods import Limit, parse_span
from engine.target import TargetError

TESTS = ("at_least", "above", "at_most", "below", "not", "missing", "older_than")
COMPARISONS = ("at_least", "above", "at_most", "below")

Literal = str | int | bool | Decimal | date | datetime


class FilterError(ValueError):
    """The filter is not written as filters are; `path` leads to the key, `hint` says what to write."""

    def __init__(self, message: str, path: tuple[str | int, ...] = (), hint: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.hint = hint


class Condition:
    """What all conditions can do: be combined with `&`, `|` and `~`."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return _joined(AllOf, self, other)

    def __or__(self, other: Condition) -> Condition:
        return _joined(AnyOf, self, other)

    def __invert__(self) -> Condition:
        return Not(self)


@dataclass(frozen=True)
class Filter(Condition):
    """One test of one column.

    `test` is `in` (operand: a tuple of literals), `at_least`, `above`, `at_most`, `below` (a literal),
    `missing` (None) or `older_than` (a Limit: that long before the end of `as_of`, or longer).
    """

    column: str
    test: str
    operand: object = None


@dataclass(frozen=True)
class AllOf(Condition):
    """True when every condition is; without conditions it is true of every row."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class AnyOf(Condition):
    """True when one of the conditions is; without conditions it is true of no row."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Not(Condition):
    """The complement of a condition."""

    condition: Condition


@dataclass(frozen=True)
class Within(Condition):
    """`end` is there, not before `start`, and not later than the limit; without a limit, only in order.

    Raises ValueError when the limit is in working days and has no calendar.
    """

    start: str
    end: str
    limit: Limit | None = None

    def __post_init__(self) -> None:
        _counted(self.limit)


@dataclass(frozen=True)
class Passed(Condition):
    """The last day that is in time, counted from `start`, is on or before `day`.

    Raises ValueError when the limit is in working days and has no calendar.
    """

    start: str
    limit: Limit
    day: date

    def __post_init__(self) -> None:
        _counted(self.limit)


@dataclass(frozen=True)
class OnOrBefore(Condition):
    """The column's date is on or before `day`."""

    column: str
    day: date


EVERY_ROW = AllOf()


def missing(column: str) -> Condition:
    """True of rows without a value in the column."""
    return Filter(column, "missing")


def parse_filter(data: object, path: tuple[str | int, ...] = ()) -> Condition:
    """Read a filter as rules write it, such as `{ kind = ["a", "b"], age = { at_least = 18 } }`.

    Several keys mean "and"; `any = [ {…}, {…} ]` means that one of the filters holds. Raises FilterError.
    """
    if not isinstance(data, Mapping):
        raise FilterError("a filter is a table", path, 'write { column = "value" }')
    conditions: list[Condition] = []
    for column, value in data.items():
        here = (*path, column)
        conditions.extend(_parse_any(value, here) if column == "any" else _parse_column(column, value, here))
    return _joined(AllOf, *conditions)


def members(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that all must hold for this one to hold."""
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def tests(condition: Condition) -> Iterator[Any]:
    """The single tests that a condition is made of, those that it negates included."""
    if isinstance(condition, (AllOf, AnyOf)):
        for member in condition.conditions:
            yield from tests(member)
    elif isinstance(condition, Not):
        yield from tests(condition.condition)
    else:
        yield condition


def columns_of(condition: Condition) -> Iterator[str]:
    """The columns that a condition reads, some of them more than once."""
    for test in tests(condition):
        if isinstance(test, Within):
            yield from (test.start, test.end)
        elif isinstance(test, Passed):
            yield test.start
        elif isinstance(test, (Filter, OnOrBefore)):
            yield test.column
        else:
            raise TypeError(f"{test!r} is no condition that the engine knows")


def _counted(limit: Limit | None) -> None:
    """Refuse a limit that nobody can count, where the metric that asks it is still at work."""
    if limit and limit.unit == "working_days" and limit.calendar is None:
        raise ValueError("a limit in working days needs a calendar")


def _joined(kind: type[AllOf] | type[AnyOf], *conditions: Condition) -> Condition:
    """The conditions in one flat list; one alone stays as it is, so that equal requests are seen to be equal."""
    members = tuple(member for condition in conditions for member in _flat(kind, condition))
    return members[0] if len(members) == 1 else kind(members)


def _flat(kind: type[AllOf] | type[AnyOf], condition: Condition) -> tuple[Condition, ...]:
    return condition.conditions if isinstance(condition, kind) else (condition,)


def _parse_any(value: object, path: tuple[str | int, ...]) -> list[Condition]:
    if not isinstance(value, list) or not value:
        raise FilterError("'any' is a list of filters", path, "write any = [ { … }, { … } ]")
    return [AnyOf(tuple(parse_filter(member, (*path, place)) for place, member in enumerate(value)))]


def _parse_column(column: str, value: object, path: tuple[str | int, ...]) -> list[Condition]:
    if isinstance(value, Mapping):
        if not value:
            raise FilterError(f"the test of '{column}' is empty", path, "write a value, or { at_least = 18 }")
        return [_parse_test(column, test, operand, (*path, test)) for test, operand in value.items()]
    return [Filter(column, "in", _literals(value, path))]


def _parse_test(column: str, test: str, operand: object, path: tuple[str | int, ...]) -> Condition:
    if test not in TESTS:
        raise FilterError(f"unknown test '{test}'", path, nearest(test, TESTS))
    if test == "not":
        return Not(_joined(AllOf, *_parse_column(column, operand, path)))
    if test == "missing":
        if not isinstance(operand, bool):
            raise FilterError("'missing' is true or false", path)
        return Filter(column, "missing") if operand else Not(Filter(column, "missing"))
    if test == "older_than":
        return Filter(column, "older_than", _span(operand, path))
    return Filter(column, test, _ordered(operand, path))


def _span(operand: object, path: tuple[str | int, ...]) -> Limit:
    if not isinstance(operand, str):
        raise FilterError("a stretch of time is text", path, 'write "3 months" or "30 d"')
    try:
        return parse_span(operand)
    except TargetError as error:
        raise FilterError(str(error), path, error.hint) from error


def _ordered(operand: object, path: tuple[str | int, ...]) -> Literal:
    if isinstance(operand, bool) or not isinstance(operand, (int, Decimal, date, str)):
        raise FilterError("this is compared with one number, date or text", path)
    return _literal(operand, path)


def _literals(value: object, path: tuple[str | int, ...]) -> tuple[Literal, ...]:
    if not isinstance(value, list):
        return (_literal(value, path),)
    if not value:
        raise FilterError("the list is empty, so no row can match", path, "write at least one value")
    return tuple(_literal(member, (*path, place)) for place, member in enumerate(value))


def _literal(value: object, path: tuple[str | int, ...]) -> Literal:
    if isinstance(value, Decimal) and not value.is_finite():
        raise FilterError(f"{value} is not a number that rows can have", path)
    if not isinstance(value, (str, int, bool, Decimal, date, datetime)):
        raise FilterError("a value is text, a number, a date, true or false", path)
    return value
