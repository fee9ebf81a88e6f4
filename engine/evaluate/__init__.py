"""Evaluation: from rules and data to verdicts."""

from engine.evaluate.records import ReadDone
from engine.evaluate.results import (
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
from engine.evaluate.run import evaluate

__all__ = [
    "Breakdown",
    "Evaluation",
    "IndicatorResult",
    "ObjectiveResult",
    "Outcome",
    "PartResult",
    "PlanResult",
    "ReadDone",
    "SegmentResult",
    "Stretch",
    "evaluate",
]
