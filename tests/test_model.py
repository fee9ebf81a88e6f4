"""The words of the engine as data."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import model
from engine.model import (
    At,
    Cover,
    Data,
    Figure,
    Judgement,
    Measurement,
    Note,
    Phase,
    Reason,
    Status,
    Unknown,
    Verdict,
)
from tests.strategies import dates

START, UNTIL = date(2025, 1, 1), date(2025, 5, 31)


def test_the_words_are_these() -> None:
    assert [str(status) for status in Status] == ["not_met", "partly_met", "met"]
    assert [str(reason) for reason in Reason] == ["missing", "not_due", "stale", "suppressed", "failed"]
    assert [str(phase) for phase in Phase] == ["to_date", "forecast", "final"]
    assert [str(data) for data in Data] == ["measured", "reported", "judged", "missing"]


def test_statuses_are_ranked_from_worst_to_best() -> None:
    assert [status.rank for status in Status] == [0, 1, 2]
    assert max(Status, key=lambda status: status.rank) is Status.MET


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_exact_and_in_per_cent(numerator: int, denominator: int) -> None:
    share = Measurement.share(numerator, denominator)
    assert share.unit == "%"
    assert share.value * denominator == 100 * numerator
    assert [share.numerator, share.denominator] == [numerator, denominator]
    assert {type(part) for part in (share.value, share.numerator, share.denominator)} == {Fraction}


def test_a_share_of_nothing_is_no_share() -> None:
    assert Measurement.share(0, 5).value == 0
    with pytest.raises(ZeroDivisionError):
        Measurement.share(0, 0)


def test_a_share_carries_its_bounds_and_remarks() -> None:
    note = Note("counted")
    share = Measurement.share(
        50, Fraction(65), low=Fraction(50), high=Fraction(85), notes=(note,), left_out={"no start": 2}
    )
    assert [share.low, share.high] == [50, 85]
    assert (share.notes, share.left_out) == ((note,), {"no start": 2})
    assert Measurement.share(1, 2).left_out == {}
    assert (share.as_of, share.cover) == (None, None)


def test_a_note_fills_in_its_values_and_leaves_other_braces_alone() -> None:
    assert str(Note("{late} of {all} are late", {"late": 0, "all": 13})) == "0 of 13 are late"
    assert str(Note("a person wrote {this}")) == "a person wrote {this}"


@pytest.mark.parametrize("reason", [Reason.MISSING, Reason.NOT_DUE, Reason.STALE, Reason.FAILED])
def test_unknowns_say_why(reason: Reason) -> None:
    unknown = getattr(Unknown, reason.value)("no value for {month}", month="May")
    assert unknown == Unknown(reason, Note("no value for {month}", {"month": "May"}))
    assert str(unknown.note) == "no value for May"


def test_an_unknown_without_values_keeps_its_text() -> None:
    assert str(Unknown.missing("Tietoa ei ole saatavilla.").note) == "Tietoa ei ole saatavilla."


def test_a_value_of_a_note_may_have_any_name() -> None:
    assert str(Unknown.failed("{text} of {cls}", text="a", cls="b").note) == "a of b"


@given(st.integers(-400, 400))
def test_a_judgement_holds_on_its_first_day_its_last_and_between(days: int) -> None:
    judgement = Judgement(
        status=Status.MET, by="A. Person", on=date(2026, 2, 1), reason="seen", start=START, until=UNTIL
    )
    day = START + timedelta(days=days)
    assert judgement.holds(day) == (0 <= days <= 150)


@given(dates(), dates())
def test_the_day_on_which_it_was_made_does_not_matter_to_a_judgement(on: date, day: date) -> None:
    judgement = Judgement(status=Status.NOT_MET, by="b", on=on, reason="r", start=START, until=UNTIL)
    assert judgement.holds(day) == (START <= day <= UNTIL)


def test_all_data_are_frozen() -> None:
    things: list[Any] = [
        Note("a"),
        Unknown.stale("a"),
        Cover(covered=1, elapsed=5, whole=12, unit="months"),
        Measurement(value=Fraction(0)),
        Figure(indicator="a", as_of=START),
        Judgement(status=Status.MET, by="b", on=START, reason="r", start=START, until=UNTIL),
        At(START, START, UNTIL),
        Verdict(phase=Phase.FINAL),
    ]
    for thing in things:
        with pytest.raises(AttributeError):
            setattr(thing, next(iter(type(thing).__annotations__)), None)
    kinds = {kind for kind in vars(model).values() if isinstance(kind, type) and kind.__module__ == model.__name__}
    assert {kind for kind in kinds if not issubclass(kind, Enum)} == {type(thing) for thing in things}


def test_what_is_not_said_is_nothing_and_never_zero() -> None:
    measurement = Measurement(value=Fraction(0))
    absent = (measurement.numerator, measurement.denominator, measurement.low, measurement.high)
    assert absent == (None,) * 4
    verdict = Verdict(phase=Phase.TO_DATE)
    assert (verdict.status, verdict.unknown, verdict.measurement, verdict.attainment) == (None,) * 4
    figure = Figure(indicator="a", as_of="5/2025")
    assert (figure.value, figure.numerator, figure.denominator, figure.expected) == (None,) * 4
