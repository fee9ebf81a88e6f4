"""Figures from the rows of a table, as sources have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from engine.errors import DataError, Place, Problem, nearest
from engine.model import Figure

COLUMNS = ("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected")
NEEDED = ("indicator", "as_of")


def figures(names: Iterable[str], rows: Iterable[Iterable[object]], place: Place) -> Iterator[Figure]:
    """The figures of a table: the names of its columns, and its rows, which are asked for one by one.

    Capital letters and blanks around a name make no difference. A cell that is None is left out, a
    floating-point number counts as what it is written as (0.1 is one tenth), and a time as its day.
    Raises DataError, before any row is asked for, as `check_figure_columns` does.
    """
    columns = [name.strip().lower() for name in names]
    check_figure_columns(columns, place)
    for row in rows:
        cells = {name: _plain(value) for name, value in zip(columns, row, strict=True) if value is not None}
        yield Figure(**{"indicator": "", "as_of": "", **cells}, place=place)  # type: ignore[arg-type]


def check_figure_columns(names: Iterable[str], place: Place) -> None:
    """Check the names of the columns of figures, in small letters.

    Raises DataError at the place for a column that figures do not have, for two of one name, and when
    `indicator` or `as_of` is not there.
    """
    found: set[str] = set()
    for name in names:
        if name not in COLUMNS:
            hint = nearest(name, COLUMNS, f"the columns of figures are {', '.join(COLUMNS)}")
            raise DataError(Problem(message=f"unknown column '{name}'", place=place, hint=hint))
        if name in found:
            hint = "capital letters and blanks around a name make no difference"
            raise DataError(Problem(message=f"two columns are named '{name}'", place=place, hint=hint))
        found.add(name)
    for name in NEEDED:
        if name not in found:
            hint = "figures need the columns indicator and as_of"
            raise DataError(Problem(message=f"there is no column '{name}'", place=place, hint=hint))


def _plain(value: object) -> object:
    """A number as it is written, and the day of a time."""
    if isinstance(value, float):
        return Decimal(repr(value))
    return value.date() if isinstance(value, datetime) else value
