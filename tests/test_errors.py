"""Errors form one tree, carry all their problems, and say where, what, what was expected and what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DataError, EngineError, Place, PluginError, Problem, RulesError, UsageError, listed, nearest
from tests.cases import Case, load

FILE = "rules/x/plan.toml"


@pytest.mark.parametrize("case", load("problems", "message", "file", "line", "column", "expected", "problem_hint"))
def test_problems_as_text(case: Case) -> None:
    place = (
        Place(file=case["file"], line=case.get("line", 0), column=case.get("column", 0)) if case.get("file") else None
    )
    problem = Problem(
        message=case["message"],
        place=place,
        expected=case.get("expected", ""),
        hint=case.get("problem_hint", ""),
    )
    case.check(lambda: str(problem), ValueError)


@pytest.mark.parametrize("case", load("nearest", "name", "names"))
def test_the_nearest_name(case: Case) -> None:
    case.check(lambda: nearest(case["name"], case["names"]), ValueError)


@given(st.sampled_from(["percentage_share", "count_threshold", "duration"]), st.data())
def test_one_wrong_letter_is_understood(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:place] + "x" + name[place + 1 :]
    assert nearest(wrong, ["percentage_share", "count_threshold", "duration"]) == f"did you mean '{name}'?"


@given(st.text(max_size=10), st.lists(st.text(max_size=10)))
def test_the_order_of_names_does_not_matter(name: str, names: list[str]) -> None:
    hint = nearest(name, names)
    assert hint == nearest(name, reversed(names)) == nearest(name, names * 2)
    assert hint == "" or any(f"'{known}'" in hint for known in names)


def test_many_names_are_not_all_listed() -> None:
    names = [f"name-{number:02}" for number in range(13)]
    assert nearest("zzzzz", names) == ""
    assert nearest("zzzzz", names[:12]) == f"known: {listed(names[:12])}"


@pytest.mark.parametrize("otherwise", ["write a name", ""])
def test_a_hint_for_names_that_are_not_to_be_listed(otherwise: str) -> None:
    assert nearest("zzzzz", ["share", "count"], otherwise) == nearest("zzzzz", [], otherwise) == otherwise
    assert nearest("shar", ["share", "count"], otherwise) == "did you mean 'share'?"


@pytest.mark.parametrize("kind", [EngineError, UsageError, RulesError, DataError])
def test_an_error_is_made_of_text_of_a_problem_or_of_many(kind: type[EngineError]) -> None:
    first = Problem(message="one", place=Place(file=FILE, line=23, column=10), hint="try")
    second = Problem(message="two")
    assert kind("two").problems == kind(second).problems == (second,)
    error = kind(problem for problem in (first, second))
    assert error.problems == (first, second)
    assert str(error) == f"{FILE}:23:10: one\n    hint: try\ntwo"


def test_a_plugin_error_names_its_provider_and_its_stage() -> None:
    error = PluginError("demo 1.0 (metric.share)", "measure", "ZeroDivisionError")
    assert (error.provider, error.stage, error.reason) == ("demo 1.0 (metric.share)", "measure", "ZeroDivisionError")
    assert str(error) == "demo 1.0 (metric.share) failed (measure): ZeroDivisionError"
    assert error.problems == (Problem(message=str(error)),)


@pytest.mark.parametrize("kind", [UsageError, RulesError, DataError, PluginError])
def test_all_errors_are_of_one_tree_and_none_is_of_another(kind: type[EngineError]) -> None:
    assert kind.__bases__ == (EngineError,)
    assert EngineError.__bases__ == (Exception,)
    assert kind.__doc__


def test_a_place_is_a_file_when_no_more_is_known() -> None:
    assert str(Place(file=FILE)) == FILE
    assert str(Place(file=FILE, line=23)) == f"{FILE}:23"


def test_names_are_listed_between_quotation_marks() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed([]) == ""
