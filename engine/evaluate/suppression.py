"""Hiding small segments of rows about persons, so that nobody can be found in a breakdown.

A segment is hidden when it has too few cases, or when few of them are hits, or few are not. When one segment is
hidden, the next smallest is hidden with it: else the whole less the others would give it away.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from engine.aggregates import Total
from engine.evaluate.records import ROWS
from engine.model import Measurement

Name = TypeVar("Name", bound=Hashable)


class Size(NamedTuple):
    """How many cases a segment has, and how many of them are hits (None when nothing is hit)."""

    cases: int | Fraction
    hits: int | Fraction | None = None


def size(measurement: Measurement | None, counts: Mapping[str, Any]) -> Size:
    """The size of a segment with these counts: the cases of its measurement, at most its rows or summed values."""
    rows = min([counts.get(ROWS, 0), *(found.count for found in counts.values() if isinstance(found, Total))])
    if measurement is None or measurement.denominator is None:
        return Size(rows)
    return Size(min(rows, measurement.denominator), measurement.numerator)


def is_small(size: Size, below: int) -> bool:
    """True for from 1 to `below` - 1 cases, hits or misses; a segment without cases says nothing of anybody."""
    counts = [size.cases] if size.hits is None else [size.cases, size.hits, size.cases - size.hits]
    return any(0 < count < below for count in counts)


def hidden(sizes: Mapping[Name, Size], below: int) -> frozenset[Name]:
    """The names of the segments to hide: the small ones, and with a single one the next smallest."""
    small = {name for name, size in sizes.items() if is_small(size, below)}
    if len(small) == 1:
        small |= set(_smallest((name for name, size in sizes.items() if name not in small and size.cases), sizes))
    return frozenset(small)


def _smallest(names: Iterable[Name], sizes: Mapping[Name, Size]) -> list[Name]:
    """The one with the fewest cases; of several, the first in order, so that every run hides the same."""
    return sorted(names, key=lambda name: (sizes[name].cases, str(name)))[:1]
