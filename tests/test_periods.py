"""The calendar: months end on their last day, limits clamp to it, and a cover is never more than has elapsed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Calendar
from engine.periods import (
    Limit,
    add_months,
    cover,
    is_month_end,
    last_day,
    month_end,
    month_index,
    parse_date,
    parse_limit,
    parse_span,
)
from engine.target import LANGUAGES, TargetError, parse_target
from tests.cases import Case, load
from tests.strategies import dates, limits, texts

DAY = timedelta(days=1)


@pytest.mark.parametrize("case", load("dates", "value"))
def test_reading_dates(case: Case) -> None:
    case.check(lambda: parse_date(case["value"]), ValueError)


@pytest.mark.parametrize("case", load("limits", "text"))
def test_reading_limits(case: Case) -> None:
    case.check(lambda: str(parse_limit(case["text"])), TargetError)


@pytest.mark.parametrize("case", load("spans", "text"))
def test_reading_stretches_of_time(case: Case) -> None:
    case.check(lambda: str(parse_span(case["text"])), TargetError)


@pytest.mark.parametrize("case", load("last_days", "start", "limit"))
def test_last_days(case: Case) -> None:
    case.check(lambda: last_day(case["start"], parse_limit(case["limit"])), ValueError)


@pytest.mark.parametrize("case", load("cover", "stretches", "start", "as_of", "end"))
def test_covers(case: Case) -> None:
    stretches = [(first, last) for first, last in case["stretches"]]
    found = cover(stretches, case["start"], case["as_of"], case["end"])
    case.check(lambda: [found.covered, found.elapsed, found.whole, found.unit], ValueError)


@given(dates())
def test_dates_are_read_as_the_world_and_as_finns_write_them(day: date) -> None:
    finnish = [f"{day.day}.{day.month}.{day.year}", f"{day:%d.%m.%Y}"]
    assert {parse_date(text) for text in [day, day.isoformat(), *finnish]} == {day}


@given(texts() | st.from_regex(r"\s?[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}", fullmatch=True))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    message = f"'{text}' is not a date"
    try:
        day = parse_date(text)
    except ValueError as error:
        message = str(error)
    else:
        assert text.strip() in (day.isoformat(), *finnish_texts(day))
    assert message == f"'{text}' is not a date"


def finnish_texts(day: date) -> set[str]:
    """All ways to write a date with the day first."""
    return {f"{d}.{m}.{day.year:04}" for d in (day.day, f"{day:%d}") for m in (day.month, f"{day:%m}")}


@given(st.datetimes(timezones=st.none() | st.timezones()))
def test_of_a_time_its_own_day_counts(moment: datetime) -> None:
    day = parse_date(moment)
    assert type(day) is date
    assert day.isoformat() == moment.isoformat()[:10]


@given(limits() | st.builds(Limit, st.integers(0, 400), st.just("working_days"), st.booleans(), st.none()))
def test_limits_are_read_back(limit: Limit) -> None:
    assert parse_limit(str(limit)) == limit
    assert {parse_limit(parse_target(str(limit)).words(language)) for language in LANGUAGES} == {limit}


@given(st.integers(0, 1200), st.sampled_from(["d", "months"]))
def test_a_stretch_of_time_is_a_limit_without_operator(number: int, unit: str) -> None:
    assert parse_span(f"{number} {unit}") == parse_limit(f"<= {number} {unit}") == Limit(number, unit)


@given(texts())
def test_any_text_is_a_limit_or_a_target_error(text: str) -> None:
    for parse in (parse_limit, parse_span):
        try:
            limit = parse(text)
        except TargetError:
            continue
        assert 0 <= limit.number <= 36500
        assert limit.unit in ("d", "months") or (limit.unit == "working_days" and parse == parse_limit)
        assert last_day(date(2025, 1, 31), limit._replace(calendar=Calendar("FI", 2025))) >= date(2025, 1, 30)


@given(dates(), st.integers(-1200, 1200))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert month_index(later) - month_index(day) == months
    assert later.day == day.day or (later.day < day.day and is_month_end(later))


@given(dates(), st.integers(0, 600), st.integers(0, 600))
def test_months_added_at_once_are_never_sooner_than_in_two_steps(day: date, one: int, other: int) -> None:
    at_once, in_steps = add_months(day, one + other), add_months(add_months(day, one), other)
    assert month_index(at_once) == month_index(in_steps)
    assert at_once >= in_steps
    assert day.day > 28 or at_once == in_steps


@given(dates(), dates(), limits())
def test_a_later_start_never_has_an_earlier_last_day(one: date, other: date, limit: Limit) -> None:
    assert last_day(min(one, other), limit) <= last_day(max(one, other), limit)


@given(dates(), limits())
def test_a_strict_limit_ends_a_day_before(day: date, limit: Limit) -> None:
    inclusive, strict = (Limit(limit.number, limit.unit, inclusive) for inclusive in (True, False))
    assert last_day(day, inclusive) - last_day(day, strict) == DAY
    assert last_day(day, inclusive) >= day


@given(dates(), st.integers(0, 36500))
def test_the_first_day_is_day_zero(day: date, number: int) -> None:
    assert (last_day(day, Limit(number, "d")) - day).days == number


@given(dates() | st.sampled_from([date.min, date.max - DAY]))
def test_a_month_ends_before_the_first_of_the_next(day: date) -> None:
    assert is_month_end(day) == ((day + DAY).day == 1)
    end = month_end(month_index(day))
    assert (end.year, end.month) == (day.year, day.month)
    assert is_month_end(end)
    assert end >= day


def test_the_last_day_of_the_calendar_ends_a_month() -> None:
    assert is_month_end(date.max)
    assert month_end(month_index(date.max)) == date.max


@given(dates(), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=4), st.integers(-40, 500))
def test_no_more_is_covered_than_has_elapsed(start: date, steps: list[tuple[int, int]], rest: int) -> None:
    stretches, day = [], start
    for gap, length in steps:
        first, last = day + gap * DAY, day + (gap + length) * DAY
        stretches.append((first, last))
        day = last + DAY
    end = max(start, day + rest * DAY)
    as_of = day - DAY
    known = [(first, min(last, end)) for first, last in stretches if first <= end]
    found = cover(known, start, as_of, end)
    assert 0 <= found.covered <= found.elapsed <= found.whole
    if found.unit == "days":
        assert found.whole == (end - start).days + 1
        assert found.covered == sum((last - first).days + 1 for first, last in known)


@given(dates(), st.integers(1, 40), st.sets(st.integers(0, 39)), st.integers(0, 1500))
def test_whole_months_are_counted_as_months(day: date, whole: int, covered: set[int], later: int) -> None:
    first = month_index(day)
    months = [(add_months(day.replace(day=1), place), month_end(first + place)) for place in sorted(covered)]
    within = [month for place, month in zip(sorted(covered), months, strict=True) if place < whole]
    start, end = day.replace(day=1), month_end(first + whole - 1)
    as_of = start + later * DAY
    found = cover(within, start, as_of, end)
    ended = [place for place in range(whole) if month_end(first + place) <= as_of]
    assert (found.covered, found.elapsed, found.whole, found.unit) == (len(within), len(ended), whole, "months")
