"""The contract of sources: they open, give what they say, close, and say clearly when there is nothing to open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from engine.aggregates import Count
from engine.errors import DataError
from engine.evaluate.opening import opened
from engine.model import Figure
from engine.registry import Plugin, Registry
from engine.rules import OpenableSource
from engine.rules.sources import read_sources
from engine.stopping import Stop
from engine.testing.laws import AT, Named, Options, expect, invented
from engine.testing.plans import PLAN, TIME_ZONE, configured


def source_checks(plugin: Plugin, registry: Registry, options: Sequence[Options]) -> Iterator[Named]:
    """The checks of a source. Options are tables of the configuration, one for each content."""
    contents = plugin.descriptor.contents
    tables = {content: table for content in contents for table in options if table.get("content") == content}
    for content in contents:
        table = tables.get(content, {"content": content})
        yield f"opens, gives {content} and closes", partial(_opens, plugin, registry, table)
        for key, rule in plugin.schema.rules.items() if plugin.schema else ():
            if rule.get("type") == "path":
                yield (
                    f"says that there is nothing at '{key}' ({content})",
                    partial(_lacks, plugin, registry, table, key),
                )


def _opens(plugin: Plugin, registry: Registry, table: Options) -> None:
    source = _source(plugin, registry, table)
    expect(_data(source) == _data(source), "the source has other data when it is opened a second time")


def _lacks(plugin: Plugin, registry: Registry, table: Options, key: str) -> None:
    """A path to nowhere is an error of the data, which says what to do."""
    other = invented(plugin.schema) if plugin.schema else {}
    try:
        _data(_source(plugin, registry, {**other, **table, key: "nowhere/nothing.txt"}))
    except DataError as error:
        for problem in error.problems:
            expect(problem.hint, f"there is no hint with '{problem.message}'")
            expect("nowhere/nothing.txt" in str(problem), f"the path is not named in '{problem}'")
        return
    raise AssertionError("a path to nowhere is no error")


def _source(plugin: Plugin, registry: Registry, table: Options) -> OpenableSource:
    """The source as the configuration gives it. Its paths are from the folder that the test runs in."""
    rules = plugin.schema.rules if plugin.schema else {}
    named = {key: value for key, value in table.items() if rules.get(key, {}).get("type") == "path"}
    paths = {key: str(Path.cwd() / value) for key, value in named.items() if isinstance(value, str)}
    plan = {"plan": PLAN} if table["content"] == "figures" else {}
    with configured({"sample": {"type": plugin.name, **plan, **table, **paths}}, {}) as config:
        sources, problems = read_sources(config, registry)
    failure = sources["sample"].plugin.failure if "sample" in sources else None
    expect(failure is None, str(failure))
    expect(not problems, "options of the source are needed: " + "; ".join(problem.message for problem in problems))
    return sources["sample"]


def _data(source: OpenableSource) -> Any:
    """All figures, or the number of rows, of a source that is then closed."""
    with opened(source, TIME_ZONE, Stop()) as found:
        data = found.data
        if source.settings.content == "figures":
            figures = list(data)
            wrong = [type(figure).__name__ for figure in figures if not isinstance(figure, Figure)]
            expect(not wrong, f"the source gives {', '.join(wrong)} instead of figures")
            return figures
        from engine.scan import Request, scan

        return scan(data, [Request(Count(), None, AT.start, AT.as_of)], time_zone=TIME_ZONE)
