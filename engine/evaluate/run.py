"""Evaluating plans: every source is read once, then every part is measured and judged, and statuses combined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from engine.errors import DataError, PluginError, Problem
from engine.evaluate.figures import FigureTable
from engine.evaluate.gathering import Data, Wanted, broken, days_of, gather_all, source_of
from engine.evaluate.measuring import Measured, failed, from_answer, from_figures, from_rules
from engine.evaluate.outcomes import indicator_result, objective_result, part_result
from engine.evaluate.records import ENGINE_COUNTS, Answer, Segment
from engine.evaluate.results import Breakdown, Evaluation, IndicatorResult, PartResult, PlanResult
from engine.evaluate.side_by_side import Watch, unwatched
from engine.model import At, Note, Reason, Unknown
from engine.rules import Indicator, Objective, OpenableSource, Plan, Rules

if TYPE_CHECKING:
    from engine.evaluate.segments import Counted


def evaluate(
    rules: Rules,
    days: Mapping[str, date],
    only: Sequence[str] = (),
    by: Sequence[str] = (),
    watch: Watch = unwatched,
    queries: bool = False,
) -> Evaluation:
    """Evaluate every plan of the rules at its day; `days` has one for each plan's path.

    With `only`, paths in full, nothing but the indicators that they name or lie in is read and evaluated.
    With `by`, every part that has rows is broken down by these columns, whatever the rules say. `watch`
    is told which sources are being read. With `queries`, the reads say what was asked of the sources.
    """
    wanted = [
        Wanted(plan, part)
        for plan in rules.plans
        for objective in plan.objectives
        for indicator in objective.indicators
        if _is_wanted(indicator, only)
        for part in indicator.parts
    ]
    run = _Run(rules, days, only, gather_all(rules, days, wanted, by, watch, queries))
    plans = tuple(result for plan in rules.plans if (result := run.plan(plan)).objectives)
    return Evaluation(plans=plans, problems=tuple(dict.fromkeys(run.problems())), reads=run.data.reads)


class _Run:
    """One evaluation: what was read, and the problems that were met."""

    def __init__(self, rules: Rules, days: Mapping[str, date], only: Sequence[str], data: Data) -> None:
        self.data = data
        self._rules = rules
        self._days = days
        self._only = only
        self._errors: dict[int, tuple[DataError | PluginError, Wanted]] = {}
        self._tables: dict[str, FigureTable] = {}
        self._segments: dict[str, Counted] = {}
        self._hidden: dict[tuple[str, str, tuple[str, ...]], frozenset[Segment]] = {}

    def problems(self) -> Iterator[Problem]:
        """Every problem once; where it has no place of its own, the place of the first part that it costs."""
        for table in self._tables.values():
            yield from table.problems
        for error, one in self._errors.values():
            for problem in error.problems:
                yield problem._replace(place=problem.place or one.part.place())
        for name, notes in self.data.notes.items():
            yield from (Problem(message=f"source '{name}': {note}") for note in notes)
        yield from self._columns_of_nothing()

    def _columns_of_nothing(self) -> Iterator[Problem]:
        """The columns of breakdowns that no source has, though one of them was asked for it."""
        answers = [answer for answer in self.data.answers.values() if isinstance(answer, Answer)]
        used = {column for answer in answers for column in answer.by}
        refused = {column: reason for answer in answers for column, reason in answer.refused.items()}
        for column in sorted(refused.keys() - used):
            yield Problem(message=f"nothing is broken down by '{column}': {refused[column]}")

    def plan(self, plan: Plan) -> PlanResult:
        """The result of a plan."""
        objectives = []
        for objective in plan.objectives:
            indicators = tuple(self._indicator(plan, found) for found in self._wanted(objective))
            if indicators:
                objectives.append(objective_result(objective, indicators))
        return PlanResult(plan=plan, as_of=self._days[plan.path], objectives=tuple(objectives))

    def _wanted(self, objective: Objective) -> Iterator[Indicator]:
        return (found for found in objective.indicators if _is_wanted(found, self._only))

    def _indicator(self, plan: Plan, indicator: Indicator) -> IndicatorResult:
        parts = tuple(self._part(Wanted(plan, part)) for part in indicator.parts)
        return indicator_result(indicator, parts, self._days[plan.path])

    def _part(self, one: Wanted) -> PartResult:
        as_of, part = self._days[one.plan.path], one.part
        at = days_of(self._rules, one, self._days)
        source, answer = source_of(self._rules, part), self.data.answers.get(part.path)
        measured, said = self._measured(one, at)
        if source is None or not isinstance(answer, Answer):
            missing = isinstance(measured, Unknown) and measured.reason == Reason.MISSING
            # the words of a figure without a value are the reason why it has none
            return part_result(part, measured, at, as_of, () if missing else said, {})
        from engine.evaluate.series import stretches  # figures need none of it

        found, more = self._broken_down(one, source)
        counts = {name: count for name, count in answer.to_date.items() if name not in ENGINE_COUNTS}
        result = part_result(part, measured, at, as_of, (*said, *more), counts)
        if result.series:
            own = stretches(self.data.asked[part.path], source, answer, result.series)
            result = result._replace(stretches=own)
        return result._replace(breakdown=found)

    def _broken_down(self, one: Wanted, source: OpenableSource) -> tuple[Breakdown, tuple[Note, ...]]:
        """The segments of a part, and what is to be said of them."""
        counted = self._counted(one.part.path)
        if counted is None:
            return Breakdown(), ()
        from engine.evaluate.segments import breakdown, hidden_segments, remarks

        alike = (one.plan.path, one.part.source, counted.answer.by)
        persons = source.settings.persons
        if persons and alike not in self._hidden:
            others = (self._counted(path) for path in self.data.asked if path.startswith(f"{one.plan.path}."))
            self._hidden[alike] = hidden_segments(
                [
                    other
                    for other in others
                    if other and (one.plan.path, other.asked.part.source, other.answer.by) == alike
                ]
            )
        found = breakdown(counted, persons, self._hidden.get(alike, frozenset()), self._days[one.plan.path])
        return found, tuple(remarks(counted, persons, found))

    def _counted(self, path: str) -> Counted | None:
        """The segments of a part, measured when they are first needed; None where it is not broken down."""
        asked, answer = self.data.asked[path], self.data.answers[path]
        if not asked.by or not isinstance(answer, Answer):
            return None
        if path not in self._segments:
            from engine.evaluate.segments import count_segments

            self._segments[path] = count_segments(asked, self._rules.sources[asked.part.source], answer)
        return self._segments[path]

    def _measured(self, one: Wanted, at: At) -> tuple[Measured, tuple[Note, ...]]:
        """The series of a part or why there is none, and remarks on its data."""
        try:
            return self._measure(one, at)
        except (DataError, PluginError) as error:
            self._errors.setdefault(id(error), (error, one))
            return failed(error), ()

    def _measure(self, one: Wanted, at: At) -> tuple[Measured, tuple[Note, ...]]:
        part, source = one.part, source_of(self._rules, one.part)
        failure = broken(part, source)
        if failure:
            raise failure
        if source is None:
            return from_rules(part, at), ()
        if source.settings.content == "figures":
            table = self._table(one.plan, source)
            return from_figures(part, table, at), _words(table.note(part, at.as_of))
        answer = self.data.answers[part.path]
        if isinstance(answer, Answer):
            notes = self.data.notes.get(source.settings.name, ())
            return from_answer(self.data.asked[part.path], source, answer), notes
        raise answer

    def _table(self, plan: Plan, source: OpenableSource) -> FigureTable:
        """The figures of a source, put in order when they are first needed."""
        name = source.settings.name
        figures = self.data.figures[name]
        if isinstance(figures, (DataError, PluginError)):
            raise figures
        if name not in self._tables:
            known = [part.path for part in plan.parts()]
            self._tables[name] = FigureTable(figures, source.settings, known)
        return self._tables[name]


def _words(text: str) -> tuple[Note, ...]:
    return (Note("{text}", {"text": text}),) if text else ()


def _is_wanted(indicator: Indicator, paths: Sequence[str]) -> bool:
    """True when a path names this indicator, something around it, or one of its parts; or there is no path."""
    path = indicator.path
    return not paths or any(f"{path}.".startswith(f"{one}.") or one.startswith(f"{path}.") for one in paths)
