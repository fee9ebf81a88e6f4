"""A person foresees the value at the due date, and says why."""

from engine import Forecaster, Measurement, Note, hookimpl

SCHEMA = {
    "value": {"type": "number", "required": True, "meta": "the value at the due date, in the unit of the target"},
    "by": {"type": "string", "empty": False, "required": True, "meta": "who says so"},
    "on": {"type": "date", "required": True, "meta": "when it was said"},
    "reason": {"type": "string", "empty": False, "required": True, "meta": "why"},
}


def forecast(params, series, at):
    note = Note("forecast of {by} on {on}: {reason}", {key: params[key] for key in ("by", "on", "reason")})
    return Measurement(value=params["value"], unit=series.to_date.unit, notes=(note,))


@hookimpl
def engine_forecaster():
    return Forecaster(name="manual", forecast=forecast, schema=SCHEMA)
