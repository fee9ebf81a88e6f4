"""Civil days as expressions: numbers of days that any data frame engine can subtract.

`day` counts days. `month` orders days by month and day of the month, months being 32 apart, so that
"at most n months after, or the month's last day" is one comparison: the end's day of the month never is
later than the month is long. `late_month` numbers a month's last day as its 31st: "before the day n
months after, or the month's last day" is then one comparison, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import narwhals as nw

from engine.scan.columns import Column, Columns
from engine.scan.normal import MONTH, WorkingDay

SHORT_MONTHS = [4, 6, 9, 11]


def local_time(column: Column) -> nw.Expr:
    """The column's dates, or its times as clocks show them in the zone in which days are counted."""
    return column.values.dt.convert_time_zone(column.local) if column.zone != column.local else column.values


def wall_clock(column: Column) -> nw.Expr:
    """The same without a zone, so that it can be handed over as it is shown."""
    return local_time(column).dt.replace_time_zone(None) if column.kind == "instant" else column.values


def month_number(column: Column) -> nw.Expr:
    """The running number of the month, as `engine.periods.month_index` counts it."""
    days = local_time(column)
    return days.dt.year() * 12 + days.dt.month() - 1


def day_number(column: Column, unit: str) -> nw.Expr:
    """The number of the day by `unit`: `day`, `month` or `late_month`."""
    return NUMBERS[unit](local_time(column))


def working_day_number(day: WorkingDay, columns: Columns) -> nw.Expr:
    """The number of a working day, as `engine.calendars.Calendar` numbers it."""
    moved = _moved(day, columns[day.column])
    number = _by_day(moved)
    weekend_days = (number / 7).floor() + ((number + 1) / 7).floor()
    return number - weekend_days.cast(nw.Int64) + _more(moved, day.calendar.changes, 0)


def _moved(day: WorkingDay, column: Column) -> nw.Expr:
    moved = column.values if column.kind == "date" else wall_clock(column).cast(nw.Date)
    moved = moved.dt.offset_by(f"{day.months}mo") if day.months else moved
    return moved.dt.offset_by(f"{day.days}d") if day.days else moved


def _more(day: nw.Expr, changes: Sequence[tuple[date, int]], before: int) -> nw.Expr | int:
    """What the last of the changes until the day says: a tree of comparisons, so that few are made for a row."""
    if not changes:
        return before
    middle = len(changes) // 2
    since, more = changes[middle]
    later, earlier = _more(day, changes[middle + 1 :], more), _more(day, changes[:middle], before)
    return nw.when(day >= since).then(later).otherwise(earlier)


def _by_day(days: nw.Expr) -> nw.Expr:
    """As `date.toordinal`. True division and floor are exact here, and faster than integer division."""
    past = days.dt.year() - 1
    leap_days = (past / 4).floor() - (past / 100).floor() + (past / 400).floor()
    return (past * 365 + leap_days + days.dt.ordinal_day()).cast(nw.Int64)


def _by_month(days: nw.Expr) -> nw.Expr:
    return (days.dt.year() * 12 + days.dt.month()) * MONTH + days.dt.day()


def _by_late_month(days: nw.Expr) -> nw.Expr:
    number = _by_month(days)
    return nw.when(days.dt.day() == _length_of_month(days)).then(number - days.dt.day() + 31).otherwise(number)


def _length_of_month(days: nw.Expr) -> nw.Expr:
    year, month = days.dt.year(), days.dt.month()
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    february = nw.when(leap).then(29).otherwise(28)
    others = nw.when(month.is_in(SHORT_MONTHS)).then(30).otherwise(31)
    return nw.when(month == 2).then(february).otherwise(others)


NUMBERS: dict[str, Callable[[nw.Expr], nw.Expr]] = {
    "day": _by_day,
    "month": _by_month,
    "late_month": _by_late_month,
}
