"""Jobs run side by side, come back in order, and are left behind when they take too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from engine.errors import DataError
from engine.evaluate.side_by_side import MOST_AT_ONCE, Job, side_by_side, unwatched
from engine.stopping import Stop


def job(run: Callable[[], Any], name: str = "rows", limit: int = 60, cancel: Callable[[], object] = list) -> Job:
    def stoppable(stop: Stop) -> Any:
        stop.add(cancel)
        return run()

    return Job(name, limit, stoppable)


def test_results_come_in_the_order_of_the_jobs() -> None:
    def after(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    waits = [0.03, 0.0, 0.02, 0.01]
    assert side_by_side([job(lambda wait=wait: after(wait)) for wait in waits], unwatched) == waits


def test_no_jobs_give_nothing() -> None:
    assert side_by_side([], unwatched) == []


def test_jobs_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=10)  # each waits for the other two
    assert sorted(side_by_side([job(meeting.wait) for _ in range(3)], unwatched)) == [0, 1, 2]


def test_no_more_than_some_run_at_the_same_time() -> None:
    running: set[int] = set()
    most = []

    def run(number: int) -> None:
        running.add(number)
        most.append(len(running))
        time.sleep(0.01)
        running.discard(number)

    side_by_side([job(lambda number=number: run(number)) for number in range(3 * MOST_AT_ONCE)], unwatched)
    assert 1 < max(most) <= MOST_AT_ONCE


def test_an_error_of_a_source_is_the_outcome_of_its_job() -> None:
    def fail() -> None:
        raise DataError("no file")

    first, second = side_by_side([job(fail), job(lambda: 2)], unwatched)
    assert isinstance(first, DataError)
    assert second == 2


def test_an_error_of_ours_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side([job(lambda: 1 / 0)], unwatched)


def test_a_job_that_is_too_late_is_cancelled_and_left_behind() -> None:
    stopped = threading.Event()
    slow = job(lambda: stopped.wait(30), "slow", 1, stopped.set)
    began = time.monotonic()
    late, other = side_by_side([slow, job(lambda: 2)], unwatched)
    assert time.monotonic() - began < 10
    assert "source 'slow': no answer within 1 seconds" in str(late)
    assert other == 2
    assert stopped.wait(5)


def test_an_interruption_cancels_what_runs() -> None:
    stopped = threading.Event()

    def interrupt(names: Sequence[str]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side([job(lambda: stopped.wait(30), cancel=stopped.set)], interrupt)
    assert stopped.is_set()


def test_the_watch_sees_what_runs_and_that_nothing_does_in_the_end() -> None:
    seen: list[tuple[str, ...]] = []
    side_by_side([job(lambda: time.sleep(0.3), "slow")], lambda names: seen.append(tuple(names)))
    assert seen[0] == ("slow",)
    assert seen[-1] == ()
