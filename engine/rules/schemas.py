"""The keys of rules: what a plan, an objective, an indicator, a part and a judgement may say."""

from __future__ import annotations

from typing import Any

from engine.grading import PROFILES
from engine.schema import Schema

ON_MISSING = ("unknown", "not_met", "partly_met", "carry_forward")
COVERS = ("month", "quarter", "to_date", "point")
STATUSES = ("met", "partly_met", "not_met")
NOT_YET = ("baseline", "valid_from")

TITLES: dict[str, dict[str, Any]] = {
    "title": {"type": "text", "meta": "the name, as text or in fi, sv and en"},
    "note": {"type": "text", "meta": "a remark that `engine explain` prints"},
}
INHERITED: dict[str, dict[str, Any]] = {
    "owner": {"type": "string", "meta": "the responsible party"},
    "grading": {"type": "string", "allowed": list(PROFILES), "meta": "where partly begins"},
    "on_missing": {"type": "string", "allowed": list(ON_MISSING), "meta": "the status when there is no value"},
    "due": {"type": "date", "meta": "the day by which the target is to be met; default the end of the period"},
    "source": {"type": "string", "meta": "a source of the configuration"},
    "date": {"type": "column", "meta": "the column that dates a row"},
    "time_zone": {"type": "string", "meta": "the zone whose days count; default Europe/Helsinki"},
    "by": {"type": "names", "meta": "columns whose values get a verdict each"},
    "suppress_below": {
        "type": "integer",
        "min": 1,
        "meta": "segments with fewer cases of persons are hidden; default 5",
    },
}
MEMBER: dict[str, dict[str, Any]] = {
    "required": {"type": "boolean", "meta": "not met here makes the whole not met"},
    "weight": {"type": "integer", "min": 1, "meta": "the weight in `weighted` and `share_met`; default 1"},
    "judgement": {"type": "dict", "meta": "a status stated by a person"},
}
LEAF: dict[str, dict[str, Any]] = {
    "metric": {"type": "string", "required": True, "meta": "the metric type"},
    "target": {"type": "target", "meta": 'operator, number and unit, such as ">= 75 %"'},
    "partly": {"type": "target", "meta": "a second, weaker target: from there on it is partly met"},
    "covers": {"type": "string", "allowed": list(COVERS), "meta": "what a figure covers"},
    "forecaster": {"type": ["string", "dict"], "meta": "how the value at the due date is foreseen"},
}
COMBINE: dict[str, dict[str, Any]] = {
    "combine": {"type": "string", "meta": "how the statuses become one"},
}

OUTER: dict[str, dict[str, Any]] = {
    "plan": {"type": "dict", "meta": "what holds for all"},
    "objective": {"type": "dict", "meta": "the objectives"},
    "indicator": {"type": "dict", "meta": "the indicators of an objective"},
    "part": {"type": "dict", "meta": "the parts of an indicator"},
    "period": {
        "type": "dict",
        "schema": {"start": {"type": "date", "required": True}, "end": {"type": "date", "required": True}},
        "meta": "the first and last day",
    },
    "units": {
        "type": "dict",
        "meta": "for a column of a breakdown, all its units: those without rows are shown as missing",
    },
    "as_of": {"type": "date", "meta": "the day of the evaluation, when the command names no other"},
}

EVERYTHING = Schema(TITLES | INHERITED | MEMBER | LEAF | COMBINE | OUTER)
PLAN_FILE = EVERYTHING.only({"plan", "objective"})
PLAN = EVERYTHING.only({*TITLES, *INHERITED, "period", "as_of", "units"}, required={"period"})
OBJECTIVE = EVERYTHING.only({*TITLES, *INHERITED, *COMBINE, "indicator"}, required={"indicator"}, open_ended=True)
INDICATOR = EVERYTHING.only({*TITLES, *INHERITED, *MEMBER, *COMBINE, "part"}, open_ended=True)
PART = EVERYTHING.only({*TITLES, *INHERITED, *MEMBER, *LEAF}, required={"metric"}, open_ended=True)
JUDGEMENT = Schema(
    {
        "status": {"type": "string", "allowed": list(STATUSES), "required": True, "meta": "the status"},
        "by": {"type": "string", "empty": False, "required": True, "meta": "who says so"},
        "on": {"type": "date", "required": True, "meta": "when it was said; only printed"},
        "reason": {"type": "string", "empty": False, "required": True, "meta": "why"},
        "from": {"type": "date", "meta": "first day on which it holds; default the start of the period"},
        "until": {"type": "date", "meta": "last day on which it holds; default the end of the period"},
    }
)
LEAF_KEYS = frozenset(PART.names)
