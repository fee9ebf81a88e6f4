"""Evaluation: from rules and data to verdicts."""

from engine.evaluate.results import (
    Evaluation,
    IndicatorResult,
    ObjectiveResult,
    Outcome,
    PartResult,
    PlanResult,
)
from engine.evaluate.run import evaluate

__all__ = [
    "Evaluation",
    "IndicatorResult",
    "ObjectiveResult",
    "Outcome",
    "PartResult",
    "PlanResult",
    "evaluate",
]
