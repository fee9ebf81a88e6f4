"""Grading is exact, leaves no gap between the levels, and never gives a better value a worse status."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.grading import PROFILES, attainment, certainty, judge, partial_interval
from engine.model import Status
from engine.target import Interval, Target, parse_target
from tests.cases import Case, load
from tests.strategies import AROUND, HIGHER, LOWER, partlys, rationals, representatives, targets, values_near
from tests.strategies import PROFILES as NAMES

profiles = st.sampled_from(NAMES)
UNITS = st.sampled_from(["%", "d", ""])


def number(text: object) -> Fraction | None:
    """A number of a case: a fraction as text, or none."""
    return None if text is None else Fraction(str(text))


@pytest.mark.parametrize("case", load("grading", "value", "target", "profile", "partly"))
def test_grading(case: Case) -> None:
    partly = parse_target(case["partly"]) if case.get("partly") else None
    value = Fraction(str(case["value"]))
    case.check(lambda: judge(value, parse_target(case["target"]), case.get("profile", "strict"), partly), KeyError)


@pytest.mark.parametrize("case", load("attainment", "value", "target"))
def test_attainment(case: Case) -> None:
    value, target = Fraction(str(case["value"])), parse_target(case["target"])
    ratio = attainment(value, target)
    case.check(lambda: "none" if ratio is None else str(ratio), ValueError)


@pytest.mark.parametrize("case", load("certainty", "target", "low", "high"))
def test_certainty(case: Case) -> None:
    low, high = number(case.get("low")), number(case.get("high"))
    case.check(lambda: certainty(parse_target(case["target"]), low, high), ValueError)


def test_the_profiles_are_known_by_these_names() -> None:
    assert tuple(PROFILES) == NAMES


def is_partly(value: Fraction, target: Target, profile: str) -> bool:
    """What a profile says of a value that does not meet the target, in the words of its definition."""
    end = target.number if target.upper is None or value < target.number else target.upper
    if profile == "relative_10":
        return end != 0 and abs(value - end) <= abs(end) / 10
    if profile == "points_5":
        return target.unit == "%" and abs(value - end) <= 5
    if profile == "attainment_80":
        return end > 0 and value > 0 and min(value / end, end / value) >= Fraction(4, 5)
    return False


@given(st.data(), profiles)
def test_a_status_is_what_the_definitions_say(data: st.DataObject, profile: str) -> None:
    target = data.draw(targets(unit=UNITS))
    value = data.draw(values_near(target))
    status = judge(value, target, profile)
    if value in target.interval:
        assert status is Status.MET
    else:
        assert status is (Status.PARTLY_MET if is_partly(value, target, profile) else Status.NOT_MET)


@given(st.data(), profiles, st.sampled_from([HIGHER, LOWER]))
def test_a_better_value_never_has_a_worse_status(data: st.DataObject, profile: str, operators: tuple[str, ...]) -> None:
    target = data.draw(targets(operators, UNITS))
    partly = data.draw(partlys(target))
    worse, better = sorted(data.draw(st.tuples(values_near(target), values_near(target))), reverse=operators == LOWER)
    assert judge(worse, target, profile, partly).rank <= judge(better, target, profile, partly).rank


@given(st.data(), profiles, st.booleans())
def test_a_nearer_value_never_has_a_worse_status(data: st.DataObject, profile: str, above: bool) -> None:
    target = data.draw(targets(AROUND, UNITS))
    partly = data.draw(partlys(target))
    one, other = (abs(step) for step in data.draw(st.tuples(values_near(target), values_near(target))))
    end = target.interval.high if above else target.interval.low
    assert end is not None
    near, far = (end + step if above else end - step for step in sorted((one, other)))
    assert judge(far, target, profile, partly).rank <= judge(near, target, profile, partly).rank


@given(st.data(), profiles)
def test_a_profile_only_widens_the_target(data: st.DataObject, profile: str) -> None:
    target = data.draw(targets())
    wider = partial_interval(target, profile)
    assert wider is None or wider.encloses(target.interval)


@given(st.data(), profiles)
def test_a_boundary_of_a_profile_has_the_better_status(data: st.DataObject, profile: str) -> None:
    target = data.draw(targets(unit=UNITS))
    wider = partial_interval(target, profile)
    ends = [end for end in (wider.low, wider.high) if end is not None] if wider else []
    moved = [end for end in ends if end not in (target.interval.low, target.interval.high)]
    assert {judge(end, target, profile) for end in moved} <= {Status.PARTLY_MET}


@given(st.data(), profiles)
def test_a_second_target_decides_instead_of_the_profile(data: st.DataObject, profile: str) -> None:
    target = data.draw(targets())
    partly = data.draw(partlys(target)) or target
    value = data.draw(values_near(target))
    status = judge(value, target, profile, partly)
    assert (status is not Status.NOT_MET) == (value in partly.interval)
    assert (status is Status.MET) == (value in target.interval)


@given(st.data())
def test_attainment_of_four_fifths_is_where_partly_begins(data: st.DataObject) -> None:
    target = data.draw(targets())
    value = data.draw(values_near(target))
    ratio = attainment(value, target)
    if value not in target.interval and not value == target.number == 0:
        partly = judge(value, target, "attainment_80") is Status.PARTLY_MET
        assert partly == (ratio is not None and ratio >= Fraction(4, 5))


@given(st.data())
def test_a_target_that_is_met_is_fully_attained(data: st.DataObject) -> None:
    target = data.draw(targets())
    value = data.draw(values_near(target))
    ratio = attainment(value, target)
    if ratio is not None:
        boundary = value in (target.number, target.upper)
        assert (ratio >= 1) == (value in target.interval or boundary)
        assert target.operator not in AROUND or ratio <= 1


@given(st.data())
def test_zero_and_negative_targets_have_no_ratio(data: st.DataObject) -> None:
    negative = st.integers(-100, 0).map(Fraction)
    target = data.draw(targets((">", ">=", "<", "<="), numbers=negative))
    value = data.draw(values_near(target))
    ratio = attainment(value, target)
    if target.number == 0 and target.operator in LOWER and value > 0:
        assert ratio == 0
    elif target.number < 0 or target.operator in HIGHER:
        assert ratio is None
    assert partial_interval(target, "attainment_80") is None


@given(st.data())
def test_bounds_say_whether_all_some_or_no_values_in_reach_meet_the_target(data: st.DataObject) -> None:
    target = data.draw(targets())
    bounds = st.none() | values_near(target)
    low, high = data.draw(bounds), data.draw(bounds)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    reach = Interval(low, high)
    meets = [value in target.interval for value in representatives(target.interval, reach) if value in reach]
    expected = "secured" if all(meets) else "open" if any(meets) else "lost"
    assert certainty(target, low, high) == ("" if low is high is None else expected)


@given(targets(), rationals())
def test_bounds_without_play_say_what_grading_says(target: Target, value: Fraction) -> None:
    met = judge(value, target, "strict") is Status.MET
    assert certainty(target, value, value) == ("secured" if met else "lost")
