"""Conditions in normal form as expressions on a frame."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import narwhals as nw

from engine.filters import EVERY_ROW, AllOf, AnyOf, Condition, Filter, Not
from engine.scan.columns import Column, Columns, literal
from engine.scan.dates import day_number, working_day_number
from engine.scan.normal import Elapsed, Worked, WorkingDay

COMPARISONS: dict[str, Callable[[Any, Any], nw.Expr]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}


def expression(condition: Condition, columns: Columns) -> nw.Expr:
    """The truth of a condition for each row: true, or false or null, which `when` and `filter` take alike.

    The condition is neither always nor never true. A comparison with a missing value is null; "and" and
    "or" never make true of null, so only what is negated has to look for it.
    """
    if isinstance(condition, AllOf):
        return balanced(operator.and_, [expression(member, columns) for member in condition.conditions])
    if isinstance(condition, AnyOf):
        return balanced(operator.or_, [expression(member, columns) for member in condition.conditions])
    if isinstance(condition, Not):
        return _negated(condition.condition, columns)
    if isinstance(condition, Elapsed):
        return _elapsed(condition, columns)
    if isinstance(condition, Worked):
        return _worked(condition, columns)
    if isinstance(condition, Filter):
        return _test(condition, columns[condition.column])
    raise TypeError(f"{condition!r} is not in normal form")


def masked(values: nw.Expr, condition: Condition, columns: Columns) -> nw.Expr:
    """The values where the condition holds, elsewhere null."""
    return values if condition == EVERY_ROW else nw.when(expression(condition, columns)).then(values)


def balanced(join: Callable[[Any, Any], nw.Expr], parts: Sequence[nw.Expr]) -> nw.Expr:
    """The parts joined in pairs of pairs: engines limit how deep an expression may be."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return join(balanced(join, parts[:middle]), balanced(join, parts[middle:]))


def _negated(condition: Condition, columns: Columns) -> nw.Expr:
    """The complement of a single test: true where the test is false, and where it is null."""
    truth = expression(condition, columns)
    if isinstance(condition, Filter):
        return ~truth if condition.test == "missing" else ~truth | columns[condition.column].values.is_null()
    return ~truth.fill_null(False)


def _test(test: Filter, column: Column) -> nw.Expr:
    operand: Any = test.operand
    if test.test == "missing":
        return column.values.is_null()
    if test.test == "in":
        listed = [literal(value, column) for value in operand]
        if column.kind == "decimal" or len(listed) == 1:
            return balanced(operator.or_, [column.values == value for value in listed])
        return column.values.is_in(listed)
    return COMPARISONS[test.test](column.values, literal(operand, column))


def _elapsed(condition: Elapsed, columns: Columns) -> nw.Expr:
    start, end = columns[condition.start], columns[condition.end]
    if condition.unit == "day" and start.kind == end.kind == "date":
        return _elapsed_dates(start.values, end.values, condition.most)
    unit = "month" if condition.unit == "late_month" else condition.unit
    started = day_number(start, unit)
    in_order = day_number(end, unit) >= started
    if condition.most is None:
        return in_order
    return in_order & (day_number(end, condition.unit) - started <= condition.most)


def _elapsed_dates(start: nw.Expr, end: nw.Expr, most: int | None) -> nw.Expr:
    """The same for dates, without numbers of days, which cost more than all other comparisons."""
    in_order = end >= start
    return in_order if most is None else in_order & (end <= start.dt.offset_by(f"{most}d"))


def working_day(day: WorkingDay, columns: Columns) -> nw.Expr:
    """The number of a working day, from the column that has it where there is one."""
    column = columns.get(repr(day))
    return column.values if column else working_day_number(day, columns)


def _worked(condition: Worked, columns: Columns) -> nw.Expr:
    in_order = _elapsed(Elapsed(condition.start, condition.end, "day"), columns)
    worked = working_day(condition.last, columns) - working_day(condition.first, columns)
    return in_order & (worked <= condition.most)
