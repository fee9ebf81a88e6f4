"""Case rows: what parts ask of a source, as requests, and the answers by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from engine import guard
from engine.aggregates import Aggregate, Count, Distinct, UnitsFrom, merge
from engine.errors import DataError, PluginError
from engine.filters import AllOf, AnyOf, Condition, Filter, OnOrBefore, columns_of, members, missing
from engine.model import At
from engine.registry import described
from engine.rules import Part

if TYPE_CHECKING:
    from engine.scan import Grain, Request

Segment = tuple[str | None, ...]
Found = Mapping["Request", Mapping["Grain", Any]]
Key = TypeVar("Key")

# names that no aggregate of a plugin can be mistaken for
ROWS = "(rows)"
WITHOUT_DATE = "(without a date)"
AFTER_AS_OF = "(dated after the day of the evaluation)"
ENGINE_COUNTS = (ROWS, WITHOUT_DATE, AFTER_AS_OF)


class Asked(NamedTuple):
    """A part that asks a source: the days, its options with units from a second source put in, and what it asks.

    `today` is the day of the evaluation; `at` may end before it. `by` are the columns that the part is
    broken down by, and `units` their lists of names.
    """

    part: Part
    at: At
    today: date
    params: Mapping[str, Any]
    by: tuple[str, ...]
    units: Mapping[str, Sequence[str]]


class Answer(NamedTuple):
    """The merged summaries of a part by the names of its aggregates: to date, by month, quarter and segment.

    Months are numbered as by `engine.periods.month_index`, quarters by a third of that. `by` are the
    columns that it could be broken down by. `respelt` counts the rows whose names of a segment are
    written otherwise than in the lists of units, by segment. `aggregates` are those of the metric.
    `refused` says of columns why nothing can be broken down by them. `empty` is true of a source without
    a single row that does not say which days it covers.
    """

    to_date: Mapping[str, Any]
    months: Mapping[int, Mapping[str, Any]] = MappingProxyType({})
    quarters: Mapping[int, Mapping[str, Any]] = MappingProxyType({})
    by: tuple[str, ...] = ()
    segments: Mapping[Segment, Mapping[str, Any]] = MappingProxyType({})
    respelt: Mapping[Segment, int] = MappingProxyType({})
    aggregates: Mapping[str, Aggregate] = MappingProxyType({})
    refused: Mapping[str, str] = MappingProxyType({})
    empty: bool = False


class ReadDone(NamedTuple):
    """A read that was done: of which source, for how many parts and aggregates, and what was asked of the source.

    `cells` is one more than the limit when the read was given up and split (then it is not `complete`).
    `query` is empty when it may not be shown, since it has names of units that a source gave.
    """

    source: str
    parts: int
    aggregates: int
    by: tuple[str, ...]
    cells: int
    complete: bool
    query: str


Answers = dict[str, Answer | DataError | PluginError]


def requests_of(one: Asked) -> dict[str, Request]:
    """The requests of a part by the names of its aggregates, and the engine's own. Raises PluginError."""
    metric = one.part.metric.plugin
    named = guard.call(described(metric), "aggregates", metric.descriptor.aggregates, one.params, one.at)
    if not isinstance(named, Mapping) or not all(isinstance(found, Aggregate) for found in named.values()):
        raise PluginError(described(metric), "aggregates", "it did not return a dict of name to aggregate")
    requests = {name: _request(aggregate, one) for name, aggregate in named.items()}
    counted = _any_of(aggregate.where for aggregate in named.values() if _is_dated(aggregate))
    if counted == AnyOf():
        requests[ROWS] = _request(Count(_any_of(found.where for found in named.values()), dated=False), one)
    else:
        requests[ROWS] = _request(Count(counted), one)
        column = one.part.date
        if column and column != one.params.get(metric.descriptor.date):
            requests[WITHOUT_DATE] = _request(Count(counted & missing(column), dated=False), one)
        if column:
            others = _any_of(_without(column, found.where) for found in named.values() if _is_dated(found))
            later = Filter(column, "above", one.today)
            requests[AFTER_AS_OF] = _request(Count(others & later, dated=False), one)
    return requests


def answer(
    named: Mapping[str, Request],
    found: Found,
    whole: Found,
    by: tuple[str, ...],
    named_as: Callable[[Segment], Segment],
) -> Answer:
    """The summaries of a part: merged over all grains, over those of each month, and of each segment.

    `whole` has what does not add up over segments, asked for without them. `named_as` gives a segment
    the name that the lists of units have for it.
    """
    to_date = {
        name: merge(request.aggregate, (whole if request in whole else found)[request].values())
        for name, request in named.items()
    }
    own = {name: request.aggregate for name, request in named.items() if name not in ENGINE_COUNTS}
    months: Mapping[int, Mapping[str, Any]] = {}
    quarters: Mapping[int, Mapping[str, Any]] = {}
    if not any(isinstance(aggregate, Distinct) for aggregate in own.values()):  # they do not add up over months
        months = _merged(named, found, lambda grain: grain[1])
        quarters = _merged(named, found, lambda grain: None if grain[1] is None else grain[1] // 3)
    if not by:
        return Answer(to_date, months, quarters, aggregates=own)
    segments = _merged(named, found, lambda grain: named_as(grain[0]))
    return Answer(to_date, months, quarters, by, segments, _respelt(named, found, named_as), own)


def _request(aggregate: Aggregate, one: Asked) -> Request:
    from engine.scan import Request

    start = date.min if one.part.covers == "point" else one.at.start
    if not one.part.date or not _is_dated(aggregate):
        return Request(aggregate, None, start, one.at.as_of)
    if isinstance(aggregate, Distinct):  # numbers of different values do not add up over months
        inside = Distinct(aggregate.column, aggregate.where & _between(one.part.date, start, one.at.as_of))
        return Request(inside, None, start, one.at.as_of)
    return Request(aggregate, one.part.date, start, one.at.as_of)


def _is_dated(aggregate: Aggregate) -> bool:
    return not isinstance(aggregate, Count) or aggregate.dated


def _between(column: str, start: date, last: date) -> Condition:
    until = OnOrBefore(column, last)
    return until if start == date.min else until & ~OnOrBefore(column, start - timedelta(days=1))


def _any_of(conditions: Any) -> Condition:
    """That one of the conditions holds, without those that ask for more than another one does."""
    found = {condition: frozenset(members(condition)) for condition in conditions}
    kept = [one for one, asked in found.items() if not any(other < asked for other in found.values())]
    return kept[0] if len(kept) == 1 else AnyOf(tuple(kept))


def _without(column: str, condition: Condition) -> Condition:
    """What a condition asks beside the column that dates a row."""
    kept = tuple(member for member in members(condition) if column not in columns_of(member))
    return kept[0] if len(kept) == 1 else AllOf(kept)


def _merged(
    named: Mapping[str, Request], found: Found, key_of: Callable[[Grain], Key | None]
) -> dict[Key, dict[str, Any]]:
    """The summaries by the key of their grains, in the order of the keys; grains without a key are left out.

    A number of different values is None where it would have to be added up.
    """
    parts: dict[Key, dict[str, list[Any]]] = {}
    for name, request in named.items():
        for grain, summary in found[request].items():
            key = key_of(grain)
            if key is not None:
                parts.setdefault(key, {}).setdefault(name, []).append(summary)
    order = sorted(parts, key=_order)
    return {
        key: {name: _summary(request.aggregate, parts[key].get(name, ())) for name, request in named.items()}
        for key in order
    }


def _summary(aggregate: Aggregate, parts: Sequence[object]) -> object:
    return None if isinstance(aggregate, Distinct) and len(parts) > 1 else merge(aggregate, parts)


def _order(key: Any) -> Any:
    return segment_order(key) if isinstance(key, tuple) else key


def segment_order(segment: Segment) -> list[tuple[bool, str]]:
    """The order of segments: by their names, those without a name last."""
    return [(name is None, name or "") for name in segment]


def _respelt(named: Mapping[str, Request], found: Found, named_as: Callable[[Segment], Segment]) -> dict[Segment, int]:
    """How many rows of a segment are written otherwise than in the lists of units."""
    numbers: dict[Segment, int] = {}
    for (segment, _), rows in found[named[ROWS]].items() if ROWS in named else ():
        known = named_as(segment)
        if known != segment:
            numbers[known] = numbers.get(known, 0) + rows
    return numbers


def units_in(params: Mapping[str, Any]) -> dict[str, UnitsFrom]:
    """The options whose units are those of a second source."""
    return {key: value for key, value in params.items() if isinstance(value, UnitsFrom)}
