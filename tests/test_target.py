"""Targets are read the same from symbols and from words in three languages, and mean an interval of values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.target import (
    LANGUAGES,
    MORE_OPERATORS,
    MORE_UNITS,
    OPERATOR_WORDS,
    UNIT_WORDS,
    Interval,
    Target,
    TargetError,
    parse_target,
    parse_unit,
    split_quantity,
    unit_words,
)
from tests.cases import Case, load
from tests.strategies import COMPARABLE, decimals, intervals, rationals, representatives, targets, texts, values_near

HOLDS = {
    ">": lambda value, target: value > target.number,
    ">=": lambda value, target: value >= target.number,
    "<": lambda value, target: value < target.number,
    "<=": lambda value, target: value <= target.number,
    "=": lambda value, target: value == target.number,
    "..": lambda value, target: target.number <= value <= target.upper,
    "all": lambda value, target: value >= target.number == 100,
}


@pytest.mark.parametrize("case", load("targets", "text"))
def test_reading(case: Case) -> None:
    case.check(lambda: str(parse_target(case["text"])), TargetError)


@pytest.mark.parametrize("case", load("target_words", "text", "language"))
def test_reading_back_in_words(case: Case) -> None:
    case.check(lambda: parse_target(case["text"]).words(case["language"]), TargetError)


@pytest.mark.parametrize("case", load("quantities", "text"))
def test_reading_a_number_with_its_unit(case: Case) -> None:
    case.check(lambda: list(split_quantity(case["text"])), TargetError)


@given(targets())
def test_symbols_are_read_back(target: Target) -> None:
    assert parse_target(str(target)) == target


@given(targets(), st.sampled_from(LANGUAGES))
def test_words_are_read_back(target: Target, language: str) -> None:
    assert parse_target(target.words(language)) == target


@given(targets(), st.sampled_from(LANGUAGES), st.sampled_from([str.upper, str.capitalize]))
def test_operators_are_read_with_capitals(target: Target, language: str, change: Callable[[str], str]) -> None:
    beginning, space, rest = target.words(language).partition(" ")
    assert parse_target(change(beginning) + space + rest) == target


@given(targets(), st.sampled_from(LANGUAGES))
def test_words_group_nothing_with_a_comma(target: Target, language: str) -> None:
    digits = target.words(language).removesuffix(unit_words(target.unit, language))
    assert "," not in digits or language != "en"
    assert all(len(part.split(" ")[0].split("\u2013")[0]) != 3 for part in digits.split(",")[1:])


@pytest.mark.parametrize(("word", "operator"), MORE_OPERATORS.items())
def test_other_words_for_operators(word: str, operator: str) -> None:
    rest = "" if operator == "all" else " 75 %"
    assert parse_target(word + rest) == parse_target(operator + rest)


def test_every_operator_has_a_word_of_its_own_in_every_language() -> None:
    for language in LANGUAGES:
        words = [named[language] for named in OPERATOR_WORDS.values()]
        assert len(set(words)) == len(words) == 6


@pytest.mark.parametrize(("word", "unit"), MORE_UNITS.items())
def test_other_words_for_units(word: str, unit: str) -> None:
    assert parse_target(f">= 75 {word}") == Target(">=", Fraction(75), unit)


@pytest.mark.parametrize("unit", UNIT_WORDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_units_have_words_in_every_language(unit: str, language: str) -> None:
    assert parse_unit(unit_words(unit, language)) == unit == parse_unit(unit)


def test_a_unit_of_ones_own_is_its_own_word() -> None:
    assert parse_unit("kpl") == "kpl"
    assert {unit_words("kpl", language) for language in LANGUAGES} == {"kpl"}


@given(texts())
def test_any_text_is_a_target_or_a_target_error(text: str) -> None:
    try:
        target = parse_target(text)
    except TargetError:
        return
    assert parse_target(str(target)) == target
    assert {parse_target(target.words(language)) for language in LANGUAGES} == {target}


@given(texts())
def test_any_text_is_a_unit_or_a_target_error(text: str) -> None:
    try:
        unit = parse_unit(text)
    except TargetError:
        return
    assert parse_unit(unit) == unit


@given(decimals(), st.sampled_from(["%", "kpl", ""]))
def test_a_number_alone_is_no_target_and_the_hint_is_one(number: Fraction, unit: str) -> None:
    plain = str(Target(">=", number, unit)).removeprefix(">= ")
    with pytest.raises(TargetError, match="no operator") as caught:
        parse_target(plain)
    first, second = caught.value.hint.removeprefix("write '").removesuffix("'").split("' or '")
    assert parse_target(first) == Target(">=", number, unit)
    assert parse_target(second) == Target("<=", number, unit)


@given(st.data())
def test_a_target_is_met_where_its_operator_holds(data: st.DataObject) -> None:
    target = data.draw(targets())
    value = data.draw(values_near(target))
    assert (value in target.interval) == HOLDS[target.operator](value, target)


@given(st.data(), st.fractions(min_value=Fraction(1, 12), max_value=12))
def test_a_scaled_target_is_met_by_the_scaled_values(data: st.DataObject, factor: Fraction) -> None:
    target = data.draw(targets(COMPARABLE))
    value = data.draw(values_near(target))
    scaled = target.scaled(factor)
    assert (value in target.interval) == (value * factor in scaled.interval)
    assert (scaled.operator, scaled.unit) == (target.operator, target.unit)


@given(intervals(), intervals())
def test_an_interval_encloses_another_when_all_of_its_numbers_are_in_it(one: Interval, other: Interval) -> None:
    members = [number for number in representatives(one, other) if number in other]
    assert members
    assert one.encloses(other) == all(number in one for number in members)


@given(intervals(), intervals(), intervals())
def test_enclosing_is_an_order(one: Interval, other: Interval, third: Interval) -> None:
    assert one.encloses(one)
    assert Interval().encloses(one)
    if one.encloses(other) and other.encloses(third):
        assert one.encloses(third)


@pytest.mark.parametrize("thing", [Interval(), Target("all", Fraction(100), "%")])
def test_targets_and_intervals_are_frozen_and_can_be_keys(thing: Interval | Target) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(thing, fields(thing)[0].name, None)
    assert {thing: 1}[replace(thing)] == 1


@given(intervals(), rationals(), rationals())
def test_an_interval_has_no_holes(one: Interval, first: Fraction, last: Fraction) -> None:
    if first in one and last in one:
        assert (first + last) / 2 in one
