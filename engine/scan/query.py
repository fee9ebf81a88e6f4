"""What the engine of a data frame was asked, in its own language, for people who want to see it."""

from __future__ import annotations

import re
from typing import Any

import narwhals as nw

PASSING = re.compile(r"unnamed_relation_[0-9a-f]+")
"""Names that DuckDB gives, others at every run."""


def query(frame: nw.LazyFrame[Any]) -> str:
    """The query behind a frame: SQL where the engine speaks it, else the engine's own plan of what it did."""
    native, kind = frame.to_native(), frame.implementation
    if kind.is_duckdb():
        return PASSING.sub("rows", str(native.sql_query()))
    if kind.is_ibis():
        import ibis

        return str(ibis.to_sql(native))
    if kind.is_pyspark():
        return str(native._jdf.queryExecution().optimizedPlan().toString())
    if kind.is_pyspark_connect():
        return str(native._explain_string(extended=True))
    return str(native.explain()) if kind.is_polars() else ""
