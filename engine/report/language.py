"""A language of reports: its words from gettext catalogues, its numbers and dates from the CLDR."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from engine.grading import partial_interval
from engine.model import Note, Phase, Status
from engine.numbers import fixed
from engine.target import Target, unit_words

CATALOGUES = Path(__file__).parent / "locale"
LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
ENGLISH_DATE = "d MMM y"
SYMBOLS = {Status.MET: "●", Status.PARTLY_MET: "◐", Status.NOT_MET: "○", None: "–"}
MOST_DECIMALS = 6
NO_BREAK_SPACE = "\u00a0"


def _(text: str) -> str:
    """Marks a text for translation where it is written; `Language.say` translates it."""
    return text


STATUS_WORDS = {
    (Status.MET, False): _("will be met"),
    (Status.PARTLY_MET, False): _("will be partly met"),
    (Status.NOT_MET, False): _("will not be met"),
    (Status.MET, True): _("was met"),
    (Status.PARTLY_MET, True): _("was partly met"),
    (Status.NOT_MET, True): _("was not met"),
}


class Language:
    """Says things in one of the languages fi, sv and en.

    For other programs (`machine`) numbers and dates are written as programs read them, 64.7 and
    2025-05-31, and do not change with the CLDR.
    """

    def __init__(self, code: str, *, machine: bool = False) -> None:
        self.code = code
        self._machine = machine
        self._catalogue = gettext.translation("engine", CATALOGUES, languages=[code], fallback=True)

    def say(self, text: str, /, **values: object) -> str:
        """The text in this language, with the values put in."""
        said = self._catalogue.gettext(text)
        return said.format(**{name: self.value(value) for name, value in values.items()}) if values else said

    def note(self, note: Note) -> str:
        """A remark in this language. Plugins write remarks, too, and may forget a value."""
        try:
            return self.say(note.text, **note.values)
        except (LookupError, ValueError):
            return note.text

    def value(self, value: object) -> str:
        """A number or a date in this language; other things as they are."""
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, (int, Fraction, Decimal)) and not isinstance(value, bool):
            return self.number(Fraction(value))
        return str(value)

    def date(self, day: date) -> str:
        """A date as it is written in this language: 31.5.2025, 31 May 2025."""
        if self._machine:
            return day.isoformat()
        if self.code != "en":  # the CLDR's short date of Finland, d.M.y, in both languages, has no words to look up
            return f"{day.day}.{day.month}.{day.year}"
        from babel.dates import format_date

        return str(format_date(day, ENGLISH_DATE, locale=LOCALES[self.code]))

    def number(self, value: Fraction, target: Target | None = None, grading: str = "strict") -> str:
        """A number, rounded only so far that it still compares with the target as the exact one does."""
        text = fixed(value, _decimals(value, target, grading))
        if self._machine:
            return text
        from babel.numbers import format_decimal

        grouped = self.code != "en"  # "2,500" reads as two and a half in the other two languages
        return str(
            format_decimal(
                Decimal(text), locale=LOCALES[self.code], decimal_quantization=False, group_separator=grouped
            )
        ).replace("\u202f", NO_BREAK_SPACE)

    def quantity(self, value: Fraction, unit: str, target: Target | None = None, grading: str = "strict") -> str:
        """A number with its unit."""
        words = unit_words(unit, self.code)
        number = self.number(value, target, grading)
        return f"{number}{NO_BREAK_SPACE}{words}" if words else number

    def text(self, texts: Mapping[str, str]) -> str:
        """The text in this language, or in the first one that there is."""
        return texts.get(self.code) or texts.get("") or next(iter(texts.values()), "")

    def status(self, status: Status | None, phase: Phase) -> str:
        """A status in words, in the tense of its phase."""
        if status is None:
            return self.say(_("cannot be assessed"))
        return self.say(STATUS_WORDS[status, phase == Phase.FINAL])


def _decimals(value: Fraction, target: Target | None, grading: str) -> int:
    """None for whole numbers, else one, and more until the rounded value compares as the exact one."""
    if value.denominator == 1:
        return 0
    intervals = [target.interval, partial_interval(target, grading)] if target else []
    for places in range(1, MOST_DECIMALS):
        rounded = Fraction(fixed(value, places))
        if all(interval is None or (rounded in interval) == (value in interval) for interval in intervals):
            return places
    return MOST_DECIMALS
