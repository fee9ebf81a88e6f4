"""Share of the units of a list that have at least one row, in per cent: all municipalities, all employees.

The list stands in the rules, or is a column of a second source. Listed units without a row are named when the
list stands in the rules; units of a source are only counted, since they may be persons.
"""

from engine import Example, Measurement, Metric, Note, Unknown, Values, hookimpl

SCHEMA = {
    "unit": {"type": "column", "required": True, "meta": "the column that says of which unit a row is"},
    "units": {
        "type": "units",
        "content": "records",
        "required": True,
        "meta": "all units: a list of names, or { source, column, where }",
    },
    "where": {"type": "filter", "default": {}, "meta": "rows that count"},
}


def aggregates(params, at):
    return {"units": Values(params["unit"], params["where"], params["units"].names)}


def measure(params, counts, at):
    units, found = params["units"], counts["units"]
    if not units.names:
        return Unknown.missing("the list of units is empty")
    lacking = [name for name in units.names if name not in found.listed]
    notes = []
    if lacking and units.named:
        notes.append(Note("not covered: {units}", {"units": ", ".join(lacking)}))
    if found.unlisted_rows:
        notes.append(Note("{number} rows are of units that are not listed", {"number": found.unlisted_rows}))
    return Measurement.share(len(found.listed), len(units.names), notes=tuple(notes))


def figure(params, measurement, at):
    units = params.get("units")
    listed = len(units.names) if units is not None and hasattr(units, "names") else measurement.denominator
    if measurement.denominator not in (None, listed):
        return Unknown.failed(
            "the figure is of {found} units, but {listed} are listed", found=measurement.denominator, listed=listed
        )
    return measurement


def _started(*towns):
    return [{"town": town} for town in towns]


PARAMS = {"unit": "town", "units": ["Eno", "Ii", "Juuka", "Lieksa", "Nurmes"]}

EXAMPLES = (
    Example(
        title="all five",
        params=PARAMS,
        rows=_started("Eno", "Ii", "Juuka", "Lieksa", "Nurmes", "Eno"),
        target="all",
        expect="met",
    ),
    Example(
        title="four of five",
        params=PARAMS,
        rows=_started("Eno", "Ii", "Juuka", "Lieksa"),
        target="all",
        expect="partly_met",
    ),
    Example(
        title="an unlisted one does not help", params=PARAMS, rows=_started("Oulu"), target="all", expect="not_met"
    ),
)


@hookimpl
def engine_metric():
    return Metric(
        name="coverage",
        units=("%",),
        kind="level",
        schema=SCHEMA,
        aggregates=aggregates,
        measure=measure,
        figure=figure,
        target="all",
        examples=EXAMPLES,
    )
