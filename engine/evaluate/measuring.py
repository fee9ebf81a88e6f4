"""Measuring a part: its metric turns counts, or a figure, into a series of measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from engine import guard
from engine.config import SourceSettings
from engine.contracts import Series
from engine.errors import DataError, PluginError
from engine.evaluate.figures import FigureTable
from engine.evaluate.records import AFTER_AS_OF, ENGINE_COUNTS, WITHOUT_DATE, Answer, Asked
from engine.evaluate.stretches import extract
from engine.model import At, Measurement, Unknown
from engine.periods import cover, month_end, quarter_end
from engine.registry import described
from engine.rules import OpenableSource, Part

Measured = Series | Unknown

LEFT_OUT = {WITHOUT_DATE: "without_date", AFTER_AS_OF: "after_as_of"}
"""What the engine itself leaves out: its count, and the kind of the rows."""


def from_figures(part: Part, table: FigureTable, at: At) -> Measured:
    """The series of a part whose source has figures: there is one measurement, the one to date."""
    reported = table.measure(part, at)
    metric = part.metric.plugin.descriptor
    if isinstance(reported, Unknown):
        return reported
    if not metric.figure:
        return Series(kind=metric.kind, to_date=reported)
    provider = described(part.metric.plugin)
    found = guard.call(provider, "figure", metric.figure, part.metric.params, reported, at)
    checked = _checked(part, "figure", found)
    if isinstance(checked, Unknown):
        return checked
    return Series(kind=metric.kind, to_date=replace(checked, as_of=reported.as_of, cover=reported.cover))


def from_rules(part: Part, at: At) -> Measured:
    """The series of a part whose data stand in the rules."""
    measurement = _measure(part, part.metric.params, {}, at)
    if isinstance(measurement, Unknown):
        return measurement
    return Series(kind=part.metric.plugin.descriptor.kind, to_date=replace(measurement, as_of=at.as_of))


def from_answer(asked: Asked, source: OpenableSource, answer: Answer) -> Measured:
    """The series of a part whose rows were counted: to date, and for each month and quarter with rows."""
    if answer.empty:
        return Unknown.missing("the source has no rows")
    whole = measure_counts(asked, source, answer.to_date)
    if isinstance(whole, Unknown):
        return whole
    months = {month_end(index): counts for index, counts in answer.months.items()}
    quarters = {quarter_end(index): counts for index, counts in answer.quarters.items()}
    return replace(whole, months=tuple(_stretches(asked, months)), quarters=tuple(_stretches(asked, quarters)))


def _stretches(asked: Asked, counts_by_end: Mapping[date, Mapping[str, Any]]) -> Iterator[Measurement]:
    """The measurements of stretches such as months, given by their last days; those without a value are left out."""
    for end, counts in counts_by_end.items():
        measurement = _measure(asked.part, asked.params, counts, asked.at)
        if isinstance(measurement, Measurement):
            yield replace(measurement, as_of=min(end, asked.at.as_of))


def measure_counts(asked: Asked, source: OpenableSource, counts: Mapping[str, Any]) -> Measured:
    """The series of the counted rows, or of those of one segment, without months."""
    at = asked.at
    stretch = extract(source.settings, at)
    if stretch is None:
        return _outside(source.settings, at)
    measurement = _measure(asked.part, asked.params, counts, at)
    if isinstance(measurement, Unknown):
        return measurement
    extent = cover([stretch], at.start, at.as_of, at.end)
    kind = asked.part.metric.plugin.descriptor.kind
    return Series(kind=kind, to_date=replace(measurement, as_of=at.as_of, cover=extent))


def _outside(settings: SourceSettings, at: At) -> Unknown:
    """Why the rows of a source say nothing of a period."""
    if settings.until and settings.until < at.start:
        return Unknown.missing("the data of the source end on {date}", date=settings.until)
    return Unknown.missing("the data of the source begin on {date}", date=settings.start)


def failed(error: DataError | PluginError) -> Unknown:
    """Why there is no measurement, from what went wrong, and where."""
    return Unknown.failed("{text}", text="; ".join(problem.headline for problem in error.problems))


def _measure(part: Part, params: Mapping[str, Any], counts: Mapping[str, Any], at: At) -> Measurement | Unknown:
    own = {name: count for name, count in counts.items() if name not in ENGINE_COUNTS}
    provider = described(part.metric.plugin)
    measurement = _checked(
        part, "measure", guard.call(provider, "measure", part.metric.plugin.descriptor.measure, params, own, at)
    )
    left_out = {kind: counts[name] for name, kind in LEFT_OUT.items() if counts.get(name)}
    if isinstance(measurement, Measurement) and left_out:
        return replace(measurement, left_out={**measurement.left_out, **left_out})
    return measurement


def _checked(part: Part, stage: str, found: object) -> Measurement | Unknown:
    """What a metric returned, if it is a measurement in the unit of the target. Raises PluginError."""
    provider = described(part.metric.plugin)
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, Measurement):
        raise PluginError(provider, stage, f"it returned {type(found).__name__}, not a measurement")
    if isinstance(found.value, bool) or not isinstance(found.value, (int, Fraction)):
        reason = f"its value is a {type(found.value).__name__}; write a Fraction, which is exact"
        raise PluginError(provider, stage, reason)
    unit = part.target.unit if part.target else found.unit
    if found.unit not in ("", unit):
        raise PluginError(provider, stage, f"it measured in '{found.unit}', but the target is in '{unit}'")
    return replace(found, value=Fraction(found.value), unit=unit)
