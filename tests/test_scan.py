"""The scan gives what counting row by row gives, whatever is asked, in however few reads, on every engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Values
from engine.errors import DataError
from engine.filters import EVERY_ROW, AllOf, AnyOf, Filter, Not, OnOrBefore, Passed, Within, missing
from engine.periods import Limit, last_day
from engine.scan import Reading, Request, check, scan
from engine.scan.cutoffs import latest_start
from engine.scan.normal import all_of, negated, normal
from engine.scan.columns import columns_of_frame
from engine.scan.overlap import disjoint
from tests import naive
from tests import scan_strategies as strategies
from tests.scan_strategies import COLUMNS, DATED, ZONES, Row

CONNECTION = duckdb.connect()
POLARS = {
    "VARCHAR": pl.String(), "BOOLEAN": pl.Boolean(), "SMALLINT": pl.Int16(), "BIGINT": pl.Int64(),
    "DECIMAL(12,2)": pl.Decimal(12, 2), "DOUBLE": pl.Float64(), "DATE": pl.Date(), "TIMESTAMP": pl.Datetime("us"),
    "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
}  # fmt: skip
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def in_duckdb(rows: Sequence[Row], time_zone: str) -> nw.LazyFrame[Any]:
    """The rows as a relation of DuckDB."""
    CONNECTION.execute(f"SET TimeZone = '{time_zone}'")
    CONNECTION.execute(
        f"CREATE OR REPLACE TABLE rows ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"
    )
    if rows:
        places = ", ".join(["(" + ", ".join(["?"] * len(COLUMNS)) + ")"] * len(rows))
        CONNECTION.execute(f"INSERT INTO rows VALUES {places}", [row[name] for row in rows for name in COLUMNS])
    return nw.from_native(CONNECTION.table("rows"))


def in_polars(rows: Sequence[Row], time_zone: str) -> nw.LazyFrame[Any]:
    """The rows as a lazy frame of Polars."""
    schema = {name: POLARS[kind] for name, kind in COLUMNS.items()}
    return nw.from_native(pl.LazyFrame(list(rows), schema=schema))


ENGINES = pytest.mark.parametrize("engine", [in_duckdb, in_polars])
Engine = Callable[[Sequence[Row], str], nw.LazyFrame[Any]]


@ENGINES
@settings(max_examples=150)
@given(
    strategies.rows(),
    st.lists(strategies.requests(), min_size=1, max_size=8),
    strategies.breakdowns(),
    st.sampled_from(ZONES),
)
def test_the_scan_is_the_naive_count(
    engine: Engine, rows: list[Row], requests: list[Request], by: Sequence[str], time_zone: str
) -> None:
    frame = engine(rows, time_zone)
    assert check(frame, requests, by) == []
    assert scan(frame, requests, time_zone=time_zone, by=by) == naive.scan(rows, requests, time_zone, by)
