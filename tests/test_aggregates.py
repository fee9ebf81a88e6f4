"""Summaries merge: in any order, in any grouping, and into the summary of all rows."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.aggregates import (
    MOST_UNITS,
    Aggregate,
    Count,
    Days,
    Distinct,
    Max,
    Min,
    Occurring,
    Sum,
    Total,
    Units,
    Values,
    merge,
)
from engine.filters import EVERY_ROW, Condition
from tests.strategies import conditions, rationals


@dataclass(frozen=True)
class Kind:
    """An aggregate, the values that rows can have, and what the summary of some rows is."""

    aggregate: Aggregate
    values: st.SearchStrategy[Any]
    summary: Callable[[Sequence[Any]], object]


def total(values: Sequence[Fraction | None]) -> Total:
    there = [value for value in values if value is not None]
    return Total(sum(there, Fraction(0)), len(there))


def occurring(values: Sequence[str]) -> Occurring:
    units = {"Eno", "Ilomantsi"}
    return Occurring(frozenset(units & set(values)), sum(value not in units for value in values))


KINDS = {
    "count": Kind(Count(), st.none(), len),
    "sum": Kind(Sum("n"), st.none() | rationals(), total),
    "days": Kind(Days("start", "end"), st.integers(-3, 40), Counter),
    "values": Kind(
        Values("unit", units=("Eno", "Ilomantsi")), st.sampled_from(["Eno", "Eno ", "Ilomantsi", "x"]), occurring
    ),
    "min": Kind(Min("n"), st.integers(), lambda values: min(values, default=None)),
    "max": Kind(Max("n"), st.integers(), lambda values: max(values, default=None)),
    "least date": Kind(Min("on"), st.dates(), lambda values: min(values, default=None)),
    "greatest text": Kind(Max("on"), st.text(), lambda values: max(values, default=None)),
}
kinds = st.sampled_from(list(KINDS.values()))


def rows(kind: Kind, data: st.DataObject) -> list[list[Any]]:
    """Disjoint rows, some of them none."""
    return data.draw(st.lists(st.lists(kind.values, max_size=5), max_size=5))


@given(kinds, st.data())
def test_merged_summaries_are_the_summary_of_all_rows(kind: Kind, data: st.DataObject) -> None:
    parts = rows(kind, data)
    merged = merge(kind.aggregate, map(kind.summary, parts))
    assert merged == kind.summary([value for part in parts for value in part])


@given(kinds, st.data())
def test_the_order_of_summaries_does_not_matter(kind: Kind, data: st.DataObject) -> None:
    summaries = [kind.summary(part) for part in rows(kind, data)]
    assert merge(kind.aggregate, summaries) == merge(kind.aggregate, data.draw(st.permutations(summaries)))


@given(kinds, st.data())
def test_the_grouping_of_summaries_does_not_matter(kind: Kind, data: st.DataObject) -> None:
    summaries = [kind.summary(part) for part in rows(kind, data)]
    cut = data.draw(st.integers(0, len(summaries)))
    halves = [merge(kind.aggregate, half) for half in (summaries[:cut], summaries[cut:])]
    assert merge(kind.aggregate, halves) == merge(kind.aggregate, summaries)


@given(kinds, st.data())
def test_the_empty_summary_changes_nothing(kind: Kind, data: st.DataObject) -> None:
    summary = kind.summary(data.draw(st.lists(kind.values, max_size=5)))
    empty = merge(kind.aggregate, [])
    assert empty == kind.summary([])
    assert merge(kind.aggregate, [empty, summary]) == summary == merge(kind.aggregate, [summary])


@given(kinds, st.data())
def test_merging_leaves_the_summaries_as_they_were(kind: Kind, data: st.DataObject) -> None:
    summaries = [kind.summary(part) for part in rows(kind, data)]
    before = pickle.loads(pickle.dumps(summaries))
    merge(kind.aggregate, summaries)
    assert summaries == before


def test_zero_is_not_missing() -> None:
    assert merge(Sum("n"), [Total(Fraction(0), 3)]) == Total(Fraction(0), 3)
    assert merge(Sum("n"), []) == Total(Fraction(0), 0)
    assert merge(Min("n"), [0, None, 5]) == 0
    assert merge(Max("n"), [None, 0, -5]) == 0
    assert merge(Min("n"), [None, None]) is None
    assert merge(Days("start", "end"), [Counter({0: 2}), Counter({0: 1, -1: 1})]) == Counter({0: 3, -1: 1})


def test_sums_are_exact() -> None:
    parts = [Total(Fraction(1, 10), 1)] * 10 + [Total(Fraction(10**30), 1), Total(Fraction(-(10**30)), 1)]
    assert merge(Sum("n"), parts) == Total(Fraction(1), 12)


def test_numbers_of_different_values_are_never_merged() -> None:
    distinct = Distinct("person")
    assert merge(distinct, []) == 0
    assert merge(distinct, [7]) == 7
    for parts in ([7, 7], [0, 7], [0, 0, 0]):
        with pytest.raises(ValueError, match="cannot be merged"):
            merge(distinct, parts)


@pytest.mark.parametrize("aggregate", [Sum("n"), Values("unit")])
def test_a_summary_of_another_kind_is_not_passed_over(aggregate: Aggregate) -> None:
    with pytest.raises(AttributeError):
        merge(aggregate, [3])


@given(conditions())
def test_equal_requests_are_equal_and_travel_between_machines(where: Condition) -> None:
    makers: list[Callable[[], Aggregate]] = [
        lambda: Count(where),
        lambda: Sum("a", where, 2),
        lambda: Days("a", "b", where),
        lambda: Values("a", where, ("Eno",)),
        lambda: Distinct("a", where),
        lambda: Min("a", where),
        lambda: Max("a", where),
    ]
    requests = [make() for make in makers]
    assert requests == [make() for make in makers] == pickle.loads(pickle.dumps(requests))
    assert len(set(requests)) == len(makers)


def test_every_row_is_asked_for_when_nothing_is_said() -> None:
    asked: list[Aggregate] = [Count(), Sum("a"), Days("a", "b"), Values("a"), Distinct("a"), Min("a"), Max("a")]
    assert {aggregate.where for aggregate in asked} == {EVERY_ROW}
    assert Count().dated


def test_what_is_empty_counts_nothing() -> None:
    assert Total() == Total(Fraction(0), 0)
    assert Occurring() == Occurring(frozenset(), 0)


def test_units_may_be_printed_unless_they_came_from_a_source() -> None:
    assert Units(("Eno",)) == Units(("Eno",), named=True)


def test_the_most_units_that_can_be_listed() -> None:
    assert MOST_UNITS == 10_000


@pytest.mark.parametrize(
    "thing",
    [
        Count(),
        Sum("a"),
        Days("a", "b"),
        Values("a"),
        Distinct("a"),
        Min("a"),
        Max("a"),
        Total(),
        Occurring(),
        Units(()),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_requests_and_summaries_are_frozen(thing: Any) -> None:
    name = next(iter(type(thing).__annotations__))
    with pytest.raises(AttributeError):
        setattr(thing, name, None)
