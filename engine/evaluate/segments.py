"""Breakdowns: a verdict for each segment of the rows of a part, small segments of persons hidden."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from engine.aggregates import Distinct
from engine.contracts import Series
from engine.errors import DataError, PluginError
from engine.evaluate.combining import Standing, combine
from engine.evaluate.measuring import Measured, failed, measure_counts
from engine.evaluate.records import ROWS, Answer, Asked, Segment, segment_order
from engine.evaluate.results import Breakdown, PartResult, SegmentResult
from engine.evaluate.suppression import Size, hidden, size
from engine.evaluate.verdicts import forecast_verdict, to_date_verdict
from engine.model import Note, Reason, Unknown
from engine.rules import Indicator, OpenableSource

NO_ROWS = Unknown.missing("there are no rows")
UNMERGED = Unknown.failed("written in several ways, whose different values cannot be added up: write it in one way")
HIDDEN = Unknown(Reason.SUPPRESSED, Note("hidden, because there are too few cases"))


class Counted(NamedTuple):
    """A part that was broken down, and the measurements of its segments."""

    asked: Asked
    answer: Answer
    measured: Mapping[Segment, Measured]


def count_segments(asked: Asked, source: OpenableSource, answer: Answer) -> Counted:
    """The measurement of each segment that has rows of the period."""
    there = {segment: counts for segment, counts in answer.segments.items() if counts.get(ROWS)}
    measured = {segment: _measured(asked, source, answer, counts) for segment, counts in there.items()}
    return Counted(asked, answer, measured)


def hidden_segments(parts: Sequence[Counted]) -> frozenset[Segment]:
    """What is hidden of parts that are broken down alike over the same rows.

    It is the same for all of them: what one shows of a segment must not give away what another hides.
    """
    below = max(part.asked.part.suppress_below for part in parts)
    names = dict.fromkeys(segment for part in parts for segment in part.measured)
    sizes = {name: tuple(number for part in parts for number in _size(part, name)) for name in names}
    return hidden(sizes, below, enumerate if len(parts[0].answer.by) > 1 else None)


def breakdown(counted: Counted, persons: bool, covered: frozenset[Segment], as_of: date) -> Breakdown:
    """The verdict of each segment of a part, and of each listed unit, in order of their names.

    A segment of persons that is in no list of units is named only when it is not hidden: its name may be
    what a single row has.
    """
    asked, answer = counted.asked, counted.answer
    measured: dict[Segment, Measured] = dict.fromkeys(_listed(answer.by, asked.units), NO_ROWS)
    measured |= counted.measured
    unnamed = 0
    results = []
    for segment in sorted(measured, key=segment_order):
        found = HIDDEN if segment in covered else measured[segment]
        if persons and not _may_be_named(segment, found, counted):
            unnamed += 1
        else:
            results.append(_result(asked, answer.by, segment, _bare(found) if persons else found, as_of))
    return Breakdown(tuple(results), unnamed, covered)


def remarks(counted: Counted, persons: bool, found: Breakdown) -> Iterator[Note]:
    """What is to be said of a breakdown: columns that it lacks, names that are in no list, and other spellings."""
    asked, answer = counted.asked, counted.answer
    for column, reason in answer.refused.items():
        yield Note("not broken down by '{column}': {reason}", {"column": column, "reason": reason})
    if found.segments and asked.part.metric.plugin.descriptor.kind == "total":
        yield Note("every segment is held against the target of the whole")
    for place, column in enumerate(answer.by):
        names = dict.fromkeys(one.segment[place] for one in found.segments)
        strays = [name for name in names if name and column in asked.units and name not in asked.units[column]]
        if strays:
            said = {"column": column, "names": ", ".join(f"'{name}'" for name in strays)}
            yield Note("not in the list of units of '{column}': {names}", said)
    shown = {one.segment for one in found.segments if one.unknown != HIDDEN}
    for segment, rows in sorted(answer.respelt.items(), key=lambda item: segment_order(item[0])):
        if segment in shown and (not persons or rows >= asked.part.suppress_below):
            said = {"number": str(rows), "segment": ", ".join(name or "" for name in segment)}
            yield Note("rows that write '{segment}' otherwise than the list of units: {number}", said)


def combined(indicator: Indicator, parts: Sequence[PartResult]) -> Breakdown:
    """The segments of an indicator whose parts are broken down alike; what one part hides is hidden in the whole."""
    kinds = {one.by for part in parts for one in part.breakdown.segments}
    if len(kinds) != 1 or not all(part.breakdown.segments for part in parts):
        return Breakdown()
    by_part = [{one.segment: one for one in part.breakdown.segments} for part in parts]
    covered = frozenset().union(*(part.breakdown.hidden for part in parts))
    segments = []
    for segment in sorted({segment for results in by_part for segment in results}, key=segment_order):
        found = [results.get(segment) for results in by_part]
        members = [
            Standing(one.status if one else None, one.unknown if one else NO_ROWS, part.part.required, part.part.weight)
            for one, part in zip(found, parts, strict=True)
        ]
        status, unknown = combine(indicator.combine, members)
        if segment in covered:
            status, unknown = None, HIDDEN
        if segment not in covered or all(found):  # a hidden one that is not named in a part is not named here
            segments.append(SegmentResult(by=next(iter(kinds)), segment=segment, status=status, unknown=unknown))
    return Breakdown(tuple(segments), max(part.breakdown.unnamed for part in parts), covered)


def _listed(by: Sequence[str], units: Mapping[str, Sequence[str]]) -> Iterator[Segment]:
    """Every combination of listed units, when all columns of the breakdown have a list."""
    if by and all(column in units for column in by):
        yield from itertools.product(*(units[column] for column in by))


def _may_be_named(segment: Segment, found: Measured, counted: Counted) -> bool:
    """True for a segment that is shown, and for one whose names stand in lists of units."""
    lists = zip(counted.answer.by, segment, strict=True)
    return found is not HIDDEN or all(name in counted.asked.units.get(column, ()) for column, name in lists)


def _size(part: Counted, segment: Segment) -> Size:
    found = part.measured.get(segment)
    counts = part.answer.segments[segment] if found else {}
    return size(found.to_date if isinstance(found, Series) else None, counts, part.answer.aggregates)


def _measured(asked: Asked, source: OpenableSource, answer: Answer, counts: Mapping[str, Any]) -> Measured:
    apart = (name for name, aggregate in answer.aggregates.items() if isinstance(aggregate, Distinct))
    if any(counts[name] is None for name in apart):
        return UNMERGED
    try:
        return measure_counts(asked, source, counts)
    except (DataError, PluginError) as error:
        return failed(error)


def _bare(measured: Measured) -> Measured:
    """The value without what else it is said to be: bounds, rows left out and remarks may count a single case."""
    if isinstance(measured, Unknown):
        return measured
    return replace(measured, to_date=replace(measured.to_date, low=None, high=None, left_out={}, notes=()))


def _result(asked: Asked, by: tuple[str, ...], segment: Segment, measured: Measured, as_of: date) -> SegmentResult:
    part = asked.part
    if part.target is None:
        return SegmentResult(by=by, segment=segment, status=None, unknown=NO_ROWS)
    to_date = to_date_verdict(part, part.target, measured)
    forecast = forecast_verdict(part, part.target, measured, asked.at, as_of)
    return SegmentResult(
        by=by, segment=segment, status=forecast.status, unknown=forecast.unknown, to_date=to_date, forecast=forecast
    )
