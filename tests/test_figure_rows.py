"""Figures from the rows of a table: its columns, and what its cells become."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import DataError, Figure, Place, check_figure_columns, figures
from engine.figure_rows import COLUMNS

PLACE = Place(file="sources.counts", line=3)
CELLS = st.none() | st.integers() | st.floats(allow_nan=False) | st.decimals(allow_nan=False) | st.text() | st.dates()


def wrong(names: list[str]) -> Any:
    """What is wrong with the columns of a table without rows."""
    with pytest.raises(DataError) as caught:
        list(figures(names, [], PLACE))
    (found,) = caught.value.problems
    assert found.place == PLACE
    return found


def test_every_column_is_a_field_of_a_figure() -> None:
    fields = set(Figure.__dataclass_fields__)
    assert set(COLUMNS) == fields - {"place", "columns"}


def test_cells_are_what_they_are_written_as() -> None:
    row = ("a", datetime(2025, 5, 31, 23, 59), 0.1, 1, None, date(2025, 6, 30))
    (found,) = figures(["Indicator ", "AS_OF", "value", "numerator", "note", "expected"], [row], PLACE)
    assert found == Figure(
        indicator="a",
        as_of=date(2025, 5, 31),
        value=Decimal("0.1"),
        numerator=1,
        expected=date(2025, 6, 30),
        place=PLACE,
    )


def test_what_is_needed_and_not_given_is_empty() -> None:
    assert list(figures(["indicator", "as_of"], [(None, None)], PLACE)) == [Figure(indicator="", as_of="", place=PLACE)]
    assert list(figures(["indicator", "as_of"], [], PLACE)) == []


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)), max_size=5), st.permutations(COLUMNS))
def test_the_order_of_columns_and_capital_letters_make_no_difference(
    rows: list[dict[str, object]], order: list[str]
) -> None:
    plain = list(figures(COLUMNS, [[row[name] for name in COLUMNS] for row in rows], PLACE))
    shouted = [f" {name.upper()} " for name in order]
    assert list(figures(shouted, [[row[name] for name in order] for row in rows], PLACE)) == plain
    assert len(plain) == len(rows)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_floating_point_number_comes_back_from_its_text(number: float) -> None:
    (found,) = figures(["indicator", "as_of", "value"], [("a", "2025-05-31", number)], PLACE)
    assert isinstance(found.value, Decimal)
    assert float(found.value) == number


@pytest.mark.parametrize(
    ("names", "message", "hint"),
    [
        (["indicator", "as_of", "valeu"], "unknown column 'valeu'", "did you mean 'value'?"),
        (["indicatr", "as_of"], "unknown column 'indicatr'", "did you mean 'indicator'?"),
        (["indicator", "as_of", "columns"], "unknown column 'columns'", f"the columns of figures are {COLUMNS[0]}, "),
        (["indicator", "as_of", ""], "unknown column ''", "the columns of figures are"),
        (["indicator", "value"], "there is no column 'as_of'", "figures need the columns indicator and as_of"),
        ([], "there is no column 'indicator'", "figures need the columns indicator and as_of"),
        (["indicator", "as_of", "value", "Value "], "two columns are named 'value'", "capital letters and blanks"),
    ],
)
def test_columns_that_are_not_those_of_figures(names: list[str], message: str, hint: str) -> None:
    found = wrong(names)
    assert found.message == message
    assert found.hint.startswith(hint)


def test_no_row_is_asked_for_before_the_columns_are_known_to_be_right() -> None:
    asked = []

    def rows() -> Iterator[tuple[str, str]]:
        asked.append("a")
        yield "a", "2025-05-31"

    with pytest.raises(DataError):
        list(figures(["indicator", "day"], rows(), PLACE))
    assert asked == []
    assert len(list(figures(["indicator", "as_of"], rows(), PLACE))) == len(asked) == 1


def test_columns_alone_are_checked_as_they_are_given() -> None:
    check_figure_columns(reversed(COLUMNS), PLACE)
    with pytest.raises(DataError, match="unknown column 'Value'"):
        check_figure_columns(["indicator", "as_of", "Value"], PLACE)
