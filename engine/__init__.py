"""The public API of plugin authors: everything that a plugin may import.

It is light: a name is imported when it is first used, and nothing here opens data or prints a report.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.aggregates import Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Units, Values
    from engine.calendars import Calendar, wrong_country
    from engine.contracts import Combiner, Example, Forecaster, Member, Metric, Reporter, Series, Source
    from engine.database import embedded
    from engine.errors import DataError, Place, Problem, Unreachable, nearest
    from engine.figure_rows import check_figure_columns, figures
    from engine.filters import Filter, OnOrBefore, Passed, Within, missing
    from engine.hookspecs import hookimpl
    from engine.model import At, Cover, Figure, Measurement, Note, Reason, Status, Unknown
    from engine.periods import Limit
    from engine.source_files import existing_file, unreadable
    from engine.target import Target
    from engine.text_files import in_utf_8, text_encoding
    from engine.texts import AmbiguityError, family, typed

__all__ = [
    "AmbiguityError",
    "At",
    "Calendar",
    "Combiner",
    "Count",
    "Cover",
    "DataError",
    "Days",
    "Distinct",
    "Example",
    "Figure",
    "Filter",
    "Forecaster",
    "Limit",
    "Max",
    "Measurement",
    "Member",
    "Metric",
    "Min",
    "Note",
    "Occurring",
    "OnOrBefore",
    "Passed",
    "Place",
    "Problem",
    "Reason",
    "Reporter",
    "Series",
    "Source",
    "Status",
    "Sum",
    "Target",
    "Total",
    "Units",
    "Unknown",
    "Unreachable",
    "Values",
    "Within",
    "check_figure_columns",
    "embedded",
    "existing_file",
    "family",
    "figures",
    "hookimpl",
    "in_utf_8",
    "missing",
    "nearest",
    "text_encoding",
    "typed",
    "unreadable",
    "wrong_country",
]

HOMES = {
    "aggregates": "Count Days Distinct Max Min Occurring Sum Total Units Values",
    "calendars": "Calendar wrong_country",
    "contracts": "Combiner Example Forecaster Member Metric Reporter Series Source",
    "database": "embedded",
    "errors": "DataError Place Problem Unreachable nearest",
    "figure_rows": "check_figure_columns figures",
    "filters": "Filter OnOrBefore Passed Within missing",
    "hookspecs": "hookimpl",
    "model": "At Cover Figure Measurement Note Reason Status Unknown",
    "periods": "Limit",
    "source_files": "existing_file unreadable",
    "target": "Target",
    "text_files": "in_utf_8 text_encoding",
    "texts": "AmbiguityError family typed",
}


def __getattr__(name: str) -> Any:
    for module, names in HOMES.items():
        if name in names.split():
            value = getattr(import_module(f"engine.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'engine' has no attribute '{name}'")
