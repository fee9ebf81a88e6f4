"""The columns of one read: what rows are grouped by, what is folded, and where a cell has each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw

from engine.aggregates import Aggregate, Distinct, Max, Min, Sum
from engine.filters import EVERY_ROW, Condition
from engine.scan.columns import Columns
from engine.scan.dates import day_number, month_number, wall_clock
from engine.scan.expressions import expression, masked
from engine.scan.normal import any_of
from engine.scan.plan import Clock, Read, Value
from engine.scan.signature import Signature, signature
from engine.scan.sums import summed

Input = tuple[nw.Expr, Callable[[nw.Expr], nw.Expr]]
"""A value of each row, and what is made of the values of a cell."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """A cell has its segment, months, the signature's keys, values, the number of rows, and folded inputs."""

    segment: tuple[nw.Expr, ...]
    months: Mapping[Clock, nw.Expr]
    signature: Signature
    signs: tuple[nw.Expr, ...]
    values: Mapping[Value, nw.Expr]
    inputs: Mapping[Aggregate, tuple[Input, ...]]

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

    def folded(self, aggregate: Aggregate) -> slice:
        """Where a cell has the folded inputs of an aggregate."""
        start = self.rows + 1
        for asked, inputs in self.inputs.items():
            if asked == _unconditional(aggregate):
                return slice(start, start + len(inputs))
            start += len(inputs)
        return slice(start, start)


def layout(read: Read, columns: Columns, by: Sequence[str]) -> Layout:
    """The columns that a read of these questions needs."""
    signed = signature(read.rest(question.where) for question in read.questions)
    asked = dict.fromkeys(_unconditional(question.request.aggregate) for question in read.questions)
    return Layout(
        segment=tuple(columns[name].values for name in by),
        months=_months(read, columns),
        signature=signed,
        signs=tuple(signed.keys(columns)),
        values=_values(read, columns),
        inputs={aggregate: inputs for aggregate in asked if (inputs := _inputs(aggregate, columns))},
    )


def cells(frame: nw.LazyFrame[Any], rows: Condition, plan: Layout, columns: Columns) -> nw.LazyFrame[Any]:
    """The cells of the rows that meet a condition. All keys are worked out at once, before rows are grouped."""
    prefix = _free_prefix(list(columns))
    names = [f"{prefix}{place}" for place in range(plan.rows)]
    inputs = [one for inputs in plan.inputs.values() for one in inputs]
    named = [key.alias(name) for key, name in zip(plan.keys, names, strict=True)]
    named += [values.alias(f"{prefix}i{place}") for place, (values, _) in enumerate(inputs)]
    folds = [fold(nw.col(f"{prefix}i{place}")) for place, (_, fold) in enumerate(inputs)]
    kept = frame if rows == EVERY_ROW else frame.filter(expression(rows, columns))
    return kept.with_columns(named).group_by(names).agg(nw.len().alias(f"{prefix}n"), *folds)


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
    return day_number(columns[value.end], "day") - day_number(column, "day") if value.end else column.values


def _inputs(aggregate: Aggregate, columns: Columns) -> tuple[Input, ...]:
    if isinstance(aggregate, Sum):
        sums = summed(columns[aggregate.column], aggregate.decimals)
        return tuple((values, nw.Expr.sum) for values in (sums.unfit, sums.fit, *(part for _, part in sums.parts)))
    if isinstance(aggregate, Min | Max):
        return ((wall_clock(columns[aggregate.column]), nw.Expr.min if isinstance(aggregate, Min) else nw.Expr.max),)
    if isinstance(aggregate, Distinct):
        return ((columns[aggregate.column].values, nw.Expr.n_unique),)
    return ()


def _unconditional(aggregate: Aggregate) -> Aggregate:
    """The aggregate without its condition: what it asks of every row."""
    return replace(aggregate, where=EVERY_ROW)


def _free_prefix(names: Sequence[str]) -> str:
    """A beginning that no name has, so that keys never meet a column of the source."""
    prefix = "cell_"
    while any(name.lower().startswith(prefix) for name in names):
        prefix += "_"
    return prefix
