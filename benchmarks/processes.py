"""Running whole processes, and what they took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ENGINE = (sys.executable, str(Path(sys.executable).parent / "engine"))
MAXRSS_IN_BYTES = sys.platform == "darwin"


class Run(NamedTuple):
    """What one process took: seconds from its start to its end, the most memory it held in MB, and its processor time.

    For the memory, Linux counts in what the process that started it held, so that one had better be small.
    """

    seconds: float
    megabytes: float
    processor_seconds: float = 0.0


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end, its output thrown away. Raises CalledProcessError when it fails."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    megabytes = usage.ru_maxrss / (2**20 if MAXRSS_IN_BYTES else 2**10)
    return Run(seconds, megabytes, usage.ru_utime + usage.ru_stime)


def output(command: Sequence[str], folder: Path) -> str:
    """What a command prints. Raises CalledProcessError when it fails."""
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


def in_turns(commands: Mapping[str, tuple[Sequence[str], Path]], rounds: int) -> dict[str, list[Run]]:
    """The runs of each command in its folder. They alternate, so that a busy minute meets all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, folder) in commands.items():
            runs[name].append(run(command, folder))
    return runs


def middle(runs: Sequence[Run]) -> Run:
    """The median of the seconds and of the processor time, and the most memory of all runs."""
    return Run(
        median(one.seconds for one in runs),
        max(one.megabytes for one in runs),
        median(one.processor_seconds for one in runs),
    )


def medians(commands: Mapping[str, Sequence[str]], folder: Path, rounds: int) -> dict[str, float]:
    """The median seconds of each command, in turns."""
    runs = in_turns({name: (command, folder) for name, command in commands.items()}, rounds)
    return {name: middle(found).seconds for name, found in runs.items()}
