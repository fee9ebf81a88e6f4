"""Working days: known days of Finland, the laws of counting them, and the scan that counts as day by day."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Days
from engine.calendars import YEARS, Calendar, wrong_country
from engine.filters import Condition, Not, Passed, Within, missing
from engine.periods import Limit, last_day, parse_limit
from engine.scan import Request, scan
from engine.scan.cutoffs import latest_start
from tests import naive
from tests.cases import Case, load
from tests.project import CONFIG, PLAN, Project
from tests.scan_strategies import DATED, Row, calendars, rows
from tests.test_scan import ENGINES, Engine

DAY = timedelta(days=1)
FINLAND = Calendar("FI", 2025)
FREE = (
    "2024-12-24", "2024-12-25", "2024-12-26", "2025-01-01", "2025-01-06", "2025-04-18", "2025-04-21", "2025-05-01",
    "2025-05-29", "2025-06-20", "2023-12-06", "2025-12-24", "2016-03-25",
)  # fmt: skip
WORKED = (
    "2024-12-23", "2024-12-27", "2025-01-02", "2025-01-07", "2025-04-17", "2025-04-22", "2025-05-02", "2025-05-30",
    "2025-06-19", "2025-06-23", "2025-06-24", "2025-12-05", "2025-12-08",
)  # fmt: skip


def days() -> st.SearchStrategy[date]:
    """Days of the years whose holidays are known, and of some around them."""
    return st.dates(date(1999, 6, 1), date(2031, 6, 1)) | st.dates(date(2024, 12, 1), date(2025, 7, 1))


def by_calendar() -> st.SearchStrategy[Limit]:
    """Limits that need a calendar."""
    unit = st.sampled_from(("d", "working_days", "months"))
    return st.builds(Limit, st.integers(0, 40), unit, st.booleans(), calendars())


@pytest.mark.parametrize("day", FREE)
def test_public_holidays_and_eves_of_finland_are_free(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not FINLAND.working(date.fromisoformat(day))


@pytest.mark.parametrize("day", WORKED)
def test_the_days_beside_them_are_worked(day: str) -> None:
    assert FINLAND.working(date.fromisoformat(day))


def test_a_weekend_is_that_of_the_country_and_the_time() -> None:
    assert not any(FINLAND.working(date(2025, 5, day)) for day in (24, 25, 31))
    assert Calendar("HU", 2025).working(date(2024, 12, 7))  # a Saturday, worked for the Friday after Christmas
    emirates = Calendar("AE", 2025)
    assert [emirates.working(date(2021, 10, day)) for day in range(1, 4)] == [False, False, True]  # a Friday first


@pytest.mark.parametrize("year", [2024, 2025, 2025 + YEARS])
def test_holidays_are_known_for_some_years(year: int) -> None:
    assert not Calendar("FI", year).working(date(2025, 1, 6))


@pytest.mark.parametrize("year", [2023, 2026 + YEARS])
def test_before_and_after_them_only_weekends_are_free(year: int) -> None:
    calendar = Calendar("FI", year)
    assert calendar.working(date(2025, 1, 6))
    assert not calendar.working(date(2025, 1, 5))


@given(days(), st.integers(0, 500), calendars())
def test_working_days_are_numbered_one_by_one(day: date, length: int, calendar: Calendar) -> None:
    passed = [day + number * DAY for number in range(1, length + 1)]
    assert calendar.number(day + length * DAY) - calendar.number(day) == sum(map(calendar.working, passed))


@given(days(), calendars())
def test_the_next_working_day_is_the_first_one_from_the_day_on(day: date, calendar: Calendar) -> None:
    found = calendar.next_working_day(day)
    assert calendar.working(found)
    assert not any(calendar.working(day + number * DAY) for number in range((found - day).days))
    assert calendar.day(calendar.number(found)) == found


def test_numbers_end_with_the_calendar() -> None:
    calendar = Calendar("FI", 9999)
    last = calendar.number(date.max)
    assert (calendar.day(1), calendar.day(last)) == (date.min, date.max)
    for number in (0, last + 1):
        with pytest.raises(ValueError, match=f"no working day {number}"):
            calendar.day(number)


@pytest.mark.parametrize(
    ("country", "hint"),
    [
        ("fi", "did you mean 'FI'?"),
        ("FIN", "did you mean 'FI'?"),
        ("SWX", "did you mean 'SX'?"),
        ("Ruritania", "write an ISO code of two letters, such as 'FI'"),
    ],
)
def test_an_unknown_country_is_told_with_the_nearest(country: str, hint: str) -> None:
    assert wrong_country(country) == f"unknown country '{country}': {hint}"
    with pytest.raises(ValueError, match=f"unknown country '{country}'"):
        Calendar(country, 2025).working(date(2025, 1, 1))


@pytest.mark.parametrize("case", load("last_working_days", "start", "limit"))
def test_last_days_by_the_calendar_of_finland(case: Case) -> None:
    case.check(lambda: last_day(case["start"], parse_limit(case["limit"])._replace(calendar=FINLAND)), ValueError)


@given(days(), st.integers(0, 40), st.booleans(), calendars())
def test_the_last_day_is_the_last_with_so_few_working_days(
    start: date, number: int, inclusive: bool, calendar: Calendar
) -> None:
    last = last_day(start, Limit(number, "working_days", inclusive, calendar))
    most = number if inclusive else number - 1
    assert calendar.number(last) - calendar.number(start) <= most
    assert calendar.number(last + DAY) - calendar.number(start) == most + 1


@given(days(), st.integers(0, 40), st.sampled_from(("d", "months")), st.booleans(), calendars())
def test_a_last_day_moves_over_free_days_only(
    start: date, number: int, unit: str, inclusive: bool, calendar: Calendar
) -> None:
    limit = Limit(number, unit, inclusive)
    assert last_day(start, limit._replace(calendar=calendar)) == calendar.next_working_day(last_day(start, limit))


@given(by_calendar(), days(), days())
def test_to_be_over_by_a_day_is_to_have_started_by_the_latest_start(limit: Limit, day: date, start: date) -> None:
    latest = latest_start(limit, day)
    assert latest is not None
    assert (start <= latest) == (last_day(start, limit) <= day)
    assert last_day(latest, limit) <= day < last_day(latest + DAY, limit)


@pytest.mark.parametrize("unit", ["d", "working_days", "months"])
def test_there_is_no_latest_start_before_the_calendar(unit: str) -> None:
    assert latest_start(Limit(1000, unit, calendar=FINLAND), date(2, 1, 1)) is None
    assert latest_start(Limit(0, unit, calendar=FINLAND), date.max) in (date.max, date.max - DAY)


@pytest.mark.parametrize(
    "condition", [lambda limit: Within("a", "b", limit), lambda limit: Passed("a", limit, date.max)]
)
def test_a_limit_in_working_days_needs_a_calendar(condition: Any) -> None:
    limit = parse_limit("<= 7 working_days")
    with pytest.raises(ValueError, match="a limit in working days needs a calendar"):
        condition(limit)
    with pytest.raises(ValueError, match="a limit in working days needs a calendar"):
        last_day(date(2025, 1, 1), limit)
    assert condition(limit._replace(calendar=FINLAND)).limit.number == 7


@ENGINES
@settings(max_examples=15)
@given(rows(), st.lists(by_calendar(), min_size=1, max_size=2), calendars(), st.data())
def test_the_scan_counts_working_days_one_by_one(
    engine: Engine, found: list[Row], limits: Sequence[Limit], calendar: Calendar, data: st.DataObject
) -> None:
    start, end, dated = (data.draw(st.sampled_from(DATED)) for _ in range(3))
    limits = [limit._replace(calendar=calendar) for limit in limits]
    conditions: list[Condition] = [Within(start, end, limit) for limit in limits]
    conditions += [Passed(start, limit, date(2024, 12, 31)) for limit in limits]
    conditions += [Not(conditions[0]), Not(missing(start)) & ~conditions[0]]
    asked = [*map(Count, conditions), Days(start, end, calendar=calendar), Days(end, start), Days(start, end)]
    requests = [Request(one, dated, date(2023, 12, 1), date(2025, 1, 6)) for one in asked]
    frame = engine(found, "Europe/Helsinki")
    assert scan(frame, requests, time_zone="Europe/Helsinki") == naive.scan(found, requests, "Europe/Helsinki")


def test_civil_days_load_no_calendar() -> None:
    code = (
        "import sys; from datetime import date; from engine.scan.cutoffs import latest_start; "
        "from engine.periods import parse_limit; latest_start(parse_limit('< 30 d'), date(2025, 5, 31)); "
        "sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


CASES = """asked,answered
2025-06-16,2025-06-26
2025-06-16,2025-06-27
2025-05-01,2025-06-02
"""
SOURCE = (
    '\n[sources.cases]\ntype = "csv"\ncontent = "records"\npath = "cases.csv"\nfrom = 2025-01-01\nuntil = 2025-06-30\n'
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write("config.toml", CONFIG + SOURCE)
    project.write("cases.csv", CASES)
    return project


def indicator(project: Project, options: str) -> None:
    """A plan with one indicator, whose cases are asked and answered."""
    table = f'source = "cases"\nstart = "asked"\nend = "answered"\n{options}'
    plan = PLAN.replace("2025-05-31", "2025-06-30")
    project.write("rules/p/plan.toml", f"{plan}[objective.o.indicator.i]\n{table}\n")


@pytest.mark.parametrize("case", load("working_days", "options"))
def test_options_of_working_days_in_rules(case: Case, project: Project) -> None:
    indicator(project, case["options"])
    if case.expect_error:
        run = project.run("check")
        assert run.code == 2
        assert case.expect_error in run.errors
        assert case.hint in run.errors
        return
    (found,) = project.evaluate().indicators()
    assert found["to_date"]["value"] == case.expect
