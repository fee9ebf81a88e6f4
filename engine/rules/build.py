"""From the merged tables of a plan to the plan: what is inherited goes down, every mistake is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from engine.aggregates import Units
from engine.config import SourceSettings
from engine.filters import FilterError
from engine.registry import Registry
from engine.rules.choices import choose_combiner
from engine.rules.files import PlanFiles
from engine.rules.judgements import read_judgement
from engine.rules.parts import Surroundings, build_part
from engine.rules.plan import Indicator, Objective, Part, Plan, as_text
from engine.rules.schemas import INDICATOR, INHERITED, NOT_YET, OBJECTIVE, PLAN
from engine.schema import Fault, Schema
from engine.units import UnitsError, read_units

ID = re.compile("[a-z0-9][a-z0-9-]*")
DEFAULTS = {
    "owner": "",
    "grading": "attainment_80",
    "on_missing": "unknown",
    "source": "",
    "date": "",
    "time_zone": "Europe/Helsinki",
    "by": (),
    "suppress_below": 5,
}
Key = tuple[str | int, ...]
Table = Mapping[str, Any]


def build_plan(files: PlanFiles, registry: Registry, sources: Mapping[str, SourceSettings]) -> Plan | None:
    """The plan of these files; None, with the problems in `files`, when it cannot be understood."""
    table = files.data.get("plan")
    if not isinstance(table, Mapping):
        return None
    read, faults = PLAN.read(_without_not_yet(files, table, ("plan",)))
    for fault in faults:
        files.fault(fault, ("plan",))
    if "period" not in read:
        return None
    start, end = read["period"]["start"], read["period"]["end"]
    _check_days(files, read, start, end)
    around = Surroundings(
        files=files,
        registry=registry,
        sources=sources,
        start=start,
        end=end,
        inherited={**DEFAULTS, "due": end, **_inherited(read)},
    )
    return Plan(
        path=files.id,
        key=("plan",),
        title=as_text(read.get("title", files.id)),
        note=as_text(read.get("note", "")),
        owner=around.inherited["owner"],
        documents=files.documents,
        start=start,
        end=end,
        as_of=read.get("as_of"),
        grading=around.inherited["grading"],
        units=_units(files, read.get("units", {})),
        objectives=tuple(_objectives(around)),
    )


def _units(files: PlanFiles, written: Table) -> dict[str, tuple[str, ...]]:
    """The lists of units by column."""
    units = {}
    for column, names in written.items():
        try:
            listed = read_units(names)
        except (UnitsError, FilterError) as error:
            files.fault(Fault(path=("units", column, *error.path), message=str(error)), ("plan",))
            continue
        if isinstance(listed, Units):
            units[column] = listed.names
        else:
            files.fault(Fault(path=("units", column), message="the units of a breakdown stand in the rules"), ("plan",))
    return units


def _check_days(files: PlanFiles, read: Table, start: date, end: date) -> None:
    if start > end:
        message = f"the period ends ({end}) before it starts ({start})"
        files.fault(Fault(path=("period", "end"), message=message), ("plan",))
    as_of = read.get("as_of")
    if as_of is not None and not start <= as_of <= end:
        message = f"{as_of} is outside the period"
        files.fault(Fault(path=("as_of",), message=message, expected=f"a day from {start} to {end}"), ("plan",))


def _objectives(around: Surroundings) -> Iterator[Objective]:
    tables = list(_tables(around.files, around.files.data.get("objective"), ("objective",)))
    if not tables and "objective" not in around.files.data:
        around.files.fault(
            Fault(path=(), message="the plan has no objective", hint="write [objective.NAME]"), ("plan",)
        )
    for name, key, written in tables:
        table, here = _read(around, OBJECTIVE, written, key)
        combine = choose_combiner(table, frozenset(OBJECTIVE.names), "mixed", around.registry, here.reporter(key))
        indicators = tuple(_indicators(here, name, table, key))
        if combine:
            yield Objective(
                **_header(here, f"{around.files.id}.{name}", key, table), combine=combine, indicators=indicators
            )


def _indicators(around: Surroundings, objective: str, table: Table, key: Key) -> Iterator[Indicator]:
    for name, here_key, written in _tables(around.files, table.get("indicator"), (*key, "indicator")):
        path = f"{around.files.id}.{objective}.{name}"
        if isinstance(written.get("part"), Mapping):
            indicator = _with_parts(around, path, written, here_key)
        else:
            indicator = _single(around, path, written, here_key)
        if indicator:
            yield indicator


def _single(around: Surroundings, path: str, table: Table, key: Key) -> Indicator | None:
    """An indicator without parts: it is its own only part."""
    plain = _without_not_yet(around.files, table, key)
    combine = choose_combiner({}, frozenset(), "worst", around.registry, around.reporter(key))
    part = build_part(around, path, plain, key)
    if part is None or combine is None:
        return None
    return Indicator(
        **_header_of(part),
        combine=combine,
        parts=(part,),
        single=True,
        judgement=None,
        required=part.required,
        weight=part.weight,
    )


def _with_parts(around: Surroundings, path: str, written: Table, key: Key) -> Indicator | None:
    table, here = _read(around, INDICATOR, written, key)
    report = here.reporter(key)
    for name in ("metric", "target", "partly", "covers", "forecaster"):
        if name in table:
            message = f"'{name}' cannot stand here: an indicator has either parts or a metric"
            report(Fault(path=(name,), message=message, hint="move it into a part"))
    own = frozenset(INDICATOR.names) | {"metric", "target", "partly", "covers", "forecaster"}
    combine = choose_combiner(table, own, "worst", around.registry, report)
    parts = [
        build_part(here, f"{path}.{name}", _without_not_yet(around.files, part, part_key), part_key)
        for name, part_key, part in _tables(around.files, written["part"], (*key, "part"))
    ]
    if combine is None:
        return None
    return Indicator(
        **_header(here, path, key, table),
        combine=combine,
        parts=tuple(part for part in parts if part),
        single=False,
        judgement=read_judgement(table.get("judgement"), around.start, around.end, report),
        required=table.get("required") is True,
        weight=table.get("weight", 1),
    )


def _read(around: Surroundings, schema: Schema, written: Table, key: Key) -> tuple[Table, Surroundings]:
    """A table without keys that are not there yet, and the surroundings of what is in it."""
    table = _without_not_yet(around.files, written, key)
    read, faults = schema.read(table)
    for fault in faults:
        around.files.fault(fault, key)
    wrong = {fault.path[0] for fault in faults if fault.path}
    kept = {name: value for name, value in table.items() if name not in wrong}
    return kept, around.within(_inherited(read))


def _inherited(read: Table) -> dict[str, Any]:
    return {name: read[name] for name in INHERITED if name in read}


def _without_not_yet(files: PlanFiles, table: Table, key: Key) -> Table:
    """The table without the reserved keys, each of which is a fault."""
    for name in NOT_YET:
        if name in table:
            files.fault(
                Fault(path=(name,), message=f"'{name}' is reserved and not there yet", hint="leave it out"), key
            )
    return {name: value for name, value in table.items() if name not in NOT_YET}


def _tables(files: PlanFiles, value: object, key: Key) -> Iterator[tuple[str, Key, Table]]:
    """The tables of a table of tables, with the path to each; others and bad ids are faults."""
    if not isinstance(value, Mapping):
        return
    if not value:
        files.fault(Fault(path=(), message=f"there is nothing in '{key[-1]}'"), key)
    for name, table in value.items():
        if not ID.fullmatch(name):
            message = f"'{name}' is no id"
            files.fault(Fault(path=(name,), message=message, expected="small letters a-z, digits and hyphens"), key)
        if isinstance(table, Mapping):
            yield name, (*key, name), table
        else:
            files.fault(Fault(path=(name,), message=f"'{name}' is not a table", hint=f"write [….{name}]"), key)


def _header(around: Surroundings, path: str, key: Key, table: Table) -> dict[str, Any]:
    return {
        "path": path,
        "key": key,
        "title": as_text(table.get("title", path.rpartition(".")[2])),
        "note": as_text(table.get("note", "")),
        "owner": around.inherited["owner"],
        "documents": around.files.documents,
    }


def _header_of(part: Part) -> dict[str, Any]:
    return {name: getattr(part, name) for name in ("path", "key", "title", "note", "owner", "documents")}
