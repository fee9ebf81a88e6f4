"""Hypothesis strategies that several test modules share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from engine.filters import AllOf, AnyOf, Condition, Filter, Not, OnOrBefore, Passed, Within
from engine.periods import Limit
from engine.target import OPERATORS, UNIT_WORDS, UNITS, Interval, Target, parse_unit

SPACES = " \u00a0\u202f"
MINUS = "-\u2212\u2013"
HIGHER = (">", ">=", "all")
LOWER = ("<", "<=")
AROUND = ("=", "..")
COMPARABLE = (">", ">=", "<", "<=", "=", "..")
PROFILES = ("strict", "attainment_80", "relative_10", "points_5")
FACTORS = tuple(Fraction(number, 100) for number in (0, 80, 90, 100, 110, 125, 150))
STEPS = tuple(map(Fraction, ("0", "5", "-5", "1", "-1", "1e-9", "-1e-9")))


# Numbers and what people write


@cache
def decimals(low: int = -(10**9), high: int = 10**9) -> st.SearchStrategy[Fraction]:
    """Numbers whose decimals end."""
    return st.builds(
        lambda whole, places: Fraction(whole, 10**places),
        st.integers(low, high) | st.integers(max(low, -20), min(high, 20)),
        st.integers(0, 6),
    )


@cache
def rationals() -> st.SearchStrategy[Fraction]:
    """Any numbers, small ones and those that end nowhere included."""
    return decimals() | st.fractions(max_denominator=10**6) | st.fractions(-3, 3, max_denominator=7)


def grouped(digits: str, space: str) -> str:
    """Digits in groups of three, counted from the end."""
    first = len(digits) % 3 or 3
    return space.join([digits[:first], *(digits[place : place + 3] for place in range(first, len(digits), 3))])


def texts() -> st.SearchStrategy[str]:
    """Any text, and text that nearly is a number, a date, a target or a limit."""
    pieces = st.sampled_from(
        [*OPERATORS, *UNITS, *SPACES, "between ", "välillä ", "mellan ", " och ", " ja ", "..", "-"]
    )
    numbers = st.sampled_from(
        ["0", "75", "2,500", "1 234,5", "1e3", "-5", "\u22125", "\u20135", "inf", "nan", "True", "٣"]
    )
    traps = st.sampled_from(["ſ", "ı", "İ", "K", "\u0308", "\x00", "\n", "%%", "=>", "0x1", "1_000", "²", "½", "．"])
    return st.text(max_size=30) | st.lists(pieces | numbers | traps | st.text(max_size=2), max_size=6).map("".join)


# Targets and values


@cache
def units() -> st.SearchStrategy[str]:
    """The units that a read target can have: those the engine knows, none, and any other word."""
    words = st.text("kpäe9./²", max_size=4).map("k".__add__).filter(_own_unit)
    return st.sampled_from(["", "€", "toimisto", *UNIT_WORDS]) | words


def _own_unit(word: str) -> bool:
    try:
        return parse_unit(word) == word
    except ValueError:
        return False


@cache
def targets(
    operators: tuple[str, ...] = (*COMPARABLE, "all"),
    unit: st.SearchStrategy[str] | None = None,
    numbers: st.SearchStrategy[Fraction] | None = None,
) -> st.SearchStrategy[Target]:
    """Targets of all operators and units, with negative numbers and zero."""
    number = decimals() | st.just(Fraction(0)) if numbers is None else numbers

    def build(operator: str, one: Fraction, other: Fraction, word: str) -> Target:
        if operator == "all":
            return Target("all", Fraction(100), "%")
        if operator == "..":
            return Target("..", min(one, other), word, max(one, other))
        return Target(operator, one, word)

    return st.builds(build, st.sampled_from(operators), number, number, units() if unit is None else unit)


def ends(target: Target) -> tuple[Fraction, ...]:
    """The numbers that a target names."""
    return (target.number,) if target.upper is None else (target.number, target.upper)


def values_near(target: Target) -> st.SearchStrategy[Fraction]:
    """Values on and beside the boundaries that a target and the profiles have, and any others."""
    named = ends(target)
    near = _places().map(lambda place: named[place[0] % len(named)] * place[1] + place[2])
    return near | rationals()


@cache
def _places() -> st.SearchStrategy[tuple[int, Fraction, Fraction]]:
    return st.tuples(st.integers(0, 1), st.sampled_from(FACTORS), st.sampled_from(STEPS))


def partlys(target: Target) -> st.SearchStrategy[Target | None]:
    """Second targets that are easier than the target, or none."""
    step = st.fractions(0, 50, max_denominator=10)

    def build(one: Fraction, other: Fraction, strict: bool) -> Target:
        low, high = target.interval.low, target.interval.high
        if low is None or high is None:
            operator = ("<" if low is None else ">") + ("" if strict and one else "=")
            return Target(operator, target.number + (one if low is None else -one), target.unit)
        return Target("..", low - one, target.unit, high + other)

    return st.none() | st.builds(build, step, step, st.booleans())


@cache
def intervals() -> st.SearchStrategy[Interval]:
    """Intervals that are not empty, many of them with ends in common."""
    end = st.none() | st.integers(-3, 3).map(Fraction) | rationals()
    built = st.builds(_ordered, end, end, st.booleans(), st.booleans())
    return built.filter(lambda one: one.low is None or one.low != one.high or not (one.low_open or one.high_open))


def _ordered(one: Fraction | None, other: Fraction | None, low_open: bool, high_open: bool) -> Interval:
    if one is not None and other is not None:
        one, other = min(one, other), max(one, other)
    return Interval(one, other, low_open, high_open)


def representatives(*intervals: Interval) -> list[Fraction]:
    """A number of every stretch into which the ends of the intervals cut the line: enough to compare them."""
    cuts = sorted({end for one in intervals for end in (one.low, one.high) if end is not None})
    if not cuts:
        return [Fraction(0)]
    between = [(one + other) / 2 for one, other in pairwise(cuts)]
    return [cuts[0] - 1, *cuts, *between, cuts[-1] + 1]


# The calendar


def dates() -> st.SearchStrategy[date]:
    """Dates of which month ends are many."""
    day = st.dates(date(1900, 1, 1), date(2200, 12, 31))
    return day | day.map(lambda one: one.replace(day=1) - timedelta(days=1) if one.year > 1900 else one)


def limits() -> st.SearchStrategy[Limit]:
    """Time limits, those of no length included."""
    return st.builds(Limit, st.integers(0, 400), st.sampled_from(["d", "months"]), st.booleans(), st.none())


# Filters and conditions


def literals() -> st.SearchStrategy[Any]:
    """The values that a filter may compare with."""
    number = st.integers(-5, 5) | st.decimals(-5, 5, places=2)
    return st.text(max_size=3) | number | st.booleans() | dates() | st.datetimes()


def columns() -> st.SearchStrategy[str]:
    """Names of columns."""
    return st.sampled_from(["kind", "channel", "age", "ended", "Ä b"])


@cache
def filter_data() -> st.SearchStrategy[dict[str, Any]]:
    """Filters as rules write them."""
    ordered = literals().filter(lambda value: not isinstance(value, bool))
    values = literals() | st.lists(literals(), min_size=1, max_size=3)
    span = st.builds("{} {}".format, st.integers(0, 50), st.sampled_from(["d", "vrk", "months", "kk"]))
    tests = {
        **dict.fromkeys(("at_least", "above", "at_most", "below"), ordered),
        "not": values,
        "missing": st.booleans(),
        "older_than": span,
    }
    simple = _some_of(tests)
    test = simple | st.builds(lambda inner: {"not": inner}, simple)
    column = st.dictionaries(columns(), values | test, max_size=3)
    return st.recursive(
        column,
        lambda inner: st.builds(
            lambda table, members: {**table, "any": members}, column, st.lists(inner, min_size=1, max_size=3)
        ),
        max_leaves=5,
    )


def _some_of(optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=optional).filter(bool)


def toml_values() -> st.SearchStrategy[Any]:
    """Anything that a TOML file can hold, keys that filters know among it."""
    keys = columns() | st.sampled_from(["any", "not", "missing", "at_least", "older_than"]) | st.text(max_size=3)
    leaf = literals() | st.just(Decimal("nan")) | st.just(Decimal("inf")) | st.times() | st.just("3 months")
    return st.recursive(
        leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
    )


@cache
def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of all kinds."""
    leaf = (
        st.builds(Filter, columns(), st.just("in"), st.lists(literals(), min_size=1, max_size=2).map(tuple))
        | st.builds(Filter, columns(), st.just("missing"))
        | st.builds(Within, columns(), columns(), st.none() | limits())
        | st.builds(Passed, columns(), limits(), dates())
        | st.builds(OnOrBefore, columns(), dates())
    )
    return st.recursive(leaf | st.just(AllOf()) | st.just(AnyOf()), _combined, max_leaves=6)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    kinds: list[Callable[..., Condition]] = [AllOf, AnyOf]
    many = st.lists(inner, max_size=3).map(tuple)
    return st.builds(lambda kind, members: kind(members), st.sampled_from(kinds), many) | st.builds(Not, inner)
