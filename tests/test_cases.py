"""The case tables themselves: a table that expects nothing, or says something that nobody reads, is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import Case, CaseError, load

GOOD = '[[case]]\nnote = "a"\nvalue = 1\nexpect = 2\n'


def written(folder: Path, text: str) -> Path:
    (folder / "table.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_table_gives_its_cases_named_by_their_notes(tmp_path: Path) -> None:
    text = GOOD + '[[case]]\nnote = "b"\nexpect_error = "no"\nhint = "try"\n'
    first, second = load("table", "value", folder=written(tmp_path, text))
    assert (first.id, second.id) == ("a", "b")
    assert first.values == (Case(note="a", given={"value": 1}, expect=2),)
    assert second.values == (Case(note="b", given={}, expect_error="no", hint="try"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[case]]\nnote = "a"\nvalue = 1\n', "exactly one of"),
        ('[[case]]\nnote = "a"\nexpect = 1\nexpect_error = "no"\n', "exactly one of"),
        ("[[case]]\nexpect = 1\n", "has no note"),
        ('[[case]]\nnote = ""\nexpect = 1\n', "has no note"),
        ('[[case]]\nnote = "a"\nexpect_error = ""\n', "without a word"),
        ('[[case]]\nnote = "a"\nexpect = 1\nhint = "try"\n', "a hint of no error"),
        ('[[case]]\nnote = "a"\nvalu = 1\nexpect = 1\n', "what nobody reads: valu"),
        (GOOD + GOOD, "a note twice: a"),
        ("case = []\n", "nothing else"),
        ("", "nothing else"),
        ("other = 1\n" + GOOD, "nothing else"),
    ],
)
def test_a_table_that_is_written_otherwise_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        load("table", "value", folder=written(tmp_path, text))


def test_a_case_is_met_by_its_outcome_alone() -> None:
    case = Case(note="a", given={"value": 1}, expect=2)
    assert case.check(lambda: case["value"] + case.get("more", 1), ValueError) is None
    with pytest.raises(AssertionError):
        case.check(lambda: 3, ValueError)
    with pytest.raises(ZeroDivisionError):
        case.check(lambda: 1 // 0, ValueError)


def test_a_case_that_expects_an_error_is_met_by_that_error_alone() -> None:
    case = Case(note="a", given={}, expect_error="literal", hint="")
    assert isinstance(case.check(lambda: int("x"), ValueError), ValueError)
    with pytest.raises(pytest.fail.Exception):
        case.check(lambda: 1, ValueError)
    with pytest.raises(AssertionError):
        Case(note="a", given={}, expect_error="other").check(lambda: int("x"), ValueError)
    with pytest.raises(AssertionError):
        Case(note="a", given={}, expect_error="literal", hint="try").check(lambda: int("x"), ValueError)
    with pytest.raises(AssertionError):
        case.check(lambda: int("x"), Exception)


def test_every_table_is_read_by_a_test() -> None:
    folder = Path(__file__).parent
    tests = "".join(file.read_text(encoding="utf-8") for file in folder.glob("test_*.py"))
    tables = sorted(file.stem for file in folder.glob("cases/*.toml"))
    assert tables
    assert not [name for name in tables if f'"{name}"' not in tests and f'{name}.toml"' not in tests]
