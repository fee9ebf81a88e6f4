"""Stopping a read that takes too long, or that nobody waits for any more, from another thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from engine import guard
from engine.errors import PluginError


class Stop:
    """What is called when a read is to stop. A source finds it among its options, as `stop`, while it opens."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._functions: list[Callable[[], object]] = []
        self.asked = False

    def add(self, function: Callable[[], object]) -> None:
        """Have a function called when the read is to stop; at once when it is already."""
        with self._lock:
            self._functions.append(function)
            late = self.asked
        if late:
            _call(function)

    def now(self) -> None:
        """Ask the read to stop. What goes wrong with it is of no interest any more."""
        with self._lock:
            self.asked = True
            functions = list(self._functions)
        for function in functions:
            _call(function)


def _call(function: Callable[[], object]) -> None:
    with suppress(PluginError):
        guard.call("the source", "stop", function)
