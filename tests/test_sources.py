"""The built-in sources: what they give, and what they say of files that are no good."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Sum, Total
from engine.errors import DataError, Place
from engine.filters import OnOrBefore, missing
from engine.model import Figure
from engine.scan import check, scan
from plugins.sources.csv import open_csv
from plugins.sources.parquet import open_parquet
from tests import cases
from tests.cases import Case
from tests.test_scan import dated

Opened = AbstractContextManager[Any]
OPEN: dict[str, Callable[[Mapping[str, Any], None], Opened]] = {"csv": open_csv, "parquet": open_parquet}
RECORDS = "kind,held_on,age,paid\na,2025-01-31,17,1.50\nb,2025-02-28,,\n,2025-03-31,40,2.25\n"
SECRET = "Sirpa Salainen"


def opened(file: Path | str, content: str = "records", kind: str = "", **options: Any) -> Opened:
    """A file opened as the engine opens it."""
    path = str(file)
    fixed = {"path": path, "shown_path": Path(path).name, "content": content, "time_zone": "Europe/Helsinki"}
    return OPEN[kind or Path(path).suffix[1:]]({**fixed, "as_text": [], "missing": [], **options}, None)


def written(folder: Path, text: str | bytes, name: str = "records.csv") -> Path:
    """A file with this text, as it is."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def table(frame: Any) -> list[tuple[Any, ...]]:
    """All rows of an opened source."""
    return list(frame.to_native().fetchall())


def problem(file: Path | str, content: str = "records", kind: str = "", **options: Any) -> Any:
    """What is wrong with a file."""
    with pytest.raises(DataError) as caught, opened(file, content, kind, **options) as data:
        list(data)
    (found,) = caught.value.problems
    assert found.hint
    return found


def test_records_have_the_types_of_their_columns(tmp_path: Path) -> None:
    with opened(written(tmp_path, RECORDS)) as frame:
        assert table(frame) == [
            ("a", date(2025, 1, 31), 17, 1.5),
            ("b", date(2025, 2, 28), None, None),
            (None, date(2025, 3, 31), 40, 2.25),
        ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_records_of_every_delimiter_and_line_end(tmp_path: Path, delimiter: str, ending: str, mark: str) -> None:
    text = mark + RECORDS.replace(",", delimiter).replace("\n", ending)
    with opened(written(tmp_path, text)) as frame, opened(written(tmp_path, RECORDS, "plain.csv")) as plain:
        assert frame.collect_schema() == plain.collect_schema()
        assert table(frame) == table(plain)


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=6), min_size=2, max_size=2)
    ),
    st.sampled_from(",;\t"),
    st.sampled_from(("\n", "\r\n")),
)
def test_records_are_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, ending: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([["one", "two"], *rows])
    file = written(tmp_path_factory.mktemp("csv"), text.getvalue())
    with opened(file, as_text=["one", "two"]) as frame:
        assert table(frame) == [tuple(value or None for value in row) for row in rows]


def test_names_of_columns_alone_are_no_rows_and_fit_every_question(tmp_path: Path) -> None:
    requests = dated(Count(), Count(OnOrBefore("held_on", date(2025, 1, 1))), Sum("age"), by="held_on")
    with opened(written(tmp_path, "kind,held_on,age\n")) as frame:
        assert check(frame, requests, ["kind"]) == []
        assert scan(frame, requests, time_zone="Europe/Helsinki", by=["kind"]) == {request: {} for request in requests}


def test_a_column_without_values_fits_every_question(tmp_path: Path) -> None:
    requests = dated(Count(), Count(OnOrBefore("ended", date(2025, 1, 1))), Count(missing("ended")), by=None)
    with opened(written(tmp_path, "kind,ended\na,\nb,\n")) as frame:
        assert check(frame, requests) == []
        found = scan(frame, requests, time_zone="Europe/Helsinki")
    assert [found[request] for request in requests] == [{((), None): 2}, {}, {((), None): 2}]


def test_columns_are_text_when_they_are_said_to_be(tmp_path: Path) -> None:
    file = written(tmp_path, "code,day\n12,2025-01-01\n7,2025-01-02\n")
    with opened(file, as_text=["code"]) as frame:
        assert table(frame) == [("12", date(2025, 1, 1)), ("7", date(2025, 1, 2))]
    assert str(problem(file, as_text=["cod"])).startswith("records.csv:1: there is no column 'cod'")
    assert problem(file, as_text=["cod"]).hint == "did you mean 'code'?"


def test_codes_with_zeros_in_front_stay_text(tmp_path: Path) -> None:
    with opened(written(tmp_path, "code\n00100\n33720\n")) as frame:
        assert table(frame) == [("00100",), ("33720",)]


def test_a_decimal_comma_is_found_or_named(tmp_path: Path) -> None:
    file = written(tmp_path, "kind;paid\na;1,50\nb;2,25\n")
    request = dated(Sum("paid", decimals=2), by=None)[0]
    for options, value in (({}, Decimal("1.5")), ({"decimal": ","}, Decimal("1.5")), ({"decimal": "."}, "1,50")):
        with opened(file, **options) as frame:
            assert table(frame)[0] == ("a", value)
            assert scan(frame, [request], time_zone="UTC")[request] == {((), None): Total(Decimal("3.75"), 2)}


def test_sums_of_decimal_numbers_are_exact_without_a_word_on_decimals(tmp_path: Path) -> None:
    request = dated(Sum("paid"), by=None)[0]
    with opened(written(tmp_path, "paid,kind\n0.1,a\n0.2,a\n1000000000000,b\n")) as frame:
        assert check(frame, [request]) == []
        total = scan(frame, [request], time_zone="UTC")[request][(), None]
    assert total == Total(Decimal("1000000000000.3"), 3)


def test_times_with_a_zone_are_counted_in_the_zone_of_the_plan(tmp_path: Path) -> None:
    request = dated(Count(), by="at")[0]
    with opened(written(tmp_path, "at\n2024-01-31T22:30:00Z\n2024-01-31T12:00:00+02:00\n")) as frame:
        found = scan(frame, [request], time_zone="Europe/Helsinki")
    assert found[request] == {((), 2024 * 12): 1, ((), 2024 * 12 + 1): 1}


@pytest.mark.parametrize("name", ["a[1].csv", "a*.csv", "ä ö.csv", "it's.csv", "year=2025.csv"])
def test_only_the_named_file_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "year=2024"
    folder.mkdir()
    written(folder, "a\n9\n", "a2.csv")
    with opened(written(folder, "a\n1\n", name)) as frame:
        assert frame.columns == ["a"]
        assert table(frame) == [(1,)]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_is_not_there_is_named_with_the_nearest(tmp_path: Path, kind: str) -> None:
    written(tmp_path, RECORDS, f"contacts.{kind}")
    found = problem(tmp_path / f"contcats.{kind}")
    assert (str(found.place), found.message) == (f"contcats.{kind}", "there is no such file")
    assert found.hint == f"did you mean 'contacts.{kind}'?"
    assert problem(tmp_path / "no" / f"such.{kind}").hint == "paths are from the folder of the configuration"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_is_no_file_is_said_to_be_none(tmp_path: Path, kind: str) -> None:
    assert problem(tmp_path, kind=kind).message == "this is not a file but a folder"
    os.mkfifo(tmp_path / f"pipe.{kind}")
    assert problem(tmp_path / f"pipe.{kind}").message == "this is not a file"
    (tmp_path / f"loop.{kind}").symlink_to(tmp_path / f"loop.{kind}")
    assert problem(tmp_path / f"loop.{kind}").message == "cannot be read: too many levels of symbolic links"
    assert problem(f"nul\0.{kind}", kind=kind).message == "cannot be read: the path is not possible"
    assert problem(tmp_path / ("long" * 100), kind=kind).message == "cannot be read: file name too long"
    file = written(tmp_path, RECORDS, f"records.{kind}")
    assert problem(file / f"more.{kind}").message == "cannot be read: not a directory"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_may_not_be_read(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = written(tmp_path, RECORDS, f"records.{kind}")
    monkeypatch.setattr(Path, "open", refuse)
    assert problem(file).message == "cannot be read: permission denied"


GOOD = "person,kind,held_on,age\n" + f"{SECRET},a,2025-01-31,5\n" * 5000


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"", 1, "there are no names of columns"),
        (b"\n\n", 1, "there are no names of columns"),
        (b"a,b,A\n1,2,3\n", 1, "two columns are named 'a'"),
        (b"a\n" + bytes([159, 146, 150, 129]), 2, "the byte 0x9f is not UTF-8"),
        (RECORDS.encode("utf-16"), 1, "the file is UTF-16"),
        (f"{GOOD}{SECRET},ä,2025-01-31,5\n".encode() + b"\xe4", 5003, "the byte 0xe4 is not UTF-8"),
        (f"{GOOD}{SECRET},\0,2025-01-31,5\n".encode(), 5002, "there is a NUL byte, so this is not text"),
        (f"a,b,c\n{SECRET},1\n".encode(), 2, "this row has 2 values, and the first line 3"),
        (f"a,b\n{SECRET},1,2\n{SECRET},1,2\n".encode(), 2, "this row has 3 values, and the first line 2"),
        (f"{GOOD}{SECRET},b\n".encode(), 5002, "this row has 2 values, and the first line 4"),
        (f"{GOOD}{SECRET},b,2025-01-31,5,6\n{GOOD}".encode(), 5002, "this row has 5 values, and the first line 4"),
        (f'{GOOD}"{SECRET},b,2025-01-31,5\n'.encode(), 5002, "this is not CSV: unexpected end of data"),
        (f"name of the report\nperson,age\n{SECRET},1\n".encode(), 2, "this row has 2 values, and the first line 1"),
        (f"a,b\n{SECRET},1\r\n{SECRET},2\n".encode(), 0, "the file cannot be read as CSV"),
    ],
)
def test_records_that_cannot_be_read_are_placed_and_not_quoted(
    tmp_path: Path, text: bytes, line: int, message: str
) -> None:
    found = problem(written(tmp_path, text))
    assert (found.place, found.message) == (Place(file="records.csv", line=line), message)
    assert SECRET.split()[0] not in str(found)
    assert str(tmp_path) not in str(found)


def test_an_error_of_records_carries_no_row(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError) as caught,
        opened(written(tmp_path, f"a,day\n{SECRET},2025-01-31\n{SECRET},31.1.2025\n{SECRET}\n")),
    ):
        pass
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


class SourceFaultError(Exception):
    """What is wrong with a source, and its hint."""

    def __init__(self, error: DataError) -> None:
        super().__init__(str(error))
        self.hint = error.problems[0].hint


@pytest.mark.parametrize("case", cases.load("figures_csv", "text"))
def test_figures_of_csv_files(case: Case, tmp_path: Path) -> None:
    def outcome() -> list[list[Any]]:
        try:
            with opened(written(tmp_path, case["text"], "figures.csv"), "figures") as figures:
                return [[figure.place.line, given_fields(figure)] for figure in figures]
        except DataError as error:
            raise SourceFaultError(error) from error

    case.check(outcome, SourceFaultError)


def given_fields(figure: Figure) -> dict[str, Any]:
    """The fields of a figure that have something."""
    fields = ("indicator", "as_of", "value", "numerator", "denominator", "note", "by", "expected")
    optional = {name: getattr(figure, name) for name in fields[2:] if getattr(figure, name)}
    return {"indicator": figure.indicator, "as_of": figure.as_of, **optional}


def test_figures_of_csv_load_no_data_frame_library(tmp_path: Path) -> None:
    file = written(tmp_path, "indicator,as_of\na,2025-05-31\n", "figures.csv")
    options = {"path": str(file), "shown_path": "figures.csv", "content": "figures"}
    code = (
        "import sys; from plugins.sources.csv import open_csv\n"
        f"with open_csv({options}, None) as figures: print(len(list(figures)))\n"
        "print({'narwhals', 'duckdb', 'polars'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["1", "set()"]
