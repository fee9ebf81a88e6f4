"""All reads of a scan."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import Any

import narwhals as nw

from engine.errors import DataError, Problem, listed
from engine.scan.columns import clean, columns_of_frame
from engine.scan.fold import Summaries
from engine.scan.normal import NO_ROW
from engine.scan.plan import Read, halves, question, reads
from engine.scan.read import answers
from engine.scan.request import CELL_LIMIT, OnRead, Request, columns_read


def _raise(request: Request, error: DataError) -> None:
    raise error


def scan(
    frame: nw.LazyFrame[Any],
    requests: Collection[Request],
    *,
    time_zone: str,
    by: Sequence[str] = (),
    cell_limit: int = CELL_LIMIT,
    on_read: OnRead | None = None,
    on_unfit: Callable[[Request, DataError], None] = _raise,
) -> dict[Request, Summaries]:
    """The summaries of every request (as `engine.scan.check` passes them), by grain.

    A grain is the texts of the columns `by` and the month of the request's date. Only grains that have
    something are there: the summary of all others is the empty one (`merge(aggregate, ())`). Days are
    those of `time_zone`; times with a zone come back from Min and Max as clocks show them there. A read
    with more than `cell_limit` cells is given up and split. `on_read` is told of every read, and `on_unfit` of a
    request that has values that cannot be summed: if it does not raise, as it does by default, the others stand.

    Raises DataError when a single request has more cells than the limit, or values that cannot be summed.
    """
    columns = columns_of_frame(frame, time_zone)
    questions = [question(request, columns) for request in dict.fromkeys(requests)]
    found: dict[Request, Summaries] = {one.request: {} for one in questions}
    asked = [one for one in questions if one.where != NO_ROW]
    used = dict.fromkeys((*by, *(name for one in asked for name in columns_read(one.request))))
    cleaned = clean(frame, [columns[name] for name in used])
    waiting = deque(reads(asked))
    while waiting:
        read = waiting.popleft()
        reading, summaries = answers(read, cleaned, columns, by, cell_limit, on_unfit)
        if on_read:
            on_read(reading)
        found.update(summaries)
        if not reading.complete:
            waiting.extendleft(reversed(_smaller(read, by, cell_limit)))
    return found


def _smaller(read: Read, by: Sequence[str], limit: int) -> list[Read]:
    parts = halves(read)
    if parts:
        return parts
    aggregate = read.questions[0].request.aggregate
    message = f"the answer to {type(aggregate).__name__.lower()} has more than {limit} cells"
    fewer = f"break it down by fewer columns than {listed(by)}, or by one with fewer values"
    hint = fewer if by else "ask for a shorter period, or for fewer rows"
    raise DataError(Problem(message=message, hint=hint))
