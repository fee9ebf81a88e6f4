"""The parts of the scan that have laws of their own: cutoffs, the normal form, and what excludes what."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from engine.filters import AnyOf, Condition, Filter, Not, Within, members, missing
from engine.periods import Limit, last_day
from engine.scan.buckets import bucket
from engine.scan.columns import Column, columns_of_frame
from engine.scan.cutoffs import beginning, latest_start, moment
from engine.scan.expressions import expression
from engine.scan.normal import NO_ROW, Elapsed, all_of, any_of, negated, normal
from engine.scan.overlap import disjoint
from engine.scan.ranges import range_column
from tests import naive
from tests import scan_strategies as strategies
from tests.scan_strategies import Row
from tests.test_scan import START, dated, in_polars

COLUMNS = columns_of_frame(in_polars([], "UTC"), "Europe/Helsinki")
AS_OF = date(2024, 12, 31)
DATE, TIMESTAMP = Column("day", "date"), Column("day", "timestamp")
INSTANT = Column("day", "instant", zone="UTC", local="Europe/Helsinki")


@given(strategies.limits(), strategies.days(), strategies.days())
@example(Limit(3, "months"), date(2025, 2, 28), date(2024, 11, 30))
@example(Limit(3, "months", inclusive=False), date(2025, 2, 27), date(2024, 11, 30))
def test_to_be_over_by_a_day_is_to_have_started_by_the_latest_start(limit: Limit, day: date, start: date) -> None:
    latest = latest_start(limit, day)
    assert latest is not None
    assert (start <= latest) == (last_day(start, limit) <= day)


@pytest.mark.parametrize(
    ("limit", "day", "latest"),
    [
        (Limit(1200, "months"), date(99, 1, 1), None),
        (Limit(36500, "d"), date(99, 1, 1), None),
        (Limit(0, "d", inclusive=False), date.max, date.max),
        (Limit(0, "months"), date.max, date.max),
        (Limit(1, "months"), date.max, date(9999, 11, 30)),
    ],
)
def test_latest_starts_at_the_ends_of_the_calendar(limit: Limit, day: date, latest: date | None) -> None:
    assert latest_start(limit, day) == latest


def test_a_day_begins_when_clocks_in_its_zone_say_so() -> None:
    assert beginning(date(2024, 7, 1), DATE) == date(2024, 7, 1)
    assert str(beginning(date(2024, 7, 1), TIMESTAMP)) == "2024-07-01 00:00:00"
    assert str(beginning(date(2024, 7, 1), INSTANT)) == "2024-06-30 21:00:00+00:00"
    assert str(beginning(date(2024, 1, 1), INSTANT)) == "2023-12-31 22:00:00+00:00"


def test_the_first_day_of_the_calendar_begins_in_every_zone() -> None:
    assert str(beginning(date.min, INSTANT)) == "0001-01-01 00:00:00+00:00"


def test_the_last_day_of_the_calendar_has_no_end() -> None:
    columns = {"day": TIMESTAMP}
    assert normal(Filter("day", "at_most", date.max), columns, AS_OF) == Not(missing("day"))
    assert normal(Filter("day", "above", date.max), columns, AS_OF) == NO_ROW


def test_the_greatest_whole_number_has_none_above() -> None:
    columns = {"age": Column("age", "integer")}
    assert normal(Filter("age", "above", 2**63 - 1), columns, AS_OF) == NO_ROW
    assert normal(Filter("age", "at_most", 2**63 - 1), columns, AS_OF) == Not(missing("age"))


@pytest.mark.parametrize(
    ("test", "number", "every"),
    [("at_least", 10**10, False), ("below", 10**10, True), ("above", 10**10 - Decimal("0.01"), False),
     ("at_most", 10**10, True), ("at_least", -(10**10), True), ("below", -(10**10), False)],
)  # fmt: skip
def test_numbers_beyond_what_a_column_holds_need_no_comparison(test: str, number: Any, every: bool) -> None:
    found = normal(Filter("amount", test, number), COLUMNS, AS_OF)
    assert found == (Not(missing("amount")) if every else NO_ROW)
    assert normal(Filter("amount", "in", (number, Decimal("0.001"))), COLUMNS, AS_OF) in (
        NO_ROW,
        Filter("amount", "in", (Decimal("9999999999.99"),)),
    )


@given(strategies.conditions())
def test_the_complement_of_the_complement_is_the_condition(condition: Condition) -> None:
    found = normal(condition, COLUMNS, AS_OF)
    assert negated(negated(found)) == found
    assert all_of((found,)) == any_of((found,)) == found
    assert all_of(members(found)) == found


@given(strategies.tests("ended"))
def test_a_test_and_its_complement_are_never_true_together(test: Condition) -> None:
    found = normal(test, COLUMNS, AS_OF)
    assert all_of((found, negated(found))) == NO_ROW
    assert any_of((found, negated(found))) == negated(NO_ROW)


@given(strategies.rows(6), strategies.conditions(), strategies.conditions())
def test_conditions_that_exclude_each_other_share_no_row(rows: list[Row], one: Condition, other: Condition) -> None:
    assume(disjoint(normal(one, COLUMNS, AS_OF), normal(other, COLUMNS, AS_OF)))
    request = dated(None)[0]
    zone = "Europe/Helsinki"
    assert not any(naive.holds(one, row, request, zone) and naive.holds(other, row, request, zone) for row in rows)


def exclusive() -> Any:
    """Pairs of conditions that exclude each other, each for another reason."""
    age, kind = "age", "kind"
    young, old = Filter(age, "below", 18), Filter(age, "at_least", 18)
    return [
        pytest.param(young, old, id="ranges that touch"),
        pytest.param(Filter("weight", "at_most", 1), Filter("weight", "above", 1), id="ranges of floats that touch"),
        pytest.param(Filter(age, "in", (1, 2)), Filter(age, "in", (3,)), id="lists without a common value"),
        pytest.param(Filter(age, "in", (1, 2)), old, id="a list outside a range"),
        pytest.param(missing(age), old, id="missing and a range"),
        pytest.param(missing("ended"), Within("started", "ended", Limit(3, "d")), id="missing and in time"),
        pytest.param(Not(Filter(kind, "in", ("a", "b"))), Filter(kind, "in", ("a",)), id="not in the list and in it"),
        pytest.param(Not(old), old, id="a test and its complement"),
        pytest.param(AnyOf((young, missing(age))), old, id="every one of several"),
        pytest.param(Filter(kind, "in", ("a",)) & young, Filter(kind, "in", ("b",)) & young, id="one part of each"),
    ]


@pytest.mark.parametrize(("one", "other"), exclusive())
def test_that_conditions_exclude_each_other_is_seen(one: Condition, other: Condition) -> None:
    first, second = normal(one, COLUMNS, AS_OF), normal(other, COLUMNS, AS_OF)
    assert disjoint(first, second)
    assert disjoint(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Filter("age", "at_most", 18), Filter("age", "at_least", 18)),
        (Filter("age", "in", (1, 20)), Filter("age", "at_least", 18)),
        (Filter("age", "below", 18), Filter("huge", "at_least", 18)),
        (Not(Filter("kind", "in", ("a",))), Filter("kind", "in", ("a", "b"))),
        (missing("started"), missing("started")),
        (Not(Filter("kind", "in", ("a",))), Not(Filter("kind", "in", ("b",)))),
        (AnyOf((Filter("kind", "in", ("a",)), Filter("flag", "in", (True,)))), Filter("kind", "in", ("b",))),
    ],
)
def test_conditions_that_may_share_rows_do_not_exclude_each_other(one: Condition, other: Condition) -> None:
    first, second = normal(one, COLUMNS, AS_OF), normal(other, COLUMNS, AS_OF)
    assert not disjoint(first, second)
    assert not disjoint(second, first)


def test_an_expression_is_made_of_the_normal_form_only() -> None:
    with pytest.raises(TypeError, match="not in normal form"):
        expression(Within("started", "ended"), COLUMNS)


def test_only_ranges_of_one_column_have_a_bucket() -> None:
    young = Filter("age", "below", 18)
    assert range_column(AnyOf((young, Not(missing("age"))))) == "age"
    assert range_column(young & missing("kind")) is None
    assert range_column(Filter("age", "in", (1,))) is None
    with pytest.raises(TypeError, match="not a range of 'age'"):
        bucket("age", [young]).numbers(Filter("kind", "in", ("a",)))


@given(st.integers(1, 60), st.integers(0, 40), st.booleans())
def test_months_after_a_month_end_are_the_last_days_of_shorter_months(months: int, days: int, inclusive: bool) -> None:
    start = date(2024, 1, 31) - timedelta(days=days % 3)
    end = last_day(start, Limit(months, "months")) + timedelta(days=days - 20)
    condition = Within("started", "opened", Limit(months, "months", inclusive))
    found = normal(condition, COLUMNS, AS_OF)
    assert isinstance(found, Elapsed)
    frame = pl.LazyFrame({"started": [start], "opened": [end]}, schema={"started": pl.Date(), "opened": pl.Datetime()})
    truth = nw.from_native(frame).select(expression(found, COLUMNS).alias("truth")).collect()["truth"][0]
    assert truth == naive.holds(condition, {"started": start, "opened": end}, dated(None)[0], "UTC")


def test_times_with_a_zone_of_their_own_are_kept() -> None:
    assert str(moment(beginning(START, INSTANT), INSTANT)) == "2023-12-31 22:00:00+00:00"  # type: ignore[arg-type]
