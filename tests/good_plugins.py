"""One plugin of each kind that keeps its contract; tests break it in one way at a time."""

from __future__ import annotations

SHARE = '''"""Share of rows."""

from fractions import Fraction

from engine import Count, Example, Measurement, Metric, Unknown, hookimpl

SCHEMA = {"where": {"type": "filter", "required": True, "meta": "rows that count as hits"}}
SEEN = []


def aggregates(params, at):
    return {"rows": Count(), "hits": Count(params["where"])}


def measure(params, counts, at):
    if not counts["rows"]:
        return Unknown.missing("no rows")
    return Measurement.share(counts["hits"], counts["rows"])


def figure(params, measurement, at):
    return measurement


def _example(title, hits, misses, expect):
    rows = [{"done": True}] * hits + [{"done": False}] * misses
    return Example(title=title, params={"where": {"done": True}}, rows=rows, target=">= 75 %", expect=expect)


EXAMPLES = (_example("all", 3, 1, "met"), _example("most", 2, 1, "partly_met"), _example("few", 1, 3, "not_met"))


@hookimpl
def engine_metric():
    return Metric(
        name="mine",
        units=("%",),
        kind="ratio",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        figure=figure,
        examples=EXAMPLES,
    )
'''
FORECASTER = '''"""The value stays."""

from dataclasses import replace

from engine import Forecaster, Unknown, hookimpl

SEEN = []


def forecast(params, series, at):
    return series.to_date


@hookimpl
def engine_forecaster():
    return Forecaster(name="mine", forecast=forecast)
'''
COMBINER = '''"""The worst."""

from engine import Combiner, Status, hookimpl

SEEN = []


def combine(params, members):
    return min((member.status for member in members), key=lambda status: status.rank)


@hookimpl
def engine_combiner():
    return Combiner(name="mine", combine=combine)
'''
REPORTER = '''"""The statuses."""

from engine import Reporter, hookimpl

SEEN = []


def render(params, report):
    for row in report.rows:
        yield f"{row.path} {row.status}\\n"


@hookimpl
def engine_reporter():
    return Reporter(name="mine", render=render)
'''
SOURCE = '''"""Lines of a file."""

from contextlib import contextmanager
from pathlib import Path

from engine import DataError, Figure, Place, Problem, Source, hookimpl

SCHEMA = {"path": {"type": "path", "required": True, "meta": "the file"}}
SEEN = []


@contextmanager
def open_lines(options, at):
    try:
        lines = Path(options["path"]).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        problem = Problem(message="there is no file", place=Place(file=options["shown_path"]), hint="name one")
        raise DataError(problem) from error
    yield [Figure(indicator="a", as_of="2025-05-31", value=line) for line in lines]


@hookimpl
def engine_source():
    return Source(name="mine", contents=("figures",), open=open_lines, schema=SCHEMA)
'''

TEXTS = {"metric": SHARE, "forecaster": FORECASTER, "combiner": COMBINER, "reporter": REPORTER, "source": SOURCE}
