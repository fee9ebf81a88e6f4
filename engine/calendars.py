"""Working days of a country: those that are neither of its weekend nor a public holiday.

Weekends and holidays are those of the `holidays` package, which is loaded when they are first needed.
Finland's list is that of its act 150/1930, section 5, with Midsummer Eve and Christmas Eve.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from engine.errors import nearest

YEARS = 10
"""For how many years before the last one holidays are known."""
ONE_DAY = timedelta(days=1)
LAST = date.max.toordinal()


@dataclass(frozen=True)
class Calendar:
    """The working days of a country, given by its ISO code, as seen from a year.

    Holidays are known from ten years before the `year` to the year after it. On earlier and later days
    only Saturdays and Sundays are free. Raises ValueError when it is used and there is no such country.
    """

    country: str
    year: int

    @property
    def changes(self) -> tuple[tuple[date, int], ...]:
        """The days that are not what their weekday says (a holiday on a Monday, a Saturday that is worked).

        Each has how many more working days than days from Monday to Friday there are from it on; fewer are
        negative.
        """
        return _changes(self.country, self.year)

    def working(self, day: date) -> bool:
        """Whether it is a working day."""
        return self._number(day.toordinal()) > self._number(day.toordinal() - 1)

    def number(self, day: date) -> int:
        """How many working days there are from the first day of the calendar to this day, which counts, too."""
        return self._number(day.toordinal())

    def day(self, number: int) -> date:
        """The working day of that number. Raises ValueError when the calendar has none."""
        place = bisect_left(range(LAST + 1), number, key=self._number)
        if number < 1 or place > LAST:
            raise ValueError(f"there is no working day {number}")
        return date.fromordinal(place)

    def next_working_day(self, day: date) -> date:
        """The day itself when it is a working day, else the first one after it. Raises ValueError without one."""
        return self.day(self._number(day.toordinal() - 1) + 1)

    def _number(self, ordinal: int) -> int:
        changes = self.changes
        place = bisect_right(changes, ordinal, key=_ordinal)
        return ordinal - ordinal // 7 - (ordinal + 1) // 7 + (changes[place - 1][1] if place else 0)


def wrong_country(country: str) -> str:
    """What is wrong with the ISO code of a country, in words; empty when its working days are known."""
    if not country:
        return "'country' is missing: write whose working days, such as country = 'FI'"
    from holidays import country_holidays, list_supported_countries  # a large library, which few plans need

    known = list_supported_countries(include_aliases=False)
    if country in known:
        return ""
    code = country.upper()
    if code in list_supported_countries():
        hint = f"did you mean '{country_holidays(code).country}'?"
    else:
        hint = nearest(code, known) or "write an ISO code of two letters, such as 'FI'"
    return f"unknown country '{country}': {hint}"


def _ordinal(change: tuple[date, int]) -> int:
    return change[0].toordinal()


@cache
def _changes(country: str, year: int) -> tuple[tuple[date, int], ...]:
    more = 0
    found = []
    for day, difference in _differences(country, max(1, year - YEARS), min(year + 1, date.max.year)):
        more += difference
        found.append((day, more))
    return tuple(found)


def _differences(country: str, first: int, last: int) -> Iterator[tuple[date, int]]:
    """The days of these years that are not what their weekday says: 1 when they are working days, else -1."""
    from holidays import country_holidays

    if wrong := wrong_country(country):
        raise ValueError(wrong)
    holidays = country_holidays(country, years=range(first, last + 1))
    for ordinal in range(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        difference = holidays.is_working_day(day) - (day.weekday() < 5)
        if difference:
            yield day, difference
