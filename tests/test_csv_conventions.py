"""CSV files as Finns and programs write them: what was written is what is read, and nothing is guessed."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine import text_files, texts
from engine.aggregates import Sum, Total
from engine.errors import DataError
from engine.scan import scan
from tests import cases
from tests.cases import Case
from tests.project import PLAN, Project
from tests.test_scan import dated
from tests.test_sources import SECRET, SourceFaultError, opened, problem, table, written

CP1252 = st.characters(codec="cp1252", exclude_categories=["Cc"])
LAW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(autouse=True)
def _no_copy_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert not list(folder.iterdir())


def read(file: Path, **options: Any) -> dict[str, list[str]]:
    """The type of each column, and its values as text; nothing for a missing one."""
    with opened(file, **options) as frame:
        rows = frame.to_native()
        values = [list(column) for column in zip(*table(frame), strict=True)] or [[] for _ in rows.columns]
        return {
            name: [str(kind), *("" if value is None else str(value) for value in column)]
            for name, kind, column in zip(rows.columns, rows.types, values, strict=True)
        }


@pytest.mark.parametrize("case", cases.load("csv_conventions", "text", "encoding", "options"))
def test_records_in_the_conventions_of_csv(case: Case, tmp_path: Path) -> None:
    def outcome() -> dict[str, list[str]]:
        try:
            return read(
                written(tmp_path, case["text"].encode(case.get("encoding", "utf-8"))), **case.get("options", {})
            )
        except DataError as error:
            raise SourceFaultError(error) from error

    case.check(outcome, SourceFaultError)


def grouped(number: Decimal, sign: str, group: str) -> str:
    """A number as people write it."""
    return f"{number:,f}".replace(",", group).replace(".", sign)


NUMBERS = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**15), 10**15), st.integers(0, 15)
)
ROWS = st.lists(st.tuples(NUMBERS, st.dates(), st.text(CP1252, max_size=8)), min_size=1, max_size=8)
DATE_FORMS = {
    "iso": lambda day: day.isoformat(),
    "finnish": lambda day: f"{day.day}.{day.month}.{day.year:04}",
    "finnish with zeros": lambda day: f"{day.day:02}.{day.month:02}.{day.year:04}",
}


@LAW
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    sign=st.sampled_from(".,"),
    group=st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    form=st.sampled_from([*DATE_FORMS]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    told=st.booleans(),
)
@example(
    rows=[(Decimal("0E-15"), date(2000, 1, 1), ""), (Decimal(10**13), date(2000, 1, 1), "")],
    delimiter=",", sign=".", group="", form="iso", encoding="utf-8", ending="\n", told=False,
)  # fmt: skip
def test_what_is_written_in_a_convention_is_read_back(
    tmp_path: Path, rows: list[tuple[Any, ...]], delimiter: str, sign: str, group: str, form: str,
    encoding: str, ending: str, told: bool,
) -> None:  # fmt: skip
    group = group.replace("\u202f", "\u00a0") if encoding == "cp1252" else group
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(["number", "day", "word"])
    writer.writerows([grouped(number, sign, group), DATE_FORMS[form](day), word] for number, day, word in rows)
    content = f"sep={delimiter}{ending}" * told + text.getvalue()
    options = {"encoding": encoding, "decimal": sign} if encoding == "cp1252" else {"decimal": sign}
    request = dated(Sum("number"), by=None)[0]
    with opened(written(tmp_path, content.encode(encoding)), as_text=["word"], **options) as frame:
        assert table(frame) == [(number, day, word or None) for number, day, word in rows]
        if beyond_sums([number for number, *_ in rows]):
            with pytest.raises(DataError, match="cannot be summed exactly"):
                scan(frame, [request], time_zone="UTC")
            return
        total = scan(frame, [request], time_zone="UTC")[request][(), None]
    assert total == Total(sum(number for number, *_ in rows), len(rows))


def beyond_sums(numbers: list[Decimal]) -> bool:
    """Whether a number has more than the 28 digits that sums are exact for, in the decimals of its column."""
    places = max(-int(number.as_tuple().exponent) for number in numbers)
    return any(abs(number) >= Decimal(10) ** (28 - max(places, 0)) for number in numbers)


POOL = ["", "1", "-2", "−3", "1 234", "1.5", "1.234", "−1.234", "1 234.5", "1,5", "1,234", "−1,234", "1 234,5", "1e5"]
POOL += ["2025-05-31", "2025-05-31 12:00", "2025-05-31T12:00Z", "31.5.2025", "31.5.2025 klo 12.00", "30.2.2025", "true"]
POOL += ["x", "007", "1.2.3", "FALSE", "0.1234567890123456"]


@LAW
@given(
    columns=st.lists(st.lists(st.sampled_from(POOL), min_size=6, max_size=6), min_size=2, max_size=3),
    first=st.integers(0, 3),
)
@example(columns=[["1,5", "1,234"] * 3, ["x"] * 6], first=1)
@example(columns=[["", "", "", "1.5", "x", ""], ["1"] * 6], first=2)
def test_the_type_of_a_column_is_that_of_all_its_values_in_any_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: list[list[str]], first: int
) -> None:
    def found(columns: list[list[str]]) -> object:
        lines = ["|".join(str(place) for place in range(len(columns))), *("|".join(row) for row in zip(*columns))]  # noqa: B905 - they are of one length
        try:
            kinds = read(written(tmp_path, "\n".join(lines)), delimiter="|")
        except DataError as error:
            return [problem.message for problem in error.problems]
        for (_, *values), texts_of in zip(kinds.values(), columns, strict=True):
            assert [value != "" for value in values] == [text != "" for text in texts_of]
        return [[kind, *sorted(values)] for kind, *values in kinds.values()]

    monkeypatch.setattr(texts, "FIRST_ROWS", 2048)
    whole = found(columns)
    monkeypatch.setattr(texts, "FIRST_ROWS", first)
    assert found(columns) == whole
    assert found([column[::-1] for column in columns]) == whole


def test_a_single_value_after_many_makes_a_column_text(tmp_path: Path) -> None:
    lines = "".join(f"{number};{number},5;{number % 28 + 1}.5.2025\n" for number in range(5000))
    with opened(written(tmp_path, f"a;b;c\n{lines}x;;\n;y;\n;;z\n")) as frame:
        assert [str(kind) for kind in frame.to_native().types] == ["VARCHAR"] * 3
    assert [column[0] for column in read(written(tmp_path, f"a;b;c\n{lines}")).values()] == [
        "BIGINT",
        "DECIMAL(18,1)",
        "DATE",
    ]


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("1.5.2025;1,5\n\n2.5.2025;2,5\n31.2.2025;x\n", "rows.csv:5"),
        ("1.5.2025;1,5\n2025-05-02;2,5\n2.5.2025;1\n", "rows.csv:3"),
        ("1.5.2025;1,5\n\n-;2,5\n2.5.2025;1\n?;2\n", "rows.csv:4"),
        ("x;1\n01/02/2025;2\n1.5.2025;2\n", ""),
    ],
)
def test_the_value_that_makes_text_of_a_column_is_placed(tmp_path: Path, lines: str, place: str) -> None:
    made = Project(tmp_path)
    made.write("rows.csv", f"day;paid\n{lines}")
    made.write("config.toml", '[sources.rows]\ntype = "csv"\ncontent = "records"\npath = "rows.csv"\n')
    indicator = 'metric = "count_threshold"\nsource = "rows"\ndate = "day"\ntarget = ">= 1"\n'
    made.write("rules/p/plan.toml", f"{PLAN}[objective.o.indicator.i]\n{indicator}")
    run = made.evaluate()
    assert run.code == 3
    assert "'day' holds text and cannot date a row" in run.errors
    said = "a single value that is something else makes a column text, here the one at"
    assert (f"{said} {place}\n" in run.errors) == bool(place)
    assert (said in run.errors) == bool(place)


BROKEN = [
    f"name;paid\n{SECRET};1,234\n",
    f"name;paid,x\n{SECRET};1,234\n",
    f"name;paid\n{SECRET};1\n{SECRET}\n",
    f'name;paid\n"{SECRET};1\n',
    f"name;paid\n{SECRET};1\r\n{SECRET};2\n",
    f"name;paid\nä {SECRET};1,234\n",
]


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_an_error_quotes_no_value_and_leaves_nothing_behind(tmp_path: Path, text: str, encoding: str) -> None:
    content = text.encode(encoding) + "ä".encode(encoding) * ("ä" in text)
    found = problem(written(tmp_path, content), missing=["x"])
    assert SECRET.split()[0] not in f"{found} {found.hint}"
    assert "1,234" not in f"{found} {found.hint}"
    assert str(tmp_path) not in str(found)


def test_all_ambiguous_columns_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught, opened(written(tmp_path, "a;b;c\n1,234;x;\n;y;2,345\n")):
        pass
    assert [str(problem.place) for problem in caught.value.problems] == ["records.csv:2", "records.csv:3"]
    assert caught.value.__suppress_context__


def test_the_copy_of_a_file_of_windows_is_deleted_when_the_read_breaks_off(tmp_path: Path) -> None:
    file = written(tmp_path, "a;b\nä;1\n".encode("cp1252"))
    source = opened(file)
    assert table(source.__enter__()) == [("ä", 1)]
    assert list(Path(tempfile.gettempdir()).rglob("copy"))
    assert not source.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert not list(Path(tempfile.gettempdir()).iterdir())


def test_a_copy_that_cannot_be_written_is_an_error_of_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, open_as_always = written(tmp_path, "a;b\nä;1\n".encode("cp1252")), Path.open

    def full(path: Path, mode: str = "r", **options: Any) -> Any:
        if mode == "w":
            raise OSError(28, "No space left on device")
        return open_as_always(path, mode, **options)

    monkeypatch.setattr(Path, "open", full)
    assert problem(file).message == "no copy of the file in UTF-8 can be made: no space left on device"


@LAW
@given(
    content=st.one_of(
        st.binary(max_size=12),
        st.lists(st.sampled_from(["a", "\n", "ä", "€", "„", "é"]), max_size=8).map(
            lambda x: "".join(x).encode("cp1252")
        ),
        st.tuples(st.text(CP1252, max_size=4), st.text(CP1252, max_size=4)).map(
            lambda halves: halves[0].encode() + halves[1].encode("cp1252")
        ),
    ),
    block=st.integers(1, 5),
)
@example(content=b"\xc3", block=1)
@example(content="ä".encode() + b"\n\xe4", block=2)
def test_an_encoding_is_found_only_where_it_is_certain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, block: int
) -> None:
    options = {"path": str(written(tmp_path, content)), "shown_path": "records.csv"}

    def found() -> str:
        try:
            return text_files.text_encoding(options)
        except DataError as error:
            return str(error)

    whole = found()
    if whole == "utf-8-sig":
        content.decode("utf-8")
    elif whole == "cp1252":
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")
        assert content.decode("cp1252")
        assert content.decode("utf-8", "ignore").isascii()
        assert max(content) >= 0xA0
    else:
        assert whole.startswith("records.csv:")
        assert "hint: " in whole
    if len(content) > 1 and b"\0" not in content and whole != "utf-8-sig" and "UTF-16" not in whole:
        monkeypatch.setattr(text_files, "BLOCK", block)
        assert found() == whole
        monkeypatch.undo()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("told", ["", "sep=;\r\n", '"sep=;"\n'])
def test_figures_are_read_in_the_same_conventions(tmp_path: Path, encoding: str, told: str) -> None:
    text = f"{told}indicator;as_of;value;note\r\nyhteys;31.5.2025;1\u00a0234,5;myöhässä\r\nmuu;31.5.2025;..;..\r\n"
    with opened(written(tmp_path, text.encode(encoding), "figures.csv"), "figures", missing=[".."]) as figures:
        first, second = figures
    assert (first.indicator, first.as_of, first.value) == ("yhteys", "31.5.2025", "1\u00a0234,5")
    assert (first.note, second.value, second.note) == ("myöhässä", None, "..")
    assert first.place.line == 2 + bool(told)
    assert first.columns == {"indicator": 1, "as_of": 8, "value": 18, "note": 26}


def test_figures_of_two_delimiters_are_an_error(tmp_path: Path) -> None:
    file = written(tmp_path, "indicator;as_of,value\na;2025-05-31,5\n", "figures.csv")
    assert problem(file, "figures").message == "two delimiters fit equally well"


def test_a_day_is_a_day(tmp_path: Path) -> None:
    with opened(written(tmp_path, "day\n31.12.2025\n")) as frame:
        assert table(frame) == [(date(2025, 12, 31),)]
