"""Case tables: tests/cases/NAME.toml holds [[case]] tables, each with a note and exactly one expectation.

`expect` is the outcome; `expect_error` is a part of the error's message, and `hint` beside it a part of its
hint. All other keys are what is given. A table that is not written so is itself an error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

FOLDER = Path(__file__).parent / "cases"
EXPECTATIONS = ("expect", "expect_error")
E = TypeVar("E", bound=Exception)


class CaseError(ValueError):
    """A case table is not written as case tables are."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: what is given, and what must come of it."""

    note: str
    given: Mapping[str, Any]
    expect: Any = None
    expect_error: str = ""
    hint: str = ""

    def __getitem__(self, key: str) -> Any:
        return self.given[key]

    def get(self, key: str, default: Any = None) -> Any:
        """What is given under a key, or the default."""
        return self.given.get(key, default)

    def check(self, outcome: Callable[[], object], error: type[E]) -> E | None:
        """Assert that `outcome` gives what is expected, or raises `error` with the expected words; return the error."""
        if not self.expect_error:
            assert outcome() == self.expect
            return None
        with pytest.raises(error) as caught:
            outcome()
        assert type(caught.value) is error
        assert self.expect_error in str(caught.value)
        assert self.hint in getattr(caught.value, "hint", "")
        return caught.value


def load(name: str, *keys: str, folder: Path = FOLDER) -> list[Any]:
    """The cases of a table, as parameters named by their notes; only `keys` may be given. Raises CaseError."""
    file = folder / f"{name}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    if list(table) != ["case"] or not table["case"]:
        raise CaseError(f"{file} must hold [[case]] tables and nothing else")
    cases = [_case(file, data, keys) for data in table["case"]]
    notes = [case.note for case in cases]
    if len(set(notes)) != len(notes):
        raise CaseError(f"{file} has a note twice: {max(notes, key=notes.count)}")
    return [pytest.param(case, id=case.note) for case in cases]


def _case(file: Path, data: Mapping[str, Any], keys: tuple[str, ...]) -> Case:
    note = data.get("note")
    if not note:
        raise CaseError(f"{file}: a case has no note: {data}")
    if sum(key in data for key in EXPECTATIONS) != 1:
        raise CaseError(f"{file}: '{note}' must have exactly one of {', '.join(EXPECTATIONS)}")
    if data.get("expect_error", "any") == "":
        raise CaseError(f"{file}: '{note}' expects an error without a word")
    if "hint" in data and "expect" in data:
        raise CaseError(f"{file}: '{note}' expects a hint of no error")
    given = {key: value for key, value in data.items() if key not in ("note", "hint", *EXPECTATIONS)}
    if unknown := set(given) - set(keys):
        raise CaseError(f"{file}: '{note}' gives what nobody reads: {', '.join(sorted(unknown))}")
    return Case(
        note=note,
        given=given,
        expect=data.get("expect"),
        expect_error=data.get("expect_error", ""),
        hint=data.get("hint", ""),
    )
