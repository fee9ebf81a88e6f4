"""Hiding small segments of rows about persons, so that nobody can be found in a breakdown.

A segment is hidden when it has few cases, or when few of them are hits, or few are not. What is hidden together must
not be small either: else the whole less what is shown would give it away. So the next smallest is hidden with it, in
the whole and among the segments that share a value of a column.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from engine.aggregates import Aggregate, Days, Distinct, Sum, Values, merge
from engine.evaluate.records import ROWS
from engine.model import Measurement

Name = TypeVar("Name", bound=Hashable)
Size = tuple[int | Fraction, ...]
"""The numbers of cases that a segment shows, its rows first; the same ones for every segment of a part."""


def size(measurement: Measurement | None, counts: Mapping[str, Any], aggregates: Mapping[str, Aggregate]) -> Size:
    """The numbers of cases behind a measurement: rows, values of sums, days and different values, hits and misses."""
    found = [counts.get(ROWS, 0)]
    for name, aggregate in aggregates.items():
        summary: Any = counts.get(name, merge(aggregate, ()))
        if isinstance(aggregate, Sum):
            found.append(summary.count)
        elif isinstance(aggregate, Days):
            found.append(sum(summary.values()))
        elif isinstance(aggregate, Distinct):
            found.append(summary or 0)
    if any(isinstance(aggregate, Values) for aggregate in aggregates.values()):
        return tuple(found)  # the share is one of units, not of cases
    whole, hits = (measurement.denominator, measurement.numerator) if measurement else (None, None)
    return (*found, whole or 0, hits or 0, (whole or 0) - (hits or 0))


def is_small(found: Size, below: int) -> bool:
    """True when one of the numbers is from 1 to `below` - 1; no case at all says nothing of anybody."""
    return any(0 < number < below for number in found)


def hidden(
    sizes: Mapping[Name, Size], below: int, groups: Callable[[Any], Iterable[Hashable]] | None = None
) -> frozenset[Name]:
    """The names of the segments to hide. `groups` gives those of a name, beside the whole, whose sums may be known."""
    found = {name for name, one in sizes.items() if is_small(one, below)}
    members: dict[Hashable, list[Name]] = {}
    for name in sorted(sizes, key=lambda name: (sizes[name][:1], str(name))):
        for group in (None, *(groups(name) if groups else ())):
            members.setdefault(group, []).append(name)
    more: set[Name] = found.copy()
    while more:
        more = set()
        for names in members.values():
            more |= _next(names, found | more, sizes, below)
        found |= more
    return frozenset(found)


def _next(names: list[Name], found: set[Name], sizes: Mapping[Name, Size], below: int) -> set[Name]:
    """The smallest of the names that is still shown, when those that are hidden could be worked out without it."""
    there = [sizes[name] for name in names if name in found and any(sizes[name])]
    together = tuple(map(sum, zip(*there, strict=True)))
    if len(there) > 1 and not is_small(together, below):
        return set()
    return set([name for name in names if there and name not in found and any(sizes[name])][:1])
