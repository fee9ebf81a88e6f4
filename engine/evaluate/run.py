"""Evaluating plans: each source is read once, then every part is measured and judged, and statuses combined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from engine.aggregates import UnitsFrom
from engine.errors import DataError, PluginError, Problem
from engine.evaluate.figures import FigureTable
from engine.evaluate.measuring import Measured, failed, from_answer, from_figures, from_rules
from engine.evaluate.opening import read_figures
from engine.evaluate.outcomes import indicator_result, objective_result, part_result
from engine.evaluate.records import Answer, Answers, Asked, ask, units_from
from engine.evaluate.results import Evaluation, IndicatorResult, PlanResult
from engine.evaluate.stretches import part_days
from engine.model import At
from engine.rules import Indicator, Objective, OpenableSource, Part, Plan, Rules


def evaluate(rules: Rules, days: Mapping[str, date], only: Sequence[str] = ()) -> Evaluation:
    """Evaluate every plan of the rules at its day; `days` has one for each plan's path.

    With `only`, paths in full, nothing but the indicators that they name or lie in is read and evaluated.
    """
    run = _Run(rules, days, only)
    run.read_records()
    plans = tuple(result for plan in rules.plans if (result := run.plan(plan)).objectives)
    return Evaluation(plans=plans, problems=tuple(dict.fromkeys(run.problems())))


class _Run:
    """One evaluation: what was read of each source, and the problems that were met."""

    def __init__(self, rules: Rules, days: Mapping[str, date], only: Sequence[str]) -> None:
        self._rules = rules
        self._days = days
        self._only = only
        self._errors: dict[int, tuple[DataError | PluginError, Part]] = {}
        self._tables: dict[str, FigureTable | DataError | PluginError] = {}
        self._asked: dict[str, Asked] = {}
        self._answers: Answers = {}

    def problems(self) -> Iterator[Problem]:
        """Every problem once; where it has no place of its own, the place of the first part that it costs."""
        for table in self._tables.values():
            if isinstance(table, FigureTable):
                yield from table.problems
        for error, part in self._errors.values():
            for problem in error.problems:
                yield problem._replace(place=problem.place or part.place())

    def read_records(self) -> None:
        """Ask every source of case rows once, for all parts of all plans."""
        by_source: dict[tuple[str, str], list[Asked]] = {}
        for plan in self._rules.plans:
            wanted = (found for objective in plan.objectives for found in self._wanted(objective))
            for part in (part for found in wanted for part in found.parts):
                source = self._source(part)
                if source and source.settings.content == "records" and not _broken(part, source):
                    asked = self._ask(plan, part)
                    if asked:
                        by_source.setdefault((part.source, part.time_zone), []).append(asked)
        for (name, time_zone), asked_of in by_source.items():
            self._answers |= ask(self._rules.sources[name], asked_of, time_zone)

    def plan(self, plan: Plan) -> PlanResult:
        """The result of a plan, after its sources were read."""
        objectives = []
        for objective in plan.objectives:
            indicators = tuple(self._indicator(plan, found) for found in self._wanted(objective))
            if indicators:
                objectives.append(objective_result(objective, indicators))
        return PlanResult(plan=plan, as_of=self._days[plan.path], objectives=tuple(objectives))

    def _wanted(self, objective: Objective) -> Iterator[Indicator]:
        return (found for found in objective.indicators if _is_wanted(found, self._only))

    def _indicator(self, plan: Plan, indicator: Indicator) -> IndicatorResult:
        as_of = self._days[plan.path]
        parts = []
        for part in indicator.parts:
            at = self._days_of(plan, part)
            measured, note = self._measured(plan, part, at)
            parts.append(part_result(part, measured, at, as_of, note, self._answers.get(part.path)))
        return indicator_result(indicator, tuple(parts), as_of)

    def _measured(self, plan: Plan, part: Part, at: At) -> tuple[Measured, str]:
        """The series of a part or why there is none, and the remark of its figure."""
        try:
            return self._measure(plan, part, at)
        except (DataError, PluginError) as error:
            self._errors.setdefault(id(error), (error, part))
            return failed(error), ""

    def _measure(self, plan: Plan, part: Part, at: At) -> tuple[Measured, str]:
        source = self._source(part)
        broken = _broken(part, source)
        if broken:
            raise broken
        if source is None:
            return from_rules(part, at), ""
        if source.settings.content == "figures":
            table = self._table(plan, source, part.time_zone)
            return from_figures(part, table, at), table.note(part, at.as_of)
        answer = self._answers[part.path]
        if isinstance(answer, Answer):
            return from_answer(self._asked[part.path], source, answer), ""
        raise answer

    def _table(self, plan: Plan, source: OpenableSource, time_zone: str) -> FigureTable:
        """The figures of a source, read when they are first needed."""
        name = source.settings.name
        if name not in self._tables:
            known = [part.path for part in plan.parts()]
            try:
                self._tables[name] = FigureTable(read_figures(source, time_zone), source.settings, known)
            except (DataError, PluginError) as error:
                self._tables[name] = error
        table = self._tables[name]
        if isinstance(table, FigureTable):
            return table
        raise table

    def _ask(self, plan: Plan, part: Part) -> Asked | None:
        """What a part asks, with the units of a second source put into its options."""
        at = self._days_of(plan, part)
        params = dict(part.metric.params)
        try:
            for key, value in params.items():
                if isinstance(value, UnitsFrom):
                    params[key] = units_from(self._unit_source(value.source), value, at, part.time_zone)
        except (DataError, PluginError) as error:
            self._answers[part.path] = error
            return None
        self._asked[part.path] = Asked(part, at, params)
        return self._asked[part.path]

    def _unit_source(self, name: str) -> OpenableSource:
        source = self._rules.sources.get(name)
        if source is None or source.settings.content != "records":
            raise DataError(Problem(message=f"units: there is no source of records named '{name}'"))
        return source

    def _source(self, part: Part) -> OpenableSource | None:
        return self._rules.sources.get(part.source) if part.source else None

    def _days_of(self, plan: Plan, part: Part) -> At:
        source = self._source(part)
        return part_days(plan, part, self._days[plan.path], source.settings if source else None)


def _broken(part: Part, source: OpenableSource | None) -> PluginError | None:
    """The failure of a plugin that a part cannot be measured without."""
    if part.metric.plugin.failure:
        return part.metric.plugin.failure
    return source.plugin.failure if source else None


def _is_wanted(indicator: Indicator, paths: Sequence[str]) -> bool:
    """True when a path names this indicator, something around it, or one of its parts; or there is no path."""
    path = indicator.path
    return not paths or any(f"{path}.".startswith(f"{one}.") or one.startswith(f"{path}.") for one in paths)
