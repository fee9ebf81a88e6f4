"""One table that has what engines treat differently: 154 rows, most of whose values are different in each column.

Names in many scripts, with quotes, commas and blanks; numbers that only 64 bits hold; decimal numbers; days at the
ends of months and in leap years; ends before starts; times and instants around midnight, summer time and the turn of
the year; and missing values of every type.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

TYPES: dict[str, type] = {
    "id": int, "area": str, "kind": str, "done": bool, "number": int, "amount": Decimal, "weight": float,
    "opened": date, "closed": date, "noted": datetime, "seen": datetime,
}  # fmt: skip
INSTANTS = ("seen",)
"""The columns whose times have a zone; `noted` has times without one."""

AREAS = (
    "Eno", "Ähtäri", "Liperi", "O'Brien's", 'the "old" town', "東京", "a,b;c", "back\\slash", "Eno ", "🙂 ümlaut ﬁ",
    "100 % _", "Åland", None,
)  # fmt: skip
KINDS = ("a", "b", "c", None, "a")
DONE = (True, False, True, None, True, False, True)
NUMBERS = (
    2**62, 2**62 - 1, -(2**62), 2**62 + 1, 2**53 + 1, 2**53, 0, None, -7, 2**31, 3_000_000_000, 1, -(2**53) - 1,
    2**62 - 3, 42, 2**32, -1,
)  # fmt: skip
AMOUNTS = tuple(
    None if text is None else Decimal(text)
    for text in (
        "0.10", "0.20", "0.30", "-0.01", "1234567890.12", None, "0.00", "99999.99", "-1234.56", "0.07", "1000.00",
    )
)  # fmt: skip
WEIGHTS = (0.5, 0.25, None, -1.125, 1024.0, 0.0, 3.375, 1e6 + 0.5)
OPENED = (
    date(2024, 1, 31), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31), date(2024, 4, 30),
    date(2024, 1, 1), date(2024, 8, 31), None, date(2024, 10, 31), date(2024, 11, 30), date(2024, 12, 1),
    date(2023, 12, 31), date(2024, 5, 31), date(2024, 6, 30), date(2023, 2, 28), date(2024, 7, 1), date(2024, 11, 1),
    date(2024, 9, 30),
)  # fmt: skip
LASTED = (0, 1, 28, 29, 30, 31, 32, None, -1, 59, 60, 90, 91, 92, -30, 365, 366, 10, 5, None, 61, 3, 14)
"""Days from `opened` to `closed`: negative ones, and those around one and three months."""

NOTED = (
    datetime(2024, 1, 31, 23, 59, 59, 999000), datetime(2024, 2, 29), datetime(2024, 2, 29, 23, 59, 59),
    datetime(2024, 3, 1), datetime(2024, 3, 31, 3, 30), None, datetime(2024, 10, 27, 3, 30),
    datetime(2023, 12, 31, 23, 59, 59), datetime(2024, 11, 30, 23, 59), datetime(2024, 12, 1),
)  # fmt: skip
SEEN = tuple(
    None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2023-12-31T21:59:59", "2023-12-31T22:00:00", "2023-12-31T23:59:59", "2024-01-01T00:00:00",
        "2024-01-31T21:59:59", "2024-01-31T22:00:00", "2024-02-28T22:30:00", "2024-02-29T21:59:59",
        "2024-02-29T22:00:00", None, "2024-03-31T00:59:59", "2024-03-31T01:00:00", "2024-03-31T20:59:59",
        "2024-03-31T21:00:00", "2024-06-30T20:59:59", "2024-06-30T21:00:00", "2024-10-27T00:30:00",
        "2024-10-27T01:30:00", "2024-10-31T21:59:59", "2024-10-31T22:00:00", "2024-11-30T21:59:59",
        "2024-11-30T22:00:00", "2024-11-30T23:59:59", "2024-12-01T00:00:00",
    )
)  # fmt: skip


def _rows(number: int) -> Iterator[Row]:
    """Rows that go through every list in turn; the lists are of different lengths, so that rows differ."""

    def turn(values: tuple[Any, ...], place: int) -> Any:
        return values[place % len(values)]

    for place in range(number):
        opened, lasted = turn(OPENED, place), turn(LASTED, place)
        yield {
            "id": place + 1,
            "area": turn(AREAS, place),
            "kind": turn(KINDS, place),
            "done": turn(DONE, place),
            "number": turn(NUMBERS, place),
            "amount": turn(AMOUNTS, place),
            "weight": turn(WEIGHTS, place),
            "opened": opened,
            "closed": None if opened is None or lasted is None else opened + timedelta(days=lasted),
            "noted": turn(NOTED, place),
            "seen": turn(SEEN, place),
        }


ROWS = tuple(_rows(154))
