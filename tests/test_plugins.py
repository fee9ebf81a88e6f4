"""The built-in plugins keep the contracts of their kinds, which are public as `engine.testing`."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from engine.testing import Check, plugin_checks
from tests.databases import FIGURES as FIGURE_ROWS
from tests.databases import ROWS, in_duckdb, in_postgres, in_sqlite
from tests.engines.needs import lacking
from tests.packages import ROOT, write

FIGURES = {"content": "figures", "path": "figures.csv"}
OPTIONS = {
    "source.csv": [{"content": "records", "path": "rows.csv"}, FIGURES],
    "source.parquet": [
        {"content": "records", "path": "rows.parquet"},
        {"content": "figures", "path": "figures.parquet"},
    ],
    "source.excel": [{"content": "records", "path": "rows.xlsx"}, {"content": "figures", "path": "figures.xlsx"}],
    "source.duckdb": [
        {"content": "records", "path": "cases.duckdb", "table": "cases"},
        {"content": "figures", "path": "cases.duckdb", "table": "figures"},
    ],
    "source.sqlite": [
        {"content": "records", "path": "cases.sqlite", "table": "cases"},
        {"content": "figures", "path": "cases.sqlite", "table": "figures"},
    ],
    "source.sql": [
        {"content": "records", "url": "${OWN_DATABASE}", "table": "cases"},
        {"content": "figures", "url": "${OWN_DATABASE}", "table": "figures"},
    ],
    "source.spark": [{"content": "records", "master": "local[1]", "paths": ["${OWN_FOLDER}/rows.parquet"]}],
    "source.inline": [
        {"content": "records", "rows": [{"held_on": "2025-03-01", "minutes": 30}]},
        {"content": "figures", "rows": [{"indicator": "a", "as_of": "2025-03-01", "value": "62 %"}]},
    ],
    "combiner.share_met": [{}, {"met_from": 0.75, "partly_from": 0}, {"partly_from": 1}],
    "combiner.weighted": [{}, {"met_from": 0.75, "partly_from": 0.25}],
}


CHECKS = plugin_checks(ROOT / "plugins", OPTIONS)


@pytest.fixture
def samples(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files and servers for the sources, in the folder that the test runs in."""
    if check.plugin == "source.sql":
        monkeypatch.setenv("OWN_DATABASE", in_postgres(ROWS, FIGURE_ROWS).url)
    if check.plugin == "source.spark" and shutil.which("java") is None:
        lacking("there is no Java")
    monkeypatch.setenv("OWN_FOLDER", str(tmp_path))
    in_duckdb(tmp_path, ROWS, FIGURE_ROWS)
    in_sqlite(tmp_path, ROWS, FIGURE_ROWS)
    with xlsxwriter.Workbook(tmp_path / "rows.xlsx") as book:
        book.add_worksheet().write_column(0, 0, ["kind", "a", "b"])
    with xlsxwriter.Workbook(tmp_path / "figures.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["indicator", "as_of", "value"])
        sheet.write_row(1, 0, ["a", "2025-03-01", "62 %"])
    write(tmp_path / "rows.csv", "kind,held_on\na,2025-03-01\nb,\n")
    write(tmp_path / "figures.csv", "indicator;as_of;value\na;2025-03-01;62 %\n")
    duckdb.sql("SELECT 1 AS a, DATE '2025-03-01' AS held_on").write_parquet(str(tmp_path / "rows.parquet"))
    figures = duckdb.sql("SELECT 'a' AS indicator, DATE '2025-03-01' AS as_of, '62 %' AS value")
    figures.write_parquet(str(tmp_path / "figures.parquet"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("samples")
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_a_built_in_plugin_keeps_the_contract_of_its_kind(check: Check) -> None:
    check()


def test_the_table_of_entry_points_is_the_files() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    files = [file for file in (ROOT / "plugins").rglob("*.py") if file.name != "__init__.py"]
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    names = [f"{file.parent.name.removesuffix('s')}.{file.stem}" for file in files]
    table = project["entry-points"]["objective_engine"]
    assert table == dict(zip(names, modules, strict=True))
    assert list(table) == sorted(table)


def test_the_installed_plugins_are_those_of_this_repository() -> None:
    names = {check.plugin for check in plugin_checks(ROOT / "plugins")}
    files = [file for file in (ROOT / "plugins").rglob("*.py") if file.name != "__init__.py"]
    assert names == {f"{file.parent.name.removesuffix('s')}.{file.stem}" for file in files}
