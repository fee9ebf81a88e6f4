"""Numbers as people write them in rules and figures, read exactly and written exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

SPACES = " \u00a0\u202f"
MINUS = "-\u2212\u2013"
LONGEST = 40
NUMBER = re.compile(
    rf"[{MINUS}+]?(?:[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+|[0-9]+)(?:[.,][0-9]+)?",
)


class NumberError(ValueError):
    """The text is no number; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def parse_number(text: str) -> Fraction:
    """Read a number: digits, at most one `.` or `,`, spaces between groups of three.

    Raises NumberError. A comma followed by exactly three digits is refused, since readers of different
    countries take it for different numbers.
    """
    text = text.strip(SPACES)
    plain = re.sub(rf"[{SPACES}]", "", text)
    if len(plain) > LONGEST:
        raise NumberError(f"a number of more than {LONGEST} characters")
    if not NUMBER.fullmatch(text):
        raise NumberError(f"'{text}' is not a number", "write digits with at most one '.' or ',', such as 1234.5")
    whole, comma, decimals = plain.partition(",")
    if comma and len(decimals) == 3:
        raise NumberError(
            f"'{text}' can be read in two ways",
            f"write {whole}{decimals} or {whole}.{decimals.rstrip('0') or '0'}",
        )
    return Fraction(re.sub(rf"^[{MINUS}]", "-", plain).replace(",", "."))


def decimals_of(text: str) -> int:
    """How many decimals a written number has."""
    return len(re.split(r"[.,]", text.strip(SPACES))[-1]) if re.search(r"[.,]", text) else 0


def write_number(value: Fraction, decimal_sign: str = ".", group_sign: str = "") -> str:
    """Write a number whose decimals end, exactly, so that `parse_number` gives it back (if it is not too long).

    Raises ValueError for a number such as 1/3. Three decimals after a comma get a zero more, because
    `0,625` is refused in reading.
    """
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > LONGEST:
            raise ValueError(f"{value} has no end as a decimal number")
    whole, _, decimals = fixed(value, places).partition(".")
    if group_sign:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", group_sign, whole)
    if decimal_sign == "," and places == 3:
        decimals += "0"
    return f"{whole}{decimal_sign}{decimals}" if decimals else whole


def fixed(value: Fraction, places: int) -> str:
    """Write a number with so many decimals, halves rounded away from zero."""
    scaled = abs(value) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if value < 0 and units else ""
    digits = str(units).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def exact(value: object) -> Fraction:
    """The exact number of an int, a Decimal, a Fraction or a text that `parse_number` reads.

    Raises NumberError for everything else: true and false, not-a-number, infinity, and numbers so large
    or small that nobody can have meant them.
    """
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise NumberError(f"{value} is not a number")
        if abs(value.adjusted()) > LONGEST or len(value.as_tuple().digits) > LONGEST:
            raise NumberError(f"a number of more than {LONGEST} digits")
        return Fraction(value)
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise NumberError(f"{shown(value)} is not a number")
    if abs(value) >= 10**LONGEST:
        raise NumberError(f"a number of more than {LONGEST} digits")
    return Fraction(value)


def shown(value: object) -> str:
    """A value as TOML writes it, for messages: true, "text", 1.5."""
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
