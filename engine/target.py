"""Targets: operator, number and unit, read from symbols or from words in Finnish, Swedish and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from engine.numbers import MINUS, NUMBER, SPACES, NumberError, parse_number, write_number

LANGUAGES = ("fi", "sv", "en")
SYMBOLS = (">=", "<=", ">", "<", "=", "≥", "≤")
OPERATOR_WORDS = {
    ">=": {"fi": "vähintään", "sv": "minst", "en": "at least"},
    ">": {"fi": "yli", "sv": "över", "en": "more than"},
    "<=": {"fi": "enintään", "sv": "högst", "en": "at most"},
    "<": {"fi": "alle", "sv": "under", "en": "less than"},
    "=": {"fi": "täsmälleen", "sv": "exakt", "en": "exactly"},
    "all": {"fi": "kaikki", "sv": "alla", "en": "all"},
}
RANGE_WORDS = {"fi": ("välillä", "\u2013"), "sv": ("mellan", " och "), "en": ("between", " and ")}
MORE_OPERATORS = {
    "≥": ">=", "≤": "<=", "väh.": ">=", "enint.": "<=", "mer än": ">", "fler än": ">", "mindre än": "<",
    "färre än": "<", "över": ">", "over": ">", "fewer than": "<", "under": "<", "jokainen": "all",
    "every": "all",
}  # fmt: skip
OPERATORS = (
    {symbol: symbol for symbol in (">=", ">", "<=", "<", "=", "all")}
    | {word: operator for operator, words in OPERATOR_WORDS.items() for word in words.values()}
    | MORE_OPERATORS
)
UNIT_WORDS = {
    "%": {"fi": "%", "sv": "%", "en": "%"},
    "points": {"fi": "%-yks.", "sv": "procentenheter", "en": "percentage points"},
    "d": {"fi": "vrk", "sv": "dygn", "en": "days"},
    "working_days": {"fi": "työpäivää", "sv": "arbetsdagar", "en": "working days"},
    "months": {"fi": "kk", "sv": "månader", "en": "months"},
}
MORE_UNITS = {
    "prosenttia": "%", "procent": "%", "percent": "%", "per cent": "%", "%-yks": "points",
    "prosenttiyksikköä": "points", "point": "points", "pv": "d", "päivää": "d", "day": "d", "dag": "d",
    "dagar": "d", "arbetsdag": "working_days", "working day": "working_days", "month": "months",
    "mån": "months", "mån.": "months", "månad": "months", "kuukautta": "months",
}  # fmt: skip
UNITS = (
    {unit: unit for unit in UNIT_WORDS}
    | {word: unit for unit, words in UNIT_WORDS.items() for word in words.values()}
    | MORE_UNITS
)
LONGEST_FIRST = sorted(OPERATORS, key=len, reverse=True)
AFTER_WORD = re.compile(rf"[{MINUS}+\s\d]|$")
WORD = re.compile(r"(?!.*\.\.)[^\W\d_][^\s<>=%,;]*|[€$£]")
BETWEEN = re.compile(r"\s*(?:\.\.|\u2013|-|ja|och|and)\s*")
RANGE_BEGINNING = re.compile(r"(?:välillä|mellan|between)\s+", re.IGNORECASE)


class TargetError(ValueError):
    """The text is no target; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Interval:
    """The numbers between two ends; an end of None is without bound, an open end is not in it."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: Fraction) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return self.high is None or not (value > self.high or (self.high_open and value == self.high))

    def encloses(self, other: Interval) -> bool:
        """True when every number of the other interval is in this one."""
        below = self.low is None or (
            other.low is not None
            and (other.low > self.low or (other.low == self.low and (other.low_open or not self.low_open)))
        )
        above = self.high is None or (
            other.high is not None
            and (other.high < self.high or (other.high == self.high and (other.high_open or not self.high_open)))
        )
        return below and above


@dataclass(frozen=True)
class Target:
    """What was promised: `operator` is `>`, `>=`, `<`, `<=`, `=`, `..` or `all`.

    `number` is the number, or the lower end of a range whose upper end is `upper`; for `all` it is 100
    and the unit is `%`.
    """

    operator: str
    number: Fraction
    unit: str = ""
    upper: Fraction | None = None

    @property
    def interval(self) -> Interval:
        """The values that meet the target."""
        if self.operator in (">", ">=", "all"):
            return Interval(low=self.number, low_open=self.operator == ">")
        if self.operator in ("<", "<="):
            return Interval(high=self.number, high_open=self.operator == "<")
        return Interval(low=self.number, high=self._upper)

    def scaled(self, factor: Fraction) -> Target:
        """The same target for a part of the period."""
        upper = None if self.upper is None else self.upper * factor
        return Target(self.operator, self.number * factor, self.unit, upper)

    @property
    def _upper(self) -> Fraction:
        return self.number if self.upper is None else self.upper

    def __str__(self) -> str:
        """The target in symbols, as rules write it: `>= 75 %`."""
        if self.operator == "all":
            return "all"
        number = write_number(self.number)
        text = f"{number}..{write_number(self._upper)}" if self.operator == ".." else f"{self.operator} {number}"
        return f"{text} {self.unit}".rstrip()

    def words(self, language: str) -> str:
        """The target in words, such as `at least 75 %`; `parse_target` reads it back."""
        if self.operator == "all":
            return OPERATOR_WORDS["all"][language]
        signs = (".", "") if language == "en" else (",", "\u00a0")
        if self.operator == "..":
            beginning, between = RANGE_WORDS[language]
            text = f"{beginning} {write_number(self.number, *signs)}{between}{write_number(self._upper, *signs)}"
        else:
            text = f"{OPERATOR_WORDS[self.operator][language]} {write_number(self.number, *signs)}"
        return f"{text} {unit_words(self.unit, language)}".rstrip()


def unit_words(unit: str, language: str) -> str:
    """The unit in a language; a unit that the engine does not know is its own word."""
    return UNIT_WORDS[unit][language] if unit in UNIT_WORDS else unit


def parse_unit(text: str) -> str:
    """Read a unit: `%`, `vrk`, `dygn` and so on, or any one word. Raises TargetError."""
    text = " ".join(text.split())
    if text in UNITS or not text:
        return UNITS.get(text, "")
    if not WORD.fullmatch(text):
        raise TargetError(f"'{text}' is not a unit", "a unit is %, points, d, working_days, months or one word")
    return text


def parse_target(text: str) -> Target:
    """Read a target such as `>= 75 %`, `10..20`, `all` or `vähintään 75 %`. Raises TargetError."""
    text = text.strip(SPACES + "\t")
    beginning = RANGE_BEGINNING.match(text)
    if beginning or ".." in text:
        return _parse_range(text[beginning.end() :] if beginning else text, text)
    operator, rest = _split_operator(text)
    if not operator:
        raise _without_operator(text)
    if operator == "all":
        if rest:
            raise TargetError(f"'{text}' says more than 'all'", "write 'all' alone")
        return Target("all", Fraction(100), "%")
    number, unit = split_quantity(rest)
    return Target(operator, number, unit)


def split_quantity(text: str) -> tuple[Fraction, str]:
    """Read a number with an optional unit after it, such as `75 %` or `34 vrk`. Raises TargetError."""
    found = NUMBER.match(text)
    if not found:
        raise TargetError(f"'{text}' does not begin with a number" if text else "there is no number")
    rest = text[found.end() :]
    if re.match(r"[.,\d]|[eE][+-]?\d", rest):
        raise TargetError(f"'{text}' is not a number", "write digits with at most one '.' or ',', such as 1234.5")
    try:
        return parse_number(found[0]), parse_unit(rest.strip(SPACES))
    except NumberError as error:
        raise TargetError(str(error), error.hint) from error


def _split_operator(text: str) -> tuple[str, str]:
    """The operator that the text begins with, or nothing, and what comes after it."""
    for word in LONGEST_FIRST:
        if text[: len(word)].lower() == word and (word in SYMBOLS or AFTER_WORD.match(text, len(word))):
            return OPERATORS[word], text[len(word) :].strip(SPACES)
    return "", text


def _parse_range(text: str, whole: str) -> Target:
    low = NUMBER.match(text)
    rest = text[low.end() :] if low else ""
    first_unit = re.match(r"\s*%", rest)
    between = BETWEEN.match(rest, first_unit.end() if first_unit else 0)
    if not low or not between:
        raise TargetError(f"'{whole}' is not a range", "write 10..20, or 10..20 %")
    number = split_quantity(low[0])[0]
    upper, unit = split_quantity(rest[between.end() :].strip(SPACES))
    if number > upper:
        raise TargetError(f"'{whole}' has its ends swapped", f"write {write_number(upper)}..{write_number(number)}")
    if first_unit and unit not in ("", "%"):
        raise TargetError(f"'{whole}' has two units", "write 10..20 %")
    return Target("..", number, "%" if first_unit else unit, upper)


def _without_operator(text: str) -> TargetError:
    try:
        number, unit = split_quantity(text)
    except TargetError:
        return TargetError(f"'{text}' is not a target", "write an operator, a number and a unit, such as '>= 75 %'")
    plain = f"{write_number(number)} {unit}".rstrip()
    return TargetError(f"'{text}' has no operator", f"write '>= {plain}' or '<= {plain}'")
