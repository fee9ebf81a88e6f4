"""What tells the rows of a read apart: buckets that they are grouped by, and conditions that they are counted by.

The ranges of a column that has a bucket are read off its key. What else conditions ask is counted: a cell carries, for
each of them, how many of its rows meet it. So cells do not multiply with conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from engine.aggregates import Count, Days, Values
from engine.filters import EVERY_ROW, Condition, members
from engine.scan.buckets import Bucket, bucket
from engine.scan.columns import Columns
from engine.scan.counting import Pair, added, pairs
from engine.scan.normal import all_of
from engine.scan.plan import Read
from engine.scan.ranges import range_column, ranges

COUNTED = (Count, Days, Values)
"""Aggregates that need the number of rows of a cell which meet their condition."""

Key = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Signature:
    """The buckets of a read, which are its keys, and the conditions that it counts, in pairs."""

    buckets: tuple[Bucket, ...] = ()
    pairs: tuple[Pair, ...] = ()

    def keys(self, columns: Columns) -> list[nw.Expr]:
        """The keys of each row."""
        return [bucket.key(columns) for bucket in self.buckets]

    def added(self, columns: Columns) -> list[nw.Expr]:
        """What each row adds to the sums of the pairs."""
        return [added(pair, columns) for pair in self.pairs]

    def test(self, condition: Condition) -> Callable[[Key], bool]:
        """A function that says whether rows with these keys are in the ranges that a condition asks for."""
        ranges, _ = self._split(condition)
        allowed = [
            (place, bucket.numbers(ranges[bucket.column]))
            for place, bucket in enumerate(self.buckets)
            if bucket.column in ranges
        ]
        return lambda key: all(key[place] in numbers for place, numbers in allowed)

    def rest(self, condition: Condition) -> Condition:
        """What a condition asks beside ranges of the buckets."""
        return self._split(condition)[1]

    def place(self, condition: Condition) -> tuple[int, int] | None:
        """The pair of a condition's rest, and its place in it; None when the condition has no rest."""
        rest = self.rest(condition)
        if rest == EVERY_ROW:
            return None
        return next((place, pair.index(rest)) for place, pair in enumerate(self.pairs) if rest in pair)

    def _split(self, condition: Condition) -> tuple[dict[str, Condition], Condition]:
        return _split(condition, [bucket.column for bucket in self.buckets])


def signature(read: Read) -> Signature:
    """The signature that answers the questions of a read."""
    wholes = {question: read.rest(question.where) for question in read.questions}
    asked = ranges(wholes.values())
    told = [column for column in (*read.clocks, read.told) if asked[column] > 1]
    found: dict[str, list[Condition]] = {}
    rests: dict[Condition, None] = {}
    for question, whole in wholes.items():
        in_ranges, rest = _split(whole, told)
        for column, condition in in_ranges.items():
            found.setdefault(column, []).append(condition)
        if rest != EVERY_ROW and isinstance(question.request.aggregate, COUNTED):
            rests[rest] = None
    return Signature(tuple(bucket(column, conditions) for column, conditions in found.items()), pairs(rests))


def _split(condition: Condition, columns: Iterable[str]) -> tuple[dict[str, Condition], Condition]:
    """The ranges of the columns that a condition asks for, and what else it asks for."""
    told = set(columns)
    ranges: dict[str, list[Condition]] = {}
    rest: list[Condition] = []
    for member in members(condition):
        column = range_column(member)
        if column in told and column is not None:
            ranges.setdefault(column, []).append(member)
        else:
            rest.append(member)
    return {column: all_of(found) for column, found in ranges.items()}, all_of(rest)
