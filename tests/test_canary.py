"""No value of a row is ever seen: not in a report, a message, a traceback or a file, whatever fails."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.toml_writer import write_toml
from tests.engines.providers import ENGINES
from tests.engines.rows import ROWS, TYPES, Row
from tests.project import Project
from tests.test_every_engine import PLAN

TEXT = "Kanarialintu"
CANARY: Row = {
    "id": 918273645,
    "area": TEXT,
    "kind": TEXT,
    "done": True,
    "number": 918273645,
    "amount": Decimal("918273.64"),
    "weight": 918273.5,
    "opened": date(1987, 6, 5),
    "closed": date(1987, 6, 6),
    "noted": datetime(1987, 6, 5, 4, 3, 2),
    "seen": datetime(1987, 6, 5, 4, 3, 2, tzinfo=UTC),
}
NOW = {
    "opened": date(2024, 6, 17),
    "closed": date(2024, 6, 18),
    "noted": datetime(2024, 6, 17, 4, 3, 2),
    "seen": datetime(2024, 6, 17, 4, 3, 2, tzinfo=UTC),
}
"""A day within the period that no other row has: a segment of its sums would be the canary itself."""

SEEN = (TEXT.lower(), "918273", "1987")
COMMANDS = (
    ("evaluate", "--by", "area", "--by", "kind", "--format", "json", "--verbose"),
    ("evaluate", "--by", "id", "--lang", "en"),
    ("explain", "p", "--by", "area"),
)
MORE_COMMANDS = (
    *COMMANDS,
    *(("evaluate", "--format", name, "--verbose") for name in ("table", "markdown", "csv")),
    *(("evaluate", "--by", column, "--lang", "en") for column in ("area", "kind", "opened", "noted")),
    ("check",),
)


@pytest.fixture
def spill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, which is empty again in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.rglob("*")) == []


def seen(project: Project, commands: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], str]]:
    """The commands that say something of the canary, and what."""
    found = []
    for command in commands:
        run = project.run(*command)
        said = (run.output + run.errors).replace("\u00a0", "").replace("\u202f", "").lower()
        found += [(command, canary) for canary in SEEN if canary in said]
    return found


def planted(folder: Path, engine: str, rows: Sequence[Row], **source: Any) -> Project:
    """A project whose rows have the canary in every column."""
    project = Project(folder)
    store = ENGINES[engine].store
    tables = {"rows": store(project, "rows", rows), "empty": store(project, "empty", rows[:1])}
    sources = {name: {"content": "records", "id": "id", **table, **source} for name, table in tables.items()}
    project.write("config.toml", write_toml({"sources": sources}, holders=("sources",)))
    project.write("rules/p/plan.toml", PLAN.read_bytes())
    return project


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.usefixtures("spill")
def test_a_canary_in_every_column_is_never_seen(engine: str, tmp_path: Path) -> None:
    project = planted(tmp_path, engine, [*ROWS, CANARY, CANARY | NOW])
    assert seen(project, MORE_COMMANDS if engine == "parquet" else COMMANDS) == []


BREAKAGES = {
    "a column of dates has a word": lambda row: row | {"opened": TEXT},
    "a column of numbers has a word": lambda row: row | {"number": TEXT, "amount": TEXT, "weight": TEXT},
    "every column has words": lambda row: row | dict.fromkeys(TYPES, TEXT),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
@pytest.mark.usefixtures("spill")
def test_a_value_of_another_type_is_not_quoted(breakage: str, tmp_path: Path) -> None:
    project = planted(tmp_path, "csv", [*ROWS, CANARY | NOW, BREAKAGES[breakage](CANARY | NOW)])
    assert seen(project, COMMANDS) == []
    assert project.run("evaluate").code == 3


@pytest.mark.usefixtures("spill")
def test_lines_that_cannot_be_read_are_not_quoted(tmp_path: Path) -> None:
    project = planted(tmp_path, "csv", [*ROWS, CANARY])
    whole = (tmp_path / "rows.csv").read_bytes()
    for broken in (
        whole + f"{TEXT},{TEXT}\n".encode(),
        whole + f'"{TEXT}\n'.encode(),
        whole + f"{TEXT}\0\n".encode(),
        whole[:-20],
        whole.replace(b",", b"\xff"),
        f"{TEXT}\n".encode() + whole,
    ):
        project.write("rows.csv", broken)
        # the first line is names of columns, so a canary there is no value of a row
        commands = COMMANDS if not broken.startswith(TEXT.encode()) else ()
        assert seen(project, commands) == []


PLUGIN = '''"""A metric that fails with whatever it has."""
from engine import Count, Days, Max, Metric, Min, Values, hookimpl


def aggregates(params, at):
    return {"days": Days("opened", "closed"), "least": Min("area"), "most": Max("number"), "rows": Count()}


def measure(params, counts, at):
    raise ValueError("no")


@hookimpl
def engine_metric():
    return Metric(name="own", units=("*",), kind="level", aggregates=aggregates, measure=measure)
'''


@pytest.mark.usefixtures("spill")
def test_counts_of_a_metric_that_fails_are_not_printed(tmp_path: Path) -> None:
    project = planted(tmp_path, "parquet", [*ROWS, CANARY, CANARY | NOW])
    project.write("plugins/metrics/own.py", PLUGIN)
    rules = "[objective.own.indicator.own]\nmetric = 'own'\nsource = 'rows'\ntarget = '>= 1'\n"
    project.write("rules/p/own.toml", rules)
    assert seen(project, (*COMMANDS, ("explain", "p.own"))) == []


@pytest.mark.usefixtures("spill")
def test_a_file_that_is_cut_off_is_not_quoted(tmp_path: Path) -> None:
    project = planted(tmp_path, "parquet", [*ROWS, CANARY, CANARY | NOW])
    whole = (tmp_path / "rows.parquet").read_bytes()
    for broken in (whole[: len(whole) // 2], whole[:100] + bytes(400) + whole[500:], TEXT.encode() * 100):
        project.write("rows.parquet", broken)
        assert seen(project, COMMANDS) == []
        assert project.run("evaluate").code == 3
