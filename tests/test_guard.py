"""The guard: whatever the code of a plugin raises becomes a PluginError, and nowhere else is everything caught."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from engine import guard
from engine.errors import DataError, PluginError
from tests.packages import ROOT


def unknown(error: BaseException) -> None:
    """What nobody understands is not translated."""


def quietly(provider: str, stage: str, function: Callable[[], object]) -> object:
    """Call code of a source whose words may quote rows."""
    return guard.call_source(provider, stage, function, translate=unknown, quiet=True)


def with_words(provider: str, stage: str, function: Callable[[], object]) -> object:
    """Call code of a source whose words quote no rows."""
    return guard.call_source(provider, stage, function, translate=unknown, quiet=False)


CALLS: list[Callable[..., object]] = [guard.call, quietly, with_words]
ERRORS = [error for error in vars(builtins).values() if isinstance(error, type) and issubclass(error, Exception)]
CATCHERS = {
    "engine/guard.py",
    "engine/evaluate/side_by_side.py",  # what a thread raises is raised again in the main one
    "engine/cli.py",  # whatever nobody foresaw is a bug, and ends with a code of its own
}


def raising(error: BaseException) -> Callable[[], NoReturn]:
    def function() -> NoReturn:
        raise error

    return function


def reason(error: BaseException) -> str:
    with pytest.raises(PluginError) as caught:
        guard.call("metric 'x' of y", "measure", raising(error))
    return caught.value.reason


def test_a_call_passes_arguments_and_gives_the_result() -> None:
    assert guard.call("x", "measure", lambda *args, **kwargs: (args, kwargs), 1, 2, a=3) == ((1, 2), {"a": 3})
    assert quietly("x", "read", lambda: 4) == 4


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [*ERRORS, SystemExit], ids=lambda kind: kind.__name__)
def test_whatever_a_plugin_raises_is_a_plugin_error(call: Callable[..., object], kind: type[BaseException]) -> None:
    error = kind("several", [ValueError()]) if kind is ExceptionGroup else kind.__new__(kind)
    with pytest.raises(PluginError) as caught:
        call("metric 'x' of y", "measure", raising(error))
    assert (caught.value.provider, caught.value.stage) == ("metric 'x' of y", "measure")
    assert caught.value.__cause__ is error
    assert str(caught.value).startswith("metric 'x' of y failed (measure): ")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [DataError("no such file"), PluginError("other", "open", "why")])
def test_errors_of_the_engine_pass_as_they_are(call: Callable[..., object], error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        call("x", "open", raising(error))
    assert caught.value is error


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), GeneratorExit()])
def test_what_ends_the_program_passes(call: Callable[..., object], error: BaseException) -> None:
    with pytest.raises(type(error)):
        call("x", "measure", raising(error))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("no such column"), "ValueError: no such column"),
        (ValueError("one\ntwo"), "ValueError: one"),
        (ValueError("\n  one  \n"), "ValueError: one"),
        (ValueError(), "ValueError"),
        (SystemExit(3), "it tried to end the program (SystemExit)"),
        (ImportError("no 'x' in 'engine' (/a/b/engine/__init__.py)"), "ImportError: no 'x' in 'engine' (__init__.py)"),
        (ImportError("(/usr/lib/x-1.0/engine/__init__.py)"), "ImportError: (__init__.py)"),
        (OSError("'/home/me/rows.csv' is not there"), "OSError: 'rows.csv' is not there"),
        (OSError(r"C:\data\rows.csv is not there"), "OSError: rows.csv is not there"),
        (OSError("data/rows.csv is not there"), "OSError: data/rows.csv is not there"),
        (OSError("https://a.example/b/c.csv"), "OSError: https://a.example/b/c.csv"),
        (ValueError("1/2/3"), "ValueError: 1/2/3"),
        (TypeError("bad <object at 0x7f3a2b>"), "TypeError: bad <object>"),
    ],
)  # fmt: skip
def test_the_reason_is_the_first_line_without_what_differs_between_machines(
    error: BaseException, expected: str
) -> None:
    assert reason(error) == expected


def test_a_quiet_call_does_not_repeat_the_words_of_an_error() -> None:
    with pytest.raises(PluginError) as caught:
        quietly("source 'x' of y", "read", raising(ValueError("Conversion Error: '010203-123A'")))
    assert caught.value.reason == "ValueError"
    assert "010203-123A" not in str(caught.value)


def test_a_quiet_call_says_that_a_plugin_tried_to_end_the_program() -> None:
    with pytest.raises(PluginError, match="SystemExit"):
        quietly("source 'x' of y", "read", raising(SystemExit("010203-123A")))


def test_an_error_that_is_understood_is_translated() -> None:
    def translate(error: BaseException) -> DataError:
        return DataError(f"in our words: {type(error).__name__}")

    with pytest.raises(DataError, match="in our words: ValueError") as caught:
        guard.call_source("x", "read", raising(ValueError("010203-123A")), translate=translate, quiet=True)
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("failure", [KeyError("010203-123A"), SystemExit(1)])
def test_a_translation_that_fails_changes_nothing(failure: BaseException) -> None:
    def translate(error: BaseException) -> DataError:
        raise failure

    with pytest.raises(PluginError) as caught:
        guard.call_source("x", "read", raising(ValueError("010203-123A")), translate=translate, quiet=True)
    assert caught.value.reason == "ValueError"


def catchers(file: Path) -> Iterator[int]:
    """The lines where everything is caught and not raised again."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = "BaseException" if node.type is None else ast.unparse(node.type)
            everything = re.search(r"(?<![\w.])(Exception|BaseException|SystemExit)\b", caught)
            last = node.body[-1]
            # a source says in its own words what its database raised, since the guard does not know them
            raised = isinstance(last, ast.Raise) and (last.exc is None or "plugins" in file.parts)
            if everything and not raised:
                yield node.lineno


def test_everything_is_caught_in_one_place() -> None:
    files = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    found = {file.relative_to(ROOT).as_posix() for file in files if list(catchers(file))}
    assert found == CATCHERS
