"""The built-in source for rows of the configuration; closing all that use the embedded database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.aggregates import Count, Sum, Total
from engine.errors import DataError, Place
from engine.filters import Filter
from engine.model import Figure
from engine.scan import scan
from plugins.sources.inline import open_inline
from tests.test_parquet import parquet
from tests.test_scan import dated
from tests.test_sources import RECORDS, Opened, opened, table, written


def inline(rows: list[dict[str, Any]], content: str = "records") -> Opened:
    """Rows of the configuration, opened as the engine opens them."""
    return open_inline({"rows": rows, "name": "cases", "content": content, "time_zone": "Europe/Helsinki"}, None)


def test_inline_records_have_the_types_of_their_values() -> None:
    rows: list[dict[str, Any]] = [
        {"kind": "a", "age": 17, "paid": 1, "day": date(2025, 1, 31), "done": True, "at": datetime(2025, 1, 31, 12)},
        {"paid": Decimal("2.125"), "moment": datetime(2025, 1, 31, 12, tzinfo=UTC), 'odd "name"': "x", "kind": None},
        {"ended": None, "weight": 0.5},
    ]
    requests = dated(Sum("paid"), Count(Filter("kind", "missing")), Count(Filter("done", "in", (True,))), by=None)
    with inline(rows) as frame:
        kinds = {name: str(kind) for name, kind in frame.collect_schema().items()}
        found = scan(frame, requests, time_zone="Europe/Helsinki")
    assert [found[request][(), None] for request in requests] == [Total(Decimal("3.125"), 2), 2, 1]
    assert kinds == {
        "kind": "String", "age": "Int64", "paid": "Decimal(precision=38, scale=3)", "day": "Date", "done": "Boolean",
        "at": "Datetime(time_unit='us', time_zone=None)", "weight": "Float64", 'odd "name"': "String",
        "ended": "Unknown", "moment": "Datetime(time_unit='us', time_zone='Europe/Helsinki')",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "line", "message"),
    [
        ([], 0, "there are no rows"),
        ([{}, {}], 0, "there are no rows"),
        ([{"a": 1}, {}, {"a": "1"}], 3, "the values of 'a' are of different types"),
        ([{"a": True}, {"a": 1}], 2, "the values of 'a' are of different types"),
        ([{"a": date(2025, 1, 1)}, {"a": datetime(2025, 1, 1)}], 2, "the values of 'a' are of different types"),
        ([{"a": 1}, {"a": [1]}], 2, "the value of 'a' is of no type that rows have"),
        ([{"a": Decimal("nan")}], 1, "the value of 'a' is of no type that rows have"),
        ([{"a": 1}, {"A": 2}], 0, "names of columns differ in capital letters only"),
        ([{"a": 2**63}], 0, "the rows do not make a table"),
    ],
)
def test_inline_records_that_make_no_table(rows: list[dict[str, Any]], line: int, message: str) -> None:
    with pytest.raises(DataError) as caught, inline(rows):
        pass
    (found,) = caught.value.problems
    assert (found.place, found.message) == (Place(file="sources.cases.rows", line=line), message)
    assert found.hint


def test_inline_figures() -> None:
    with inline([{"indicator": "a", "as_of": date(2025, 5, 31), "value": "62 %"}], "figures") as figures:
        place = Place(file="sources.cases.rows", line=1)
        assert list(figures) == [Figure(indicator="a", as_of=date(2025, 5, 31), value="62 %", place=place)]
    with inline([], "figures") as figures:
        assert list(figures) == []


@pytest.mark.parametrize(
    ("row", "message", "hint"),
    [
        ({"as_of": 1}, "there is no 'indicator'", "figures need indicator and as_of"),
        ({"indicator": "a"}, "there is no 'as_of'", "figures need indicator and as_of"),
        ({"indicator": "a", "as_of": 1, "vlaue": 1}, "unknown key 'vlaue'", "did you mean 'value'?"),
        ({"indicator": "a", "as_of": 1, "place": 1}, "unknown key 'place'", "the keys of figures are indicator"),
    ],
)
def test_inline_figures_that_are_none(row: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(DataError) as caught, inline([{"indicator": "a", "as_of": 1}, row], "figures"):
        pass
    (found,) = caught.value.problems
    assert (found.place, found.message) == (Place(file="sources.cases.rows", line=2), message)
    assert hint in found.hint


@pytest.mark.parametrize("kind", ["csv", "parquet", "inline"])
def test_the_connection_is_closed(tmp_path: Path, kind: str) -> None:
    rows = {
        "csv": lambda: opened(written(tmp_path, RECORDS)),
        "parquet": lambda: opened(parquet(tmp_path, "SELECT 1 a")),
        "inline": lambda: inline([{"a": 1}]),
    }[kind]()
    with rows as frame:
        assert len(table(frame)) >= 1
    with pytest.raises(duckdb.ConnectionException):
        table(frame)
