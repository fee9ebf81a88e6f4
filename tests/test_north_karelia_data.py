"""The data of the reference case: its rows can be made again, its words are complete, and its two plans agree."""

import csv
import runpy
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

RULES = Path(__file__).parent.parent / "rules"
PUBLISHED = RULES / "north-karelia-2025"
CASES = RULES / "north-karelia-2025-cases"
PLANS = [PUBLISHED, CASES]
LANGUAGES = {"fi", "sv", "en"}


def tables(folder: Path) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every table of a plan with the keys that lead to it, files in name order."""
    for file in sorted(folder.glob("*.toml")):
        yield from walk(tomllib.loads(file.read_text(encoding="utf-8")), ())


def walk(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    yield path, table
    for key, value in table.items():
        members = value if isinstance(value, list) else [value]
        for member in members:
            if isinstance(member, Mapping):
                yield from walk(member, (*path, key))


def named(folder: Path, *kinds: str) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """The tables of a plan that stand below one of the kinds: objectives, indicators, parts."""
    return {path: table for path, table in tables(folder) if path[-2:-1] and path[-2] in kinds}


def leaves(folder: Path) -> dict[str, Mapping[str, Any]]:
    """The indicators without parts and the parts, by the path that figures name them with."""
    found = named(folder, "indicator", "part")
    return {".".join(path[1::2]): table for path, table in found.items() if "part" not in table}


def test_the_generator_gives_the_committed_rows_byte_for_byte(tmp_path: Path) -> None:
    runpy.run_path(str(CASES / "generate.py"))["write"](tmp_path)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    committed = {file.name: file.read_bytes() for file in CASES.glob("*.csv")}
    assert len(made) == 11
    assert made == committed


def test_the_rows_stay_small() -> None:
    assert sum(file.stat().st_size for file in CASES.glob("*.csv")) < 300_000


@pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
def test_every_table_that_is_printed_has_a_title_and_every_text_has_three_languages(folder: Path) -> None:
    assert all("title" in table for table in named(folder, "objective", "indicator", "part").values())
    texts = [(path, table) for path, table in tables(folder) if path and path[-1] in ("title", "note")]
    assert len(texts) >= 20
    for path, text in texts:
        assert set(text) == LANGUAGES, path
        assert all(word.strip() for word in text.values()), path


@pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
def test_a_plan_has_the_six_objectives_and_eleven_indicators_in_the_published_order(folder: Path) -> None:
    assert sum("plan" in table for path, table in tables(folder) if not path) == 1
    indicators = [path[1::2] for path in named(folder, "indicator")]
    assert indicators == [
        ("local-services", "face-to-face"),
        ("local-services", "needs-assessment"),
        ("immigrant-employment", "immigrant-services"),
        ("immigrant-employment", "integration-plans"),
        ("matching", "time-to-fill"),
        ("matching", "company-contacts"),
        ("matching", "placement-work"),
        ("ecosystem", "development-programme"),
        ("purchased-training", "unemployment-ends"),
        ("service-points", "all-municipalities"),
        ("service-points", "youth-support"),
    ]


@pytest.mark.parametrize("key", ["title", "metric", "target", "within", "statistic", "combine"])
def test_both_plans_promise_the_same(key: str) -> None:
    kinds = ("objective", "indicator", "part")
    published, cases = ({path: table.get(key) for path, table in named(plan, *kinds).items()} for plan in PLANS)
    assert any(published.values())
    assert published == cases


@pytest.mark.parametrize("key", ["period", "as_of", "owner", "grading", "on_missing"])
def test_both_plans_are_judged_alike(key: str) -> None:
    published, cases = (table["plan"] for plan in PLANS for path, table in tables(plan) if "plan" in table)
    assert published[key] == cases[key]


def test_every_leaf_but_the_milestone_has_one_figure() -> None:
    with (PUBLISHED / "actuals.csv").open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    expected = [path for path, leaf in leaves(PUBLISHED).items() if leaf["metric"] != "qualitative_milestone"]
    assert [figure["indicator"] for figure in figures] == expected
    assert all(figure["note"] for figure in figures)


def test_a_judgement_repeats_the_published_remark() -> None:
    with (PUBLISHED / "actuals.csv").open(encoding="utf-8", newline="") as file:
        notes = {figure["indicator"]: figure["note"] for figure in csv.DictReader(file)}
    judged = {path: leaf["judgement"] for path, leaf in leaves(PUBLISHED).items() if "judgement" in leaf}
    assert len(judged) == 3
    assert {path: judgement["reason"] for path, judgement in judged.items()} == {path: notes[path] for path in judged}


def test_every_source_of_the_cases_is_declared_with_its_stretch_and_its_file() -> None:
    config = tomllib.loads((RULES.parent / "config.toml").read_text(encoding="utf-8"))
    sources = {name: options for name, options in config["sources"].items() if options["content"] == "records"}
    assert {RULES.parent / options["path"] for options in sources.values()} == set(CASES.glob("*.csv"))
    assert all(options["from"] <= options["until"] for options in sources.values())
    assert {leaf["source"] for leaf in leaves(CASES).values()} | {"staff"} == set(sources)
