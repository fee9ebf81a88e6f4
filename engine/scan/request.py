"""What is asked of a source. This file needs no data frame library."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from engine.aggregates import Aggregate

Grain = tuple[tuple[str | None, ...], int | None]
"""The values of the columns of a breakdown, and the month as `engine.periods.month_index` numbers it."""


@dataclass(frozen=True)
class Request:
    """An aggregate over the rows dated from `start` to `as_of`; other rows do not exist.

    `date` is the column that dates a row. Without it all rows count, and they belong to no month.
    `as_of` is also the day from which `older_than` counts back.
    """

    aggregate: Aggregate
    date: str | None
    start: datetime.date
    as_of: datetime.date


@dataclass(frozen=True)
class Reading:
    """A read that was done: how many requests it was for, and whether its cells were within the limit."""

    requests: int
    cells: int
    complete: bool


OnRead = Callable[[Reading], object]
