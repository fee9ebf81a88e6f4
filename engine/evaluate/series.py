"""The measurement of each month and quarter of a part, from the same read; small ones of persons hidden."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from engine.contracts import Series
from engine.evaluate.records import Answer, Asked
from engine.evaluate.results import Stretch, Stretches
from engine.evaluate.suppression import hidden, size
from engine.model import Measurement
from engine.periods import month_index, quarter_index
from engine.rules import OpenableSource

Measured = Mapping[int, Measurement]
"""The measurements of months or quarters by their running number."""


def stretches(asked: Asked, source: OpenableSource, answer: Answer, series: Series) -> Stretches:
    """The months and quarters that have rows.

    A month that is hidden hides another one of its quarter, or the quarter would give it away; a quarter
    that is hidden hides its months.
    """
    months, quarters = _numbered(series.months, month_index), _numbered(series.quarters, quarter_index)
    small_months: set[int] = set()
    small_quarters: Collection[int] = ()
    if source.settings.persons:
        below = asked.part.suppress_below
        month_sizes = {index: size(found, answer.months[index], answer.aggregates) for index, found in months.items()}
        sizes = {index: size(found, answer.quarters[index], answer.aggregates) for index, found in quarters.items()}
        small_quarters = hidden(sizes, below)
        for quarter in quarters:
            own = {month: found for month, found in month_sizes.items() if month // 3 == quarter}
            small_months |= own.keys() if quarter in small_quarters else hidden(own, below)
    return Stretches(_shown(months, small_months), _shown(quarters, small_quarters))


def _numbered(measurements: Sequence[Measurement], number: Callable[[date], int]) -> dict[int, Measurement]:
    return {number(found.as_of): found for found in measurements if found.as_of}


def _shown(measured: Measured, small: Collection[Any]) -> tuple[Stretch, ...]:
    found = ((index, measurement.as_of, measurement) for index, measurement in measured.items())
    return tuple(Stretch(day, None if index in small else measurement) for index, day, measurement in found if day)
