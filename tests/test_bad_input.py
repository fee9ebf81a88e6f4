"""Bad input gets a message with file, line and column, costs only what it must, and writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cases import load
from tests.project import HEADER, PLAN, Project

SHARE = 'metric = "percentage_share"\ntarget = ">= 75 %"\n'
COUNT = 'metric = "count_threshold"\ncovers = "month"\ntarget = "> 2500"\n'
TWO = f"[objective.o.indicator.share]\n{SHARE}[objective.o.indicator.count]\n{COUNT}"
GOOD = ("o.share;2025-05-31;62 %;;;;;", "o.count;2025-05-31;505;;;;;")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.rules(TWO)
    project.figures(*GOOD)
    return project


@pytest.mark.parametrize("case", load("bad_input", "indicator", "objective", "plan"))
def test_wrong_rules_are_placed_and_end_with_2(case: Any, project: Project) -> None:
    objective, indicator = case.get("objective", 'title = "O"'), case.get("indicator", SHARE)
    rules = case.get("plan", f"{PLAN}[objective.o]\n{objective}\n[objective.o.indicator.i]\n{indicator}\n")
    project.write("rules/p/plan.toml", rules)
    output = project.folder / "report.json"

    for command in (["evaluate", "--output", str(output)], ["check"]):
        run = project.run(*command)
        assert run.code == 2
        assert f"rules/p/plan.toml:{case.expect_error}" in run.errors
        assert case.hint in run.errors
        assert not run.output
    assert not output.exists()


def test_all_problems_of_all_files_come_at_once(project: Project) -> None:
    project.rules('[objective.o.indicator.a]\nmetric = "nonsense"\n')
    project.write("rules/p/more.toml", '[objective.x.indicator.b]\nmetric = "percentage_share"\ntarget = "75 %"\n')
    project.write("rules/q/plan.toml", "[plan]\ntitle = 3\n")

    errors = project.run("check").errors

    assert "rules/p/plan.toml:8:1: unknown metric 'nonsense'" in errors
    assert "rules/p/more.toml:3:1: '75 %' has no operator" in errors
    assert "rules/q/plan.toml:2:1: 3 is of the wrong type" in errors


def test_a_key_given_twice_names_both_places(project: Project) -> None:
    project.write("rules/p/z.toml", f"[objective.o.indicator.share]\n{SHARE}")
    errors = project.run("check").errors
    assert "rules/p/z.toml:2:1: 'objective.o.indicator.share.metric' is written twice" in errors
    assert "first in rules/p/plan.toml:8:1" in errors


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("o.share;2025-05-31;0.62;;;;;", "0.62 can be 0.62 % or a share of 1"),
        ("o.share;2025-05-31;1;;;;;", "1 can be 1 % or a share of 1"),
        ("o.share;2025-05-31;1,500;;;;;", "'1,500' can be read in two ways"),
        ("o.share;2025-05-31;NaN;;;;;", "'NaN'"),
        ("o.share;2025-05-31;inf;;;;;", "'inf'"),
        ("o.share;2025-05-31;true;;;;;", "'true'"),
        ("o.share;2025-05-31;62 d;;;;;", "the value is in d, the target in %"),
        ("o.share;2025-05-31;162 %;;;;;", "a share cannot be 162 %"),
        ("o.share;2025-05-31;62 %;70;100;;;", "the value 62 % is not what 70/100 gives"),
        ("o.share;2025-05-31;;70;;;;", "a numerator without a denominator"),
        ("o.share;2025-05-31;;;100;;;", "a denominator without a numerator"),
        ("o.share;2025-05-31;;0;0;;;", "the denominator is 0"),
        ("o.share;2025-05-31;;x;100;;;", "numerator: 'x'"),
        ("o.share;31/5/2025;62 %;;;;;", "'31/5/2025' is not a date"),
        ("o.share;;62 %;;;;;", "is not a date"),
        ("o.share;2025-05-31;62 %;;;;;\no.share;31.5.2025;62 %;;;;;", "two figures of 'o.share' for 2025-05-31"),
        ("o.shar;2025-05-31;62 %;;;;;", "there is no indicator 'o.shar' in the plan 'p'"),
    ],
)
def test_a_wrong_figure_costs_its_own_indicator(figure: str, message: str, project: Project) -> None:
    project.figures(figure, GOOD[1])

    run = project.evaluate()
    assert run.statuses() == ["failed", "met"]
    assert run.code == 3
    assert "actuals.csv:" in run.errors
    assert message in run.errors

    check = project.run("check")
    assert check.code == 2
    assert message in check.errors


def test_a_wrong_figure_is_placed_by_line_and_column(project: Project) -> None:
    project.figures(GOOD[1], "o.share;2025-05-31;0.62;;;;;")
    assert "actuals.csv:3:20: 0.62 can be 0.62 %" in project.evaluate().errors
    project.figures(GOOD[1], "o.share;2025-05-31;62 %;x;100;;;")
    assert "actuals.csv:3:25: numerator: 'x'" in project.evaluate().errors
    project.figures(GOOD[1], 'o.share;2025-05-31;0.62;;;"a; b";;')
    assert "actuals.csv:3: 0.62 can be 0.62 %" in project.evaluate().errors
    project.figures(GOOD[1], 'o.share;2025-05-31;"0.62";;;;;')
    assert "actuals.csv:3: 0.62 can be 0.62 %" in project.evaluate().errors


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "actuals.csv"),
        (b"\n\n", "actuals.csv"),
        (b"\x00\x01\x02\xff", "actuals.csv:1"),
        ("indicator;as_of;value;note\no.share;2025-05-31;62 %;ä".encode() + b"\xe4\n", "actuals.csv:2"),
        (b"as_of;value\n2025-05-31;62 %\n", "'indicator'"),
        (b"indicator;as_of;valeu\no.share;2025-05-31;62 %\n", "did you mean 'value'?"),
    ],
)
def test_a_file_of_figures_that_cannot_be_read_fails_its_indicators(
    content: bytes, message: str, project: Project
) -> None:
    project.write("actuals.csv", content)
    run = project.evaluate()
    assert run.statuses() == ["failed", "failed"]
    assert run.code == 3
    assert message in run.errors
    assert project.run("check").code == 2


def test_a_folder_a_missing_file_and_a_circle_of_links_in_place_of_figures(project: Project) -> None:
    file = project.folder / "actuals.csv"
    for prepare in (file.unlink, file.mkdir, lambda: (file.rmdir(), file.symlink_to("actuals.csv"))):
        prepare()
        run = project.evaluate()
        assert run.statuses() == ["failed", "failed"]
        assert run.code == 3
        assert "actuals.csv" in run.errors
        assert str(project.folder) not in run.errors


def test_a_folder_a_circle_of_links_and_nothing_in_place_of_rules(project: Project) -> None:
    file = project.folder / "rules/p/plan.toml"
    for prepare, message in (
        (lambda: (file.unlink(), file.mkdir()), "rules/p/plan.toml: this is a folder"),
        (lambda: (file.rmdir(), file.symlink_to("plan.toml")), "rules/p/plan.toml: cannot be read"),
        (file.unlink, "rules: there are no rules"),
        (lambda: (file.parent.rmdir(), file.parent.parent.rmdir()), "rules: there is no folder of rules"),
    ):
        prepare()
        run = project.evaluate()
        assert run.code == 2
        assert message in run.errors


def test_no_configuration_and_a_wrong_one(project: Project) -> None:
    run = project.run("evaluate", "--config", str(project.folder / "other.toml"))
    assert run.code == 2
    assert "there is no configuration file" in run.errors
    project.write("config.toml", '[engin]\n[sources.a]\ntype = "csw"\ncontent = "figures"\nplan = "p"\n')
    errors = project.evaluate().errors
    assert "config.toml:1:2: unknown key 'engin'" in errors
    project.write("config.toml", '[sources.a]\ntype = "csw"\ncontent = "figures"\nplan = "q"\n')
    errors = project.evaluate().errors
    assert "unknown source type 'csw'" in errors
    assert "there is no plan 'q'" in errors


def test_a_day_outside_the_period(project: Project) -> None:
    run = project.evaluate("--as-of", "2026-01-01")
    assert run.code == 2
    assert "outside the period of 'p'" in run.errors


def test_output_that_cannot_be_written_leaves_the_old_file(project: Project) -> None:
    run = project.evaluate("--output", str(project.folder))
    assert run.code == 2
    assert "cannot be written" in run.errors
    assert [file.name for file in project.folder.iterdir() if file.name.startswith(".")] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)),
    name=st.sampled_from(["rules/p/plan.toml", "config.toml", "actuals.csv"]),
)
@example(content=b"x = 1" + b"0" * 5000, name="rules/p/plan.toml")
@example(content=b"x = " + b"[" * 3000, name="rules/p/plan.toml")
@example(
    content=PLAN.encode() + b"[objective.o.indicator.i]\nmetric = 'count_threshold'\nweight = 1e999999999",
    name="rules/p/plan.toml",
)
@example(content=HEADER.encode() + b"o.share;2025-05-31;" + b"9" * 5000, name="actuals.csv")
@example(content=HEADER.encode() + b'o.share;2025-05-31;"62', name="actuals.csv")
def test_no_bytes_end_in_a_traceback(content: bytes, name: str, project: Project) -> None:
    project.rules(TWO)
    project.figures(*GOOD)
    project.write("config.toml", Project.CONFIG)
    project.write(name, content)
    assert project.evaluate().code in (0, 2, 3)
    assert project.run("check").code in (0, 2)
