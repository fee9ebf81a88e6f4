"""What is wrong with a request is said before a row is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from engine.aggregates import Aggregate, Count, Days, Distinct, Max, Min, Sum, Values
from engine.filters import Condition, Within, parse_filter
from engine.periods import Limit
from engine.scan import Request, check
from tests import cases
from tests.cases import Case

FRAME: nw.LazyFrame[Any] = nw.from_native(
    pl.LazyFrame(
        schema={
            "kind": pl.String(), "age": pl.Int64(), "amount": pl.Decimal(12, 2), "weight": pl.Float64(),
            "flag": pl.Boolean(), "day": pl.Date(), "at": pl.Datetime(), "moment": pl.Datetime("us", "UTC"),
            "list": pl.List(pl.Int64()),
        }
    )
)  # fmt: skip
AGGREGATES: dict[str, Callable[..., Aggregate]] = {
    "count": Count, "sum": Sum, "days": Days, "values": Values, "distinct": Distinct, "min": Min, "max": Max,
}  # fmt: skip


class FaultFoundError(Exception):
    """The first fault of a request."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def request_of(case: Case) -> Request:
    """The request that a case asks."""
    where: Condition = parse_filter(case.get("where", {}))
    if "within" in case.given:
        where = Within(*case["within"], Limit(3, "months"))
    make = AGGREGATES[case.get("aggregate", "count")]
    decimals = {"decimals": case["decimals"]} if "decimals" in case.given else {}
    aggregate = make(*case.get("columns", ()), where=where, **decimals)
    return Request(aggregate, case.get("date"), date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    "case", cases.load("scan_checks", "where", "aggregate", "columns", "decimals", "date", "by", "within")
)
def test_faults_of_requests(case: Case) -> None:
    def outcome() -> list[str]:
        faults = check(FRAME, [request_of(case)], case.get("by", ()))
        if faults and case.expect_error:
            raise FaultFoundError(faults[0][1], faults[0][2])
        return [column for _, _, _, column in faults]

    case.check(outcome, FaultFoundError)


def test_a_fault_names_its_request_once() -> None:
    wrong, right = (Request(Count(parse_filter(data)), None, date.min, date.max) for data in ({"age": "x"}, {"age": 1}))
    found = check(FRAME, [wrong, right, wrong])
    assert [(request, column) for request, _, _, column in found] == [(wrong, "age")]


def test_all_faults_of_a_request_are_found() -> None:
    where = parse_filter({"age": ["x", "y"], "flag": {"not": "z"}})
    found = check(FRAME, [Request(Sum("day", where), "kind", date.min, date.max)], by=["weight"])
    assert [column for _, _, _, column in found] == ["weight", "kind", "age", "age", "flag", "day"]
