"""The report as data: what `--format json` prints, version 1."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from engine.evaluate import (
    Breakdown,
    Evaluation,
    IndicatorResult,
    ObjectiveResult,
    Outcome,
    PartResult,
    PlanResult,
    SegmentResult,
    Stretch,
)
from engine.model import Judgement, Measurement, Unknown, Verdict
from engine.report.language import Language
from engine.report.sentences import combined_reason, flags, reason

VERSION = 1
Reason = Callable[[Verdict], str]


def document(evaluation: Evaluation, language: Language) -> dict[str, Any]:
    """All results as plain data; exact numbers are strings."""
    return {
        "schema": VERSION,
        "language": language.code,
        "plans": [_plan(plan, language) for plan in evaluation.plans],
    }


def counts(plan: PlanResult) -> dict[str, int]:
    """How many indicators have which status."""
    statuses = [result.outcome.status or "unknown" for result in plan.indicators()]
    return {key: statuses.count(key) for key in ("met", "partly_met", "not_met", "unknown")}


def _plan(result: PlanResult, language: Language) -> dict[str, Any]:
    plan = result.plan
    return {
        "id": plan.path,
        "title": language.text(plan.title),
        "period": {"start": plan.start.isoformat(), "end": plan.end.isoformat()},
        "as_of": result.as_of.isoformat(),
        "grading": plan.grading,
        "counts": counts(result),
        "objectives": [_objective(objective, language) for objective in result.objectives],
    }


def _objective(result: ObjectiveResult, language: Language) -> dict[str, Any]:
    return {
        "path": result.objective.path,
        "title": language.text(result.objective.title),
        "owner": result.objective.owner,
        "status": result.status,
        "unknown": _unknown(result.unknown, language),
        "indicators": [_indicator(indicator, language) for indicator in result.indicators],
    }


def _indicator(result: IndicatorResult, language: Language) -> dict[str, Any]:
    if result.indicator.single:
        return {**_part(result.parts[0], language), "parts": []}

    def why(verdict: Verdict) -> str:
        return combined_reason(language, result, verdict)

    return {
        "path": result.indicator.path,
        "title": language.text(result.indicator.title),
        **_outcome(result.outcome, language, why),
        "target": None,
        "series": {"months": [], "quarters": []},
        **_breakdown(result.breakdown, language, why),
        "parts": [_part(part, language) for part in result.parts],
    }


def _part(result: PartResult, language: Language) -> dict[str, Any]:
    def why(verdict: Verdict) -> str:
        return reason(language, result.part, verdict)

    return {
        "path": result.part.path,
        "title": language.text(result.part.title),
        **_outcome(result.outcome, language, why),
        "target": str(result.part.target) if result.part.target else None,
        "series": {
            "months": [_stretch(month) for month in result.stretches.months],
            "quarters": [_stretch(quarter) for quarter in result.stretches.quarters],
        },
        **_breakdown(result.breakdown, language, why),
    }


def _stretch(found: Stretch) -> dict[str, Any]:
    """The measurement of a month or quarter; one that is hidden has no value."""
    return {"as_of": found.as_of.isoformat(), **_value(found.measurement), "suppressed": found.measurement is None}


def _breakdown(found: Breakdown, language: Language, why: Reason) -> dict[str, Any]:
    segments = [_segment(segment, language, why) for segment in found.segments]
    return {"segments": segments, "unnamed_segments": found.unnamed}


def _segment(result: SegmentResult, language: Language, why: Reason) -> dict[str, Any]:
    return {
        "segment": dict(zip(result.by, result.segment, strict=True)),
        "status": result.status,
        "unknown": _unknown(result.unknown, language),
        "to_date": _verdict(result.to_date, why) if result.to_date else None,
        "forecast": _verdict(result.forecast, why) if result.forecast else None,
    }


def _outcome(outcome: Outcome, language: Language, why: Reason) -> dict[str, Any]:
    remarks = [language.note(note) for note in outcome.notes]
    return {
        "status": outcome.status,
        "unknown": _unknown(outcome.unknown, language),
        "data": outcome.data,
        "to_date": _verdict(outcome.to_date, why),
        "forecast": _verdict(outcome.forecast, why),
        "judgement": _judgement(outcome, outcome.judgement),
        "notes": [*remarks, *flags(language, outcome)],
    }


def _verdict(verdict: Verdict, why: Reason) -> dict[str, Any]:
    measurement = verdict.measurement
    return {
        "status": verdict.status,
        "phase": verdict.phase,
        **_value(measurement),
        "low": _exact(measurement.low) if measurement else None,
        "high": _exact(measurement.high) if measurement else None,
        "unit": measurement.unit if measurement else None,
        "as_of": measurement.as_of.isoformat() if measurement and measurement.as_of else None,
        "attainment": _exact(verdict.attainment),
        "reason": why(verdict),
        "method": verdict.method,
        "certainty": verdict.certainty or None,
    }


def _value(measurement: Measurement | None) -> dict[str, Any]:
    """The value, exact and as a number for charts, and what it was worked out from."""
    if measurement is None:
        return dict.fromkeys(("value", "value_number", "numerator", "denominator"))
    return {
        "value": _exact(measurement.value),
        "value_number": float(measurement.value),
        "numerator": _exact(measurement.numerator),
        "denominator": _exact(measurement.denominator),
    }


def _exact(value: Fraction | None) -> str | None:
    """An exact number as text: `62`, or `17900/199`."""
    return None if value is None else str(value)


def _unknown(unknown: Unknown | None, language: Language) -> dict[str, str] | None:
    return {"reason": unknown.reason, "message": language.note(unknown.note)} if unknown else None


def _judgement(outcome: Outcome, judgement: Judgement | None) -> dict[str, Any] | None:
    if judgement is None:
        return None
    return {
        "status": judgement.status,
        "by": judgement.by,
        "on": judgement.on.isoformat(),
        "reason": judgement.reason,
        "from": judgement.start.isoformat(),
        "until": judgement.until.isoformat(),
        "differs": outcome.differs,
    }
