"""Jobs side by side, each in a thread of its own, with a time limit and a way to stop them.

The threads end with the process, whatever they wait for: a job that is too late, or interrupted, is
asked to stop and then left behind.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import Any, NamedTuple

from engine.errors import DataError, EngineError, Problem
from engine.stopping import Stop

MOST_AT_ONCE = 8
PATIENCE = 0.1  # seconds between two looks at the clock
LAST_WORDS = 2.0  # seconds that stopping may take
READING = "reading a source"

Watch = Callable[[Sequence[str]], object]
"""It is told, ten times a second, which jobs run; in the end that none does."""


def unwatched(names: Sequence[str]) -> None:
    """Nobody watches."""


class Job(NamedTuple):
    """A piece of work on a source: `run` does it, and is given what stops it from another thread."""

    name: str
    time_limit: int
    run: Callable[[Stop], Any]


class _Running(NamedTuple):
    job: Job
    stop: Stop
    since: float
    thread: Thread


def side_by_side(jobs: Sequence[Job], watch: Watch) -> list[Any]:
    """What each job gives, in their order; the error of one that fails or is too late.

    Raises whatever a job raises that is no error of the engine, and stops all jobs then.
    """
    outcomes: list[Any] = [None] * len(jobs)
    waiting = deque(enumerate(jobs))
    running: dict[int, _Running] = {}
    late: list[_Running] = []
    finished: deque[tuple[int, Any]] = deque()
    news = Event()
    try:
        while waiting or running:
            while waiting and len(running) < MOST_AT_ONCE:
                place, job = waiting.popleft()
                stop = Stop()
                thread = Thread(target=_run, args=(place, job, stop, finished, news), name=READING, daemon=True)
                running[place] = _Running(job, stop, time.monotonic(), thread)
                thread.start()
            news.wait(PATIENCE)
            news.clear()
            while finished:
                place, outcome = finished.popleft()
                if running.pop(place, None):
                    outcomes[place] = _raised_if_foreign(outcome)
            for place in _late(running):
                late.append(running.pop(place))
                outcomes[place] = _too_late(late[-1].job)
                _stop(late[-1:], 0)
            watch([found.job.name for found in running.values()])
    finally:
        _stop([*late, *running.values()], LAST_WORDS)
        watch([])
    return outcomes


def left_behind() -> bool:
    """True when a job did not stop in time: then the process must be ended without waiting for it."""
    return any(thread.name == READING for thread in enumerate_threads())


def _run(place: int, job: Job, stop: Stop, finished: deque[tuple[int, Any]], news: Event) -> None:
    try:
        outcome = job.run(stop)
    except BaseException as error:
        outcome = error
    finished.append((place, outcome))
    news.set()


def _raised_if_foreign(outcome: Any) -> Any:
    if isinstance(outcome, BaseException) and not isinstance(outcome, EngineError):
        raise outcome
    return outcome


def _late(running: dict[int, _Running]) -> list[int]:
    now = time.monotonic()
    return [place for place, found in running.items() if now - found.since > found.job.time_limit]


def _too_late(job: Job) -> DataError:
    message = f"source '{job.name}': no answer within {job.time_limit} seconds"
    return DataError(Problem(message=message, hint="raise its time_limit, or ask for less"))


def _stop(jobs: Sequence[_Running], patience: float) -> None:
    """Ask jobs to stop, in threads, since what stops a server may itself wait for it, and wait a little."""
    deadline = time.monotonic() + patience
    threads = [Thread(target=found.stop.now, daemon=True) for found in jobs if found.thread.is_alive()]
    for thread in threads:
        thread.start()
    for thread in [*threads, *(found.thread for found in jobs)]:
        thread.join(max(0.0, deadline - time.monotonic()))
