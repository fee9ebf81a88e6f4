"""The same rules give the same measurements, to the last digit, whatever engine holds the rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from engine.config import read_config
from engine.finder import find
from engine.registry import Registry
from engine.rules import Plan, load_rules
from engine.toml_writer import write_toml
from tests.engines.by_hand import measured
from tests.engines.needs import NO_SKIPS, lacking
from tests.engines.providers import ENGINES
from tests.engines.rows import ROWS
from tests.project import Project

PLAN = Path(__file__).parent / "engines" / "plan" / "plan.toml"
REFERENCE, *OTHERS = ENGINES


def project_of(folder: Path, engine: str) -> Project:
    """A project with the rows, and a table without rows, in an engine."""
    project = Project(folder)
    store = ENGINES[engine].store
    tables = {"rows": store(project, "rows", ROWS), "empty": store(project, "empty", ())}
    sources = {name: {**table, "content": "records", "persons": False} for name, table in tables.items()}
    project.write("config.toml", write_toml({"sources": sources}, holders=("sources",)))
    project.write("rules/p/plan.toml", PLAN.read_bytes())
    return project


def evaluated(folder: Path, engine: str) -> dict[str, Any]:
    """What the command says of the plan."""
    run = project_of(folder, engine).evaluate()
    assert run.code in (0, 3), run.errors
    (plan,) = run.data["plans"]
    return dict(plan)


@cache
def reference() -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        return evaluated(Path(folder), REFERENCE)


def indicators(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each indicator by its path without the plan."""
    found = [indicator for objective in plan["objectives"] for indicator in objective["indicators"]]
    return {indicator["path"].removeprefix("p."): indicator for indicator in found}


def plan_of(project: Project) -> Plan:
    config = read_config(project.folder / "config.toml")
    (plan,) = load_rules(config, Registry(find(config.plugins))).plans
    return plan


def test_the_reference_measures_what_is_counted_by_hand(tmp_path: Path) -> None:
    plan, found, number = plan_of(project_of(tmp_path, REFERENCE)), indicators(reference()), 0
    assert plan.as_of
    for part in plan.parts():
        by_hand = measured(plan, part, ROWS if part.source == "rows" else (), plan.as_of)
        indicator = found[part.path.removeprefix("p.")]
        assert shown(indicator) == by_hand["whole"]
        segments = {tuple(one["segment"].values()): shown(one) for one in indicator["segments"]}
        assert segments == {segment: by_hand["segments"][segment] for segment in segments}
        number += len(segments)
    assert number > 10 * len(found)


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """The numbers of an indicator or a segment in a report, or the reason why there are none."""
    if found["unknown"]:
        return {"unknown": found["unknown"]["reason"]}
    return {name: found["to_date"][name] for name in ("value", "numerator", "denominator", "low", "high")}


@pytest.mark.parametrize("engine", OTHERS)
def test_every_engine_says_the_same(engine: str, tmp_path: Path) -> None:
    found, lacks = evaluated(tmp_path, engine), ENGINES[engine].lacks
    for lack in lacks:
        for path in lack.indicators:
            unknown = indicators(found)[path]["unknown"]
            assert unknown, f"{path} is measured, although {lack.reason}"
            assert lack.says in unknown["message"]
    without = {path for lack in lacks for path in lack.indicators}
    assert comparable(found, without) == comparable(reference(), without)


def comparable(plan: dict[str, Any], without: set[str]) -> dict[str, Any]:
    """All that is said, without some indicators and the statuses that rest on them."""
    if not without:
        return plan
    objectives = {}
    for objective in plan["objectives"]:
        kept = {path: one for path, one in indicators({"objectives": [objective]}).items() if path not in without}
        objectives[objective["path"]] = objective if len(kept) == len(objective["indicators"]) else kept
    return objectives


def test_the_plan_tells_engines_apart() -> None:
    """What is missing, nothing or everything would be equal in every engine, right or wrong."""
    found = indicators(reference()).items()
    values = {path: one["to_date"]["value"] for path, one in found if not path.startswith("empty.")}
    assert [path for path, value in values.items() if value in (None, "0", "100")] == ["shares.nobody"]
    assert len(set(values.values())) > len(values) * 3 // 4


def test_what_a_machine_lacks_is_skipped_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NO_SKIPS, raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no Java"):
        lacking("there is no Java")
    monkeypatch.setenv(NO_SKIPS, "1")
    with pytest.raises(pytest.fail.Exception, match="there is no Java, and ENGINE_TESTS_NO_SKIPS is 1"):
        lacking("there is no Java")
