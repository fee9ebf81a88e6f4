"""Paths such as `plan.objective.indicator.part`, by which everything in the rules is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.errors import Problem, UsageError, listed, nearest
from engine.rules.plan import Indicator, Objective, Part, Plan

Named = Plan | Objective | Indicator | Part


def everything(plans: Sequence[Plan]) -> Iterator[Named]:
    """Every plan, objective, indicator and part; an indicator that is its own part comes once."""
    for plan in plans:
        yield plan
        for objective in plan.objectives:
            yield objective
            for indicator in objective.indicators:
                yield indicator
                if not indicator.single:
                    yield from indicator.parts


def resolve(path: str, plans: Sequence[Plan]) -> Named:
    """What the path names; the plan may be left out where the rest is unique. Raises UsageError."""
    named = {found.path: found for found in everything(plans)}
    if path in named:
        return named[path]
    candidates = [found for known, found in named.items() if known.partition(".")[2] == path]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = listed([found.path for found in candidates])
        raise UsageError(Problem(message=f"'{path}' is in more than one plan", hint=f"write one of {names}"))
    short = {known.partition(".")[2]: known for known in named}
    hint = nearest(path, [*named, *filter(None, short)])
    raise UsageError(Problem(message=f"there is no '{path}' in the rules", hint=hint))
