"""One read: the data frame's own engine groups the rows, and the cells are fetched up to a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import narwhals as nw

from engine.errors import DataError, Problem
from engine.scan.columns import Columns
from engine.scan.fold import Cell, Summaries, finished, fold, tallies
from engine.scan.layout import cells, layout
from engine.scan.plan import Read
from engine.scan.query import query
from engine.scan.request import Reading, Request


def answers(
    read: Read,
    frame: nw.LazyFrame[Any],
    columns: Columns,
    by: Sequence[str],
    limit: int,
    on_unfit: Callable[[Request, DataError], None],
) -> tuple[Reading, dict[Request, Summaries]]:
    """What was read, and the summaries of each request; none when there are more cells than the limit.

    Then the number of cells is one more than the limit. `on_unfit` is told of requests with values that cannot be
    summed, which have no summaries. Raises DataError when the engine cannot count days in the zone.
    """
    plan = layout(read, columns, by)
    found = tallies(read, plan, columns)
    try:
        grouped = cells(frame, read.rows, plan, columns).head(limit + 1)
    except NotImplementedError as error:
        raise DataError(_unable(columns)) from error
    number = fold(_fetched(grouped), found, plan)
    complete = number <= limit
    reading = Reading(len(read.questions), number, complete, lambda: query(grouped))
    summaries = {}
    for tally in found if complete else ():
        try:
            summaries[tally.request] = finished(tally)
        except DataError as error:
            on_unfit(tally.request, error)
    return reading, summaries


def _fetched(frame: nw.LazyFrame[Any]) -> Iterable[Cell]:
    """The rows of a frame as tuples, a portion at a time where the engine can: as tuples they take much memory."""
    if frame.implementation.is_duckdb():
        portions: Iterable[Cell] = frame.to_native().iter_rows()
        return portions
    if frame.implementation.is_spark_like():
        rows: list[Cell] = frame.to_native().collect()
        return rows
    return frame.collect().iter_rows()


def _unable(columns: Columns) -> Problem:
    zones = sorted({column.local for column in columns.values() if column.zone != column.local})
    return Problem(
        message=f"the source cannot count days in the time zone {' or '.join(zones) or 'of the plan'}",
        hint="let the source open its times in that zone, or as dates",
    )
