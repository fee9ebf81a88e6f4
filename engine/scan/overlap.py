"""Which conditions exclude each other, as far as their words show it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from engine.filters import AnyOf, Condition, Filter, Not, members
from engine.scan.normal import UPWARD, Elapsed, Worked

TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}


def disjoint(one: Condition, other: Condition) -> bool:
    """True when it is certain that no row meets both conditions (in normal form)."""
    return any(_exclude(first, second) for first in members(one) for second in members(other))


def _exclude(one: Condition, other: Condition) -> bool:
    if isinstance(one, AnyOf):
        return all(disjoint(member, other) for member in one.conditions)
    if isinstance(other, AnyOf):
        return _exclude(other, one)
    if isinstance(one, Not) or isinstance(other, Not):
        return _negation_excludes(one, other) or _negation_excludes(other, one)
    if isinstance(one, Filter) and isinstance(other, Filter):
        return one.column == other.column and _tests_exclude(one, other)
    return _missing_excludes(one, other) or _missing_excludes(other, one)


def _negation_excludes(one: Condition, other: Condition) -> bool:
    """What is not in a list excludes what is in a part of the list."""
    if not isinstance(one, Not):
        return False
    inner = one.condition
    if isinstance(inner, Filter) and isinstance(other, Filter) and inner.test == other.test == "in":
        return inner.column == other.column and set(_operands(other)) <= set(_operands(inner))
    return inner == other


def _missing_excludes(one: Condition, other: Condition) -> bool:
    return (
        isinstance(one, Filter)
        and one.test == "missing"
        and isinstance(other, (Elapsed, Worked))
        and one.column in (other.start, other.end)
    )


def _tests_exclude(one: Filter, other: Filter) -> bool:
    """True when two tests of one column exclude each other."""
    if "missing" in (one.test, other.test):
        return one.test != other.test
    if one.test == "in" and other.test == "in":
        return not set(_operands(one)) & set(_operands(other))
    if one.test == "in":
        return not any(TESTS[other.test](value, other.operand) for value in _operands(one))
    if other.test == "in":
        return _tests_exclude(other, one)
    if one.test in UPWARD and other.test not in UPWARD:
        return _ends_exclude(one, other)
    return one.test not in UPWARD and other.test in UPWARD and _ends_exclude(other, one)


def _ends_exclude(lower: Filter, upper: Filter) -> bool:
    low: Any = lower.operand
    high: Any = upper.operand
    both_closed = lower.test == "at_least" and upper.test == "at_most"
    return bool(low > high or (low == high and not both_closed))


def _operands(test: Filter) -> tuple[Any, ...]:
    operand: Any = test.operand
    return tuple(operand)
