"""How many rows of a cell meet a condition: a sum, and where conditions have something in common, two numbers in one.

A row adds 1 where it meets the first of two conditions and 2**32 where it meets the second, so what both ask is
looked at once. 64 bits hold the sum over 2**31 rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import narwhals as nw

from engine.filters import EVERY_ROW, AllOf, AnyOf, Condition, Not, members
from engine.scan.columns import Columns
from engine.scan.expressions import expression
from engine.scan.normal import all_of, negated

SECOND = 2**32
"""What a row adds that meets the second condition of a pair."""
FEW = 4
"""How many alternatives are looked at in turn; engines limit how deep an expression may be."""
COMPLEMENTS = 1_000
"""How alike complements are: more than conditions that have many members in common."""

Pair = tuple[Condition, ...]
"""One or two conditions that are counted in one sum."""


def pairs(conditions: Iterable[Condition]) -> tuple[Pair, ...]:
    """The conditions, those that have much in common in pairs."""
    return tuple(_paired(sorted(dict.fromkeys(conditions), key=lambda one: (len(members(one)), repr(one)))))


def added(pair: Pair, columns: Columns) -> nw.Expr:
    """What each row adds to the sum of a pair."""
    shared, rests = _split(pair)
    if len(pair) == 1:
        return _chosen(shared, columns, 1, 0)
    both = _both(rests[0], rests[1], columns)
    if shared == EVERY_ROW:
        return both
    if isinstance(shared, Not):
        return nw.when(expression(shared.condition, columns)).then(_whole(0)).otherwise(both)
    return nw.when(expression(shared, columns)).then(both).otherwise(_whole(0))


def number(total: Any, place: int) -> int:
    """How many rows meet the first (0) or the second (1) condition of a pair, from its sum."""
    second, first = divmod(int(total), SECOND)
    return second if place else first


def _paired(waiting: list[Condition]) -> Iterator[Pair]:
    while waiting:
        one = waiting.pop(0)
        partner = max(waiting, key=lambda other: _likeness(one, other), default=None)
        if partner is None or not _likeness(one, partner):
            yield (one,)
        else:
            waiting.remove(partner)
            yield one, partner


def _likeness(one: Condition, other: Condition) -> int:
    shared, (first, second) = _split((one, other))
    return COMPLEMENTS if second == negated(first) else len(members(shared)) * (shared != EVERY_ROW)


def _split(pair: Pair) -> tuple[Condition, tuple[Condition, ...]]:
    """What all conditions of a pair ask, and what each asks beside it."""
    shared = frozenset.intersection(*(frozenset(members(condition)) for condition in pair))
    return all_of(shared), tuple(all_of(one for one in members(each) if one not in shared) for each in pair)


def _both(first: Condition, second: Condition, columns: Columns) -> nw.Expr:
    if second == negated(first):
        return _chosen(first, columns, 1, SECOND)
    if first == EVERY_ROW:
        return _chosen(second, columns, 1 + SECOND, 1)
    return _chosen(first, columns, 1, 0) + _chosen(second, columns, SECOND, 0)


def _chosen(condition: Condition, columns: Columns, then: int, otherwise: int) -> nw.Expr:
    """One number where the condition holds, and another elsewhere.

    Engines are slow at "or" and at "not": alternatives are looked at in turn, and a complement is what is left.
    """
    if isinstance(condition, Not):
        return _chosen(condition.condition, columns, otherwise, then)
    if isinstance(condition, AnyOf) and len(condition.conditions) <= FEW:
        found = _whole(otherwise)
        for one in condition.conditions:
            found = nw.when(expression(one, columns)).then(_whole(then)).otherwise(found)
        return found
    if isinstance(condition, AllOf) and (plain := _plain(condition)):
        last = all_of(one for one in condition.conditions if one not in plain)
        inner = _chosen(last, columns, then, otherwise)
        return nw.when(expression(all_of(plain), columns)).then(inner).otherwise(_whole(otherwise))
    return nw.when(expression(condition, columns)).then(_whole(then)).otherwise(_whole(otherwise))


def _plain(condition: AllOf) -> list[Condition]:
    """The members that are looked at first, when one of the others is better looked at by itself."""
    slow = next((one for one in condition.conditions if isinstance(one, (AnyOf, Not))), None)
    return [one for one in condition.conditions if one is not slow] if slow else []


def _whole(value: int) -> nw.Expr:
    """A number of 64 bits: engines take small ones for 32 bits."""
    return nw.lit(value, nw.Int64)
