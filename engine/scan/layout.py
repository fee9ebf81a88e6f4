"""The columns of one read: what rows are grouped by, what is folded, and where a cell has each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from engine.aggregates import Aggregate, Distinct, Max, Min, Sum
from engine.calendars import Calendar
from engine.filters import EVERY_ROW, Condition
from engine.scan.columns import Column, Columns
from engine.scan.dates import day_number, month_number, wall_clock, working_day_number
from engine.scan.expressions import expression, masked, working_day
from engine.scan.normal import WorkingDay, any_of, working_days_of
from engine.scan.plan import Clock, Question, Read, Value
from engine.scan.signature import Signature, signature
from engine.scan.sums import summed

Input = tuple[nw.Expr, Callable[[nw.Expr], nw.Expr]]
"""A value of each row, and what is made of the values of a cell."""

Asked = tuple[Aggregate, Condition]
"""An aggregate without its condition, and the rows of a cell that it is of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A cell has its segment, months, the signature's keys, values, the number of rows, sums of pairs, folded inputs.

    `days` are the working days that are numbered once for every row, before anything else.
    """

    days: tuple[WorkingDay, ...]
    segment: tuple[nw.Expr, ...]
    months: Mapping[Clock, nw.Expr]
    signature: Signature
    signs: tuple[nw.Expr, ...]
    values: Mapping[Value, nw.Expr]
    added: tuple[nw.Expr, ...]
    inputs: Mapping[Asked, tuple[Input, ...]]

    @property
    def keys(self) -> list[nw.Expr]:
        """What rows are grouped by; at least one key."""
        return [*self.segment, *self.months.values(), *self.signs, *self.values.values()] or [nw.lit(0)]

    @property
    def rows(self) -> int:
        """Where a cell has its number of rows."""
        return len(self.keys)

    @property
    def signed(self) -> slice:
        """Where a cell has the signature's keys."""
        start = len(self.segment) + len(self.months)
        return slice(start, start + len(self.signs))

    @property
    def timed(self) -> slice:
        """Where a cell has its months and the signature's keys."""
        return slice(len(self.segment), self.signed.stop)

    def month(self, clock: Clock | None) -> int | None:
        """Where a cell has its month by a clock; None without a clock."""
        return None if clock is None else len(self.segment) + list(self.months).index(clock)

    def value(self, value: Value | None) -> int | None:
        """Where a cell has a value that rows are told apart by; None without one."""
        return None if value is None else self.signed.stop + list(self.values).index(value)

    def counted(self, pair: int) -> int:
        """Where a cell has the sum of a pair."""
        return self.rows + 1 + pair

    def folded(self, asked: Asked) -> slice:
        """Where a cell has the folded inputs of an aggregate."""
        start = self.counted(len(self.added))
        for other, inputs in self.inputs.items():
            if other == asked:
                return slice(start, start + len(inputs))
            start += len(inputs)
        return slice(start, start)


def layout(read: Read, columns: Columns, by: Sequence[str]) -> Layout:
    """The columns that a read of these questions needs."""
    days = tuple(dict.fromkeys(_working_days(read)))
    columns = _with_numbers(columns, days)
    signed = signature(read)
    asked = dict.fromkeys(asked_of(question, read, signed) for question in read.questions)
    return Layout(
        days=days,
        segment=tuple(columns[name].values for name in by),
        months=_months(read, columns),
        signature=signed,
        signs=tuple(signed.keys(columns)),
        values=_values(read, columns),
        added=tuple(signed.added(columns)),
        inputs={one: inputs for one in asked if (inputs := _inputs(*one, columns))},
    )


def asked_of(question: Question, read: Read, signed: Signature) -> Asked:
    """What a question asks to fold, and of which rows of a cell."""
    aggregate = question.request.aggregate
    return replace(aggregate, where=EVERY_ROW), signed.rest(read.rest(question.where))


def cells(frame: nw.LazyFrame[Any], rows: Condition, plan: Layout, columns: Columns) -> nw.LazyFrame[Any]:
    """The cells of the rows that meet a condition. All keys are worked out at once, before rows are grouped."""
    prefix = _free_prefix(list(columns))
    frame, columns = _numbered(frame, columns, plan.days)
    names = [f"{prefix}{place}" for place in range(plan.rows)]
    inputs: list[Input] = [(values, nw.Expr.sum) for values in plan.added]
    inputs += [one for inputs in plan.inputs.values() for one in inputs]
    named = [key.alias(name) for key, name in zip(plan.keys, names, strict=True)]
    named += [values.alias(f"{prefix}i{place}") for place, (values, _) in enumerate(inputs)]
    folds = [fold(nw.col(f"{prefix}i{place}")) for place, (_, fold) in enumerate(inputs)]
    kept = (frame if rows == EVERY_ROW else frame.filter(expression(rows, columns))).with_columns(named)
    number = nw.len().alias(f"{prefix}n")
    if frame.implementation.is_ibis() and any(isinstance(aggregate, Distinct) for aggregate, _ in plan.inputs):
        # Narwhals counts different values in a way that not all of Ibis' engines know; it asks for no other inputs
        value = f"{prefix}i0"
        return kept.group_by([*names, value]).agg(number).group_by(names).agg(number, nw.len().alias(value))
    return kept.group_by(names).agg(number, *folds)


def _numbered(
    frame: nw.LazyFrame[Any], columns: Columns, days: Sequence[WorkingDay]
) -> tuple[nw.LazyFrame[Any], Columns]:
    """The frame with a column for the number of each working day, and its columns."""
    if not days:
        return frame, columns
    known = _with_numbers(columns, days)
    numbers = [working_day_number(day, columns).alias(known[repr(day)].name) for day in days]
    return frame.with_columns(numbers), known


def _working_days(read: Read) -> Iterator[WorkingDay]:
    for question in read.questions:
        yield from working_days_of(question.where)
        if question.value and question.value.calendar:
            yield from _ends(question.value, question.value.calendar)


def _ends(value: Value, calendar: Calendar) -> tuple[WorkingDay, WorkingDay]:
    return WorkingDay(value.column, calendar), WorkingDay(value.end, calendar)


def _with_numbers(columns: Columns, days: Sequence[WorkingDay]) -> Columns:
    """The columns, and those that have the numbers of working days."""
    if not days:
        return columns
    prefix = _free_prefix(list(columns))
    return {**columns, **{repr(day): Column(f"{prefix}w{place}", "integer") for place, day in enumerate(days)}}


def _months(read: Read, columns: Columns) -> dict[Clock, nw.Expr]:
    """The month by each clock, null outside its period."""
    clocks = dict.fromkeys(question.clock for question in read.questions if question.clock)
    return {
        clock: masked(month_number(columns[clock.column]), EVERY_ROW if read.clock else clock.period, columns)
        for clock in clocks
    }


def _values(read: Read, columns: Columns) -> dict[Value, nw.Expr]:
    """The values that rows are told apart by, null for rows that no question lists."""
    listed: dict[Value, list[Condition]] = {}
    for question in read.questions:
        if question.value:
            listed.setdefault(question.value, []).append(read.rest(question.listed))
    return {value: masked(_value(value, columns), any_of(rows), columns) for value, rows in listed.items()}


def _value(value: Value, columns: Columns) -> nw.Expr:
    column = columns[value.column]
    if not value.end:
        return column.values
    if value.calendar:
        start, end = _ends(value, value.calendar)
        return working_day(end, columns) - working_day(start, columns)
    return day_number(columns[value.end], "day") - day_number(column, "day")


def _inputs(aggregate: Aggregate, rows: Condition, columns: Columns) -> tuple[Input, ...]:
    if isinstance(aggregate, Sum):
        sums = summed(columns[aggregate.column], aggregate.decimals)
        parts = (sums.unfit, sums.fit, *(part for _, part in sums.parts))
        return tuple((masked(values, rows, columns), nw.Expr.sum) for values in parts)
    if isinstance(aggregate, Min | Max):
        values = masked(wall_clock(columns[aggregate.column]), rows, columns)
        return ((values, nw.Expr.min if isinstance(aggregate, Min) else nw.Expr.max),)
    if isinstance(aggregate, Distinct):
        return ((columns[aggregate.column].values, nw.Expr.n_unique),)
    return ()


def _free_prefix(names: Sequence[str]) -> str:
    """A beginning that no name has, so that keys never meet a column of the source."""
    prefix = "cell_"
    while any(name.lower().startswith(prefix) for name in names):
        prefix += "_"
    return prefix
