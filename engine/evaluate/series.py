"""The measurement of each month and quarter of a part, from the same read; small ones of persons hidden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.contracts import Series
from engine.evaluate.measuring import measure_stretches
from engine.evaluate.records import Answer, Asked
from engine.evaluate.results import Stretch, Stretches
from engine.evaluate.suppression import hidden, size
from engine.model import Measurement
from engine.periods import month_end, month_index
from engine.rules import OpenableSource

Counts = Mapping[date, Mapping[str, Any]]


def stretches(asked: Asked, source: OpenableSource, answer: Answer, series: Series) -> Stretches:
    """The months and quarters that have rows.

    A month that is hidden hides another one of its quarter, or the quarter would give it away; a quarter
    that is hidden hides its months.
    """
    by_month: Counts = {month_end(index): counts for index, counts in answer.months.items()}
    by_quarter: Counts = {month_end(3 * index + 2): counts for index, counts in answer.quarters.items()}
    months = {month_end(month_index(found.as_of)): found for found in series.months if found.as_of}
    quarters = measure_stretches(asked, by_quarter)
    if not source.settings.persons:
        return Stretches(_shown(months, frozenset()), _shown(quarters, frozenset()))
    below = asked.part.suppress_below
    too_small = hidden({end: size(found, by_quarter[end], answer.aggregates) for end, found in quarters.items()}, below)
    covered: set[date] = set()
    for end in quarters:
        own = {month: found for month, found in months.items() if month_index(month) // 3 == month_index(end) // 3}
        covered |= (
            own.keys()
            if end in too_small
            else hidden({month: size(found, by_month[month], answer.aggregates) for month, found in own.items()}, below)
        )
    return Stretches(_shown(months, covered), _shown(quarters, too_small))


def _shown(found: Mapping[date, Measurement], too_small: Any) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(measurement.as_of or end, None if end in too_small else measurement)
        for end, measurement in found.items()
    )
