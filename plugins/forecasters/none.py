"""No forecast: before the due date nothing is said of how it will end."""

from engine import Forecaster, Unknown, hookimpl


def forecast(params, series, at):
    return Unknown.not_due("no forecast is made before the due date")


@hookimpl
def engine_forecaster():
    return Forecaster(name="none", forecast=forecast)
