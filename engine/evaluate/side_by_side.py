"""Jobs side by side, each in a thread of its own, with a time limit and a way to stop them.

The threads end with the process, whatever they wait for: a job that is too late, or interrupted, is
asked to stop and then left behind.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from engine.errors import DataError, EngineError, Problem

MOST_AT_ONCE = 8
PATIENCE = 0.1  # seconds between two looks at the clock
LAST_WORDS = 2.0  # seconds that stopping may take

Watch = Callable[[Sequence[str]], object]
"""It is told, ten times a second, which jobs run; in the end that none does."""


def unwatched(names: Sequence[str]) -> None:
    """Nobody watches."""


class Job(NamedTuple):
    """A piece of work on a source: `run` does it, `cancel` asks it to stop from another thread."""

    name: str
    time_limit: int
    run: Callable[[], Any]
    cancel: Callable[[], object]


class _Running(NamedTuple):
    job: Job
    since: float


def side_by_side(jobs: Sequence[Job], watch: Watch) -> list[Any]:
    """What each job gives, in their order; the error of one that fails or is too late.

    Raises whatever a job raises that is no error of the engine, and stops all jobs then.
    """
    outcomes: list[Any] = [None] * len(jobs)
    waiting = deque(enumerate(jobs))
    running: dict[int, _Running] = {}
    finished: SimpleQueue[tuple[int, Any]] = SimpleQueue()
    try:
        while waiting or running:
            while waiting and len(running) < MOST_AT_ONCE:
                place, job = waiting.popleft()
                running[place] = _Running(job, time.monotonic())
                Thread(target=_run, args=(place, job, finished), daemon=True).start()
            with suppress(Empty):
                place, outcome = finished.get(timeout=PATIENCE)
                if running.pop(place, None):
                    outcomes[place] = _raised_if_foreign(outcome)
            for place, job in _late(running):
                del running[place]
                outcomes[place] = _too_late(job)
                _stop([job], 0)
            watch([found.job.name for found in running.values()])
    finally:
        _stop([found.job for found in running.values()], LAST_WORDS)
    return outcomes


def _run(place: int, job: Job, finished: SimpleQueue[tuple[int, Any]]) -> None:
    try:
        outcome = job.run()
    except BaseException as error:
        outcome = error
    finished.put((place, outcome))


def _raised_if_foreign(outcome: Any) -> Any:
    if isinstance(outcome, BaseException) and not isinstance(outcome, EngineError):
        raise outcome
    return outcome


def _late(running: dict[int, _Running]) -> list[tuple[int, Job]]:
    now = time.monotonic()
    return [(place, found.job) for place, found in running.items() if now - found.since > found.job.time_limit]


def _too_late(job: Job) -> DataError:
    message = f"source '{job.name}': no answer within {job.time_limit} seconds"
    return DataError(Problem(message=message, hint="raise its time_limit, or ask for less"))


def _stop(jobs: Iterable[Job], patience: float) -> None:
    """Ask jobs to stop, in threads, since what stops a server may itself wait for it."""
    threads = [Thread(target=_quietly, args=(job.cancel,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)


def _quietly(cancel: Callable[[], object]) -> None:
    with suppress(EngineError):
        cancel()
