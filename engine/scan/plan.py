"""Requests shared out into reads: as few as possible, so that each has few cells."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.aggregates import Aggregate, Days, Distinct, Values
from engine.calendars import Calendar
from engine.filters import EVERY_ROW, Condition, Filter, Not, members
from engine.scan.columns import Columns
from engine.scan.normal import NO_ROW, all_of, any_of, between, normal, present
from engine.scan.overlap import disjoint
from engine.scan.ranges import ranges
from engine.scan.request import Request, columns_needed
from engine.scan.simple import simple

FEW_STRETCHES = 6
"""How many different stretches of time a read looks for; more would cost more than they save."""
FEW_RANGES = 6
"""How many ranges of a column are counted one by one; more are told by a bucket."""


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
    calendar: Calendar | None = None


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
    questions have, if they do, and then only rows of its period are read, too. `told` is a column of which
    the questions ask for many ranges, if there is one.
    """

    questions: tuple[Question, ...]
    shared: frozenset[Condition]
    clock: Clock | None
    told: str = ""

    @property
    def clocks(self) -> tuple[str, ...]:
        """The columns that date the rows."""
        return tuple(dict.fromkeys(question.clock.column for question in self.questions if question.clock))

    @property
    def rows(self) -> Condition:
        """The rows that are read; data that lie in order of their dates need not be read to their end."""
        return all_of((*self.shared, self.clock.period if self.clock else self._days()))

    def _days(self) -> Condition:
        """What each of the questions asks of the columns that date rows: one of it every row must meet."""
        dated = {question.clock.column for question in self.questions if question.clock}
        asked = {_of_columns(question, dated) for question in self.questions}
        return simple(any_of(asked)) if len(asked) <= FEW_STRETCHES else EVERY_ROW

    def rest(self, condition: Condition) -> Condition:
        """What a question's condition still asks of the rows that are read."""
        return all_of(member for member in members(condition) if member not in self.shared)


def question(request: Request, columns: Columns) -> Question:
    """The question that a request asks."""
    if any(columns[name].kind == "nothing" for name in columns_needed(request)):
        return Question(request, NO_ROW, None, None, NO_ROW)
    aggregate = request.aggregate
    where = simple(normal(aggregate.where, columns, request.as_of))
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
    only when no row is in both. The same is true of columns with many ranges: a read tells those of one
    column apart. Different values of a column are counted in a read of their own.
    """
    every = sorted(questions, key=_value_last)
    told = _told(every)
    together: list[list[Question]] = []
    alone: list[Read] = []
    for one in sorted(every, key=lambda one: told[one]):
        if isinstance(one.request.aggregate, Distinct):
            alone.append(_read([one], told))
        elif (group := next((group for group in together if _agree(one, group, told)), None)) is not None:
            group.append(one)
        else:
            together.append([one])
    return [_read(group, told) for group in together] + alone


def halves(read: Read) -> list[Read]:
    """The read in two, questions that have keys in common together; empty when it is for one question."""
    questions = sorted(read.questions, key=_likeness)
    middle = len(questions) // 2
    told = dict.fromkeys(questions, read.told)
    return [] if not middle else [_read(questions[:middle], told), _read(questions[middle:], told)]


def _told(questions: Sequence[Question]) -> dict[Question, str]:
    """The column with many ranges that each question looks at, if it looks at one."""
    dated = {question.clock.column for question in questions if question.clock}
    asked = ranges(question.where for question in questions)
    many = [column for column, number in asked.most_common() if number > FEW_RANGES and column not in dated]
    return {
        question: next((column for column in many if ranges([question.where])[column]), "") for question in questions
    }


def _clock(request: Request, columns: Columns) -> Clock | None:
    if request.date is None:
        return None
    in_order = request.start <= request.as_of
    period = between(columns[request.date], request.start, request.as_of) if in_order else NO_ROW
    return Clock(request.date, period)


def _value(aggregate: Aggregate, where: Condition, columns: Columns) -> tuple[Value | None, Condition]:
    """What rows are told apart by, and which rows."""
    if isinstance(aggregate, Days):
        return Value(aggregate.start, aggregate.end, aggregate.calendar), where
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


def _of_columns(question: Question, columns: Container[str]) -> Condition:
    """What a question, its period included, asks of single columns."""
    every = (*members(question.where), *(members(question.clock.period) if question.clock else ()))
    tests = ((member, member.condition if isinstance(member, Not) else member) for member in every)
    return all_of(member for member, test in tests if isinstance(test, Filter) and test.column in columns)


def _value_last(question: Question) -> bool:
    return question.value is not None


def _agree(question: Question, group: Sequence[Question], told: Mapping[Question, str]) -> bool:
    if {told[question], *(told[other] for other in group)} - {"", told[question]}:
        return False
    return question.value is None or all(
        other.value in (None, question.value) or disjoint(question.listed, other.listed) for other in group
    )


def _read(questions: Sequence[Question], told: Mapping[Question, str]) -> Read:
    shared = frozenset.intersection(*(frozenset(members(question.where)) for question in questions))
    clocks = {question.clock for question in questions}
    clock = clocks.pop() if len(clocks) == 1 else None
    return Read(tuple(questions), shared, clock, max(told[question] for question in questions))


def _likeness(question: Question) -> tuple[str, str, str]:
    return repr(question.clock), repr(question.value), repr(question.where)
