"""Share of a population that meets a condition, in per cent.

The population is the rows that meet `of`, and the hits are those of them that meet `where`, too. Shares of
months and of segments add up from their hits and populations; percentages are never averaged.
"""

from engine import Count, Example, Measurement, Metric, Unknown, hookimpl

SCHEMA = {
    "of": {"type": "filter", "default": {}, "meta": "rows that form the population"},
    "where": {"type": "filter", "required": True, "meta": "rows of it that count as hits"},
}


def aggregates(params, at):
    return {"population": Count(params["of"]), "hits": Count(params["of"] & params["where"])}


def measure(params, counts, at):
    if not counts["population"]:
        return Unknown.missing("no rows in the population")
    return Measurement.share(counts["hits"], counts["population"])


def _meetings(office, remote):
    return [{"channel": "office"}] * office + [{"channel": "remote"}] * remote


EXAMPLES = (
    Example(
        title="three of four meetings at the office",
        params={"where": {"channel": "office"}},
        rows=_meetings(3, 1),
        target=">= 75 %",
        expect="met",
    ),
    Example(
        title="62 of 100 against 75 %: attainment 0.83",
        params={"where": {"channel": "office"}},
        rows=_meetings(62, 38),
        target=">= 75 %",
        expect="partly_met",
    ),
    Example(
        title="half of the meetings, against three quarters",
        params={"where": {"channel": "office"}},
        rows=_meetings(1, 1),
        target=">= 75 %",
        expect="not_met",
    ),
    Example(
        title="exactly half against more than half",
        params={"where": {"channel": "office"}},
        rows=_meetings(1, 1),
        target="> 50 %",
        expect="partly_met",
    ),
    Example(
        title="nobody in the population",
        params={"of": {"channel": "phone"}, "where": {"channel": "office"}},
        rows=_meetings(1, 1),
        target=">= 75 %",
        expect="missing",
    ),
)


@hookimpl
def engine_metric():
    return Metric(
        name="percentage_share",
        units=("%",),
        kind="ratio",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        examples=EXAMPLES,
    )
