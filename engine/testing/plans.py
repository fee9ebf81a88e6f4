"""Small plans that are written to files, and read and evaluated as those of users are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.config import read_config
from engine.evaluate import Evaluation, evaluate
from engine.model import At
from engine.periods import ISO_DATE
from engine.registry import Registry
from engine.rules import Rules, load_rules
from engine.schema import Schema
from engine.toml_writer import write_toml

Options = Mapping[str, Any]
PLAN = "examples"
TIME_ZONE = "Europe/Helsinki"
AT = At(as_of=date(2025, 6, 30), start=date(2025, 1, 1), end=date(2025, 6, 30))
INVENTED: dict[str, Any] = {
    "string": "text", "text": "text", "integer": 1, "number": 1, "boolean": True, "date": AT.as_of, "list": [],
    "dict": {}, "column": "column", "filter": {}, "limit": "<= 30 d", "target": ">= 1", "units": ["text"],
    "path": "file",
}  # fmt: skip


def expect(truth: object, message: str) -> None:
    """Raise AssertionError with the message when something does not hold."""
    if not truth:
        raise AssertionError(message)


def written(registry: Registry, indicators: Mapping[str, Options], sources: Mapping[str, Options]) -> Rules:
    """The rules of a plan with one objective, read from files that are gone afterwards. Raises RulesError."""
    period = {"start": AT.start, "end": AT.end}
    plan = {
        "plan": {"period": period, "grading": "attainment_80"},
        "objective": {"objective": {"indicator": indicators}},
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rules" / PLAN).mkdir(parents=True)
        (folder / "rules" / PLAN / "plan.toml").write_text(write_toml(plain(plan)), encoding="utf-8")
        config = folder / "config.toml"
        config.write_text(write_toml(plain({"sources": sources})), encoding="utf-8")
        return load_rules(read_config(config), registry)


def evaluated(rules: Rules) -> Evaluation:
    """The evaluation of such a plan at the end of its period."""
    return evaluate(rules, {PLAN: AT.as_of})


def plain(value: Any) -> Any:
    """Data as TOML writes them: text such as `2025-03-01` is a date, and a key without a value is left out."""
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items() if member is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(member) for member in value]
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    return Decimal(repr(value)) if isinstance(value, float) else value


def params_of(schema: Schema | None, options: Options | None, content: str = "") -> dict[str, Any]:
    """The options as a plugin gets them: those given, or else invented ones where they are required."""
    if schema is None:
        return {}
    read, faults = schema.read(plain(invented(schema) if options is None else options), content)
    expect(not faults, f"name options that work; these do not: {'; '.join(fault.message for fault in faults)}")
    return read


def invented(schema: Schema) -> dict[str, Any]:
    """A table with a value for every option that is required."""
    return {name: _invented(rule) for name, rule in schema.rules.items() if rule.get("required")}


def _invented(rule: Mapping[str, Any]) -> Any:
    if "allowed" in rule:
        return rule["allowed"][0]
    kind = rule["type"] if isinstance(rule["type"], str) else rule["type"][0]
    return max(rule["min"], INVENTED[kind]) if "min" in rule else INVENTED[kind]
