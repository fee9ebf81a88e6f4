"""The checks of a folder or module of plugins: what holds for every plugin, and what holds for those of its kind."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from engine.contracts import KINDS
from engine.errors import PluginError
from engine.finder import Candidate, find
from engine.registry import Plugin, Registry
from engine.schema import Schema
from engine.testing.combiners import combiner_checks
from engine.testing.forecasters import forecaster_checks
from engine.testing.laws import Named, Options, expect
from engine.testing.metrics import metric_checks
from engine.testing.reporters import reporter_checks
from engine.testing.sources import source_checks

CHECKS: dict[str, Callable[[Plugin, Registry, Sequence[Options]], Iterator[Named]]] = {
    "metric": metric_checks,
    "source": source_checks,
    "forecaster": forecaster_checks,
    "combiner": combiner_checks,
    "reporter": reporter_checks,
}


@dataclass(frozen=True)
class Check:
    """One thing that must hold of a plugin: calling it raises an error when it does not."""

    plugin: str
    title: str
    run: Callable[[], None]

    def __call__(self) -> None:
        self.run()

    def __str__(self) -> str:
        return f"{self.plugin}: {self.title}"


def plugin_checks(
    plugins: str | Path | ModuleType, options: Mapping[str, Sequence[Options]] | None = None
) -> list[Check]:
    """Every check of the plugins of a folder (with `metrics/NAME.py` and so on), or of one module.

    `options` has, by `kind.name`, tables of options as the rules or the configuration write them, for
    plugins that do not work with invented ones: a source needs one such table for each of its contents.
    Raises ValueError where there are no plugins.
    """
    found, candidates = _candidates(plugins)
    registry = Registry(found)
    checks = []
    for candidate in candidates:
        name = f"{candidate.kind}.{candidate.name}"
        plugin = registry.get(candidate.kind, candidate.name)
        named = _checks(plugin, registry, (options or {}).get(name, ())) if plugin else ()
        checks += [Check(name, title, run) for title, run in named]
    return checks


def _candidates(plugins: str | Path | ModuleType) -> tuple[list[Candidate], list[Candidate]]:
    """All plugins that there are, and those of them that are to be checked."""
    if isinstance(plugins, ModuleType):
        found = list(find(()))
        wanted = [candidate for candidate in found if candidate.module == plugins.__name__]
        if not wanted:
            wanted = [_candidate(plugins)]
            found += wanted
        return found, wanted
    folder = Path(plugins)
    found = list(find([folder]))
    inside = folder.resolve()
    wanted = [candidate for candidate in found if candidate.file and candidate.file.resolve().is_relative_to(inside)]
    if not wanted:
        raise ValueError(f"there are no plugins in '{folder}'; they are files such as metrics/NAME.py")
    return found, wanted


def _candidate(module: ModuleType) -> Candidate:
    kinds = [kind for kind in KINDS if hasattr(module, f"engine_{kind}")]
    if not kinds:
        hooks = ", ".join(f"engine_{kind}" for kind in KINDS)
        raise ValueError(f"'{module.__name__}' is no plugin: it has none of the hooks {hooks}")
    name = module.__name__.rpartition(".")[2]
    return Candidate(kind=kinds[0], name=name, provider=module.__name__, module=module.__name__)


def _checks(plugin: Plugin, registry: Registry, options: Sequence[Options]) -> Iterator[Named]:
    if plugin.failure:
        yield "loads", partial(_fail, plugin.failure)
        return
    yield "has documentation", lambda: expect(plugin.documentation.strip(), "the file has no docstring")
    yield "documents its options", lambda: _documented(plugin)
    yield from CHECKS[plugin.kind](plugin, registry, options)


def _fail(failure: PluginError) -> None:
    raise failure


def _documented(plugin: Plugin) -> None:
    """The schema is one, its defaults are what it allows, and every option has a line that documents it."""
    schema = plugin.schema or Schema({})
    schema.check()
    for name, rule in schema.rules.items():
        meta = rule.get("meta")
        expect(isinstance(meta, str) and meta and meta == inspect.cleandoc(meta), f"option '{name}' has no meta")
        expect("\n" not in str(meta), f"the meta of option '{name}' is more than one line")
