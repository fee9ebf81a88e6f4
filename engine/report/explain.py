"""The whole way from rows to a status, in words: what `engine explain` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from engine.aggregates import Occurring, Total
from engine.evaluate import Evaluation, IndicatorResult, ObjectiveResult, Outcome, PartResult, PlanResult
from engine.grading import partial_interval
from engine.model import Phase, Verdict
from engine.registry import described
from engine.report.language import SYMBOLS, Language, _
from engine.report.sentences import (
    UNKNOWN_WORDS,
    covered,
    partly_words,
    quantity,
    read_line,
    remarks,
    segment_name,
    unnamed,
)
from engine.rules import Indicator, Objective, Part


def explain(evaluation: Evaluation, path: str, language: Language) -> str:
    """Everything that led to the status at a path, as lines of text."""
    lines: list[str] = []
    for plan in evaluation.plans:
        for objective in plan.objectives:
            if path in (plan.plan.path, objective.objective.path):
                lines += _objective(objective, language)
            for indicator in objective.indicators:
                inside = indicator.indicator.path == path or f"{indicator.indicator.path}.".startswith(f"{path}.")
                if inside:
                    lines += _indicator(plan, indicator, language)
                else:
                    found = [part for part in indicator.parts if part.part.path == path]
                    lines += [line for part in found for line in _part(plan, part, language)]
    lines += _reads(evaluation, language)
    return "\n".join(lines) + "\n"


def _reads(evaluation: Evaluation, language: Language) -> Iterator[str]:
    """What was asked of the sources, in their own language."""
    for read in evaluation.reads:
        yield read_line(language, read)
        query = read.query or language.say(_("the query is not shown: it has names of units that a source gave"))
        yield from (f"    {line}" for line in query.splitlines())
        yield ""


def _segments(result: PartResult, language: Language) -> Iterator[str]:
    """The verdict of each segment in a line."""
    for found in result.breakdown.segments:
        said = [
            segment_name(language, found),
            f"{SYMBOLS[found.status]} {language.status(found.status, Phase.FORECAST)}",
        ]
        if found.to_date and found.to_date.measurement:
            said.insert(1, quantity(language, result.part, found.to_date.measurement))
        if found.unknown:
            said.append(language.note(found.unknown.note))
        yield f"      {': '.join(said[:2])}{''.join(f'; {one}' for one in said[2:])}"
    if result.breakdown.unnamed:
        yield f"      {unnamed(language, result.breakdown)}"


def _objective(result: ObjectiveResult, language: Language) -> Iterator[str]:
    yield from _heading(language, result.objective)
    why = language.note(result.unknown.note) if result.unknown else ""
    status = f"{SYMBOLS[result.status]} {language.status(result.status, Phase.FORECAST)}"
    yield _line(language, _("status"), f"{status} {why}".rstrip())
    yield _line(language, _("combined by"), _combiner(language, result.objective.combine.name, len(result.indicators)))
    yield _line(language, _("rule"), str(result.objective.place()))
    yield ""


def _indicator(plan: PlanResult, result: IndicatorResult, language: Language) -> Iterator[str]:
    if result.indicator.single:
        yield from _part(plan, result.parts[0], language)
        return
    yield from _heading(language, result.indicator)
    yield from _status(result.outcome, language)
    yield _line(language, _("combined by"), _combiner(language, result.indicator.combine.name, len(result.parts)))
    yield _line(language, _("rule"), str(result.indicator.place()))
    yield ""
    for part in result.parts:
        yield from _part(plan, part, language)


def _part(plan: PlanResult, result: PartResult, language: Language) -> Iterator[str]:
    part = result.part
    yield from _heading(language, part)
    yield from _status(result.outcome, language)
    yield from _measured(plan, result, language)
    if part.target:
        words = part.target.words(language.code)
        yield _line(language, _("target"), words if words == str(part.target) else f"{words} ({part.target})")
        yield _line(language, _("partly"), _partly(language, part))
    yield from _verdict(language, _("to date"), part, result.outcome.to_date)
    yield from _verdict(language, _("forecast"), part, result.outcome.forecast)
    for note in result.outcome.notes:
        yield _line(language, _("remark"), language.note(note))
    if result.breakdown.segments:
        yield _line(language, _("broken down by"), ", ".join(result.breakdown.segments[0].by))
        yield from _segments(result, language)
    yield _line(language, _("rule"), str(part.place()))
    yield ""


def _heading(language: Language, named: Objective | Indicator | Part) -> Iterator[str]:
    """The path, the title, and the note of the rules."""
    yield named.path
    yield f"  {language.text(named.title)}"
    if named.note:
        yield f"  {language.text(named.note)}"


def _status(outcome: Outcome, language: Language) -> Iterator[str]:
    status = f"{SYMBOLS[outcome.status]} {language.status(outcome.status, outcome.forecast.phase)}"
    if outcome.unknown:
        status += f" ({language.say(UNKNOWN_WORDS[outcome.unknown.reason])}: {language.note(outcome.unknown.note)})"
    yield _line(language, _("status"), status)
    for judgement, text in ((outcome.judgement, _("judgement")), (outcome.expired, _("judgement, not in force"))):
        if judgement:
            said = language.say(
                _("{by}, {date}: {reason} (holds {start} – {until})"),
                by=judgement.by,
                date=judgement.on,
                reason=judgement.reason,
                start=judgement.start,
                until=judgement.until,
            )
            yield _line(language, text, said)
    if outcome.differs:
        computed = language.status(outcome.forecast.status, outcome.forecast.phase)
        yield _line(language, _("computed"), computed)


def _measured(plan: PlanResult, result: PartResult, language: Language) -> Iterator[str]:
    part = result.part
    yield _line(language, _("metric"), described(part.metric.plugin))
    for key, value in part.metric.written.items():
        if key != "steps":
            yield f"      {key} = {_written(value)}"
    yield _line(language, _("source"), part.source or language.say(_("the rules themselves")))
    yield _line(language, _("state of"), language.date(plan.as_of))
    for name, count in result.counts:
        yield f"      {name} = {_summary(language, count)}"
    if result.series:
        yield _line(language, _("value"), quantity(language, part, result.series.to_date))
        if result.series.to_date.cover:
            yield _line(language, _("covers"), covered(language, result.series.to_date.cover))


def _summary(language: Language, count: object) -> str:
    """What was counted, in short."""
    if isinstance(count, Counter):
        return str(sum(count.values()))  # the shortest and the longest would be those of single cases
    if isinstance(count, Occurring):
        return f"{len(count.listed)} (+ {count.unlisted_rows})" if count.unlisted_rows else str(len(count.listed))
    return language.value(count.value if isinstance(count, Total) else count)


def _verdict(language: Language, name: str, part: Part, verdict: Verdict) -> Iterator[str]:
    status = f"{SYMBOLS[verdict.status]} {language.status(verdict.status, verdict.phase)}"
    said = [status]
    if verdict.method not in ("to_date", "final"):
        said.append(language.say(_("method {name}"), name=verdict.method))
    if verdict.measurement:
        measurement = verdict.measurement
        said.insert(1, language.quantity(measurement.value, measurement.unit, part.target, part.grading))
        if verdict.attainment is not None:
            share = language.quantity(verdict.attainment * 100, "%")
            said.insert(2, language.say(_("attainment {share}"), share=share))
        bounds = _bounds(language, measurement.low, measurement.high, measurement.unit)
        if bounds:
            certainty = language.say(CERTAINTIES[verdict.certainty])
            said.append(
                language.say(_("cases so far can still give {bounds}: {certainty}"), bounds=bounds, certainty=certainty)
            )
    if verdict.unknown:
        said.append(language.note(verdict.unknown.note))
    if verdict.method == "on_missing":
        said.append(language.note(verdict.notes[-1]))
    yield _line(language, name, "; ".join([*said, *remarks(language, verdict)]))


CERTAINTIES = {"secured": _("secured"), "lost": _("lost"), "open": _("open")}


def _bounds(language: Language, low: Fraction | None, high: Fraction | None, unit: str) -> str:
    """From low to high, with `…` for an end that is open; nothing when both are."""
    written = ["…" if bound is None else language.quantity(bound, unit) for bound in (low, high)]
    return "" if written == ["…", "…"] else " – ".join(written)


def _partly(language: Language, part: Part) -> str:
    words = partly_words(language, part)
    if part.partly or part.target is None:
        return words
    wider = partial_interval(part.target, part.grading)
    values = _bounds(language, wider.low, wider.high, part.target.unit) if wider else ""
    return f"{part.grading}: {words}{f' ({values})' if values else ''}"


def _combiner(language: Language, name: str, number: int) -> str:
    return language.say(_("{combiner} of {number} members"), combiner=name, number=number)


def _written(value: object) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{key} = {_written(member)}" for key, member in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_written(member) for member in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _line(language: Language, name: str, text: str) -> str:
    return f"    {language.say(name)}: {text}"
