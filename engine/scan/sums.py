"""Exact sums: every value as a whole number, in parts that no engine's sum can overflow.

A value is scaled to a whole number of its last decimal and split into a multiple of 2**32 and a rest.
Each part fits 32 bits, so 64 bits hold its sum over 2**31 rows. Decimal numbers are summed as they are,
when 38 digits hold their sum over 10**10 rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import narwhals as nw

from engine.scan.columns import Column, literal

HALF = 2**32
EXACT_FLOATS = 2.0**53
EXACT_WHOLES = 2**62
DIGITS = 28
WRITTEN = r"^[+-]?[0-9]{1,15}([.][0-9]{1,15}|,([0-9]{1,2}|[0-9]{4,15}))?$"
"""A number as text; a comma with three digits after it can be read in two ways."""


@dataclass(frozen=True, slots=True)
class Summed:
    """What to sum for each row, as expressions.

    `unfit` is 1 for a value that cannot be summed exactly, `fit` is 1 for one that can. The sum is that
    of the parts, each times its weight, divided by 10**scale.
    """

    scale: int
    unfit: nw.Expr
    fit: nw.Expr
    parts: tuple[tuple[int, nw.Expr], ...]


def summed(column: Column, decimals: int | None) -> Summed:
    """How to sum a column of numbers, or of text that holds numbers, with so many decimals."""
    values, scale = _summable(column, decimals)
    return Summed(
        scale=0 if column.kind in ("integer", "decimal") else scale,
        unfit=one_if(~column.values.is_null() & values.is_null()),
        fit=one_if(~values.is_null()),
        parts=_parts(column, values),
    )


def one_if(condition: nw.Expr, one: int = 1) -> nw.Expr:
    """The number where the condition holds, elsewhere 0, in 64 bits: engines take small numbers for 32 bits."""
    return nw.when(condition).then(nw.lit(one, nw.Int64)).otherwise(nw.lit(0, nw.Int64))


def _summable(column: Column, decimals: int | None) -> tuple[nw.Expr, int]:
    """The values that can be summed exactly, and null for the others; and their decimals."""
    if column.kind == "integer":
        values = column.values
        if column.size == "huge":
            values = _inside(values, -EXACT_WHOLES, EXACT_WHOLES)
        return values.cast(nw.Int64), 0
    if column.kind == "decimal":
        if column.size != "huge":
            return column.values, column.scale
        low, high = (literal(Decimal(f"{sign}1{'0' * DIGITS}E-{column.scale}"), column) for sign in ("-", ""))
        return _inside(column.values, low, high), column.scale
    numbers = column.values if column.kind == "float" else _read(column.values)
    return _rounded(_inside(numbers * 10.0 ** (decimals or 0), -EXACT_FLOATS, EXACT_FLOATS)), decimals or 0


def _inside(values: nw.Expr, low: Any, high: Any) -> nw.Expr:
    return nw.when((values > low) & (values < high)).then(values)


def _read(texts: nw.Expr) -> nw.Expr:
    written = nw.when(texts.str.contains(WRITTEN)).then(texts)
    return written.str.replace_all(",", ".", literal=True).cast(nw.Float64)


def _rounded(numbers: nw.Expr) -> nw.Expr:
    """Floats to the nearest whole number, halves away from zero, alike in every engine."""
    whole = numbers.floor()
    rest = numbers - whole
    upward = (rest > 0.5) | ((rest == 0.5) & (numbers > 0))
    return whole.cast(nw.Int64) + one_if(upward)


def _parts(column: Column, values: nw.Expr) -> tuple[tuple[int, nw.Expr], ...]:
    if column.kind == "decimal" or column.size == "narrow":
        return ((1, values),)
    rest = values % nw.lit(HALF, nw.Int64)
    multiple = ((values - rest) / HALF).cast(nw.Int64)  # true division of a multiple is exact
    return ((HALF, multiple), (1, rest))
