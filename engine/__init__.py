"""The public API of plugin authors: everything that a plugin may import.

It is light: nothing here opens data, prints a report or draws in a data frame library.
"""

from engine.aggregates import Count, Days, Distinct, Max, Min, Occurring, Sum, Total, Units, Values
from engine.contracts import Combiner, Example, Forecaster, Member, Metric, Reporter, Series, Source
from engine.errors import DataError, Place, Problem
from engine.filters import Filter, OnOrBefore, Passed, Within, missing
from engine.hookspecs import hookimpl
from engine.model import At, Cover, Figure, Measurement, Note, Reason, Status, Unknown
from engine.periods import Limit
from engine.target import Target

__all__ = [
    "At",
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
    "Values",
    "Within",
    "hookimpl",
    "missing",
]
