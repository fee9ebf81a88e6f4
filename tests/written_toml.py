"""TOML as people write it, in all its ways, with the place of every key noted while it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from hypothesis import strategies as st

Path = tuple[str | int, ...]
Draw = Callable[[st.SearchStrategy[Any]], Any]
BARE = re.compile("[A-Za-z0-9_-]+")
PLAIN = re.compile("[^'\x00-\x1f\x7f]*")


class Written(NamedTuple):
    """A text, the data in it, and line, column and written form of every key and list member."""

    text: str
    data: dict[str, Any]
    places: dict[Path, tuple[int, int]]
    forms: dict[Path, str]


def documents() -> st.SearchStrategy[Written]:
    """Texts with tables, dotted keys, inline tables, lists of tables, comments and text over lines."""
    return _documents()


@st.composite
def _documents(draw: Draw) -> Written:
    writer = _Writer(draw)
    data = draw(_tables())
    writer.table(data, (), ())
    return Written(writer.text, data, writer.places, writer.forms)


def _tables() -> st.SearchStrategy[dict[str, Any]]:
    keys = st.sampled_from(["a", "b", "title", "1", "-", "ä", "two words", "x.y", "", "'", '"', "\\", "#"]) | st.text(
        max_size=2
    )
    scalars = (
        st.integers(-9, 9) | st.booleans() | st.dates() | st.text(max_size=4) | st.sampled_from(["#", "a\nb", "[x]"])
    )
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3) | _rows(keys, inner),
        max_leaves=12,
    )
    return st.dictionaries(keys, values, max_size=4)


def _rows(keys: st.SearchStrategy[str], inner: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.dictionaries(keys, inner, max_size=2), min_size=1, max_size=2)


class _Writer:
    def __init__(self, draw: Draw) -> None:
        self.text = ""
        self.places: dict[Path, tuple[int, int]] = {}
        self.forms: dict[Path, str] = {}
        self._draw = draw

    def table(self, table: dict[str, Any], keys: tuple[str, ...], path: Path) -> None:
        """The pairs of a table, and after them the tables in it that have a header."""
        later = []
        for key, value in table.items():
            if self._has_header(value):
                later.append((key, value))
            else:
                self._line((key,), value, path)
        for key, value in later:
            if isinstance(value, dict):
                self._section(value, (*keys, key), (*path, key), "[]")
            for place, row in enumerate(value if isinstance(value, list) else ()):
                self._section(row, (*keys, key), (*path, key, place), "[[]]")

    def _has_header(self, value: Any) -> bool:
        rows = isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)
        return (isinstance(value, dict) or rows) and self._any(True, False)

    def _section(self, table: dict[str, Any], keys: tuple[str, ...], path: Path, brackets: str) -> None:
        only_tables = bool(table) and all(isinstance(value, dict) for value in table.values())
        if brackets == "[]" and only_tables and self._any(True, False):
            for key, value in table.items():  # its header may be left out
                self._section(value, (*keys, key), (*path, key), "[]")
            return
        self._filler()
        half = len(brackets) // 2
        self.text += brackets[:half] + self._any("", " ")
        written = self._key(keys)
        for length in range(1, len(path) + 1):
            if isinstance(path[length - 1], str) or length == len(path):
                self._mark(path[:length], written)
        self.text += written + self._any("", " ") + brackets[half:] + self._any("", " # c") + "\n"
        self.table(table, keys, path)

    def _line(self, keys: tuple[str, ...], value: Any, path: Path) -> None:
        """One pair, or, for a table with dotted keys, one for each of its pairs."""
        if isinstance(value, dict) and value and self._any(True, False):
            for key, member in value.items():
                self._line((*keys, key), member, path)
            return
        self._filler()
        self._pair(keys, value, path, many_lines=True)
        self.text += self._any("", " # c = 1") + "\n"

    def _pair(self, keys: tuple[str, ...], value: Any, path: Path, many_lines: bool) -> None:
        written = self._key(keys)
        for length in range(1, len(keys) + 1):
            self._mark((*path, *keys[:length]), written)
        self.text += written + self._any("=", " = ")
        self._value(value, (*path, *keys), many_lines)

    def _value(self, value: Any, path: Path, many_lines: bool) -> None:
        if isinstance(value, dict):
            self._inline(value, path)
        elif isinstance(value, list):
            self._list(value, path, many_lines)
        else:
            self.text += self._scalar(value, many_lines)

    def _inline(self, table: dict[str, Any], path: Path) -> None:
        self.text += "{"
        for number, (key, value) in enumerate(table.items()):
            self.text += ", " if number else " "
            self._pair((key,), value, path, many_lines=False)
        self.text += "}"

    def _list(self, members: list[Any], path: Path, many_lines: bool) -> None:
        self.text += "["
        for place, member in enumerate(members):
            self.text += self._any("", " ", "\n  ", " # c\n") if many_lines else ""
            form = "{" if isinstance(member, dict) else "[" if isinstance(member, list) else ""
            self._mark((*path, place), form)
            self._value(member, (*path, place), many_lines)
            self.text += "," if place + 1 < len(members) else ""
        self.text += self._any("", "\n", ",\n" if members else "") if many_lines else ""
        self.text += "]"

    def _scalar(self, value: Any, many_lines: bool) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return value.isoformat() if isinstance(value, date) else str(value)
        forms = [_quoted(value)]
        if PLAIN.fullmatch(value):
            forms.append(f"'{value}'")
        if many_lines:
            forms.append('"""\n' + "\n".join(_quoted(line)[1:-1] for line in value.split("\n")) + '"""')
        return str(self._any(*forms))

    def _key(self, keys: Iterable[str]) -> str:
        return str(self._any(".", " . ")).join(self._any(*_key_forms(key)) for key in keys)

    def _filler(self) -> None:
        self.text += self._any("", "", "\n", "# [a] b = 1\n") + self._any("", "  ", "\t")

    def _mark(self, path: Path, written: str) -> None:
        if path not in self.places:
            line = self.text.rpartition("\n")[2]
            self.places[path] = (self.text.count("\n") + 1, len(line) + 1)
            self.forms[path] = written

    def _any(self, *choices: Any) -> Any:
        return self._draw(st.sampled_from(choices))


def _key_forms(key: str) -> list[str]:
    forms = [_quoted(key)]
    if PLAIN.fullmatch(key):
        forms.append(f"'{key}'")
    if BARE.fullmatch(key):
        forms.append(key)
    return forms


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
