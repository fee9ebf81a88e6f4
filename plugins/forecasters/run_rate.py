"""A total goes on at the same pace: total so far / covered × whole period. The default for totals."""

from dataclasses import replace
from fractions import Fraction

from engine import Forecaster, Unknown, hookimpl


def forecast(params, series, at):
    total = series.to_date
    if total.cover is None or not total.cover.covered:
        return Unknown.missing("it is not known how much of the period the data cover")
    pace = Fraction(max(total.cover.whole, total.cover.covered), total.cover.covered)
    return replace(total, value=total.value * pace, numerator=None, denominator=None)


@hookimpl
def engine_forecaster():
    return Forecaster(name="run_rate", forecast=forecast)
