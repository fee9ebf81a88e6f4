"""Figures: numbers somebody worked out, gathered by indicator and made into the measurement of a part."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from engine.config import SourceSettings
from engine.errors import Problem, nearest
from engine.evaluate.figure_values import FigureError, read_figure
from engine.evaluate.stretches import figure_stretch
from engine.model import At, Figure, Measurement, Note, Unknown
from engine.periods import cover, parse_date
from engine.rules import Part


class FigureTable:
    """The figures of one source by indicator and date, and what is wrong with them.

    `known` are the full paths of the plan's indicators and parts.
    """

    def __init__(self, figures: Iterable[Figure], settings: SourceSettings, known: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self._settings = settings
        self._figures: dict[str, dict[date, Figure]] = {}
        self._failed: dict[str, str] = {}
        self._strays: list[str] = []
        short = {path.partition(".")[2]: path for path in known}
        paths = {path: path for path in known} | short
        for figure in figures:
            path = paths.get(figure.indicator.strip())
            if path is None:
                self._strays.append(figure.indicator)
                message = f"there is no indicator '{figure.indicator}' in the plan '{settings.plan}'"
                self._problem(figure, "indicator", message, nearest(figure.indicator, short))
            else:
                self._add(path, figure)

    def note(self, part: Part, as_of: date) -> str:
        """The remark of the latest figure of a part, with or without a value."""
        dated = self._until(part, as_of)
        return dated[-1][1].note if dated else ""

    def measure(self, part: Part, at: At) -> Measurement | Unknown:
        """The measurement that the figures of a part give at a day."""
        dated = [found for found in self._until(part, at.as_of) if found[0] >= at.start]
        read = [(day, self._read(part, day, figure)) for day, figure in dated]
        if part.path in self._failed:
            return Unknown.failed("{text}", text=self._failed[part.path])
        if not dated:
            return self._none(part)
        if part.covers in ("month", "quarter") and part.metric.plugin.descriptor.kind != "level":
            measured = [measurement for _, measurement in read if measurement]
            return _added(part, measured, at) if measured else _missing(dated[-1][1])
        return _latest(part, dated[-1][1], [measurement for _, measurement in read], at)

    def _add(self, path: str, figure: Figure) -> None:
        try:
            day = parse_date(figure.as_of)
        except ValueError as error:
            self._fail(path, figure, "as_of", f"as_of: {error}", "write 2025-05-31 or 31.5.2025")
            return
        dated = self._figures.setdefault(path, {})
        if day in dated:
            first = f", first in {dated[day].place}" if dated[day].place else ""
            self._fail(path, figure, "as_of", f"two figures of '{figure.indicator}' for {day}{first}")
        dated[day] = figure

    def _read(self, part: Part, day: date, figure: Figure) -> Measurement | None:
        unit = part.target.unit if part.target else ""
        try:
            measurement = read_figure(figure, unit, part.metric.plugin.descriptor, self._settings.percent)
        except FigureError as error:
            self._fail(part.path, figure, error.field, str(error), error.hint)
            return None
        return replace(measurement, as_of=day) if measurement else None

    def _none(self, part: Part) -> Unknown:
        """Why a part has no figure: figures of an unknown name may be meant for it."""
        if self._strays and not self._figures.get(part.path):
            names = ", ".join(f"'{name}'" for name in self._strays)
            return Unknown.failed("there is no figure, but there are some of unknown indicators: {names}", names=names)
        return Unknown.missing("there is no figure")

    def _until(self, part: Part, as_of: date) -> list[tuple[date, Figure]]:
        return sorted(
            (found for found in self._figures.get(part.path, {}).items() if found[0] <= as_of),
            key=lambda found: found[0],
        )

    def _fail(self, path: str, figure: Figure, field: str, message: str, hint: str = "") -> None:
        """Note that a figure is wrong; its indicator fails."""
        place = self._problem(figure, field, message, hint).place
        self._failed.setdefault(path, f"{place}: {message}" if place else message)

    def _problem(self, figure: Figure, field: str, message: str, hint: str) -> Problem:
        place = figure.place._replace(column=figure.columns.get(field, 0)) if figure.place else None
        problem = Problem(message=message, place=place, hint=hint)
        self.problems.append(problem)
        return problem


def _added(part: Part, read: list[Measurement], at: At) -> Measurement | Unknown:
    """Months or quarters added up: the values of a total, numerators and denominators of a share."""
    stretches = [figure_stretch(part.covers, found.as_of, at.start) for found in read if found.as_of]
    extent = cover(stretches, at.start, at.as_of, at.end)
    if len(read) == 1:
        return replace(read[0], cover=extent)
    if part.metric.plugin.descriptor.kind == "total":
        total = sum((found.value for found in read), Fraction(0))
        return replace(read[-1], value=total, numerator=None, denominator=None, cover=extent)
    numerators = [found.numerator for found in read if found.numerator is not None]
    denominators = [found.denominator for found in read if found.denominator is not None]
    if len(denominators) < len(read):
        return Unknown.failed("percentages are not averaged: the figures need numerators and denominators")
    numerator, denominator = sum(numerators, Fraction(0)), sum(denominators, Fraction(0))
    share = numerator / denominator * (100 if read[-1].unit == "%" else 1)
    return replace(read[-1], value=share, numerator=numerator, denominator=denominator, cover=extent)


def _latest(part: Part, latest: Figure, read: list[Measurement | None], at: At) -> Measurement | Unknown:
    """The latest figure stands. Without a value it is missing, unless the last value is carried forward."""
    measurement = read[-1]
    earlier = [found for found in read if found]
    if measurement is None and earlier and part.on_missing == "carry_forward":
        note = Note("carried forward from {date}", {"date": earlier[-1].as_of})
        measurement = replace(earlier[-1], notes=(note,))
    if measurement is None:
        return _missing(latest)
    if part.covers == "to_date" and measurement.as_of:
        return replace(measurement, cover=cover([(at.start, measurement.as_of)], at.start, at.as_of, at.end))
    return measurement


def _missing(latest: Figure) -> Unknown:
    note = latest.note.strip()
    if latest.expected:
        return Unknown.missing("{text} (expected {date})", text=note or "no value", date=_day(latest.expected))
    return Unknown.missing("{text}", text=note) if note else Unknown.missing("no value is reported")


def _day(expected: object) -> object:
    try:
        return parse_date(expected)
    except ValueError:
        return expected
