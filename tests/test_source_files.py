"""The file that a source names: found, or named with what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from engine import DataError, Place, Problem, existing_file, unreadable

ELSEWHERE = "paths are from the folder of the configuration"


def options(path: Path | str) -> dict[str, Any]:
    return {"path": str(path), "shown_path": "data/cases.duckdb"}


def problem(path: Path | str) -> Problem:
    """What is wrong with a path; the place is the path as the configuration has it."""
    with pytest.raises(DataError) as caught:
        existing_file(options(path), "a DuckDB file")
    (found,) = caught.value.problems
    assert found.place == Place(file="data/cases.duckdb")
    return found._replace(place=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "cases.duckdb"
    file.write_bytes(b"")
    return file


def test_a_file_that_is_there_is_its_path(file: Path) -> None:
    assert existing_file(options(file), "a DuckDB file") == file
    (file.parent / "link").symlink_to(file)
    assert existing_file(options(file.parent / "link"), "a DuckDB file").name == "link"


def test_what_is_no_file(file: Path) -> None:
    os.mkfifo(file.parent / "pipe")
    assert problem(file.parent) == Problem("this is not a file but a folder", hint="name a DuckDB file")
    assert problem(file.parent / "pipe") == Problem("this is not a file", hint="name a DuckDB file")


def test_a_file_that_is_not_there_is_named_with_the_nearest(file: Path) -> None:
    missing = "there is no such file"
    assert problem(file.parent / "casse.duckdb") == Problem(missing, hint="did you mean 'cases.duckdb'?")
    assert problem(file.parent / "xyz") == Problem(missing, hint=ELSEWHERE), "other files are nobody's business"
    assert problem(file.parent / "no" / "cases.duckdb") == Problem(missing, hint=ELSEWHERE)


def test_paths_that_cannot_be_read(file: Path) -> None:
    (file.parent / "loop").symlink_to(file.parent / "loop")
    assert problem(file.parent / "loop").message == "cannot be read: too many levels of symbolic links"
    assert problem(file / "more") == Problem("cannot be read: not a directory", hint=ELSEWHERE)
    assert problem("nul\0.duckdb").message == "cannot be read: the path is not possible"
    for name in ("long" * 100, "long" * 100 + "/cases.duckdb"):
        assert problem(file.parent / name) == Problem("cannot be read: file name too long", hint=ELSEWHERE)


def test_an_error_of_the_system_is_told_in_its_words(file: Path) -> None:
    (found,) = unreadable(options(file.with_name("case.duckdb")), PermissionError(13, "Permission denied")).problems
    assert (found.message, found.hint) == ("cannot be read: permission denied", "did you mean 'cases.duckdb'?")
    (found,) = unreadable(options(file), ValueError("any")).problems
    assert found.message == "cannot be read: the path is not possible"
