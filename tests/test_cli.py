"""The commands, run in-process on the repository's own plans and on small projects."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import main
from engine.toml_writer import write_toml
from tests.project import Project, Run

ROOT = Path(__file__).parent.parent
CONFIG = ("--config", str(ROOT / "config.toml"))
PLANS = ("north-karelia-2025", "north-karelia-2025-cases")
PUBLISHED = ["partly_met"] * 2 + ["met", "partly_met", "not_met"] + ["met"] * 3 + ["partly_met"] + ["met"] * 2
JUDGED = """
[objective.o.indicator.i]
metric = "percentage_share"
target = ">= 75 %"
[objective.o.indicator.i.judgement]
status = "met"
by = "The board"
on = 2025-05-20
reason = "The minutes say so."
"""


def run(*arguments: str) -> Run:
    result = CliRunner().invoke(main, [*arguments, *CONFIG], catch_exceptions=False)
    return Run(result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize("plan", PLANS)
def test_both_plans_give_the_published_statuses(plan: str) -> None:
    found = run("evaluate", plan, "--format", "json")
    assert found.statuses() == PUBLISHED
    assert found.code == 0


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_every_row_can_be_asked_why(plan: str, lang: str) -> None:
    told = run("explain", plan, "--lang", lang)
    assert told.code == 0
    indicators = run("evaluate", plan, "--format", "json").indicators()
    for indicator in indicators:
        assert f"{indicator['path']}\n" in told.output
    assert told.output.count(f"rules/{plan}/") >= len(indicators)
    assert str(ROOT) not in told.output


def test_an_explanation_shows_the_way_from_rows_to_status() -> None:
    told = run("explain", "north-karelia-2025-cases.immigrant-employment.integration-plans", "--lang", "en").output
    told = told.replace("\u00a0", " ")
    for part in ("passed = 200", "passed_in_time = 136", "(136/200)", "at least 80 %", "attainment 85 %", "lost"):
        assert part in told
    histogram = run("explain", "north-karelia-2025-cases.matching.time-to-fill", "--lang", "en").output
    assert "days = 150" in histogram


def test_a_row_without_data_says_why_there_are_none() -> None:
    told = run("explain", "north-karelia-2025.local-services.needs-assessment", "--lang", "en").output
    assert "KEHA-keskuksen" in told


def test_the_help_of_evaluate_has_its_exit_codes_in_lines() -> None:
    told = CliRunner().invoke(main, ["evaluate", "--help"]).output
    assert "\n    0  evaluated\n" in told


def test_a_part_and_an_objective_can_be_asked() -> None:
    part = "north-karelia-2025.local-services.face-to-face.initial-interviews"
    assert run("explain", part, "--lang", "en").output.startswith(part)
    objective = "north-karelia-2025.local-services"
    assert "combined by: mixed of 2 members" in run("explain", objective, "--lang", "en").output


def test_a_path_that_is_in_two_plans_or_in_none_is_refused_with_a_hint() -> None:
    twice = run("explain", "matching.company-contacts")
    assert twice.code == 2
    assert "'north-karelia-2025.matching.company-contacts'" in twice.errors
    never = run("explain", "north-karelia-2025.matching.company-contact")
    assert never.code == 2
    assert "did you mean 'north-karelia-2025.matching.company-contacts'?" in never.errors


def test_only_evaluates_what_a_path_names() -> None:
    path = "north-karelia-2025.matching"
    found = run("evaluate", "--format", "json", "--only", path)
    assert [indicator["path"].rpartition(".")[0] for indicator in found.indicators()] == [path] * 3
    assert not found.errors


@pytest.mark.parametrize("plan", PLANS)
def test_resolved_rules_load_to_the_same_plan(plan: str, tmp_path: Path) -> None:
    text = run("check", plan, "--resolved").output
    folder = tmp_path / "rules" / plan
    folder.mkdir(parents=True)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    config = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    config["sources"] = {
        name: source | {"path": str(ROOT / source["path"])}
        for name, source in config["sources"].items()
        if source.get("plan", plan) == plan
    }
    (tmp_path / "config.toml").write_text(write_toml(config, holders=("sources",)), encoding="utf-8")
    there = ("--config", str(tmp_path / "config.toml"))

    again = CliRunner().invoke(main, ["check", plan, "--resolved", *there], catch_exceptions=False)
    assert again.stdout == text
    same = CliRunner().invoke(main, ["evaluate", plan, "--format", "json", *there], catch_exceptions=False)
    assert same.stdout == run("evaluate", plan, "--format", "json").output


def test_resolved_is_of_one_plan_at_a_time() -> None:
    refused = run("check", "--resolved")
    assert refused.code == 2
    assert "one plan at a time" in refused.errors


def test_check_reads_every_target_back() -> None:
    checked = run("check", "--lang", "en")
    assert checked.code == 0
    assert "matching.company-contacts: more than 2500" in checked.output
    assert "ecosystem.development-programme: all; partly: more than 0 %" in checked.output


def test_plugins_lists_failures_and_works_without_a_configuration(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("plugins/metrics/broken.py", "raise RuntimeError('no')\n")
    listed = project.run("plugins")
    assert "failed (import): RuntimeError: no" in listed.output
    assert "percentage_share" in listed.output
    bare = CliRunner().invoke(main, ["plugins", "--config", str(tmp_path / "none.toml")], catch_exceptions=False)
    assert bare.exit_code == 0
    assert "objective-engine" in bare.stdout


def test_an_unknown_and_a_broken_reporter(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.rules(JUDGED)
    unknown = project.run("evaluate", "--format", "jason")
    assert unknown.code == 2
    assert "did you mean 'json'?" in unknown.errors
    project.write("plugins/reporters/broken.py", "import nothing_like_this\n")
    assert project.run("evaluate", "--format", "broken").code == 2


def test_fail_on_and_unknown(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.rules('[objective.o.indicator.i]\nmetric = "percentage_share"\ntarget = ">= 75 %"\n')
    project.figures("o.i;2025-05-31;62 %;;;;;")
    assert project.evaluate().code == 0
    assert project.evaluate("--fail-on", "not_met").code == 0
    assert project.evaluate("--fail-on", "partly_met").code == 1
    project.figures("o.i;2025-05-31;;;;;;")
    assert project.evaluate("--fail-on", "partly_met").code == 3


def test_a_judgement_is_the_status_and_the_computed_one_stands_beside_it(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.rules(JUDGED)
    project.figures("o.i;2025-05-31;20 %;;;;;")
    [found] = project.evaluate().indicators()
    assert (found["status"], found["forecast"]["status"]) == ("met", "not_met")
    assert found["judgement"]["differs"] is True
    assert "computed: will not be met" in project.run("explain", "o.i", "--lang", "en").output
    project.rules(JUDGED + "until = 2025-05-25\n")
    [found] = project.evaluate().indicators()
    assert (found["status"], found["judgement"]) == ("not_met", None)
    assert any("judgement" in note for note in found["notes"])
    assert "judgement, not in force" in project.run("explain", "o.i", "--lang", "en").output


def test_output_replaces_a_file_in_one_step(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.rules(JUDGED)
    file = project.write("report.json", "old")
    assert project.evaluate("--output", str(file)).code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["schema"] == 1


def test_a_day_in_finnish_and_a_day_that_is_none(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.rules(JUDGED)
    assert project.evaluate("--as-of", "30.6.2025").data["plans"][0]["as_of"] == "2025-06-30"
    assert project.evaluate("--as-of", "yesterday").code == 2


def test_a_carried_figure_and_months_that_add_up(tmp_path: Path) -> None:
    project = Project(tmp_path)
    share = 'metric = "percentage_share"\ntarget = ">= 75 %"\n'
    project.rules(
        f'[objective.o.indicator.carried]\n{share}on_missing = "carry_forward"\n'
        f'[objective.o.indicator.months]\n{share}covers = "month"\n'
        f'[objective.o.indicator.averages]\n{share}covers = "month"\n'
        '[objective.o.indicator.total]\nmetric = "count_threshold"\ncovers = "quarter"\ntarget = ">= 100"\n'
    )
    project.figures(
        "o.carried;2025-04-30;80 %;;;;;",
        "o.carried;2025-05-31;;;;late;;2025-07-01",
        "o.months;2025-01-31;;1;4;;;",
        "o.months;2025-02-28;;8;8;;;",
        "o.averages;2025-01-31;50 %;;;;;",
        "o.averages;2025-02-28;90 %;;;;;",
        "o.total;2025-03-31;30;;;;;",
    )
    run = project.evaluate()
    assert run.statuses() == ["met", "met", "failed", "met"]
    values = [found["forecast"]["value"] for found in run.indicators()]
    assert values == ["80", "75", None, "120"]


def test_after_the_due_date_a_verdict_is_final_or_says_why_not(tmp_path: Path) -> None:
    project = Project(tmp_path)
    share = 'metric = "percentage_share"\ntarget = ">= 75 %"\n'
    count = 'metric = "count_threshold"\ncovers = "month"\ntarget = ">= 12"\n'
    project.rules(
        f"[objective.o.indicator.final]\n{share}[objective.o.indicator.old]\n{share}"
        f'[objective.o.indicator.silent]\n{share}forecaster = "none"\n[objective.o.indicator.gap]\n{count}'
    )
    project.figures(
        "o.final;2025-12-31;80 %;;;;;",
        "o.old;2025-05-31;80 %;;;;;",
        "o.silent;2025-05-31;80 %;;;;;",
        "o.gap;2025-12-31;2;;;;;",
    )
    run = project.evaluate("--as-of", "2025-12-31")
    found = {one["path"].rpartition(".")[2]: one for one in run.indicators()}
    assert found["final"]["forecast"]["phase"] == "final"
    assert found["old"]["forecast"]["phase"] == "forecast"
    assert "before the due date" in found["old"]["forecast"]["reason"]
    assert found["silent"]["unknown"]["reason"] == "missing"
    assert "a part of the period has no data" in found["gap"]["forecast"]["reason"]
