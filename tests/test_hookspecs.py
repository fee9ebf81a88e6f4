"""The hooks: each is documented by an example that is complete, works, and is run here."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import get_type_hints

import pytest

from engine import At, Count, Figure, Measurement, Member, Series, Status, hookspecs
from engine.contracts import KINDS, Combiner, Forecaster, Metric, Reporter, Source
from engine.finder import find
from tests.packages import working, write

HOOKS = {name: function for name, function in vars(hookspecs).items() if name.startswith("engine_")}
AT = At(as_of=date(2025, 5, 31), start=date(2025, 1, 1), end=date(2025, 12, 31))


def row_count(metric: Metric) -> None:
    assert metric.aggregates({}, AT) == {"rows": Count()}
    assert metric.measure({}, {"rows": 0}, AT) == Measurement(value=Fraction(0))
    assert metric.measure({}, {"rows": 3}, AT) == Measurement(value=Fraction(3))


def fixed(source: Source) -> None:
    with source.open({}, None) as figures:
        assert list(figures) == [Figure(indicator="a.b", as_of="2025-05-31", value="62 %")]


def latest_month(forecaster: Forecaster) -> None:
    one, two, three = (Measurement(value=Fraction(number)) for number in (1, 2, 3))
    assert forecaster.forecast({}, Series(kind="ratio", to_date=one, months=(two, three)), AT) == three
    assert forecaster.forecast({}, Series(kind="ratio", to_date=one), AT) == one


def best(combiner: Combiner) -> None:
    assert combiner.combine({}, [Member(Status.NOT_MET), Member(Status.MET), Member(Status.PARTLY_MET)]) == Status.MET
    assert combiner.combine({}, [Member(Status.NOT_MET)]) == Status.NOT_MET


def statuses(reporter: Reporter) -> None:
    report = SimpleNamespace(rows=[SimpleNamespace(path="a.b", status="met"), SimpleNamespace(path="a.c", status="")])
    assert "".join(str(piece) for piece in reporter.render({}, report)) == "a.b met\na.c \n"


USES: dict[str, tuple[str, Callable[..., None]]] = {
    "engine_metric": ("row_count", row_count),
    "engine_source": ("fixed", fixed),
    "engine_forecaster": ("latest_month", latest_month),
    "engine_combiner": ("best", best),
    "engine_reporter": ("statuses", statuses),
}


def test_there_is_a_hook_for_every_kind_and_a_test_for_every_hook() -> None:
    assert set(HOOKS) == {f"engine_{kind}" for kind in KINDS} == set(USES)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_takes_nothing_and_returns_the_descriptor_of_its_kind(hook: str) -> None:
    assert not inspect.signature(HOOKS[hook]).parameters
    assert get_type_hints(HOOKS[hook]) == {"return": KINDS[hook.removeprefix("engine_")]}
    assert HOOKS[hook]() is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_in_one_sentence_what_it_is_and_when_it_is_called(hook: str) -> None:
    first, returned = inspect.cleandoc(HOOKS[hook].__doc__ or "").splitlines()[:3:2]
    assert re.fullmatch(r"Give [a-z ]+; called once, when .+\.", first)
    kind = KINDS[hook.removeprefix("engine_")].__name__
    assert re.fullmatch(rf"Returns a {kind}\. Complete example, in a file `{USES[hook][0]}\.py`:", returned)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_a_hook_works(hook: str, tmp_path: Path) -> None:
    kind, (name, use) = hook.removeprefix("engine_"), USES[hook]
    example = inspect.cleandoc(HOOKS[hook].__doc__ or "").partition(".py`:\n")[2]
    text = write(tmp_path / "local" / f"{kind}s" / f"{name}.py", textwrap.dedent(example)).read_text(encoding="utf-8")
    assert (
        f"@hookimpl\ndef {hook}{inspect.signature(HOOKS[hook]).replace(return_annotation=inspect.Signature.empty)}"
        in text
    )
    use(working(kind, name, tmp_path / "local").descriptor)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hook_ships_only_with_a_plugin_that_uses_it(kind: str) -> None:
    assert any(found.kind == kind and found.provider == "objective-engine" for found in find([]))
