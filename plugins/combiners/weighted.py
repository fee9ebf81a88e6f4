"""The weighted mean of the members, with 1 for met, ½ for partly met and 0 for not met."""

from decimal import Decimal
from fractions import Fraction

from engine import Combiner, Status, hookimpl

SCHEMA = {
    "met_from": {"type": "number", "min": 0, "max": 1, "default": 1, "meta": "the mean from which it is met"},
    "partly_from": {
        "type": "number",
        "min": 0,
        "max": 1,
        "default": Decimal("0.5"),
        "meta": "the mean from which it is partly met",
    },
}


def combine(params, members):
    total = sum(member.weight for member in members)
    mean = sum(Fraction(member.status.rank, 2) * member.weight for member in members) / total
    if mean >= params["met_from"]:
        return Status.MET
    return Status.PARTLY_MET if mean >= params["partly_from"] else Status.NOT_MET


@hookimpl
def engine_combiner():
    return Combiner(name="weighted", combine=combine, schema=SCHEMA)
