"""Numbers are read and written exactly, and what can be read in two ways is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.numbers import (
    LONGEST,
    NumberError,
    decimals_of,
    exact,
    fixed,
    parse_number,
    shown,
    write_number,
)
from tests.cases import Case, load
from tests.strategies import MINUS, SPACES, decimals, grouped, rationals, texts


@pytest.mark.parametrize("case", load("numbers", "text"))
def test_reading(case: Case) -> None:
    case.check(lambda: parse_number(case["text"]), NumberError)


@pytest.mark.parametrize("case", load("fixed", "value", "places"))
def test_writing_with_so_many_decimals(case: Case) -> None:
    case.check(lambda: fixed(Fraction(case["value"]), case["places"]), ValueError)


@pytest.mark.parametrize("case", load("exact", "value"))
def test_reading_what_toml_holds(case: Case) -> None:
    case.check(lambda: exact(case["value"]), NumberError)


@given(decimals(), st.sampled_from([".", ","]))
def test_what_is_written_is_read_back(value: Fraction, sign: str) -> None:
    assert parse_number(write_number(value, sign)) == value


@given(decimals(), st.sampled_from([".", ","]), st.sampled_from(SPACES))
def test_what_is_written_in_groups_is_read_back(value: Fraction, sign: str, space: str) -> None:
    text = write_number(value, sign, space)
    assert parse_number(text) == value
    plain = write_number(abs(value), sign)
    assert text.removeprefix("-") == grouped(plain.split(sign)[0], space) + plain[len(plain.split(sign)[0]) :]


@given(decimals())
def test_nothing_is_written_that_says_nothing(value: Fraction) -> None:
    text = write_number(value)
    assert "." not in text or not text.endswith("0")
    assert Fraction(text) == value


@given(decimals(0), st.sampled_from(SPACES), st.sampled_from(["", "+", *MINUS]))
def test_groups_and_signs_of_all_sorts_are_read(value: Fraction, space: str, sign: str) -> None:
    whole, point, decimal = write_number(value).partition(".")
    text = f"{space}{sign}{grouped(whole, space)}{point}{decimal}{space}"
    assert parse_number(text) == (-value if sign and sign in MINUS else value)


@pytest.mark.parametrize("text", ["{}5", "1{0}234{0}567", "5{}"])
def test_no_other_character_is_a_sign_a_space_or_a_unit(text: str) -> None:
    known = set(f"0123456789+{SPACES}{MINUS}")
    for character in sorted({chr(code) for code in range(0x3100)} - known):
        with pytest.raises(NumberError, match="is not a number"):
            parse_number(text.format(character))


@given(st.integers(0, 10**6), st.integers(0, 999), st.sampled_from(["", "-"]))
def test_a_comma_and_three_digits_are_refused_with_both_readings(whole: int, decimal: int, sign: str) -> None:
    text = f"{sign}{whole},{decimal:03}"
    with pytest.raises(NumberError, match="two ways") as caught:
        parse_number(text)
    one, other = caught.value.hint.removeprefix("write ").split(" or ")
    assert parse_number(one) == Fraction(text.replace(",", ""))
    assert parse_number(other) == Fraction(text.replace(",", "."))


@given(texts())
def test_any_text_is_a_number_or_a_number_error(text: str) -> None:
    try:
        value = parse_number(text)
    except NumberError:
        return
    assert parse_number(write_number(value)) == value
    assert set(text) <= set("0123456789.,+" + SPACES + MINUS)
    assert any(character in "0123456789" for character in text)


@given(rationals(), st.integers(0, 8))
def test_rounding_is_to_the_nearest_and_halves_go_away_from_zero(value: Fraction, places: int) -> None:
    text = fixed(value, places)
    unit = Fraction(1, 10**places)
    assert abs(Fraction(text) - value) <= unit / 2
    if abs(Fraction(text) - value) == unit / 2:
        assert abs(Fraction(text)) > abs(value)
    assert len(text.partition(".")[2]) == places == decimals_of(text)
    assert text.startswith("-") == (Fraction(text) < 0)


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(-2500 * 5, 12), Fraction(1, 10 ** (LONGEST + 1))])
def test_a_number_without_end_is_not_written(value: Fraction) -> None:
    with pytest.raises(ValueError, match="no end"):
        write_number(value)


@pytest.mark.parametrize(("text", "places"), [("5", 0), ("1 234", 0), ("1,50", 2), (" 62.0 ", 1), ("-0,6250", 4)])
def test_written_decimals_are_counted_with_their_zeros(text: str, places: int) -> None:
    assert decimals_of(text) == places


@given(st.integers(-(10**LONGEST) + 1, 10**LONGEST - 1) | rationals())
def test_whole_numbers_and_fractions_are_exact_already(value: int | Fraction) -> None:
    assert exact(value) == value
    assert type(exact(value)) is Fraction


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimal_numbers_are_exact_or_beyond_all_measure(value: Decimal) -> None:
    try:
        assert exact(value) == Fraction(value)
    except NumberError:
        assert abs(value.adjusted()) > LONGEST or len(value.as_tuple().digits) > LONGEST


@pytest.mark.parametrize("value", [10**LONGEST, -(10**LONGEST), None, 1.5, [1], Decimal("sNaN")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(NumberError):
        exact(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), ("a", '"a"'), (Decimal("1.50"), "1.50"), ([1], "[1]"), (0, "0")],
)
def test_values_are_shown_as_toml_writes_them(value: object, text: str) -> None:
    assert shown(value) == text


@given(st.text(max_size=100))
def test_a_long_value_is_cut(text: str) -> None:
    whole, cut = f'"{text}"', shown(text)
    assert len(cut) <= 60
    assert cut == whole or (len(whole) > 60 and cut.endswith("…") and whole.startswith(cut[:-1]) and len(cut) > 50)
