"""Requests shared out into reads: as few as possible, so that each has few cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.aggregates import Aggregate, Days, Distinct, Values
from engine.filters import Condition, Filter
from engine.scan.columns import Columns
from engine.scan.normal import NO_ROW, all_of, between, members, normal, present
from engine.scan.overlap import disjoint
from engine.scan.request import Request, columns_needed


@dataclass(frozen=True, slots=True)
class Clock:
    """The column that dates a row, and the condition that the date lies in the period."""

    column: str
    period: Condition


@dataclass(frozen=True, slots=True)
class Value:
    """A value of each row that cells are told apart by: days between two columns, or a column itself."""

    column: str
    end: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A request with its whole condition in normal form.

    `value` is what its rows are told apart by where `listed` holds, if by anything.
    """

    request: Request
    where: Condition
    clock: Clock | None
    value: Value | None
    listed: Condition


@dataclass(frozen=True, slots=True)
class Read:
    """Questions that one grouped read answers.

    Only rows that meet all of `shared`, what every question asks, are read; `clock` is the one that all
    questions have, if they do, and then only rows of its period are read, too.
    """

    questions: tuple[Question, ...]
    shared: frozenset[Condition]
    clock: Clock | None

    @property
    def rows(self) -> Condition:
        """The rows that are read."""
        return all_of((*self.shared, self.clock.period)) if self.clock else all_of(self.shared)

    def rest(self, condition: Condition) -> Condition:
        """What a question's condition still asks of the rows that are read."""
        return all_of(member for member in members(condition) if member not in self.shared)


def question(request: Request, columns: Columns) -> Question:
    """The question that a request asks."""
    if any(columns[name].kind == "nothing" for name in columns_needed(request)):
        return Question(request, NO_ROW, None, None, NO_ROW)
    aggregate = request.aggregate
    where = normal(aggregate.where, columns, request.as_of)
    if isinstance(aggregate, Days):
        where = all_of((where, present(aggregate.start, aggregate.end)))
    elif isinstance(aggregate, Distinct | Values):
        where = all_of((where, present(aggregate.column)))
    clock = _clock(request, columns)
    if clock is not None and all_of((where, clock.period)) == NO_ROW:
        where = NO_ROW
    return Question(request, where, clock, *_value(aggregate, where, columns))


def reads(questions: Iterable[Question]) -> list[Read]:
    """The reads for the questions: usually one.

    Values multiply the cells, so two questions whose rows are told apart by different values share a read
    only when no row is in both. Different values of a column are counted in a read of their own.
    """
    together: list[list[Question]] = []
    alone: list[Read] = []
    for one in sorted(questions, key=_value_last):
        if isinstance(one.request.aggregate, Distinct):
            alone.append(_read([one]))
        elif (group := next((group for group in together if _agree(one, group)), None)) is not None:
            group.append(one)
        else:
            together.append([one])
    return [_read(group) for group in together] + alone


def halves(read: Read) -> list[Read]:
    """The read in two, questions that have keys in common together; empty when it is for one question."""
    questions = sorted(read.questions, key=_likeness)
    middle = len(questions) // 2
    return [] if not middle else [_read(questions[:middle]), _read(questions[middle:])]


def _clock(request: Request, columns: Columns) -> Clock | None:
    if request.date is None:
        return None
    in_order = request.start <= request.as_of
    period = between(columns[request.date], request.start, request.as_of) if in_order else NO_ROW
    return Clock(request.date, period)


def _value(aggregate: Aggregate, where: Condition, columns: Columns) -> tuple[Value | None, Condition]:
    """What rows are told apart by, and which rows."""
    if isinstance(aggregate, Days):
        return Value(aggregate.start, aggregate.end), where
    if isinstance(aggregate, Values):
        listed = all_of((where, _listed(aggregate, columns)))
        return (None if listed == NO_ROW else Value(aggregate.column)), listed
    return None, NO_ROW


def _listed(aggregate: Values, columns: Columns) -> Condition:
    """True of rows whose unit is listed. Units are text; in a column of numbers they are written plainly."""
    units: list[Any] = list(aggregate.units)
    if columns[aggregate.column].kind == "integer":
        units = [number for unit in aggregate.units if (number := _plain_number(unit)) is not None]
    return Filter(aggregate.column, "in", tuple(sorted(set(units)))) if units else NO_ROW


def _plain_number(text: str) -> int | None:
    number = int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 19 else None
    return number if str(number) == text else None


def _value_last(question: Question) -> bool:
    return question.value is not None


def _agree(question: Question, group: Sequence[Question]) -> bool:
    return question.value is None or all(
        other.value in (None, question.value) or disjoint(question.listed, other.listed) for other in group
    )


def _read(questions: Sequence[Question]) -> Read:
    shared = frozenset.intersection(*(frozenset(members(question.where)) for question in questions))
    clocks = {question.clock for question in questions}
    return Read(tuple(questions), shared, clocks.pop() if len(clocks) == 1 else None)


def _likeness(question: Question) -> tuple[str, str, str]:
    return repr(question.clock), repr(question.value), repr(question.where)
