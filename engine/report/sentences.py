"""What a report says of a verdict, in words."""

from __future__ import annotations

from collections.abc import Iterator

from engine.evaluate import Breakdown, IndicatorResult, Outcome, PartResult, ReadDone, SegmentResult
from engine.grading import partial_interval
from engine.model import Cover, Data, Measurement, Phase, Verdict
from engine.report.language import Language, _
from engine.rules import Part

LEFT_OUT = {
    "end_before_start": _("{number} cases left out: end before start"),
    "without_start": _("{number} cases left out: without a start"),
    "without_date": _("{number} rows left out: without a date"),
    "without_value": _("{number} rows left out: without a value to sum"),
    "after_as_of": _("{number} rows left out: dated after the day of the evaluation"),
}

GRADINGS = {
    "strict": _("nothing is partly met"),
    "attainment_80": _("partly met from 80 % of the target"),
    "relative_10": _("partly met within 10 % of the target"),
    "points_5": _("partly met within 5 percentage points of the target"),
}


def quantity(language: Language, part: Part, measurement: Measurement) -> str:
    """The value with its unit, and the counts that it comes from."""
    text = language.quantity(measurement.value, measurement.unit, part.target, part.grading)
    if measurement.numerator is None or measurement.denominator is None:
        return text
    return f"{text} ({language.number(measurement.numerator)}/{language.number(measurement.denominator)})"


def segment_name(language: Language, found: SegmentResult) -> str:
    """The name of a segment; of several columns, each name with its column."""
    names = [language.say(_("(no value)")) if name is None else name for name in found.segment]
    return names[0] if len(names) == 1 else ", ".join(map(": ".join, zip(found.by, names, strict=True)))


def unnamed(language: Language, found: Breakdown) -> str:
    """How many segments are not named, since their names are in no list and their cases few."""
    return language.say(_("{number} more, with too few cases to be named"), number=found.unnamed)


def read_line(language: Language, read: ReadDone) -> str:
    """What a read was for, and how large its answer was."""
    text = _("{source}: {aggregates} aggregates of {parts} parts in one read, {cells} cells")
    if not read.complete:
        text = _("{source}: {aggregates} aggregates of {parts} parts gave {cells} cells or more; the read is split")
    said = language.say(text, source=read.source, aggregates=read.aggregates, parts=read.parts, cells=read.cells)
    return f"{said} ({', '.join(read.by)})" if read.by else said


def partly_words(language: Language, part: Part) -> str:
    """Where partly begins, in words: the part's second target, or what its grading does to its target."""
    if part.partly:
        return part.partly.words(language.code)
    applies = part.target is not None and partial_interval(part.target, part.grading) is not None
    return language.say(GRADINGS[part.grading if applies else "strict"])


def covered(language: Language, extent: Cover) -> str:
    """How much of the period so far has data."""
    text = _("{covered} of {elapsed} months") if extent.unit == "months" else _("{covered} of {elapsed} days")
    return language.say(text, covered=extent.covered, elapsed=extent.elapsed)


def reason(language: Language, part: Part, verdict: Verdict) -> str:
    """Why a verdict of a part is what it is, in one sentence."""
    if verdict.method == "on_missing":
        return language.say(
            _("no value ({reason}); where a value is missing, the rules say: {status}"),
            reason=language.note(verdict.notes[-1]),
            status=language.status(verdict.status, Phase.FORECAST),
        )
    if verdict.unknown:
        return language.note(verdict.unknown.note)
    if verdict.measurement is None or part.target is None:
        return ""
    measurement = verdict.measurement
    said = [
        language.say(
            _("{value}, target {target}"),
            value=language.quantity(measurement.value, measurement.unit, part.target, part.grading),
            target=part.target.words(language.code),
        )
    ]
    if verdict.attainment is not None:
        share = language.quantity(verdict.attainment * 100, "%")
        said.append(language.say(_("attainment {share}"), share=share))
    if measurement.cover and (part.covers or part.metric.plugin.descriptor.kind == "total"):
        said.append(covered(language, measurement.cover))
    return "; ".join([*said, *remarks(language, verdict)])


def remarks(language: Language, verdict: Verdict) -> Iterator[str]:
    """The remarks of a verdict, and the rows that were left out of it."""
    if verdict.method != "on_missing":
        yield from (language.note(note) for note in verdict.notes)
    if verdict.measurement:
        for kind, number in sorted(verdict.measurement.left_out.items()):
            yield language.say(LEFT_OUT.get(kind, "{number} " + kind), number=number)


def combined_reason(language: Language, result: IndicatorResult, verdict: Verdict) -> str:
    """Why an indicator with parts has its status."""
    if verdict.unknown:
        return language.note(verdict.unknown.note)
    return language.say(
        _("{combiner} of {number} parts"), combiner=result.indicator.combine.name, number=len(result.parts)
    )


def actual(language: Language, result: PartResult) -> str:
    """The value so far, or why there is none."""
    series = result.series
    if series:
        text = quantity(language, result.part, series.to_date)
        if series.to_date.cover and series.kind == "total":
            text += f", {covered(language, series.to_date.cover)}"
        return text
    return _missing_reason(language, result.outcome) if result.outcome.data in (Data.MISSING, Data.JUDGED) else ""


def actual_remarks(language: Language, result: PartResult) -> list[str]:
    """What is to be said of the value so far: the remark of its figure, what is wrong with its data."""
    lines = [language.note(note) for note in result.outcome.notes]
    if result.series:
        lines += remarks(language, result.outcome.to_date)
    why = "" if result.series else actual(language, result)
    return [line for line in dict.fromkeys(lines) if line not in ("", why)]


def _missing_reason(language: Language, outcome: Outcome) -> str:
    unknown = outcome.to_date.unknown
    if unknown:
        return language.note(unknown.note)
    return language.note(outcome.to_date.notes[-1]) if outcome.to_date.notes else ""


def flags(language: Language, outcome: Outcome) -> list[str]:
    """What a reader must know beside the status: that it was judged, assumed, or differs from the count."""
    said = []
    if outcome.judgement:
        said.append(language.say(_("judged")))
        if outcome.differs:
            computed = language.status(outcome.forecast.status, outcome.forecast.phase)
            said.append(language.say(_("computed: {status}"), status=computed))
    if outcome.expired:
        said.append(language.say(_("a judgement holds no longer (until {date})"), date=outcome.expired.until))
    if outcome.forecast.method == "on_missing" and not outcome.judgement:
        said.append(language.say(_("no data")))
    if outcome.unknown:
        said.append(language.say(UNKNOWN_WORDS[outcome.unknown.reason]))
    return said


UNKNOWN_WORDS = {
    "missing": _("no data"),
    "not_due": _("not due yet"),
    "stale": _("data too old"),
    "suppressed": _("hidden, too few cases"),
    "failed": _("evaluation failed"),
}
