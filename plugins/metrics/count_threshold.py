"""A number of rows, a sum of a column, or how many different values it has, in the period so far.

Months add up, so a part of the period is held against the same part of the target, and the forecast goes on
at the same pace (`run_rate`). With figures, `covers` says what one figure covers: a month, a quarter, the
period `to_date`, or a `point`, which is a level at a date and does not add up.
"""

from fractions import Fraction

from engine import Count, Distinct, Example, Measurement, Metric, Sum, Unknown, hookimpl

SCHEMA = {
    "statistic": {
        "type": "string",
        "allowed": ["count", "sum", "distinct"],
        "default": "count",
        "meta": "what is counted: rows, the sum of `column`, or its different values",
    },
    "column": {"type": "string", "meta": "the column of a sum, or of the different values"},
    "decimals": {
        "type": "integer",
        "min": 0,
        "max": 9,
        "meta": "decimals kept in a sum; needed when the column is neither integer nor decimal",
    },
    "where": {"type": "filter", "default": {}, "meta": "rows that count"},
}


def check(params, content):
    if content == "records" and params["statistic"] != "count" and "column" not in params:
        yield f"'column' is missing: the column of the {params['statistic']}"


def aggregates(params, at):
    if params["statistic"] == "count":
        return {"value": Count(params["where"])}
    if params["statistic"] == "sum":
        return {
            "value": Sum(params["column"], params["where"], params.get("decimals")),
            "rows": Count(params["where"]),
        }
    return {"value": Distinct(params["column"], params["where"])}


def measure(params, counts, at):
    if params["statistic"] == "sum":
        without = counts["rows"] - counts["value"].count
        if without == counts["rows"] > 0:
            return Unknown.missing("no row has a value to sum")
        return Measurement(value=counts["value"].value, left_out={"without_value": without} if without else {})
    # what was counted stays counted, so the value can only grow
    return Measurement(value=Fraction(counts["value"]), low=Fraction(counts["value"]))


CONTACTS = [{"company": "A", "minutes": 30}, {"company": "B", "minutes": 45}, {"company": "A", "minutes": 5}]

EXAMPLES = (
    Example(title="more than two contacts", rows=CONTACTS, target="> 2", expect="met"),
    Example(title="exactly three, more than three promised", rows=CONTACTS, target="> 3", expect="partly_met"),
    Example(title="three of four promised: attainment 0.75", rows=CONTACTS, target=">= 4", expect="not_met"),
    Example(
        title="different companies",
        params={"statistic": "distinct", "column": "company"},
        rows=CONTACTS,
        target=">= 2 companies",
        expect="met",
    ),
    Example(
        title="sum of minutes",
        params={"statistic": "sum", "column": "minutes"},
        rows=CONTACTS,
        target=">= 80 minutes",
        expect="met",
    ),
    Example(
        title="no rows are zero, not missing",
        params={"where": {"company": "C"}},
        rows=CONTACTS,
        target="<= 0",
        expect="met",
    ),
)


@hookimpl
def engine_metric():
    return Metric(
        name="count_threshold",
        units=("*",),
        kind="total",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        check=check,
        examples=EXAMPLES,
    )
