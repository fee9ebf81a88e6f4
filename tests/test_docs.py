"""The documentation is true: its blocks run, its generated pages are up to date, its links lead somewhere."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest

from engine import docs, hookspecs
from engine.contracts import KINDS
from engine.errors import PluginError
from engine.registry import Plugin
from engine.session import Session
from tests.blocks import ROOT, Block, Reader, blocks

PAGES = ROOT / "docs"
FOLLOWED = ("metric-plugin.md", "plugins.md", "rules.md")
GENERATED = {"cli.md": ["commands"], "reference.md": []}
READ = ("semantics.md",)
SCHEMA = json.loads((PAGES / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def test_every_page_is_tested():
    assert {page.name for page in PAGES.glob("*.md")} == {*FOLLOWED, *GENERATED, *READ}


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_reader_can_follow_the_page(name, tmp_path):
    reader = Reader(tmp_path)
    reader.follow(PAGES / name)
    assert len(reader.played) == len(blocks(PAGES / name))


@pytest.mark.parametrize("name", READ)
def test_a_page_to_read_has_nothing_to_run(name):
    assert {block.language for block in blocks(PAGES / name)} <= {""}


def test_a_metric_is_one_file_of_at_most_forty_lines():
    (metric,) = [
        found for found in blocks(PAGES / "metric-plugin.md") if found.value == "plugins/metrics/mean_value.py"
    ]
    assert len(metric.text.splitlines()) <= 40


@pytest.mark.parametrize("kind", KINDS)
def test_every_hook_is_documented_with_its_file(kind):
    assert hasattr(hookspecs, f"engine_{kind}")
    assert f"| {kind} | `{kind}s/NAME.py` | `engine_{kind}` |" in (PAGES / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES.glob("*.md")], ids=lambda p: p.name
)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    lost = [link for link in links if not link.startswith("https://") and not (page.parent / link).exists()]
    assert not lost


# --- what follows a page ---


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (Block("page:1", "python", "x = 1\n"), "nothing tests this block"),
        (Block("page:1", "sh", "exit 3\n"), "exit 3"),
        (Block("page:1", "sh", "true\n", "exit", "2"), "exit 0"),
        (Block("page:1", "text", "not there\n"), "is not where it should be"),
        (Block("page:1", "toml", "[objective.a.indicator.b]\nmetric = 'x'\n"), "unknown metric 'x'"),
        (Block("page:1", "toml", "[objective.a.indicator.b]\nmetric = 'x'\n", "refused", "other"), "not refused with"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.language,
)
def test_a_wrong_block_is_seen(tmp_path, block, words):
    reader = Reader(tmp_path)
    for found in blocks(PAGES / "rules.md")[:2]:
        reader.play(found)
    with pytest.raises(AssertionError, match=re.escape(words)):
        reader.play(block)


def test_lines_of_output_must_be_in_order(tmp_path):
    reader = Reader(tmp_path, output="one\n  two   words\nthree\n")
    reader.play(Block("page:1", "text", "one\ntwo words\n"))
    with pytest.raises(AssertionError):
        reader.play(Block("page:1", "text", "three\none\n"))


def test_an_unknown_mark_is_an_error(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- skip: it -->\n```sh\ntrue\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no mark 'skip'"):
        blocks(page)


# --- generated pages ---


@pytest.mark.parametrize(("name", "arguments"), GENERATED.items())
def test_generated_pages_are_up_to_date(name, arguments):
    written = (PAGES / name).read_text(encoding="utf-8")
    assert written == docs.main(arguments), f"run: python -m engine.docs {' '.join(arguments)} > docs/{name}"


def test_a_failed_plugin_has_no_page():
    with pytest.raises(PluginError):
        docs.reference([Plugin("metric", "x", "test", failure=PluginError("test", "import", "broken"))])


def test_commands_show_arguments_options_and_kept_lines():
    @click.group()
    def main() -> None:
        """Do things."""

    @main.command(help="Run it.\n\n\b\none\n  two")
    @click.argument("name")
    @click.option("--level", type=click.Choice(["a", "b"]), help="How much.")
    @click.option("--loud", is_flag=True, help="Say more.")
    @click.option("--file", help="Where to.")
    def run(name: str, level: str, loud: bool, file: str) -> None:
        raise NotImplementedError

    page = docs.commands(main, "tool")
    assert "## tool run\n\n`tool run NAME [OPTION]...`\n\nRun it.\n\n```text\none\n  two\n```" in page
    assert "| `--level a\\|b` | How much. |\n| `--loud` | Say more. |\n| `--file TEXT` | Where to. |" in page


# --- the JSON Schema ---

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
PLAN = """
[plan]
period = { start = 2025-01-01, end = 2025-12-31 }
source = "figures"
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
    assert {row["data"] for row in rows} == {"reported", "judged", "missing"}
    assert {row["status"] for row in rows} == {"met", "partly_met", "not_met", None}
    assert {row["unknown"]["reason"] for row in rows if row["unknown"]} == {"missing", "not_due", "failed"}
    assert {row["forecast"]["phase"] for row in rows} == {"forecast", "final"}
    assert any(row["judgement"] and row["judgement"]["differs"] for row in rows)
    assert any(row["parts"] for row in rows)


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


def test_a_report_with_a_key_more_or_less_is_not_valid(everything):
    report = printed(everything, as_of="2025-05-31")
    indicators = report["plans"][0]["objectives"][0]["indicators"]
    indicators[:] = [next(row for row in indicators if row["judgement"])]
    wrong = list(changed(report))
    assert len(wrong) > 60
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
