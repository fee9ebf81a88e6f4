"""The results of an evaluation, level by level: each holds its rule and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from engine.contracts import Series
from engine.errors import Problem
from engine.evaluate.records import ReadDone
from engine.model import Data, Judgement, Measurement, Note, Status, Unknown, Verdict
from engine.rules import Indicator, Objective, Part, Plan


class Outcome(NamedTuple):
    """A status (or why there is none) with the verdicts behind it.

    `status` is the judgement's when one holds, and the forecast's otherwise. `judgement` is one that
    holds, `expired` one that does not.
    """

    status: Status | None
    unknown: Unknown | None
    data: Data
    to_date: Verdict
    forecast: Verdict
    judgement: Judgement | None = None
    expired: Judgement | None = None
    notes: tuple[Note, ...] = ()

    @property
    def differs(self) -> bool:
        """True when a judgement holds and the computed status is another one."""
        return self.judgement is not None and self.forecast.status not in (None, self.judgement.status)


class SegmentResult(NamedTuple):
    """What came of one segment of a breakdown: `segment` has the values of the columns `by`.

    The verdicts are None where an indicator has parts; then only the statuses are combined.
    """

    by: tuple[str, ...]
    segment: tuple[str | None, ...]
    status: Status | None
    unknown: Unknown | None
    to_date: Verdict | None = None
    forecast: Verdict | None = None


class Breakdown(NamedTuple):
    """The segments of a part or indicator, and how many more are hidden and may not even be named.

    `hidden` are all that are hidden, by name; no report has it.
    """

    segments: tuple[SegmentResult, ...] = ()
    unnamed: int = 0
    hidden: frozenset[tuple[str | None, ...]] = frozenset()


class Stretch(NamedTuple):
    """A month or quarter of a series: its last day, and its measurement, which is None where it is hidden."""

    as_of: date
    measurement: Measurement | None


class Stretches(NamedTuple):
    """The months and quarters of a part that have rows, oldest first."""

    months: tuple[Stretch, ...] = ()
    quarters: tuple[Stretch, ...] = ()


class PartResult(NamedTuple):
    """What came of a part; `series` is None when there is no measurement. `counts` are by aggregate."""

    part: Part
    outcome: Outcome
    series: Series | None = None
    counts: tuple[tuple[str, object], ...] = ()
    stretches: Stretches = Stretches()
    breakdown: Breakdown = Breakdown()


class IndicatorResult(NamedTuple):
    """What came of an indicator and its parts."""

    indicator: Indicator
    outcome: Outcome
    parts: tuple[PartResult, ...]
    breakdown: Breakdown = Breakdown()


class ObjectiveResult(NamedTuple):
    """What came of an objective: the statuses of its indicators, combined."""

    objective: Objective
    status: Status | None
    unknown: Unknown | None
    indicators: tuple[IndicatorResult, ...]


class PlanResult(NamedTuple):
    """What came of a plan on the day `as_of`."""

    plan: Plan
    as_of: date
    objectives: tuple[ObjectiveResult, ...]

    def indicators(self) -> Iterator[IndicatorResult]:
        for objective in self.objectives:
            yield from objective.indicators


class Evaluation(NamedTuple):
    """The results of all plans, every problem of the data and plugins that was met, and the reads that were done."""

    plans: tuple[PlanResult, ...]
    problems: tuple[Problem, ...]
    reads: tuple[ReadDone, ...] = ()
