"""Days as the values that a column of dates or times holds, so that a row is only compared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.calendars import Calendar
from engine.periods import Limit, add_months, last_day
from engine.scan.columns import Column

ONE_DAY = timedelta(days=1)


def latest_start(limit: Limit, day: date) -> date | None:
    """The latest start whose last day in time (`engine.periods.last_day`) is on or before `day`.

    None when there is no such start in the calendar. A later start never has an earlier last day, so
    comparing with this date is comparing last days.
    """
    if limit.calendar:
        return _latest_by_calendar(limit, limit.calendar, day)
    try:
        start = add_months(day, -limit.number) if limit.unit == "months" else day - timedelta(days=limit.number)
    except (ValueError, OverflowError):
        return None
    while start < date.max and _in_time(start + ONE_DAY, limit, day):
        start += ONE_DAY
    return start


def _latest_by_calendar(limit: Limit, calendar: Calendar, day: date) -> date | None:
    """The same for a limit in working days, and for one that ends on a working day.

    The latter is over by a day when, without the calendar, it is over by the last working day until then.
    """
    try:
        if limit.unit != "working_days":
            return latest_start(limit._replace(calendar=None), calendar.day(calendar.number(day)))
        number = calendar.number(next_day(day) or day) - limit.number - limit.inclusive
        return calendar.day(number + 1) - ONE_DAY
    except (ValueError, OverflowError):
        return None


def _in_time(start: date, limit: Limit, day: date) -> bool:
    try:
        return last_day(start, limit) <= day
    except (ValueError, OverflowError):
        return False


def beginning(day: date, column: Column) -> date:
    """The first moment of a day, as a value to compare the column with."""
    return day if column.kind == "date" else moment(datetime(day.year, day.month, day.day), column)


def moment(time: datetime, column: Column) -> datetime:
    """A time as a value to compare the column with: in UTC when the column has times with a zone.

    A time without a zone is meant in the zone in which days are counted.
    """
    if column.kind != "instant":
        return time
    local = time if time.tzinfo else time.replace(tzinfo=ZoneInfo(column.local))
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return local.replace(tzinfo=UTC)


def next_day(day: date) -> date | None:
    """The day after, or None at the end of the calendar."""
    return None if day == date.max else day + ONE_DAY
