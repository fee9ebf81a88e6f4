"""Case rows: what the parts of all plans ask of a source, asked at once, and the answers by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from engine import guard
from engine.aggregates import MOST_UNITS, Aggregate, Count, Distinct, Units, UnitsFrom, merge
from engine.errors import DataError, PluginError, Problem
from engine.evaluate.opening import opened
from engine.filters import AnyOf, Condition, OnOrBefore, missing
from engine.model import At
from engine.registry import described
from engine.rules import OpenableSource, Part

if TYPE_CHECKING:
    from engine.scan import Request

WITHOUT_DATE = "(without a date)"  # a name that no aggregate of a plugin can be mistaken for
CELL_LIMIT = 1_000_000


class Asked(NamedTuple):
    """A part that asks a source: the days, and its options with units from a second source put in."""

    part: Part
    at: At
    params: Mapping[str, Any]


class Answer(NamedTuple):
    """The merged summaries of a part by the names of its aggregates: to date, and for each month."""

    to_date: Mapping[str, Any]
    months: Mapping[int, Mapping[str, Any]] = MappingProxyType({})


Answers = dict[str, Answer | DataError | PluginError]


def ask(source: OpenableSource, asked: Sequence[Asked], time_zone: str) -> Answers:
    """The answers of a source by the path of the part; an error where a part, or the source, failed."""
    answers: Answers = {}
    requests: dict[str, dict[str, Request]] = {}
    for one in asked:
        try:
            requests[one.part.path] = _requests(one)
        except PluginError as error:
            answers[one.part.path] = error
    try:
        found, refused = _read(source, time_zone, [r for named in requests.values() for r in named.values()])
    except (DataError, PluginError) as error:
        return answers | dict.fromkeys(requests, error)
    for path, named in requests.items():
        wrong = [refused[request] for request in named.values() if request in refused]
        answers[path] = DataError(wrong[:1]) if wrong else _answer(named, found)
    return answers


def units_from(source: OpenableSource, wanted: UnitsFrom, at: At, time_zone: str) -> Units:
    """The different values of a column of a source, which are never printed. Raises DataError, PluginError."""
    from engine.scan import Request

    request = Request(Count(wanted.where), None, at.start, at.as_of)
    found, refused = _read(source, time_zone, [request], by=(wanted.column,), cell_limit=MOST_UNITS)
    if request in refused:
        raise DataError(refused[request])
    return Units(tuple(sorted(unit for (unit,), _ in found[request] if unit is not None)), named=False)


def _requests(one: Asked) -> dict[str, Request]:
    """The requests of a part by the names of its aggregates, and one for rows that lack their date."""
    metric = one.part.metric.plugin
    named = guard.call(described(metric), "aggregates", metric.descriptor.aggregates, one.params, one.at)
    if not isinstance(named, Mapping) or not all(isinstance(found, Aggregate) for found in named.values()):
        raise PluginError(described(metric), "aggregates", "it did not return a dict of name to aggregate")
    requests = {name: _request(aggregate, one) for name, aggregate in named.items()}
    if one.part.date and one.part.date != one.params.get(metric.descriptor.date):
        counted = AnyOf(tuple(found.where for found in named.values() if _is_dated(found)))
        undated = Count(counted & missing(one.part.date), dated=False)
        requests[WITHOUT_DATE] = _request(undated, one)
    return requests


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


def _read(
    source: OpenableSource,
    time_zone: str,
    requests: Sequence[Request],
    by: Sequence[str] = (),
    cell_limit: int = CELL_LIMIT,
) -> tuple[Mapping[Request, Mapping[Any, Any]], Mapping[Request, Problem]]:
    """The summaries of every request by grain, and the requests that the columns cannot answer."""
    from engine.scan import check, scan

    provider, name = described(source.plugin), source.settings.name
    with opened(source, time_zone) as frame:
        faults = guard.call_quietly(provider, "read", lambda: check(frame, requests, by))
        refused = {
            request: Problem(message=f"source '{name}': {message}", hint=hint)
            for request, message, hint, _ in reversed(faults)
        }
        asked = [request for request in dict.fromkeys(requests) if request not in refused]
        found = guard.call_quietly(
            provider, "read", lambda: scan(frame, asked, time_zone=time_zone, by=by, cell_limit=cell_limit)
        )
    return found, refused


def _answer(named: Mapping[str, Request], found: Mapping[Request, Mapping[Any, Any]]) -> Answer:
    """The summaries of a part, merged over all grains, and over those of each month."""
    to_date = {name: merge(request.aggregate, found[request].values()) for name, request in named.items()}
    indices = sorted({month for request in named.values() for _, month in found[request] if month is not None})
    if any(isinstance(request.aggregate, Distinct) for request in named.values()):
        indices = []
    return Answer(to_date, {index: _month(named, found, index) for index in indices})


def _month(named: Mapping[str, Request], found: Mapping[Request, Mapping[Any, Any]], index: int) -> dict[str, Any]:
    return {
        name: merge(request.aggregate, (value for (_, month), value in found[request].items() if month == index))
        for name, request in named.items()
    }
