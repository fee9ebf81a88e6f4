"""The plugins that rules choose by name, with their options: the second pass of the validation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import guard
from engine.contracts import Combiner, Forecaster, Metric
from engine.errors import PluginError, nearest
from engine.registry import Plugin, Registry, described, unknown, without_clash
from engine.rules.plan import Choice
from engine.rules.schemas import LEAF_KEYS
from engine.schema import Fault

Report = Callable[[Fault], None]


def choose(kind: str, name: object, key: str, registry: Registry, report: Report) -> Plugin | None:
    """The plugin of that name, which may have failed; None, and a fault at `key`, when there is none."""
    if not isinstance(name, str):
        report(Fault(path=(key,), message=f"the name of a {kind} is missing", expected="text"))
        return None
    plugin = registry.get(kind, name)
    if plugin is None:
        message, hint = unknown(kind, name, registry)
        report(Fault(path=(key,), message=message, hint=hint))
    return plugin


def choose_metric(table: Mapping[str, Any], plugin: Plugin, content: str, report: Report) -> Choice:
    """The metric of a part with its options, which stand in the same table as the part's own keys."""
    options = {key: value for key, value in table.items() if key not in LEAF_KEYS}
    return _choice(plugin, options, content, LEAF_KEYS, report)


def choose_combiner(
    table: Mapping[str, Any], own_keys: frozenset[str], default: str, registry: Registry, report: Report
) -> Choice | None:
    """The combiner of an objective or indicator, with its options in the same table."""
    plugin = choose("combiner", table.get("combine", default), "combine", registry, report)
    options = {key: value for key, value in table.items() if key not in own_keys}
    return _choice(plugin, options, "", own_keys, report) if plugin else None


def choose_forecaster(
    written: object, metric: Plugin, covers: str, content: str, registry: Registry, report: Report
) -> Choice | None:
    """The forecaster that a part names, alone or with options, or the one that fits its metric."""
    options: dict[str, Any] = {}
    name: object = written
    if isinstance(written, Mapping):
        options = {key: value for key, value in written.items() if key != "name"}
        name = written.get("name")
    elif written is None:
        name = default_forecaster(metric, covers, content)
    plugin = choose("forecaster", name, "forecaster", registry, report)
    if plugin is None:
        return None

    def nested(fault: Fault) -> None:
        path = ("forecaster", *fault.path)
        report(Fault(path=path, message=fault.message, expected=fault.expected, hint=fault.hint))

    return _choice(plugin, options, "", frozenset({"name"}), nested)


def default_forecaster(metric: Plugin, covers: str, content: str) -> str:
    """What a metric says of itself, else `run_rate` for totals and `hold` for shares and levels."""
    if not isinstance(metric.descriptor, Metric):
        return "hold"
    if content != "figures" and metric.descriptor.forecaster:
        return metric.descriptor.forecaster
    return "run_rate" if metric.descriptor.kind == "total" and covers != "point" else "hold"


def _choice(plugin: Plugin, options: dict[str, Any], content: str, own_keys: frozenset[str], report: Report) -> Choice:
    plugin = without_clash(plugin, own_keys)
    if plugin.schema is None or not isinstance(plugin.descriptor, (Metric, Forecaster, Combiner)):
        return Choice(name=plugin.name, written=options, plugin=plugin)  # it failed, and so will what uses it
    known = plugin.schema.names
    for key in [key for key in options if key not in known]:
        owner = f"{plugin.kind} '{plugin.name}'"
        hint = nearest(key, (own_keys - {"part", "indicator"}) | set(known))
        report(Fault(path=(key,), message=f"unknown key '{key}'", expected=f"an option of the {owner}", hint=hint))
    options = {key: value for key, value in options.items() if key in known}
    params, faults = plugin.schema.read(options, content)
    written = plugin.schema.filled(options)
    if not faults:
        try:
            faults = _further_faults(plugin, params, content)
        except PluginError as error:  # it fails here as in any other stage: only what uses it
            plugin = plugin._replace(failure=error)
    for fault in faults:
        report(fault)
    return Choice(name=plugin.name, written=written, params=params, plugin=plugin)


def _further_faults(plugin: Plugin, params: Mapping[str, Any], content: str) -> list[Fault]:
    """What a metric has against options that each for itself are right. Raises PluginError."""
    metric = plugin.descriptor
    check = metric.check if isinstance(metric, Metric) else None
    if check is None:
        return []
    messages = guard.call(described(plugin), "check", lambda: list(check(params, content)))
    return [Fault(path=(), message=message) for message in messages]
