"""Opening sources: the code of their plugins is guarded, from opening to closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from engine import guard
from engine.database import reason
from engine.errors import DataError, Place, PluginError, Problem, Unreachable
from engine.model import Figure, Note
from engine.registry import described
from engine.rules import OpenableSource
from engine.stopping import Stop

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

    def odd_value(self, column: str) -> Place | None:
        """Where the first value stands that makes text of a column, if the source can tell. Raises as `remarks`."""
        odd_value = self._source.plugin.descriptor.odd_value
        return self.call("odd_value", lambda: odd_value(self._options, column)) if odd_value else None


@contextmanager
def opened(source: OpenableSource, time_zone: str, stop: Stop) -> Iterator[Opened]:
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
        "stop": stop,
    }
    manager = _call(source, options, "open", lambda: source.plugin.descriptor.open(options, None))
    if not hasattr(manager, "__enter__"):
        raise PluginError(described(source.plugin), "open", "it did not return a context manager")
    data = _call(source, options, "open", manager.__enter__)
    try:
        if settings.content == "records":
            _check_frame(source, data)
        yield Opened(source, data, options)
    except BaseException as error:
        with suppress(DataError, PluginError):  # what went wrong first is what counts
            _call(source, options, "close", partial(manager.__exit__, type(error), error, error.__traceback__))
        raise
    _call(source, options, "close", partial(manager.__exit__, None, None, None))


def _check_frame(source: OpenableSource, data: object) -> None:
    import narwhals as nw  # figures need none of it

    if not isinstance(data, nw.LazyFrame):
        reason = f"it gave {type(data).__name__} instead of a lazy frame of Narwhals"
        raise PluginError(described(source.plugin), "open", reason)


def read_figures(source: OpenableSource, time_zone: str, stop: Stop) -> list[Figure]:
    """All figures of a source. Raises DataError or PluginError."""

    def read() -> list[Figure]:
        with opened(source, time_zone, stop) as found:
            return found.call("read", lambda: list(found.data))

    return persistently(read, source.settings.time_limit, stop)


def persistently(read: Callable[[], Found], time_limit: int, stop: Stop) -> Found:
    """What a read gives; a server that is out of reach is asked again a few times, ever later."""
    try:
        return read()
    except Unreachable:
        if stop.asked:
            raise
        import stamina  # only a server that is out of reach needs it

    def worth_it(error: Exception) -> bool:
        return isinstance(error, Unreachable) and not stop.asked

    caller = stamina.RetryingCaller(
        attempts=ATTEMPTS - 1, timeout=time_limit, wait_initial=FIRST_WAIT, wait_max=LONGEST_WAIT
    )
    with _unsaid():
        return caller(worth_it, read)


@contextmanager
def _unsaid() -> Iterator[None]:
    """Retries without a word of stamina's own on stderr, which would name the error."""
    from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks

    before = get_on_retry_hooks()
    set_on_retry_hooks([])
    try:
        yield
    finally:
        set_on_retry_hooks(before)


def _check_environment(source: OpenableSource) -> None:
    if source.unset:
        name = source.settings.name
        message = f"source '{name}': the environment has no variable {' and no '.join(source.unset)}"
        raise DataError(Problem(message=message, hint="set it before the command"))


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
