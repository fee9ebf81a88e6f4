"""The built-in plugins keep the contracts of their kinds, which are public as `engine.testing`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import duckdb
import pytest

from engine.testing import Check, plugin_checks
from tests.packages import ROOT, write

FIGURES = {"content": "figures", "path": "figures.csv"}
OPTIONS = {
    "source.csv": [{"content": "records", "path": "rows.csv"}, FIGURES],
    "source.parquet": [
        {"content": "records", "path": "rows.parquet"},
        {"content": "figures", "path": "figures.parquet"},
    ],
    "source.inline": [
        {"content": "records", "rows": [{"held_on": "2025-03-01", "minutes": 30}]},
        {"content": "figures", "rows": [{"indicator": "a", "as_of": "2025-03-01", "value": "62 %"}]},
    ],
    "combiner.share_met": [{}, {"met_from": 0.75, "partly_from": 0}, {"partly_from": 1}],
    "combiner.weighted": [{}, {"met_from": 0.75, "partly_from": 0.25}],
}


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files for the sources, in the folder that the test runs in."""
    write(tmp_path / "rows.csv", "kind,held_on\na,2025-03-01\nb,\n")
    write(tmp_path / "figures.csv", "indicator;as_of;value\na;2025-03-01;62 %\n")
    duckdb.sql("SELECT 1 AS a, DATE '2025-03-01' AS held_on").write_parquet(str(tmp_path / "rows.parquet"))
    figures = duckdb.sql("SELECT 'a' AS indicator, DATE '2025-03-01' AS as_of, '62 %' AS value")
    figures.write_parquet(str(tmp_path / "figures.parquet"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("samples")
@pytest.mark.parametrize("check", plugin_checks(ROOT / "plugins", OPTIONS), ids=str)
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
