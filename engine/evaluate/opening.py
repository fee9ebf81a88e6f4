"""Opening sources: the code of their plugins is guarded, from opening to closing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine import guard
from engine.errors import PluginError
from engine.model import Figure
from engine.registry import described
from engine.rules import OpenableSource


@contextmanager
def opened(source: OpenableSource, time_zone: str) -> Iterator[Any]:
    """The data of a source while it is open. Raises DataError or PluginError."""
    if source.plugin.failure:
        raise source.plugin.failure
    provider = described(source.plugin)
    settings = source.settings
    options = {**source.params, "name": settings.name, "content": settings.content, "time_zone": time_zone}
    manager = guard.call(provider, "open", source.plugin.descriptor.open, options, None)
    if not hasattr(manager, "__enter__"):
        raise PluginError(provider, "open", "it did not return a context manager")
    data = guard.call_quietly(provider, "open", manager.__enter__)
    try:
        yield data
    finally:
        guard.call_quietly(provider, "close", lambda: manager.__exit__(None, None, None))


def read_figures(source: OpenableSource, time_zone: str) -> list[Figure]:
    """All figures of a source. Raises DataError or PluginError."""
    with opened(source, time_zone) as figures:
        return guard.call(described(source.plugin), "read", lambda: list(figures))
