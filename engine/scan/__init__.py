"""The scan: all aggregates that are asked of one source, answered by as few grouped reads as possible.

    request     what is asked                      columns      what kind of values a column has
    normal      conditions in the form of a read   cutoffs      days as the values that a column holds
    overlap     conditions that exclude each other simple       conditions without what is said twice
    ranges      conditions on ranges of a column   expressions  conditions as expressions on a frame
    dates       civil days as expressions          sums         exact sums as expressions
    buckets     ranges of one column as one key    counting     rows that meet conditions, as sums
    signature   what tells the rows of a read apart
    plan        requests shared out into reads     layout       the columns of one read
    read        one read                           fold         its cells as summaries
    query       a read in the engine's own words
    run         all reads of a scan                checks       what is wrong with requests

Rows are counted by the data frame's own engine; only cells (row counts for each combination of keys)
come to Python. `scan` and `check` load a data frame library, the other names do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.scan.request import CELL_LIMIT, Grain, OnRead, Reading, Request

if TYPE_CHECKING:
    from engine.scan.checks import check
    from engine.scan.run import scan

__all__ = ["CELL_LIMIT", "Grain", "OnRead", "Reading", "Request", "check", "scan"]


def __getattr__(name: str) -> Any:
    """Load what needs a data frame library when it is first asked for."""
    if name == "scan":
        from engine.scan.run import scan

        return scan
    if name == "check":
        from engine.scan.checks import check

        return check
    raise AttributeError(f"module 'engine.scan' has no attribute '{name}'")
