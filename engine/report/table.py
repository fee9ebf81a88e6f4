"""The report as a table: the five columns of a follow-up table, in words, for reporters to print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from engine.evaluate import IndicatorResult, ObjectiveResult, Outcome, PartResult, PlanResult
from engine.model import Phase
from engine.report.document import counts
from engine.report.language import SYMBOLS, Language, _
from engine.report.sentences import (
    GRADINGS,
    UNKNOWN_WORDS,
    actual,
    actual_remarks,
    flags,
    quantity,
    segment_name,
    unnamed,
)

MANY_ROWS = 3
"""A remark of so many rows is said once, below the table."""


class SegmentRow(NamedTuple):
    """A segment of a breakdown below its indicator; `status` is a code, or empty."""

    label: str
    actual: str
    forecast: str
    status: str


class Row(NamedTuple):
    """An indicator as a row of the table. Cells are lists of lines; `status` is a code, or empty.

    `remarks` are those on its actual value.
    """

    path: str
    objective: str
    objective_status: str
    indicator: tuple[str, ...]
    owner: str
    actual: tuple[str, ...]
    remarks: tuple[str, ...]
    forecast: tuple[str, ...]
    status: str
    segments: tuple[SegmentRow, ...] = ()


class PlanTable(NamedTuple):
    """A plan as a table: a title, lines above, headings, rows, and remarks below.

    Remarks that many rows have, the `common` ones, stand below with the names of the rows.
    """

    id: str
    title: str
    introduction: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
    common: frozenset[str]

    def actual(self, row: Row) -> tuple[str, ...]:
        """The actual value of a row with the remarks that do not stand below the table."""
        return (*row.actual, *(remark for remark in row.remarks if remark not in self.common))


def plan_table(result: PlanResult, language: Language) -> PlanTable:
    """The table of a plan in a language."""
    plan = result.plan
    grading = language.say(GRADINGS[plan.grading])
    introduction = (
        language.say(_("Period: {start} – {end}"), start=plan.start, end=plan.end),
        language.say(_("State of {date}"), date=result.as_of),
        language.say(_("Grading: {name}: {meaning}"), name=plan.grading, meaning=grading),
    )
    rows = tuple(row for objective in result.objectives for row in _rows(objective, plan.grading, language))
    common = _common(rows)
    return PlanTable(
        id=plan.path,
        title=language.text(plan.title),
        introduction=introduction,
        headings=tuple(language.say(heading) for heading in HEADINGS),
        rows=rows,
        remarks=(*_remarks(result, language), *(f"{remark}: {', '.join(names)}" for remark, names in common.items())),
        common=frozenset(common),
    )


def _common(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The remarks that many rows have, with the names of their indicators."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for remark in row.remarks:
            found.setdefault(remark, []).append(row.path.rpartition(".")[2])
    return {remark: names for remark, names in found.items() if len(names) >= MANY_ROWS}


HEADINGS = (_("Objective"), _("Indicator and target"), _("Owner"), _("Actual"), _("Forecast"))


def _rows(result: ObjectiveResult, grading: str, language: Language) -> Iterator[Row]:
    final = all(found.outcome.forecast.phase == Phase.FINAL for found in result.indicators)
    phase = Phase.FINAL if final else Phase.FORECAST
    for found in result.indicators:
        yield Row(
            path=found.indicator.path,
            objective=language.text(result.objective.title),
            objective_status=f"{SYMBOLS[result.status]} {language.status(result.status, phase)}",
            indicator=tuple(_indicator(found, grading, language)),
            owner=found.indicator.owner,
            actual=tuple(_actual(found, language)),
            remarks=tuple(dict.fromkeys(line for part in found.parts for line in actual_remarks(language, part))),
            forecast=tuple(_forecast(found, language)),
            status=found.outcome.status or "",
            segments=tuple(_segments(found, language)),
        )


def _segments(result: IndicatorResult, language: Language) -> Iterator[SegmentRow]:
    for found in result.breakdown.segments:
        phase = found.forecast.phase if found.forecast else result.outcome.forecast.phase
        why = f" ({language.say(UNKNOWN_WORDS[found.unknown.reason])})" if found.unknown else ""
        measurement = found.to_date.measurement if found.to_date else None
        yield SegmentRow(
            label=segment_name(language, found),
            actual=quantity(language, result.parts[0].part, measurement) if measurement else "",
            forecast=f"{SYMBOLS[found.status]} {language.status(found.status, phase)}{why}",
            status=found.status or "",
        )
    if result.breakdown.unnamed:
        label = unnamed(language, result.breakdown)
        yield SegmentRow(label, "", f"{SYMBOLS[None]} {language.say(UNKNOWN_WORDS['suppressed'])}", "")


def _indicator(result: IndicatorResult, grading: str, language: Language) -> Iterator[str]:
    yield language.text(result.indicator.title)
    for part in result.parts:
        if part.part.target:
            target = part.part.target.words(language.code)
            if part.part.partly:
                target += f"; {language.say(_('partly'))}: {part.part.partly.words(language.code)}"
            elif part.part.grading != grading:
                target += f" ({part.part.grading})"
            yield f"→ {target}" if result.indicator.single else f"→ {language.text(part.part.title)}: {target}"


def _actual(result: IndicatorResult, language: Language) -> Iterator[str]:
    for part in result.parts:
        found = actual(language, part)
        if not result.indicator.single:
            yield f"{language.text(part.part.title)}: {found}"
        elif found:
            yield found


def _forecast(result: IndicatorResult, language: Language) -> Iterator[str]:
    outcome = result.outcome
    yield f"{SYMBOLS[outcome.status]} {language.status(outcome.status, outcome.forecast.phase)}"
    if result.indicator.single:
        yield from _foreseen(result.parts[0], language)
    yield from flags(language, outcome)
    if not result.indicator.single:
        for part in result.parts:
            said = flags(language, part.outcome)
            if said:
                yield f"{language.text(part.part.title)}: {', '.join(said)}"


def _foreseen(result: PartResult, language: Language) -> Iterator[str]:
    """The foreseen value, where it is another one than the value so far."""
    foreseen = result.outcome.forecast.measurement
    if foreseen and result.series and foreseen.value != result.series.to_date.value:
        value = language.quantity(foreseen.value, foreseen.unit, result.part.target, result.part.grading)
        yield f"{value} ({result.outcome.forecast.method})"


def _remarks(result: PlanResult, language: Language) -> Iterator[str]:
    number = counts(result)
    yield language.say(
        _("Indicators: {met} met, {partly_met} partly met, {not_met} not met, {unknown} cannot be assessed"), **number
    )
    outcomes = [outcome for found in result.indicators() for outcome in _outcomes(found)]
    people = ", ".join(sorted({outcome.judgement.by for outcome in outcomes if outcome.judgement}))
    if people:
        said = _("Judged by a person, not computed: {rows} (by {people})")
        yield language.say(said, rows=_ids(result, _is_judged), people=people)
    for said, is_meant in (
        (_("Rows with a note in the rules (see engine explain): {rows}"), _has_note),
        (_("No data, so the status is what the rules say of missing values: {rows}"), _is_assumed),
    ):
        rows = _ids(result, is_meant)
        if rows:
            yield language.say(said, rows=rows)


def _ids(result: PlanResult, is_meant: Callable[[IndicatorResult], bool]) -> str:
    return ", ".join(found.indicator.id for found in result.indicators() if is_meant(found))


def _has_note(result: IndicatorResult) -> bool:
    return bool(result.indicator.note) or any(part.part.note for part in result.parts)


def _is_judged(result: IndicatorResult) -> bool:
    return any(outcome.judgement for outcome in _outcomes(result))


def _outcomes(result: IndicatorResult) -> Iterator[Outcome]:
    yield result.outcome
    yield from (part.outcome for part in result.parts)


def _is_assumed(result: IndicatorResult) -> bool:
    return any(part.outcome.forecast.method == "on_missing" and not part.outcome.judgement for part in result.parts)
