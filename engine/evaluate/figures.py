"""Figures: numbers somebody worked out, read exactly, checked, and made into the measurement of a part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from engine.config import SourceSettings
from engine.errors import Problem, nearest
from engine.evaluate.stretches import figure_stretch
from engine.model import At, Figure, Measurement, Note, Unknown
from engine.numbers import NumberError, decimals_of, exact
from engine.periods import cover, parse_date
from engine.rules import Part
from engine.target import TargetError, split_quantity

HALF = Fraction(1, 2)


class FigureError(ValueError):
    """A figure cannot be used; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Dated(NamedTuple):
    """A figure with its date read."""

    as_of: date
    figure: Figure


class FigureTable:
    """The figures of one source by indicator, and what is wrong with them."""

    def __init__(self, figures: Iterable[Figure], settings: SourceSettings, known: Iterable[str]) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._figures: dict[str, list[Dated]] = {}
        self._failed: dict[str, str] = {}
        paths = {path: path for path in known} | {path.partition(".")[2]: path for path in known}
        for figure in figures:
            path = paths.get(figure.indicator.strip())
            if path is None:
                message = f"there is no indicator '{figure.indicator}' in the plan '{settings.plan}'"
                self._problem(figure, message, nearest(figure.indicator, [p.partition(".")[2] for p in known]))
            else:
                self._add(path, figure)

    def _add(self, path: str, figure: Figure) -> None:
        try:
            day = parse_date(figure.as_of)
        except ValueError as error:
            self.fail(path, figure, f"as_of: {error}", "write 2025-05-31 or 31.5.2025")
            return
        dated = self._figures.setdefault(path, [])
        first = next((other for other in dated if other.as_of == day), None)
        if first:
            where = f", first in {first.figure.place}" if first.figure.place else ""
            self.fail(path, figure, f"two figures of '{figure.indicator}' for {day}{where}")
        dated.append(Dated(day, figure))

    def fail(self, path: str, figure: Figure, message: str, hint: str = "") -> None:
        """Note that a figure is wrong; its indicator fails."""
        self._problem(figure, message, hint)
        self._failed.setdefault(path, f"{figure.place}: {message}" if figure.place else message)

    def _problem(self, figure: Figure, message: str, hint: str) -> None:
        self.problems.append(Problem(message=message, place=figure.place, hint=hint))

    def note(self, part: Part, as_of: date) -> str:
        """The remark of the latest figure of a part, with or without a value."""
        dated = self._until(part, as_of)
        return dated[-1].figure.note if dated else ""

    def measure(self, part: Part, at: At) -> Measurement | Unknown:
        """The measurement that the figures of a part give at a day."""
        if part.path in self._failed:
            return Unknown.failed("{text}", text=self._failed[part.path])
        dated = [found for found in self._until(part, at.as_of) if found.as_of >= at.start]
        if not dated:
            return Unknown.missing("there is no figure")
        read: list[tuple[Dated, Measurement]] = []
        for found in dated:
            try:
                measurement = self._read(part, found.figure)
            except FigureError as error:
                self.fail(part.path, found.figure, str(error), error.hint)
                return Unknown.failed("{text}", text=self._failed[part.path])
            if measurement:
                read.append((found, replace(measurement, as_of=found.as_of)))
        if _adds_up(part):
            return _added(part, read, at) if read else _missing(dated[-1])
        return _latest(part, dated, read, at)

    def _until(self, part: Part, as_of: date) -> list[Dated]:
        return sorted(
            (found for found in self._figures.get(part.path, ()) if found.as_of <= as_of), key=lambda found: found.as_of
        )

    def _read(self, part: Part, figure: Figure) -> Measurement | None:
        """The measurement of one figure; None when it has no value."""
        unit = part.target.unit if part.target else ""
        value, decimals = _value(figure.value, unit, self.settings.percent)
        numerator, denominator = _number(figure.numerator, "numerator"), _number(figure.denominator, "denominator")
        if denominator is None:
            if numerator is not None:
                raise FigureError("there is a numerator without a denominator")
            return None if value is None else _bounded(part, Measurement(value=value, unit=unit))
        if numerator is None:
            raise FigureError("there is a denominator without a numerator")
        if denominator <= 0:
            raise FigureError(f"the denominator is {denominator}", "leave value, numerator and denominator empty")
        worked_out = numerator / denominator * (100 if unit == "%" else 1)
        if value is not None and abs(value - worked_out) > HALF / 10**decimals:
            given = f"{figure.numerator}/{figure.denominator}"
            raise FigureError(f"the value {figure.value} is not what {given} gives ({_near(worked_out)})")
        exact_one = Measurement(value=worked_out, unit=unit, numerator=numerator, denominator=denominator)
        return _bounded(part, exact_one)


def _value(written: object, unit: str, percent: str) -> tuple[Fraction | None, int]:
    """The value in the unit of the target, and how many decimals it was written with."""
    if written is None or (isinstance(written, str) and not written.strip()):
        return None, 0
    text = written.strip() if isinstance(written, str) else ""
    try:
        if text:
            number, own_unit = split_quantity(text)
        else:
            number, own_unit = exact(Decimal(repr(written)) if isinstance(written, float) else written), ""
    except (TargetError, NumberError) as error:
        raise FigureError(str(error), error.hint) from error
    if own_unit and unit and own_unit != unit:
        raise FigureError(f"the value is in {own_unit}, the target in {unit}")
    if own_unit in ("%", "d", "months", "points", "working_days") and not unit:
        raise FigureError(f"the value is in {own_unit}, the target is a plain number")
    decimals = decimals_of(text.partition("%")[0] if text else str(written))
    if unit != "%" or own_unit == "%" or percent == "percent":
        return number, decimals
    if percent == "fraction":
        return number * 100, max(decimals - 2, 0) if decimals else 0
    if 0 < abs(number) <= 1:
        plain = text or str(written)
        hint = f"write '{plain} %' or the value times 100, or say percent = \"fraction\" of the source"
        raise FigureError(f"{plain} can be {plain} % or a share of 1", hint)
    return number, decimals


def _number(written: object, name: str) -> Fraction | None:
    if written is None or (isinstance(written, str) and not written.strip()):
        return None
    try:
        return exact(Decimal(repr(written)) if isinstance(written, float) else written)
    except NumberError as error:
        raise FigureError(f"{name}: {error}", error.hint) from error


def _near(value: Fraction) -> str:
    return f"{float(value):.6g}"


def _bounded(part: Part, measurement: Measurement) -> Measurement:
    """A share lies between 0 and 100 %: anything else is a mistake in the data."""
    metric = part.metric.plugin.descriptor
    if metric is not None and metric.units == ("%",) and not 0 <= measurement.value <= 100:
        raise FigureError(f"a share cannot be {_near(measurement.value)} %")
    return measurement


def _adds_up(part: Part) -> bool:
    """True when every figure covers its own month or quarter, so that figures add up."""
    return part.covers in ("month", "quarter") and part.metric.plugin.descriptor.kind != "level"


def _added(part: Part, read: list[tuple[Dated, Measurement]], at: At) -> Measurement | Unknown:
    """Months or quarters added up: values of a total, numerators and denominators of a share."""
    stretches = [figure_stretch(part.covers, found.as_of, at.start) for found, _ in read]
    extent = cover(stretches, at.start, at.as_of, at.end)
    latest = read[-1][1]
    if len(read) == 1:
        return replace(latest, cover=extent)
    numerators = [measurement.numerator for _, measurement in read]
    denominators = [measurement.denominator for _, measurement in read]
    if part.metric.plugin.descriptor.kind == "total" and None in numerators:
        total = sum((measurement.value for _, measurement in read), Fraction(0))
        return Measurement(value=total, unit=latest.unit, as_of=latest.as_of, cover=extent)
    if None in numerators or None in denominators:
        return Unknown.failed("percentages are not averaged: the figures need numerators and denominators")
    numerator = sum((number for number in numerators if number is not None), Fraction(0))
    denominator = sum((number for number in denominators if number is not None), Fraction(0))
    value = numerator / denominator * (100 if latest.unit == "%" else 1)
    return Measurement(
        value=value,
        unit=latest.unit,
        numerator=numerator,
        denominator=denominator,
        as_of=latest.as_of,
        cover=extent,
    )


def _latest(part: Part, dated: list[Dated], read: list[tuple[Dated, Measurement]], at: At) -> Measurement | Unknown:
    """The latest figure stands. Without a value it is missing, unless the last value is carried forward."""
    if read and read[-1][0] is dated[-1]:
        measurement = read[-1][1]
    elif read and part.on_missing == "carry_forward":
        found, measurement = read[-1]
        note = Note("carried forward from {date}", {"date": found.as_of})
        measurement = replace(measurement, notes=(*measurement.notes, note))
    else:
        return _missing(dated[-1])
    if part.covers == "to_date" and measurement.as_of:
        extent = cover([(at.start, measurement.as_of)], at.start, at.as_of, at.end)
        measurement = replace(measurement, cover=extent)
    return measurement


def _missing(latest: Dated) -> Unknown:
    note, expected = latest.figure.note.strip(), latest.figure.expected
    if expected:
        return Unknown.missing("{text} (expected {date})", text=note or "no value", date=_day(expected))
    return Unknown.missing("{text}", text=note) if note else Unknown.missing("no value is reported")


def _day(expected: object) -> object:
    try:
        return parse_date(expected)
    except ValueError:
        return expected
