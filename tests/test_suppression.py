"""Small segments are hidden, and nothing that is shown gives them away."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.aggregates import Count, Days, Distinct, Occurring, Sum, Total, Values
from engine.evaluate.records import ROWS
from engine.evaluate.suppression import Size, hidden, is_small, size
from engine.model import Measurement

BELOW = st.integers(1, 10)


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    """Rows, hits and misses of a segment, few of them often."""
    rows = draw(st.integers(0, 12) | st.integers(0, 1000))
    hits = draw(st.integers(0, rows))
    return (rows, hits, rows - hits)


def breakdowns() -> st.SearchStrategy[dict[tuple[str, str], Size]]:
    """Segments of two columns."""
    names = st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz"))
    return st.dictionaries(names, sizes(), max_size=12)


def together(found: dict[tuple[str, str], Size], names: frozenset[tuple[str, str]]) -> Size:
    return tuple(sum(found[name][place] for name in names) for place in range(3))


@given(sizes(), BELOW)
def test_a_segment_is_small_by_its_rows_hits_or_misses(found: Size, below: int) -> None:
    assert is_small(found, below) == any(number in range(1, below) for number in found)


@given(breakdowns(), BELOW)
def test_every_small_segment_is_hidden(found: dict[tuple[str, str], Size], below: int) -> None:
    assert {name for name, one in found.items() if is_small(one, below)} <= hidden(found, below)


@given(breakdowns(), BELOW)
def test_what_is_hidden_is_not_small_together_unless_all_is(found: dict[tuple[str, str], Size], below: int) -> None:
    names = hidden(found, below)
    there = {name for name, one in found.items() if any(one)}
    assert not names or names == there or (len(names) > 1 and not is_small(together(found, names), below))


@given(breakdowns(), BELOW, st.integers(0, 1))
def test_so_it_is_among_those_that_share_a_value(found: dict[tuple[str, str], Size], below: int, column: int) -> None:
    names = hidden(found, below, enumerate)
    for value in {name[column] for name in names}:
        there = frozenset(name for name, one in found.items() if any(one) and name[column] == value)
        own = names & there
        assert own == there or (len(own) > 1 and not is_small(together(found, own), below))


@given(breakdowns(), BELOW)
def test_nothing_is_hidden_where_nothing_is_small(found: dict[tuple[str, str], Size], below: int) -> None:
    large = {name: one for name, one in found.items() if not is_small(one, below)}
    assert hidden(large, below) == hidden(large, below, enumerate) == frozenset()


@given(breakdowns(), BELOW)
def test_the_order_of_segments_changes_nothing(found: dict[tuple[str, str], Size], below: int) -> None:
    assert hidden(dict(reversed(found.items())), below, enumerate) == hidden(found, below, enumerate)


@given(breakdowns(), BELOW)
def test_a_segment_without_cases_is_not_hidden(found: dict[tuple[str, str], Size], below: int) -> None:
    assert all(any(found[name]) for name in hidden(found, below, enumerate))


def test_next_to_a_small_segment_the_next_smallest_is_hidden() -> None:
    found = {"a": (3, 3, 0), "b": (60, 30, 30), "c": (20, 10, 10), "d": (30, 15, 15)}
    assert hidden(found, 5) == {"a", "c"}


def test_the_size_counts_everything_that_a_value_comes_from() -> None:
    asked = {"all": Count(), "sum": Sum("paid"), "days": Days("a", "b"), "people": Distinct("person")}
    counts = {ROWS: 9, "all": 9, "sum": Total(Fraction(5), 2), "days": Counter({3: 1, 4: 2}), "people": 7}
    assert size(None, counts, asked) == (9, 2, 3, 7, 0, 0, 0)
    assert size(Measurement.share(4, 8), counts, {"all": Count()}) == (9, 8, 4, 4)
    assert size(None, {}, asked) == (0, 0, 0, 0, 0, 0, 0)


def test_a_share_of_units_is_no_share_of_cases() -> None:
    counts = {ROWS: 63, "units": Occurring(frozenset("abcdefg"))}
    assert size(Measurement.share(7, 8), counts, {"units": Values("town")}) == (63,)
