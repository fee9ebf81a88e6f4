"""What is asked of a source. This file needs no data frame library."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from engine.aggregates import Aggregate
from engine.filters import columns_of

CELL_LIMIT = 1_000_000
"""How many cells a read may have, unless it is asked for fewer; one with more is split."""

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


def columns_needed(request: Request) -> tuple[str, ...]:
    """The columns without whose values a row has nothing to say: the date, and those of the aggregate itself."""
    aggregate = request.aggregate
    own = (getattr(aggregate, field, None) for field in ("column", "start", "end"))
    return tuple(name for name in (request.date, *own) if name is not None)


def columns_read(request: Request) -> tuple[str, ...]:
    """The columns that a request reads, each once."""
    return tuple(dict.fromkeys((*columns_needed(request), *columns_of(request.aggregate.where))))


@dataclass(frozen=True)
class Reading:
    """A read that was done: how many requests it was for, and whether its cells were within the limit.

    `query` gives what the data frame's engine was asked, in its own language.
    """

    requests: int
    cells: int
    complete: bool
    query: Callable[[], str]


OnRead = Callable[[Reading], object]
