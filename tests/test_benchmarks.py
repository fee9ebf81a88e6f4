"""The benchmarks run, on tiny sizes: what they measure is there, whatever it takes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks import many_indicators, national, startup
from benchmarks.processes import ENGINE, Run, medians, output, run
from engine.session import Session


def test_a_process_is_measured(tmp_path):
    small = run([sys.executable, "-c", "pass"], tmp_path)
    large = run([sys.executable, "-c", "import time; text = 'x' * 80_000_000; time.sleep(0.2)"], tmp_path)
    assert small.seconds > 0
    assert large.seconds >= 0.2
    assert large.megabytes > 80


def test_a_process_that_fails_is_not_measured(tmp_path):
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_commands_take_turns(tmp_path):
    commands = {name: [sys.executable, "-c", f"open('turns', 'a').write('{name}')"] for name in ("a", "b")}
    assert set(medians(commands, tmp_path, rounds=3)) == {"a", "b"}
    assert (tmp_path / "turns").read_text() == "ababab"


def test_startup_compares_with_the_other_way():
    seconds, ratios = startup.ratios(rounds=1)
    assert seconds > 0
    assert list(ratios) == ["engine evaluate --format json", "engine evaluate", "engine --help"]
    assert all(ratio > 0 for ratio in ratios.values())


@pytest.mark.parametrize("command", startup.COMMANDS.values(), ids=startup.COMMANDS)
def test_figures_need_no_data_frame_library(command):
    assert startup.heavy_imports(command) == set()


def test_heavy_imports_are_seen():
    assert startup.heavy_imports([sys.executable, "-c", "import narwhals"]) == {"narwhals"}


def test_startup_prints_ratios(capsys, monkeypatch):
    monkeypatch.setattr(startup, "ratios", lambda: (0.1, dict.fromkeys(startup.COMMANDS, 1.5)))
    startup.main()
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "0.100 s  -c import click, pluggy, cerberus, toml"
    assert lines == [f" 1.50 ×  {name}  (imports no data frame library)" for name in startup.COMMANDS]


def test_many_indicators_are_all_evaluated(tmp_path):
    many_indicators.generate(tmp_path, 230)
    printed = subprocess.run(
        [*ENGINE, "evaluate", "--format", "json"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    (plan,) = json.loads(printed.stdout)["plans"]
    assert [len(objective["indicators"]) for objective in plan["objectives"]] == [100, 100, 30]
    # of each hundred: 75 % to 100 % are met, 60 % to 74 % are 0.8 or more of 75 %
    assert plan["counts"] == {"met": 52, "partly_met": 30, "not_met": 148, "unknown": 0}
    assert Session(tmp_path / "config.toml", ()).evaluate(None, ()).problems == ()


def test_many_indicators_compare_with_the_other_way(tmp_path):
    many_indicators.generate(tmp_path, 3)
    engine, other_way = many_indicators.measure(tmp_path)
    assert engine.seconds > 0
    assert other_way.megabytes > 0


def test_many_indicators_print_the_ratio(capsys):
    many_indicators.main(3)
    engine, other_way, ratio = capsys.readouterr().out.splitlines()
    assert engine.endswith("engine evaluate --format json, 3 indicators")
    assert other_way.endswith("tomllib and csv on the same files")
    assert float(ratio.removesuffix(" ×")) > 0


SIZES = national.Sizes(rows=20_000, areas=3, indicators=11, ranges=20, rounds=1)


@pytest.fixture(scope="module")
def national_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("national")
    national.generate(folder, SIZES)
    return folder


def test_hand_written_programs_give_the_numbers_of_the_engine(national_folder):
    national.check(national_folder, SIZES)


def test_other_numbers_than_those_of_the_engine_are_seen(national_folder, monkeypatch):
    monkeypatch.setattr(national, "WAYS", {"an indicator less": "filter"})
    with pytest.raises(national.DifferentNumbersError, match="an indicator less: other numbers than the engine's"):
        national.check(national_folder, SIZES._replace(indicators=10))


def test_rows_of_the_national_benchmark_are_the_same_each_time(national_folder, tmp_path):
    national.generate(tmp_path, SIZES)
    first, again = (
        json.loads(output(national.hand_written("sum_case", 11, str(folder / "cases.parquet")), folder))
        for folder in (national_folder, tmp_path)
    )
    assert first == again


def test_the_page_has_the_table_and_the_plot(national_folder, tmp_path):
    ways = {name: [Run(2.0, 100.0, 3.0)] for name in (national.ENGINE_NAME, *national.WAYS)}
    ways[national.SUM_CASE] = [Run(1.6, 90.0, 3.0), Run(1.8, 99.0, 3.0), Run(2.5, 91.0, 3.0)]
    growth = {name: [Run(1.0, 80.0, 1.0)] for name in national.GROWTH}
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{national.BEGIN}\nold\n{national.END}\nafter\n")
    national.write_page(page, national.page(ways, growth, SIZES))
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "| SUM(CASE) per count | 1.80 | 0.90 | 3.00 | 99 | 3 |" in text
    assert "engine / hand-written: 1.11" in text


def test_every_way_and_every_growth_is_run(national_folder):
    ways = national.measure(national_folder, SIZES, None)
    growth = national.grow(national_folder, SIZES, soda=None)
    assert list(ways) == [national.ENGINE_NAME, *national.WAYS]
    assert list(growth) == [*national.GROWTH, "20 ranges", "a query per count of the ranges"]
    assert all(len(runs) == 1 and runs[0].seconds > 0 for runs in (ways | growth).values())
