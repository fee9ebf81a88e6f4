"""Parquet files, one or many: globs, partitions, columns that differ from file to file, and what is no Parquet file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.aggregates import Count
from engine.errors import Place
from engine.filters import Filter
from engine.model import Figure
from engine.scan import scan
from tests.test_scan import dated
from tests.test_sources import Opened, opened, problem, written


def parquet(folder: Path, query: str, name: str = "rows.parquet") -> Path:
    """A Parquet file with what a query of DuckDB gives."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.sql(query).write_parquet(str(file))
    return file


def several(folder: Path, path: str, content: str = "records", **options: Any) -> Opened:
    """Files of a folder opened by a path as the configuration writes it."""
    return opened(folder / path, content, kind="parquet", shown_path=path, **options)


def wrong(folder: Path, path: str, **options: Any) -> Any:
    return problem(folder / path, kind="parquet", shown_path=path, **options)


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return sorted(frame.to_native().fetchall(), key=repr)


def test_records_of_parquet_files(tmp_path: Path) -> None:
    request = dated(Count(Filter("kind", "in", ("a",))), by="day")[0]
    with opened(parquet(tmp_path, "SELECT unnest(['a', 'b']) kind, DATE '2024-02-29' AS day")) as frame:
        assert scan(frame, [request], time_zone="Europe/Helsinki")[request] == {((), 2024 * 12 + 1): 1}


def test_figures_of_parquet_files(tmp_path: Path) -> None:
    query = """SELECT unnest(['a', NULL]) "Indicator ", DATE '2025-05-31' as_of, unnest([0.1::DOUBLE, NULL]) AS value,
        unnest([1, NULL]) numerator, TIMESTAMP '2025-06-30 12:00:00' expected, 'x' note"""
    same: dict[str, Any] = {"as_of": date(2025, 5, 31), "expected": date(2025, 6, 30), "note": "x"}
    same["place"] = Place(file="rows.parquet")
    with opened(parquet(tmp_path, query), "figures") as figures:
        assert list(figures) == [
            Figure(**same, indicator="a", value=Decimal("0.1"), numerator=1),
            Figure(**same, indicator=""),
        ]


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("SELECT 'a' AS indicator, 1 AS value", "there is no column 'as_of'", "figures need"),
        ("SELECT 'a' AS indicator, 1 AS as_of, 1 AS valeu", "unknown column 'valeu'", "did you mean 'value'?"),
        ("SELECT 'a' AS indicator, 1 AS as_of, 1 AS xyz", "unknown column 'xyz'", "the columns of figures are"),
    ],
)
def test_figures_of_parquet_files_with_other_columns(tmp_path: Path, query: str, message: str, hint: str) -> None:
    found = problem(parquet(tmp_path, query), "figures")
    assert found.message == message
    assert hint in found.hint


@pytest.mark.parametrize("content", ["records", "figures"])
@pytest.mark.parametrize("text", [b"", b"PAR1", b"indicator,as_of\na,2025-05-31\n", b"PAR1" * 100])
def test_what_is_no_parquet_file(tmp_path: Path, content: str, text: bytes) -> None:
    found = problem(written(tmp_path, text, "rows.parquet"), content)
    assert (str(found.place), found.message) == ("rows.parquet", "this is not a whole Parquet file")


@pytest.mark.parametrize("name", ["a[1].parquet", "a*.parquet", "a?.parquet", "ä ö.parquet", "year=2025.parquet"])
def test_a_path_that_is_there_as_it_is_written_is_one_file(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "year=2024"
    parquet(folder, "SELECT 9 a", "a2.parquet")
    parquet(folder, "SELECT 9 a", "a1.parquet")
    parquet(folder, "SELECT 1 a", name)
    with several(folder, name) as frame:
        assert frame.columns == ["a"]
        assert rows(frame) == [(1,)]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("rows/*.parquet", [1, 2]),
        ("rows/?.parquet", [1, 2]),
        ("rows/[!a].parquet", [2]),
        ("*/*.parquet", [1, 2, 4]),
        ("**/*.parquet", [1, 2, 3, 4]),
        ("./rows/*", [1, 2]),
        ("rows/deep/../a*.parquet", [1]),
        ("rows/deep/c.*", [3]),
    ],
)
@pytest.mark.parametrize("base", ["plain", "odd [1] *"])
def test_a_pattern_means_all_files_that_match(tmp_path: Path, base: str, path: str, found: list[int]) -> None:
    folder = tmp_path / base
    names = ("rows/a.parquet", "rows/b.parquet", "rows/deep/c.parquet", "more [2]/d.parquet")
    for number, name in enumerate(names, 1):
        parquet(folder, f"SELECT {number} a", name)
    for name in ("rows/.hidden.parquet", "rows/_writing.parquet", "rows/_temporary/e.parquet", "rows/.f/g.parquet"):
        written(parquet(folder, "SELECT 1 a", name).parent, b"half", Path(name).name)
    (folder / "rows" / "folder.parquet").mkdir()
    with several(folder, path) as frame:
        assert rows(frame) == [(number,) for number in found]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("rows/*.parqet", "did you mean 'a.parquet'?"),
        ("row/*.parquet", "did you mean 'rows'?"),
        ("rows/xyz-????-??-??", "there are no such files"),
        ("rows/a.parquet/*", "did you mean 'a.parquet'?"),
        ("rows/_*", "there are no such files"),
    ],
)
def test_a_pattern_that_nothing_matches(tmp_path: Path, path: str, hint: str) -> None:
    parquet(tmp_path, "SELECT 1 a", "rows/a.parquet")
    written(tmp_path / "rows", b"", "_SUCCESS")
    found = wrong(tmp_path, path)
    assert (str(found.place), found.message, found.hint) == (path, "no file matches", hint)


def test_a_pattern_that_is_none(tmp_path: Path) -> None:
    parquet(tmp_path, "SELECT 1 a", "rows/a.parquet")
    assert wrong(tmp_path, "rows/a**").message == "cannot be read: the path is not possible"


def test_columns_of_several_files_go_by_their_names(tmp_path: Path) -> None:
    parquet(tmp_path, "SELECT 1 a, 'x' b, DATE '2024-02-29' AS day", "1.parquet")
    parquet(tmp_path, "SELECT 'y' b, 2 A", "2.parquet")
    parquet(tmp_path, 'SELECT NULL::"NULL" b, 3 a, true AS done', "3.parquet")
    with several(tmp_path, "*.parquet") as frame:
        assert frame.columns == ["a", "b", "day", "done"]
        assert rows(frame) == [
            (1, "x", date(2024, 2, 29), None),
            (2, "y", None, None),
            (3, None, None, True),
        ]


@pytest.mark.parametrize(
    ("queries", "file", "message"),
    [
        (["SELECT 1 a", "SELECT 2 a", "SELECT 'x' a"], "3", "'a' is VARCHAR here, and INTEGER in rows/1.parquet"),
        (["SELECT 'x' a", "SELECT 2 A", "SELECT 2 a"], "1", "'a' is VARCHAR here, and INTEGER in rows/2.parquet"),
        (["SELECT 1 a", "SELECT 2::BIGINT a"], "2", "'a' is BIGINT here, and INTEGER in rows/1.parquet"),
        (["SELECT 1.5 a", "SELECT 1.25 a"], "2", "'a' is DECIMAL(3,2) here, and DECIMAL(2,1) in rows/1.parquet"),
        (["SELECT 1 a, 'x' b", "SELECT DATE '2024-01-01' b"], "2", "'b' is DATE here, and VARCHAR in rows/1.parquet"),
    ],
)
def test_a_column_with_different_types_names_file_and_column(
    tmp_path: Path, queries: list[str], file: str, message: str
) -> None:
    for number, query in enumerate(queries, 1):
        parquet(tmp_path, query, f"rows/{number}.parquet")
    found = wrong(tmp_path, "rows/*.parquet")
    assert (str(found.place), found.message) == (f"rows/{file}.parquet", message)
    assert found.hint == "write all files with the same types"


def test_nested_columns_may_have_inner_names_that_others_have(tmp_path: Path) -> None:
    parquet(tmp_path, "SELECT 1 a, {'a': 'x', 'b': [1]} AS nested", "1.parquet")
    parquet(tmp_path, "SELECT 2 a, {'a': 'y', 'b': [2]} AS nested", "2.parquet")
    with several(tmp_path, "*.parquet") as frame:
        assert [row[0] for row in rows(frame)] == [1, 2]


def test_a_broken_file_among_others_is_named(tmp_path: Path) -> None:
    parquet(tmp_path, "SELECT 1 a", "rows/1.parquet")
    written(tmp_path / "rows", b"PAR1", "2.parquet")
    found = wrong(tmp_path, "rows/*.parquet")
    assert (str(found.place), found.message) == ("rows/2.parquet", "this is not a whole Parquet file")


def test_figures_of_several_files(tmp_path: Path) -> None:
    for month in (1, 2):
        query = f"SELECT 'a' AS indicator, DATE '2025-{month}-28' AS as_of, {month} AS value"
        parquet(tmp_path, query, f"{month}.parquet")
    with several(tmp_path, "*.parquet", "figures") as figures:
        assert [(figure.value, figure.place) for figure in figures] == [
            (1, Place(file="*.parquet")),
            (2, Place(file="*.parquet")),
        ]


@pytest.fixture
def partitioned(tmp_path: Path) -> Path:
    """Rows in folders of years and areas."""
    for place, folder in enumerate(("year=2024/area=Eno", "year=2025/area=Eno", "year=2025/area=%C3%84ht%C3%A4ri"), 1):
        parquet(tmp_path, f"SELECT {place} a", f"rows/{folder}/part-{place}.parquet")
    written(tmp_path / "rows", b"", "_SUCCESS")
    return tmp_path


@pytest.mark.parametrize("path", ["rows", "rows/", "rows/**/*.parquet", "rows/year=*/*/*"])
def test_partitions_are_columns(partitioned: Path, path: str) -> None:
    with several(partitioned, path, partitions=True) as frame:
        assert [str(kind) for kind in frame.collect_schema().values()] == ["Int32", "String", "Int64"]
        assert frame.columns == ["a", "area", "year"]
        assert rows(frame) == [(1, "Eno", 2024), (2, "Eno", 2025), (3, "Ähtäri", 2025)]


def test_without_the_option_partitions_are_folders_like_others(partitioned: Path) -> None:
    with several(partitioned, "rows/**/*.parquet") as frame:
        assert frame.columns == ["a"]
    found = wrong(partitioned, "rows")
    assert found.message == "this is not a file but a folder"
    assert "partitions = true" in found.hint


def test_one_file_in_partitions_has_their_columns(partitioned: Path) -> None:
    with several(partitioned, "rows/year=2024/area=Eno/part-1.parquet", partitions=True) as frame:
        assert rows(frame) == [(1, "Eno", 2024)]


def test_codes_in_partitions_keep_their_zeros(tmp_path: Path) -> None:
    for code in ("00100", "33720"):
        parquet(tmp_path, "SELECT 1 a", f"rows/code={code}/part.parquet")
    with several(tmp_path, "rows", partitions=True) as frame:
        assert rows(frame) == [(1, "00100"), (1, "33720")]


def test_partitions_of_different_names(partitioned: Path) -> None:
    parquet(partitioned, "SELECT 1 a", "rows/month=1/part.parquet")
    found = wrong(partitioned, "rows", partitions=True)
    assert (str(found.place), found.message) == ("rows", "the files have different partitions")


def test_a_folder_without_parquet_files(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    assert wrong(tmp_path, "rows", partitions=True).message == "no file matches"
    assert wrong(tmp_path, "row", partitions=True).hint == "did you mean 'rows'?"


def test_nothing_is_read_when_files_are_opened(tmp_path: Path) -> None:
    for name in ("1", "2"):
        parquet(tmp_path, "SELECT * AS a FROM range(500000)", f"{name}.parquet")
    with several(tmp_path, "*.parquet") as frame:
        plan = frame.to_native().explain()
    assert "PARQUET" in plan.upper()
