"""Reading one figure: its value in the unit of the target, exact, and checked against what it is worked out from."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from engine.contracts import Metric
from engine.model import Figure, Measurement
from engine.numbers import NUMBER, NumberError, decimals_of, exact, write_number
from engine.target import UNIT_WORDS, TargetError, split_quantity

HALF = Fraction(1, 2)


class FigureError(ValueError):
    """A figure cannot be used: which field of it is wrong, and what to write instead."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.hint = hint


def read_figure(figure: Figure, unit: str, metric: Metric, percent: str) -> Measurement | None:
    """The measurement of a figure, or None when it has no value. Raises FigureError.

    `percent` says how a bare number of a share is meant: `percent`, `fraction`, or empty when nobody said.
    """
    value, decimals = _value(figure.value, unit, percent)
    numerator, denominator = _number(figure.numerator, "numerator"), _number(figure.denominator, "denominator")
    if denominator is None:
        if numerator is not None:
            raise FigureError("numerator", "there is a numerator without a denominator")
        return None if value is None else _possible(metric, Measurement(value=value, unit=unit))
    if numerator is None:
        raise FigureError("denominator", "there is a denominator without a numerator")
    if denominator <= 0:
        hint = "leave value, numerator and denominator empty when there was nothing to count"
        raise FigureError("denominator", f"the denominator is {denominator}", hint)
    worked_out = numerator / denominator * (100 if unit == "%" else 1)
    if value is not None and abs(value - worked_out) > HALF / 10**decimals:
        given = f"{figure.numerator}/{figure.denominator}"
        raise FigureError("value", f"the value {figure.value} is not what {given} gives ({_near(worked_out)})")
    return _possible(metric, Measurement(value=worked_out, unit=unit, numerator=numerator, denominator=denominator))


def _value(written: object, unit: str, percent: str) -> tuple[Fraction | None, int]:
    """The value in the unit of the target, and how many decimals it was written with."""
    if _is_empty(written):
        return None, 0
    number, own_unit, plain = _quantity(written)
    if own_unit and unit and own_unit != unit:
        raise FigureError("value", f"the value is in {own_unit}, the target in {unit}")
    if own_unit in UNIT_WORDS and not unit:
        raise FigureError("value", f"the value is in {own_unit}, the target is a plain number")
    decimals = decimals_of(plain)
    if unit != "%" or own_unit == "%" or percent == "percent":
        return number, decimals
    if percent == "fraction":
        return number * 100, max(decimals - 2, 0)
    if 0 < abs(number) <= 1:
        times = write_number(number * 100)
        hint = f"write '{times} %', or '{plain} %' if it is that little, or say percent = \"fraction\" of the source"
        raise FigureError("value", f"{plain} can be {plain} % or a share of 1", hint)
    return number, decimals


def _quantity(written: object) -> tuple[Fraction, str, str]:
    """The number of a value, its unit when it has one, and the number as it is written."""
    try:
        if isinstance(written, str):
            text = written.strip()
            found = NUMBER.match(text)
            return *split_quantity(text), found[0] if found else ""
        return exact(_decimal(written)), "", str(written)
    except (TargetError, NumberError) as error:
        raise FigureError("value", str(error), error.hint) from error


def _number(written: object, field: str) -> Fraction | None:
    if _is_empty(written):
        return None
    try:
        return exact(_decimal(written))
    except NumberError as error:
        raise FigureError(field, f"{field}: {error}", error.hint) from error


def _is_empty(written: object) -> bool:
    return written is None or (isinstance(written, str) and not written.strip())


def _decimal(written: object) -> object:
    """A binary fraction as the decimal number that it was written from; other values as they are."""
    return Decimal(repr(written)) if isinstance(written, float) else written


def _near(value: Fraction) -> str:
    return f"{float(value):.6g}"


def _possible(metric: Metric, measurement: Measurement) -> Measurement:
    """A share lies between 0 and 100 %: anything else is a mistake in the data."""
    if metric.units == ("%",) and not 0 <= measurement.value <= 100:
        raise FigureError("value", f"a share cannot be {_near(measurement.value)} %")
    return measurement
