"""The JSON report and its published JSON Schema say the same, key by key."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from engine.session import Session
from tests.blocks import ROOT

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

CONFIG = """
[engine]
language = "en"
[sources.figures]
type = "inline"
content = "figures"
plan = "all"
rows = [
    { indicator = "a.good", as_of = "2025-12-31", numerator = 2, denominator = 3 },
    { indicator = "a.bad", as_of = "2025-05-31", value = "1,500" },
    { indicator = "a.parted.one", as_of = "2025-05-31", value = "80 %" },
    { indicator = "a.total", as_of = "2025-05-31", value = "40" },
    { indicator = "a.judged", as_of = "2025-05-31", value = "10 %" },
]
"""
CONFIG += "[sources.cases]\ntype = 'inline'\ncontent = 'records'\nrows = [\n"
for _area, _month, _cases in (("Eno", 1, 2), ("Eno", 2, 20), ("Juuka", 2, 30), ("Kitee", 4, 2), ("Outo", 4, 40)):
    CONFIG += f"  {{ area = '{_area}', day = 2025-0{_month}-09, hit = true }},\n" * _cases
    CONFIG += f"  {{ area = '{_area}', day = 2025-0{_month}-09, hit = false }},\n" * _cases
CONFIG += "]\n"
PLAN = """
[plan]
period = { start = 2025-01-01, end = 2025-12-31 }
source = "figures"
units = { area = ["Eno", "Juuka", "Nurmes"] }
[objective.a.indicator.good]
metric = "percentage_share"
target = ">= 60 %"
[objective.a.indicator.bad]
metric = "percentage_share"
target = ">= 60 %"
[objective.a.indicator.lacking]
metric = "percentage_share"
target = ">= 60 %"
[objective.a.indicator.assumed]
metric = "percentage_share"
target = ">= 60 %"
on_missing = "not_met"
[objective.a.indicator.parted.part.one]
metric = "percentage_share"
target = "70..90 %"
[objective.a.indicator.parted.part.two]
metric = "percentage_share"
target = "all"
[objective.a.indicator.total]
metric = "count_threshold"
covers = "to_date"
target = "<= 0"
[objective.a.indicator.early]
metric = "qualitative_milestone"
steps = [
    { title = "x", due = 2025-09-01 },
    { title = "y", due = 2025-02-01, done = 2025-02-01, evidence = "z", by = "w" },
]
forecaster = "none"
[objective.a.indicator.judged]
metric = "percentage_share"
target = ">= 60 %"
judgement = { status = "met", by = "The board", on = 2025-05-31, reason = "Known", until = 2025-08-31 }
[objective.a.indicator.words]
metric = "percentage_share"
target = "all"
judgement = { status = "partly_met", by = "The board", on = 2025-05-31, reason = "Seen" }
[objective.a.indicator.segments]
metric = "percentage_share"
source = "cases"
date = "day"
where = { hit = true }
target = ">= 50 %"
by = ["area"]
[objective.a.indicator.broken]
metric = "broken"
target = ">= 60 %"
"""


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """The configuration of a plan that has a row of every kind."""
    files = {"config.toml": CONFIG, "rules/all/plan.toml": PLAN, "plugins/metrics/broken.py": "raise ValueError\n"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "config.toml"


def printed(config: Path, *plans: str, as_of: str | None = None, lang: str = "en") -> dict[str, Any]:
    """What `--format json` prints."""
    session = Session(config, plans)
    content = session.render(session.reporter("json"), session.evaluate(as_of, ()), lang, width=80, colour=False)
    return json.loads(content)


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object in a schema."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema and "required" in schema:
            yield schema
        for member in schema.values():
            yield from objects(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from objects(member)


def test_the_schema_is_strict():
    found = list(objects(SCHEMA))
    assert len(found) >= 9
    assert all(schema["additionalProperties"] is False for schema in found)
    assert all(schema["required"] == list(schema["properties"]) for schema in found)


@pytest.mark.parametrize("plan", ["north-karelia-2025", "north-karelia-2025-cases"])
@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_reports_of_the_plans_are_valid(plan, lang):
    VALIDATOR.validate(printed(ROOT / "config.toml", plan, lang=lang))


@pytest.mark.parametrize("as_of", ["2025-01-01", "2025-05-31", "2025-12-31"])
def test_a_report_of_every_kind_is_valid(everything, as_of):
    VALIDATOR.validate(printed(everything, as_of=as_of))


def test_the_plan_of_every_kind_has_every_kind(everything):
    rows = [
        row
        for as_of in ("2025-05-31", "2025-12-31")
        for row in printed(everything, as_of=as_of)["plans"][0]["objectives"][0]["indicators"]
    ]
    assert {row["data"] for row in rows} == {"reported", "judged", "missing", "measured"}
    assert {row["status"] for row in rows} == {"met", "partly_met", "not_met", None}
    assert {row["unknown"]["reason"] for row in rows if row["unknown"]} == {"missing", "not_due", "failed"}
    assert {row["forecast"]["phase"] for row in rows} == {"forecast", "final"}
    assert any(row["judgement"] and row["judgement"]["differs"] for row in rows)
    assert any(row["parts"] for row in rows)
    segments = [segment for row in rows for segment in row["segments"]]
    assert {segment["unknown"]["reason"] for segment in segments if segment["unknown"]} == {"missing", "suppressed"}
    assert {segment["status"] for segment in segments} == {"met", None}
    assert any(row["unnamed_segments"] for row in rows)
    assert {month["suppressed"] for row in rows for month in row["series"]["months"]} == {True, False}


def changed(report: Any) -> Iterator[Any]:
    """The report with each of its keys taken out once, and with a new key in each of its tables."""
    for path in paths(report):
        table = step(copied := copy.deepcopy(report), path)
        table["another"] = 1
        yield copied
        for key in step(report, path):
            del step(copied := copy.deepcopy(report), path)[key]
            yield copied


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        yield path
        for key, member in value.items():
            yield from paths(member, (*path, key))
    elif isinstance(value, list) and value:
        yield from paths(value[0], (*path, 0))


def step(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize(("kind", "least"), [("judgement", 60), ("segments", 80)])
def test_a_report_with_a_key_more_or_less_is_not_valid(everything, kind, least):
    report = printed(everything, as_of="2025-05-31")
    indicators = report["plans"][0]["objectives"][0]["indicators"]
    indicators[:] = [next(row for row in indicators if row[kind])]
    wrong = list(changed(report))
    assert len(wrong) > least
    assert not [found for found in wrong if VALIDATOR.is_valid(found)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("plans", 0, "as_of"), "31.5.2025"),
        (("plans", 0, "objectives", 0, "status"), "green"),
        (("plans", 0, "objectives", 0, "indicators", 0, "status"), None),
        (("plans", 0, "objectives", 0, "indicators", 0, "to_date", "phase"), "final"),
        (("plans", 0, "objectives", 0, "indicators", 0, "forecast", "value"), 66.7),
        (("plans", 0, "objectives", 0, "indicators", 0, "forecast", "value"), "66.7"),
    ],
)
def test_a_report_with_a_wrong_value_is_not_valid(everything, path, value):
    report = printed(everything, as_of="2025-12-31")
    assert VALIDATOR.is_valid(report)
    step(report, path[:-1])[path[-1]] = value
    assert not VALIDATOR.is_valid(report)
