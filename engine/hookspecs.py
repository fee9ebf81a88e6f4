"""The hooks that a plugin may implement. All are without arguments and return one descriptor.

A plugin is one file with one hook. Its name is the file's stem, and the descriptor has the same name.
"""

from __future__ import annotations

import pluggy

from engine.contracts import Combiner, Forecaster, Metric, Reporter, Source

PROJECT = "objective_engine"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def engine_metric() -> Metric:  # type: ignore[empty-body]
    """Give a metric type; called once, when rules first use it.

    Returns a Metric. Complete example, in a file `row_count.py`:

        from engine import Count, Measurement, Metric, hookimpl

        @hookimpl
        def engine_metric():
            return Metric(
                name="row_count",
                units=("*",),
                kind="total",
                aggregates=lambda params, at: {"rows": Count()},
                measure=lambda params, counts, at: Measurement(value=counts["rows"]),
            )
    """


@hookspec
def engine_source() -> Source:  # type: ignore[empty-body]
    """Give a way to open data; called once, when a source of this type is first opened.

    Returns a Source. Complete example, in a file `fixed.py`:

        from contextlib import contextmanager
        from engine import Figure, Source, hookimpl

        @contextmanager
        def open_fixed(options, at):
            yield [Figure(indicator="a.b", as_of="2025-05-31", value="62 %")]

        @hookimpl
        def engine_source():
            return Source(name="fixed", contents=("figures",), open=open_fixed)
    """


@hookspec
def engine_forecaster() -> Forecaster:  # type: ignore[empty-body]
    """Give a way to forecast; called once, when rules first use it.

    Returns a Forecaster. Complete example, in a file `latest_month.py`:

        from engine import Forecaster, hookimpl

        def forecast(params, series, at):
            return series.months[-1] if series.months else series.to_date

        @hookimpl
        def engine_forecaster():
            return Forecaster(name="latest_month", forecast=forecast)
    """


@hookspec
def engine_combiner() -> Combiner:  # type: ignore[empty-body]
    """Give a way to combine statuses; called once, when rules first use it.

    Returns a Combiner. Complete example, in a file `best.py`:

        from engine import Combiner, hookimpl

        @hookimpl
        def engine_combiner():
            return Combiner(
                name="best",
                combine=lambda params, members: max((member.status for member in members), key=lambda s: s.rank),
            )
    """


@hookspec
def engine_reporter() -> Reporter:  # type: ignore[empty-body]
    r"""Give a way to write reports; called once, when its format is asked for.

    Returns a Reporter. Complete example, in a file `statuses.py`:

        from engine import Reporter, hookimpl

        def render(params, report):
            for row in report.rows:
                yield f"{row.path} {row.status}\n"

        @hookimpl
        def engine_reporter():
            return Reporter(name="statuses", render=render)
    """
