"""The sources of the configuration, with the options of their plugins checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.config import Config, SourceSettings
from engine.contracts import Source
from engine.errors import Problem, nearest
from engine.registry import Registry
from engine.rules.plan import OpenableSource
from engine.schema import Fault


def read_sources(config: Config, registry: Registry) -> tuple[dict[str, OpenableSource], list[Problem]]:
    """Every source of the configuration by name, and every problem."""
    problems: list[Problem] = []
    sources = {}
    for name, settings in config.sources.items():
        source = _source(config, settings, registry, problems)
        if source:
            sources[name] = source
    return sources, problems


def _source(
    config: Config, settings: SourceSettings, registry: Registry, problems: list[Problem]
) -> OpenableSource | None:
    here = ("sources", settings.name)
    plugin = registry.get("source", settings.type)
    if plugin is None:
        message = f"unknown source type '{settings.type}'"
        hint = nearest(settings.type, registry.names("source"))
        problems.append(config.problem(Fault(path=("type",), message=message, hint=hint), here))
        return None
    if plugin.schema is None or not isinstance(plugin.descriptor, Source):
        return OpenableSource(settings=settings, plugin=plugin, params={})
    params, faults = plugin.schema.read(settings.options, settings.content)
    if settings.content not in plugin.descriptor.contents:
        expected = " or ".join(plugin.descriptor.contents)
        message = f"'{settings.type}' has no {settings.content}"
        faults.append(Fault(path=("content",), message=message, expected=expected))
    problems += [config.problem(fault, here) for fault in faults]
    return OpenableSource(
        settings=settings, plugin=plugin, params={**params, **_paths(config, plugin.schema.rules, params)}
    )


def _paths(config: Config, rules: Mapping[str, Mapping[str, Any]], params: Mapping[str, Any]) -> dict[str, str]:
    """The options that are paths, from the folder of the configuration, and each as it was written."""
    paths = {key: str(params[key]) for key, rule in rules.items() if rule.get("type") == "path" and key in params}
    complete = {key: str(config.folder / path) for key, path in paths.items()}
    return complete | {f"shown_{key}": path for key, path in paths.items()}
