"""Outcomes: verdicts, judgements and the rule for missing values put together, from part to objective."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.contracts import Series
from engine.evaluate.combining import Standing, combine
from engine.evaluate.measuring import Measured
from engine.evaluate.results import Breakdown, IndicatorResult, ObjectiveResult, Outcome, PartResult
from engine.evaluate.verdicts import forecast_verdict, to_date_verdict, without_value
from engine.model import At, Data, Judgement, Note, Phase, Unknown, Verdict
from engine.rules import Indicator, Objective, Part


def part_result(
    part: Part, measured: Measured, at: At, as_of: date, said: tuple[Note, ...], counts: Mapping[str, object]
) -> PartResult:
    """What came of a part; `said` are the words of its figure, or what is to be said of its rows."""
    to_date, forecast = _verdicts(part, measured, at, as_of)
    judgement, expired = _judgements(part.judgement, as_of)
    if judgement is None:
        to_date, forecast = (without_value(verdict, part.on_missing) for verdict in (to_date, forecast))
    return PartResult(
        part=part,
        outcome=_outcome(
            to_date, forecast, judgement, expired, _data(part, measured, counts), _remarks(said, measured, as_of)
        ),
        series=measured if isinstance(measured, Series) else None,
        counts=tuple(counts.items()),
    )


def indicator_result(indicator: Indicator, parts: tuple[PartResult, ...], as_of: date) -> IndicatorResult:
    """What came of an indicator: that of its only part, or of its parts together."""
    if indicator.single:
        return IndicatorResult(indicator=indicator, outcome=parts[0].outcome, parts=parts, breakdown=parts[0].breakdown)
    judgement, expired = _judgements(indicator.judgement, as_of)
    outcomes = [part.outcome for part in parts]
    to_date = _combined(indicator, parts, [outcome.to_date for outcome in outcomes], Phase.TO_DATE)
    final = all(outcome.forecast.phase == Phase.FINAL for outcome in outcomes)
    phase = Phase.FINAL if final else Phase.FORECAST
    forecast = _combined(indicator, parts, [outcome.forecast for outcome in outcomes], phase)
    states = [outcome.data for outcome in outcomes]
    data = next((state for state in (Data.MEASURED, Data.REPORTED, Data.JUDGED) if state in states), Data.MISSING)
    return IndicatorResult(
        indicator=indicator,
        outcome=_outcome(to_date, forecast, judgement, expired, data, ()),
        parts=parts,
        breakdown=_breakdown(indicator, parts),
    )


def _breakdown(indicator: Indicator, parts: tuple[PartResult, ...]) -> Breakdown:
    if not any(part.breakdown.segments for part in parts):
        return Breakdown()
    from engine.evaluate.segments import combined  # figures do not need it

    return combined(indicator, parts)


def objective_result(objective: Objective, indicators: tuple[IndicatorResult, ...]) -> ObjectiveResult:
    """What came of an objective: the statuses of its indicators, combined."""
    members = [
        Standing(result.outcome.status, result.outcome.unknown, result.indicator.required, result.indicator.weight)
        for result in indicators
    ]
    status, unknown = combine(objective.combine, members)
    return ObjectiveResult(objective=objective, status=status, unknown=unknown, indicators=indicators)


def _verdicts(part: Part, measured: Measured, at: At, as_of: date) -> tuple[Verdict, Verdict]:
    if part.target is None:  # only where the metric failed to load, so nothing was measured
        unknown = measured if isinstance(measured, Unknown) else Unknown.missing("there is no target")
        return Verdict(phase=Phase.TO_DATE, unknown=unknown), Verdict(phase=Phase.FORECAST, unknown=unknown)
    return to_date_verdict(part, part.target, measured), forecast_verdict(part, part.target, measured, at, as_of)


def _outcome(
    to_date: Verdict,
    forecast: Verdict,
    judgement: Judgement | None,
    expired: Judgement | None,
    data: Data,
    notes: tuple[Note, ...],
) -> Outcome:
    return Outcome(
        status=judgement.status if judgement else forecast.status,
        unknown=None if judgement else forecast.unknown,
        data=Data.JUDGED if judgement and data == Data.MISSING else data,
        to_date=to_date,
        forecast=forecast,
        judgement=judgement,
        expired=expired,
        notes=notes,
    )


def _judgements(judgement: Judgement | None, as_of: date) -> tuple[Judgement | None, Judgement | None]:
    """The judgement when it holds, or when it does not."""
    if judgement is None:
        return None, None
    return (judgement, None) if judgement.holds(as_of) else (None, judgement)


def _data(part: Part, measured: Measured, counts: object) -> Data:
    if isinstance(measured, Unknown):
        return Data.MISSING
    return Data.MEASURED if counts else Data.REPORTED


def _remarks(said: tuple[Note, ...], measured: Measured, as_of: date) -> tuple[Note, ...]:
    """The date of a value that is not of today, and what is said of the data."""
    dated = measured.to_date.as_of if isinstance(measured, Series) else None
    notes = (Note("date of the value: {date}", {"date": dated}),) if dated and dated < as_of else ()
    return (*notes, *said)


def _combined(indicator: Indicator, parts: tuple[PartResult, ...], verdicts: list[Verdict], phase: Phase) -> Verdict:
    """The verdict of an indicator: a judgement of a part is the status of that part."""
    members = []
    for part, verdict in zip(parts, verdicts, strict=True):
        status = part.outcome.judgement.status if part.outcome.judgement else verdict.status
        unknown = None if status else verdict.unknown
        members.append(Standing(status, unknown, part.part.required, part.part.weight))
    status, unknown = combine(indicator.combine, members)
    return Verdict(phase=phase, method=indicator.combine.name, status=status, unknown=unknown)
