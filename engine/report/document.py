"""The report as data: what `--format json` prints, version 1."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from engine.evaluate import Evaluation, IndicatorResult, ObjectiveResult, Outcome, PartResult, PlanResult
from engine.model import Judgement, Unknown, Verdict
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
    table = _outcome(result.outcome, language, lambda verdict: combined_reason(language, result, verdict))
    return {
        "path": result.indicator.path,
        "title": language.text(result.indicator.title),
        **table,
        "target": None,
        "parts": [_part(part, language) for part in result.parts],
    }


def _part(result: PartResult, language: Language) -> dict[str, Any]:
    table = _outcome(result.outcome, language, lambda verdict: reason(language, result.part, verdict))
    return {
        "path": result.part.path,
        "title": language.text(result.part.title),
        **table,
        "target": str(result.part.target) if result.part.target else None,
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
        "value": _exact(measurement.value) if measurement else None,
        "value_number": float(measurement.value) if measurement else None,
        "numerator": _exact(measurement.numerator) if measurement else None,
        "denominator": _exact(measurement.denominator) if measurement else None,
        "low": _exact(measurement.low) if measurement else None,
        "high": _exact(measurement.high) if measurement else None,
        "unit": measurement.unit if measurement else None,
        "as_of": measurement.as_of.isoformat() if measurement and measurement.as_of else None,
        "attainment": _exact(verdict.attainment),
        "reason": why(verdict),
        "method": verdict.method,
        "certainty": verdict.certainty or None,
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
