"""A plugin or a source that fails while it works costs its own indicators, and is named with its stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import PLAN, Project

METRIC = '''"""A metric that fails in one place."""
import sys
from fractions import Fraction
from engine import Count, Measurement, Metric, hookimpl

def aggregates(params, at):
    {aggregates}

def measure(params, counts, at):
    {measure}

@hookimpl
def engine_metric():
    return Metric(name="own", units=("*",), kind="total", aggregates=aggregates, measure=measure)
'''
GOOD = {"aggregates": 'return {"rows": Count()}', "measure": 'return Measurement(value=Fraction(counts["rows"]))'}
CONFIG = """
[sources.rows]
type = "inline"
content = "records"
rows = [{ day = 2025-02-01 }, { day = 2025-03-01 }]
"""
RULES = """
[objective.o.indicator.own]
metric = "own"
source = "rows"
date = "day"
target = ">= 4 d"
[objective.o.indicator.good]
metric = "count_threshold"
source = "rows"
date = "day"
target = ">= 4"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("config.toml", Project.CONFIG + CONFIG)
    project.write("rules/p/plan.toml", PLAN + RULES)
    return project


@pytest.mark.parametrize(
    ("stage", "code", "message"),
    [
        ("aggregates", "raise KeyError('start')", "failed (aggregates): KeyError: 'start'"),
        ("aggregates", "return [Count()]", "did not return a dict of name to aggregate"),
        ("measure", "sys.exit(0)", "failed (measure): it tried to end the program (SystemExit)"),
        ("measure", "return 3", "failed (measure): it returned int, not a measurement"),
        ("measure", "return Measurement(value=0.5)", "its value is a float"),
        ("measure", "return Measurement(value=Fraction(1), unit='%')", "measured in '%', but the target is in 'd'"),
    ],
)
def test_a_metric_that_fails_costs_its_own_indicator(stage: str, code: str, message: str, project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**(GOOD | {stage: code})))
    run = project.evaluate()
    assert run.statuses() == ["failed", "met"]
    assert run.code == 3
    assert "metric 'own' of plugins/metrics/own.py" in run.errors
    assert message in run.errors
    assert project.run("check").code == 2


def test_a_metric_that_fails_on_a_quarter_alone_costs_its_own_indicator(project: Project) -> None:
    """The first quarter has both rows, as the whole has, and each month one."""
    measure = """calls.append(1)
    if len(calls) == 4: raise ValueError("a quarter")
    return Measurement(value=Fraction(counts["rows"]))"""
    code = METRIC.format(**(GOOD | {"measure": measure})).replace("def aggregates", "calls = []\n\ndef aggregates")
    project.write("plugins/metrics/own.py", code)
    run = project.evaluate()
    assert run.statuses() == ["failed", "met"]
    assert "failed (measure): ValueError: a quarter" in run.errors


def test_a_check_of_options_that_raises_costs_its_own_indicator(project: Project) -> None:
    code = METRIC.format(**GOOD).replace("measure=measure)", "measure=measure, check=lambda params, content: 1 / 0)")
    project.write("plugins/metrics/own.py", code)
    run = project.evaluate()
    assert run.statuses() == ["failed", "met"]
    assert run.code == 3
    assert "failed (check): ZeroDivisionError" in run.errors


def test_the_metric_itself_works(project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**GOOD))
    assert project.evaluate().statuses() == ["met", "met"]


def test_a_column_that_is_not_there_costs_the_part_that_asks_for_it(project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**GOOD))
    project.write("rules/p/plan.toml", PLAN + RULES.replace('date = "day"', 'date = "dey"', 1))
    run = project.evaluate()
    assert run.statuses() == ["failed", "met"]
    assert "there is no column 'dey'" in run.errors
    assert "did you mean 'day'?" in run.errors


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise OSError('gone: row 17')", "failed (open)"),
        ("return 3", "did not return a context manager"),
    ],
)
def test_a_source_that_fails_costs_all_its_indicators(code: str, message: str, project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**GOOD))
    source = (
        '"""A source that fails."""\nfrom engine import Source, hookimpl\ndef opened(options, at):\n'
        f"    {code}\n@hookimpl\ndef engine_source():\n"
        '    return Source(name="lost", contents=("records",), open=opened)\n'
    )
    project.write("plugins/sources/lost.py", source)
    project.write("config.toml", Project.CONFIG + '[sources.rows]\ntype = "lost"\ncontent = "records"\n')
    run = project.evaluate()
    assert run.statuses() == ["failed", "failed"]
    assert message in run.errors


def test_a_forecaster_and_a_combiner_that_fail(project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**GOOD))
    for kind, name, function in (("forecaster", "oracle", "forecast"), ("combiner", "chance", "combine")):
        plugin = (
            f'"""It fails."""\nfrom engine import {kind.title()}, hookimpl\ndef work(*arguments):\n    return "met"\n'
            f'@hookimpl\ndef engine_{kind}():\n    return {kind.title()}(name="{name}", {function}=work)\n'
        )
        project.write(f"plugins/{kind}s/{name}.py", plugin)
    rules = RULES.replace('target = ">= 4 d"', 'target = ">= 4 d"\nforecaster = "oracle"')
    project.write("rules/p/plan.toml", PLAN + '[objective.o]\ncombine = "chance"\n' + rules)
    run = project.evaluate()
    assert run.statuses() == ["failed", "met"]
    objective = run.data["plans"][0]["objectives"][0]
    assert objective["status"] is None
    assert "failed (combine)" in objective["unknown"]["message"]


def test_rows_of_another_time_and_units_of_no_source(project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**GOOD))
    project.write("config.toml", Project.CONFIG + CONFIG + "until = 2024-12-31\n")
    run = project.evaluate()
    assert run.statuses() == ["missing", "missing"]
    assert "end on 2024-12-31" in run.indicators()[0]["unknown"]["message"]
    project.write("config.toml", Project.CONFIG + CONFIG + "from = 2025-08-01\n")
    assert "begin on 2025-08-01" in project.evaluate().indicators()[0]["unknown"]["message"]
    units = '\n[objective.o.indicator.units]\nmetric = "coverage"\nsource = "rows"\nunit = "day"\n'
    project.write("rules/p/plan.toml", PLAN + units + 'units = { source = "nobody", column = "name" }\n')
    run = project.evaluate()
    assert run.statuses() == ["failed"]
    assert "there is no source of records named 'nobody'" in run.errors


def test_rows_without_a_date_are_counted_and_left_out(project: Project) -> None:
    project.write("plugins/metrics/own.py", METRIC.format(**GOOD))
    rows = CONFIG.replace("{ day = 2025-03-01 }", "{ day = 2025-03-01 }, { town = 'Eno' }")
    project.write("config.toml", Project.CONFIG + rows)
    assert "1 rows left out: without a date" in project.evaluate().indicators()[0]["to_date"]["reason"]
