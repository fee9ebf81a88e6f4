"""The contract of forecasters: a measurement, or the reason why there is none, for every series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import partial

from engine.contracts import Series
from engine.model import Measurement, Unknown
from engine.registry import Plugin, Registry
from engine.testing.laws import AT, Named, Options, expect, for_all, params_of, well_formed
from engine.testing.strategies import series


def forecaster_checks(plugin: Plugin, registry: Registry, options: Sequence[Options]) -> Iterator[Named]:
    """The checks of a forecaster, with the options given or invented ones."""
    for number, table in enumerate(options or (None,), start=1):
        ending = f", with options {number}" if len(options) > 1 else ""
        yield f"foresees every series{ending}", partial(_foresees, plugin, table)


def _foresees(plugin: Plugin, options: Options | None) -> None:
    params = params_of(plugin, options)
    forecast = plugin.descriptor.forecast

    def law(one: Series) -> None:
        own, months = deepcopy(params), deepcopy(one.months)
        found = forecast(own, one, AT)
        expect(own == params and one.months == months, "forecast changed its arguments")
        expect(found == forecast(params, one, AT), "forecast gives another result the second time")
        expect(isinstance(found, (Measurement, Unknown)), f"forecast returned {type(found).__name__}")
        if isinstance(found, Measurement):
            well_formed(found)
            expect(
                found.unit == one.to_date.unit, f"the series is in '{one.to_date.unit}', the forecast in '{found.unit}'"
            )

    for_all(law, series())
