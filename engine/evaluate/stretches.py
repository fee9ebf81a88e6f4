"""Stretches of time: what a figure covers, and what the rows of a source cover."""

from __future__ import annotations

from datetime import date

from engine.config import SourceSettings
from engine.model import At
from engine.rules import Part, Plan


def figure_stretch(covers: str, as_of: date, start: date) -> tuple[date, date]:
    """The first and last day of the month or quarter that a figure of `as_of` covers."""
    first_month = as_of.month if covers == "month" else as_of.month - (as_of.month - 1) % 3
    return max(date(as_of.year, first_month, 1), start), as_of


def part_days(plan: Plan, part: Part, as_of: date, settings: SourceSettings | None) -> At:
    """The days that a part is measured at: nothing after its due date or the end of the extract exists."""
    last = min(as_of, part.due)
    if settings and settings.content == "records" and settings.until:
        last = min(last, settings.until)
    elif settings and settings.content == "figures":
        last = as_of
    return At(as_of=last, start=plan.start, end=part.due)


def extract(settings: SourceSettings, at: At) -> tuple[date, date] | None:
    """The stretch of the period that the rows of a source cover, or None when they cover none of it."""
    first = max(at.start, settings.start or at.start)
    return (first, at.as_of) if first <= at.as_of else None
