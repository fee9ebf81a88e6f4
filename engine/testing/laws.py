"""What the contracts of all kinds of plugins are written with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from engine.model import At, Measurement
from engine.periods import ISO_DATE
from engine.registry import Plugin
from engine.schema import Schema

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Options = Mapping[str, Any]
Named = tuple[str, Callable[[], None]]
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


def for_all(law: Callable[..., None], *strategies: SearchStrategy[Any], examples: int | None = None) -> None:
    """Call a law with values that Hypothesis draws, one of each strategy."""
    from hypothesis import given, settings
    from hypothesis import strategies as st

    @settings(deadline=None, database=None, max_examples=examples or settings().max_examples)
    @given(st.tuples(*strategies))
    def holds(drawn: tuple[Any, ...]) -> None:
        law(*drawn)

    holds()


def plain(value: Any) -> Any:
    """Data as TOML has them: text such as `2025-03-01` is a date, and a key without a value is left out."""
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items() if member is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(member) for member in value]
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    return Decimal(repr(value)) if isinstance(value, float) else value


def params_of(plugin: Plugin, options: Options | None) -> dict[str, Any]:
    """The options as a plugin gets them: those given, or else invented ones where they are required."""
    schema = plugin.schema or Schema({})
    read, faults = schema.read(invented(schema) if options is None else plain(options))
    expect(not faults, f"these options do not work: {'; '.join(fault.message for fault in faults)}")
    return read


def invented(schema: Schema) -> dict[str, Any]:
    """A table with a value for every option that is required."""
    return {name: _invented(rule) for name, rule in schema.rules.items() if rule.get("required")}


def _invented(rule: Mapping[str, Any]) -> Any:
    if "allowed" in rule:
        return rule["allowed"][0]
    kind = rule["type"] if isinstance(rule["type"], str) else rule["type"][0]
    return max(rule["min"], INVENTED[kind]) if "min" in rule else INVENTED[kind]


def well_formed(found: Measurement) -> None:
    """Numbers are exact, the lower bound is not above the upper one, and the value is that of its numerator."""
    for name in ("value", "numerator", "denominator", "low", "high"):
        number = getattr(found, name)
        exact = isinstance(number, (int, Fraction)) and not isinstance(number, bool)
        expect(
            exact or (number is None and name != "value"), f"'{name}' is a {type(number).__name__}; write a Fraction"
        )
    if found.low is not None and found.high is not None:
        expect(found.low <= found.high, "'low' is above 'high'")
    if found.numerator is None or found.denominator is None:
        expect(
            found.numerator is found.denominator, "there is a numerator without a denominator, or the other way round"
        )
    else:
        factor = 100 if found.unit == "%" else 1
        expect(found.value * found.denominator == found.numerator * factor, "the value is not numerator / denominator")
