"""Gathering what the parts of all plans need: every source is read, side by side, before anything is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from engine.aggregates import Units, UnitsFrom
from engine.errors import DataError, PluginError, Problem
from engine.evaluate.opening import read_figures
from engine.evaluate.records import Answers, Asked, ReadDone, units_in
from engine.evaluate.side_by_side import Job, Watch, side_by_side
from engine.evaluate.stretches import part_days
from engine.model import At, Figure, Note
from engine.rules import OpenableSource, Part, Plan, Rules
from engine.stopping import Stop

Failure = DataError | PluginError


class Wanted(NamedTuple):
    """A part that is to be evaluated, and the plan that it is in."""

    plan: Plan
    part: Part


class Data(NamedTuple):
    """What the sources gave.

    `answers` and `asked` are by the path of a part with rows; `figures` and `notes` by the name of a source.
    """

    answers: Answers
    asked: Mapping[str, Asked]
    figures: Mapping[str, list[Figure] | Failure]
    notes: Mapping[str, tuple[Note, ...]]
    reads: tuple[ReadDone, ...]


def gather_all(
    rules: Rules, days: Mapping[str, date], wanted: Sequence[Wanted], by: Sequence[str], watch: Watch, queries: bool
) -> Data:
    """Read every source that the wanted parts need. `days` has the day of each plan, `by` the command's breakdown."""
    asking = [one for one in wanted if (source := source_of(rules, one.part)) and not broken(one.part, source)]
    records = [one for one in asking if _content(rules, one) == "records"]
    units = _units(rules, days, records, watch)
    asked: dict[str, Asked] = {}
    answers: Answers = {}
    for one in records:
        try:
            asked[one.part.path] = _asked(rules, one, days, units, by)
        except (DataError, PluginError) as error:
            answers[one.part.path] = error
    figures = [one for one in asking if _content(rules, one) == "figures"]
    jobs = [*_record_jobs(rules, asked, queries), *_figure_jobs(rules, figures)]
    outcomes = dict(zip([job.name for job in jobs], side_by_side(jobs, watch), strict=True))
    for path, one_asked in asked.items():
        if isinstance(outcome := outcomes[one_asked.part.source], (DataError, PluginError)):
            answers[path] = outcome
    return _data(answers, asked, outcomes)


def _data(answers: Answers, asked: Mapping[str, Asked], outcomes: Mapping[str, Any]) -> Data:
    """What came of the jobs, by the names of the sources: a tuple of what groups brought, figures, or an error."""
    answers = dict(answers)
    notes: dict[str, tuple[Note, ...]] = {}
    reads: list[ReadDone] = []
    for name, groups in outcomes.items():
        for gathered in groups if isinstance(groups, tuple) else ():
            answers.update(gathered.answers)
            notes[name] = (*notes.get(name, ()), *(note for note in gathered.notes if note not in notes.get(name, ())))
            reads += gathered.reads
    read = {name: outcome for name, outcome in outcomes.items() if not isinstance(outcome, tuple)}
    return Data(answers, asked, read, notes, tuple(reads))


def source_of(rules: Rules, part: Part) -> OpenableSource | None:
    """The source of a part, None where its metric needs none."""
    return rules.sources.get(part.source) if part.source else None


def broken(part: Part, source: OpenableSource | None) -> PluginError | None:
    """The failure of a plugin that a part cannot be measured without."""
    if part.metric.plugin.failure:
        return part.metric.plugin.failure
    return source.plugin.failure if source else None


def days_of(rules: Rules, one: Wanted, days: Mapping[str, date]) -> At:
    """The days that a part is measured at."""
    source = source_of(rules, one.part)
    return part_days(one.plan, one.part, days[one.plan.path], source.settings if source else None)


def _content(rules: Rules, one: Wanted) -> str:
    return rules.sources[one.part.source].settings.content


def _asked(
    rules: Rules,
    one: Wanted,
    days: Mapping[str, date],
    units: Mapping[tuple[Any, ...], Units | Failure],
    by: Sequence[str],
) -> Asked:
    """What a part asks, with the units of a second source put into its options. Raises DataError, PluginError."""
    at = days_of(rules, one, days)
    params = dict(one.part.metric.params)
    for key, written in units_in(params).items():
        found = units[_units_key(written, at, one.part)]
        if isinstance(found, (DataError, PluginError)):
            raise found
        params[key] = found
    return Asked(one.part, at, days[one.plan.path], params, tuple(dict.fromkeys(by)) or one.part.by, one.plan.units)


def _units_key(written: UnitsFrom, at: At, part: Part) -> tuple[Any, ...]:
    return written, at, part.time_zone


def _units(
    rules: Rules, days: Mapping[str, date], records: Sequence[Wanted], watch: Watch
) -> dict[tuple[Any, ...], Units | Failure]:
    """The units that parts have from a second source, each list read once."""
    wanted = {
        _units_key(written, days_of(rules, one, days), one.part): None
        for one in records
        for written in units_in(one.part.metric.params).values()
    }
    jobs = {key: job for key in wanted if (job := _units_job(rules, *key))}
    found = dict(zip(jobs, side_by_side(list(jobs.values()), watch), strict=True)) if jobs else {}
    return {key: found.get(key) or DataError(_no_units(key[0])) for key in wanted}


def _units_job(rules: Rules, written: UnitsFrom, at: At, time_zone: str) -> Job | None:
    """What reads a list of units; None where there is no such source."""
    source = rules.sources.get(written.source)
    if source is None or source.settings.content != "records":
        return None
    from engine.evaluate.reading import units_from

    return _job(source, partial(units_from, source, written, at, time_zone))


def _no_units(written: UnitsFrom) -> Problem:
    return Problem(message=f"units: there is no source of records named '{written.source}'")


def _record_jobs(rules: Rules, asked: Mapping[str, Asked], queries: bool) -> Iterator[Job]:
    """A job for each source of rows: its groups one after the other."""
    if not asked:
        return
    from engine.evaluate.reading import Group, gather_groups  # figures alone need none of it

    groups: dict[str, dict[tuple[str, tuple[str, ...]], list[Asked]]] = {}
    for one in asked.values():
        groups.setdefault(one.part.source, {}).setdefault((one.part.time_zone, one.by), []).append(one)
    for name, by_group in groups.items():
        source = rules.sources[name]
        members = [Group(source, zone, by, members, queries) for (zone, by), members in by_group.items()]
        yield _job(source, partial(gather_groups, members))


def _figure_jobs(rules: Rules, wanted: Sequence[Wanted]) -> Iterator[Job]:
    zones = {one.part.source: one.part.time_zone for one in reversed(wanted)}
    for name, zone in reversed(zones.items()):
        source = rules.sources[name]
        yield _job(source, partial(read_figures, source, zone))


def _job(source: OpenableSource, run: Callable[[Stop], Any]) -> Job:
    return Job(source.settings.name, source.settings.time_limit, run)
