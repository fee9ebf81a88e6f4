"""Parts of a plan: the tables that have a metric and a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from engine.config import SourceSettings, unknown_source
from engine.contracts import Metric
from engine.registry import Registry
from engine.rules.choices import Report, choose, choose_forecaster, choose_metric
from engine.rules.files import PlanFiles
from engine.rules.judgements import read_judgement
from engine.rules.plan import Part, as_text
from engine.rules.schemas import INHERITED, PART
from engine.rules.targets import check_grading, read_partly, read_target
from engine.schema import Fault

Key = tuple[str | int, ...]
Table = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a table stands in: its files, what can be chosen, the period, and what it inherits."""

    files: PlanFiles
    registry: Registry
    sources: Mapping[str, SourceSettings]
    start: date
    end: date
    inherited: Mapping[str, Any]

    def within(self, own: Mapping[str, Any]) -> Surroundings:
        """The surroundings of a table that has these keys of its own to hand down."""
        return replace(self, inherited={**self.inherited, **own})

    def reporter(self, key: Key) -> Report:
        """A function that notes faults of the table at `key`."""
        return lambda fault: self.files.fault(fault, key)


def build_part(around: Surroundings, path: str, written: Table, key: Key) -> Part | None:
    """The part in a table; None, with faults, when it has no metric that can be used."""
    report = around.reporter(key)
    read, faults = PART.read(written)
    for fault in faults:
        report(fault)
    wrong = {fault.path[0] for fault in faults if fault.path}
    table = {name: value for name, value in written.items() if name not in wrong}
    inherited = {**around.inherited, **{name: read[name] for name in INHERITED if name in read}}
    plugin = choose("metric", table["metric"], "metric", around.registry, report) if "metric" in table else None
    if plugin is None:
        return None
    metric = plugin.descriptor if isinstance(plugin.descriptor, Metric) else None
    source, content = _source(around, table, metric, inherited, report)
    choice = choose_metric(table, plugin, content, report)
    covers = read.get("covers", "")
    forecaster = choose_forecaster(table.get("forecaster"), plugin, covers, content, around.registry, report)
    target = None if "target" in wrong else read_target(read, metric, choice.params, report)
    partly = read_partly(read, "grading" in table, metric, target, report) if target and "partly" not in wrong else None
    if target:
        check_grading(table, target, inherited["grading"], report)
    _check(around, metric, content, covers, choice.params, inherited, report)
    if forecaster is None:
        return None
    return Part(
        path=path,
        key=key,
        title=as_text(table.get("title", path.rpartition(".")[2])),
        note=as_text(table.get("note", "")),
        owner=inherited["owner"],
        documents=around.files.documents,
        metric=choice,
        source=source,
        date=_date_column(metric, choice.params, inherited["date"]),
        target=target,
        partly=partly,
        grading=inherited["grading"],
        on_missing=inherited["on_missing"],
        due=inherited["due"],
        covers=covers,
        forecaster=forecaster,
        time_zone=inherited["time_zone"],
        by=tuple(inherited["by"]),
        suppress_below=inherited["suppress_below"],
        judgement=read_judgement(table.get("judgement"), around.start, around.end, report),
        required=read.get("required", False),
        weight=read.get("weight", 1),
    )


def _source(
    around: Surroundings, table: Table, metric: Metric | None, inherited: Table, report: Report
) -> tuple[str, str]:
    """The name and the content of the source of a part; both empty when its metric needs none."""
    if metric and metric.without_source and metric.without_source in table:
        return "", ""
    name = inherited["source"]
    if not name:
        if metric:
            other = f", or '{metric.without_source}'" if metric.without_source else ""
            report(Fault(path=(), message=f"'source' is missing{other}", expected="a source of the configuration"))
        return "", ""
    settings = around.sources.get(name)
    if settings is None:
        report(unknown_source(name, around.sources))
        return "", ""
    if settings.content == "figures" and settings.plan != around.files.id:
        message = f"the figures of '{name}' belong to the plan '{settings.plan}'"
        report(Fault(path=("source",), message=message))
    return name, settings.content


def _date_column(metric: Metric | None, params: Table, named: str) -> str:
    """The column that dates a row: the one that the rules name, else the metric's own."""
    return named or (str(params.get(metric.date, "")) if metric and metric.date else "")


def _check(
    around: Surroundings,
    metric: Metric | None,
    content: str,
    covers: str,
    params: Table,
    inherited: Table,
    report: Report,
) -> None:
    if inherited["due"] < around.start:
        report(
            Fault(
                path=("due",), message=f"{inherited['due']} is before the period", expected=f"{around.start} or later"
            )
        )
    if inherited["time_zone"] != "Europe/Helsinki" and not _is_zone(inherited["time_zone"]):
        message = f"unknown time zone '{inherited['time_zone']}'"
        report(Fault(path=("time_zone",), message=message, expected="a zone such as Europe/Helsinki"))
    if metric is None:
        return
    if metric.kind == "total" and content == "figures" and not covers:
        hint = 'write covers = "month", "quarter", "to_date" or, for a level at a date, "point"'
        report(Fault(path=(), message="'covers' is missing", expected="what a figure of this total covers", hint=hint))
    if content == "records" and metric.kind != "level" and not _date_column(metric, params, inherited["date"]):
        report(Fault(path=(), message="'date' is missing", expected="the column that dates a row"))


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo  # few plans name a zone

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
