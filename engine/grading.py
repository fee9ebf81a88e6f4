"""Grading: how a value and a target become one of the three levels.

A target is an interval of values that meet it, and a grading profile widens it to the values that
meet it partly. A better value therefore never has a worse status, and a value on a boundary has the
better one.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from engine.model import Status
from engine.target import Interval, Target

HIGHER = (">", ">=", "all")
LOWER = ("<", "<=")


def judge(value: Fraction, target: Target, profile: str, partly: Target | None = None) -> Status:
    """The status of a value: met when the operator holds, else what the profile (or `partly`) says."""
    if value in target.interval:
        return Status.MET
    wider = partly.interval if partly else partial_interval(target, profile)
    return Status.PARTLY_MET if wider is not None and value in wider else Status.NOT_MET


def partial_interval(target: Target, profile: str) -> Interval | None:
    """The values that a profile counts as partly met (and better ones), or None when it does not apply."""
    return PROFILES[profile](target)


def attainment(value: Fraction, target: Target) -> Fraction | None:
    """How much of the target was reached, as a ratio; None where no ratio makes sense.

    value/target when higher is better, target/value when lower is better, the smaller of the two for
    `=`, and for a range against its nearer end. It needs a target above 0, or 0 when lower is better.
    """
    if target.operator in HIGHER:
        return value / target.number if target.number > 0 else None
    if target.operator in LOWER:
        return _lower_attainment(value, target.number)
    upper = target.number if target.upper is None else target.upper
    if target.number <= value <= upper:
        return Fraction(1)
    if value < target.number:
        return value / target.number if target.number > 0 else None
    return _lower_attainment(value, upper)


def _lower_attainment(value: Fraction, number: Fraction) -> Fraction | None:
    if number < 0 or value <= 0:
        return Fraction(1) if value == number == 0 else None
    return number / value


def _strict(target: Target) -> Interval | None:
    return None


def _attainment_80(target: Target) -> Interval | None:
    """Partly from an attainment of 0.80."""
    return _widen(
        target,
        lambda low: low * Fraction(4, 5) if low > 0 else None,
        lambda high: high * Fraction(5, 4) if high > 0 else None,
    )


def _relative_10(target: Target) -> Interval | None:
    """Partly within 10 % of the target."""
    tenth = Fraction(1, 10)
    return _widen(
        target,
        lambda low: low - abs(low) * tenth if low else None,
        lambda high: high + abs(high) * tenth if high else None,
    )


def _points_5(target: Target) -> Interval | None:
    """Partly within five percentage points of a target in per cent."""
    if target.unit != "%":
        return None
    return _widen(target, lambda low: low - 5, lambda high: high + 5)


def _widen(
    target: Target,
    lower: Callable[[Fraction], Fraction | None],
    higher: Callable[[Fraction], Fraction | None],
) -> Interval | None:
    """The target's interval with its ends moved out; an end that cannot be moved stays as it is."""
    exact = target.interval
    low = None if exact.low is None else lower(exact.low)
    high = None if exact.high is None else higher(exact.high)
    if low is None and high is None:
        return None
    return Interval(
        low=exact.low if low is None else low,
        high=exact.high if high is None else high,
        low_open=low is None and exact.low_open,
        high_open=high is None and exact.high_open,
    )


PROFILES: dict[str, Callable[[Target], Interval | None]] = {
    "strict": _strict,
    "attainment_80": _attainment_80,
    "relative_10": _relative_10,
    "points_5": _points_5,
}


def certainty(target: Target, low: Fraction | None, high: Fraction | None) -> str:
    """What the bounds of a value say: `secured`, `lost`, `open`, or nothing when there are no bounds.

    None is an end without bound: a count that can only grow has a low and no high.
    """
    if low is None and high is None:
        return ""
    reachable = Interval(low=low, high=high)
    if target.interval.encloses(reachable):
        return "secured"
    return "open" if _meet(target.interval, reachable) else "lost"


def _meet(one: Interval, other: Interval) -> bool:
    """True when two intervals have a number in common."""
    for left, right in ((one, other), (other, one)):
        if left.high is not None and right.low is not None:
            if left.high < right.low or (left.high == right.low and (left.high_open or right.low_open)):
                return False
    return True
