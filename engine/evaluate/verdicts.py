"""From a measurement to verdicts: today against where the target stands, and the forecast against all of it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from engine import guard
from engine.contracts import Series
from engine.errors import PluginError
from engine.grading import attainment, certainty, judge
from engine.model import At, Measurement, Note, Phase, Reason, Status, Unknown, Verdict
from engine.registry import described
from engine.rules import Part
from engine.target import Target

WHOLE = Fraction(1)


def to_date_verdict(part: Part, target: Target, measured: Series | Unknown) -> Verdict:
    """The verdict on the value so far; a total is held against the same part of the target as of the period."""
    if isinstance(measured, Unknown):
        return Verdict(phase=Phase.TO_DATE, unknown=measured, method="to_date")
    extent = measured.to_date.cover
    share = WHOLE
    if extent and measured.kind == "total" and part.covers != "point":
        share = min(Fraction(extent.covered, extent.whole), WHOLE)
    return _judged(part, target, share, measured.to_date, Phase.TO_DATE)._replace(method="to_date")


def forecast_verdict(part: Part, target: Target, measured: Series | Unknown, at: At, as_of: date) -> Verdict:
    """The verdict on the value at the due date; final when the measurement itself has reached it."""
    phase = Phase.FINAL if as_of >= part.due else Phase.FORECAST
    if isinstance(measured, Unknown):
        return Verdict(phase=phase, unknown=measured, method=part.forecaster.name)
    if is_final(part, measured):
        final = _judged(part, target, WHOLE, measured.to_date, Phase.FINAL)
        return final._replace(method="final", certainty="secured" if final.status == Status.MET else "lost")
    foreseen = _foreseen(part, measured, at)
    if isinstance(foreseen, Unknown) and foreseen.reason == Reason.NOT_DUE and as_of >= part.due:
        foreseen = Unknown(Reason.MISSING, _not_final(part, measured.to_date))
    if isinstance(foreseen, Unknown):
        return Verdict(phase=Phase.FORECAST, unknown=foreseen, method=part.forecaster.name)
    verdict = _judged(part, target, WHOLE, foreseen, Phase.FORECAST)
    notes = verdict.notes
    if as_of >= part.due:
        notes = (*notes, _not_final(part, measured.to_date))
    return verdict._replace(method=part.forecaster.name, notes=notes)


def is_final(part: Part, series: Series) -> bool:
    """True when nothing can come any more: the value is of the due date, and a total covers all that it should."""
    measurement = series.to_date
    if measurement.as_of is None or measurement.as_of < part.due:
        return False
    extent = measurement.cover if series.kind == "total" and part.covers != "point" else None
    return extent is None or extent.covered >= extent.whole


def _not_final(part: Part, measurement: Measurement) -> Note:
    """Why a verdict after the due date is still a forecast."""
    if measurement.as_of is None or measurement.as_of < part.due:
        return Note("the latest value is of {date}, before the due date", {"date": measurement.as_of})
    return Note("a part of the period has no data")


def without_value(verdict: Verdict, on_missing: str) -> Verdict:
    """The verdict after the rule for missing values, which touches nothing but missing values."""
    if on_missing not in ("not_met", "partly_met") or verdict.unknown is None:
        return verdict
    if verdict.unknown.reason != Reason.MISSING:
        return verdict
    reason = verdict.unknown.note
    return verdict._replace(
        status=Status(on_missing), unknown=None, method="on_missing", notes=(*verdict.notes, reason)
    )


def _foreseen(part: Part, series: Series, at: At) -> Measurement | Unknown:
    plugin = part.forecaster.plugin
    provider = described(plugin)
    try:
        if plugin.failure:
            raise plugin.failure
        found = guard.call(provider, "forecast", plugin.descriptor.forecast, part.forecaster.params, series, at)
        if not isinstance(found, (Measurement, Unknown)):
            raise PluginError(provider, "forecast", f"it returned {type(found).__name__}, not a measurement")
    except PluginError as error:
        return Unknown.failed("{text}", text=str(error))
    return found


def _judged(part: Part, target: Target, share: Fraction, measurement: Measurement, phase: Phase) -> Verdict:
    """The verdict on a measurement that is held against a share of the target."""
    held_against = target.scaled(share)
    partly = part.partly.scaled(share) if part.partly else None
    return Verdict(
        phase=phase,
        status=judge(measurement.value, held_against, part.grading, partly),
        measurement=measurement,
        attainment=attainment(measurement.value, held_against),
        certainty=certainty(target, measurement.low, measurement.high),
        notes=measurement.notes,
    )
