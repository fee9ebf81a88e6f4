"""Columns of rarer types, values that cannot be summed, and names that are hard to tell apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest

from engine.aggregates import Aggregate, Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Values
from engine.errors import DataError
from engine.filters import Filter, Not, OnOrBefore, Within, missing
from engine.periods import Limit
from engine.scan import Request, check, scan
from tests.test_scan import dated

CONNECTION = duckdb.connect()
JANUARY = 2024 * 12

Frame = Callable[[], nw.LazyFrame[Any]]


def relation(query: str, time_zone: str = "Europe/Helsinki") -> nw.LazyFrame[Any]:
    """What a query of DuckDB gives."""
    CONNECTION.execute(f"SET TimeZone = '{time_zone}'")
    return nw.from_native(CONNECTION.sql(query))


def column(name: str, values: Sequence[Any], dtype: Any) -> nw.LazyFrame[Any]:
    """A frame of Polars with one column."""
    return nw.from_native(pl.LazyFrame({name: pl.Series(values, dtype=dtype)}))


def answer(frame: nw.LazyFrame[Any], aggregate: Aggregate, time_zone: str = "Europe/Helsinki", **options: Any) -> Any:
    """What a scan of all rows says of one aggregate."""
    request = dated(aggregate, by=None)[0]
    assert check(frame, [request]) == []
    found = scan(frame, [request], time_zone=time_zone, **options)[request]
    assert set(found) <= {((), None)}
    return found.get(((), None))


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        (lambda: column("n", [2**31 - 1] * 3, pl.Int32), 3 * (2**31 - 1)),
        (lambda: column("n", [255, 255, None], pl.UInt8), 510),
        (lambda: column("n", [2**62 - 1, 5], pl.UInt64), 2**62 + 4),
        (lambda: column("n", [2**62 - 1, -5], pl.Int128), 2**62 - 6),
        (lambda: column("n", [2**63 - 1] * 4, pl.Int64), 4 * (2**63 - 1)),
        (lambda: column("n", [-(2**63)] * 4, pl.Int64), -4 * 2**63),
        (lambda: relation("SELECT unnest([9223372036854775807, -1, 9223372036854775807])::BIGINT n"), 2**64 - 3),
        (lambda: relation("SELECT unnest([4611686018427387903, -7])::HUGEINT n"), 2**62 - 8),
        (lambda: relation("SELECT unnest([4611686018427387903, 7])::UBIGINT n"), 2**62 + 6),
        (lambda: relation("SELECT 0.1::DECIMAL(38,10) n FROM range(30)"), 3),
        (
            lambda: relation("SELECT 9999999999999999.99::DECIMAL(18,2) n FROM range(3)"),
            Fraction("29999999999999999.97"),
        ),
        (
            lambda: column("n", [Decimal("99999999999999999999.99")] * 2, pl.Decimal(22, 2)),
            Fraction("199999999999999999999.98"),
        ),
    ],
)
def test_sums_of_whole_and_decimal_numbers_are_exact(frame: Frame, value: Any) -> None:
    assert answer(frame(), Sum("n")).value == value


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_floats_are_summed_as_whole_numbers_of_their_last_decimal(engine: str) -> None:
    values = [0.1] * 10 + [0.125, -0.125, 2.675, float("nan"), None]
    frame = column("n", values, pl.Float64)
    if engine == "duckdb":
        frame = relation(
            "SELECT unnest(" + str(values).replace("nan", "'nan'::DOUBLE").replace("None", "NULL") + ")::DOUBLE n"
        )
    assert answer(frame, Sum("n", decimals=2)) == Total(Fraction("3.68"), 13)
    assert answer(frame, Count(missing("n"))) == 2
    assert answer(frame, Count(Not(Filter("n", "at_most", 1)))) == 3


def test_floats_of_32_bits_are_what_they_look_like_in_64() -> None:
    frame = column("n", [0.1, 1.5], pl.Float32)
    assert answer(frame, Sum("n", decimals=3)) == Total(Fraction("1.6"), 2)
    assert answer(frame, Max("n")) == 1.5


@pytest.mark.parametrize(
    ("frame", "decimals", "message"),
    [
        (lambda: column("n", [float("inf"), 1.0], pl.Float64), 0, "one value of 'n' cannot be summed exactly"),
        (lambda: column("n", [1e14, -1e14, 1.0], pl.Float64), 2, "2 values of 'n' cannot be summed exactly"),
        (
            lambda: relation("SELECT unnest(['inf'::DOUBLE, 1e300, -1e300]) n"),
            1,
            "3 values of 'n' cannot be summed exactly",
        ),
        (lambda: relation("SELECT unnest(['12', '1 234', 'five', '1,234', '', 'abc']) n"), 0, "5 values of 'n'"),
        (lambda: column("n", ["12", "0x1F", "1e3", "٣"], pl.String), 0, "3 values of 'n'"),
        (lambda: column("n", [2**63, 1], pl.UInt64), None, "one value of 'n'"),
        (lambda: relation("SELECT (2::HUGEINT ** 100)::HUGEINT n"), None, "one value of 'n'"),
        (lambda: relation("SELECT 1e27::DECIMAL(38,2) n"), None, "one value of 'n'"),
    ],
)
def test_what_cannot_be_summed_is_a_data_error(frame: Frame, decimals: int | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        answer(frame(), Sum("n", decimals=decimals))


def test_values_of_other_rows_may_be_beyond_summing() -> None:
    frame = relation("SELECT unnest(['a', 'b']) kind, unnest(['12.5', 'twelve']) n")
    assert answer(frame, Sum("n", Filter("kind", "in", ("a",)), 1)) == Total(Fraction("12.5"), 1)


@pytest.mark.parametrize(
    "frame",
    [
        lambda: column("kind", ["a", "b", "a", None], pl.Categorical),
        lambda: column("kind", ["a", "b", "a", None], pl.Enum(["b", "a"])),
        lambda: relation("SELECT unnest(['a', 'b', 'a', NULL])::ENUM('b', 'a') kind"),
    ],
)
def test_categories_are_text(frame: Frame) -> None:
    assert answer(frame(), Count(Filter("kind", "in", ("a",)))) == 2
    assert answer(frame(), Min("kind")) == "a"
    assert answer(frame(), Values("kind", units=("b", "z"))) == Occurring(frozenset("b"), 2)
    request = dated(Count(), by=None)[0]
    assert scan(frame(), [request], time_zone="UTC", by=["kind"])[request] == {
        (("a",), None): 2, (("b",), None): 1, ((None,), None): 1,
    }  # fmt: skip


def test_identifiers_are_text() -> None:
    frame = relation("SELECT unnest(['b0e42fe7-31a5-4894-a441-007e5256afea', NULL])::UUID person")
    assert answer(frame, Distinct("person")) == 1
    assert answer(frame, Count(Filter("person", "in", ("b0e42fe7-31a5-4894-a441-007e5256afea",)))) == 1


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_times_of_every_precision_and_zone(unit: Any, zone: str | None) -> None:
    late = datetime(2024, 1, 31, 22, 30, tzinfo=UTC) if zone else datetime(2024, 2, 1, 0, 30)
    frame = column("t", [late, None], pl.Datetime(unit, zone))
    assert answer(frame, Count(Filter("t", "in", (date(2024, 2, 1),)))) == 1
    assert answer(frame, Count(OnOrBefore("t", date(2024, 1, 31)))) is None
    assert answer(frame, Max("t")) == datetime(2024, 2, 1, 0, 30)
    request = dated(Count(), by="t")[0]
    assert scan(frame, [request], time_zone="Europe/Helsinki")[request] == {((), JANUARY + 1): 1}


@pytest.mark.parametrize("kind", ["TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMPTZ"])
def test_times_of_every_precision_in_duckdb(kind: str) -> None:
    frame = relation(f"SELECT unnest(['2024-02-01 00:30:00', NULL])::{kind} t, DATE '2024-03-01' d")
    assert answer(frame, Count(Filter("t", "in", (date(2024, 2, 1),)))) == 1
    assert answer(frame, Count(Filter("t", "below", datetime(2024, 2, 1, 0, 30)))) is None
    assert answer(frame, Min("t")) == datetime(2024, 2, 1, 0, 30)
    assert answer(frame, Days("t", "d")) == {29: 1}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_period_may_be_as_long_as_the_calendar(zone: str) -> None:
    for frame in (
        column("t", [datetime(2024, 1, 31, 22, 30, tzinfo=UTC)], pl.Datetime("us", zone)),
        relation("SELECT TIMESTAMPTZ '2024-01-31 22:30:00+00' t", zone),
    ):
        request = Request(Count(), "t", date.min, date.max)
        found = scan(frame, [request], time_zone=zone)[request]
        assert found == {((), JANUARY + (zone == "Asia/Tokyo")): 1}


def test_a_source_that_counts_days_in_another_zone_is_a_data_error() -> None:
    frame = relation("SELECT TIMESTAMPTZ '2024-02-01 00:30:00' t, 1 n", "Asia/Tokyo")
    assert answer(frame, Count(Filter("t", "at_least", date(2024, 1, 31)))) == 1
    with pytest.raises(DataError, match="cannot count days in the time zone Europe/Helsinki"):
        answer(frame, Days("t", "t"))


@pytest.mark.parametrize("name", ["cell_0", "CELL_1", "cell_n", "cell_i0", 'a "b" c', "Ä ö", "select", "a.b", "n"])
def test_a_column_may_have_any_name(name: str) -> None:
    quoted = name.replace('"', '""')
    frame = relation(f'SELECT unnest([1, 2, NULL]) "{quoted}", 5 other')
    request = Request(Sum(name), None, date(2024, 1, 1), date(2024, 1, 1))
    found = scan(frame, [request], time_zone="UTC", by=["other", name])
    assert found[request] == {(("5", "1"), None): Total(Fraction(1), 1), (("5", "2"), None): Total(Fraction(2), 1)}


def test_segments_are_the_texts_of_their_values() -> None:
    frame = relation("SELECT true a, DATE '2024-01-31' b, 7::TINYINT c, 'Eno ' d, NULL::INTEGER e")
    request = dated(Count(), by=None)[0]
    found = scan(frame, [request], time_zone="UTC", by=["a", "b", "c", "d", "e"])
    assert found[request] == {(("true", "2024-01-31", "7", "Eno ", None), None): 1}


@pytest.mark.parametrize(
    "frame",
    [
        lambda: relation("SELECT unnest([1, 2]) n, NULL ended"),
        lambda: nw.from_native(pl.LazyFrame({"n": [1, 2], "ended": [None, None]})),
    ],
)
def test_a_column_without_values_fits_everything_and_meets_nothing(frame: Frame) -> None:
    wheres = [
        Filter("ended", "at_least", date(2024, 1, 1)), Filter("ended", "in", ("a", 1)), OnOrBefore("ended", date.max),
        Within("ended", "ended"), Filter("ended", "older_than", Limit(1, "d")),
    ]  # fmt: skip
    for where in wheres:
        assert answer(frame(), Count(where)) is None
        assert answer(frame(), Count(Not(where))) == 2
    assert answer(frame(), Count(missing("ended"))) == 2
    others = [Sum("ended"), Days("ended", "ended"), Values("ended"), Distinct("ended"), Min("ended"), Max("ended")]
    assert [answer(frame(), aggregate) for aggregate in others] == [None] * len(others)
    requests = [dated(Count(), by=None)[0], dated(Count(), by="ended")[0]]
    assert check(frame(), requests, ["ended"]) == []
    assert scan(frame(), requests, time_zone="UTC", by=["ended"]) == {
        requests[0]: {((None,), None): 2},
        requests[1]: {},
    }
