"""The rules as the engine understands them, written as TOML that loads to the same plan."""

from __future__ import annotations

from typing import Any

from engine.model import Judgement
from engine.rules.plan import Choice, Header, Indicator, Objective, Part, Plan
from engine.toml_writer import write_toml

HOLDERS = ("objective", "indicator", "part")


def resolved(plan: Plan) -> str:
    """One TOML file with every inherited value and every default written out."""
    table: dict[str, Any] = {
        **_titles(plan),
        "period": {"start": plan.start, "end": plan.end},
        "owner": plan.owner,
        "grading": plan.grading,
    }
    if plan.as_of:
        table["as_of"] = plan.as_of
    if plan.units:
        table["units"] = {column: list(names) for column, names in plan.units.items()}
    objectives = {objective.id: _objective(objective) for objective in plan.objectives}
    return write_toml({"plan": table, "objective": objectives}, holders=HOLDERS)


def _objective(objective: Objective) -> dict[str, Any]:
    indicators = {indicator.id: _indicator(indicator) for indicator in objective.indicators}
    owner = {"owner": objective.owner}
    return {**_titles(objective), **owner, **_combine(objective.combine), "indicator": indicators}


def _indicator(indicator: Indicator) -> dict[str, Any]:
    if indicator.single:
        return _part(indicator.parts[0])
    return {
        **_titles(indicator),
        "owner": indicator.owner,
        **_combine(indicator.combine),
        **_member(indicator),
        "part": {part.id: _part(part) for part in indicator.parts},
    }


def _part(part: Part) -> dict[str, Any]:
    table = {
        **_titles(part),
        "owner": part.owner,
        "metric": part.metric.name,
        "source": part.source,
        "date": part.date,
        "target": str(part.target) if part.target else "",
        "partly": str(part.partly) if part.partly else "",
        "grading": part.grading,
        "on_missing": part.on_missing,
        "due": part.due,
        "covers": part.covers,
        "time_zone": part.time_zone,
        "by": list(part.by) or "",
        "suppress_below": part.suppress_below,
        "forecaster": {"name": part.forecaster.name, **part.forecaster.written},
    }
    kept = {key: value for key, value in table.items() if value != ""}
    return {**kept, **part.metric.written, **_member(part)}


def _member(member: Part | Indicator) -> dict[str, Any]:
    table: dict[str, Any] = {"required": member.required, "weight": member.weight}
    return {**table, "judgement": _judgement(member.judgement)} if member.judgement else table


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "status": str(judgement.status),
        "by": judgement.by,
        "on": judgement.on,
        "reason": judgement.reason,
        "from": judgement.start,
        "until": judgement.until,
    }


def _combine(choice: Choice) -> dict[str, Any]:
    return {"combine": choice.name, **choice.written}


def _titles(header: Header) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for key, text in (("title", header.title), ("note", header.note)):
        if text:
            texts[key] = text[""] if "" in text else dict(text)
    return texts
