"""What the rules measure, worked out row by row by the plain functions of `tests.naive`, without any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine.aggregates import Count, Units, UnitsFrom
from engine.contracts import Metric
from engine.model import At, Measurement, Unknown
from engine.rules import Part, Plan
from engine.scan import Request
from tests import naive
from tests.engines.rows import Row


def measured(plan: Plan, part: Part, rows: Sequence[Row], as_of: date) -> dict[str, Any]:
    """The measurement of a part to date, of all rows and of each segment that has a row in the period."""
    metric, at = part.metric.plugin.descriptor, At(as_of, plan.start, plan.end)
    assert isinstance(metric, Metric)
    params = {key: _units(value, rows, part, at) for key, value in part.metric.params.items()}

    def of(rows: Sequence[Row]) -> dict[str, Any]:
        counts = {name: _answer(one, part, rows, at) for name, one in metric.aggregates(params, at).items()}
        return _plain(metric.measure(params, counts, at))

    segments: dict[tuple[str | None, ...], list[Row]] = {}
    for row in rows:
        segments.setdefault(tuple(naive.text(row[column]) for column in part.by), []).append(row)
    whole = of(rows) if rows else {"unknown": "missing"}  # a source without a row says nothing
    return {"whole": whole, "segments": {segment: of(found) for segment, found in segments.items()}}


def _units(value: Any, rows: Sequence[Row], part: Part, at: At) -> Any:
    """Units from a source as the list of its different values; other options as they are."""
    if not isinstance(value, UnitsFrom):
        return value
    request = Request(Count(value.where), None, at.start, at.as_of)
    met = [row for row in rows if naive.holds(value.where, row, request, part.time_zone)]
    return Units(tuple(sorted({row[value.column] for row in met} - {None})), named=False)


def _answer(aggregate: Any, part: Part, rows: Sequence[Row], at: At) -> Any:
    """The summary of the rows that are dated in the period and meet the condition."""
    dated = not isinstance(aggregate, Count) or aggregate.dated
    request = Request(aggregate, part.date if dated else None, at.start, at.as_of)
    met = [row for row in rows if naive.holds(aggregate.where, row, request, part.time_zone)]
    return naive.summary(aggregate, [row for row in met if not dated or _inside(row, part, at)], part.time_zone)


def _inside(row: Mapping[str, Any], part: Part, at: At) -> bool:
    day = naive.civil(row[part.date], part.time_zone)
    return day is not None and at.start <= day <= at.as_of


def _plain(found: Measurement | Unknown) -> dict[str, Any]:
    """What can be compared with a report: the numbers as text, or the reason why there is none."""
    if isinstance(found, Unknown):
        return {"unknown": found.reason.value}
    fields = ("value", "numerator", "denominator", "low", "high")
    return {name: None if getattr(found, name) is None else str(getattr(found, name)) for name in fields}
