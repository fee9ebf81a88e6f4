"""How long ten thousand indicators of figures take, against parsing the same files and nothing else.

    python benchmarks/many_indicators.py [NUMBER]

One whole process loads, validates, evaluates and prints JSON. The other way reads the same TOML with tomllib and
the same figures with csv.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.processes import ENGINE, Run, run

IN_AN_OBJECTIVE = 100
CONFIG = """
[engine]
language = "en"

[sources.figures]
type = "csv"
content = "figures"
plan = "many"
path = "figures.csv"
"""
PLAN = """
[plan]
title = "Many indicators"
period = { start = 2025-01-01, end = 2025-12-31 }
as_of = 2025-05-31
source = "figures"
"""
INDICATOR = """
[objective.o{objective}.indicator.i{indicator}]
title.en = "Indicator {indicator}"
metric = "percentage_share"
target = ">= 75 %"
"""
PARSE = """
import csv, tomllib
from pathlib import Path
for file in [Path("config.toml"), *sorted(Path("rules/many").glob("*.toml"))]:
    tomllib.loads(file.read_text(encoding="utf-8"))
with open("figures.csv", encoding="utf-8", newline="") as file:
    list(csv.DictReader(file))
"""


class Measured(NamedTuple):
    """The engine and the other way on the same files."""

    engine: Run
    other_way: Run


def generate(folder: Path, number: int) -> None:
    """Write a configuration, a plan of so many indicators, and a figure for each."""
    rules = folder / "rules" / "many"
    rules.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (rules / "plan.toml").write_text(PLAN, encoding="utf-8")
    with (folder / "figures.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected"))
        for first in range(0, number, IN_AN_OBJECTIVE):
            objective = first // IN_AN_OBJECTIVE
            indicators = range(first, min(first + IN_AN_OBJECTIVE, number))
            text = "".join(INDICATOR.format(objective=objective, indicator=indicator) for indicator in indicators)
            (rules / f"o{objective}.toml").write_text(text, encoding="utf-8")
            for indicator in indicators:
                path = f"o{objective}.i{indicator}"
                writer.writerow((path, "2025-05-31", f"{indicator % 100 + 1} %", "", "", "", "", ""))


def measure(folder: Path) -> Measured:
    """Run the engine and the other way on the files of a folder."""
    return Measured(
        engine=run((*ENGINE, "evaluate", "--format", "json"), folder),
        other_way=run((sys.executable, "-c", PARSE), folder),
    )


def main(number: int = 10_000) -> None:
    """Print seconds, memory and the ratio."""
    with TemporaryDirectory() as name:
        generate(Path(name), number)
        engine, other_way = measure(Path(name))
    click.echo(f"{engine.seconds:.2f} s, {engine.megabytes:.0f} MB  engine evaluate --format json, {number} indicators")
    click.echo(f"{other_way.seconds:.2f} s, {other_way.megabytes:.0f} MB  tomllib and csv on the same files")
    click.echo(f"{engine.seconds / other_way.seconds:.1f} ×")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
