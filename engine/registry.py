"""The registry: every plugin by kind and name, loaded when first asked for; a failed one keeps its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import pluggy

from engine import guard, hookspecs
from engine.contracts import KINDS, Descriptor, Metric, Source
from engine.errors import PluginError, nearest
from engine.finder import OWN_DISTRIBUTION, Candidate
from engine.schema import Schema, SchemaError
from engine.target import TargetError, parse_target

OPTIONAL = {"figure", "check", "translate", "remarks", "odd_value"}
FUNCTIONS = {"aggregates", "measure", "open", "forecast", "combine", "render"} | OPTIONAL


class Plugin(NamedTuple):
    """A plugin that was loaded, or that failed: then `failure` says in which stage and why."""

    kind: str
    name: str
    provider: str
    version: str = ""
    file: str = ""
    descriptor: Any = None
    schema: Schema | None = None
    documentation: str = ""
    failure: PluginError | None = None


class Registry:
    """All plugins that were found. Nothing is imported before it is asked for."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._candidates: dict[tuple[str, str], list[Candidate]] = {}
        for candidate in candidates:
            self._candidates.setdefault((candidate.kind, candidate.name), []).append(candidate)
        self._plugins: dict[tuple[str, str], Plugin] = {}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of a kind, failed ones too."""
        return tuple(name for found, name in self._candidates if found == kind)

    def get(self, kind: str, name: str) -> Plugin | None:
        """The plugin, loaded or failed; None when there is none of that name."""
        key = (kind, name)
        if key not in self._candidates:
            return None
        if key not in self._plugins:
            self._plugins[key] = self._load(self._candidates[key])
        return self._plugins[key]

    def all(self) -> tuple[Plugin, ...]:
        """Every plugin, loaded or failed, by kind and name."""
        return tuple(plugin for key in self._candidates if (plugin := self.get(*key)))

    def _load(self, candidates: list[Candidate]) -> Plugin:
        candidate = candidates[0]
        provider = " and ".join(described(found) for found in candidates)
        if len(candidates) > 1:
            reason = f"{candidate.kind} '{candidate.name}' is provided twice"
            if OWN_DISTRIBUTION in (found.provider for found in candidates):
                reason += (
                    "; give yours another name, or, to change a built-in one, install its repository with --editable"
                )
            return _failed(candidate, PluginError(provider, "find", reason))
        try:
            if candidate.problem:
                raise PluginError(provider, "find", candidate.problem)
            module = guard.call(provider, "import", candidate.load)
            descriptor = self._descriptor(candidate, provider, module)
            schema = _checked(candidate, provider, descriptor)
        except PluginError as error:
            return _failed(candidate, error)
        return Plugin(
            kind=candidate.kind,
            name=candidate.name,
            provider=candidate.provider,
            version=candidate.version,
            file=candidate.file.name if candidate.file else "",
            descriptor=descriptor,
            schema=schema,
            documentation=module.__doc__ or "",
        )

    def _descriptor(self, candidate: Candidate, provider: str, module: ModuleType) -> object:
        """Register the module, and call its one hook. A refused module does not stay registered."""
        name = f"{candidate.kind}.{candidate.name}"
        hook = guard.call(provider, "register", self._hook, candidate.kind, provider, module)
        try:
            guard.call(provider, "register", self._manager.register, module, name)
            implementations = getattr(self._manager.hook, hook).get_hookimpls()
            own = next(found for found in implementations if found.plugin_name == name)
            return guard.call(provider, "hook", own.function)
        except PluginError:
            self._manager.unregister(name=name)
            raise

    def _hook(self, kind: str, provider: str, module: ModuleType) -> str:
        """The one hook of a module, if it is the one of its kind. Raises PluginError."""
        if self._manager.is_registered(module):
            other = self._manager.get_name(module)
            raise PluginError(provider, "register", f"its module is already the one of {other}")
        functions = {
            options["specname"] or name: getattr(module, name)
            for name in dir(module)
            if (options := self._manager.parse_hookimpl_opts(module, name))
        }
        hook = f"engine_{kind}"
        if wrong := _wrong_hooks(functions, hook):
            raise PluginError(provider, "register", wrong)
        return hook


def described(candidate: Candidate | Plugin) -> str:
    """The plugin and its provider in words, for messages."""
    version = f" {candidate.version}" if candidate.version else ""
    return f"{candidate.kind} '{candidate.name}' of {candidate.provider}{version}"


def unknown(kind: str, name: str, registry: Registry) -> tuple[str, str]:
    """What to say, with a hint, of a name that no plugin has."""
    return f"unknown {kind} '{name}'", nearest(name, registry.names(kind))


def without_clash(plugin: Plugin, taken: Collection[str]) -> Plugin:
    """The plugin, failed when one of its options has a name that the engine itself uses in the same table."""
    clash = sorted(set(plugin.schema.names if plugin.schema else ()) & set(taken))
    if not clash or plugin.failure:
        return plugin
    reason = f"the name of its option '{clash[0]}' is the engine's own in that table; give it another one"
    return plugin._replace(schema=None, failure=PluginError(described(plugin), "schema", reason))


def _failed(candidate: Candidate, failure: PluginError) -> Plugin:
    return Plugin(
        kind=candidate.kind,
        name=candidate.name,
        provider=candidate.provider,
        version=candidate.version,
        file=candidate.file.name if candidate.file else "",
        failure=failure,
    )


def _wrong_hooks(functions: Mapping[str, Callable[..., Any]], hook: str) -> str:
    """What is wrong with the hooks of a module, or nothing."""
    hooks = [f"engine_{kind}" for kind in KINDS]
    expected = f"one function {hook}() with the decorator @hookimpl"
    if not functions:
        return f"it has no hook: write {expected}"
    for name, function in functions.items():
        if name not in hooks:
            return f"there is no hook '{name}'; {nearest(name, hooks)}"
        if arguments := inspect.signature(function).parameters.values():
            return f"{name}({', '.join(map(str, arguments))}) has arguments, which a hook does not get"
    return "" if list(functions) == [hook] else f"it has {' and '.join(functions)} instead of {expected}"


def _checked(candidate: Candidate, provider: str, descriptor: object) -> Schema:
    """The compiled schema of a descriptor that is of the right type and name."""
    expected = KINDS[candidate.kind]
    if not isinstance(descriptor, expected):
        reason = f"engine_{candidate.kind} returned {type(descriptor).__name__}, not {expected.__name__}"
        raise PluginError(provider, "descriptor", reason)
    if descriptor.name != candidate.name:
        reason = f"it is named '{descriptor.name}', but its file or entry point '{candidate.name}'"
        raise PluginError(provider, "descriptor", reason)
    if wrong := _wrong_field(descriptor):
        raise PluginError(provider, "descriptor", wrong)
    try:
        schema = guard.call(provider, "schema", Schema, descriptor.schema)
        if candidate.provider != OWN_DISTRIBUTION:  # those of the engine itself are checked by its tests
            guard.call(provider, "schema", schema.check)
    except PluginError as error:
        reason = str(error.__cause__) if isinstance(error.__cause__, SchemaError) else error.reason
        raise PluginError(provider, "schema", reason) from error
    return schema


def _wrong_field(descriptor: Descriptor) -> str:
    """What is wrong with a field of a descriptor, or nothing: plugins come without type checks."""
    for field in sorted(FUNCTIONS & set(type(descriptor).__dataclass_fields__)):
        function = getattr(descriptor, field)
        if not callable(function) and not (field in OPTIONAL and function is None):
            return f"the field '{field}' is not a function"
    if isinstance(descriptor, Metric):
        return _wrong_metric(descriptor)
    if isinstance(descriptor, Source) and not _is_tuple_of(descriptor.contents, ("records", "figures")):
        return "the field 'contents' is not a tuple of records and figures"
    return ""


def _wrong_metric(metric: Metric) -> str:
    if metric.kind not in ("ratio", "total", "level"):
        return f"the kind '{metric.kind}' is not ratio, total or level"
    if not isinstance(metric.units, tuple) or not metric.units:
        return "the field 'units' is not a tuple of units"
    for field in ("target", "partly"):
        try:
            text = getattr(metric, field)
            if text:
                parse_target(text)
        except TargetError as error:
            return f"the field '{field}': {error}"
    return ""


def _is_tuple_of(value: object, known: tuple[str, ...]) -> bool:
    return isinstance(value, tuple) and bool(value) and set(value) <= set(known)
