"""What kind of values a column has, whatever engine holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import narwhals as nw

TEXTS = (nw.String, nw.Categorical, nw.Enum, nw.Unknown)
NARROW = (nw.Int8, nw.Int16, nw.Int32, nw.UInt8, nw.UInt16, nw.UInt32)
BEYOND_64_BITS = (nw.UInt64, nw.Int128, nw.UInt128)
NO_TYPE = ("NULL", "VOID")
WORDS = {
    "text": "text",
    "integer": "whole numbers",
    "decimal": "decimal numbers",
    "float": "floating-point numbers",
    "boolean": "true or false",
    "date": "dates",
    "timestamp": "times without a zone",
    "instant": "times with a zone",
    "other": "values of another kind",
    "nothing": "no values",
}
GREATEST_WHOLE = 2**63 - 1
NUMBERS = ("integer", "decimal", "float")
DATES = ("date", "timestamp", "instant")


@dataclass(frozen=True)
class Column:
    """A column: its name, and the kind of its values (a key of WORDS).

    Decimal numbers have `digits` in all, `scale` of them after the point. `size` says how values are kept:
    whole numbers `narrow` (32 bits or less) or `huge` (more than 64 bits hold), decimal numbers `huge` (more
    than 28 digits), text `coded` (as numbers); else it is empty. `zone` is the zone in which times with a
    zone are kept, `local` the zone in which their days are counted. `spelt` columns are compared with times
    and decimal numbers that are spelt out as text.
    """

    name: str
    kind: str
    digits: int = 0
    scale: int = 0
    size: str = ""
    zone: str = ""
    local: str = ""
    spelt: bool = False

    @property
    def values(self) -> nw.Expr:
        """The values, once the frame is clean."""
        return nw.col(self.name)

    @property
    def greatest(self) -> int:
        """The greatest whole number, or the greatest decimal number in units of its last decimal."""
        return 10**self.digits - 1 if self.digits else GREATEST_WHOLE


Columns = Mapping[str, Column]


def literal(value: Any, column: Column) -> Any:
    """A literal as every engine compares it with the column: of the same decimals, and in the same zone."""
    if column.spelt and isinstance(value, (datetime, Decimal)):
        return nw.lit(f"{value:f}" if isinstance(value, Decimal) else str(value)).cast(_held(column))
    if column.kind == "decimal":
        return nw.lit(value, _held(column))
    if column.kind != "instant" or not isinstance(value, datetime):
        return value
    try:
        return value.astimezone(ZoneInfo(column.zone))
    except OverflowError:
        return value.replace(tzinfo=ZoneInfo(column.zone))


def _held(column: Column) -> Any:
    """The type of a column of decimal numbers or of times."""
    return nw.Decimal(column.digits, column.scale) if column.digits else nw.Datetime(time_zone=column.zone or None)


def columns_of_frame(frame: nw.LazyFrame[Any], time_zone: str = "UTC") -> dict[str, Column]:
    """The columns of a frame by name, without reading a row."""
    # PySpark takes a time to be of the zone of the process, and gives a decimal number digits of its own
    spelt = frame.implementation.is_spark_like()
    columns = {
        name: replace(_column(name, kind, time_zone), spelt=spelt) for name, kind in frame.collect_schema().items()
    }
    return columns | {name: Column(name, "nothing") for name in _without_values(frame)}


def _without_values(frame: nw.LazyFrame[Any]) -> list[str]:
    """The columns whose type says that they have no value, a type that Narwhals does not know."""
    native = frame.to_native()
    kinds: dict[str, Any] = {}
    if frame.implementation.is_duckdb():
        kinds = dict(zip(native.columns, native.types, strict=True))
    elif frame.implementation.is_polars():
        kinds = dict(native.collect_schema())
    elif frame.implementation.is_spark_like():
        kinds = {field.name: field.dataType.typeName() for field in native.schema}
    return [name for name, kind in kinds.items() if str(kind).strip('"').upper() in NO_TYPE]


def clean(frame: nw.LazyFrame[Any], columns: Iterable[Column]) -> nw.LazyFrame[Any]:
    """The frame with not-a-number as a missing value, and categories and the like as text."""
    cleaned: list[nw.Expr] = []
    for column in columns:
        if column.kind == "float":
            number = nw.when(~column.values.is_nan()).then(column.values.cast(nw.Float64))
            cleaned.append(number.alias(column.name))
        elif column.size == "coded":
            cleaned.append(column.values.cast(nw.String))
    return frame.with_columns(cleaned) if cleaned else frame


def _column(name: str, dtype: Any, time_zone: str) -> Column:
    if dtype.is_integer():
        size = "narrow" if dtype in NARROW else "huge" if dtype in BEYOND_64_BITS else ""
        return Column(name, "integer", size=size)
    if dtype.is_float():
        return Column(name, "float")
    if dtype.is_decimal():
        size = "huge" if dtype.precision > 28 else ""
        return Column(name, "decimal", digits=dtype.precision, scale=dtype.scale, size=size)
    if dtype == nw.Datetime:
        zone = dtype.time_zone or ""
        return Column(name, "instant" if zone else "timestamp", zone=zone, local=time_zone if zone else "")
    if dtype in TEXTS:
        return Column(name, "text", size="" if dtype == nw.String else "coded")
    return Column(name, {nw.Boolean: "boolean", nw.Date: "date"}.get(type(dtype), "other"))
