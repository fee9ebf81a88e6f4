"""Calendar arithmetic: months that end on the month's last day, time limits, and how much of a period is covered."""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from engine.calendars import Calendar
from engine.model import Cover
from engine.target import TargetError, parse_target, split_quantity

FINNISH_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
HUNDRED_YEARS = {"d": 36500, "working_days": 26000, "months": 1200}


class Limit(NamedTuple):
    """A time limit: so many `unit` ("d", "working_days" or "months"), `inclusive` when the last day is in time.

    A limit in working days needs a `calendar`, by which they are counted. With a calendar, a limit in another
    unit ends on a working day: a last day that is none moves to the next one.
    """

    number: int
    unit: str
    inclusive: bool = True
    calendar: Calendar | None = None

    def __str__(self) -> str:
        return f"{'<=' if self.inclusive else '<'} {self.number} {self.unit}"


def parse_limit(text: str) -> Limit:
    """Read a time limit such as `< 30 d` (day 30 is late), `<= 7 working_days` or `<= 3 months`. Raises TargetError."""
    target = parse_target(text)
    if target.operator not in ("<", "<="):
        raise TargetError(f"'{text}' is not a time limit", "write '< 30 d' or '<= 3 months'")
    return Limit(*_whole_span(text, target.number, target.unit), inclusive=target.operator == "<=")


def parse_span(text: str) -> Limit:
    """Read a stretch of time such as `3 months` or `30 d`. Raises TargetError."""
    number, unit = split_quantity(text)
    if unit == "working_days":
        raise TargetError(f"'{text}': a stretch of time is not counted in working days", "write days (d) or months")
    return Limit(*_whole_span(text, number, unit))


def _whole_span(text: str, number: Fraction, unit: str) -> tuple[int, str]:
    if unit not in HUNDRED_YEARS:
        raise TargetError(f"'{text}' has no unit of time", "write days (d, vrk, dygn) or months (kk, mån)")
    if number.denominator != 1 or not 0 <= number <= HUNDRED_YEARS[unit]:
        raise TargetError(f"'{text}' is not a whole number of days or months, up to a hundred years")
    return int(number), unit


def last_day(start: date, limit: Limit) -> date:
    """The last day that is in time, counted from `start`, which is day 0.

    Months clamp to the month's end: three months from 30 November end on 28 February (Finland's act
    150/1930 on the calculation of periods, sections 2 and 3). Working days last until the day before the
    first one that is too many, so days off after the last one are in time. Raises ValueError or
    OverflowError beyond the end of the calendar.
    """
    if limit.unit == "working_days":
        return _last_by_working_days(start, limit)
    end = add_months(start, limit.number) if limit.unit == "months" else start + timedelta(days=limit.number)
    last = end if limit.inclusive else end - timedelta(days=1)
    return limit.calendar.next_working_day(last) if limit.calendar else last


def _last_by_working_days(start: date, limit: Limit) -> date:
    if limit.calendar is None:
        raise ValueError("a limit in working days needs a calendar")
    late = limit.calendar.number(start) + limit.number + limit.inclusive
    return limit.calendar.day(late) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The day so many months later, or the last day of that month where there is no such day."""
    index = month_index(day) + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def month_index(day: date) -> int:
    """A running number of the month, so that differences count months."""
    return day.year * 12 + day.month - 1


def month_end(index: int) -> date:
    """The last day of the month with that running number."""
    year, month = index // 12, index % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def quarter_index(day: date) -> int:
    """A running number of the quarter: a third of that of its months."""
    return month_index(day) // 3


def quarter_end(index: int) -> date:
    """The last day of the quarter with that running number."""
    return month_end(3 * index + 2)


def is_month_end(day: date) -> bool:
    """True for the last day of a month."""
    return day == month_end(month_index(day))


def parse_date(value: object) -> date:
    """Read a date: a date, a time (of which the day counts), or text: `2025-05-31`, `31.5.2025`. Raises ValueError."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = value.strip() if isinstance(value, str) else ""
    finnish = FINNISH_DATE.fullmatch(text)
    with suppress(ValueError):
        if finnish:
            return date(int(finnish[3]), int(finnish[2]), int(finnish[1]))
        if ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    raise ValueError(f"'{value}' is not a date")


def cover(stretches: list[tuple[date, date]], start: date, as_of: date, end: date) -> Cover:
    """How much of `start` to `end` the stretches (first and last day, not overlapping) cover.

    In months when the period and every stretch begin and end with a month, else in days. What has not
    ended by `as_of` is not elapsed.
    """
    edges = [*stretches, (start, end)]
    until = min(as_of, end)
    if all(first.day == 1 and is_month_end(last) for first, last in edges):
        return Cover(
            covered=sum(_months(first, last) for first, last in stretches),
            elapsed=max(0, _months(start, until) - (not is_month_end(until))),
            whole=_months(start, end),
            unit="months",
        )
    return Cover(
        covered=sum(_days(first, last) for first, last in stretches),
        elapsed=max(0, _days(start, until)),
        whole=_days(start, end),
        unit="days",
    )


def _months(first: date, last: date) -> int:
    return month_index(last) - month_index(first) + 1


def _days(first: date, last: date) -> int:
    return (last - first).days + 1
