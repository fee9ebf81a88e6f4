"""Reading a source of case rows: all that parts ask of it in as few reads as possible, while it is open once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any, NamedTuple, cast

import narwhals as nw

from engine import guard
from engine.aggregates import MOST_UNITS, Count, Distinct, Sum, Units, UnitsFrom
from engine.errors import DataError, PluginError, Problem
from engine.evaluate.opening import Opened, opened, persistently
from engine.evaluate.records import Answers, Asked, Found, ReadDone, answer, requests_of
from engine.evaluate.spelling import speller
from engine.filters import missing
from engine.model import At, Note
from engine.rules import OpenableSource
from engine.scan import CELL_LIMIT, Request
from engine.stopping import Stop


class Group(NamedTuple):
    """The parts that are asked of a source together: they count days in one zone and are broken down alike.

    With `queries`, the reads say what was asked of the source.
    """

    source: OpenableSource
    time_zone: str
    by: tuple[str, ...]
    asked: Sequence[Asked]
    queries: bool


class Gathered(NamedTuple):
    """What a group brought: answers by part, remarks on the rows, and the reads that were done."""

    answers: Answers
    notes: tuple[Note, ...] = ()
    reads: tuple[ReadDone, ...] = ()


def gather(group: Group, stop: Stop) -> Gathered:
    """The answers of a source to a group, by the path of the part; an error where a part, or the source, failed."""
    answers: Answers = {}
    requests: dict[str, dict[str, Request]] = {}
    for one in group.asked:
        try:
            requests[one.part.path] = requests_of(one)
        except PluginError as error:
            answers[one.part.path] = error
    try:
        read = partial(_read, group, requests, stop)
        found = persistently(read, group.source.settings.time_limit, stop)
    except (DataError, PluginError) as error:
        return Gathered(answers | dict.fromkeys(requests, error))
    return found._replace(answers=answers | found.answers)


def gather_groups(groups: Sequence[Group], stop: Stop) -> tuple[Gathered, ...]:
    """What the groups of one source bring, one after the other."""
    return tuple(gather(group, stop) for group in groups)


def units_from(source: OpenableSource, wanted: UnitsFrom, at: At, time_zone: str, stop: Stop) -> Units:
    """The different values of a column of a source, which are never printed. Raises DataError, PluginError."""
    request = Request(Count(wanted.where), None, at.start, at.as_of)

    def read() -> Units:
        with opened(source, time_zone, stop) as found:
            scan = _Scan(found, source, time_zone)
            summaries, refused = scan.ask([request], (wanted.column,), cell_limit=MOST_UNITS)
            if request in refused:
                raise DataError(refused[request])
            return Units(tuple(sorted(unit for (unit,), _ in summaries[request] if unit is not None)), named=False)

    return persistently(read, source.settings.time_limit, stop)


def _read(group: Group, requests: Mapping[str, Mapping[str, Request]], stop: Stop) -> Gathered:
    source, settings = group.source, group.source.settings
    wanted = [request for named in requests.values() for request in named.values()]
    with opened(source, group.time_zone, stop) as found:
        queries = group.queries and not _has_names_of_a_source(group)
        scan = _Scan(found, source, group.time_zone, len(requests), queries)
        refused = scan.refused(group.by, group.asked[0].at.start)
        by = tuple(column for column in group.by if column not in refused)
        summaries, wrong = scan.ask(wanted, by)
        distinct = [one for one in wanted if by and isinstance(one.aggregate, Distinct) and one not in wrong]
        # numbers of different values do not add up over segments: the whole is asked for by itself
        whole = scan.ask(distinct, ())[0] if distinct else {}
        identified = _identified(scan, settings.id, group.asked[0].at.start) if settings.id else ()
        notes = (*found.remarks(), *identified)
        unsaid = summaries and not any(summaries.values()) and not (settings.start or settings.until)
        empty = bool(unsaid) and scan.is_empty(group.asked[0].at.start)
    answers: Answers = {}
    for one in group.asked:
        named = requests.get(one.part.path)
        if named is not None:
            faults = [wrong[request] for request in named.values() if request in wrong]
            found_answer = None if faults else answer(named, summaries, whole, by, speller(by, one.units))
            answers[one.part.path] = (
                found_answer._replace(refused=refused, empty=empty) if found_answer else DataError(faults[:1])
            )
    return Gathered(answers, notes, tuple(scan.reads))


def _has_names_of_a_source(group: Group) -> bool:
    values = (value for one in group.asked for value in one.params.values())
    return any(isinstance(value, Units) and not value.named for value in values)


class _Scan:
    """Scans of one open source, and the reads that they took."""

    def __init__(
        self, found: Opened, source: OpenableSource, time_zone: str, parts: int = 0, queries: bool = False
    ) -> None:
        self.reads: list[ReadDone] = []
        self._found = found
        self._source = source
        self._time_zone = time_zone
        self._parts = parts
        self._queries = queries
        self._odd_values: dict[str, str] = {}

    def refused(self, by: Sequence[str], day: date) -> dict[str, str]:
        """The columns that rows cannot be broken down by, and why."""
        from engine.scan import check

        asked = [Request(Count(), None, day, day)]
        faults = {column: self._found.call("read", partial(check, self._found.data, asked, (column,))) for column in by}
        return {
            column: f"{message} ({hint})" if hint else message
            for column, found in faults.items()
            for _, message, hint, _ in found[:1]
        }

    def is_empty(self, day: date) -> bool:
        """True when the source has no row at all."""
        rows = Request(Count(), None, day, day)
        return not self.ask([rows], ())[0][rows]

    def ask(
        self, requests: Sequence[Request], by: tuple[str, ...], cell_limit: int = CELL_LIMIT
    ) -> tuple[Found, Mapping[Request, Problem]]:
        """The summaries of every request by grain, and the requests that the columns cannot answer."""
        from engine.scan import check, scan

        frame = self._found.data
        faults = self._found.call("read", lambda: check(frame, requests, by))
        refused = {request: self._refused(*fault) for request, *fault in reversed(faults)}
        unfit: dict[Request, DataError] = {}
        read = partial(
            scan,
            frame,
            [request for request in dict.fromkeys(requests) if request not in refused],
            time_zone=self._time_zone,
            by=by,
            cell_limit=cell_limit,
            on_read=partial(self._done, by),
            on_unfit=unfit.__setitem__,
        )
        summaries = self._found.call("read", read)
        for request, error in unfit.items():
            (problem,), summed = error.problems, cast("Sum", request.aggregate)
            refused[request] = self._refused(problem.message, problem.hint, summed.column)
        return summaries, refused

    def _refused(self, message: str, hint: str, column: str) -> Problem:
        """Why a request has no answer, with the place of a single value that may be the cause."""
        if column not in self._odd_values:  # many requests may be of one column, and its file is looked through
            self._odd_values[column] = self._odd_value(column)
        hints = (hint, self._odd_values[column])
        return Problem(message=f"source '{self._source.settings.name}': {message}", hint="; ".join(filter(None, hints)))

    def _odd_value(self, column: str) -> str:
        """What to say of the value that makes text of a column that cannot be used, or nothing."""
        if self._found.data.collect_schema().get(column) != nw.String:
            return ""
        place = None
        with suppress(DataError, PluginError):  # a hint is not worth an error
            place = self._found.odd_value(column)
        return f"a single value that is something else makes a column text, here the one at {place}" if place else ""

    def _done(self, by: tuple[str, ...], reading: Any) -> None:
        # files by their names alone: the same on every machine, and in every run
        query = guard.FOLDERS.sub("", self._source.shown(reading.query())) if self._queries else ""
        done = ReadDone(
            source=self._source.settings.name,
            parts=self._parts,
            aggregates=reading.requests,
            by=by,
            cells=reading.cells,
            complete=reading.complete,
            query=query,
        )
        self.reads.append(done)


def _identified(scan: _Scan, column: str, start: date) -> tuple[Note, ...]:
    """Remarks on rows whose name of a case is another row's, too, or missing. Raises DataError."""
    named, unnamed, different = (
        Request(aggregate, None, start, start)
        for aggregate in (Count(~missing(column)), Count(missing(column)), Distinct(column))
    )
    found, refused = scan.ask([named, unnamed, different], ())
    if refused:
        raise DataError(next(iter(refused.values())))
    numbers = {request: sum(found[request].values()) for request in (named, unnamed, different)}
    notes = []
    if numbers[named] > numbers[different]:
        repeated = {"number": numbers[named] - numbers[different], "column": column}
        notes.append(Note("{number} rows repeat a value of '{column}', which is to name one case each", repeated))
    if numbers[unnamed]:
        notes.append(Note("{number} rows have no '{column}'", {"number": numbers[unnamed], "column": column}))
    return tuple(notes)
