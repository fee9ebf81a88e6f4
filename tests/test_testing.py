"""The contract tests themselves: a plugin that breaks a contract fails exactly the checks that say so."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.contracts import Member, Series
from engine.model import Measurement, Status
from engine.schema import Schema
from engine.testing import Check, measurements, members, plugin_checks, rows, series, statuses
from engine.testing.laws import INVENTED, invented, well_formed
from tests.cases import Case, load
from tests.good_plugins import COMBINER, SOURCE, TEXTS
from tests.packages import metric, write, write_package

OPTIONS = {"source.mine": [{"content": "figures", "path": "lines.txt"}]}


class BrokenError(Exception):
    """A check has failed, with whatever error."""


def checks_of(folder: Path, kind: str, text: str) -> dict[str, Check]:
    write(folder / "local" / f"{kind}s" / "mine.py", text)
    return {check.title: check for check in plugin_checks(folder / "local", OPTIONS)}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A file for the source, and no search for the smallest failure, which takes its time."""
    write(tmp_path / "lines.txt", "62 %\n63 %\n")
    monkeypatch.chdir(tmp_path)
    settings.register_profile("first failure", settings.default, phases=[Phase.explicit, Phase.generate])
    settings.load_profile("first failure")
    yield
    settings.load_profile("engine")


@pytest.mark.parametrize("kind", TEXTS)
def test_a_plugin_that_keeps_its_contract_passes(kind: str, tmp_path: Path) -> None:
    checks = checks_of(tmp_path, kind, TEXTS[kind])
    assert len(checks) >= 3
    for check in checks.values():
        check()


@pytest.mark.parametrize("case", load("broken_contracts", "plugin", "old", "new", "check"))
def test_a_plugin_that_breaks_its_contract_fails(case: Case, tmp_path: Path) -> None:
    text = TEXTS[case["plugin"]]
    assert case["old"] in text
    checks = checks_of(tmp_path, case["plugin"], text.replace(case["old"], case["new"]))
    check = next(check for title, check in checks.items() if title.startswith(case["check"]))

    def outcome() -> None:
        try:
            check()
        except Exception as error:
            raise BrokenError(f"{type(error).__name__}: {error}") from error

    case.check(outcome, BrokenError)


def test_a_plugin_that_does_not_load_has_one_check_that_says_so(tmp_path: Path) -> None:
    (check,) = checks_of(tmp_path, "metric", "raise RuntimeError('no licence')").values()
    assert str(check) == "metric.mine: loads"
    with pytest.raises(Exception, match="RuntimeError: no licence"):
        check()


def test_a_metric_without_options_is_checked(tmp_path: Path) -> None:
    write(tmp_path / "local" / "metrics" / "row_count.py", metric("row_count"))
    checks = {str(check): check for check in plugin_checks(tmp_path / "local")}
    checks["metric.row_count: documents its options"]()
    with pytest.raises(AssertionError, match="no example expects met or not_met or partly_met"):
        checks["metric.row_count: has examples of every status"]()


@pytest.mark.parametrize("content", [{}, {"content": "figures"}, {"content": "figures", "path": 5}])
def test_a_source_needs_options_that_work(content: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path / "local" / "sources" / "mine.py", SOURCE)
    checks = {check.title: check for check in plugin_checks(tmp_path / "local", {"source.mine": [content]})}
    with pytest.raises(AssertionError, match="options of the source are needed: "):
        checks["opens, gives figures and closes"]()
    checks["says that there is nothing at 'path' (figures)"]()


def test_options_that_do_not_work_are_said(tmp_path: Path) -> None:
    write(tmp_path / "local" / "combiners" / "mine.py", COMBINER)
    checks = plugin_checks(tmp_path / "local", {"combiner.mine": [{}, {"part": 1}]})
    titles = [check.title for check in checks]
    assert "is a pure function, with options 1" in titles
    wrong = next(check for check in checks if check.title == "is a pure function, with options 2")
    with pytest.raises(AssertionError, match="these options do not work: unknown key 'part'"):
        wrong()


# Where plugins are found


def imported(name: str) -> ModuleType:
    importlib.invalidate_caches()
    return importlib.import_module(name)


def test_a_module_is_checked(site: Path) -> None:
    write(site / "health" / "__init__.py", "")
    write(site / "health" / "mine.py", COMBINER)
    checks = plugin_checks(imported("health.mine"))
    assert {check.plugin for check in checks} == {"combiner.mine"}
    assert "does not depend on order" in [check.title for check in checks]


def test_a_module_of_an_entry_point_is_checked_once(site: Path) -> None:
    write_package(
        site, "health", {"combiner.mine": "health.other"}, {"health/__init__.py": "", "health/other.py": COMBINER}
    )
    checks = plugin_checks(imported("health.other"))
    assert {str(check) for check in checks} >= {"combiner.mine: is a pure function"}


def test_a_module_that_is_no_plugin_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="'json' is no plugin: it has none of the hooks engine_metric, engine_source"):
        plugin_checks(imported("json"))


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_a_folder_without_plugins_checks_nothing_and_says_so(folder: str) -> None:
    with pytest.raises(ValueError, match=f"there are no plugins in '{folder}'"):
        plugin_checks(folder)


def test_a_folder_may_be_text(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "combiners" / "mine.py", COMBINER)
    assert {check.plugin for check in plugin_checks("ours")} == {"combiner.mine"}


def test_two_plugins_of_one_name_fail(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "combiners" / "worst.py", COMBINER)
    (check,) = plugin_checks("ours")
    with pytest.raises(Exception, match="combiner 'worst' is provided twice"):
        check()


# Invented options


def test_there_is_an_invented_value_of_every_type() -> None:
    rules = {kind: {"type": kind, "required": True} for kind in INVENTED}
    schema = Schema(rules)
    assert schema.read(invented(schema), "records")[1] == []


def test_invented_values_keep_to_limits() -> None:
    schema = Schema(
        {
            "a": {"type": "string", "allowed": ["x", "y"], "required": True},
            "b": {"type": "integer", "min": 5, "required": True},
            "c": {"type": ["string", "dict"], "required": True},
            "d": {"type": "integer"},
        }
    )
    assert invented(schema) == {"a": "x", "b": 5, "c": "text"}
    assert schema.read(invented(schema))[1] == []


# Strategies


@given(st.data())
def test_rows_have_values_of_their_columns(data: st.DataObject) -> None:
    columns = {"kind": ["a", "b"], "name": str, "age": int, "done": bool, "cost": Decimal, "day": date}
    drawn = data.draw(rows(columns, max_size=3))
    assert len(drawn) <= 3
    for row in drawn:
        assert set(row) <= set(columns)
        for name, value in row.items():
            column = columns[name]
            assert type(value) is column if isinstance(column, type) else value in column


@given(statuses(), members())
def test_members_have_statuses_and_weights(status: Status, drawn: list[Member]) -> None:
    assert isinstance(status, Status)
    assert drawn
    assert all(isinstance(member.status, Status) and member.weight >= 1 for member in drawn)


@pytest.mark.parametrize("unit", ["%", "d", ""])
def test_measurements_are_well_formed(unit: str) -> None:
    @given(measurements(unit))
    def law(drawn: Measurement) -> None:
        well_formed(drawn)
        assert drawn.unit == unit
        assert unit != "%" or 0 <= drawn.value <= 100

    law()


@given(series(), st.sampled_from(["ratio", "total", "level"]).flatmap(series))
def test_a_series_is_what_the_engine_gives(one: Series, other: Series) -> None:
    for drawn in (one, other):
        assert drawn.to_date.as_of is not None
        days = [month.as_of for month in drawn.months]
        assert days == sorted(set(days), key=str)
        assert {month.unit for month in drawn.months} <= {drawn.to_date.unit}
        assert all(isinstance(month.value, Fraction) for month in drawn.months)
