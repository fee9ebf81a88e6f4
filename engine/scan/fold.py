"""Cells folded into summaries: here, in Python, only bits are tested and numbers added."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from engine.aggregates import Aggregate, Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Values, merge
from engine.errors import DataError, Problem
from engine.filters import Condition
from engine.scan.columns import Columns
from engine.scan.counting import number
from engine.scan.layout import Layout, asked_of
from engine.scan.plan import Question, Read
from engine.scan.request import Grain, Request
from engine.scan.signature import COUNTED
from engine.scan.sums import Summed, summed

Cell = Sequence[Any]
Summaries = dict[Grain, Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """Gathers the cells of one question: `take` adds a cell to a grain, `finish` gives the summaries."""

    request: Request
    meets: Callable[[Sequence[Any]], bool]
    month: int | None
    take: Callable[[Grain, Cell], None]
    finish: Callable[[], Summaries]


@dataclass(frozen=True, slots=True)
class Places:
    """What a cell has for an aggregate: the number of rows that it is of, a value, and folded inputs."""

    rows: Callable[[Cell], int]
    value: int | None
    folded: slice


def tallies(read: Read, plan: Layout, columns: Columns) -> list[Tally]:
    """A tally for each question of a read."""
    return [_tally(question, read, plan, columns) for question in read.questions]


def fold(cells: Iterable[Cell], found: Sequence[Tally], plan: Layout) -> int:
    """Add the cells to the tallies; gives their number.

    Cells are many, so what depends on some of a cell's keys alone is worked out once.
    """
    first, timed = plan.timed.start, plan.timed
    met: dict[Sequence[Any], list[Met]] = {}
    segments: dict[Sequence[Any], tuple[str | None, ...]] = {}
    number = 0
    for cell in cells:
        number += 1
        signs, raw = cell[timed], cell[:first]
        if signs not in met:
            met[signs] = _met(cell, found, plan)
        if raw not in segments:
            segments[raw] = tuple(map(text, raw))
        for month, takes in met[signs]:
            grain = (segments[raw], month)
            for take in takes:
                take(grain, cell)
    return number


def finished(tally: Tally) -> Summaries:
    """The summaries of the grains that have something; an empty summary stands for all others."""
    nothing = merge(tally.request.aggregate, ())
    return {grain: summary for grain, summary in tally.finish().items() if summary != nothing}


def text(value: Any) -> str | None:
    """A value of a column as text, as rules write it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


Met = tuple[int | None, list[Callable[[Grain, Cell], None]]]
"""A month, and what takes the cell for that month."""


def _met(cell: Cell, found: Sequence[Tally], plan: Layout) -> list[Met]:
    """What takes a cell, by month; a cell outside the period is of no month."""
    by_month: dict[int | None, list[Callable[[Grain, Cell], None]]] = {}
    for tally in found:
        month = None if tally.month is None else cell[tally.month]
        if (tally.month is None or month is not None) and tally.meets(cell[plan.signed]):
            by_month.setdefault(month, []).append(tally.take)
    return list(by_month.items())


def _tally(question: Question, read: Read, plan: Layout, columns: Columns) -> Tally:
    aggregate = question.request.aggregate
    where = read.rest(question.where)
    folded = plan.folded(asked_of(question, read, plan.signature))
    places = Places(_rows(aggregate, where, plan), plan.value(question.value), folded)
    take, finish = GATHERERS[type(aggregate)](aggregate, places, columns)
    meets = plan.signature.test(where)
    return Tally(question.request, meets, plan.month(question.clock), take, finish)


def _rows(aggregate: Aggregate, where: Condition, plan: Layout) -> Callable[[Cell], int]:
    """How many rows of a cell an aggregate is of, once the keys meet its condition."""
    counted = plan.signature.place(where) if isinstance(aggregate, COUNTED) else None
    if counted is None:
        every = plan.rows
        return lambda cell: int(cell[every])
    pair, place = plan.counted(counted[0]), counted[1]
    return lambda cell: number(cell[pair], place)


Gatherer = tuple[Callable[[Grain, Cell], None], Callable[[], Summaries]]


def _count(aggregate: Count, places: Places, columns: Columns) -> Gatherer:
    found: defaultdict[Grain, int] = defaultdict(int)
    rows = places.rows

    def take(grain: Grain, cell: Cell) -> None:
        found[grain] += rows(cell)

    return take, lambda: found


def _days(aggregate: Days, places: Places, columns: Columns) -> Gatherer:
    found: defaultdict[Grain, Counter[int]] = defaultdict(Counter)
    place = places.value or 0

    def take(grain: Grain, cell: Cell) -> None:
        rows = places.rows(cell)
        if rows:
            found[grain][cell[place]] += rows

    return take, lambda: found


def _values(aggregate: Values, places: Places, columns: Columns) -> Gatherer:
    units = frozenset(aggregate.units)
    listed: defaultdict[Grain, set[str]] = defaultdict(set)
    unlisted: defaultdict[Grain, int] = defaultdict(int)

    def take(grain: Grain, cell: Cell) -> None:
        unit = None if places.value is None else text(cell[places.value])
        rows = places.rows(cell)
        if rows and unit in units:
            listed[grain].add(unit)
        elif rows:
            unlisted[grain] += rows

    def finish() -> Summaries:
        grains = dict.fromkeys((*listed, *unlisted))
        return {grain: Occurring(frozenset(listed.get(grain, ())), unlisted.get(grain, 0)) for grain in grains}

    return take, finish


def _sum(aggregate: Sum, places: Places, columns: Columns) -> Gatherer:
    sums = summed(columns[aggregate.column], aggregate.decimals)
    found: dict[Grain, list[Any]] = {}

    def take(grain: Grain, cell: Cell) -> None:
        parts = [part if isinstance(part, int) else Fraction(part or 0) for part in cell[places.folded]]
        before = found.get(grain)
        found[grain] = parts if before is None else [one + other for one, other in zip(before, parts, strict=True)]

    def finish() -> Summaries:
        unfit = sum(parts[0] for parts in found.values())
        if unfit:
            raise DataError(_unfit(aggregate, columns[aggregate.column].kind, unfit))
        return {grain: _total(sums, parts) for grain, parts in found.items()}

    return take, finish


def _total(sums: Summed, parts: Sequence[Any]) -> Total:
    whole = sum(weight * part for (weight, _), part in zip(sums.parts, parts[2:], strict=True))
    return Total(Fraction(whole) / 10**sums.scale, parts[1])


def _unfit(aggregate: Sum, kind: str, unfit: int) -> Problem:
    hint = "write numbers as 1234.5, without spaces and words" if kind == "text" else ""
    rows = "one value" if unfit == 1 else f"{unfit} values"
    return Problem(message=f"{rows} of '{aggregate.column}' cannot be summed exactly", hint=hint)


def _merged(aggregate: Min | Max | Distinct, places: Places, columns: Columns) -> Gatherer:
    found: dict[Grain, Any] = {}
    place = places.folded.start

    def take(grain: Grain, cell: Cell) -> None:
        before = (found[grain],) if grain in found else ()
        found[grain] = merge(aggregate, (*before, cell[place]))

    return take, lambda: found


GATHERERS: dict[type[Aggregate], Callable[[Any, Places, Columns], Gatherer]] = {
    Count: _count,
    Sum: _sum,
    Days: _days,
    Values: _values,
    Distinct: _merged,
    Min: _merged,
    Max: _merged,
}
