"""How fast a national body is evaluated, against hand-written SQL on the same rows.

    python benchmarks/national.py [--rows 50000000] [--areas 45] [--indicators 11] [--rounds 5]
                                  [--folder FOLDER] [--soda PYTHON] [--page docs/performance.md]

Whole processes take turns: `engine evaluate`, one hand-written statement with FILTER for each count, the same with
SUM(CASE), the same GROUP BY as hand-written SQL, and a query for each count. Their numbers are compared before
anything is measured. A second part shows how time and memory grow with rows and indicators. The table and the plot go
into the page, between two comments. With `--soda`, the Python of an environment with `soda-core-duckdb`, Soda Core
checks the numbers of the areas, and on a fifth of the rows those of each of their months, too.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.processes import ENGINE, Run, in_turns, middle, output

HERE = Path(__file__).resolve().parent
EVALUATE = (*ENGINE, "evaluate", "--format", "json")
HAND_WRITTEN = (sys.executable, str(HERE / "hand_written.py"))
ENGINE_NAME = "engine evaluate"
FILTER, SUM_CASE, SIGNATURE = "FILTER per count", "SUM(CASE) per count", "GROUP BY (area, month, signature)"
QUERY_EACH, SODA = "a query per count", "Soda Core, a check per indicator and area"
RANGES_EACH = "a query per count of the ranges"
SODA_MONTHS = "Soda Core, a check per indicator, area and month, a fifth of the rows"
WAYS = {FILTER: "filter", SUM_CASE: "sum_case", SIGNATURE: "signature", QUERY_EACH: "query_each"}
FEWER_ROUNDS = 1
RANGES = 500
GROWTH = {
    "all rows": "national",
    "a fifth of the rows": "fifth",
    "twice the indicators, same conditions": "same",
    "twice the indicators, new conditions": "new",
}
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

Runs = dict[str, list[Run]]


class Sizes(NamedTuple):
    """How much is measured, and how often."""

    rows: int
    areas: int
    indicators: int
    ranges: int
    rounds: int


class DifferentNumbersError(Exception):
    """Two ways gave different numbers."""


def generate(folder: Path, sizes: Sizes) -> None:
    """Write rows and rules, in a process of its own: the memory of this one counts in that of its children."""
    arguments = (sizes.rows, sizes.areas, sizes.indicators, sizes.ranges)
    subprocess.run([sys.executable, str(HERE / "national_data.py"), str(folder), *map(str, arguments)], check=True)


def hand_written(way: str, number: int, data: str = "../cases.parquet") -> tuple[str, ...]:
    """The command of a hand-written program."""
    return (*HAND_WRITTEN, way, data, str(number))


def soda_checks(python: str, number: int, data: str, way: str) -> tuple[str, ...]:
    """The command of the checks of Soda Core."""
    return (python, str(HERE / "soda_checks.py"), data, str(number), way)


def check(folder: Path, sizes: Sizes) -> None:
    """Raise DifferentNumbersError unless all ways give the numbers that the engine gives."""
    national = folder / "national"
    expected = engine_numbers(output(EVALUATE, national))
    for name, way in WAYS.items():
        _same(name, expected, plain_numbers(output(hand_written(way, sizes.indicators), national)))
    in_ranges = engine_numbers(output(EVALUATE, folder / "ranges"))
    counted = plain_numbers(output(hand_written("ranges", sizes.ranges, "../ranges.parquet"), folder / "ranges"))
    _same(RANGES_EACH, in_ranges | {"areas": {}}, counted | {"areas": {}})


def _same(name: str, expected: dict[str, Any], found: dict[str, Any]) -> None:
    for table, numbers in expected.items():
        if numbers != found[table]:
            raise DifferentNumbersError(f"{name}: other numbers than the engine's ({table})")


def engine_numbers(printed: str) -> dict[str, Any]:
    """What the engine printed: numbers of each indicator as a whole, by month and by area."""
    (plan,) = json.loads(printed)["plans"]
    found: dict[str, Any] = {"whole": {}, "months": {}, "areas": {}}
    for one in (one for objective in plan["objectives"] for one in objective["indicators"]):
        name = one["path"].rpartition(".")[2]
        found["whole"]["", name] = _numbers(one["to_date"], bounds=True)
        for month in one["series"]["months"]:
            found["months"][str(int(month["as_of"][5:7])), name] = _numbers(month, bounds=False)
        for segment in one["segments"]:
            found["areas"][segment["segment"]["area"], name] = _numbers(segment["to_date"], bounds=True)
    return found


def plain_numbers(printed: str) -> dict[str, Any]:
    """What a hand-written program printed, in the same form."""
    return {
        table: {
            (key, name): _plain(counts, bounds=table != "months")
            for key, indicators in keys.items()
            for name, counts in indicators.items()
            if counts["denominator"]
        }
        for table, keys in json.loads(printed).items()
    }


def _numbers(printed: dict[str, Any], *, bounds: bool) -> tuple[Any, ...]:
    ends = [printed["low"], printed["high"]] if bounds else []
    exact = [None if end is None else Fraction(end) for end in ends]
    return (int(printed["numerator"]), int(printed["denominator"]), *exact)


def _plain(counts: dict[str, int], *, bounds: bool) -> tuple[Any, ...]:
    ends: list[Fraction | None] = [None, None]
    if "cases" in counts:
        cases, in_time = counts["cases"], counts["in_time"]
        ahead = (cases - counts["denominator"]) - (in_time - counts["numerator"])
        ends = [Fraction(100 * in_time, cases), Fraction(100 * (in_time + ahead), cases)]
    return (counts["numerator"], counts["denominator"], *(ends if bounds else ()))


def measure(folder: Path, sizes: Sizes, soda: str | None) -> Runs:
    """The runs of every way, the long ones fewer times."""
    national = folder / "national"
    ways = {ENGINE_NAME: (EVALUATE, national)}
    ways |= {name: (hand_written(way, sizes.indicators), national) for name, way in WAYS.items()}
    few = {QUERY_EACH: ways.pop(QUERY_EACH)}
    if soda:
        few[SODA] = (soda_checks(soda, sizes.indicators, "../cases.parquet", "expression"), national)
    return in_turns(ways, sizes.rounds) | in_turns(few, FEWER_ROUNDS)


def grow(folder: Path, sizes: Sizes, soda: str | None) -> Runs:
    """The runs of the engine on more rows and indicators, of a query for each of many ranges, and of Soda Core."""
    engine = {name: (EVALUATE, folder / place) for name, place in GROWTH.items()}
    ranges = {f"{sizes.ranges} ranges": (EVALUATE, folder / "ranges")}
    few = {RANGES_EACH: (hand_written("ranges", sizes.ranges, "../ranges.parquet"), folder / "ranges")}
    if soda:
        few[SODA_MONTHS] = (soda_checks(soda, sizes.indicators, "../fifth.parquet", "months"), folder / "fifth")
    return in_turns(engine | ranges, sizes.rounds) | in_turns(few, FEWER_ROUNDS)


def ratio(runs: Runs) -> float:
    """How many times as long the engine takes as the faster of the two hand-written statements."""
    return seconds(runs, ENGINE_NAME) / min(seconds(runs, FILTER), seconds(runs, SUM_CASE))


def seconds(runs: Runs, name: str) -> float:
    """The median seconds of one way."""
    return middle(runs[name]).seconds


def table(runs: Runs, against: str) -> Iterator[str]:
    """The runs as a table in Markdown; `against` is what the ratios are of."""
    base = seconds(runs, against)
    yield f"| whole process | seconds | × {against} | processor seconds | MB | runs |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for name, found in runs.items():
        one = middle(found)
        yield (
            f"| {name} | {one.seconds:.2f} | {one.seconds / base:.2f} | {one.processor_seconds:.2f} "
            f"| {one.megabytes:.0f} | {len(found)} |"
        )


def page(ways: Runs, growth: Runs, sizes: Sizes) -> str:
    """What is measured, as Markdown."""
    lines = [
        f"{sizes.rows / 1e6:g} million rows, {sizes.areas} areas, {sizes.indicators} indicators, 12 months; medians.",
        "",
        *table(ways, ENGINE_NAME),
        "",
        f"engine / hand-written: {ratio(ways):.2f}",
        "",
        "![Seconds of each way](performance.svg)",
        "",
        *table(growth, "a fifth of the rows"),
        "",
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}.",
    ]
    return "\n".join(lines)


def write_page(file: Path, measured: str) -> None:
    """Put what was measured between the two comments of a page."""
    before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    file.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")


def plot(file: Path, ways: Runs) -> None:
    """Draw the seconds of each way as bars. It needs matplotlib, which nothing else does."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "national"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.5 * len(ways) + 1))
    names = list(reversed(ways))
    bars = axes.barh(names, [seconds(ways, name) for name in names])
    axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.set_xscale("log")
    axes.set_xlabel("seconds, whole process, median")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


@click.command(help=__doc__)
@click.option("--rows", default=50_000_000, show_default=True)
@click.option("--areas", default=45, show_default=True)
@click.option("--indicators", type=click.IntRange(1, 11), default=11, show_default=True)
@click.option("--ranges", default=RANGES, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the rows are kept.")
@click.option("--soda", metavar="PYTHON", help="The Python of an environment with soda-core-duckdb.")
@click.option("--page", "file", type=click.Path(dir_okay=False, path_type=Path), help="The page that is written.")
def main(
    rows: int,
    areas: int,
    indicators: int,
    ranges: int,
    rounds: int,
    folder: Path | None,
    soda: str | None,
    file: Path | None,
) -> None:
    sizes = Sizes(rows, areas, indicators, ranges, rounds)
    with TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        if not (place / "ranges").exists():
            generate(place, sizes)
        check(place, sizes)
        ways, growth = measure(place, sizes, soda), grow(place, sizes, soda)
    measured = page(ways, growth, sizes)
    if file:
        write_page(file, measured)
        plot(file.with_suffix(".svg"), ways)
    click.echo(measured)
    click.echo(f"engine / hand-written: {ratio(ways):.2f}")


if __name__ == "__main__":
    main()
