"""Opening sources: the code of their plugins is guarded, from opening to closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from engine import guard
from engine.database import reason
from engine.errors import DataError, PluginError, Problem, Unreachable
from engine.model import Figure, Note
from engine.registry import described
from engine.rules import OpenableSource

Found = TypeVar("Found")

ATTEMPTS = 4
FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0  # seconds


class Opened:
    """A source that is open: `data` is its frame, or its figures."""

    def __init__(self, source: OpenableSource, data: Any, options: dict[str, Any]) -> None:
        self.data = data
        self._source = source
        self._options = options

    def call(self, stage: str, function: Callable[[], Found]) -> Found:
        """Call what may run code of the source. Raises DataError or PluginError."""
        return _call(self._source, self._options, stage, function)

    def remarks(self) -> tuple[Note, ...]:
        """What the source says of its rows as a whole. Raises DataError or PluginError."""
        remarks = self._source.plugin.descriptor.remarks
        return self.call("remarks", lambda: tuple(remarks(self._options, self.data))) if remarks else ()

    def cancel(self) -> None:
        """Stop a read that another thread waits for, if the source knows how."""
        cancel = self._source.plugin.descriptor.cancel
        if cancel:
            self.call("cancel", lambda: cancel(self.data))


@contextmanager
def opened(source: OpenableSource, time_zone: str) -> Iterator[Opened]:
    """A source while it is open. Raises DataError or PluginError."""
    if source.plugin.failure:
        raise source.plugin.failure
    _check_environment(source)
    settings = source.settings
    options = {
        **source.params,
        "name": settings.name,
        "content": settings.content,
        "time_zone": time_zone,
        "time_limit": settings.time_limit,
        "memory_limit": settings.memory_limit,
    }
    manager = _call(source, options, "open", lambda: source.plugin.descriptor.open(options, None))
    if not hasattr(manager, "__enter__"):
        raise PluginError(described(source.plugin), "open", "it did not return a context manager")
    data = _call(source, options, "open", manager.__enter__)
    try:
        yield Opened(source, data, options)
    finally:
        _call(source, options, "close", lambda: manager.__exit__(None, None, None))


def read_figures(source: OpenableSource, time_zone: str, hold: Callable[[Opened], object]) -> list[Figure]:
    """All figures of a source, which `hold` is given when it is open. Raises DataError or PluginError."""

    def read() -> list[Figure]:
        with opened(source, time_zone) as found:
            hold(found)
            return found.call("read", lambda: list(found.data))

    return persistently(read, source.settings.time_limit)


def persistently(read: Callable[[], Found], time_limit: int) -> Found:
    """What a read gives; a server that is out of reach is asked again a few times, ever later."""
    try:
        return read()
    except Unreachable:
        import stamina  # only a server that is out of reach needs it
        import stamina.instrumentation

    stamina.instrumentation.set_on_retry_hooks([])  # its own words would name the error on stderr
    caller = stamina.RetryingCaller(
        attempts=ATTEMPTS - 1, timeout=time_limit, wait_initial=FIRST_WAIT, wait_max=LONGEST_WAIT
    )
    return caller(Unreachable, read)


def _check_environment(source: OpenableSource) -> None:
    if source.unset:
        name = source.settings.name
        message = f"source '{name}': the environment has no variable {' and no '.join(source.unset)}"
        raise DataError(Problem(message=message, hint="set it before the command, or write the value into a file"))


def _call(source: OpenableSource, options: dict[str, Any], stage: str, function: Callable[[], Found]) -> Found:
    """Call code of a source, its errors translated, and without secrets and complete paths in their words."""
    provider = described(source.plugin)

    def translate(error: BaseException) -> DataError | None:
        own = source.plugin.descriptor.translate
        return (own(options, error) if own else None) or _of_embedded(error)

    quiet = source.settings.content == "records"
    try:
        return guard.call_source(provider, stage, function, translate=translate, quiet=quiet)
    except DataError as error:
        raise type(error)([_shown(source, problem) for problem in error.problems]) from error
    except PluginError as error:
        raise PluginError(error.provider, error.stage, source.shown(error.reason)) from error


def _of_embedded(error: BaseException) -> DataError | None:
    found = reason(error)
    return DataError(Problem(message=found[0], hint=found[1])) if found else None


def _shown(source: OpenableSource, problem: Problem) -> Problem:
    """The problem as it may be printed; one without a place of its own names the source."""
    name = f"source '{source.settings.name}': "
    message = problem.message if problem.place or problem.message.startswith(name) else name + problem.message
    return problem._replace(
        message=source.shown(message), expected=source.shown(problem.expected), hint=source.shown(problem.hint)
    )
