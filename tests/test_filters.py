"""Filters are read from data, with a path to every mistake, and combining them keeps their meaning."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.filters import (
    EVERY_ROW,
    AllOf,
    AnyOf,
    Condition,
    Filter,
    FilterError,
    Not,
    OnOrBefore,
    Passed,
    Within,
    columns_of,
    missing,
    parse_filter,
)
from engine.numbers import shown
from engine.periods import Limit
from tests.cases import Case, load
from tests.strategies import conditions, filter_data, toml_values

LIMIT = Limit(3, "months")
JUNE = date(2025, 6, 1)


def text(condition: Condition) -> str:
    """A condition in short, for case tables."""
    match condition:
        case AllOf(members):
            return f"all({'; '.join(map(text, members))})"
        case AnyOf(members):
            return f"any({'; '.join(map(text, members))})"
        case Not(member):
            return f"not({text(member)})"
        case Filter(column, "missing", None):
            return f"{column} missing"
        case Filter(column, "in", tuple(literals)):
            return f"{column} in {', '.join(map(shown, literals))}"
        case Filter(column, test, operand):
            return f"{column} {test} {shown(operand)}"
    raise AssertionError(condition)


@pytest.mark.parametrize("case", load("filters", "filter", "path"))
def test_reading(case: Case) -> None:
    error = case.check(lambda: text(parse_filter(case["filter"], ("of",))), FilterError)
    assert error is None or error.path == ("of", *case["path"])


@pytest.mark.parametrize("value", [1.5, None, b"a", {1}, ("a",)])
def test_values_that_rules_cannot_hold_are_refused(value: object) -> None:
    for data in ({"a": value}, {"a": [value]}, {"a": {"not": value}}, {"a": {"above": value}}):
        with pytest.raises(FilterError):
            parse_filter(data)


@given(filter_data())
def test_every_filter_is_read_and_names_its_columns(data: dict[str, Any]) -> None:
    assert set(columns_of(parse_filter(data))) == set(named_in(data))


def named_in(data: Mapping[str, Any]) -> Iterator[str]:
    """The columns that a filter names, in the data itself."""
    for key, value in data.items():
        if key == "any":
            for member in value:
                yield from named_in(member)
        else:
            yield key


@given(toml_values(), st.lists(st.text(max_size=2) | st.integers(0, 3), max_size=2).map(tuple))
def test_any_data_is_a_filter_or_a_filter_error_whose_path_leads_there(data: Any, path: tuple[str | int, ...]) -> None:
    try:
        assert isinstance(parse_filter(data, path), Condition)
        found = path
    except FilterError as error:
        found = error.path
    assert found[: len(path)] == path
    for step in found[len(path) :]:
        data = data[step]


@given(filter_data())
def test_reading_changes_no_data_and_gives_equal_conditions(data: dict[str, Any]) -> None:
    before = deepcopy(data)
    one, other = parse_filter(data), parse_filter(before)
    assert data == before
    assert {one: 1}[other] == 1


A, B, C = Filter("a", "in", (True,)), missing("b"), Filter("c", "in", ("x", "y"))


def formulas() -> st.SearchStrategy[Condition]:
    """Conditions built with the operators from three simple ones."""
    return st.recursive(
        st.sampled_from([A, B, C, EVERY_ROW, AnyOf()]),
        lambda inner: (
            st.builds(lambda one, other: one & other, inner, inner)
            | st.builds(lambda one, other: one | other, inner, inner)
            | inner.map(lambda one: ~one)
        ),
        max_leaves=8,
    )


def holds(condition: Condition, row: Mapping[str, Any]) -> bool:
    """The plain meaning of a condition."""
    match condition:
        case AllOf(members):
            return all(holds(member, row) for member in members)
        case AnyOf(members):
            return any(holds(member, row) for member in members)
        case Not(member):
            return not holds(member, row)
        case Filter(column, "missing"):
            return row[column] is None
        case Filter(column, _, tuple(literals)):
            return row[column] in literals
    raise AssertionError(condition)


ROWS = [{"a": a, "b": b, "c": c} for a in (True, False, None) for b in (1, None) for c in ("x", "z", None)]


@given(formulas(), formulas(), formulas())
def test_grouping_does_not_matter(one: Condition, other: Condition, third: Condition) -> None:
    assert (one & other) & third == one & (other & third)
    assert (one | other) | third == one | (other | third)


@given(formulas())
def test_combined_conditions_are_flat(condition: Condition) -> None:
    if isinstance(condition, (AllOf, AnyOf)):
        assert len(condition.conditions) != 1
        assert not any(type(member) is type(condition) for member in condition.conditions)


@given(formulas())
def test_every_row_and_no_row_change_nothing(condition: Condition) -> None:
    same = [EVERY_ROW & condition, condition & EVERY_ROW, AnyOf() | condition, condition | AnyOf()]
    assert same == [condition] * 4


@given(formulas(), formulas(), st.sampled_from(ROWS))
def test_combining_means_and_or_and_not(one: Condition, other: Condition, row: dict[str, Any]) -> None:
    first, second = holds(one, row), holds(other, row)
    assert holds(one & other, row) == (first and second)
    assert holds(one | other, row) == (first or second)
    assert holds(~one, row) == (not first)


def test_not_includes_rows_without_a_value() -> None:
    condition = parse_filter({"reason": {"not": "cancelled"}})
    assert [holds(condition, {"reason": reason}) for reason in ("cancelled", "moved", None)] == [False, True, True]


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        (EVERY_ROW, []),
        (missing("a"), ["a"]),
        (~Filter("a", "at_least", 18), ["a"]),
        (OnOrBefore("on", JUNE), ["on"]),
        (Within("start", "end", LIMIT), ["start", "end"]),
        (Within("start", "end"), ["start", "end"]),
        (Passed("start", LIMIT, JUNE), ["start"]),
        (missing("a") & (missing("b") | ~missing("a")), ["a", "b", "a"]),
    ],
)
def test_columns(condition: Condition, columns: list[str]) -> None:
    assert list(columns_of(condition)) == columns


def test_a_condition_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="no condition that the engine knows"):
        list(columns_of(Not(Condition())))


@given(conditions())
def test_conditions_travel_between_machines(condition: Condition) -> None:
    again = pickle.loads(pickle.dumps(condition))
    assert again == condition
    assert hash(again) == hash(condition)
