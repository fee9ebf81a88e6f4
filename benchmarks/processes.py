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
    """What one process took: seconds from its start to its end, and the most memory it held, in MB.

    Linux counts in what the process that started it held, so that one had better be small.
    """

    seconds: float
    megabytes: float


def run(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end, its output thrown away. Raises CalledProcessError when it fails."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(seconds, usage.ru_maxrss / (2**20 if MAXRSS_IN_BYTES else 2**10))


def medians(commands: Mapping[str, Sequence[str]], folder: Path, rounds: int) -> dict[str, float]:
    """The median seconds of each command. They alternate, so that a busy minute meets all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds[name].append(run(command, folder).seconds)
    return {name: median(values) for name, values in seconds.items()}
