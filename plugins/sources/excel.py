"""Excel workbooks (`.xlsx` and `.xlsm`): rows of cases, or figures.

They need `pip install 'objective-engine[excel]'`. The row `header_row` of the sheet names the columns; with
`header_rows = 2` that row and the next do, and their names are joined with a blank. A merged cell names all columns
that it spans. Rows without a value, and columns without a name, are left out.

The type of a column is that of all its values: text, whole numbers, decimal numbers as they are written, true and
false, dates, times. A column of text is of dates or times where every value is written as one, such as `31.5.2025`,
`2025-05-31` or `2025-05-31T12:00:00Z`. Columns in `as_text`, such as codes, are text whatever they look like.

The values of formulas are those that Excel saved last. A cell with an error such as `#N/A` or `#DIV/0!`, or with a
formula that was never calculated, is a missing value, which the report mentions. Records have a column `cell_errors`,
which names these cells of a row, as in `paid #N/A`, so that rules can count such rows or leave them out; a figure has
them in its note.

Figures need the columns `indicator` and `as_of`, and may have `value`, `numerator`, `denominator`, `note`, `by` and
`expected`.
"""

import io
import re
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from engine import (
    DataError,
    Figure,
    Note,
    Place,
    Problem,
    Source,
    check_figure_columns,
    embedded,
    existing_file,
    hookimpl,
    nearest,
)

SCHEMA = {
    "path": {"type": "path", "required": True, "meta": "the file, from the folder of the configuration"},
    "sheet": {"type": "string", "meta": "the name of the sheet; default the first"},
    "header_row": {"type": "integer", "min": 1, "default": 1, "meta": "the row of the sheet that names the columns"},
    "header_rows": {"type": "integer", "min": 1, "max": 9, "default": 1, "meta": "how many rows name the columns"},
    "as_text": {"type": "names", "default": [], "meta": "columns that are always text"},
}
ERRORS = "cell_errors"
CODE = re.compile("#[A-Z0-9/_]+[!?]?|not calculated")
EXACT = 2**53
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TYPES = {None: '"NULL"', str: "VARCHAR", bool: "BOOLEAN", time: "TIME", timedelta: "INTERVAL"}
WORDS = {str: "text", float: "a number", bool: "true or false", date: "a date", datetime: "a time"}
FINNISH = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s+(?:klo\s*)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?)?")
ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.]\d{1,6})?)?([+-]\d\d:?\d\d|Z)?)?")
MARKED = (b"<f", b":f", b'"e"', b"'e'")


@contextmanager
def open_excel(options, at):
    cells, merged, marks = _sheet(options)
    names = _names(options, cells, merged)
    first = options["header_row"] + options["header_rows"]
    _check_merged(options, merged, names, first)
    rows = {
        line: row
        for line, row in enumerate(cells[first - 1 :], first)
        if any(row[place] is not None or (line, place) in marks for place in names)
    }
    if options["content"] == "figures":
        yield _figures(options, names, rows, marks)
        return
    columns = _columns(options, names, rows)
    columns[ERRORS] = ("VARCHAR", [_errors(line, names, marks) for line in rows])
    import duckdb
    import narwhals

    with embedded(options) as connection:
        parts = (f"unnest(?::{kind}[]) AS {duckdb.ColumnExpression(name)}" for name, (kind, _) in columns.items())
        connection.execute(f"CREATE TABLE rows AS SELECT {', '.join(parts)}", [found for _, found in columns.values()])
        yield narwhals.from_native(connection.table("rows"))


def _wrong(options, message, hint, line=0):
    return DataError(Problem(message=message, place=Place(file=options["shown_path"], line=line), hint=hint))


def _sheet(options):
    """The values of all cells by row and place, the ranges of merged cells, and the marks of `_marks`."""
    try:
        from python_calamine import CalamineError, PasswordError, SheetTypeEnum, load_workbook
    except ImportError as error:
        hint = "install it with: pip install 'objective-engine[excel]'"
        raise _wrong(options, "Excel files are read with python-calamine, which is not installed", hint) from error
    existing_file(options, "an Excel file")
    try:
        book = load_workbook(options["path"])
        names = [found.name for found in book.sheets_metadata if found.typ == SheetTypeEnum.WorkSheet]
        sheet = book.get_sheet_by_name(_name_of_sheet(options, names))
        rows = sheet.to_python(skip_empty_area=False)
        cells = [[None if isinstance(cell, str) and not cell.strip() else cell for cell in row] for row in rows]
        return cells, sheet.merged_cell_ranges, _marks(options, _text_of_sheet(options["path"], sheet.name))
    except PasswordError as error:
        raise _wrong(options, "the workbook is locked with a password", "save it without a password") from error
    except (CalamineError, BadZipFile, LookupError, RuntimeError, ValueError, ElementTree.ParseError) as error:
        hint = "save it as .xlsx in Excel or LibreOffice; other kinds do not tell errors from empty cells"
        raise _wrong(options, "this is not a whole .xlsx workbook", hint) from error


def _name_of_sheet(options, names):
    name = options.get("sheet", names[0])
    if name in names:
        return name
    hint = f"{nearest(name, names, '')} the sheets are {', '.join(map(repr, names))}".strip()
    raise _wrong(options, f"there is no sheet '{name}'", hint)


def _text_of_sheet(path, name):
    """The XML of a sheet, which says what the reader leaves out."""
    with ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {relation.attrib["Id"]: relation.attrib["Target"] for relation in relations}
        sheets = {sheet.attrib["name"]: targets[sheet.attrib[RELATION]] for sheet in book.iterfind(".//{*}sheet")}
        return archive.read(sheets[name][1:] if sheets[name].startswith("/") else f"xl/{sheets[name]}")


def _marks(options, xml):
    """Why cells are empty, by row and place: the code of an error, or a formula that was never calculated."""
    marks, formulas = {}, 0
    for line, place, formula, cell in _cells_of(xml) if any(mark in xml for mark in MARKED) else ():
        kind, value = cell.get("t"), cell.findtext("{*}v")
        formulas += formula
        if kind == "e" or (kind != "str" and not value):
            marks[line, place] = value or "not calculated"
    if formulas and formulas == list(marks.values()).count("not calculated"):
        raise _wrong(options, "no formula of the sheet was ever calculated", "open and save it in Excel or LibreOffice")
    return marks


def _cells_of(xml):
    """The row (from 1) and the place in it (from 0) of each cell with a formula or an error, and its element."""
    line = 0
    for _, row in ElementTree.iterparse(io.BytesIO(xml)):
        if row.tag.endswith("}row"):
            line = int(row.get("r", line + 1))
            for place, cell in enumerate(row):
                formula = len(cell) > 0 and cell[0].tag.endswith("}f")
                if formula or cell.get("t") == "e":
                    yield line, _place(cell.get("r")) if cell.get("r") else place, formula, cell
            row.clear()  # what was read is let go, or a big sheet would fill the memory


def _place(reference):
    """The place of a column, from 0: of `A7` 0, of `AA1` 26."""
    letters = enumerate(reversed(reference.rstrip("0123456789")))
    return sum((ord(letter) - 64) * 26**power for power, letter in letters) - 1


def _names(options, cells, merged):
    """The names of the columns by their places."""
    line, first = options["header_row"], options["header_row"] - 1
    rows = [list(row) for row in cells[first : first + options["header_rows"]]]
    for (top, left), (_, right) in merged:
        if first <= top < first + len(rows):
            rows[top - first][left : right + 1] = [rows[top - first][left]] * (right + 1 - left)
    texts = [" ".join(_written(value) for value in column if value is not None) for column in zip(*rows, strict=True)]
    names = {place: " ".join(text.split()) for place, text in enumerate(texts) if text}
    if not names:
        raise _wrong(options, "there are no names of columns", "header_row says which row has them", line)
    same = [name.lower() for name in (*names.values(), ERRORS)]
    for name in (name for name in names.values() if same.count(name.lower()) > 1):
        hint = "capital letters make no difference; header_rows = 2 joins the names of two rows"
        raise _wrong(options, f"two columns are named '{name}'", hint, line)
    return names


def _check_merged(options, merged, names, first):
    """Raise DataError for merged cells below the header: all but one of them would be missing values."""
    for (top, left), (bottom, right) in merged:
        if bottom + 1 >= first and any(left <= place <= right for place in names):
            hint = "undo the merge and write the value in every cell"
            raise _wrong(options, "there are merged cells among the rows", hint, max(top + 1, first))


def _columns(options, names, rows):
    """The type in SQL and the values of each column, by its name."""
    for name in options["as_text"]:
        if name not in names.values():
            hint = nearest(name, list(names.values()), "as_text lists columns of the sheet")
            raise _wrong(options, f"there is no column '{name}'", hint, options["header_row"])
    columns = {name: {line: row[place] for line, row in rows.items()} for place, name in names.items()}
    return {name: _column(options, name, values) for name, values in columns.items()}


def _column(options, name, values):
    """The type in SQL, and the values, of a column whose values are given by row."""
    given = {line: value for line, value in values.items() if value is not None}
    first = {type(value): line for line, value in reversed(given.items())}
    for line in (line for line, value in given.items() if isinstance(value, float) and abs(value) >= EXACT):
        message = f"a number of '{name}' has more than the 15 digits that Excel keeps"
        raise _wrong(options, message, "write such numbers as text in Excel", line)
    if name in options["as_text"]:
        kind, found = "VARCHAR", {line: _written(value) for line, value in given.items()}
    elif not first.keys() - {str, date, datetime} and (kind := _kind_of_moments(given.values())):
        found = {line: _moment(value, kind) for line, value in given.items()}
    elif len(first) > 1:
        (_, other), (line, kind) = sorted((line, WORDS.get(kind, "a time of day")) for kind, line in first.items())[:2]
        message = f"the values of '{name}' are of different types: {other} above, and here {kind}"
        raise _wrong(options, message, f'correct them, or read them as text with as_text = ["{name}"]', line)
    else:
        kind, found = _numbers(given) if float in first else (TYPES[next(iter(first), None)], given)
    return kind, [found.get(line) for line in values]


def _numbers(given):
    """Whole numbers where all are, or else decimal numbers as they are written, where 38 digits hold them."""
    if all(value.is_integer() for value in given.values()):
        return "BIGINT", {line: int(value) for line, value in given.items()}
    exact = {line: Decimal(repr(value)) for line, value in given.items()}
    decimals = max(-int(value.as_tuple().exponent) for value in exact.values())
    digits = decimals + max(len(str(abs(int(value)))) for value in given.values())
    return (f"DECIMAL({28 if digits <= 28 else 38}, {decimals})", exact) if digits <= 38 else ("DOUBLE", given)


def _kind_of_moments(values):
    """The type in SQL of dates and times, also of those written as text, or None where something is neither."""
    moments = [_moment(value) for value in values]
    zones = {value.tzinfo is not None for value in moments if isinstance(value, datetime)}
    dates = any(type(value) is date for value in moments)
    if not moments or None in moments or (True in zones and (dates or False in zones)):
        return None
    return "TIMESTAMPTZ" if True in zones else "TIMESTAMP" if zones else "DATE"


def _moment(value, kind="DATE"):
    """A date or time, also one that is written as text; None for other text. Beside times a date is its midnight."""
    if isinstance(value, str):
        value = _read_moment(value.strip())
    return datetime.combine(value, time()) if kind == "TIMESTAMP" and type(value) is date else value


def _read_moment(text):
    finnish = FINNISH.fullmatch(text)
    if finnish:
        day, month, year, hour, minute, second = finnish.groups("00")
        text = f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}:{minute}:{second}" if finnish[4] else "")
    try:
        return (date if len(text) == 10 else datetime).fromisoformat(text) if ISO.fullmatch(text) else None
    except ValueError:  # such as the 31st of a month of 30 days
        return None


def _written(value):
    """A value as text: whole numbers without a point, true and false in small letters."""
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _errors(line, names, marks):
    return ", ".join(f"{name} {marks[line, place]}" for place, name in names.items() if (line, place) in marks) or None


def _figures(options, names, rows, marks):
    line, names = options["header_row"], {place: name.lower() for place, name in names.items()}
    check_figure_columns(names.values(), Place(file=options["shown_path"], line=line))
    columns = {name: place + 1 for place, name in names.items()}
    for line, row in rows.items():
        cells = {name: _plain(row[place]) for place, name in names.items() if row[place] is not None}
        texts = {name: _written(cells.get(name, "")) for name in ("indicator", "note", "by")}
        texts["note"] = "; ".join(filter(None, (texts["note"], _errors(line, names, marks))))
        where = Place(file=options["shown_path"], line=line)
        yield Figure(**{"as_of": "", **cells, **texts}, place=where, columns=columns)


def remarks(options, data):
    """How many rows have cells with errors, and which errors they are."""
    texts = [text for (text,) in data.to_native().select(ERRORS).fetchall() if text]
    if texts:
        codes = ", ".join(sorted({code for text in texts for code in CODE.findall(text)}))
        yield Note("rows that have cells with an error ({codes}): {number}", {"number": len(texts), "codes": codes})


def _plain(value):
    """A number as it is written, the day of a time, and text without blanks around it."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    return value.date() if isinstance(value, datetime) else value.strip() if isinstance(value, str) else value


@hookimpl
def engine_source():
    return Source(name="excel", contents=("records", "figures"), open=open_excel, schema=SCHEMA, remarks=remarks)
