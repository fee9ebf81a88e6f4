"""Aggregates: what a metric asks of a source, and the mergeable summaries that come back.

Counts and sums add, histograms add, sets unite, least and greatest fold. So the same few summaries
give the value to date, each month of a series and each segment of a breakdown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from engine.calendars import Calendar
from engine.filters import EVERY_ROW, Condition

MOST_UNITS = 10_000


@dataclass(frozen=True)
class Count:
    """How many rows meet a condition; the answer is an int.

    `dated` False counts rows outside the period, too, and rows without a date; they belong to no month.
    """

    where: Condition = EVERY_ROW
    dated: bool = True


@dataclass(frozen=True)
class Sum:
    """The exact sum of a column; the answer is a Total.

    `decimals` is how many decimals are kept. It defaults to those of an integer or decimal column and
    is required for other columns.
    """

    column: str
    where: Condition = EVERY_ROW
    decimals: int | None = None


@dataclass(frozen=True)
class Days:
    """The days from `start` to `end`; the answer is a Counter of days to rows.

    They are civil days, or the working days of a `calendar`: those after the start, the end included. Rows
    without one of the dates are not in it; an end before its start counts negative days.
    """

    start: str
    end: str
    where: Condition = EVERY_ROW
    calendar: Calendar | None = None


@dataclass(frozen=True)
class Values:
    """Which of the listed units occur in a column; the answer is an Occurring."""

    column: str
    where: Condition = EVERY_ROW
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Distinct:
    """How many different values a column has; the answer is an int for one grain, never merged."""

    column: str
    where: Condition = EVERY_ROW


@dataclass(frozen=True)
class Min:
    """The least value of a column, or None."""

    column: str
    where: Condition = EVERY_ROW


@dataclass(frozen=True)
class Max:
    """The greatest value of a column, or None."""

    column: str
    where: Condition = EVERY_ROW


Aggregate = Count | Sum | Days | Values | Distinct | Min | Max


class Units(NamedTuple):
    """A list of units. `named` is false when it came from a source: then no unit of it is ever printed."""

    names: tuple[str, ...]
    named: bool = True


class UnitsFrom(NamedTuple):
    """A list of units that a source has: the different values of a column."""

    source: str
    column: str
    where: Condition = EVERY_ROW


@dataclass(frozen=True)
class Total:
    """A sum and how many values it adds up."""

    value: Fraction = Fraction(0)
    count: int = 0


class Occurring(NamedTuple):
    """The listed units that occur, and how many rows have a unit that is not listed."""

    listed: frozenset[str] = frozenset()
    unlisted_rows: int = 0


def merge(aggregate: Aggregate, summaries: Iterable[object]) -> object:
    """Fold the summaries of disjoint rows into the summary of all of them; of none, the empty summary."""
    parts: list[Any] = list(summaries)
    if isinstance(aggregate, Count):
        return sum(parts)
    if isinstance(aggregate, Sum):
        return Total(sum((part.value for part in parts), Fraction(0)), sum(part.count for part in parts))
    if isinstance(aggregate, Days):
        histogram: Counter[int] = Counter()
        for part in parts:
            histogram.update(part)
        return histogram
    if isinstance(aggregate, Values):
        return Occurring(frozenset().union(*(part.listed for part in parts)), sum(part.unlisted_rows for part in parts))
    if isinstance(aggregate, Distinct):
        if len(parts) > 1:
            raise ValueError("numbers of different values cannot be merged")
        return parts[0] if parts else 0
    fold = min if isinstance(aggregate, Min) else max
    return fold((part for part in parts if part is not None), default=None)
