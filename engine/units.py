"""Reading lists of names and of units, as rules and configuration write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.aggregates import Units, UnitsFrom
from engine.filters import parse_filter
from engine.numbers import shown

Path = tuple[str | int, ...]


class UnitsError(ValueError):
    """The value is no list of units; `path` leads to what is wrong."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path


def read_units(value: Any) -> Units | UnitsFrom:
    """Read a list of units, or where they come from. Raises UnitsError or FilterError."""
    if isinstance(value, Mapping):
        unknown = [key for key in value if key not in ("source", "column", "where")]
        if unknown:
            raise UnitsError(f"unknown key '{unknown[0]}'", (unknown[0],))
        if not all(isinstance(value.get(key), str) for key in ("source", "column")):
            raise UnitsError('units from a source are written { source = "…", column = "…" }')
        return UnitsFrom(value["source"], value["column"], parse_filter(value.get("where", {}), ("where",)))
    if not isinstance(value, list) or not value:
        raise UnitsError("the list of units is empty" if value == [] else f"{shown(value)} is not a list of units")
    return Units(tuple(read_names(value)))


def read_names(value: list[Any]) -> list[str]:
    """Read a list of names. Raises UnitsError."""
    for place, name in enumerate(value):
        if not isinstance(name, str) or not name.strip():
            raise UnitsError(f"{shown(name)} is not a name", (place,))
        if name in value[:place]:
            raise UnitsError(f"'{name}' is in the list twice", (place,))
    return value
