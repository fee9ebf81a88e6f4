"""The source for Excel workbooks: types, names of columns, errors in cells, formulas, and what is no workbook."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregates import Count, Sum, Total
from engine.errors import DataError, Place
from engine.filters import missing
from engine.model import Figure
from engine.scan import check, scan
from plugins.sources.excel import open_excel
from tests import cases
from tests.cases import Case
from tests.engines.workbooks import locked, rewritten, workbook
from tests.project import PLAN, Project
from tests.test_scan import dated

OPTIONS = ("header_row", "header_rows", "sheet", "as_text")


def opened(file: Path, content: str = "records", **options: Any) -> AbstractContextManager[Any]:
    """A workbook opened as the engine opens it."""
    fixed = {"path": str(file), "shown_path": file.name, "content": content, "time_zone": "Europe/Helsinki"}
    return open_excel({**fixed, "header_row": 1, "header_rows": 1, "as_text": [], **options}, None)


class SheetError(Exception):
    """What is wrong with a sheet, and its hint."""

    def __init__(self, error: DataError) -> None:
        super().__init__(str(error))
        self.hint = error.problems[0].hint


def shown(frame: Any) -> list[str]:
    """Each column in a line: name, type and values. Cells with errors only where there are any."""
    rows = frame.to_native()
    texts = rows.select("COLUMNS(*)::VARCHAR").fetchall()
    columns = [
        (name, kind, [row[place] for row in texts])
        for place, (name, kind) in enumerate(zip(rows.columns, rows.types, strict=True))
    ]
    lines = [f"{name} {kind}: {', '.join(value or '-' for value in values)}" for name, kind, values in columns]
    return lines if any(columns[-1][2]) else lines[:-1]


@pytest.mark.parametrize("case", cases.load("excel", "rows", "merged", *OPTIONS))
def test_sheets(case: Case, tmp_path: Path) -> None:
    options = {name: case[name] for name in OPTIONS if name in case.given}
    file = workbook(tmp_path, case["rows"], case.get("merged", ()))

    def outcome() -> list[str]:
        try:
            with opened(file, **options) as frame:
                return shown(frame)
        except DataError as error:
            raise SheetError(error) from error

    case.check(outcome, SheetError)


def test_errors_in_cells_can_be_counted_and_left_out(tmp_path: Path) -> None:
    rows = [["paid"], [0.1], [{"error": "#N/A"}], [0.2], [{"error": "#DIV/0!"}]]
    wrong, total = Count(~missing("cell_errors")), Sum("paid", missing("cell_errors"))
    requests = dated(wrong, total, by=None)
    with opened(workbook(tmp_path, rows)) as frame:
        assert check(frame, requests) == []
        found = scan(frame, requests, time_zone="Europe/Helsinki")
    assert [found[request][(), None] for request in requests] == [2, Total(Decimal("0.3"), 2)]


def test_a_formula_that_gives_an_empty_text_was_calculated(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["a", "b"], [1, {"formula": "T(A2)", "value": ""}]])
    old, new = '<c r="B2"><f>T(A2)</f><v></v></c>', '<c r="B2" t="str"><f>T(A2)</f><v></v></c>'
    with opened(rewritten(file, "xl/worksheets/sheet1.xml", old, new)) as frame:
        assert shown(frame) == ["a BIGINT: 1", 'b "NULL": -']


def test_cells_without_references_are_counted(tmp_path: Path) -> None:
    file = workbook(tmp_path, [["a", "b"], [1, {"error": "#N/A"}]])
    for old in (' r="A1"', ' r="B1"', ' r="A2"', ' r="B2"', ' r="1"', ' r="2"'):
        rewritten(file, "xl/worksheets/sheet1.xml", old, "")
    with opened(file) as frame:
        assert shown(frame) == ["a BIGINT: 1", 'b "NULL": -', "cell_errors VARCHAR: b #N/A"]


@pytest.mark.parametrize("target", ["/xl/worksheets/sheet1.xml", "worksheets/sheet1.xml"])
def test_sheets_are_found_however_they_are_referred_to(tmp_path: Path, target: str) -> None:
    file = workbook(tmp_path, [["a"], [{"error": "#N/A"}]])
    rewritten(file, "xl/_rels/workbook.xml.rels", '"worksheets/sheet1.xml"', f'"{target}"')
    with opened(file) as frame:
        assert shown(frame) == ['a "NULL": -', "cell_errors VARCHAR: a #N/A"]


def test_errors_far_to_the_right_are_of_their_columns(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(800)]
    with opened(workbook(tmp_path, [names, [{"error": "#N/A"}] * 800])) as frame:
        assert shown(frame)[-1] == "cell_errors VARCHAR: " + ", ".join(f"{name} #N/A" for name in names)


def test_the_first_sheet_with_rows_is_read_though_a_chart_stands_before_it(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "rows.xlsx") as book:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Rows!$A$2:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.add_worksheet("Rows").write_column(0, 0, ["a", 1])
    with opened(tmp_path / "rows.xlsx") as frame:
        assert shown(frame) == ["a BIGINT: 1"]


def test_days_of_the_calendar_that_begins_in_1904(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "rows.xlsx", {"date_1904": True, "default_date_format": "d.m.yyyy"}) as book:
        book.add_worksheet().write_column(0, 0, ["day", date(2024, 2, 29)])
    with opened(tmp_path / "rows.xlsx") as frame:
        assert shown(frame) == ["day DATE: 2024-02-29"]


VALUES = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=9).filter(
        lambda found: not found[:4].isdigit() and "." not in found and not found.startswith("_x")
    ),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(9999, 12, 31)),
    st.decimals(-1_000_000, 1_000_000, places=2),
)


@settings(max_examples=60)
@given(st.sampled_from(VALUES).flatmap(lambda values: st.lists(st.none() | values, min_size=1, max_size=9)))
def test_records_are_what_was_written(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    file = workbook(tmp_path_factory.mktemp("excel"), [["x", "y"], *([value, "kept"] for value in values)])
    with opened(file) as frame:
        assert [row[0] for row in frame.to_native().fetchall()] == values


FIGURES = [
    ["Indicator ", "as_of", "Value", "numerator", "denominator", "note", "by", "expected"],
    ["a.b", date(2025, 5, 31), 0.1, "", "", "", "", ""],
    ["", "", "", "", "", "", "", ""],
    [" a.c ", "31.5.2025", "62 %", 62, 100, 7, "Eno", datetime(2025, 6, 30, 12)],
    ["a.d", date(2025, 5, 31), {"error": "#DIV/0!"}, "", "", "first count", "", ""],
]


def test_figures_have_the_row_of_the_sheet_and_the_errors_of_their_cells(tmp_path: Path) -> None:
    columns = {str(name).strip().lower(): place for place, name in enumerate(FIGURES[0], 1)}
    expected = {"expected": date(2025, 6, 30)}

    def figure(line: int, **given: Any) -> Figure:
        return Figure(**given, place=Place(file="rows.xlsx", line=line), columns=columns)

    with opened(workbook(tmp_path, FIGURES), "figures") as figures:
        assert list(figures) == [
            figure(2, indicator="a.b", as_of=date(2025, 5, 31), value=Decimal("0.1")),
            figure(4, indicator="a.c", as_of="31.5.2025", value="62 %", numerator=62, denominator=100, note="7",
                   by="Eno", **expected),
            figure(5, indicator="a.d", as_of=date(2025, 5, 31), note="first count; value #DIV/0!"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "message", "hint"),
    [
        (["indicator", "value"], "there is no column 'as_of'", "figures need the columns indicator and as_of"),
        (["as_of"], "there is no column 'indicator'", "figures need"),
        (["indicator", "as_of", "valeu"], "unknown column 'valeu'", "did you mean 'value'?"),
        (["indicator", "as_of", "xyz"], "unknown column 'xyz'", "the columns of figures are indicator, as_of"),
    ],
)
def test_figures_with_other_columns(tmp_path: Path, names: list[str], message: str, hint: str) -> None:
    found = problem(workbook(tmp_path, [[], names, ["a"] * len(names)]), "figures", header_row=2)
    assert (found.place, found.message) == (Place(file="rows.xlsx", line=2), message)
    assert found.hint.startswith(hint)


def problem(file: Path, content: str = "records", **options: Any) -> Any:
    """What is wrong with a file."""
    with pytest.raises(DataError) as caught, opened(file, content, **options) as data:
        list(data)
    (found,) = caught.value.problems
    assert found.hint
    assert str(file.parent) not in str(found)
    return found


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)
EMPTY_ARCHIVE = b"PK\5\6" + bytes(18)


@pytest.mark.parametrize("content", ["records", "figures"])
@pytest.mark.parametrize("data", [b"", b"indicator,as_of\n", b"PK", OLD, EMPTY_ARCHIVE])
def test_what_is_no_workbook(tmp_path: Path, data: bytes, content: str) -> None:
    (tmp_path / "rows.xlsx").write_bytes(data)
    found = problem(tmp_path / "rows.xlsx", content)
    assert (str(found.place), found.message) == ("rows.xlsx", "this is not a whole .xlsx workbook")


def test_a_workbook_that_is_locked(tmp_path: Path) -> None:
    found = problem(locked(tmp_path))
    assert (found.message, found.hint) == ("the workbook is locked with a password", "save it without a password")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("worksheets/sheet1.xml", "</sheetData>", "</sheet"),
        ("worksheets/sheet1.xml", "</row>", "</rows>"),
        ("worksheets/sheet1.xml", ' r="2"', ' r="two"'),
        ("workbook.xml", "<sheets>", "<sheet>"),
        ("_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/none.xml"),
        ("_rels/workbook.xml.rels", "rId1", "none"),
    ],
)
def test_a_part_of_a_workbook_that_is_broken(tmp_path: Path, part: str, old: str, new: str) -> None:
    file = rewritten(workbook(tmp_path, [["a"], [{"error": "#N/A"}]]), f"xl/{part}", old, new)
    assert problem(file).message == "this is not a whole .xlsx workbook"


def test_a_file_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    workbook(tmp_path, [["a"]])
    found = problem(tmp_path / "row.xlsx")
    assert (str(found.place), found.message) == ("row.xlsx", "there is no such file")
    assert found.hint == "did you mean 'rows.xlsx'?"
    assert problem(tmp_path / "no" / "such.xlsx").hint == "paths are from the folder of the configuration"


def test_what_is_no_file_is_said_to_be_none(tmp_path: Path) -> None:
    assert problem(tmp_path).message == "this is not a file but a folder"
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert problem(tmp_path / "pipe.xlsx").message == "this is not a file"
    assert problem(tmp_path / "nul\0.xlsx").message == "cannot be read: the path is not possible"
    assert problem(tmp_path / ("long" * 100)).message == "cannot be read: file name too long"


def test_without_its_library_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    found = problem(workbook(tmp_path, [["a"], [1]]))
    assert found.message == "Excel files are read with python-calamine, which is not installed"
    assert found.hint == "install it with: pip install 'objective-engine[excel]'"


def test_the_connection_is_closed(tmp_path: Path) -> None:
    with opened(workbook(tmp_path, [["a"], [1]])) as frame:
        assert frame.to_native().fetchall() == [(1, None)]
    with pytest.raises(duckdb.ConnectionException):
        frame.to_native().fetchall()


def test_rows_with_errors_are_mentioned_with_their_indicators(tmp_path: Path) -> None:
    project = Project(tmp_path)
    with xlsxwriter.Workbook(tmp_path / "rows.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["day", "paid"])
        for line in range(1, 4):
            sheet.write(line, 0, "1.3.2025")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
        sheet.write(3, 1, 5)
    project.write("config.toml", '[sources.rows]\ntype = "excel"\ncontent = "records"\npath = "rows.xlsx"\n')
    rules = "[objective.o.indicator.i]\nmetric = 'count_threshold'\nsource = 'rows'\ndate = 'day'\ntarget = '>= 1'\n"
    project.write("rules/p/plan.toml", PLAN.replace('source = "actuals"', "") + rules)
    said = "rows that have cells with an error (#DIV/0!, #N/A): 2"
    assert said in project.evaluate().indicators()[0]["notes"]
    assert said in project.run("check").errors
