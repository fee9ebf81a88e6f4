"""Conditions that only look at ranges of one column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.filters import Condition, Filter, members, tests

ORDERED = ("at_least", "below", "above", "at_most")


def range_column(condition: Condition) -> str | None:
    """The column of a condition that only looks at ranges of one column."""
    columns = {test.column if _is_range(test) else None for test in tests(condition)}
    return columns.pop() if len(columns) == 1 else None


def ranges(conditions: Iterable[Condition]) -> Counter[str]:
    """How many different ranges of each column the conditions ask for."""
    asked = {member for condition in conditions for member in members(condition)}
    columns = map(range_column, asked)
    return Counter(column for column in columns if column is not None)


def _is_range(test: Condition) -> bool:
    return isinstance(test, Filter) and (test.test == "missing" or test.test in ORDERED)
