"""Hypothesis strategies for rows of a source, and for what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.aggregates import Aggregate, Count, Days, Distinct, Max, Min, Sum, Values
from engine.calendars import Calendar
from engine.filters import EVERY_ROW, AllOf, AnyOf, Condition, Filter, Not, OnOrBefore, Passed, Within, missing
from engine.periods import Limit
from engine.scan import Request

ZONES = ("Europe/Helsinki", "UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
TEXTS = ("a", "b", "c", "Ä", "")
WHOLES = (0, 17, 18, 25, 40, 65, -1)
HUGE = (2**62, -(2**62), 2**63 - 1, -(2**63), 2**32, 2**32 - 1, -1, 0, 3)
AMOUNTS = ("0.00", "0.01", "-0.01", "12.34", "9999999999.99", "-9999999999.99")
FLOATS = (0.0, 0.125, -0.125, 0.1, 1.005, 2.5, -2.5, 1e9, float("nan"))
WRITTEN = ("1", "1.5", "1,5", "-0,25", "1,2345", "+7", "0.125")
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-30",
        "2024-03-31", "2024-04-30", "2024-05-31", "2024-11-30", "2024-12-31", "2025-01-01", "2025-02-28",
    )
)  # fmt: skip
HOURS = (0, 1, 2, 3, 5, 12, 21, 22, 23)
DATED = ("started", "ended", "opened", "closed")
COLUMNS = {
    "area": "VARCHAR", "kind": "VARCHAR", "flag": "BOOLEAN", "age": "SMALLINT", "huge": "BIGINT",
    "amount": "DECIMAL(12,2)", "weight": "DOUBLE", "written": "VARCHAR", "started": "DATE", "ended": "DATE",
    "opened": "TIMESTAMP", "closed": "TIMESTAMPTZ",
}  # fmt: skip

Row = dict[str, Any]


def days() -> st.SearchStrategy[date]:
    """Days of which month ends and leap days are many."""
    return st.sampled_from(DAYS) | st.dates(date(2023, 12, 1), date(2025, 3, 31))


def times() -> st.SearchStrategy[datetime]:
    """Times without a zone, close to midnight many of them."""
    return st.builds(
        lambda day, hour, minute: datetime(day.year, day.month, day.day, hour, minute),
        days(),
        st.sampled_from(HOURS),
        st.sampled_from((0, 30, 59)),
    )


def instants() -> st.SearchStrategy[datetime]:
    """Times with a zone."""
    return times().map(lambda time: time.replace(tzinfo=UTC))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "area": st.sampled_from(("north", "south")),
    "kind": st.sampled_from(TEXTS),
    "flag": st.booleans(),
    "age": st.sampled_from(WHOLES) | st.integers(-5, 70),
    "huge": st.sampled_from(HUGE),
    "amount": st.sampled_from(AMOUNTS).map(Decimal),
    "weight": st.sampled_from(FLOATS),
    "written": st.sampled_from(WRITTEN),
    "started": days(),
    "ended": days(),
    "opened": times(),
    "closed": instants(),
}


def rows(most: int = 25) -> st.SearchStrategy[list[Row]]:
    """Rows of a source, none and rows without a single value among them."""
    row = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
    return st.lists(row, max_size=most)


def limits() -> st.SearchStrategy[Limit]:
    """Time limits, those of no length included."""
    number, unit = st.sampled_from((0, 1, 2, 3, 12, 30)), st.sampled_from(("d", "months"))
    return st.builds(Limit, number, unit, st.booleans(), st.none())


def calendars() -> st.SearchStrategy[Calendar]:
    """Calendars, most of which know the holidays of the days above."""
    return st.builds(Calendar, st.sampled_from(("FI", "FI", "HU")), st.sampled_from((2024, 2025, 2050)))


def literals(column: str) -> st.SearchStrategy[Any]:
    """Literals that fit a column, decimal ones beside whole numbers and days beside times included."""
    if column in ("age", "huge", "amount", "weight"):
        number = st.sampled_from((*WHOLES, 2**62, -(2**63)))
        return number | st.sampled_from(("17.5", "0.125", "12.34", "-0.01", "0.1")).map(Decimal)
    if column == "opened":
        return days() | times()
    if column == "closed":
        return days() | times() | instants()
    return VALUES[column]


def tests(column: str) -> st.SearchStrategy[Condition]:
    """Single tests of a column."""
    listed = st.lists(literals(column), min_size=1, max_size=3).map(tuple)
    found = st.builds(Filter, st.just(column), st.just("in"), listed) | st.just(missing(column))
    if column == "flag":
        return found
    found |= st.builds(
        Filter, st.just(column), st.sampled_from(("at_least", "above", "at_most", "below")), literals(column)
    )
    if column not in DATED:
        return found
    found |= st.builds(Filter, st.just(column), st.just("older_than"), limits())
    dated = st.sampled_from(DATED)
    found |= st.builds(Passed, st.just(column), limits(), days()) | st.builds(OnOrBefore, st.just(column), days())
    return found | st.builds(Within, st.just(column), dated, st.none() | limits())


def ranges(column: str) -> st.SearchStrategy[Condition]:
    """Ranges of a column, with a lower and an upper end."""
    end = st.builds(
        Filter, st.just(column), st.sampled_from(("at_least", "above", "at_most", "below")), literals(column)
    )
    return st.lists(end, min_size=1, max_size=2).map(lambda ends: AllOf(tuple(ends)))


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of all kinds on the columns."""
    single = st.sampled_from([name for name in COLUMNS if name != "written"]).flatmap(tests)
    return st.recursive(
        single | st.just(EVERY_ROW) | st.just(AnyOf()),
        lambda inner: (
            st.builds(Not, inner)
            | st.lists(inner, min_size=1, max_size=3).map(lambda many: AllOf(tuple(many)))
            | st.lists(inner, min_size=1, max_size=3).map(lambda many: AnyOf(tuple(many)))
        ),
        max_leaves=4,
    )


def aggregates(where: st.SearchStrategy[Condition] | None = None) -> st.SearchStrategy[Aggregate]:
    """Aggregates of all kinds."""
    rows_of = conditions() if where is None else where
    dated = st.sampled_from(DATED)
    units = st.lists(st.sampled_from((*TEXTS, "nowhere")), unique=True, max_size=4).map(tuple)
    ages = st.lists(st.sampled_from(("17", "18", "-1", "nobody", "017")), unique=True, max_size=4).map(tuple)
    ordered = st.sampled_from(("kind", "age", "huge", "amount", "weight", *DATED))
    return (
        st.builds(Count, rows_of)
        | st.builds(Sum, st.sampled_from(("age", "huge", "amount")), rows_of)
        | st.builds(Sum, st.sampled_from(("weight", "written")), rows_of, st.integers(0, 3))
        | st.builds(Days, dated, dated, rows_of)
        | st.builds(Values, st.just("kind"), rows_of, units)
        | st.builds(Values, st.just("age"), rows_of, ages)
        | st.builds(Distinct, st.sampled_from([name for name in COLUMNS if name != "written"]), rows_of)
        | st.builds(Min, ordered, rows_of)
        | st.builds(Max, ordered, rows_of)
    )


def requests(asked: st.SearchStrategy[Aggregate] | None = None) -> st.SearchStrategy[Request]:
    """Requests with and without a date, over periods of a day to a year and more."""

    def build(aggregate: Aggregate, column: str | None, start: date, length: int) -> Request:
        return Request(aggregate, column, start, start + timedelta(days=length))

    return st.builds(
        build,
        aggregates() if asked is None else asked,
        st.none() | st.sampled_from(DATED),
        st.sampled_from((date(2024, 1, 1), date(2024, 2, 29))) | days(),
        st.sampled_from((0, 59, 365)) | st.integers(0, 400),
    )


def breakdowns() -> st.SearchStrategy[Sequence[str]]:
    """Columns to break down by."""
    return st.sampled_from(((), ("area",), ("kind", "flag"), ("age",), ("started",)))
