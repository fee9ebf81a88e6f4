"""The scan as slowly and plainly as can be: rows are dicts, and every row is asked every question.

What the engine's scan says of a source must be what these few functions say of its rows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from engine.aggregates import Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Values, merge
from engine.calendars import Calendar
from engine.filters import AllOf, AnyOf, Condition, Filter, Not, OnOrBefore, Passed, Within
from engine.periods import Limit, last_day, month_index
from engine.scan import Grain, Request

DAY = timedelta(days=1)

Row = Mapping[str, Any]


def scan(
    rows: Sequence[Row], requests: Sequence[Request], time_zone: str, by: Sequence[str] = ()
) -> dict[Request, dict[Grain, Any]]:
    """The summaries of every request by grain, grains with an empty summary left out."""
    return {request: _summaries(rows, request, time_zone, by) for request in requests}


def _summaries(rows: Sequence[Row], request: Request, time_zone: str, by: Sequence[str]) -> dict[Grain, Any]:
    grains: dict[Grain, list[Row]] = {}
    for row in rows:
        month = None
        if request.date is not None:
            day = civil(value(row, request.date), time_zone)
            if day is None or not request.start <= day <= request.as_of:
                continue
            month = month_index(day)
        if holds(request.aggregate.where, row, request, time_zone):
            grains.setdefault((tuple(text(row[name]) for name in by), month), []).append(row)
    found = {grain: summary(request.aggregate, members, time_zone) for grain, members in grains.items()}
    return {grain: one for grain, one in found.items() if one != merge(request.aggregate, ())}


def value(row: Row, column: str) -> Any:
    """The value of a row; not-a-number is a missing value."""
    found = row[column]
    return None if isinstance(found, float) and math.isnan(found) else found


def text(found: Any) -> str | None:
    """A value as rules write it."""
    if found is None:
        return None
    return str(found).lower() if isinstance(found, bool) else str(found)


def civil(found: Any, time_zone: str) -> Any:
    """The day of a date or time, as the calendar of the time zone has it."""
    if isinstance(found, datetime):
        return (found.astimezone(ZoneInfo(time_zone)) if found.tzinfo else found).date()
    return found


def holds(condition: Condition, row: Row, request: Request, time_zone: str) -> bool:
    """Whether a row meets a condition; never unknown."""
    match condition:
        case AllOf(conditions):
            return all(holds(one, row, request, time_zone) for one in conditions)
        case AnyOf(conditions):
            return any(holds(one, row, request, time_zone) for one in conditions)
        case Not(inner):
            return not holds(inner, row, request, time_zone)
        case Filter(column, test, operand) if test != "older_than":
            return tested(value(row, column), test, operand, time_zone)
    return in_time(condition, row, request, time_zone)


def in_time(condition: Condition, row: Row, request: Request, time_zone: str) -> bool:
    """Whether a row meets a condition on days."""

    def day(column: str) -> Any:
        return civil(value(row, column), time_zone)

    match condition:
        case Within(start, end, limit):
            first, last = day(start), day(end)
            there = first is not None and last is not None and last >= first
            return there and (limit is None or last <= last_in_time(first, limit))
        case Passed(start, limit, until):
            return day(start) is not None and last_in_time(day(start), limit) <= until
        case OnOrBefore(column, until):
            return day(column) is not None and day(column) <= until
        case Filter(column, "older_than", limit):
            return day(column) is not None and last_day(day(column), limit) <= request.as_of
    raise AssertionError(condition)


def last_in_time(start: date, limit: Limit) -> date:
    """The last day in time, with a calendar found day by day."""
    calendar = limit.calendar
    if calendar is None:
        return last_day(start, limit)
    if limit.unit == "working_days":
        day, left = start, limit.number - (not limit.inclusive)
        while left < 0:
            left += calendar.working(day)
            day -= DAY
        while left >= calendar.working(day + DAY):
            day += DAY
            left -= calendar.working(day)
        return day
    day = last_day(start, limit._replace(calendar=None))
    while not calendar.working(day):
        day += DAY
    return day


def tested(found: Any, test: str, operand: Any, time_zone: str) -> bool:
    """Whether a value passes a test of a filter; a missing value passes only `missing`."""
    if test == "missing" or found is None:
        return test == "missing" and found is None
    if test == "in":
        return any(
            compares(found, "at_least", one, time_zone) and compares(found, "at_most", one, time_zone)
            for one in operand
        )
    return compares(found, test, operand, time_zone)


def compares(found: Any, test: str, operand: Any, time_zone: str) -> bool:
    """Whether a value stands so to a literal. A literal that is a day is compared with the day of a time."""
    if isinstance(operand, datetime):
        operand = operand if operand.tzinfo or not found.tzinfo else operand.replace(tzinfo=ZoneInfo(time_zone))
    elif isinstance(operand, date):
        found = civil(found, time_zone)
    elif isinstance(found, float):
        operand = float(operand)
    tests = {
        "at_least": found >= operand,
        "above": found > operand,
        "at_most": found <= operand,
        "below": found < operand,
    }
    return tests[test]


def summary(aggregate: Any, rows: Sequence[Row], time_zone: str) -> Any:
    """The summary of rows that all meet the condition."""
    if isinstance(aggregate, Count):
        return len(rows)
    if isinstance(aggregate, Days):
        pairs = [
            (civil(value(row, aggregate.start), time_zone), civil(value(row, aggregate.end), time_zone)) for row in rows
        ]
        there = [(start, end) for start, end in pairs if start is not None and end is not None]
        return Counter(days_between(start, end, aggregate.calendar) for start, end in there)
    there = [value(row, aggregate.column) for row in rows if value(row, aggregate.column) is not None]
    if isinstance(aggregate, Sum):
        return Total(sum((kept(one, aggregate.decimals) for one in there), Fraction(0)), len(there))
    if isinstance(aggregate, Values):
        texts = [text(one) for one in there]
        listed = [one for one in texts if one in aggregate.units]
        return Occurring(frozenset(listed), len(texts) - len(listed))
    if isinstance(aggregate, Distinct):
        return len(set(there))
    shown = [wall_clock(one, time_zone) for one in there]
    assert isinstance(aggregate, (Min, Max))
    return (min if isinstance(aggregate, Min) else max)(shown, default=None)


def days_between(start: date, end: date, calendar: Calendar | None) -> int:
    """The civil days, or the working days counted one by one, after the one day until the other."""
    days = (end - start).days
    if calendar is None:
        return days
    first = min(start, end)
    passed = [first + timedelta(days=number + 1) for number in range(abs(days))]
    worked = sum(calendar.working(day) for day in passed)
    return worked if days >= 0 else -worked


def wall_clock(found: Any, time_zone: str) -> Any:
    """A time with a zone as clocks show it in the time zone."""
    if isinstance(found, datetime) and found.tzinfo:
        return found.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    return found


def kept(found: Any, decimals: int | None) -> Fraction:
    """A value with so many decimals; whole and decimal numbers keep theirs."""
    if isinstance(found, (int, Decimal)):
        return Fraction(found)
    number = float(found.replace(",", ".")) if isinstance(found, str) else found
    scaled = Fraction(number * 10.0 ** (decimals or 0))
    rounded = math.floor(abs(scaled) + Fraction(1, 2)) * (1 if scaled >= 0 else -1)
    return Fraction(rounded, 10 ** (decimals or 0))
