"""The scan gives what counting row by row gives, whatever is asked, in however few reads, on every engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from itertools import product
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Days, Distinct, Sum, Values
from engine.errors import DataError
from engine.filters import AllOf, Condition, Filter, Not, missing
from engine.scan import Reading, Request, check, scan
from tests import naive
from tests import scan_strategies as strategies
from tests.scan_strategies import COLUMNS, DATED, TEXTS, ZONES, Row

CONNECTION = duckdb.connect()
POLARS = {
    "VARCHAR": pl.String(), "BOOLEAN": pl.Boolean(), "SMALLINT": pl.Int16(), "BIGINT": pl.Int64(),
    "DECIMAL(12,2)": pl.Decimal(12, 2), "DOUBLE": pl.Float64(), "DATE": pl.Date(), "TIMESTAMP": pl.Datetime("us"),
    "TIMESTAMPTZ": pl.Datetime("us", "UTC"),
}  # fmt: skip
START, END = date(2024, 1, 1), date(2024, 12, 31)

Engine = Callable[[Sequence[Row], str], nw.LazyFrame[Any]]


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


def dated(*aggregates: Any, by: str | None = "started") -> list[Request]:
    """Requests over the year 2024."""
    return [Request(aggregate, by, START, END) for aggregate in aggregates]


@ENGINES
@settings(max_examples=80)
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


@settings(max_examples=40)
@given(strategies.rows(), st.data())
def test_many_ranges_of_a_column_share_a_key(rows: list[Row], data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(("age", "amount", "weight", "kind", *DATED)))
    ranges = data.draw(st.lists(strategies.ranges(column), min_size=5, max_size=12))
    more = [*ranges, Not(ranges[0]), Not(missing(column)), missing(column), ranges[1] & Filter("flag", "in", (True,))]
    requests = dated(*map(Count, more), by=data.draw(st.none() | st.sampled_from(DATED)))
    frame = in_polars(rows, "UTC")
    assert scan(frame, requests, time_zone="Europe/Helsinki") == naive.scan(rows, requests, "Europe/Helsinki")


@ENGINES
@settings(max_examples=8)
@given(strategies.rows())
def test_more_conditions_than_a_key_has_bits(engine: Engine, rows: list[Row]) -> None:
    conditions: list[Condition] = [
        AllOf((Filter("kind", "in", (kind,)), Filter("flag", "in", (flag,)), Filter("age", "in", (age, 40))))
        for kind, flag, age in product(TEXTS, (True, False), strategies.WHOLES)
    ]
    requests = dated(*(Count(condition) for condition in conditions), by=None)
    assert len(requests) > 62
    readings: list[Reading] = []
    found = scan(engine(rows, "UTC"), requests, time_zone="UTC", by=["area"], on_read=readings.append)
    assert found == naive.scan(rows, requests, "UTC", ["area"])
    assert [reading.requests for reading in readings] == [len(requests)]


@settings(max_examples=40)
@given(
    strategies.rows(),
    st.lists(strategies.requests(), min_size=1, max_size=8, unique=True),
    strategies.breakdowns(),
)
def test_reads_over_the_cell_limit_are_split(rows: list[Row], requests: list[Request], by: Sequence[str]) -> None:
    frame = in_polars(rows, "UTC")
    alone: list[Reading] = []
    for request in requests:
        scan(frame, [request], time_zone="UTC", by=by, on_read=alone.append)
    limit = max((reading.cells for reading in alone), default=0)
    readings: list[Reading] = []
    found = scan(frame, requests, time_zone="UTC", by=by, cell_limit=limit, on_read=readings.append)
    assert found == naive.scan(rows, requests, "UTC", by)
    assert all(reading.cells == limit + 1 for reading in readings if not reading.complete)
    if limit:
        with pytest.raises(DataError, match="more than 0 cells"):
            scan(frame, requests, time_zone="UTC", by=by, cell_limit=0)


def some_rows() -> list[Row]:
    """Rows that have all kinds, flags and ages together."""
    combined = product(TEXTS, (True, False), (17, 18, 40), (date(2024, 1, 31), date(2024, 2, 29)))
    empty = dict.fromkeys(COLUMNS)
    return [
        {**empty, "kind": kind, "flag": flag, "age": age, "started": day, "ended": date(2024, 3, day.day)}
        for kind, flag, age, day in combined
    ]


def readings_of(*aggregates: Any, cell_limit: int = 1_000_000) -> list[Reading]:
    """The reads that a scan of `some_rows` takes; its answers are checked, too."""
    requests = dated(*aggregates)
    readings: list[Reading] = []
    frame = in_duckdb(some_rows(), "UTC")
    found = scan(frame, requests, time_zone="UTC", cell_limit=cell_limit, on_read=readings.append)
    assert found == naive.scan(some_rows(), requests, "UTC")
    return readings


def test_everything_is_one_read_where_rows_allow_it() -> None:
    young, old = Filter("age", "below", 18), Filter("age", "at_least", 18)
    aggregates = (
        Count(),
        Count(young),
        Sum("age", old),
        Days("started", "ended", young),
        Values("kind", old, ("a", "b")),
    )
    assert len(readings_of(*aggregates)) == 1


def test_histograms_of_the_same_days_share_a_read() -> None:
    assert len(readings_of(Days("started", "ended"), Days("started", "ended", Filter("flag", "in", (True,))))) == 1


@pytest.mark.parametrize(
    "second",
    [Values("kind", Filter("age", "at_least", 17), ("a",)), Days("ended", "started"), Days("started", "started")],
    ids=["values beside days", "other days", "again other days"],
)
def test_values_of_rows_that_overlap_are_read_apart(second: Any) -> None:
    assert len(readings_of(Days("started", "ended", Filter("age", "below", 18)), second)) == 2


def test_different_values_are_counted_in_a_read_of_their_own() -> None:
    readings = readings_of(Count(), Distinct("kind"), Distinct("age", Filter("flag", "in", (True,))))
    assert [reading.requests for reading in readings] == [1, 1, 1]


def test_equal_requests_and_equal_conditions_are_asked_once() -> None:
    same = AllOf((Filter("age", "above", 17), Filter("kind", "in", ("a",))))
    turned = AllOf((Filter("kind", "in", ("a", "a")), Filter("age", "at_least", 18)))
    readings = readings_of(Count(same), Count(same), Count(turned))
    assert [(reading.requests, reading.cells, reading.complete) for reading in readings] == [(2, 2, True)]


def test_a_read_is_split_until_it_fits() -> None:
    young, old = Filter("age", "below", 18), Filter("age", "at_least", 18)
    readings = readings_of(Days("started", "ended", young), Values("kind", old, ("a", "b", "c")), cell_limit=8)
    assert [(reading.requests, reading.complete) for reading in readings] == [(2, False), (1, True), (1, True)]


def test_cells_do_not_multiply_with_conditions() -> None:
    conditions = [Filter(*test) for test in (("kind", "in", ("a",)), ("flag", "in", (True,)), ("age", "below", 18))]
    (reading,) = readings_of(*map(Count, conditions), Count(conditions[0] | conditions[1]), Count(~conditions[2]))
    assert (reading.requests, reading.cells) == (5, 2)


def test_columns_with_many_ranges_are_read_one_by_one() -> None:
    ages, kinds = (
        [Filter(column, "at_least", end) for end in ends]
        for column, ends in (("age", range(10, 20)), ("kind", "abcdefghi"))
    )
    (first, second) = readings_of(*map(Count, (*ages, *kinds, ages[0] & kinds[0], Filter("flag", "in", (True,)))))
    assert first.requests + second.requests == 21


def test_a_request_that_fits_no_read_is_a_data_error() -> None:
    frame = in_duckdb(some_rows(), "UTC")
    with pytest.raises(DataError, match="the answer to days has more than 1 cells") as caught:
        scan(frame, dated(Days("started", "ended")), time_zone="UTC", by=["kind", "age"], cell_limit=1)
    assert (
        caught.value.problems[0].hint
        == "break it down by fewer columns than 'kind', 'age', or by one with fewer values"
    )


def test_nothing_is_read_for_what_no_row_can_meet() -> None:
    both = Count(AllOf((Filter("kind", "in", ("a",)), Not(Filter("kind", "in", ("a",))))))
    backwards = Request(Count(), "started", END, START)
    readings: list[Reading] = []
    frame = in_duckdb(some_rows(), "UTC")
    found = scan(frame, [*dated(both), backwards], time_zone="UTC", on_read=readings.append)
    assert found == {dated(both)[0]: {}, backwards: {}}
    assert readings == []


def test_asking_loads_no_data_frame_library() -> None:
    code = "import engine.scan.request, engine.scan, sys; print({'narwhals', 'duckdb', 'polars'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_unknown_names_of_the_package_are_errors() -> None:
    import engine.scan

    with pytest.raises(AttributeError, match="no attribute 'scam'"):
        engine.scan.scam  # noqa: B018
