"""The sources of the configuration, with the options of their plugins checked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from engine.config import SOURCE, Config, SourceSettings
from engine.contracts import Source
from engine.errors import Problem, nearest
from engine.registry import Registry, without_clash
from engine.rules.environment import fill
from engine.rules.plan import OpenableSource
from engine.schema import Fault

ADDED_OPTIONS = ("name", "time_zone", "memory_limit", "stop")
"""What a source gets beside its own options and those that every source has."""


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
    plugin = without_clash(plugin, {*SOURCE.names, *ADDED_OPTIONS})
    if plugin.schema is None or not isinstance(plugin.descriptor, Source):
        return OpenableSource(settings=settings, plugin=plugin, params={})
    params, faults = plugin.schema.read(settings.options, settings.content)
    if settings.content not in plugin.descriptor.contents:
        expected = " or ".join(plugin.descriptor.contents)
        message = f"'{settings.type}' has no {settings.content}"
        faults.append(Fault(path=("content",), message=message, expected=expected))
    problems += [config.problem(fault, here) for fault in faults]
    filled = fill(params, os.environ)
    paths = [key for key, rule in plugin.schema.rules.items() if _is_path(rule) and key in params]
    complete = {key: _complete(config, filled.options[key]) for key in paths}
    hidden = {path: shown for key in paths for path, shown in _pairs(complete[key], params[key])}
    return OpenableSource(
        settings=settings,
        plugin=plugin,
        params={**filled.options, **complete, **{f"shown_{key}": params[key] for key in paths}},
        hidden={**filled.secrets, **hidden},
        unset=filled.unset,
    )


def _is_path(rule: Mapping[str, Any]) -> bool:
    """True for an option that is a path, or a list of paths."""
    return "path" in (rule.get("type"), (rule.get("schema") or {}).get("type"))


def _complete(config: Config, value: Any) -> Any:
    """A path, or a list of them, from the folder of the configuration; an address is complete as it is."""
    if isinstance(value, list):
        return [_complete(config, member) for member in value]
    return str(value) if "://" in str(value) else str(config.folder / str(value))


def _pairs(complete: Any, written: Any) -> Iterator[tuple[str, str]]:
    """Each complete path with what was written."""
    if isinstance(written, list):
        yield from zip(complete, map(str, written), strict=True)
    else:
        yield complete, str(written)
