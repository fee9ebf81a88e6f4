"""Columns of text, read as what all their values are: numbers, dates and times as Finns and as programs write them.

Each value has a shape, one query tells which shapes a column has, and these alone decide its type. Nothing is
guessed: what countries read in two ways stays text, or is an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

Shapes = frozenset[str]

DIGITS, GROUPS = "(?:0|[1-9][0-9]{0,17}|[1-8][0-9]{18})", "[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3}){1,5}"
ISO, FINNISH = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}"
TIME = "[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?"


def _decimals(sign: str) -> dict[str, str]:
    return {
        f"{sign} or group": f"[-−–]?[1-9][0-9]{{0,2}}[{sign}][0-9]{{3}}",
        sign: f"-?{DIGITS}?[{sign}][0-9]{{1,15}}",
        f"marked {sign}": f"[-−–]?(?:{GROUPS}|{DIGITS})?[{sign}][0-9]{{1,15}}",
    }


# A value has the first shape that fits, or none: then it is text. `marked` are numbers in groups or with a long minus.
SHAPES = {
    "whole": f"-?{DIGITS}",
    "marked whole": f"[-−–]?(?:{GROUPS}|{DIGITS})",
    **_decimals("."),
    **_decimals(","),
    "float": f"-?{DIGITS}?[.][0-9]{{16,40}}|-?{DIGITS}(?:[.][0-9]{{1,40}})?[eE][-+]?[0-9]{{1,2}}",
    "iso date": ISO,
    "iso time": f"{ISO}[T ]{TIME}",
    "iso time with zone": f"{ISO}[T ]{TIME}(?:Z|[-+][0-9]{{2}}(?::?[0-9]{{2}})?)",
    "finnish date": FINNISH,
    "finnish time": f"{FINNISH} (?:klo )?[0-9]{{1,2}}[.:][0-9]{{2}}(?:[.:][0-9]{{2}})?",
    "truth": "true|false|True|False|TRUE|FALSE",
}
TEXT = "text"
FINNISH_TIMES = (
    "strptime(replace(replace({}, ' klo', ''), ':', '.'), ['%d.%m.%Y %H.%M.%S', '%d.%m.%Y %H.%M', '%d.%m.%Y'])"
)
POSSIBLE = {
    "iso date": "TRY_CAST({} AS DATE)",
    "iso time": "TRY_CAST({} AS TIMESTAMP)",
    "iso time with zone": "TRY_CAST({} AS TIMESTAMPTZ)",
    "finnish date": "try_strptime({}, '%d.%m.%Y')",
    "finnish time": f"try_{FINNISH_TIMES}",
}
"""The day or time that a value of the shape is; null when no calendar or clock has it, such as 31.2.2025."""
DATES = {
    "iso": {
        "CAST({} AS DATE)": {"iso date"},
        "CAST({} AS TIMESTAMP)": {"iso date", "iso time"},
        "CAST({} AS TIMESTAMPTZ)": {"iso time with zone"},
    },
    "finnish": {
        "CAST(strptime({}, '%d.%m.%Y') AS DATE)": {"finnish date"},
        FINNISH_TIMES: {"finnish date", "finnish time"},
    },
}
WHOLES = {"whole", "marked whole"}
CERTAIN = {".": {".", "marked .", "float"}, ",": {",", "marked ,"}}
"""Numbers whose sign can only be a decimal sign."""
NUMBERS = {sign: {*WHOLES, *shapes, f"{sign} or group"} for sign, shapes in CERTAIN.items()}
FAMILIES: dict[str, set[str]] = {
    "number": NUMBERS["."] | NUMBERS[","],
    **{name: set().union(*forms.values()) for name, forms in DATES.items()},
    "truth": {"truth"},
}
DECIMALS = "max(length({0})), max(length(rtrim({0})) - nullif(greatest(instr({0}, '.'), instr({0}, ',')), 0))"
FIRST_ROWS = 200


class AmbiguityError(ValueError):
    """Numbers can be read in two ways; `columns` has, by the name of each column, the pattern of such values."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        super().__init__(f"numbers that can be read in two ways: {', '.join(columns)}")
        self.columns = dict(columns)


def typed(
    rows: DuckDBPyRelation,
    *,
    decimal: str = "",
    likely: str = ".",
    date_format: str = "",
    as_text: Collection[str] = (),
) -> DuckDBPyRelation:
    """Columns of text as columns of the types that all their values have; all values are read for that.

    `decimal` is the only decimal sign and `date_format`, `iso` or `finnish`, the only form of dates; both are
    found for each column when they are empty. `likely` is the decimal sign of those who write such a file; the
    other one is in doubt until a number shows that it is a decimal sign. Columns in `as_text` stay as they are.
    A column without values becomes one of DuckDB's type "NULL". Raises AmbiguityError.
    """
    found = _shapes(rows, {**_first_shapes(rows), **dict.fromkeys(as_text, frozenset({TEXT}))})
    if not decimal and (ambiguous := dict(_ambiguous(found, likely))):
        raise AmbiguityError(ambiguous)
    signs, formats = [decimal] if decimal else [*NUMBERS], [date_format] if date_format else [*DATES]
    readings = {name: _reading(shapes, signs, formats) for name, shapes in found.items()}
    sizes = _sizes(rows, [name for name, reading in readings.items() if "DECIMAL" in reading])
    return rows.project(
        ", ".join(
            f"{reading.format(_quoted(name), size=sizes.get(name))} AS {_quoted(name)}"
            for name, reading in readings.items()
        )
    )


def family(value: str) -> str:
    """What a value is by itself: `number`, `truth`, a date as `iso` or `finnish`, or `text`."""
    shape = _shape(value)
    found = next((name for name, shapes in FAMILIES.items() if shape in shapes), TEXT)
    return TEXT if found in DATES and not _is_day(value, found) else found


def _is_day(value: str, form: str) -> bool:
    """True when a calendar has the day that a value in the form of a date begins with."""
    first, month, last = map(int, re.findall("[0-9]+", value)[:3])
    try:
        date(first, month, last) if form == "iso" else date(last, month, first)
    except ValueError:
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_shapes(rows: DuckDBPyRelation) -> dict[str, Shapes]:
    """The shapes that the first rows have, found without the database, to which every pattern is new."""
    columns = zip(*rows.limit(FIRST_ROWS).fetchall(), strict=True)
    found = [frozenset(_shape(value) for value in set(values) if value is not None) for values in columns]
    return dict(zip(rows.columns, found or [frozenset()] * len(rows.columns), strict=True))


def _shape(value: str) -> str:
    return next((shape for shape, pattern in SHAPES.items() if re.fullmatch(_padded(pattern), value)), TEXT)


def _shapes(rows: DuckDBPyRelation, known: Mapping[str, Shapes]) -> dict[str, Shapes]:
    """The shapes that each column has, in one read. `known` are those of its first values."""
    query = ", ".join(_bits(shapes).format(_quoted(name)) for name, shapes in known.items())
    found = rows.aggregate(query).fetchall()[0]
    return {
        name: frozenset(shape for place, shape in enumerate((TEXT, *SHAPES)) if (bits or 0) >> place & 1)
        for name, bits in zip(known, found, strict=True)
    }


def _bits(known: Shapes) -> str:
    """The SQL for the shapes of a column, each a bit; of text it is only asked whether there is any.

    The shapes of the first values are tried first, which is faster, and none that makes text of the column
    with them. Then values may be counted under a more general shape that others surely have, or as text in
    a column of text, which decides nothing.
    """
    families = [shapes for shapes in FAMILIES.values() if known & shapes or not known]
    if TEXT in known or (known and len(families) > 1):
        return "max(CASE WHEN {0} IS NOT NULL THEN 1 END)"
    possible = [shape for shape in SHAPES if any(shape in shapes for shapes in families)]
    possible.sort(key=lambda shape: shape not in known)
    tests = " ".join(f"WHEN {_test(shape)} THEN {2 << [*SHAPES].index(shape)}" for shape in possible)
    return f"bit_or(CASE WHEN {{0}} IS NULL THEN NULL {tests} ELSE 1 END)"


def _test(shape: str) -> str:
    pattern = _padded(SHAPES[shape]).replace("{", "{{").replace("}", "}}")
    fits = f"regexp_full_match({{0}}, '{pattern}')"
    return f"{fits} AND {POSSIBLE[shape].format('{0}')} >= '0001-01-01'" if shape in POSSIBLE else fits


def _padded(pattern: str) -> str:
    return f" *(?:{pattern}) *"


def _ambiguous(found: Mapping[str, Shapes], likely: str) -> Iterator[tuple[str, str]]:
    """The columns whose sign may stand between groups of three, and the pattern of such values.

    A comma is a decimal sign when the column or another one has it where groups cannot have it. A point is
    one, too, where it is likely and no other column has decimal commas.
    """
    seen = {
        sign for sign, shapes in CERTAIN.items() if any(of <= NUMBERS[sign] and of & shapes for of in found.values())
    }
    doubtful = {",": "," not in seen, ".": "," in seen or (likely == "," and "." not in seen)}
    for name, shapes in found.items():
        for sign in doubtful:
            either = f"{sign} or group"
            if doubtful[sign] and either in shapes and shapes <= NUMBERS[sign] - CERTAIN[sign]:
                yield name, _padded(SHAPES[either])


def _reading(shapes: Shapes, signs: Collection[str], formats: Collection[str]) -> str:
    """The SQL that reads the values of a column, which it names `{}`."""
    if not shapes:
        return "NULL"
    if shapes == {"truth"}:
        return "CAST({} AS BOOLEAN)"
    for name in formats:
        for reading, readable in DATES[name].items():
            if shapes <= readable:
                return reading
    return _number(shapes) if any(shapes <= NUMBERS[sign] for sign in signs) else "{}"


def _number(shapes: Shapes) -> str:
    value = "{}"
    if shapes - {"whole", ".", ",", "float"}:
        value = f"regexp_replace(regexp_replace({value}, '[ \u00a0\u202f]', '', 'g'), '[−–]', '-')"
    if shapes <= WHOLES:
        return f"CAST({value} AS BIGINT)"
    value = f"replace({value}, ',', '.')"
    return f"CAST({value} AS {'DOUBLE' if 'float' in shapes else 'DECIMAL({size})'})"


def _sizes(rows: DuckDBPyRelation, names: Sequence[str]) -> dict[str, str]:
    """The digits in all, and the decimals, that hold all numbers of the columns, in one more read."""
    if not names:
        return {}
    query = ", ".join(DECIMALS.format(_quoted(name)) for name in names)
    found = rows.aggregate(query).fetchall()[0]
    return {
        name: f"{next((digits for digits in (18, 28) if length + decimals <= digits), 38)}, {decimals}"
        for name, length, decimals in zip(names, found[::2], found[1::2], strict=True)
    }
