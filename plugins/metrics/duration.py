"""How many days cases take from start to end: their mean, median or a percentile.

Days are civil days, or working days of a country: those after the start, up to and with the end. The median of
an even number of cases is the mean of the middle two; a percentile is the nearest rank. Unfinished cases are left
out and counted in a remark, since they make the value look shorter than it will be.
"""

from fractions import Fraction
from math import ceil

from engine import (
    Calendar,
    Count,
    Days,
    Example,
    Measurement,
    Metric,
    Note,
    OnOrBefore,
    Unknown,
    Within,
    hookimpl,
    missing,
    wrong_country,
)

SCHEMA = {
    "start": {"type": "column", "required": True, "meta": "the first day"},
    "end": {"type": "column", "required": True, "meta": "the last day; a case without it is unfinished"},
    "statistic": {
        "type": "string",
        "allowed": ["mean", "median", "percentile"],
        "required": True,
        "meta": "what is said of the days of all cases",
    },
    "percentile": {"type": "integer", "min": 1, "max": 100, "default": 90, "meta": "which percentile"},
    "where": {"type": "filter", "default": {}, "meta": "rows that are cases"},
    "calendar": {
        "type": "string",
        "allowed": ["days", "working_days"],
        "default": "days",
        "meta": "what is counted, and the unit of the target: civil days (d), or working_days",
    },
    "country": {"type": "string", "meta": 'whose working days: an ISO code such as "FI"'},
}


def check(params, content):
    if content == "records" and params["calendar"] == "working_days":
        yield from filter(None, [wrong_country(params.get("country", ""))])


def aggregates(params, at):
    start, end, where = params["start"], params["end"], params["where"]
    done = where & OnOrBefore(end, at.as_of)
    in_order = done & Within(start, end)
    started = where & OnOrBefore(start, at.as_of)
    working = params["calendar"] == "working_days"
    return {
        "days": Days(start, end, in_order, Calendar(params["country"], at.as_of.year) if working else None),
        "unfinished": Count(started & ~OnOrBefore(end, at.as_of), dated=False),
        "end_before_start": Count(done & ~missing(start) & ~Within(start, end)),
        "without_start": Count(done & missing(start)),
    }


def measure(params, counts, at):
    days = counts["days"]
    if not days:
        return Unknown.missing("no finished cases in the period")
    unfinished = counts["unfinished"]
    return Measurement(
        value=_statistic(params, days),
        unit="d" if params["calendar"] == "days" else "working_days",
        notes=(Note("{number} unfinished cases are left out", {"number": unfinished}),) if unfinished else (),
        left_out={kind: counts[kind] for kind in ("end_before_start", "without_start") if counts[kind]},
    )


def _statistic(params, days):
    number = sum(days.values())
    if params["statistic"] == "mean":
        return Fraction(sum(day * rows for day, rows in days.items()), number)
    if params["statistic"] == "median":
        return Fraction(_ranked(days, (number + 1) // 2) + _ranked(days, number // 2 + 1), 2)
    return Fraction(_ranked(days, ceil(Fraction(params["percentile"] * number, 100))))


def _ranked(days, rank):
    """The days of the case with that rank, from 1, in order of length."""
    for day, rows in sorted(days.items()):
        rank -= rows
        if rank <= 0:
            return day
    raise ValueError("the rank is greater than the number of cases")


def _vacancies(*days):
    return [{"opened": "2025-03-01", "filled": f"2025-03-{1 + day:02}"} for day in days] + [{"opened": "2025-06-01"}]


MEDIAN = {"start": "opened", "end": "filled", "statistic": "median"}

EXAMPLES = (
    Example(
        title="the median of 9, 20 and 30", params=MEDIAN, rows=_vacancies(9, 20, 30), target="< 22 d", expect="met"
    ),
    Example(title="exactly 22 days", params=MEDIAN, rows=_vacancies(20, 24), target="< 22 d", expect="partly_met"),
    Example(
        title="a mean of 30 days",
        params=MEDIAN | {"statistic": "mean"},
        rows=_vacancies(30, 30),
        target="< 22 d",
        expect="not_met",
    ),
    Example(
        title="nine of ten within 25 days",
        params=MEDIAN | {"statistic": "percentile", "percentile": 90},
        rows=_vacancies(*range(1, 10), 30),
        target="<= 25 d",
        expect="met",
    ),
    Example(
        title="three working days over Midsummer, from 18 to 24 June 2025",
        params=MEDIAN | {"calendar": "working_days", "country": "FI"},
        rows=[{"opened": "2025-06-18", "filled": "2025-06-24"}],
        target="= 3 working_days",
        expect="met",
    ),
    Example(title="nothing finished", params=MEDIAN, rows=_vacancies(), target="< 22 d", expect="missing"),
)


@hookimpl
def engine_metric():
    return Metric(
        name="duration",
        units=("d", "working_days"),
        kind="level",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        check=check,
        date="end",
        unit_by=("calendar", {"days": "d", "working_days": "working_days"}),
        examples=EXAMPLES,
    )
