"""Small segments are hidden, and nothing that is shown gives them away."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.evaluate.suppression import Size, hidden, is_small


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    """Segments with and without hits, small ones many of them."""
    cases = draw(st.integers(0, 12) | st.integers(0, 1000))
    return Size(cases, draw(st.none() | st.integers(0, cases)))


def breakdowns() -> st.SearchStrategy[dict[str, Size]]:
    return st.dictionaries(st.sampled_from([f"area {number}" for number in range(30)]), sizes(), max_size=12)


@given(sizes(), st.integers(1, 10))
def test_a_segment_is_small_by_its_cases_hits_or_misses(size: Size, below: int) -> None:
    few = range(1, below)
    misses = None if size.hits is None else size.cases - size.hits
    assert is_small(size, below) == (size.cases in few or size.hits in few or misses in few)


@given(breakdowns(), st.integers(1, 10))
def test_every_small_segment_is_hidden(found: dict[str, Size], below: int) -> None:
    assert {name for name, size in found.items() if is_small(size, below)} <= hidden(found, below)


@given(breakdowns(), st.integers(1, 10))
def test_no_segment_can_be_worked_out_from_the_others(found: dict[str, Size], below: int) -> None:
    assume(sum(1 for size in found.values() if size.cases) > 1)
    assert len(hidden(found, below)) != 1


@given(breakdowns(), st.integers(1, 10))
def test_what_is_hidden_beside_a_small_segment_is_the_next_smallest(found: dict[str, Size], below: int) -> None:
    small = {name for name, size in found.items() if is_small(size, below)}
    more = hidden(found, below) - small
    assert len(more) <= (len(small) == 1)
    for name in more:
        others = [size.cases for other, size in found.items() if other not in small and size.cases]
        assert found[name].cases == min(others)


@given(breakdowns(), st.integers(1, 10))
def test_the_order_of_segments_changes_nothing(found: dict[str, Size], below: int) -> None:
    assert hidden(dict(reversed(found.items())), below) == hidden(found, below)


@given(breakdowns(), st.integers(1, 10))
def test_a_segment_without_cases_is_not_hidden(found: dict[str, Size], below: int) -> None:
    assert all(found[name].cases for name in hidden(found, below))
