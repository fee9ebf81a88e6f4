"""How long the engine takes to start and evaluate a small plan, against importing four of its libraries.

    python benchmarks/startup.py

Medians of nine whole processes each, in turns. The plan is the one of published figures.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.processes import ENGINE, ROOT, medians

OTHER_WAY = (sys.executable, "-c", "import click, pluggy, cerberus, toml")
PLAN = "north-karelia-2025"
COMMANDS = {
    "engine evaluate --format json": (*ENGINE, "evaluate", PLAN, "--format", "json"),
    "engine evaluate": (*ENGINE, "evaluate", PLAN),
    "engine --help": (*ENGINE, "--help"),
}
HEAVY = frozenset({"duckdb", "narwhals", "pandas"})


def ratios(rounds: int = 9, folder: Path = ROOT) -> tuple[float, dict[str, float]]:
    """The seconds of the other way, and how many times as long each command takes."""
    seconds = medians({"": OTHER_WAY, **COMMANDS}, folder, rounds)
    return seconds[""], {name: seconds[name] / seconds[""] for name in COMMANDS}


def heavy_imports(command: Sequence[str], folder: Path = ROOT) -> set[str]:
    """The data frame libraries that a command of Python imports."""
    python, *arguments = command
    told = subprocess.run(
        [python, "-X", "importtime", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()} & HEAVY


def main() -> None:
    """Print the ratios, and what is imported."""
    seconds, found = ratios()
    click.echo(f"{seconds:.3f} s  {' '.join(OTHER_WAY[1:])}")
    for name, ratio in found.items():
        imported = ", ".join(sorted(heavy_imports(COMMANDS[name]))) or "no data frame library"
        click.echo(f"{ratio:5.2f} ×  {name}  (imports {imported})")


if __name__ == "__main__":
    main()
