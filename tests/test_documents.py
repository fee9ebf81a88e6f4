"""TOML documents: what is wrong with a text and where, and where every key stands."""

from __future__ import annotations

import socket
import tempfile
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import Document, read_document, read_text
from engine.errors import Place, RulesError
from engine.positions import positions
from tests.cases import Case, load
from tests.written_toml import Written, documents

LATIN = "save the file as UTF-8 (it may be in latin-1 or cp1252 now)"


class WrongError(ValueError):
    """The problem of a document; `hint` is that of the problem."""

    def __init__(self, error: RulesError) -> None:
        (problem,) = error.problems
        super().__init__(f"{problem.place}: {problem.message}")
        self.hint = problem.hint


def document(text: str) -> Document:
    return Document("x.toml", text, tomllib.loads(text, parse_float=Decimal))


def problem_of(file: Path) -> str:
    with pytest.raises(RulesError) as caught:
        read_document(file, "x.toml")
    return str(caught.value)


# Reading


@pytest.mark.parametrize("case", load("documents", "text"))
def test_what_is_no_toml(case: Case, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(case["text"].encode())

    def outcome() -> None:
        try:
            read_document(tmp_path / "x.toml", "x.toml")
        except RulesError as error:
            raise WrongError(error) from error

    case.check(outcome, WrongError)


def test_what_is_read_is_exact(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbfa = 0.1\r\nb = '''x\r\ny'''\r\n")
    read = read_document(tmp_path / "x.toml", "plans/x.toml")
    assert read.data == {"a": Decimal("0.1"), "b": "x\ny"}
    assert read.place(("b",)) == Place("plans/x.toml", 2, 1)


def test_numbers_of_too_many_digits_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(f"a = {'9' * 5000}\n")
    assert problem_of(tmp_path / "x.toml") == "x.toml:1: invalid TOML: a number or date is out of range"


def test_brackets_nested_too_deeply_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(f"a = {'[' * 100_000}\n")
    assert problem_of(tmp_path / "x.toml") == "x.toml: brackets are nested too deeply"


@pytest.mark.parametrize(
    ("raw", "what", "hint"),
    [
        (b"a = 'ty\xf6'\n", "x.toml:1:8: the byte 0xf6 is not UTF-8", LATIN),
        ("# työ\na = 'tyo' # ".encode() + b"\xf6", "x.toml:2:13: the byte 0xf6 is not UTF-8", LATIN),
        ("a = 'ä".encode() + b"\xff'", "x.toml:1:7: the byte 0xff is not UTF-8", LATIN),
        ("a = 1\n".encode("utf-16"), "x.toml:1:1: the byte 0xff is not UTF-8", "this is not a text file"),
        (b"PK\x03\x04\x00\xff", "x.toml:1:6: the byte 0xff is not UTF-8", "this is not a text file"),
    ],
)
def test_a_file_that_is_not_utf_8_says_where(raw: bytes, what: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(raw)
    assert problem_of(tmp_path / "x.toml") == f"{what}\n    expected: text in UTF-8\n    hint: {hint}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert problem_of(tmp_path) == "x.toml: this is a folder\n    expected: a file"


@pytest.mark.parametrize("name", ["absent.toml", "link.toml"])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to("nowhere")
    assert problem_of(tmp_path / name) == "x.toml: there is no such file"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.toml").write_text("")
    assert problem_of(tmp_path / "x.toml" / "y.toml") == "x.toml: cannot be read: Not a directory"
    monkeypatch.chdir(tmp_path)  # the whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
    assert problem_of(tmp_path / "s") == "x.toml: cannot be read: No such device or address"


def test_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("\ufeffä\r\n".encode())
    assert read_text(tmp_path / "x", "x") == "ä\n"


@given(st.binary(max_size=60) | st.text("[]{}=.,\"'#\n ab1-\\", max_size=40).map(str.encode))
def test_any_bytes_are_a_document_or_have_one_problem_with_a_place(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.toml"
        file.write_bytes(raw)
        try:
            read = read_document(file, "x.toml")
        except RulesError as error:
            (problem,) = error.problems
            assert problem.place is not None
            assert problem.place.file == "x.toml"
            assert 1 <= problem.place.line <= raw.count(b"\n") + 1
        else:
            assert all(read.place((key,)).line >= 1 for key in read.data)


# Places


def every_path(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    found = {path} if path else set()
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        found |= every_path(member, (*path, key))
    return found


@given(documents())
def test_the_place_of_every_key_is_where_it_is_written(written: Written) -> None:
    assert tomllib.loads(written.text) == written.data
    found = positions(written.text)
    assert found == written.places
    assert set(found) == every_path(written.data)
    lines = written.text.split("\n")
    for path, (line, column) in found.items():
        assert lines[line - 1][column - 1 :].startswith(written.forms[path])


@given(documents())
def test_a_document_has_the_paths_that_lead_to_its_keys(written: Written) -> None:
    read = document(written.text)
    for path, (line, column) in written.places.items():
        assert read.has(path)
        assert read.place(path) == Place("x.toml", line, column)
        assert not read.has((*path, "no such key"))
        assert read.place((*path, "no such key", 0)) == read.place(path)


PLAN = (
    """\
[plan]
title.fi = "Ä"; title.sv = "B"
""".replace("; ", "\n")
    + """
[objective.a]
owner = "A"

[objective.a.indicator.b]
of = { kind = "x", any = [{ a = 1 }, { b = 2 }] }

[[objective.a.indicator.b.steps]]
due = 2025-01-01

[[objective.a.indicator.b.steps]]
due = 2025-02-01
"""
)


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("plan",), 1, 2),
        (("plan", "title", "fi"), 2, 1),
        (("plan", "title", "sv"), 3, 1),
        (("objective", "a", "owner"), 6, 1),
        (("objective", "a", "indicator", "b"), 8, 2),
        (("objective", "a", "indicator", "b", "of", "kind"), 9, 8),
        (("objective", "a", "indicator", "b", "of", "any", 1), 9, 38),
        (("objective", "a", "indicator", "b", "of", "any", 1, "b"), 9, 40),
        (("objective", "a", "indicator", "b", "steps"), 11, 3),
        (("objective", "a", "indicator", "b", "steps", 1), 14, 3),
        (("objective", "a", "indicator", "b", "steps", 1, "due"), 15, 1),
        (("objective", "a", "indicator", "b", "steps", 2, "due"), 11, 3),
        (("objective", "a", "indicator", "c", "target"), 8, 2),
        (("objective", "z"), 5, 2),
        (("elsewhere",), 1, 1),
        ((), 1, 1),
    ],
)
def test_the_place_of_a_key_or_of_what_is_around_it(path: tuple[str | int, ...], line: int, column: int) -> None:
    assert document(PLAN).place(path) == Place("x.toml", line, column)


def test_an_empty_document_has_a_place_and_no_path() -> None:
    assert document("").place(("plan",)) == Place("x.toml", 1, 1)
    assert document("").has(())
    assert not document("").has(("plan",))
