"""Columns of SQLite, which hold whatever was written to them, and files that cannot be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.aggregates import Count
from engine.errors import DataError, Unreachable
from engine.filters import missing
from engine.scan import scan
from plugins.sources import sqlite as sqlite_source
from tests import cases
from tests.cases import Case
from tests.databases import ROWS, in_sqlite, problem, read
from tests.test_scan import dated


@pytest.mark.parametrize("case", cases.load("sqlite", "declared", "values"))
def test_columns_of_sqlite(case: Case, tmp_path: Path) -> None:
    place = in_sqlite(
        tmp_path,
        f"CREATE TABLE cases (x {case['declared']}, other INTEGER); INSERT INTO cases (x) VALUES {case['values']}",
    )

    def column(frame: Any) -> list[str]:
        rows = frame.select("x").to_native()
        texts = rows.select(duckdb.SQLExpression("CAST(x AS VARCHAR)")).fetchall()
        return [str(rows.types[0]), *(str(value) for (value,) in texts)]

    error = case.check(lambda: read("sqlite", place, column), DataError)
    if error:
        assert "secret" not in str(error)
        assert error.problems[0].hint
        request = dated(Count(missing("other")), by=None)[0]
        whole = read("sqlite", place, lambda frame: scan(frame, [request], time_zone="UTC"))[request]
        assert whole == {((), None): case["values"].count("(")}, "other columns can be counted all the same"


def test_columns_of_sqlite_that_are_needed(tmp_path: Path) -> None:
    place = in_sqlite(tmp_path, ROWS)
    assert read("sqlite", place, lambda frame: frame.columns, columns=["day", "kind"]) == ["day", "kind"]
    found = problem("sqlite", place, columns=["dya"])
    assert (found.message, found.hint) == ("there is no column 'dya'", "did you mean 'day'?")


def test_a_sqlite_file_that_another_program_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_source, "PATIENCE", 0)
    place = in_sqlite(tmp_path, ROWS)
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert problem("sqlite", place, error=Unreachable).message == "another program writes to the file"
    assert read("sqlite", place)[0] == 3


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("CREATE VIEW v AS SELECT kind, paid FROM gone", "'v' cannot be read (SQLITE_ERROR)"),
        (
            "CREATE TABLE v (kind TEXT); INSERT INTO v VALUES (CAST(x'ff53697270612053616c61696e656e' AS TEXT))",
            "a text is not UTF-8",
        ),
        (
            "CREATE VIEW v AS WITH RECURSIVE n(kind) AS (SELECT 1 UNION ALL SELECT kind + 1 FROM n) SELECT kind FROM n",
            "no answer within 1 seconds",
        ),
    ],
)
def test_what_sqlite_cannot_read(script: str, message: str, tmp_path: Path) -> None:
    assert problem("sqlite", in_sqlite(tmp_path, script), table="v", time_limit=1).message == message
