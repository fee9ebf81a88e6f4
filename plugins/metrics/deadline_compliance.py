"""Share of cases that were done within their time limit, in per cent.

At the end of the day of the evaluation every case is done in time, done late, overdue, or open and not yet
due. The share is taken over the cases whose deadline has passed: in time / (in time + late + overdue). A case
that is done before a deadline that still lies ahead counts only in the bounds; counting it would favour quick
cases. `basis = "completed"` takes the share of all that are done instead, as many publishers do.

A limit is counted in civil days or months, or in working days of a country. With `shift_to_working_day` a
deadline in civil days or months that falls on a day off moves to the next working day.

A case without a start, or with an end before its start, is a data error: it is left out and counted.
"""

from fractions import Fraction

from engine import (
    Calendar,
    Count,
    Example,
    Measurement,
    Metric,
    Note,
    OnOrBefore,
    Passed,
    Unknown,
    Within,
    hookimpl,
    missing,
    wrong_country,
)

SCHEMA = {
    "start": {"type": "column", "required": True, "meta": "the day from which the limit is counted"},
    "end": {"type": "column", "required": True, "meta": "the day on which the case was done"},
    "within": {"type": "limit", "required": True, "meta": 'the limit: "< 30 d" (day 30 is late), "<= 3 months"'},
    "where": {"type": "filter", "default": {}, "meta": "rows that are cases"},
    "basis": {
        "type": "string",
        "allowed": ["passed", "completed"],
        "default": "passed",
        "meta": "over cases whose deadline has passed, or over all that are done",
    },
    "calendar": {
        "type": "string",
        "allowed": ["days", "working_days"],
        "default": "days",
        "meta": "what the limit is counted in: civil days and months, or working days",
    },
    "country": {"type": "string", "meta": 'whose working days: an ISO code such as "FI"'},
    "shift_to_working_day": {
        "type": "boolean",
        "default": False,
        "meta": "a deadline on a Saturday, Sunday or public holiday moves to the next working day",
    },
}


def check(params, content):
    limit, working, shift = params.get("within"), params["calendar"] == "working_days", params["shift_to_working_day"]
    if limit and limit.unit == "working_days" and not working:
        yield "'within' is in working days: write calendar = 'working_days' and whose, such as country = 'FI'"
    if limit and limit.unit == "months" and working:
        yield "months are not counted in working days: write 'within' in working_days"
    if working and shift:
        yield "a deadline in working days never falls on a day off: leave 'shift_to_working_day' out"
    if content == "records" and (working or shift):
        yield from filter(None, [wrong_country(params.get("country", ""))])


def _limit(params, at):
    """The limit, with the calendar by which it is counted or moved."""
    limit, working = params["within"], params["calendar"] == "working_days"
    if not working and not params["shift_to_working_day"]:
        return limit
    calendar = Calendar(params["country"], at.as_of.year)
    return limit._replace(unit="working_days" if working else limit.unit, calendar=calendar)


def aggregates(params, at):
    start, end, limit = params["start"], params["end"], _limit(params, at)
    started = params["where"] & OnOrBefore(start, at.as_of)
    reverse = ~missing(end) & ~Within(start, end)
    case = started & ~reverse
    done = OnOrBefore(end, at.as_of)
    in_time = case & done & Within(start, end, limit)
    passed = Passed(start, limit, at.as_of)
    return {
        "cases": Count(case),
        "done": Count(case & done),
        "in_time": Count(in_time),
        "passed": Count(case & passed),
        "passed_in_time": Count(in_time & passed),
        "end_before_start": Count(started & reverse),
        "without_start": Count(params["where"] & missing(start), dated=False),
    }


def measure(params, counts, at):
    cases, in_time = counts["cases"], counts["in_time"]
    if not cases:
        return Unknown.missing("no cases in the period")
    completed = params["basis"] == "completed"
    over = counts["done"] if completed else counts["passed"]
    if not over:
        return Unknown.not_due("no case is done yet" if completed else "no deadline has passed yet")
    ahead = (cases - counts["passed"]) - (in_time - counts["passed_in_time"])
    return Measurement.share(
        in_time if completed else counts["passed_in_time"],
        over,
        low=Fraction(100 * in_time, cases),
        high=Fraction(100 * (in_time + ahead), cases),
        notes=(Note("share of all completed cases"),) if completed else (),
        left_out={kind: counts[kind] for kind in ("end_before_start", "without_start") if counts[kind]},
    )


def _cases(in_time, late, overdue, ahead):
    """Cases at the end of 30 June, with a limit of 30 days."""
    return (
        [{"asked": "2025-03-01", "answered": "2025-03-11"}] * in_time
        + [{"asked": "2025-03-01", "answered": "2025-05-01"}] * late
        + [{"asked": "2025-04-01"}] * overdue
        + [{"asked": "2025-06-20"}] * ahead
    )


def _answered(asked, *days):
    return [{"asked": asked, "answered": day} for day in days]


PARAMS = {"start": "asked", "end": "answered", "within": "<= 30 d"}

EXAMPLES = (
    Example(title="four of five in time", params=PARAMS, rows=_cases(4, 1, 0, 3), target=">= 80 %", expect="met"),
    Example(
        title="50 in time, 10 late, 5 overdue, 35 ahead: 76.9 %",
        params=PARAMS,
        rows=_cases(50, 10, 5, 35),
        target=">= 80 %",
        expect="partly_met",
    ),
    Example(
        title="the same over completed cases: 83.3 %",
        params=PARAMS | {"basis": "completed"},
        rows=_cases(50, 10, 5, 35),
        target=">= 80 %",
        expect="met",
    ),
    Example(title="half are overdue", params=PARAMS, rows=_cases(1, 0, 1, 0), target=">= 80 %", expect="not_met"),
    Example(title="no deadline has passed", params=PARAMS, rows=_cases(0, 0, 0, 9), target=">= 80 %", expect="not_due"),
    Example(
        title="working days: from 16 June 2025 the seventh is the 26th, for the 20th is Midsummer Eve",
        params=PARAMS | {"within": "<= 7 working_days", "calendar": "working_days", "country": "FI"},
        rows=_answered("2025-06-16", "2025-06-26", "2025-06-27"),
        target="= 50 %",
        expect="met",
    ),
    Example(
        title="a deadline on Saturday 31 May 2025 moves to Monday",
        params=PARAMS | {"shift_to_working_day": True, "country": "FI"},
        rows=_answered("2025-05-01", "2025-06-02", "2025-06-03"),
        target="= 50 %",
        expect="met",
    ),
)


@hookimpl
def engine_metric():
    return Metric(
        name="deadline_compliance",
        units=("%",),
        kind="ratio",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        check=check,
        target="all",
        date="start",
        examples=EXAMPLES,
    )
