"""The scan on Apache Spark gives what counting row by row gives: on a cluster, and over Spark Connect.

The process is in another time zone than the rows and the plan: no time may be taken to be of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Values
from engine.errors import DataError
from engine.filters import Filter, OnOrBefore, Within, missing
from engine.scan import Request, check, scan
from plugins.sources.spark import open_spark
from tests import naive
from tests import scan_strategies as strategies
from tests.scan_strategies import VALUES, ZONES, Row
from tests.servers_spark import SETTINGS, cluster_fixture, connect_fixture  # noqa: F401 - fixtures
from tests.test_scan import CONNECTION, dated, in_duckdb
from tests.test_scan_types import answer

pytestmark = pytest.mark.xdist_group("spark")
HELSINKI = "Europe/Helsinki"
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), min_size=20, max_size=40
)


class Spark:
    """Frames of Spark. What was opened stays open, so that one driver answers all examples."""

    def __init__(self, master: str, given: Mapping[str, str], folder: Path, stack: ExitStack) -> None:
        self.options = {"name": "cases", "content": "records", "format": "parquet", "settings": given, "master": master}
        self.folder = folder
        self.stack = stack

    def rows(self, rows: Sequence[Row], time_zone: str) -> nw.LazyFrame[Any]:
        """The rows, from a Parquet file that the source opened."""
        in_duckdb(rows, time_zone)
        file = self.folder / f"{len(list(self.folder.iterdir()))}.parquet"
        CONNECTION.table("rows").write_parquet(str(file))
        options = {**self.options, "paths": [str(file)], "time_zone": time_zone}
        return self.stack.enter_context(open_spark(options, None))

    def sql(self, query: str) -> nw.LazyFrame[Any]:
        """What a query of Spark gives, in a session of the source."""
        return nw.from_native(self.rows([], HELSINKI).to_native().sparkSession.sql(query))


@pytest.fixture(scope="module", params=["cluster", "connect"])
def spark(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    master = request.getfixturevalue(request.param)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        stack.callback(time.tzset)
        time.tzset()
        stack.enter_context(patch.context())
        given = SETTINGS if request.param == "cluster" else {}
        yield Spark(master, given, tmp_path_factory.mktemp("rows"), stack)


@settings(max_examples=4, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(ROWS, st.lists(strategies.requests(), min_size=20, max_size=30), strategies.breakdowns(), st.sampled_from(ZONES))
def test_the_scan_is_the_naive_count(
    spark: Spark, rows: list[Row], requests: list[Request], by: Sequence[str], time_zone: str
) -> None:
    frame = spark.rows(rows, time_zone)
    assert check(frame, requests, by) == []
    assert scan(frame, requests, time_zone=time_zone, by=by) == naive.scan(rows, requests, time_zone, by)


WHOLES = """SELECT CAST(n AS {kind}) AS n FROM VALUES {values} AS t(n)"""


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (WHOLES.format(kind="TINYINT", values="(127), (127), (-1), (NULL)"), 253),
        (WHOLES.format(kind="INT", values="(2147483647), (2147483647), (2147483647)"), 3 * (2**31 - 1)),
        (WHOLES.format(kind="BIGINT", values="(9223372036854775807), (9223372036854775807), (-1)"), 2**64 - 3),
        (WHOLES.format(kind="BIGINT", values="(-9223372036854775808), (-9223372036854775808)"), -(2**64)),
        (WHOLES.format(kind="DECIMAL(38,10)", values="(0.1), (0.2), (NULL)"), Fraction("0.3")),
        (WHOLES.format(kind="DECIMAL(38,38)", values="(0.00000000001), (-0.00000000003)"), Fraction("-0.00000000002")),
        (WHOLES.format(kind="DECIMAL(38,0)", values="(9999999999999999999999999999), (1)"), 10**28),
        (WHOLES.format(kind="DECIMAL(28,2)", values="(9999999999999999999999999.99), (0.01)"), 10**25),
    ],
)  # fmt: skip
def test_sums_are_exact(spark: Spark, query: str, value: Any) -> None:
    assert answer(spark.sql(query), Sum("n")).value == value


def test_numbers_that_cannot_be_summed_and_those_that_are_none(spark: Spark) -> None:
    frame = spark.sql(
        "SELECT CAST(n AS DOUBLE) AS n, CAST(n AS FLOAT) AS f, CAST(1e28 AS DECIMAL(38,2)) AS huge, t"
        " FROM VALUES ('0.125', '1'), ('NaN', '1,5'), ('-0.125', NULL), (NULL, '2.25') AS v(n, t)"
    )
    requests = dated(
        Sum("n", decimals=2),
        Sum("f", decimals=2),
        Count(missing("n")),
        Max("n"),
        Sum("t", decimals=2),
        Distinct("n"),
        by=None,
    )
    found = [grains.get(((), None)) for grains in scan(frame, requests, time_zone=HELSINKI).values()]
    assert found == [Total(Fraction(0), 2), Total(Fraction(0), 2), 2, 0.125, Total(Fraction("4.75"), 3), 2]
    with pytest.raises(DataError, match="4 values of 'huge' cannot be summed exactly"):
        answer(frame, Sum("huge"))
    with pytest.raises(DataError, match="one value of 'x' cannot be summed exactly"):
        answer(spark.sql("SELECT CAST('Infinity' AS DOUBLE) AS x"), Sum("x", decimals=0))


def test_decimal_numbers_are_compared_with_all_their_digits(spark: Spark) -> None:
    query = (
        "SELECT CAST(n AS DECIMAL(38,18)) AS n FROM VALUES ('12345678901234567890.123456789012345678'), ('0') AS v(n)"
    )
    frame = spark.sql(query)
    amount = Decimal("12345678901234567890.123456789012345678")
    step = Decimal("1E-18")
    wheres = [Filter("n", "in", (amount,)), Filter("n", "at_least", amount), Filter("n", "below", amount + step)]
    requests = dated(*map(Count, wheres), Max("n"), by=None)
    found = [grains.get(((), None)) for grains in scan(frame, requests, time_zone=HELSINKI).values()]
    assert found == [1, 1, 2, amount]


def test_times_are_those_of_the_plan_whatever_the_zone_of_the_process(spark: Spark) -> None:
    frame = spark.sql(
        "SELECT TIMESTAMP '2024-01-31 22:30:00+00:00' AS seen, TIMESTAMP_NTZ '2024-02-01 00:30:00' AS noted,"
        " DATE '2024-03-01' AS day"
    )
    late = datetime(2024, 2, 1, 0, 30)
    for name in ("seen", "noted"):
        for where in (
            Filter(name, "in", (late,)),
            Filter(name, "in", (date(2024, 2, 1),)),
            Filter(name, "at_least", late),
        ):
            assert answer(frame, Count(where)) == 1
        assert answer(frame, Count(OnOrBefore(name, date(2024, 1, 31)))) is None
        assert (answer(frame, Min(name)), answer(frame, Days(name, "day"))) == (late, {29: 1})
    assert answer(frame, Count(Filter("seen", "in", (datetime(2024, 1, 31, 22, 30, tzinfo=UTC),)))) == 1
    period = Request(Count(), "seen", date.min, date.max)
    assert scan(frame, [period], time_zone=HELSINKI)[period] == {((), 2024 * 12 + 1): 1}


def test_a_column_without_values_fits_everything_and_meets_nothing(spark: Spark) -> None:
    frame = spark.sql("SELECT n, NULL AS ended FROM VALUES (1), (2) AS v(n)")
    asked = [
        Sum("ended"),
        Days("ended", "ended"),
        Values("ended"),
        Distinct("ended"),
        Max("ended"),
        Count(missing("ended")),
    ]
    requests = dated(*asked, Count(Within("ended", "ended")), by=None)
    assert check(frame, requests, ["ended"]) == []
    found = list(scan(frame, requests, time_zone=HELSINKI, by=["ended"]).values())
    assert found == [{}, {}, {}, {}, {}, {((None,), None): 2}, {}]


@pytest.mark.parametrize("name", ["cell_0", "CELL_n", 'a "b" c', "Ä ö", "select", "a'b", "n"])
def test_a_column_may_have_nearly_any_name(spark: Spark, name: str) -> None:
    frame = spark.sql(f"SELECT n AS `{name}`, 5 AS other FROM VALUES (1), (2), (NULL) AS v(n)")
    request = dated(Sum(name), by=None)[0]
    found = scan(frame, [request], time_zone="UTC", by=["other", name])[request]
    assert found == {(("5", "1"), None): Total(Fraction(1), 1), (("5", "2"), None): Total(Fraction(2), 1)}


def test_segments_and_units_are_the_texts_of_their_values(spark: Spark) -> None:
    query = "SELECT true AS a, DATE '2024-01-31' AS b, CAST(7 AS TINYINT) AS c, 'Eno ' AS d, CAST(NULL AS INT) AS e"
    requests = dated(Count(), Values("c", units=("7", "8")), Values("d", units=("Eno",)), by=None)
    found = scan(spark.sql(query), requests, time_zone="UTC", by=["a", "b", "c", "d", "e"])
    grain = (("true", "2024-01-31", "7", "Eno ", None), None)
    assert list(found.values()) == [
        {grain: 1},
        {grain: Occurring(frozenset("7"), 0)},
        {grain: Occurring(frozenset(), 1)},
    ]


def test_text_is_ordered_by_its_characters_codes(spark: Spark) -> None:
    frame = spark.sql("SELECT k FROM VALUES ('a'), ('Z'), ('Ä'), ('🙂'), ('ﬁ'), ('') AS v(k)")
    texts = ["a", "Z", "Ä", "🙂", "ﬁ", ""]
    assert (answer(frame, Min("k")), answer(frame, Max("k"))) == (min(texts), max(texts))
    for text in texts:
        assert answer(frame, Count(Filter("k", "at_most", text))) == sum(other <= text for other in texts)
