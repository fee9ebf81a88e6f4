"""Sources that are slow, away, or break off in the middle of a read cost their own indicators and little time."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.evaluate import opening
from tests.project import PLAN, Project, Run

CANARY = "Sirpa Salainen"
SOURCE = '''"""Rows that are hard to get."""
import time
from contextlib import contextmanager
from pathlib import Path

import narwhals
from engine import DataError, Source, Unreachable, embedded, hookimpl

SCHEMA = {
    "query": {"type": "string", "default": "SELECT DATE '2025-03-01' AS day", "meta": "the rows"},
    "log": {"type": "path", "required": True, "meta": "where every attempt leaves a line"},
    "away": {"type": "integer", "default": 0, "meta": "how many attempts find nobody"},
    "wait": {"type": "integer", "default": 0, "meta": "seconds before there is an answer"},
}


@contextmanager
def open_own(options, at):
    with Path(options["log"]).open("a") as log:
        log.write("asked\\n")
    if len(Path(options["log"]).read_text().splitlines()) <= options["away"]:
        raise ConnectionResetError("CANARY went away")
    time.sleep(options["wait"])
    with embedded(options) as connection:
        yield narwhals.from_native(connection.sql(options["query"]))


def translate(options, error):
    return Unreachable("the server does not answer") if isinstance(error, ConnectionError) else None


@hookimpl
def engine_source():
    return Source(
        name="own", contents=("records",), open=open_own, schema=SCHEMA, translate=translate
    )
'''.replace("CANARY", CANARY)
INDICATOR = """
[objective.o.indicator.{name}]
metric = "count_threshold"
source = "{name}"
date = "day"
target = ">= 1"
"""
GOOD = '[sources.good]\ntype = "inline"\ncontent = "records"\nrows = [{ day = 2025-02-01 }]\n'


def project(folder: Path, **options: object) -> Project:
    """A plan of two indicators: one of a source that is hard to get, one of rows that are there."""
    made = Project(folder)
    made.write("plugins/sources/own.py", SOURCE)
    table = {"type": "own", "content": "records", "log": "log.txt", **options}
    lines = [f"{key} = {value!r}" for key, value in table.items()]
    made.write("config.toml", "\n".join(["[sources.own]", *lines, GOOD]))
    rules = INDICATOR.format(name="own") + INDICATOR.format(name="good")
    made.write("rules/p/plan.toml", PLAN.replace('source = "actuals"', "") + rules)
    return made


def attempts(made: Project) -> int:
    return len((made.folder / "log.txt").read_text().splitlines())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(opening, "LONGEST_WAIT", 0.02)


def test_a_server_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    made = project(tmp_path, away=3)
    run = made.evaluate()
    assert (run.code, run.statuses()) == (0, ["met", "met"])
    assert run.errors == ""
    assert attempts(made) == 4


def test_a_server_that_stays_away_costs_its_own_indicators(tmp_path: Path) -> None:
    made = project(tmp_path, away=99)
    run = made.evaluate()
    assert (run.code, run.statuses()) == (3, ["failed", "met"])
    assert "source 'own': the server does not answer" in run.errors
    assert run.indicators()[0]["unknown"]["message"] == "source 'own': the server does not answer"
    assert CANARY not in run.output + run.errors
    assert attempts(made) == opening.ATTEMPTS


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            f"SELECT DATE '2025-03-01' AS day WHERE error('{CANARY}') IS NULL",
            "a value is not of the type of its column",
        ),
        (
            f"SELECT CAST(v AS DATE) AS day FROM (VALUES ('2025-01-01'), ('{CANARY}')) rows(v)",
            "a value is not of the type",
        ),
        ("SELECT DATE '2025-03-01' AS dya", "there is no column 'day'"),
    ],
)
def test_a_read_that_breaks_off_is_explained_without_its_rows(tmp_path: Path, query: str, message: str) -> None:
    run = project(tmp_path, query=query).evaluate()
    assert (run.code, run.statuses()) == (3, ["failed", "met"])
    assert message in run.errors
    assert CANARY not in run.output + run.errors.replace(query, "")


def test_a_read_that_needs_too_much_memory_fails_and_says_what_to_do(tmp_path: Path) -> None:
    big = "string_agg(repeat(range::VARCHAR, 200), '') AS big"
    query = f"SELECT DATE '2025-03-01' AS day, {big} FROM range(3000000) GROUP BY range % 2"
    made = project(tmp_path, query=query)
    config = (made.folder / "config.toml").read_text()
    made.write("config.toml", '[engine]\nmemory_limit = "30 MB"\n' + config)
    made.write(
        "rules/p/plan.toml",
        (made.folder / "rules/p/plan.toml")
        .read_text()
        .replace('date = "day"', 'date = "day"\nwhere = { big = "x" }', 1),
    )
    run = made.evaluate()
    assert (run.code, run.statuses()) == (3, ["failed", "met"])
    assert "the read needs more memory" in run.errors
    assert "raise memory_limit of [engine]" in run.errors


def command(made: Project, *arguments: str) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    engine = str(Path(sys.executable).parent / "engine")
    return subprocess.Popen(
        [engine, *arguments], cwd=made.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_source_that_takes_too_long_is_left_behind(tmp_path: Path) -> None:
    began = time.monotonic()
    process = command(project(tmp_path, wait=60, time_limit=1), "evaluate", "--format", "json")
    output, errors = process.communicate(timeout=50)
    assert time.monotonic() - began < 30
    assert Run(process.returncode, output, errors).statuses() == ["failed", "met"]
    assert "source 'own': no answer within 1 seconds" in errors
    assert process.returncode == 3


def test_an_interruption_ends_the_command_at_once_and_cleanly(tmp_path: Path) -> None:
    made = project(tmp_path, wait=60)
    made.write("report.json", "the last one")
    process = command(made, "evaluate", "--format", "json", "--output", "report.json")
    log = made.folder / "log.txt"
    deadline = time.monotonic() + 30
    while not log.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (130, "", "interrupted\n")
    assert (made.folder / "report.json").read_text() == "the last one"
    assert sorted(file.name for file in made.folder.iterdir()) == [
        "actuals.csv",
        "config.toml",
        "log.txt",
        "plugins",
        "report.json",
        "rules",
    ]


@pytest.mark.parametrize("key", ["name", "stop", "percent"])
def test_an_option_with_a_name_of_the_engine_costs_its_source(tmp_path: Path, key: str) -> None:
    made = project(tmp_path)
    made.write("plugins/sources/own.py", SOURCE.replace('"wait": {', f'"{key}": {{').replace('["wait"]', f'["{key}"]'))
    run = made.evaluate()
    assert run.code == 3
    own, good = run.indicators()
    assert f"the name of its option '{key}' is the engine's own in that table" in own["unknown"]["message"]
    assert good["status"] == "met"


def test_the_query_that_is_shown_has_no_complete_path(tmp_path: Path) -> None:
    made = Project(tmp_path / 'o\'neil "data"')
    made.write("rows.csv", "day\n2025-02-01\n")
    made.write("config.toml", '[sources.rows]\ntype = "csv"\ncontent = "records"\npath = "rows.csv"\n')
    made.write("rules/p/plan.toml", f"{PLAN}{INDICATOR.format(name='rows')}")
    run = made.run("explain", "p.o.rows")
    assert "rows.csv" in run.output
    assert "neil" not in run.output + run.errors


def test_a_value_that_cannot_be_summed_costs_its_own_indicator(tmp_path: Path) -> None:
    made = Project(tmp_path)
    made.write("rows.csv", "day;fee\n1.2.2025;1 234,50\n1.2.2025;12,50 €\n1.2.2025;3\n")
    made.write("config.toml", '[sources.rows]\ntype = "csv"\ncontent = "records"\npath = "rows.csv"\n')
    count = INDICATOR.format(name="rows")
    fees = f'{count}statistic = "sum"\ncolumn = "fee"\ndecimals = 2\n'.replace("indicator.rows", "indicator.fees")
    made.write("rules/p/plan.toml", PLAN + count + fees)
    run = made.evaluate()
    assert (run.code, run.statuses()) == (3, ["met", "failed"])
    assert "values of 'fee' cannot be summed exactly" in run.errors
    assert "makes a column text, here the one at rows.csv:3" in run.errors


@pytest.mark.parametrize(
    ("lines", "covers", "status"),
    [
        ("", "", "missing"),
        ("", "from = 2025-01-01\n", "met"),
        ("", "until = 2025-05-31\n", "met"),
        ("2024-02-01\n", "", "met"),  # the source has rows, none of them of the period
    ],
)
def test_a_source_without_a_row_is_missing_unless_it_says_what_it_covers(
    tmp_path: Path, lines: str, covers: str, status: str
) -> None:
    made = Project(tmp_path)
    made.write("rows.csv", f"day\n{lines}")
    made.write("config.toml", f'[sources.rows]\ntype = "csv"\ncontent = "records"\npath = "rows.csv"\n{covers}')
    made.write("rules/p/plan.toml", PLAN + INDICATOR.format(name="rows").replace(">= 1", "<= 5"))
    assert made.evaluate().statuses() == [status]


@pytest.mark.parametrize("given", ["[]", "narwhals.from_native(connection.sql('SELECT 1').pl())"])
def test_what_is_no_lazy_frame_is_the_failure_of_its_plugin(tmp_path: Path, given: str) -> None:
    made = project(tmp_path)
    source = SOURCE.replace('narwhals.from_native(connection.sql(options["query"]))', given)
    assert source != SOURCE
    made.write("plugins/sources/own.py", source)
    run = made.evaluate()
    assert (run.code, run.statuses()) == (3, ["failed", "met"])
    assert "failed (open): it gave " in run.errors
    assert "instead of a lazy frame of Narwhals" in run.errors
