"""The contract of metrics: their examples, and laws on rows like those of the examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from engine.aggregates import Aggregate, Distinct, merge
from engine.contracts import Example, Metric
from engine.filters import Filter
from engine.model import Measurement, Status, Unknown
from engine.registry import Plugin, Registry
from engine.rules import Rules
from engine.target import parse_target
from engine.testing.laws import AT, Named, Options, expect, for_all, plain, well_formed
from engine.testing.plans import TIME_ZONE, evaluated, rules_of
from engine.testing.strategies import Column, measurements, rows

DAY = "engine_day"
SHARE = "engine_share"
SHARES = ("one", "other")
Params = Mapping[str, Any]


def metric_checks(plugin: Plugin, registry: Registry, options: Sequence[Options]) -> Iterator[Named]:
    """The checks of a metric. They need no options: its examples have them."""
    metric: Metric = plugin.descriptor
    yield "names what there is", lambda: _names(plugin, registry)
    yield "has examples of every status", lambda: _covered(metric)
    for example in metric.examples:
        yield f"example '{example.title}'", partial(_example, metric, example, registry)
    alike: dict[str, list[Example]] = {}
    for example in metric.examples:
        alike.setdefault(repr(example.params), []).append(example)
    for examples in alike.values():
        yield f"laws with the options of '{examples[0].title}'", partial(_laws, metric, examples, registry)


def _names(plugin: Plugin, registry: Registry) -> None:
    """The fields of the descriptor name options, targets and a forecaster that there are."""
    metric: Metric = plugin.descriptor
    known = plugin.schema.names if plugin.schema else ()
    for field in ("date", "without_source"):
        option = getattr(metric, field)
        expect(not option or option in known, f"the field '{field}' names '{option}', which is no option")
    for text in filter(None, (metric.target, metric.partly)):
        unit = parse_target(text).unit
        expect("*" in metric.units or unit in metric.units, f"the metric cannot be measured in the unit of '{text}'")
    if metric.forecaster:
        expect(registry.get("forecaster", metric.forecaster), f"there is no forecaster '{metric.forecaster}'")


def _covered(metric: Metric) -> None:
    lacking = {str(status) for status in Status} - {example.expect for example in metric.examples}
    expect(not lacking, f"no example expects {' or '.join(sorted(lacking))}")
    titles = [example.title for example in metric.examples]
    expect(len(set(titles)) == len(titles), "two examples have the same title")


def _example(metric: Metric, example: Example, registry: Registry) -> None:
    """The example gives what it expects, through rules, source, scan, metric and grading."""
    result = evaluated(_rules(metric, example, registry)).plans[0].objectives[0].indicators[0].outcome
    found = result.status or (result.unknown and result.unknown.reason)
    why = f": {result.unknown.note}" if result.unknown else f", with {_value(result.forecast.measurement)}"
    expect(found == example.expect, f"'{example.title}' expects {example.expect} and gives {found}{why}")


def _value(measurement: Measurement | None) -> str:
    return f"{float(measurement.value):.6g} {measurement.unit}".strip() if measurement else "no value"


def _rules(metric: Metric, example: Example, registry: Registry) -> Rules:
    """A plan with the example as its only indicator. A metric without a date of its own gets a column of dates."""
    table: dict[str, Any] = {"metric": metric.name, "title": example.title, **example.params}
    if example.target:
        table["target"] = example.target
    if metric.without_source and metric.without_source in example.params:
        return rules_of(registry, _objective(table), {})
    dated = not metric.date and "date" not in table
    table |= {"source": "rows"} | ({"date": DAY} if dated else {})
    rules = rules_of(registry, _objective(table), {"rows": {"type": "inline", "content": "records", "rows": []}})
    extra = {DAY: AT.as_of} if dated else {}
    return _with_rows(rules, [{**extra, **row} for row in _rows(metric, example)])


def _rows(metric: Metric, example: Example) -> list[dict[str, Any]]:
    """The rows of an example, with every column that rows of the other examples have."""
    columns = dict.fromkeys(name for other in metric.examples for row in other.rows for name in row)
    return [dict.fromkeys(columns) | plain(row) for row in example.rows]


def _with_rows(rules: Rules, found: list[dict[str, Any]]) -> Rules:
    source = rules.sources["rows"]
    return rules._replace(sources={"rows": source._replace(params={**source.params, "rows": found})})


def _objective(table: Options) -> dict[str, Options]:
    return {"objective": {"indicator": {"example": table}}}


def _laws(metric: Metric, examples: Sequence[Example], registry: Registry) -> None:
    """What holds for all rows, with the options of the examples. Two shares of rows are counted together and apart."""
    rules = _rules(metric, examples[0], registry)
    params = next(rules.plans[0].parts()).metric.params
    asked = _asked(metric, params)
    measure = partial(_measured, metric, params)
    measure({name: merge(aggregate, ()) for name, aggregate in asked.items()})
    some_rows = [row for example in examples for row in _rows(metric, example)]

    def law(drawn: list[dict[str, Any]]) -> None:
        counts = _counted(rules, asked, [*some_rows, *drawn])
        parts = [{name: counts[name, share] for name in asked} for share in SHARES]
        whole = measure({name: counts[name, ""] for name in asked})
        measured = [measure(part) for part in parts]
        if not any(isinstance(aggregate, Distinct) for aggregate in asked.values()):
            merged = {name: merge(aggregate, [part[name] for part in parts]) for name, aggregate in asked.items()}
            expect(measure(merged) == whole, "measure gives another result for merged summaries than for all rows")
            _adds_up(metric, whole, measured)

    if asked:
        for_all(law, rows({**_columns(some_rows), SHARE: SHARES}), examples=15)
    if metric.figure:
        unit = "" if "*" in metric.units else metric.units[0]
        for_all(partial(_figured, metric.figure, params), measurements(unit))


def _figured(figure: Callable[..., Any], params: Params, given: Measurement) -> None:
    own = deepcopy((params, given))
    found = figure(*own, AT)
    expect(own == (params, given), "figure changed its arguments")
    expect(isinstance(found, (Measurement, Unknown)), f"figure returned {type(found).__name__}, not a measurement")
    if isinstance(found, Measurement):
        well_formed(found)


def _asked(metric: Metric, params: Params) -> Mapping[str, Aggregate]:
    """The aggregates of a metric, which are the same for equal options."""
    own = deepcopy(params)
    asked, again = metric.aggregates(own, AT), metric.aggregates(deepcopy(params), AT)
    expect(own == params, "aggregates changed its options")
    for name, aggregate in asked.items():
        expect(isinstance(aggregate, Aggregate), f"'{name}' is not an aggregate")
        expect(aggregate == again.get(name), f"aggregate '{name}' is not the same for equal options")
        expect(hash(aggregate) == hash(again[name]), f"aggregate '{name}' has another hash for equal options")
    return asked


def _counted(rules: Rules, asked: Mapping[str, Aggregate], found: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    """The summaries by the name of the aggregate and the share of rows, where '' is both shares.

    Rows of no share are not counted; they are there so that every column has values.
    """
    from engine.evaluate.opening import opened
    from engine.scan import Request, scan
    from engine.stopping import Stop

    requests = {}
    for name, aggregate in asked.items():
        for share in ("", *SHARES):
            condition = aggregate.where & Filter(SHARE, "in", (share,) if share else SHARES)
            requests[name, share] = Request(replace(aggregate, where=condition), None, AT.start, AT.as_of)
    source = _with_rows(rules, [{SHARE: "none", **row} for row in found]).sources["rows"]
    with opened(source, TIME_ZONE, Stop()) as rows:
        answers = scan(rows.data, list(requests.values()), time_zone=TIME_ZONE)
    return {key: merge(request.aggregate, answers[request].values()) for key, request in requests.items()}


def _columns(found: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    """What rows like these have in their columns: the same values, others of their type, or nothing."""
    columns: dict[str, list[Any]] = {}
    for name, value in (pair for row in found for pair in row.items() if pair[1] is not None):
        columns.setdefault(name, []).append(value)
    return {name: [*dict.fromkeys(values), *_others(values)] for name, values in columns.items()}


def _others(values: Sequence[Any]) -> list[Any]:
    if all(isinstance(value, str) for value in values):
        return ["other"]
    if all(type(value) is date for value in values):
        return [date(2024, 12, 31), AT.start, date(2025, 3, 15), AT.as_of, date(2025, 7, 1)]
    return [] if any(isinstance(value, bool) for value in values) else [0, -1]


def _measured(metric: Metric, params: Params, counts: Mapping[str, Any]) -> Measurement | Unknown:
    """The measurement, which is a pure function of its arguments and well formed."""
    own = deepcopy((params, counts))
    found = metric.measure(*own, AT)
    expect(own == (params, counts), "measure changed its arguments")
    expect(found == metric.measure(params, counts, AT), "measure gives another result the second time")
    expect(isinstance(found, (Measurement, Unknown)), f"measure returned {type(found).__name__}, not a measurement")
    if isinstance(found, Measurement):
        well_formed(found)
        expect("*" in metric.units or found.unit in ("", *metric.units), f"measured in '{found.unit}'")
        expect(found.as_of is None and found.cover is None, "measure sets 'as_of' or 'cover', which the engine does")
        if metric.units == ("%",):
            expect(0 <= found.value <= 100, f"a share of {float(found.value):.6g} %")
    return found


def _adds_up(metric: Metric, whole: Measurement | Unknown, parts: Sequence[Measurement | Unknown]) -> None:
    """Numerators and denominators of a ratio add, and so do the values of a total."""
    known = [part for part in parts if isinstance(part, Measurement)]
    if isinstance(whole, Unknown):
        return
    if metric.kind == "ratio":
        for name in ("numerator", "denominator"):
            number = getattr(whole, name)
            expect(number is not None, f"the metric is a ratio and gives no {name}")
            expect(number == sum(getattr(part, name) for part in known), f"{name}s do not add up over parts")
    elif metric.kind == "total" and len(known) == len(parts):
        expect(whole.value == sum(part.value for part in known), "the metric is a total whose values do not add up")
