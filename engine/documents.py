"""TOML documents: read with every mistake placed, and with the line and column of every key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine.errors import Place, Problem, RulesError

POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
HINTS = (
    ("Invalid initial character for a key part", "an inline table { … } may not span lines in TOML"),
    ("Expected '=' after a key", "write key = value"),
    ("Cannot overwrite a value", "a key is given twice; a table and a dotted key such as title.sv exclude each other"),
    ("Cannot mutate immutable namespace", "an inline table { … } and a dotted key such as title.sv exclude each other"),
    ("Cannot declare", "a table is written twice"),
    ("Illegal character '\\n'", "text between single quotation marks ends on its line"),
    ("Invalid value", "text is written between quotation marks, dates as 2025-05-31, and numbers with a '.'"),
)


@dataclass
class Document:
    """A TOML file that was read: its data, and where each key stands. `name` is the file as users see it."""

    name: str
    text: str
    data: dict[str, Any]
    _positions: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict)

    def place(self, path: tuple[str | int, ...] = ()) -> Place:
        """Where the key at the end of the path stands, or the nearest key around it."""
        if not self._positions:
            from engine.positions import positions  # only mistakes and explanations need it

            self._positions = positions(self.text)
        for length in range(len(path), 0, -1):
            if path[:length] in self._positions:
                line, column = self._positions[path[:length]]
                return Place(file=self.name, line=line, column=column)
        return Place(file=self.name, line=1, column=1)

    def has(self, path: tuple[str | int, ...]) -> bool:
        """True when the path leads to a key of this document."""
        here: Any = self.data
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True


def read_document(file: Path, name: str) -> Document:
    """Read a TOML file. Raises RulesError that says what is wrong and where."""
    text = read_text(file, name)
    try:
        return Document(name, text, tomllib.loads(text, parse_float=Decimal))
    except (ValueError, ArithmeticError) as error:
        raise RulesError(_explained(error, text, name)) from error
    except RecursionError as error:
        raise RulesError(Problem(message="brackets are nested too deeply", place=Place(file=name))) from error


def read_text(file: Path, name: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises RulesError."""
    place = Place(file=name)
    try:
        raw = file.read_bytes()
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except IsADirectoryError as error:
        raise RulesError(Problem(message="this is a folder", place=place, expected="a file")) from error
    except FileNotFoundError as error:
        raise RulesError(Problem(message="there is no such file", place=place)) from error
    except OSError as error:
        raise RulesError(Problem(message=f"cannot be read: {error.strerror}", place=place)) from error
    except UnicodeDecodeError as error:
        raise RulesError(undecodable(error, raw, name)) from error


def undecodable(error: UnicodeDecodeError, raw: bytes, name: str) -> Problem:
    """What to say of a file whose bytes are not UTF-8."""
    before = raw[: error.start]
    line_start = before.rfind(b"\n") + 1
    place = Place(
        file=name, line=before.count(b"\n") + 1, column=len(before[line_start:].decode("utf-8", "replace")) + 1
    )
    hint = "save the file as UTF-8 (it may be in latin-1 or cp1252 now)"
    if b"\0" in raw:
        hint = "this is not a text file"
    return Problem(
        message=f"the byte 0x{raw[error.start]:02x} is not UTF-8", place=place, expected="text in UTF-8", hint=hint
    )


def _at(text: str, line: int, column: int) -> str:
    """The character at a place, or nothing."""
    lines = text.split("\n")
    return lines[line - 1][column - 1 : column] if line <= len(lines) else ""


def _explained(error: Exception, text: str, name: str) -> Problem:
    message = str(error)
    found = POSITION.search(message)
    line, column = (int(found[1]), int(found[2])) if found and found[1] else (text.count("\n") + 1, 1)
    message = POSITION.sub("", message)
    if not isinstance(error, tomllib.TOMLDecodeError):
        message, line, column = "a number or date is out of range", 1, 0
    hint = next((hint for beginning, hint in HINTS if message.startswith(beginning)), "")
    letter = _at(text, line, column)
    if letter.isalpha() and not letter.isascii() and ("key" in message or "declaration" in message):
        hint = 'a name with other letters than a to z stands between quotation marks: "määrä" = 1'
    return Problem(
        message=f"invalid TOML: {message[:1].lower()}{message[1:]}",
        place=Place(file=name, line=line, column=column),
        hint=hint,
    )
