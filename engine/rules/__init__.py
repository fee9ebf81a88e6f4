"""Rules: TOML files of plans, validated and read into what is evaluated."""

from engine.rules.load import load_rules
from engine.rules.paths import everything, resolve
from engine.rules.plan import Choice, Indicator, Objective, OpenableSource, Part, Plan, Rules

__all__ = [
    "Choice",
    "Indicator",
    "Objective",
    "OpenableSource",
    "Part",
    "Plan",
    "Rules",
    "everything",
    "load_rules",
    "resolve",
]
