"""Breakdowns: a verdict for each segment of the rows of a part, small segments of persons hidden."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from engine.contracts import Series
from engine.errors import PluginError
from engine.evaluate.combining import Standing, combine
from engine.evaluate.measuring import Measured, failed, measure_counts
from engine.evaluate.records import Answer, Asked, Segment, segment_order
from engine.evaluate.results import Breakdown, PartResult, SegmentResult
from engine.evaluate.suppression import hidden, size
from engine.evaluate.verdicts import forecast_verdict, to_date_verdict
from engine.model import Note, Reason, Unknown
from engine.rules import Indicator, OpenableSource

NO_ROWS = Unknown.missing("there are no rows")
HIDDEN = Unknown(Reason.SUPPRESSED, Note("hidden, because there are too few cases"))


def breakdown(asked: Asked, source: OpenableSource, answer: Answer, as_of: date) -> Breakdown:
    """The verdict of each segment of a part, and of each listed unit, in order of their names.

    A hidden segment of persons whose name is in no list of units is only counted: its name may be what
    a single row has.
    """
    listed = set(_listed(answer.by, asked.units))
    measured: dict[Segment, Measured] = dict.fromkeys(listed, NO_ROWS)
    for segment, counts in answer.segments.items():
        measured[segment] = _measured(asked, source, counts)
    unnamed: set[Segment] = set()
    if source.settings.persons:
        sizes = {
            segment: size(found.to_date if isinstance(found, Series) else None, answer.segments[segment])
            for segment, found in measured.items()
            if segment in answer.segments
        }
        for segment in hidden(sizes, asked.part.suppress_below):
            measured[segment] = HIDDEN
            if not _is_listed(segment, answer.by, asked.units):
                unnamed.add(segment)
    named = sorted(measured.keys() - unnamed, key=segment_order)
    return Breakdown(tuple(_result(asked, answer.by, one, measured[one], as_of) for one in named), len(unnamed))


def remarks(asked: Asked, answer: Answer, found: Breakdown) -> Iterator[Note]:
    """What is to be said of a breakdown: columns that are not there, names that are in no list, and other spellings."""
    for column in asked.by:
        if column not in answer.by:
            yield Note("not broken down by '{column}': the source has no such column", {"column": column})
    for place, column in enumerate(answer.by):
        names = dict.fromkeys(one.segment[place] for one in found.segments)
        strays = [name for name in names if name and column in asked.units and name not in asked.units[column]]
        if strays:
            said = {"column": column, "names": ", ".join(f"'{name}'" for name in strays)}
            yield Note("not in the list of units of '{column}': {names}", said)
    for segment, rows in sorted(answer.respelt.items(), key=lambda item: segment_order(item[0])):
        if _is_listed(segment, answer.by, asked.units):
            said = {"number": str(rows), "segment": ", ".join(name or "" for name in segment)}
            yield Note("rows that write '{segment}' otherwise than the list of units: {number}", said)


def combined(indicator: Indicator, parts: Sequence[PartResult]) -> Breakdown:
    """The segments of an indicator with parts: what is hidden in one part is hidden in the whole."""
    by_part = [{one.segment: one for one in part.breakdown.segments} for part in parts]
    names = {segment: found.by for results in by_part for segment, found in results.items()}
    segments = []
    for segment in sorted(names, key=segment_order):
        found = [results.get(segment) for results in by_part]
        members = [
            Standing(one.status if one else None, one.unknown if one else NO_ROWS, part.part.required, part.part.weight)
            for one, part in zip(found, parts, strict=True)
        ]
        status, unknown = combine(indicator.combine, members)
        if any(one and one.unknown == HIDDEN for one in found):
            status, unknown = None, HIDDEN
        segments.append(SegmentResult(by=names[segment], segment=segment, status=status, unknown=unknown))
    return Breakdown(tuple(segments), max((part.breakdown.unnamed for part in parts), default=0))


def _listed(by: Sequence[str], units: Mapping[str, Sequence[str]]) -> Iterator[Segment]:
    """Every combination of listed units, when all columns of the breakdown have a list."""
    if by and all(column in units for column in by):
        yield from itertools.product(*(units[column] for column in by))


def _is_listed(segment: Segment, by: Sequence[str], units: Mapping[str, Sequence[str]]) -> bool:
    return all(name in units.get(column, ()) for column, name in zip(by, segment, strict=True))


def _measured(asked: Asked, source: OpenableSource, counts: Mapping[str, Any]) -> Measured:
    try:
        return measure_counts(asked, source, counts)
    except PluginError as error:
        return failed(error)


def _result(asked: Asked, by: tuple[str, ...], segment: Segment, measured: Measured, as_of: date) -> SegmentResult:
    part = asked.part
    if part.target is None:
        return SegmentResult(by=by, segment=segment, status=None, unknown=NO_ROWS)
    to_date = to_date_verdict(part, part.target, measured)
    forecast = forecast_verdict(part, part.target, measured, asked.at, as_of)
    return SegmentResult(
        by=by, segment=segment, status=forecast.status, unknown=forecast.unknown, to_date=to_date, forecast=forecast
    )
