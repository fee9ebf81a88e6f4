"""Ranges of one column as one key: the number of cut points that a value has passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from engine.filters import AllOf, AnyOf, Condition, Filter, Not, tests
from engine.scan.columns import Columns, literal
from engine.scan.expressions import COMPARISONS
from engine.scan.normal import UPWARD

NO_VALUE = -1
PASSED_BY_EQUALS = {"at_least": True, "below": True, "above": False, "at_most": False}

Cut = tuple[Any, bool]
"""A value, and whether a value equal to it has passed the cut."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The cuts of a column in order. A row's key is how many it has passed, or -1 without a value."""

    column: str
    cuts: tuple[Cut, ...]

    def key(self, columns: Columns) -> nw.Expr:
        """The key of each row: a tree of comparisons, so that few of them are made for a row."""
        return self._tree(columns, 0, len(self.cuts))

    def numbers(self, condition: Condition) -> frozenset[int]:
        """The keys for which a condition on the ranges of this column is true."""
        return frozenset(number for number in range(NO_VALUE, len(self.cuts) + 1) if self._true(condition, number))

    def _tree(self, columns: Columns, low: int, high: int) -> nw.Expr:
        if low == high:
            return nw.lit(low) if low else self._first(columns)
        middle = (low + high) // 2
        passed = self._passed(columns, middle)
        return nw.when(passed).then(self._tree(columns, middle + 1, high)).otherwise(self._tree(columns, low, middle))

    def _first(self, columns: Columns) -> nw.Expr:
        """Missing values pass no cut, either."""
        return nw.when(columns[self.column].values.is_null()).then(NO_VALUE).otherwise(0)

    def _passed(self, columns: Columns, number: int) -> nw.Expr:
        value, equal_passes = self.cuts[number]
        column = columns[self.column]
        return COMPARISONS["at_least" if equal_passes else "above"](column.values, literal(value, column))

    def _true(self, condition: Condition, number: int) -> bool:
        if isinstance(condition, AllOf):
            return all(self._true(member, number) for member in condition.conditions)
        if isinstance(condition, AnyOf):
            return any(self._true(member, number) for member in condition.conditions)
        if isinstance(condition, Not):
            return not self._true(condition.condition, number)
        if not isinstance(condition, Filter) or condition.column != self.column:
            raise TypeError(f"{condition!r} is not a range of '{self.column}'")
        if condition.test == "missing" or number == NO_VALUE:
            return condition.test == "missing" and number == NO_VALUE
        passed = number > self.cuts.index(_cut(condition))
        return passed == (condition.test in UPWARD)


def bucket(column: str, conditions: Iterable[Condition]) -> Bucket:
    """The bucket that tells the ranges of a column apart."""
    cuts = {_cut(test) for condition in conditions for test in tests(condition) if test.test != "missing"}
    return Bucket(column, tuple(sorted(cuts, key=lambda cut: (cut[0], not cut[1]))))


def _cut(test: Filter) -> Cut:
    return test.operand, PASSED_BY_EQUALS[test.test]
