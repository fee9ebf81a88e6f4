"""The words of the engine as data: status, unknown, measurement, figure, judgement, verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from engine.errors import Place


class Status(StrEnum):
    """The three levels, worst first: `rank` 0 is not met, 2 is met."""

    NOT_MET = "not_met"
    PARTLY_MET = "partly_met"
    MET = "met"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS = {Status.NOT_MET: 0, Status.PARTLY_MET: 1, Status.MET: 2}


class Reason(StrEnum):
    """Why there is no status."""

    MISSING = "missing"
    NOT_DUE = "not_due"
    STALE = "stale"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


class Phase(StrEnum):
    """What a verdict speaks of: the state today, the state at the due date, or the outcome."""

    TO_DATE = "to_date"
    FORECAST = "forecast"
    FINAL = "final"


class Data(StrEnum):
    """Where a status rests: counted rows, a reported figure, a person's judgement, or nothing."""

    MEASURED = "measured"
    REPORTED = "reported"
    JUDGED = "judged"
    MISSING = "missing"


class Note(NamedTuple):
    """A remark: English text with {names}, and the values to put there, so that it can be translated."""

    text: str
    values: Mapping[str, object] = MappingProxyType({})

    def __str__(self) -> str:
        return self.text.format(**self.values) if self.values else self.text


class Unknown(NamedTuple):
    """There is no status or value; `reason` says of which kind, `note` says it in words."""

    reason: Reason
    note: Note

    @classmethod
    def missing(cls, text: str, /, **values: object) -> Unknown:
        """There is no value."""
        return cls(Reason.MISSING, Note(text, values))

    @classmethod
    def not_due(cls, text: str, /, **values: object) -> Unknown:
        """It is too early to say."""
        return cls(Reason.NOT_DUE, Note(text, values))

    @classmethod
    def stale(cls, text: str, /, **values: object) -> Unknown:
        """The value is too old to be used."""
        return cls(Reason.STALE, Note(text, values))

    @classmethod
    def failed(cls, text: str, /, **values: object) -> Unknown:
        """A source or plugin failed, or the data are wrong."""
        return cls(Reason.FAILED, Note(text, values))


class Cover(NamedTuple):
    """How much of a period the data cover, in `unit` ("months" or "days").

    `covered` of the `elapsed` units have data; `whole` is the length from the start to the due date.
    """

    covered: int
    elapsed: int
    whole: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """A value with its unit (a share in `%` is 62, not 0.62), and what it was worked out from.

    `low` and `high` bound what the value can still become. `left_out` counts rows with data errors by
    kind. The engine stamps `as_of` (the date the value describes) and `cover`; a plugin leaves them alone.
    """

    value: Fraction
    unit: str = ""
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    notes: tuple[Note, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    as_of: date | None = None
    cover: Cover | None = None

    @classmethod
    def share(
        cls,
        numerator: int | Fraction,
        denominator: int | Fraction,
        *,
        low: Fraction | None = None,
        high: Fraction | None = None,
        notes: tuple[Note, ...] = (),
        left_out: Mapping[str, int] | None = None,
    ) -> Measurement:
        """The exact share of `numerator` in `denominator`, in per cent; `denominator` must not be 0."""
        return cls(
            value=Fraction(numerator) * 100 / Fraction(denominator),
            unit="%",
            numerator=Fraction(numerator),
            denominator=Fraction(denominator),
            low=low,
            high=high,
            notes=notes,
            left_out=left_out or {},
        )


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that somebody already worked out, as it is written in its source.

    `value`, `numerator` and `denominator` are text, numbers or None and are read only when the target
    is known (a bare `0.62` may be 62 % or 0.62 %). `as_of` and `expected` are dates or their text.
    `place` is where the row is written; `columns` has the column of each cell, from 1, by field name.
    """

    indicator: str
    as_of: object
    value: object = None
    numerator: object = None
    denominator: object = None
    note: str = ""
    by: str = ""
    expected: object = None
    place: Place | None = None
    columns: Mapping[str, int] = field(default_factory=dict)


class Judgement(NamedTuple):
    """A status stated by a person, with the reason, and the days on which it holds."""

    status: Status
    by: str
    on: date
    reason: str
    start: date
    until: date

    def holds(self, day: date) -> bool:
        return self.start <= day <= self.until


class At(NamedTuple):
    """The days of one evaluation: `as_of` (the end of that day), and the stretch `start` to `end`.

    `end` is the due date. Nothing that happened after `as_of` exists.
    """

    as_of: date
    start: date
    end: date


class Verdict(NamedTuple):
    """A status (or why there is none), the measurement it rests on, and how it came about.

    `method` names what gave the value (`to_date`, a forecaster) or the status (`judgement`,
    `on_missing`, a combiner). `certainty` is `secured`, `lost`, `open` or empty.
    """

    phase: Phase
    status: Status | None = None
    unknown: Unknown | None = None
    measurement: Measurement | None = None
    attainment: Fraction | None = None
    method: str = ""
    certainty: str = ""
    notes: tuple[Note, ...] = ()
