"""Conditions without what is said twice: the same rows, and less to look at."""

from __future__ import annotations

from engine.filters import AllOf, AnyOf, Condition, members
from engine.scan.normal import Elapsed, all_of, any_of, negated
from engine.scan.overlap import disjoint

FEW = 8
"""How many alternatives are compared with each other."""


def simple(condition: Condition) -> Condition:
    """The condition (in normal form) without alternatives that other members exclude, or members that others imply."""
    if isinstance(condition, AnyOf):
        return _merged([simple(one) for one in condition.conditions])
    if not isinstance(condition, AllOf):
        return condition
    found = set(condition.conditions)
    for member in condition.conditions:
        others = found - {member}
        if any(_implies(other, member) for other in others):
            found = others
        elif isinstance(member, AnyOf):
            left = [one for one in member.conditions if not any(disjoint(one, other) for other in others)]
            found = {*others, *members(any_of(left))}
    return all_of(found)


def _implies(one: Condition, other: Condition) -> bool:
    """True when it is certain that days that are so close are in order, too."""
    if not isinstance(one, Elapsed) or not isinstance(other, Elapsed) or one == other:
        return False
    return other.most is None and (one.start, one.end) == (other.start, other.end)


def _merged(alternatives: list[Condition]) -> Condition:
    """One of the alternatives; two that differ by a complement alone are what they have in common."""
    asked = [{*members(one)} for one in alternatives]
    alternatives = [
        one for one, mine in zip(alternatives, asked, strict=True) if not any(mine > other for other in asked)
    ]
    for place, one in enumerate(alternatives[:FEW]):
        for other in alternatives[place + 1 : FEW]:
            shared = {*members(one)} & {*members(other)}
            first, second = (all_of({*members(each)} - shared) for each in (one, other))
            if second == negated(first):
                rest = [each for each in alternatives if each not in (one, other)]
                return _merged([all_of(shared), *rest]) if rest else all_of(shared)
    return any_of(alternatives)
