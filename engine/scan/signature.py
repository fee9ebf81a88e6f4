"""The truth of many conditions as a few keys: bits packed in whole numbers, and buckets of ranges.

Rows with the same keys meet the same conditions, so a read groups by the keys and Python only looks at
bits. A column with more than a few different ranges is told by its bucket; the rest of a condition has a
bit, and equal rests share it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from engine.filters import EVERY_ROW, Condition
from engine.scan.buckets import Bucket, bucket, range_column
from engine.scan.columns import Columns
from engine.scan.expressions import balanced, expression
from engine.scan.normal import all_of, members
from engine.scan.sums import one_if

BITS = 62
"""Bits in a key; with 63 the sum of the bits could come near the end of a 64-bit number."""
FEW = 3
"""How many ranges of a column have bits of their own."""

Key = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Signature:
    """The keys of a read: one for each bucket, then one for each 62 bits."""

    buckets: tuple[Bucket, ...] = ()
    bits: tuple[Condition, ...] = ()

    def keys(self, columns: Columns) -> list[nw.Expr]:
        """The keys of each row."""
        words = [self.bits[start : start + BITS] for start in range(0, len(self.bits), BITS)]
        return [bucket.key(columns) for bucket in self.buckets] + [_packed(word, columns) for word in words]

    def test(self, condition: Condition) -> Callable[[Key], bool]:
        """A function that says whether rows with these keys meet one of the signature's conditions."""
        ranges, rest = _split(condition, [bucket.column for bucket in self.buckets])
        allowed = [
            (place, bucket.numbers(ranges[bucket.column]))
            for place, bucket in enumerate(self.buckets)
            if bucket.column in ranges
        ]
        if rest != EVERY_ROW:
            number = self.bits.index(rest)
            word, mask = len(self.buckets) + number // BITS, 1 << number % BITS
            return lambda key: bool(key[word] & mask) and all(key[place] in numbers for place, numbers in allowed)
        return lambda key: all(key[place] in numbers for place, numbers in allowed)


def signature(conditions: Iterable[Condition]) -> Signature:
    """The signature that tells the conditions (in normal form) apart."""
    wholes = list(dict.fromkeys(conditions))
    ranges: dict[str, dict[Condition, None]] = {}
    for member in (member for whole in wholes for member in members(whole)):
        column = range_column(member)
        if column is not None:
            ranges.setdefault(column, {})[member] = None
    many = {column: found for column, found in ranges.items() if len(found) > FEW}
    rests = dict.fromkeys(_split(whole, many)[1] for whole in wholes)
    rests.pop(EVERY_ROW, None)
    return Signature(tuple(bucket(column, found) for column, found in many.items()), tuple(rests))


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


def _packed(conditions: Sequence[Condition], columns: Columns) -> nw.Expr:
    bits = [one_if(expression(condition, columns), 1 << place) for place, condition in enumerate(conditions)]
    return balanced(operator.add, bits)
