"""The contract of forecasters: a measurement, or a reason, for every series."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy

from engine.contracts import Forecaster, Series
from engine.model import Measurement, Unknown
from engine.registry import Plugin, Registry
from engine.testing.metrics import well_formed
from engine.testing.plans import AT, Options, expect, params_of
from engine.testing.strategies import series


def forecaster_checks(
    plugin: Plugin, registry: Registry, options: Sequence[Options]
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The checks of a forecaster, with the options given or invented ones."""
    for number, table in enumerate(options or (None,), start=1):
        named = f" with options {number}" if len(options) > 1 else ""
        yield f"foresees every series{named}", lambda table=table: _foresees(plugin, table)


def _foresees(plugin: Plugin, options: Options | None) -> None:
    from hypothesis import given, settings

    forecaster: Forecaster = plugin.descriptor
    params = params_of(plugin.schema, options)

    @settings(deadline=None)
    @given(series())
    def law(given_series: Series) -> None:
        before = deepcopy((params, given_series.to_date, given_series.months))
        found = forecaster.forecast(params, given_series, AT)
        expect(found == forecaster.forecast(params, given_series, AT), "forecast gives another result the second time")
        unchanged = (params, given_series.to_date, given_series.months) == before
        expect(unchanged, "forecast changed its arguments")
        expect(isinstance(found, (Measurement, Unknown)), f"forecast returned {type(found).__name__}")
        if isinstance(found, Measurement):
            well_formed(found)
            expect(found.unit == given_series.to_date.unit, f"forecast in '{found.unit}', not the unit of the series")

    law()
