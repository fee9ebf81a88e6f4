"""Hypothesis strategies for the data that plugins are given. Only calling one imports Hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.contracts import Kind, Member, Series
from engine.model import Cover, Measurement, Status
from engine.periods import month_end, month_index
from engine.testing.laws import AT

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Column = Sequence[Any] | type
MONTHS = month_index(AT.end) - month_index(AT.start) + 1


def rows(columns: Mapping[str, Column], max_size: int = 20) -> SearchStrategy[list[dict[str, Any]]]:
    """Rows of a table. A column is a list of its values, or one of str, int, bool, Decimal and date.

    Every value may be missing. Dates lie in the period of examples, or up to a month before or after it.
    """
    from hypothesis import strategies as st

    row = st.fixed_dictionaries({}, optional={name: _values(column) for name, column in columns.items()})
    return st.lists(row, max_size=max_size)


def _values(column: Column) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    if not isinstance(column, type):
        return st.sampled_from(column)
    by_type: dict[type, SearchStrategy[Any]] = {
        str: st.sampled_from(["a", "b", "c", "Ä", ""]),
        int: st.integers(-100, 100),
        bool: st.booleans(),
        Decimal: st.decimals(-100, 100, places=2),
        date: st.dates(AT.start - timedelta(days=31), AT.end + timedelta(days=31)),
    }
    return by_type[column]


def statuses() -> SearchStrategy[Status]:
    """The three levels."""
    from hypothesis import strategies as st

    return st.sampled_from(Status)


def members() -> SearchStrategy[list[Member]]:
    """The members of a whole: at least one, with weights."""
    from hypothesis import strategies as st

    return st.lists(st.builds(Member, statuses(), st.integers(1, 5)), min_size=1, max_size=6)


def measurements(unit: str = "%") -> SearchStrategy[Measurement]:
    """Measurements as the engine gives them to others: shares for `%`, any values for other units."""
    from hypothesis import strategies as st

    value = st.fractions(0, 100 if unit == "%" else 1000, max_denominator=100)
    single = st.builds(_measurement, value, st.just(unit), st.booleans())
    counts = st.tuples(*[st.integers(0, 50)] * 3).filter(any)
    return single | st.builds(_share, counts, st.booleans()) if unit == "%" else single


def series(kind: Kind | None = None) -> SearchStrategy[Series]:
    """The measurements of one indicator: to date, with or without a cover, and of none to all months."""
    from hypothesis import strategies as st

    units: dict[Kind, tuple[str, ...]] = {"ratio": ("%",), "total": ("", "€"), "level": ("%", "d", "")}
    kinds = units if kind is None else (kind,)
    return st.one_of(*(_series(one, unit) for one in kinds for unit in units[one]))


def _series(kind: Kind, unit: str) -> SearchStrategy[Series]:
    from hypothesis import strategies as st

    def build(values: list[Measurement], to_date: Measurement, covered: int | None) -> Series:
        extent = None if covered is None else Cover(covered, MONTHS, MONTHS, "months")
        ends = [month_end(month_index(AT.start) + place) for place in range(MONTHS)]
        months = tuple(replace(value, as_of=day) for value, day in zip(values, ends, strict=False))
        return Series(kind=kind, to_date=replace(to_date, as_of=AT.as_of, cover=extent), months=months)

    monthly = st.lists(measurements(unit), max_size=MONTHS)
    return st.builds(build, monthly, measurements(unit), st.none() | st.integers(0, MONTHS))


def _measurement(value: Fraction, unit: str, bounded: bool) -> Measurement:
    return Measurement(value=value, unit=unit, low=value if bounded else None)


def _share(counts: tuple[int, int, int], bounded: bool) -> Measurement:
    """The share of what is done, with what is still ahead in the bounds."""
    done, lost, ahead = counts
    total = done + lost + ahead
    low, high = Fraction(100 * done, total), Fraction(100 * (done + ahead), total)
    return Measurement.share(done, total, low=low if bounded else None, high=high if bounded else None)
